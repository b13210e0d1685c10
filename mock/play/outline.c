#include "play/outline.h"

#include "base/limits.h"
#include "doc/number.h"
#include "doc/pointer.h"
#include "doc/yaml.h"
#include "schema/near.h"

#include <limits.h>

/* Mistakes that one file is told of. A text may have millions, and places are looked
 * for in the whole of it. */
enum { MOST_MISTAKES = 20 };

/* One file being checked. */
struct checking {
    const struct outline *whole;
    struct arena *arena;
    struct place places[MOST_MISTAKES];
    const char *whys[MOST_MISTAKES];
    size_t count;
};

static bool is_enough(const struct checking *c)
{
    return c->count == MOST_MISTAKES;
}

static void wrong(struct checking *c, const char *pointer, const char *why)
{
    if (is_enough(c))
        return;
    c->places[c->count].pointer = pointer;
    c->whys[c->count++] = why;
}

/* ---- words ---- */

static const char *found_text(const cJSON *value, struct arena *arena)
{
    if (json_is_object(value))
        return "a mapping";
    if (json_is_array(value))
        return "a list";
    if (json_is_null(value))
        return "nothing";
    return arena_printf(arena, "%.80s", json_text(value, arena).ptr);
}

static void unfit(struct checking *c, const char *pointer, const char *wanted,
                  const cJSON *value)
{
    wrong(c, pointer,
          arena_printf(c->arena, "expected %s, found %s", wanted,
                       found_text(value, c->arena)));
}

/* Trees are written as JSON, in a text. */
static void unfit_text(struct checking *c, const char *pointer, const cJSON *value)
{
    const bool list = json_is_array(value);
    wrong(c, pointer,
          arena_printf(c->arena, "expected text, found %s; JSON stands in quotes: %s",
                       found_text(value, c->arena),
                       list ? "'[\"a\"]'" : "'{\"a\": 1}'"));
}

static const char *word_of(const cJSON *value)
{
    if (json_is_bool(value))
        return json_is_true(value) ? "true" : "false";
    return json_is_string(value) ? value->valuestring : NULL;
}

static void unknown_word(struct checking *c, const struct outline *o,
                         const cJSON *value, const char *pointer)
{
    struct near near = near_to(str(word_of(value)));
    struct buffer all = buffer_in(c->arena, LIMIT_PROBLEM_TEXT);
    for (size_t i = 0; i < o->word_count; i++) {
        near_try(&near, o->words[i]);
        buffer_printf(&all, "%s%s",
                      !i                       ? ""
                      : i + 1 == o->word_count ? " or "
                                               : ", ",
                      o->words[i]);
    }
    wrong(c, pointer,
          arena_printf(c->arena, "expected %.*s, found %s%s", (int)all.len, all.ptr,
                       found_text(value, c->arena),
                       near_question(&near, "", c->arena)));
}

static void check_word(struct checking *c, const struct outline *o, const cJSON *value,
                       const char *pointer)
{
    const char *word = word_of(value);
    for (size_t i = 0; word && i < o->word_count; i++)
        if (strcmp(o->words[i], word) == 0)
            return;
    unknown_word(c, o, value, pointer);
}

/* ---- keys ---- */

/* Names the parts that have a key, for one that stands in the wrong part. */
static void who_has(const struct outline *o, const char *key, struct buffer *parts,
                    int depth)
{
    enum { MOST_DEPTH = 10 }; /* parts inside parts */
    while (o->kind == OUTLINE_LIST)
        o = o->items;
    if (o->kind != OUTLINE_KEYS || depth == MOST_DEPTH)
        return;
    for (size_t i = 0; i < o->key_count; i++) {
        if (strcmp(o->keys[i].key, key) == 0 && parts->len + 64 < LIMIT_PROBLEM_TEXT &&
            !(parts->len && strstr(parts->ptr, o->name)))
            buffer_printf(parts, "%s%s", parts->len ? ", " : "", o->name);
        who_has(o->keys[i].value, key, parts, depth + 1);
    }
}

static const char *keys_of(struct checking *c, const struct outline *o)
{
    struct buffer b = buffer_in(c->arena, LIMIT_PROBLEM_TEXT);
    for (size_t i = 0; i < o->key_count; i++)
        buffer_printf(&b, "%s%s",
                      !i                     ? ""
                      : i + 1 < o->key_count ? ", "
                                             : " and ",
                      o->keys[i].key);
    return arena_copy(c->arena, buffer_str(&b));
}

static void unknown_key(struct checking *c, const struct outline *o, const char *key,
                        const char *pointer)
{
    struct near near = near_to(str(key));
    struct buffer parts = buffer_in(c->arena, LIMIT_PROBLEM_TEXT);
    for (size_t i = 0; i < o->key_count; i++)
        near_try(&near, o->keys[i].key);
    who_has(c->whole, key, &parts, 0);
    const char *else_where =
        parts.len   ? arena_printf(c->arena, " in %s; it is a key of: %s", o->name,
                                   arena_copy(c->arena, buffer_str(&parts)))
        : near.best ? " here"
                    : arena_printf(c->arena, " here; there are %s", keys_of(c, o));
    wrong(c, pointer,
          arena_printf(c->arena, "the key \"%.60s\" is not known%s%s", key, else_where,
                       near_question(&near, "", c->arena)));
}

static void check(struct checking *c, const struct outline *o, const cJSON *value,
                  const char *pointer);

static void check_keys(struct checking *c, const struct outline *o, const cJSON *value,
                       const char *pointer)
{
    if (!json_is_object(value)) {
        unfit(c, pointer, "a mapping of keys", value);
        return;
    }
    for (const cJSON *m = value->child; m && !is_enough(c); m = m->next) {
        const char *here = pointer_join(c->arena, pointer, m->string);
        size_t i = 0;
        while (i < o->key_count && strcmp(o->keys[i].key, m->string) != 0)
            i++;
        if (i < o->key_count)
            check(c, o->keys[i].value, m, here);
        else
            unknown_key(c, o, m->string, here);
    }
    for (size_t i = 0; i < o->key_count; i++)
        if (o->keys[i].needed && !json_member(value, o->keys[i].key))
            wrong(c, pointer,
                  arena_printf(c->arena, "the key \"%s\" is missing", o->keys[i].key));
}

static void check_list(struct checking *c, const struct outline *o, const cJSON *value,
                       const char *pointer)
{
    size_t count = 0;
    if (!json_is_array(value)) {
        unfit(c, pointer, "a list", value);
        return;
    }
    for (const cJSON *one = value->child; one && !is_enough(c); one = one->next)
        check(c, o->items, one, arena_printf(c->arena, "%s/%zu", pointer, count++));
    if (count < o->at_least || (o->at_most && count > o->at_most))
        wrong(c, pointer,
              arena_printf(
                  c->arena, "expected %zu items or more%s, found %zu", o->at_least,
                  o->at_most ? arena_printf(c->arena, ", at most %zu", o->at_most) : "",
                  count));
}

static void check(struct checking *c, const struct outline *o, const cJSON *value,
                  const char *pointer)
{
    switch (o->kind) {
    case OUTLINE_TEXT:
        if (json_is_array(value) || json_is_object(value))
            unfit_text(c, pointer, value);
        return;
    case OUTLINE_WHOLE:
        if (!json_is_number(value) || !number_is_integer(value) ||
            value->valuedouble < INT_MIN || value->valuedouble > INT_MAX)
            unfit(c, pointer, "a whole number", value);
        return;
    case OUTLINE_NUMBER:
        if (!json_is_number(value))
            unfit(c, pointer, "a number", value);
        return;
    case OUTLINE_WORD:
        check_word(c, o, value, pointer);
        return;
    case OUTLINE_LIST:
        check_list(c, o, value, pointer);
        return;
    case OUTLINE_KEYS:
        check_keys(c, o, value, pointer);
        return;
    }
}

bool outline_check(const struct outline *o, const cJSON *tree, const char *path,
                   struct str text, struct arena *arena, struct err *err)
{
    struct checking *c = arena_take(arena, sizeof(*c));
    c->whole = o;
    c->arena = arena;
    check(c, o, tree, "");
    if (c->count)
        yaml_locate_all(text, c->places, c->count);
    for (size_t i = 0; i < c->count; i++) {
        const struct place *p = &c->places[i];
        const struct where at = { .file = path,
                                  .line = p->line ? p->line : 1,
                                  .col = p->line ? p->col : 1 };
        err_set(err, at, "%s", c->whys[i]);
    }
    return c->count == 0;
}

/* ---- as a JSON Schema ---- */

struct telling {
    struct arena *arena;
    cJSON *parts; /* $defs: by the name of a part */
};

static cJSON *tell(struct telling *t, const struct outline *o);

static cJSON *texts(struct telling *t, const char *const *list, size_t count)
{
    cJSON *out = json_array(t->arena);
    for (size_t i = 0; i < count; i++)
        json_push(out, json_string(t->arena, str(list[i])));
    return out;
}

static cJSON *tell_words(struct telling *t, const struct outline *o)
{
    cJSON *node = json_object(t->arena), *all = json_array(t->arena);
    for (size_t i = 0; i < o->word_count; i++) {
        bool yes = strcmp(o->words[i], "true") == 0;
        bool is_bool = yes || strcmp(o->words[i], "false") == 0;
        json_push(all, is_bool ? json_bool(t->arena, yes)
                               : json_string(t->arena, str(o->words[i])));
    }
    json_add(node, "enum", all);
    return node;
}

static cJSON *tell_list(struct telling *t, const struct outline *o)
{
    cJSON *node = json_object(t->arena);
    json_add(node, "type", json_string(t->arena, STR("array")));
    json_add(node, "items", tell(t, o->items));
    if (o->at_least)
        json_add(node, "minItems", json_integer(t->arena, (int64_t)o->at_least));
    if (o->at_most)
        json_add(node, "maxItems", json_integer(t->arena, (int64_t)o->at_most));
    return node;
}

static cJSON *tell_keys(struct telling *t, const struct outline *o)
{
    cJSON *node = json_object(t->arena), *members = json_object(t->arena);
    cJSON *needed = json_array(t->arena);
    json_add(node, "type", json_string(t->arena, STR("object")));
    for (size_t i = 0; i < o->key_count; i++) {
        const struct outline_key *k = &o->keys[i];
        const char *about = outline_about(o->name, k->key);
        cJSON *value = tell(t, k->value);
        if (about)
            json_add(value, "description", json_string(t->arena, str(about)));
        json_add(members, k->key, value);
        if (k->needed)
            json_push(needed, json_string(t->arena, str(k->key)));
    }
    json_add(node, "properties", members);
    if (needed->child)
        json_add(node, "required", needed);
    json_add(node, "additionalProperties", json_bool(t->arena, false));
    return node;
}

/* Each part once, and a reference to it wherever it stands. */
static cJSON *tell_part(struct telling *t, const struct outline *o)
{
    cJSON *node = json_object(t->arena);
    if (!json_member(t->parts, o->name)) {
        cJSON *part = json_object(t->arena);
        json_add(t->parts, o->name, part); /* it may hold itself */
        json_become(part, tell_keys(t, o));
    }
    json_add(node, "$ref",
             json_string(t->arena, str(arena_printf(t->arena, "#/$defs/%s", o->name))));
    return node;
}

static cJSON *tell(struct telling *t, const struct outline *o)
{
    static const char *const scalars[] = { "string", "number", "boolean", "null" };
    cJSON *node = json_object(t->arena);
    switch (o->kind) {
    case OUTLINE_TEXT:
        json_add(node, "type", texts(t, scalars, COUNT(scalars)));
        return node;
    case OUTLINE_WHOLE:
        json_add(node, "type", json_string(t->arena, STR("integer")));
        return node;
    case OUTLINE_NUMBER:
        json_add(node, "type", json_string(t->arena, STR("number")));
        return node;
    case OUTLINE_WORD:
        return tell_words(t, o);
    case OUTLINE_LIST:
        return tell_list(t, o);
    case OUTLINE_KEYS:
        return tell_part(t, o);
    }
    return node;
}

cJSON *outline_schema(const struct outline *o, const char *title, struct arena *arena)
{
    struct telling t = { arena, json_object(arena) };
    cJSON *out = json_object(arena), *whole = tell_keys(&t, o);
    json_add(out, "$schema",
             json_string(arena, STR("https://json-schema.org/draft/2020-12/schema")));
    json_add(out, "title", json_string(arena, str(title)));
    for (cJSON *m = whole->child, *next; m; m = next) {
        next = m->next;
        json_detach(whole, m);
        json_add(out, m->string, m);
    }
    json_add(out, "$defs", t.parts);
    return out;
}
