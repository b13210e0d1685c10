#include "play/fixture.h"

#include "base/file.h"
#include "base/limits.h"
#include "doc/document.h"
#include "play/fixture_shapes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- as outlines ---- */

/* Outlines being made; a part that holds itself, as steps do, is made once. */
struct outlining {
    struct arena *arena;
    struct outline *made[COUNT(parts)];
};

static const struct outline *outline_of(struct outlining *all,
                                        const cyaml_schema_value_t *v);

static const struct outline *outline_part(struct outlining *all,
                                          const cyaml_schema_field_t *fields)
{
    size_t part = 0, count = 0;
    while (part < COUNT(parts) && parts[part].fields != fields)
        part++;
    assert(part < COUNT(parts)); /* every table of keys has its name there */
    if (all->made[part])
        return all->made[part];
    while (fields[count].key)
        count++;
    struct outline *o = arena_take(all->arena, sizeof(*o));
    struct outline_key *keys = arena_array(all->arena, struct outline_key, count + 1);
    all->made[part] = o;
    *o = (struct outline){
        .kind = OUTLINE_KEYS, .name = parts[part].name, .keys = keys, .key_count = count
    };
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct outline_key){
            .key = fields[i].key,
            .needed = !(fields[i].value.flags & CYAML_FLAG_OPTIONAL),
            .value = outline_of(all, &fields[i].value),
        };
    return o;
}

static void outline_words(struct outlining *all, struct outline *o,
                          const cyaml_schema_value_t *v)
{
    o->kind = OUTLINE_WORD;
    o->word_count = v->enumeration.count;
    o->words = arena_array(all->arena, const char *, o->word_count + 1);
    for (size_t i = 0; i < o->word_count; i++)
        o->words[i] = v->enumeration.strings[i].str;
}

static const struct outline *outline_of(struct outlining *all,
                                        const cyaml_schema_value_t *v)
{
    if (v->type == CYAML_MAPPING)
        return outline_part(all, v->mapping.fields);
    struct outline *o = arena_take(all->arena, sizeof(*o));
    switch (v->type) {
    case CYAML_SEQUENCE:
        o->kind = OUTLINE_LIST;
        o->items = outline_of(all, v->sequence.entry);
        o->at_least = v->sequence.min;
        o->at_most = v->sequence.max == CYAML_UNLIMITED ? 0 : v->sequence.max;
        break;
    case CYAML_ENUM:
        outline_words(all, o, v);
        break;
    case CYAML_INT:
        o->kind = OUTLINE_WHOLE;
        break;
    case CYAML_FLOAT:
        o->kind = OUTLINE_NUMBER;
        break;
    default: /* the tables have nothing but texts beside these */
        o->kind = OUTLINE_TEXT;
    }
    return o;
}

const struct outline *fixture_outline(enum fixture_file file, struct arena *arena)
{
    struct outlining all = { .arena = arena };
    return outline_of(&all, file == FIXTURE_BEHAVIOUR ? &behaviour_top : &scenario_top);
}

/* ---- reading ---- */

/* cyaml has its own things to give back, so the arena's end is its end of memory. */
static void *take_or_null(struct arena *arena, size_t size)
{
    if (setjmp(*arena_guard(arena)))
        return NULL;
    void *bytes = arena_take_raw(arena, size);
    arena_unguard(arena);
    return bytes;
}

/* cyaml wants a realloc. How many bytes there are stands before them; lists grow by one
 * item at a time, so what grows gets room to grow twice as large. */
static void *arena_realloc(void *context, void *old, size_t size)
{
    enum { HEAD = 16 };
    size_t room = old ? *(size_t *)((char *)old - HEAD) : 0;
    if (!size)
        return NULL;
    if (size <= room)
        return old;
    size_t *block = take_or_null(context, HEAD + (old ? 2 * size : size));
    if (!block)
        return NULL;
    *block = old ? 2 * size : size;
    char *bytes = (char *)block + HEAD;
    if (old)
        memcpy(bytes, old, room);
    return bytes;
}

static size_t count_at(const char *record, const cyaml_schema_field_t *f)
{
    unsigned count = 0;
    assert(!f->count_size || f->count_size == sizeof(count));
    if (f->value.type == CYAML_SEQUENCE)
        memcpy(&count, record + f->count_offset, sizeof(count));
    return count;
}

/* Moves what a value leads to into arena, where it has no more room than it needs; at
 * is where the value stands, or the pointer to it, and count is of a list. */
static void compact(const cyaml_schema_value_t *v, size_t count, void *at,
                    struct arena *arena)
{
    if (v->flags & CYAML_FLAG_POINTER) {
        void *from, *to;
        memcpy(&from, at, sizeof(from)); /* whatever it points to */
        if (!from)
            return;
        size_t size = v->type == CYAML_STRING     ? strlen(from) + 1
                      : v->type == CYAML_SEQUENCE ? count * v->data_size
                                                  : v->data_size;
        to = memcpy(arena_take_raw(arena, size), from, size);
        memcpy(at, &to, sizeof(to));
        at = to;
    }
    if (v->type == CYAML_MAPPING)
        for (const cyaml_schema_field_t *f = v->mapping.fields; f->key; f++)
            compact(&f->value, count_at(at, f), (char *)at + f->data_offset, arena);
    if (v->type == CYAML_SEQUENCE)
        for (size_t i = 0; i < count; i++)
            compact(v->sequence.entry, 0, (char *)at + i * v->data_size, arena);
}

/* What cyaml logs first about a refusal. */
__attribute__((format(printf, 3, 0))) static void
on_log(cyaml_log_t level, void *context, const char *format, va_list args)
{
    char *reason = context;
    (void)level;
    if (!*reason)
        vsnprintf(reason, LIMIT_PROBLEM_TEXT, format, args);
    reason[strcspn(reason, "\n")] = '\0';
}

static bool check(const char *path, struct str text, enum fixture_file file,
                  struct arena *arena, struct err *err)
{
    const cJSON *tree = document_parse(path, text, arena, err);
    if (!tree)
        return false;
    if (json_is_null(tree))
        return err_set(err, (struct where){ .file = path }, "the file is empty");
    return outline_check(fixture_outline(file, arena), tree, path, text, arena, err);
}

/* The text is checked as a tree first, since cyaml stops at the first mistake, takes
 * "2.9" for a whole number, and expands aliases without a bound. The tree is then of no
 * more use. */
static void *read_text(const char *path, struct str text, enum fixture_file file,
                       struct arena *arena, struct arena *aside, struct err *err)
{
    char reason[LIMIT_PROBLEM_TEXT] = "";
    const cyaml_config_t config = { .log_fn = on_log,
                                    .log_ctx = reason,
                                    .log_level = CYAML_LOG_ERROR,
                                    .mem_fn = arena_realloc,
                                    .mem_ctx = aside };
    const cyaml_schema_value_t *top =
        file == FIXTURE_BEHAVIOUR ? &behaviour_top : &scenario_top;
    void *record = NULL;
    if (!check(path, text, file, aside, err))
        return NULL;
    cyaml_err_t e = cyaml_load_data((const uint8_t *)text.ptr, text.len, &config, top,
                                    &record, NULL);
    if (e == CYAML_OK) {
        compact(top, 0, &record, arena);
        return record;
    }
    if (e == CYAML_ERR_OOM)
        arena_fail(arena);
    err_set(err, (struct where){ .file = path }, "%s",
            *reason ? reason : "not YAML that can be read");
    return NULL;
}

/* A file, or a text that stands for it (of NULL: there is none). What is of use only
 * while it is read goes. */
static void *read_file(const char *path, const struct str *given,
                       enum fixture_file file, struct arena *arena, struct err *err)
{
    struct arena *aside = arena_new(LIMIT_SPEC_MEMORY);
    struct str text = given ? *given : STR("");
    if (setjmp(*arena_guard(arena))) {
        arena_free(aside);
        arena_fail(arena);
    }
    if (setjmp(*arena_guard(aside)))
        arena_fail(arena);
    void *record = given || file_read(path, aside, &text, err)
                       ? read_text(path, text, file, arena, aside, err)
                       : NULL;
    arena_unguard(arena);
    arena_free(aside);
    return record;
}

struct record_behaviour *fixture_behaviour(const char *path, struct arena *arena,
                                           struct err *err)
{
    return read_file(path, NULL, FIXTURE_BEHAVIOUR, arena, err);
}

struct record_scenario *fixture_scenario(const char *path, struct arena *arena,
                                         struct err *err)
{
    return read_file(path, NULL, FIXTURE_SCENARIO, arena, err);
}

struct record_scenario *fixture_scenario_text(const char *path, struct str text,
                                              struct arena *arena, struct err *err)
{
    return read_file(path, &text, FIXTURE_SCENARIO, arena, err);
}
