#include "schema/output.h"

#include "base/limits.h"
#include "doc/pointer.h"
#include "doc/uri.h"
#include "schema/plan.h"

/* A unit stands for a schema that was asked, for one of its keywords, or for one
 * finding about a place below. */
struct unit {
    struct unit *next, *first, *last;
    size_t children;
    const char *location, *absolute, *pointer;
    const char *error; /* NULL when there is only what is below */
};

struct making {
    struct arena *arena;
    struct unit *root;
    struct map *units; /* the address of a step, and a keyword or nothing → unit */
};

/* ---- places ---- */

/* A fragment may hold what a path may, and '?' (RFC 3986, 3.5). */
static void add_fragment(struct buffer *b, const char *pointer)
{
    uri_encode(b, str(pointer), URI_PATH "?");
}

/* By the resource's own URI: pointers start at its root. */
static const char *absolute_of(const struct schema *s, const char *pointer,
                               struct arena *arena)
{
    const struct resource *r = s->resource;
    size_t n = strlen(r->pointer);
    bool inside = strncmp(pointer, r->pointer, n) == 0;
    struct buffer b = buffer_in(arena, LIMIT_FILE_BYTES);
    buffer_add_text(&b, inside ? r->uri : r->document->uri);
    buffer_add_char(&b, '#');
    add_fragment(&b, pointer + (inside ? n : 0));
    return buffer_str(&b).ptr;
}

static const char *joined(struct arena *arena, const char *a, const char *b)
{
    struct buffer text = buffer_in(arena, LIMIT_FILE_BYTES);
    buffer_add_text(&text, a);
    buffer_add_text(&text, b);
    return buffer_str(&text).ptr;
}

/* The first token of a pointer, with its slash. */
static struct str first_token(const char *pointer)
{
    return (struct str){ pointer, 1 + strcspn(pointer + 1, "/") };
}

/* ---- the tree ---- */

static struct unit *add_unit(struct making *m, struct unit *parent, struct unit unit)
{
    struct unit *u = arena_take(m->arena, sizeof(*u));
    *u = unit;
    if (parent) {
        *(parent->last ? &parent->last->next : &parent->first) = u;
        parent->last = u;
        parent->children++;
    }
    return u;
}

static struct str key_of(struct making *m, const struct schema_step *step,
                         struct str keyword)
{
    char *key = arena_take(m->arena, sizeof(step) + keyword.len);
    memcpy(key, &step, sizeof(step));
    memcpy(key + sizeof(step), keyword.ptr, keyword.len);
    return (struct str){ key, sizeof(step) + keyword.len };
}

static struct unit *unit_of(struct making *m, const struct schema_step *step);

/* The unit of one of a schema's keywords ("/items"), about the same value. */
static struct unit *keyword_of(struct making *m, const struct schema_step *step,
                               struct str keyword)
{
    struct str key = key_of(m, step, keyword);
    struct unit *u = map_get(m->units, key), *parent;
    if (u)
        return u;
    parent = unit_of(m, step);
    const char *text = arena_copy(m->arena, keyword);
    const char *place = joined(m->arena, step->schema->pointer, text);
    u = add_unit(m, parent,
                 (struct unit){ .location = joined(m->arena, parent->location, text),
                                .absolute = absolute_of(step->schema, place, m->arena),
                                .pointer = step->pointer });
    map_put(m->units, key, u);
    return u;
}

static struct unit *unit_of(struct making *m, const struct schema_step *step)
{
    if (!step || !step->up)
        return m->root;
    struct str key = key_of(m, step, (struct str){ "", 0 });
    struct unit *u = map_get(m->units, key);
    if (u)
        return u;
    struct unit *asker = unit_of(m, step->up);
    struct unit *parent = keyword_of(m, step->up, first_token(step->way));
    const char *place = step->schema->pointer;
    u = add_unit(
        m, parent,
        (struct unit){ .location = joined(m->arena, asker->location, step->way),
                       .absolute = absolute_of(step->schema, place, m->arena),
                       .pointer = step->pointer });
    map_put(m->units, key, u);
    return u;
}

static void add_finding(struct making *m, const struct finding *f)
{
    const struct schema_step *step = f->step;
    const char *text = finding_text(f, m->arena);
    const char *start = step->schema->pointer, *keyword = f->schema_pointer;
    bool inside = strncmp(keyword, start, strlen(start)) == 0;
    keyword = inside ? keyword + strlen(start) : pointer_join(m->arena, "", f->keyword);
    struct unit *u = unit_of(m, step);
    if (*keyword)
        u = keyword_of(m, step, first_token(keyword));
    if (strcmp(u->pointer, f->pointer) != 0) {
        add_unit(m, u,
                 (struct unit){ .location = u->location,
                                .absolute = u->absolute,
                                .pointer = f->pointer,
                                .error = text });
        return;
    }
    u->error = u->error ? arena_printf(m->arena, "%s; %s", u->error, text) : text;
}

/* A unit with one child is replaced by it. */
static struct unit *condensed(struct unit *u)
{
    struct unit *children = u->first;
    u->first = u->last = NULL;
    while (children) {
        struct unit *next = children->next, *c = condensed(children);
        c->next = NULL;
        *(u->last ? &u->last->next : &u->first) = c;
        u->last = c;
        children = next;
    }
    return u->children == 1 ? u->first : u;
}

/* ---- as JSON ---- */

static cJSON *unit_json(const struct unit *u, bool valid, struct arena *arena)
{
    cJSON *o = json_object(arena);
    json_add(o, "valid", json_bool(arena, valid));
    json_add(o, "keywordLocation", json_string(arena, str(u->location)));
    json_add(o, "absoluteKeywordLocation", json_string(arena, str(u->absolute)));
    json_add(o, "instanceLocation", json_string(arena, str(u->pointer)));
    if (u->error)
        json_add(o, "error", json_string(arena, str(u->error)));
    return o;
}

static cJSON *nested(const struct unit *u, struct arena *arena)
{
    cJSON *o = unit_json(u, false, arena);
    if (!u->first)
        return o;
    cJSON *errors = json_array(arena);
    for (const struct unit *c = u->first; c; c = c->next)
        json_push(errors, nested(c, arena));
    json_add(o, "errors", errors);
    return o;
}

static void add_flat(cJSON *list, const struct unit *u, struct arena *arena)
{
    struct unit one = *u;
    if (!one.error)
        one.error = "the value does not fit what stands here";
    json_push(list, unit_json(&one, false, arena));
    for (const struct unit *c = u->first; c; c = c->next)
        add_flat(list, c, arena);
}

cJSON *output_make(enum output_form form, const struct schema *s,
                   const struct findings *findings, struct arena *arena)
{
    struct unit root = { .location = "",
                         .absolute = absolute_of(s, s->pointer, arena),
                         .pointer = "" };
    struct making m = { arena, &root, map_new(arena) };
    bool valid = !findings->count;
    if (form == OUTPUT_FLAG) {
        cJSON *flag = json_object(arena);
        json_add(flag, "valid", json_bool(arena, valid));
        return flag;
    }
    if (valid)
        return unit_json(&root, true, arena);
    struct unit top = root;
    for (size_t i = 0; i < findings->count; i++)
        add_finding(&m, &findings->list[i]);
    const struct unit *all = condensed(&root);
    if (form == OUTPUT_DETAILED)
        return nested(all, arena);
    cJSON *o = unit_json(&top, false, arena), *errors = json_array(arena);
    if (all != &root || !all->first)
        add_flat(errors, all, arena);
    for (const struct unit *c = all == &root ? all->first : NULL; c; c = c->next)
        add_flat(errors, c, arena);
    json_add(o, "errors", errors);
    return o;
}

bool output_form_read(const char *name, enum output_form *form)
{
    static const char *const names[] = { "flag", "basic", "detailed" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *form = (enum output_form)i;
            return true;
        }
    return false;
}
