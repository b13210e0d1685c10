#include "api/load.h"

/* What the server says itself, and what would break the delivery if a document's word
 * were sent for it. OpenAPI 4.8.17.1 leaves Content-Type out as well. */
bool field_is_ours(const char *name)
{
    static const char *const names[] = { "connection",     "content-encoding",
                                         "content-length", "content-type",
                                         "keep-alive",     "te",
                                         "trailer",        "transfer-encoding",
                                         "upgrade" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_equal_nocase(str(name), str(names[i])))
            return true;
    return false;
}

/* The value that the author gives: `example`, or the first of `examples`. */
static const cJSON *given(struct loading *l, const cJSON *node, const char *pointer)
{
    const cJSON *one = json_member(node, "example");
    const cJSON *list = json_member(node, "examples");
    if (one || !json_is_object(list) || !list->child)
        return one;
    pointer = load_join(l, load_join(l, pointer, "examples"), list->child->string);
    one = load_follow(l, list->child, &pointer);
    const cJSON *value = json_member(one, "value");
    if (!value)
        value = json_member(one, "dataValue");
    return value ? value : json_member(one, "serializedValue");
}

void load_field(struct loading *l, struct field *f, const cJSON *node,
                const char *pointer)
{
    const cJSON *content = json_member(node, "content");
    if (json_is_object(content) && content->child) {
        pointer =
            load_join(l, load_join(l, pointer, "content"), content->child->string);
        node = content->child;
        f->as_json = true;
    }
    f->explode = json_is_true(json_member(node, "explode"));
    f->given = given(l, node, pointer);
    const cJSON *schema = json_member(node, "schema");
    if (schema)
        f->schema = load_schema(l, schema, load_join(l, pointer, "schema"));
}

void load_fields(struct loading *l, struct reply *r)
{
    const cJSON *all = json_member(r->node, "headers");
    const char *base = load_join(l, r->pointer, "headers");
    r->fields = arena_array(l->arena, struct field, json_count(all) + 1);
    for (const cJSON *one = json_is_object(all) ? all->child : NULL; one;
         one = one->next) {
        const char *pointer = load_join(l, base, one->string);
        const cJSON *node =
            field_is_ours(one->string) ? NULL : load_follow(l, one, &pointer);
        if (!json_is_object(node))
            continue;
        struct field *f = &r->fields[r->field_count++];
        f->name = one->string;
        f->required = json_is_true(json_member(node, "required"));
        load_field(l, f, node, pointer);
    }
}
