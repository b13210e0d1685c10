#include "doc/yaml.h"

#include "base/limits.h"
#include "base/map.h"
#include "doc/yaml_events.h"
#include "doc/yaml_scalar.h"

/* Aliases are filled in only when the whole text is read and their sizes are known to
 * be within bounds, so an alias bomb costs no more than its own text. */

/* Below this a mapping's keys are compared one by one. */
enum { FEW_KEYS = 12 };

struct anchor {
    cJSON *node;
    const char *text; /* a scalar as it was written, for an alias that is a key */
    size_t nodes;     /* in it, itself included, aliases filled in */
    unsigned height;  /* collections inside one another in it; a scalar has 0 */
    bool open;        /* its end has not been read yet */
};

struct alias {
    struct alias *next;
    cJSON *node;
    const struct anchor *of;
};

struct reader {
    struct yaml_events *events;
    const struct yaml_event *event; /* the one being looked at */
    struct arena *arena;
    struct json_error *error;
    struct map *anchors;
    struct alias *aliases, *last_alias; /* in the order of the text */
    size_t nodes;
    unsigned depth, deepest;
};

static bool read_node(struct reader *r, cJSON *node);

/* At the event being looked at; why is borrowed from the arena. */
static bool fail(struct reader *r, const char *why)
{
    *r->error = yaml_events_error(r->events, r->event, why);
    return false;
}

static bool next(struct reader *r)
{
    r->event = yaml_events_next(r->events);
    if (!r->event)
        *r->error = yaml_events_mistake(r->events, r->arena);
    return r->event;
}

static bool read_scalar(struct reader *r, cJSON *node)
{
    const char *why = NULL;
    struct yaml_scalar scalar = { .text = r->event->text,
                                  .tag = r->event->tag,
                                  .plain = r->event->plain };
    return yaml_scalar_read(&scalar, node, r->arena, &why) || fail(r, why);
}

/* ---- anchors and aliases ----------------------------------------------------- */

/* NULL where the node has no anchor. */
static struct anchor *anchor_open(struct reader *r, const char *name, cJSON *node)
{
    if (!name)
        return NULL;
    struct anchor *a = arena_take(r->arena, sizeof(*a));
    *a = (struct anchor){ .node = node, .nodes = 1, .open = true };
    map_put(r->anchors, str(name), a);
    return a;
}

static struct anchor *alias_target(struct reader *r)
{
    const char *name = r->event->anchor;
    struct anchor *a = map_get(r->anchors, str(name));
    if (!a)
        fail(r, arena_printf(r->arena, "no &%.100s stands before *%.100s", name, name));
    else if (a->open)
        fail(r,
             arena_printf(r->arena, "*%.100s stands inside the value it names", name));
    return a && !a->open ? a : NULL;
}

static bool read_alias(struct reader *r, cJSON *node)
{
    const struct anchor *of = alias_target(r);
    if (!of)
        return false;
    r->nodes += of->nodes - 1;
    if (r->nodes > LIMIT_YAML_NODES)
        return fail(r, arena_printf(r->arena,
                                    "with its aliases filled in the text has more than "
                                    "%d values",
                                    LIMIT_YAML_NODES));
    unsigned reach = r->depth + of->height;
    if (reach > LIMIT_DEPTH)
        return fail(r, "with its aliases filled in the text is nested too deeply");
    if (r->deepest < reach)
        r->deepest = reach;

    struct alias *a = arena_take(r->arena, sizeof(*a));
    *a = (struct alias){ .node = node, .of = of };
    *(r->last_alias ? &r->last_alias->next : &r->aliases) = a;
    r->last_alias = a;
    return true;
}

/* Texts are shared: nobody writes into those of an arena. Depth and number of nodes
 * were bounded by read_alias. */
static void copy_into(struct arena *arena, cJSON *to, const cJSON *from)
{
    to->type = from->type;
    to->valuedouble = from->valuedouble;
    to->valuestring = from->valuestring;
    for (const cJSON *c = from->child; c; c = c->next) {
        cJSON *copy = arena_take(arena, sizeof(*copy));
        copy_into(arena, copy, c);
        copy->string = c->string;
        copy->valueint = c->valueint;
        json_push(to, copy);
    }
}

/* In the order of the text: what an alias names ends before it, so the aliases inside
 * are filled in by then. */
static void fill_aliases(const struct reader *r)
{
    for (const struct alias *a = r->aliases; a; a = a->next)
        copy_into(r->arena, a->node, a->of->node);
}

/* ---- collections ------------------------------------------------------------- */

static cJSON *new_node(struct reader *r)
{
    if (++r->nodes <= LIMIT_YAML_NODES)
        return arena_take(r->arena, sizeof(cJSON));
    fail(r, "the text has more values than are taken at once");
    return NULL;
}

static bool read_items(struct reader *r, cJSON *node)
{
    for (;;) {
        if (!next(r))
            return false;
        if (r->event->kind == EVENT_SEQUENCE_END)
            return true;
        cJSON *item = new_node(r);
        if (!item || !read_node(r, item))
            return false;
        json_push(node, item);
    }
}

static bool read_scalar_key(struct reader *r, char **key)
{
    const struct yaml_event *e = r->event;
    if (e->plain && str_is(e->text, "<<"))
        return fail(r,
                    "the merge key << is YAML 1.1, and this is read as YAML 1.2, which "
                    "has none; write the members out, or quote a key that is \"<<\"");
    *key = yaml_text(e->text, r->arena);
    if (!e->anchor && !e->tag)
        return true;
    cJSON *node = new_node(r);
    return node && read_node(r, node);
}

static bool read_key(struct reader *r, char **key)
{
    if (r->event->kind == EVENT_SCALAR)
        return read_scalar_key(r, key);
    const struct anchor *a = NULL;
    if (r->event->kind == EVENT_ALIAS) {
        a = alias_target(r);
        if (!a)
            return false;
    }
    if (!a || !a->text)
        return fail(r, "a key is a text or a number, not a mapping or a sequence");
    *key = arena_copy(r->arena, str(a->text));
    return true;
}

/* Whether key is new to the object; seen is made once there are many. */
static bool key_is_new(struct reader *r, const cJSON *object, size_t count,
                       struct map **seen, char *key)
{
    if (count == FEW_KEYS) {
        *seen = map_new(r->arena);
        for (cJSON *m = object->child; m; m = m->next)
            map_put(*seen, str(m->string), m->string);
    }
    if (*seen)
        return !map_put(*seen, str(key), key);
    return !json_member(object, key);
}

static bool read_members(struct reader *r, cJSON *node)
{
    struct map *seen = NULL;
    for (size_t count = 0;; count++) {
        if (!next(r))
            return false;
        if (r->event->kind == EVENT_MAPPING_END)
            return true;
        char *key = NULL;
        if (!read_key(r, &key))
            return false;
        if (!key_is_new(r, node, count, &seen, key))
            return fail(r,
                        arena_printf(r->arena, "the key \"%.100s\" stands twice", key));
        cJSON *item = next(r) ? new_node(r) : NULL;
        if (!item || !read_node(r, item))
            return false;
        json_add(node, key, item);
    }
}

static bool read_collection(struct reader *r, cJSON *node)
{
    const struct yaml_event *e = r->event;
    bool sequence = e->kind == EVENT_SEQUENCE;
    if (e->tag && strcmp(e->tag, sequence ? YAML_TAG "seq" : YAML_TAG "map") != 0 &&
        strcmp(e->tag, "!") != 0)
        return fail(r, yaml_tag_why(e->tag, r->arena));
    if (++r->depth > LIMIT_DEPTH)
        return fail(r, "the text is nested too deeply");

    size_t nodes_before = r->nodes;
    unsigned deepest_before = r->deepest;
    r->deepest = r->depth;
    struct anchor *a = anchor_open(r, e->anchor, node);
    node->type = sequence ? cJSON_Array : cJSON_Object;
    if (!(sequence ? read_items(r, node) : read_members(r, node)))
        return false;
    if (a) {
        a->nodes = r->nodes - nodes_before + 1;
        a->height = r->deepest - r->depth + 1;
        a->open = false;
    }
    if (r->deepest < deepest_before)
        r->deepest = deepest_before;
    r->depth--;
    return true;
}

static bool read_anchored_scalar(struct reader *r, cJSON *node)
{
    struct anchor *a = anchor_open(r, r->event->anchor, node);
    if (a) {
        a->text = yaml_text(r->event->text, r->arena);
        a->open = false;
    }
    return read_scalar(r, node);
}

/* From its first event, which is being looked at, to its last, which is then. */
static bool read_node(struct reader *r, cJSON *node)
{
    if (r->event->kind == EVENT_ALIAS)
        return read_alias(r, node);
    if (r->event->kind == EVENT_SCALAR)
        return read_anchored_scalar(r, node);
    return read_collection(r, node);
}

/* ---- the whole text ---------------------------------------------------------- */

static bool read_root(struct reader *r, cJSON *root)
{
    if (!next(r) || !next(r)) /* the stream, its first document */
        return false;
    if (r->event->kind == EVENT_LAST)
        return fail(r, "the file is empty");
    if (!next(r))
        return false;
    if (r->event->kind == EVENT_SCALAR && r->event->plain && !r->event->text.len)
        return fail(r, "the file is empty");
    if (!read_node(r, root) || !next(r) || !next(r)) /* its end, what follows */
        return false;
    if (r->event->kind != EVENT_LAST)
        return fail(r, "a second document starts here; a file holds one");
    fill_aliases(r);
    return true;
}

cJSON *yaml_read(struct str text, struct arena *arena, struct json_error *error)
{
    struct str bare = yaml_without_bom(text);
    struct reader r = {
        .arena = arena, .error = error, .anchors = map_new(arena), .nodes = 1
    };
    cJSON *root = arena_take(arena, sizeof(*root));
    struct yaml_events *const events = yaml_events_new(bare);
    if (!events) {
        *error = json_place(text, 0);
        error->why = "there is no memory left to read the text";
        return NULL;
    }
    /* They are no memory of the arena, which may have no more. */
    if (setjmp(*arena_guard(arena))) {
        yaml_events_free(events);
        arena_fail(arena);
    }
    r.events = events;
    bool ok = read_root(&r, root);
    arena_unguard(arena);
    if (!ok)
        error->offset += text.len - bare.len;
    yaml_events_free(events);
    return ok ? root : NULL;
}
