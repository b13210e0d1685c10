/* XML by the `xml` keyword (OpenAPI 3.0.4, 4.7.26; 3.1.1, 4.8.26; nodeType of 3.2). */
#include "api/body_parts.h"

#include "doc/pointer.h"

/* The instance namespace of XML Schema: xsi:nil and friends say how to read, they are
 * no data. */
static const char xsi[] = "http://www.w3.org/2001/XMLSchema-instance";

/* Children from which on a map is worth its making. */
enum { MANY = 32 };

/* Where the walk is; written out only for a finding, since items can be many. */
struct at {
    const struct at *above; /* NULL: the place is r->pointer */
    const char *name;       /* of a member, or NULL */
    const cJSON *list;      /* the array at whose end the item will stand */
};

static cJSON *value_of(struct reading *r, const struct xml_element *e,
                       const struct shape *s, const struct at *at);

static const char *pointer_of(struct reading *r, const struct at *at)
{
    if (!at)
        return r->pointer;
    const char *above = pointer_of(r, at->above);
    return at->name ? pointer_join(r->arena, above, at->name)
                    : arena_printf(r->arena, "%s/%zu", above, json_count(at->list));
}

static void tell(struct reading *r, const struct at *at, const char *what,
                 const char *name, const char *found)
{
    if (r->findings->count == LIMIT_FINDINGS)
        return;
    body_finding(r, pointer_of(r, at), NULL,
                 arena_printf(r->arena, "%s %s", what, name),
                 found ? json_string(r->arena, utf8_cut(str(found), 100)) : NULL);
}

static bool is_true(struct str s)
{
    return str_is(s, "true") || str_is(s, "1");
}

static bool is_nil(const struct xml_element *e)
{
    for (const struct xml_attribute *a = e->attributes; a; a = a->next)
        if (a->is.space && strcmp(a->is.space, xsi) == 0 &&
            strcmp(a->is.name, "nil") == 0 && is_true(a->value))
            return true;
    return false;
}

static bool has_data(const struct xml_attribute *a)
{
    for (; a; a = a->next)
        if (!a->is.space || strcmp(a->is.space, xsi) != 0)
            return true;
    return false;
}

/* The name under which a member's value stands. */
static const char *name_in_xml(const struct shape *s, const char *property)
{
    return s && s->name ? s->name : property;
}

static bool is_list(const struct shape *s)
{
    return s && (s->types & TYPE_ARRAY) && !(s->types & (TYPE_STRING | TYPE_OBJECT));
}

/* The name of one item, where the array stands under `property`. */
static const char *item_name(const struct shape *s, const char *property)
{
    return s->items && s->items->name ? s->items->name
           : s->wrapped               ? name_in_xml(s, property)
                                      : property;
}

static bool is_named(const struct shape *member, const char *property, const char *name)
{
    const char *own = is_list(member) && !member->wrapped
                          ? item_name(member, property)
                          : name_in_xml(member, property);
    return strcmp(own, name) == 0;
}

/* Which property an element (or attribute) is, and its shape; NULL when none is. The
 * items of an array may also go by the property's name, though theirs is another. */
static const char *property_of(const struct shape *s, const struct xml_name *is,
                               bool attribute, const struct shape **found)
{
    struct str key;
    void *value;
    *found = NULL;
    for (size_t i = 0; s && map_at(s->members, i, &key, &value); i++) {
        const struct shape *member = value;
        if (!member->text && member->attribute == attribute &&
            is_named(member, key.ptr, is->name)) {
            *found = member;
            return key.ptr;
        }
    }
    const struct shape *list = s ? map_get(s->members, str(is->name)) : NULL;
    if (attribute || !is_list(list) || list->wrapped)
        return NULL;
    *found = list;
    return is->name;
}

static void check_space(struct reading *r, const struct xml_name *is,
                        const struct shape *s, const struct at *at)
{
    if (s && s->space && !(is->space && strcmp(is->space, s->space) == 0))
        tell(r, at, "a name in the namespace", s->space, is->space);
}

/* Members of an object being filled. With many children, they are found by a map. */
struct filling {
    cJSON *object;
    struct map *known; /* or NULL */
    const struct at *at;
};

static cJSON *member_of(const struct filling *f, const char *name)
{
    return f->known ? map_get(f->known, str(name)) : json_member(f->object, name);
}

static void add(struct filling *f, const char *name, cJSON *value)
{
    json_add(f->object, name, value);
    if (f->known)
        map_put(f->known, str(name), value);
}

static void put(struct reading *r, struct filling *f, const char *name,
                const struct shape *s, cJSON *value)
{
    cJSON *there = member_of(f, name);
    if (!there)
        add(f, name, value);
    else if (shape_types(s) & TYPE_ARRAY)
        array_add(there, value, r->arena);
    else
        tell(r, &(struct at){ .above = f->at, .name = name }, "one element", name,
             "several");
}

static void put_attributes(struct reading *r, struct filling *f,
                           const struct xml_element *e, const struct shape *s)
{
    for (const struct xml_attribute *a = e->attributes; a; a = a->next) {
        const struct shape *member;
        if (a->is.space && strcmp(a->is.space, xsi) == 0)
            continue;
        const char *name = property_of(s, &a->is, true, &member);
        if (name)
            check_space(r, &a->is, member,
                        &(struct at){ .above = f->at, .name = name });
        put(r, f, name ? name : a->is.name, member,
            value_of_text(a->value, member, r->arena));
    }
}

/* An element that holds the items of an array. */
static cJSON *wrapped_list(struct reading *r, const struct xml_element *e,
                           const struct shape *s, const struct at *at)
{
    cJSON *list = json_array(r->arena);
    const struct at here = { .above = at, .list = list };
    const struct shape *item = s ? s->items : NULL;
    for (const struct xml_element *c = e->children; c; c = c->next) {
        if (item && item->name && strcmp(item->name, c->is.name) != 0)
            tell(r, &here, "an element", item->name, c->is.name);
        check_space(r, &c->is, item, &here);
        json_push(list, value_of(r, c, item, &here));
    }
    return list;
}

static void put_child(struct reading *r, struct filling *f, const struct xml_element *c,
                      const struct shape *s)
{
    const struct shape *member;
    const char *name = property_of(s, &c->is, false, &member);
    if (!name) {
        name = c->is.name;
        member = s ? s->others : NULL;
    }
    const struct at at = { .above = f->at, .name = name };
    if (!is_list(member) || member->wrapped) {
        check_space(r, &c->is, member, &at);
        put(r, f, name, is_list(member) ? NULL : member, value_of(r, c, member, &at));
        return;
    }
    cJSON *list = member_of(f, name);
    if (!list) {
        list = json_array(r->arena);
        add(f, name, list);
    }
    if (!json_is_array(list))
        return; /* an attribute has the name too */
    const struct at item = { .above = &at, .list = list };
    check_space(r, &c->is, member->items, &item);
    json_push(list, value_of(r, c, member->items, &item));
}

/* A property of nodeType text is what stands between the children. */
static void put_text(struct reading *r, struct filling *f, const struct xml_element *e,
                     const struct shape *s)
{
    struct str key;
    void *value;
    for (size_t i = 0; s && e->text.len && map_at(s->members, i, &key, &value); i++) {
        const struct shape *member = value;
        if (member->text)
            put(r, f, key.ptr, member, value_of_text(e->text, member, r->arena));
    }
}

static bool has_text_member(const struct shape *s)
{
    struct str key;
    void *value;
    for (size_t i = 0; s && map_at(s->members, i, &key, &value); i++)
        if (((const struct shape *)value)->text)
            return true;
    return false;
}

static cJSON *object_of(struct reading *r, const struct xml_element *e,
                        const struct shape *s, const struct at *at)
{
    struct filling f = { .object = json_object(r->arena), .at = at };
    size_t count = 0;
    for (const struct xml_element *c = e->children; c && count < MANY; c = c->next)
        count++;
    for (const struct xml_attribute *a = e->attributes; a && count < MANY; a = a->next)
        count++;
    if (count == MANY)
        f.known = map_new(r->arena);
    put_attributes(r, &f, e, s);
    for (const struct xml_element *c = e->children; c; c = c->next)
        put_child(r, &f, c, s);
    put_text(r, &f, e, s);
    return f.object;
}

static cJSON *value_of(struct reading *r, const struct xml_element *e,
                       const struct shape *s, const struct at *at)
{
    unsigned types = shape_types(s);
    if (is_nil(e) && (types & TYPE_NULL))
        return json_null(r->arena);
    if (is_list(s))
        return wrapped_list(r, e, s, at);
    bool leaf = !e->children && !has_data(e->attributes);
    bool empty = leaf && !e->text.len;
    if (empty && (types & TYPE_OBJECT) && !(types & TYPE_STRING))
        return json_object(r->arena);
    if (leaf && !(e->text.len && has_text_member(s)))
        return value_of_text(e->text, s, r->arena);
    return object_of(r, e, s, at);
}

cJSON *xml_value_read(struct reading *r, const struct shape *s, struct str text,
                      bool utf8, struct xml_error *why)
{
    const struct xml_element *root =
        xml_read(text, LIMIT_XML_NODES, utf8, r->arena, why);
    if (!root)
        return NULL;
    if (s && s->name && strcmp(s->name, root->is.name) != 0)
        tell(r, NULL, "an element", s->name, root->is.name);
    check_space(r, &root->is, s, NULL);
    return value_of(r, root, s, NULL);
}

cJSON *xml_body_read(struct reading *r, struct str text, bool utf8)
{
    struct xml_error why;
    cJSON *value = xml_value_read(r, r->media->shape, text, utf8, &why);
    if (!value)
        body_broken(r, "the body is not XML: line %u, column %u: %s", why.line, why.col,
                    why.why);
    return value;
}
