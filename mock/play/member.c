#include "play/member.h"

#include "base/limits.h"

bool member_hidden(const struct store_collection *c, const char *pattern)
{
    for (size_t i = 0; i < c->hidden_count; i++) {
        size_t len = strlen(c->hidden[i].text);
        if (strncmp(pattern, c->hidden[i].text, len) == 0 &&
            (!pattern[len] || pattern[len] == '/'))
            return true;
    }
    return false;
}

const struct store_reference *member_through(const struct store_collection *c,
                                             const char *pattern, const char **rest)
{
    for (size_t i = 0; i < c->reference_count; i++) {
        const struct store_reference *r = &c->references[i];
        size_t len = strlen(r->at.text);
        if (strncmp(pattern, r->at.text, len) != 0 || pattern[len] != '/')
            continue;
        *rest = pattern + len;
        if (strcmp(*rest, "/*") == 0)
            continue; /* the keys themselves */
        if (strncmp(*rest, "/*/", 3) == 0)
            *rest += 2;
        return r;
    }
    return NULL;
}

const struct store_reference *member_reference(const struct store_plan *plan, size_t c,
                                               const char *pattern, int depth)
{
    const struct store_collection *of = &plan->collections[c];
    for (size_t i = 0; i < of->reference_count; i++) {
        const struct store_reference *r = &of->references[i], *inner = NULL;
        const size_t n = strlen(r->at.text);
        if (strcmp(r->at.text, pattern) == 0)
            return r;
        if (strncmp(r->at.text, pattern, n) != 0 || pattern[n] != '/' ||
            depth == LIMIT_EMBED_DEPTH)
            continue;
        for (size_t o = 0; o < r->of_count && !inner; o++)
            inner = member_reference(plan, r->of[o], pattern + n, depth + 1);
        if (inner)
            return inner;
    }
    return NULL;
}

bool member_free(const cJSON *schema)
{
    static const char *const more[] = { "properties", "allOf",   "anyOf",
                                        "oneOf",      "$ref",    "patternProperties",
                                        "if",         "required" };
    const cJSON *others = json_member(schema, "additionalProperties");
    const char *type = json_member_text(schema, "type");
    for (size_t i = 0; i < COUNT(more); i++)
        if (json_member(schema, more[i]))
            return false;
    return type && strcmp(type, "object") == 0 &&
           (!others || json_is_true(others) ||
            (json_is_object(others) && !others->child));
}

bool member_describe(const struct store_plan *plan, const struct store_collection *c,
                     const char *pattern, struct schema_place *place)
{
    const char *rest;
    const struct store_reference *r = member_through(c, pattern, &rest);
    *place = (struct schema_place){ .types = TYPE_ANY };
    if (member_hidden(c, pattern))
        return true;
    for (size_t i = 0; r && i < r->of_count; i++)
        if (member_describe(plan, &plan->collections[r->of[i]], rest, place))
            return true;
    if (schema_describe(c->schema, pattern, place))
        return true;
    if (!member_free(schema_node(c->schema)))
        return false;
    *place = (struct schema_place){ .types = TYPE_ANY };
    return true;
}

bool member_says_well(const char *name)
{
    static const char *const words[] = { "ok",          "success",    "successful",
                                         "succeeded",   "is_success", "isSuccess",
                                         "acknowledged" };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_equal_nocase(str(name), str(words[i])))
            return true;
    return false;
}
