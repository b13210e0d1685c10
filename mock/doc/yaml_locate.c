/* The places that yaml.h speaks of, found by reading the text once more. */
#include "doc/yaml.h"

#include "base/limits.h"
#include "doc/json_locate.h"
#include "doc/pointer.h"
#include "doc/wanted.h"
#include "doc/yaml_events.h"

struct seek {
    struct yaml_events *events;
    const struct yaml_event *event; /* the one being looked at */
    unsigned depth;
};

static bool seek_next(struct seek *s)
{
    s->event = yaml_events_next(s->events);
    return s->event;
}

/* From the first event of a node to the one behind its last. */
static bool seek_past(struct seek *s)
{
    size_t depth = 0;
    do {
        enum yaml_event_kind kind = s->event->kind;
        depth += kind == EVENT_MAPPING || kind == EVENT_SEQUENCE;
        depth -= kind == EVENT_MAPPING_END || kind == EVENT_SEQUENCE_END;
        if (!seek_next(s))
            return false;
    } while (depth);
    return true;
}

static void put_place(struct wanted *node, unsigned line, unsigned col)
{
    if (!node)
        return;
    node->line = line;
    node->col = col;
}

/* A member's key, or nothing for an item: up to the value. */
static bool seek_child(struct seek *s, bool mapping, struct wanted *node, long index,
                       struct wanted **child)
{
    unsigned line = s->event->line, col = s->event->col;
    if (!mapping) {
        *child = wanted_item(node, index);
        put_place(*child, line, col);
        return true;
    }
    bool scalar = s->event->kind == EVENT_SCALAR;
    *child = scalar ? wanted_member(node, s->event->text) : NULL;
    if (!seek_past(s))
        return false;
    put_place(*child, line, col);
    return true;
}

/* From the first event of a value to the one behind its last, or false when there is
 * nothing to look for any more: node is what the value is to whoever looks, or NULL,
 * and more whether something is looked for behind it. A place behind an alias is where
 * the alias stands: it is what the user has to look at first, and leads on by name. */
static bool seek_value(struct seek *s, struct wanted *node, bool more)
{
    bool mapping = s->event->kind == EVENT_MAPPING;
    bool into = node && node->children && (mapping || s->event->kind == EVENT_SEQUENCE);
    if (!into || s->depth == LIMIT_DEPTH)
        return more && seek_past(s);
    enum yaml_event_kind end = mapping ? EVENT_MAPPING_END : EVENT_SEQUENCE_END;
    if (!seek_next(s))
        return false;
    s->depth++;
    for (long index = 0; s->event->kind != end; index++) {
        struct wanted *child;
        if (!seek_child(s, mapping, node, index, &child) ||
            !seek_value(s, child, more || node->children))
            return false;
    }
    s->depth--;
    return seek_next(s);
}

static bool locate_yaml(struct str text, struct wanted *root)
{
    struct seek s = { .events = yaml_events_new(text) };
    if (!s.events)
        return false;
    /* The stream, the document, its root. */
    bool ok = seek_next(&s) && seek_next(&s) && s.event->kind == EVENT_BORDER &&
              seek_next(&s);
    if (ok) {
        put_place(root, s.event->line, s.event->col);
        seek_value(&s, root, false);
    }
    yaml_events_free(s.events);
    return ok;
}

/* Whether one of the two ways to read the text finds the places. */
static bool locate_by(bool (*way)(struct str text, struct wanted *root),
                      struct str text, struct place *places, size_t count)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct wanted *root = wanted_new(arena);
    const struct wanted **nodes = arena_array(arena, const struct wanted *, count + 1);
    for (size_t i = 0; i < count; i++)
        if (pointer_valid(places[i].pointer))
            nodes[i] = wanted_add(root, places[i].pointer, arena);
    bool ok = way(text, root);
    for (size_t i = 0; ok && i < count; i++) {
        if (!nodes[i])
            continue;
        const struct wanted *found = wanted_found(nodes[i]);
        places[i].line = found->line;
        places[i].col = found->col;
    }
    arena_free(arena);
    return ok;
}

void yaml_locate_all(struct str text, struct place *places, size_t count)
{
    text = yaml_without_bom(text);
    if (!locate_by(json_locate, text, places, count))
        locate_by(locate_yaml, text, places, count);
}

bool yaml_locate(struct str text, const char *pointer, unsigned *line, unsigned *col)
{
    struct place place = { .pointer = pointer };
    yaml_locate_all(text, &place, 1);
    *line = place.line;
    *col = place.col;
    return place.line > 0;
}
