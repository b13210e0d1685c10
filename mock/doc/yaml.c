#include "doc/yaml.h"

#include "base/limits.h"
#include "base/map.h"
#include "doc/json_locate.h"
#include "doc/pointer.h"
#include "doc/wanted.h"
#include "doc/yaml_scalar.h"

#include <stdio.h>
#include <yaml.h>

/* libyaml's event parser and nothing of its document API: that one resolves by YAML 1.1
 * and expands no aliases in a bounded way.
 *
 * Aliases are filled in only when the whole text is read and their sizes are known to
 * be within bounds, so an alias bomb costs no more than its own text. */

#define BOM "\xef\xbb\xbf"

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
    yaml_parser_t parser;
    yaml_event_t event; /* the one being looked at */
    struct str text;
    struct arena *arena;
    struct json_error *error;
    struct map *anchors;
    struct alias *aliases, *last_alias; /* in the order of the text */
    size_t nodes;
    unsigned depth, deepest;
};

static bool read_node(struct reader *r, cJSON *node);

/* ---- errors ------------------------------------------------------------------ */

/* libyaml counts characters. */
static size_t offset_of(struct str text, size_t characters)
{
    size_t i = 0;
    while (i < text.len && characters) {
        i++;
        while (i < text.len && ((unsigned char)text.ptr[i] & 0xc0) == 0x80)
            i++;
        characters--;
    }
    return i;
}

static bool fail_at(struct reader *r, yaml_mark_t at, const char *why)
{
    *r->error = (struct json_error){ .offset = offset_of(r->text, at.index),
                                     .line = (unsigned)at.line + 1,
                                     .col = (unsigned)at.column + 1,
                                     .why = why };
    return false;
}

/* At the event being looked at; why is borrowed from the arena. */
static bool fail(struct reader *r, const char *why)
{
    return fail_at(r, r->event.start_mark, why);
}

static bool fail_bytes(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    size_t at = p->problem_offset < r->text.len ? p->problem_offset : r->text.len;
    const char *why = "the text is not valid UTF-8";
    if (strstr(p->problem, "control"))
        why = arena_printf(r->arena, "the character U+%04X cannot stand in YAML",
                           (unsigned)p->problem_value);
    *r->error = json_place(r->text, at);
    r->error->why = why;
    return false;
}

static bool fail_grammar(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_READER_ERROR)
        return fail_bytes(r);
    if (p->error != YAML_SCANNER_ERROR && p->error != YAML_PARSER_ERROR)
        return fail_at(r, p->mark, "there is no memory left to read the text");
    size_t at = offset_of(r->text, p->problem_mark.index);
    if (p->error == YAML_SCANNER_ERROR && at < r->text.len && r->text.ptr[at] == '\t')
        return fail_at(r, p->problem_mark,
                       "YAML is indented with spaces, not with tabs");
    const char *why = p->context
                          ? arena_printf(r->arena, "%s (%s from line %zu)", p->problem,
                                         p->context, p->context_mark.line + 1)
                          : arena_printf(r->arena, "%s", p->problem);
    return fail_at(r, p->problem_mark, why);
}

/* ---- events ------------------------------------------------------------------ */

static struct str without_bom(struct str text)
{
    if (!text.len)
        return STR("");
    return str_starts(text, STR(BOM)) ? str_from(text, 3) : text;
}

static bool parser_init(yaml_parser_t *parser, struct str text)
{
    if (!yaml_parser_initialize(parser))
        return false;
    /* Said, not guessed: a text in UTF-16 gets an error about its first byte. */
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, (const unsigned char *)text.ptr, text.len);
    return true;
}

static bool advance(yaml_parser_t *parser, yaml_event_t *event)
{
    yaml_event_delete(event);
    return yaml_parser_parse(parser, event);
}

static bool next(struct reader *r)
{
    return advance(&r->parser, &r->event) || fail_grammar(r);
}

static struct str scalar_text(const yaml_event_t *e)
{
    return (struct str){ (const char *)e->data.scalar.value, e->data.scalar.length };
}

static bool is_plain(const yaml_event_t *e)
{
    return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !e->data.scalar.tag;
}

/* libyaml's texts are unsigned. */
static const char *chars(const yaml_char_t *text)
{
    return (const char *)text;
}

/* ---- scalars ----------------------------------------------------------------- */

static bool read_scalar(struct reader *r, cJSON *node)
{
    const char *why = NULL;
    struct yaml_scalar scalar = { .text = scalar_text(&r->event),
                                  .tag = chars(r->event.data.scalar.tag),
                                  .plain = is_plain(&r->event) };
    return yaml_scalar_read(&scalar, node, r->arena, &why) || fail(r, why);
}

/* ---- anchors and aliases ----------------------------------------------------- */

/* NULL where the node has no anchor. */
static struct anchor *anchor_open(struct reader *r, const yaml_char_t *name,
                                  cJSON *node)
{
    if (!name)
        return NULL;
    struct anchor *a = arena_take(r->arena, sizeof(*a));
    *a = (struct anchor){ .node = node, .nodes = 1, .open = true };
    map_put(r->anchors, str(chars(name)), a);
    return a;
}

static struct anchor *alias_target(struct reader *r)
{
    const char *name = chars(r->event.data.alias.anchor);
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
        if (r->event.type == YAML_SEQUENCE_END_EVENT)
            return true;
        cJSON *item = new_node(r);
        if (!item || !read_node(r, item))
            return false;
        json_push(node, item);
    }
}

static bool read_scalar_key(struct reader *r, char **key)
{
    const yaml_event_t *e = &r->event;
    if (is_plain(e) && str_is(scalar_text(e), "<<"))
        return fail(r,
                    "the merge key << is YAML 1.1, and this is read as YAML 1.2, which "
                    "has none; write the members out, or quote a key that is \"<<\"");
    *key = yaml_text(scalar_text(e), r->arena);
    if (!e->data.scalar.anchor && !e->data.scalar.tag)
        return true;
    cJSON *node = new_node(r);
    return node && read_node(r, node);
}

static bool read_key(struct reader *r, char **key)
{
    if (r->event.type == YAML_SCALAR_EVENT)
        return read_scalar_key(r, key);
    const struct anchor *a = NULL;
    if (r->event.type == YAML_ALIAS_EVENT) {
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
        if (r->event.type == YAML_MAPPING_END_EVENT)
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
    const yaml_event_t *e = &r->event;
    bool sequence = e->type == YAML_SEQUENCE_START_EVENT;
    const yaml_char_t *tag =
        sequence ? e->data.sequence_start.tag : e->data.mapping_start.tag;
    const yaml_char_t *name =
        sequence ? e->data.sequence_start.anchor : e->data.mapping_start.anchor;
    const char *fits = sequence ? YAML_SEQ_TAG : YAML_MAP_TAG;
    if (tag && strcmp(chars(tag), fits) != 0 && strcmp(chars(tag), "!") != 0)
        return fail(r, yaml_tag_why(chars(tag), r->arena));
    if (++r->depth > LIMIT_DEPTH)
        return fail(r, "the text is nested too deeply");

    size_t nodes_before = r->nodes;
    unsigned deepest_before = r->deepest;
    r->deepest = r->depth;
    struct anchor *a = anchor_open(r, name, node);
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
    struct anchor *a = anchor_open(r, r->event.data.scalar.anchor, node);
    if (a) {
        a->text = yaml_text(scalar_text(&r->event), r->arena);
        a->open = false;
    }
    return read_scalar(r, node);
}

/* From its first event, which is being looked at, to its last, which is then. */
static bool read_node(struct reader *r, cJSON *node)
{
    if (r->event.type == YAML_ALIAS_EVENT)
        return read_alias(r, node);
    if (r->event.type == YAML_SCALAR_EVENT)
        return read_anchored_scalar(r, node);
    return read_collection(r, node);
}

/* ---- the whole text ---------------------------------------------------------- */

static bool read_root(struct reader *r, cJSON *root)
{
    if (!next(r) || !next(r)) /* the stream, its first document */
        return false;
    if (r->event.type == YAML_STREAM_END_EVENT)
        return fail(r, "the file is empty");
    if (!next(r))
        return false;
    if (r->event.type == YAML_SCALAR_EVENT && is_plain(&r->event) &&
        !r->event.data.scalar.length)
        return fail(r, "the file is empty");
    if (!read_node(r, root) || !next(r) || !next(r)) /* its end, what follows */
        return false;
    if (r->event.type != YAML_STREAM_END_EVENT)
        return fail(r, "a second document starts here; a file holds one");
    fill_aliases(r);
    return true;
}

cJSON *yaml_read(struct str text, struct arena *arena, struct json_error *error)
{
    struct reader r = { .text = without_bom(text),
                        .arena = arena,
                        .error = error,
                        .anchors = map_new(arena),
                        .nodes = 1 };
    cJSON *root = arena_take(arena, sizeof(*root));
    if (!parser_init(&r.parser, r.text)) {
        fail(&r, "there is no memory left to read the text");
        return NULL;
    }
    bool ok = read_root(&r, root);
    if (!ok)
        error->offset += text.len - r.text.len;
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return ok ? root : NULL;
}

/* ---- places ------------------------------------------------------------------ */

struct seek {
    yaml_parser_t parser;
    yaml_event_t event;
    unsigned depth;
};

static bool seek_next(struct seek *s)
{
    return advance(&s->parser, &s->event);
}

/* From the first event of a node to the one behind its last. */
static bool seek_past(struct seek *s)
{
    size_t depth = 0;
    do {
        yaml_event_type_t type = s->event.type;
        depth += type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT;
        depth -= type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
        if (!seek_next(s))
            return false;
    } while (depth);
    return true;
}

static void put_place(struct wanted *node, yaml_mark_t mark)
{
    if (!node)
        return;
    node->line = (unsigned)mark.line + 1;
    node->col = (unsigned)mark.column + 1;
}

/* A member's key, or nothing for an item: up to the value. */
static bool seek_child(struct seek *s, bool mapping, struct wanted *node, long index,
                       struct wanted **child)
{
    yaml_mark_t mark = s->event.start_mark;
    if (!mapping) {
        *child = wanted_item(node, index);
        put_place(*child, mark);
        return true;
    }
    bool scalar = s->event.type == YAML_SCALAR_EVENT;
    *child = scalar ? wanted_member(node, scalar_text(&s->event)) : NULL;
    if (!seek_past(s))
        return false;
    put_place(*child, mark);
    return true;
}

/* From the first event of a value to the one behind its last, or false when there is
 * nothing to look for any more: node is what the value is to whoever looks, or NULL,
 * and more whether something is looked for behind it. A place behind an alias is where
 * the alias stands: it is what the user has to look at first, and leads on by name. */
static bool seek_value(struct seek *s, struct wanted *node, bool more)
{
    bool mapping = s->event.type == YAML_MAPPING_START_EVENT;
    bool into = node && node->children &&
                (mapping || s->event.type == YAML_SEQUENCE_START_EVENT);
    if (!into || s->depth == LIMIT_DEPTH)
        return more && seek_past(s);
    yaml_event_type_t end = mapping ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    if (!seek_next(s))
        return false;
    s->depth++;
    for (long index = 0; s->event.type != end; index++) {
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
    struct seek s = { .event = { .type = YAML_NO_EVENT } };
    if (!parser_init(&s.parser, text))
        return false;
    /* The stream, the document, its root. */
    bool ok = seek_next(&s) && seek_next(&s) &&
              s.event.type == YAML_DOCUMENT_START_EVENT && seek_next(&s);
    if (ok) {
        put_place(root, s.event.start_mark);
        seek_value(&s, root, false);
    }
    yaml_event_delete(&s.event);
    yaml_parser_delete(&s.parser);
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
    text = without_bom(text);
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
