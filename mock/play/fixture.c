#include "play/fixture.h"

#include "base/file.h"
#include "base/limits.h"
#include "doc/document.h"

#include <assert.h>
#include <cyaml/cyaml.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- the shapes ---- */

#define TEXT(key, S, member)                                                         \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, S, member, \
                           0, CYAML_UNLIMITED)
#define NEEDED(key, S, member) \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, S, member, 0, CYAML_UNLIMITED)
#define LIST(key, S, member, shape)                                                \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, S, member, \
                         &(shape), 0, CYAML_UNLIMITED)
#define PART(key, S, member, fields) \
    CYAML_FIELD_MAPPING_PTR(key, CYAML_FLAG_OPTIONAL, S, member, fields)
#define WHOLE(key, S, member) CYAML_FIELD_INT(key, CYAML_FLAG_OPTIONAL, S, member)
#define SHAPE(name, S, fields)                                                         \
    static const cyaml_schema_value_t name = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, \
                                                                   S, fields) }
#define WORD(key, S, member, words)                                                  \
    CYAML_FIELD_ENUM(key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, S, member, words, \
                     COUNT(words))

/* cyaml's own booleans take any word for true. */
static const cyaml_strval_t yes_no[] = {
    { "yes", YES }, { "no", NO }, { "true", YES }, { "false", NO }
};
static const cyaml_strval_t connections[] = { { "drop", CONNECTION_IS_DROP },
                                              { "reset", CONNECTION_IS_RESET },
                                              { "cut", CONNECTION_IS_CUT } };

static const cyaml_strval_t on_deletes[] = { { "restrict", ON_DELETE_IS_RESTRICT },
                                             { "cascade", ON_DELETE_IS_CASCADE },
                                             { "nullify", ON_DELETE_IS_NULLIFY } };

static const cyaml_strval_t key_encodings[] = { { "text", ENCODING_TEXT },
                                                { "base64", ENCODING_BASE64 } };
static const cyaml_strval_t encodings[] = { { "hex", ENCODING_HEX },
                                            { "base64", ENCODING_BASE64 } };

static const cyaml_schema_value_t text_shape = { CYAML_VALUE_STRING(
    CYAML_FLAG_POINTER, char *, 0, CYAML_UNLIMITED) };

#define S struct record_where
static const cyaml_schema_field_t where_fields[] = {
    NEEDED("at", S, at),
    TEXT("is", S, is),
    TEXT("is_not", S, is_not),
    TEXT("minimum", S, minimum),
    TEXT("maximum", S, maximum),
    TEXT("exclusive_minimum", S, exclusive_minimum),
    TEXT("exclusive_maximum", S, exclusive_maximum),
    TEXT("contains", S, contains),
    TEXT("prefix", S, prefix),
    TEXT("has", S, has),
    TEXT("when", S, when),
    CYAML_FIELD_END
};
SHAPE(where_shape, S, where_fields);
#undef S

#define S struct record_set
static const cyaml_schema_field_t set_fields[] = {
    NEEDED("at", S, at),           TEXT("to", S, to),     TEXT("add", S, add),
    TEXT("remove", S, remove),     TEXT("each", S, each), TEXT("by", S, by),
    TEXT("position", S, position), TEXT("when", S, when), CYAML_FIELD_END
};
SHAPE(set_shape, S, set_fields);
#undef S

#define S struct record_follow
static const cyaml_schema_field_t follow_fields[] = { NEEDED("from", S, from),
                                                      NEEDED("to", S, to),
                                                      TEXT("depth", S, depth),
                                                      CYAML_FIELD_END };
#undef S

#define S struct record_header
static const cyaml_schema_field_t header_fields[] = { NEEDED("name", S, name),
                                                      NEEDED("value", S, value),
                                                      CYAML_FIELD_END };
SHAPE(header_shape, S, header_fields);
#undef S

#define S struct record_error
static const cyaml_schema_field_t error_fields[] = { WHOLE("status", S, status),
                                                     TEXT("error", S, error),
                                                     TEXT("body", S, body),
                                                     CYAML_FIELD_END };
#undef S

#define S struct record_step
static const cyaml_schema_value_t step_shape; /* steps hold steps */
static const cyaml_schema_field_t step_fields[] = {
    TEXT("find", S, find),
    TEXT("create", S, create),
    TEXT("update", S, update),
    TEXT("delete", S, remove),
    TEXT("list", S, list),
    TEXT("count", S, count),
    TEXT("require", S, require),
    WHOLE("answer", S, answer),
    TEXT("each", S, each),
    LIST("steps", S, steps, step_shape),
    TEXT("as", S, as),
    TEXT("when", S, when),
    LIST("where", S, where, where_shape),
    PART("follow", S, follow, follow_fields),
    LIST("until", S, until, where_shape),
    LIST("among", S, among, where_shape),
    LIST("set", S, set, set_shape),
    PART("otherwise", S, otherwise, error_fields),
    TEXT("limit", S, limit),
    TEXT("cursor", S, cursor),
    TEXT("mode", S, mode),
    TEXT("merge", S, merge),
    TEXT("patch", S, patch),
    TEXT("replace", S, replace),
    TEXT("offset", S, offset),
    TEXT("number", S, number),
    WORD("from_zero", S, from_zero, yes_no),
    TEXT("sort", S, sort),
    TEXT("order", S, order),
    TEXT("turn", S, turn),
    WORD("total", S, total, yes_no),
    WHOLE("page", S, page),
    TEXT("body", S, body),
    WORD("shape", S, shape, yes_no),
    WORD("stamps", S, stamps, yes_no),
    LIST("header", S, header, header_shape),
    CYAML_FIELD_END
};
SHAPE(step_shape, S, step_fields);
#undef S

#define S struct record_reference
static const cyaml_schema_field_t reference_fields[] = {
    NEEDED("at", S, at),
    NEEDED("of", S, of),
    LIST("keep", S, keep, text_shape),
    PART("otherwise", S, otherwise, error_fields),
    WORD("on_delete", S, on_delete, on_deletes),
    PART("restricted", S, restricted, error_fields),
    CYAML_FIELD_END
};
SHAPE(reference_shape, S, reference_fields);
#undef S

#define S struct record_unique
static const cyaml_schema_field_t unique_fields[] = {
    CYAML_FIELD_SEQUENCE("at", CYAML_FLAG_POINTER, S, pointers, &text_shape, 1, 8),
    LIST("where", S, where, where_shape), CYAML_FIELD_END
};
SHAPE(unique_shape, S, unique_fields);
#undef S

#define S struct record_transition
static const cyaml_schema_field_t transition_fields[] = {
    NEEDED("when", S, when),  TEXT("after", S, after),        TEXT("from", S, from),
    WHOLE("reads", S, reads), LIST("set", S, set, set_shape), CYAML_FIELD_END
};
SHAPE(transition_shape, S, transition_fields);
#undef S

#define S struct record_collection
static const cyaml_schema_field_t collection_fields[] = {
    NEEDED("name", S, name),
    NEEDED("schema", S, schema),
    NEEDED("key", S, key),
    TEXT("seed", S, seed),
    LIST("aliases", S, aliases, text_shape),
    LIST("hidden", S, hidden, text_shape),
    LIST("summary", S, summary, text_shape),
    LIST("defaults", S, defaults, set_shape),
    LIST("references", S, references, reference_shape),
    LIST("transitions", S, transitions, transition_shape),
    LIST("created", S, created, text_shape),
    LIST("updated", S, updated, text_shape),
    LIST("moments", S, moments, text_shape),
    TEXT("version", S, version),
    LIST("unique", S, unique, unique_shape),
    LIST("owned", S, owned, text_shape),
    WORD("complete", S, complete, yes_no),
    CYAML_FIELD_END
};
SHAPE(collection_shape, S, collection_fields);
#undef S

#define S struct record_group
static const cyaml_schema_field_t group_fields[] = { NEEDED("name", S, name),
                                                     LIST("of", S, of, text_shape),
                                                     CYAML_FIELD_END };
SHAPE(group_shape, S, group_fields);
#undef S

#define S struct record_sequence
static const cyaml_schema_field_t sequence_fields[] = { NEEDED("name", S, name),
                                                        WHOLE("start", S, start),
                                                        CYAML_FIELD_END };
SHAPE(sequence_shape, S, sequence_fields);
#undef S

#define S struct record_wording
static const cyaml_schema_field_t wording_fields[] = {
    NEEDED("on", S, on),     TEXT("when", S, when), WHOLE("status", S, status),
    TEXT("error", S, error), TEXT("body", S, body), CYAML_FIELD_END
};
SHAPE(wording_shape, S, wording_fields);
#undef S

#define S struct record_token
static const cyaml_schema_field_t token_fields[] = {
    NEEDED("token", S, token), TEXT("scheme", S, scheme), TEXT("expires", S, expires),
    LIST("scopes", S, scopes, text_shape), CYAML_FIELD_END
};
SHAPE(token_shape, S, token_fields);
#undef S

#define S struct record_key
static const cyaml_schema_field_t key_fields[] = { TEXT("secret", S, secret),
                                                   TEXT("public", S, public),
                                                   TEXT("scheme", S, scheme),
                                                   TEXT("id", S, id), CYAML_FIELD_END };
SHAPE(key_shape, S, key_fields);
#undef S

#define S struct record_operation
static const cyaml_schema_field_t operation_fields[] = {
    NEEDED("id", S, id), LIST("also", S, also, text_shape), TEXT("dry_run", S, dry_run),
    LIST("steps", S, steps, step_shape), CYAML_FIELD_END
};
SHAPE(operation_shape, S, operation_fields);
#undef S

#define S struct record_before
static const cyaml_schema_field_t before_fields[] = {
    CYAML_FIELD_SEQUENCE("on", CYAML_FLAG_POINTER, S, on, &text_shape, 1,
                         CYAML_UNLIMITED),
    LIST("steps", S, steps, step_shape), CYAML_FIELD_END
};
SHAPE(before_shape, S, before_fields);
#undef S

#define S struct record_sign
static const cyaml_schema_field_t sign_fields[] = {
    NEEDED("header", S, header), NEEDED("key", S, key),
    WORD("key_encoding", S, key_encoding, key_encodings),
    WORD("encoding", S, encoding, encodings), CYAML_FIELD_END
};
#undef S

#define S struct record_event
static const cyaml_schema_field_t event_fields[] = { NEEDED("name", S, name),
                                                     TEXT("created", S, created),
                                                     TEXT("updated", S, updated),
                                                     TEXT("deleted", S, deleted),
                                                     TEXT("when", S, when),
                                                     TEXT("body", S, body),
                                                     CYAML_FIELD_END };
SHAPE(event_shape, S, event_fields);
#undef S

#define S struct record_answered
static const cyaml_schema_field_t answered_fields[] = { TEXT("when", S, when),
                                                        LIST("set", S, set, set_shape),
                                                        CYAML_FIELD_END };
#undef S

#define S struct record_webhook
static const cyaml_schema_field_t webhook_fields[] = {
    NEEDED("to", S, to),
    NEEDED("as", S, as),
    TEXT("schema", S, schema),
    LIST("where", S, where, where_shape),
    NEEDED("url", S, url),
    LIST("header", S, header, header_shape),
    TEXT("headers", S, headers),
    PART("sign", S, sign, sign_fields),
    TEXT("within", S, within),
    LIST("retry", S, retry, text_shape),
    TEXT("body", S, body),
    LIST("events", S, events, event_shape),
    PART("answered", S, answered, answered_fields),
    CYAML_FIELD_END
};
SHAPE(webhook_shape, S, webhook_fields);
#undef S

#define S struct record_table
static const cyaml_schema_field_t table_fields[] = { NEEDED("name", S, name),
                                                     NEEDED("rows", S, rows),
                                                     CYAML_FIELD_END };
SHAPE(table_shape, S, table_fields);
#undef S

#define S struct record_timestamps
static const cyaml_schema_field_t timestamps_fields[] = { WHOLE("digits", S, digits),
                                                          TEXT("utc", S, utc),
                                                          CYAML_FIELD_END };
#undef S

#define S struct record_behaviour
static const cyaml_schema_field_t behaviour_fields[] = {
    WORD("infer", S, infer, yes_no),
    PART("timestamps", S, timestamps, timestamps_fields),
    LIST("sequences", S, sequences, sequence_shape),
    LIST("tables", S, tables, table_shape),
    LIST("collections", S, collections, collection_shape),
    LIST("groups", S, groups, group_shape),
    LIST("errors", S, errors, wording_shape),
    LIST("tokens", S, tokens, token_shape),
    LIST("keys", S, keys, key_shape),
    LIST("before", S, before, before_shape),
    LIST("operations", S, operations, operation_shape),
    LIST("webhooks", S, webhooks, webhook_shape),
    CYAML_FIELD_END
};
#undef S

#define S struct record_fault
static const cyaml_schema_field_t fault_fields[] = {
    NEEDED("on", S, on),
    WHOLE("skip", S, skip),
    CYAML_FIELD_INT_PTR("times", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, S, times),
    CYAML_FIELD_INT_PTR("every", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, S, every),
    CYAML_FIELD_FLOAT_PTR("chance", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, S,
                          chance),
    TEXT("delay", S, delay),
    CYAML_FIELD_FLOAT("sigma", CYAML_FLAG_OPTIONAL, S, sigma),
    TEXT("error", S, error),
    WHOLE("status", S, status),
    TEXT("body", S, body),
    TEXT("retry_after", S, retry_after),
    WORD("commit", S, commit, yes_no),
    WORD("connection", S, connection, connections),
    CYAML_FIELD_END
};
SHAPE(fault_shape, S, fault_fields);
#undef S

#define S struct record_limit
static const cyaml_schema_field_t limit_fields[] = {
    NEEDED("on", S, on),
    CYAML_FIELD_INT("requests", CYAML_FLAG_DEFAULT, S, requests),
    NEEDED("per", S, per),
    TEXT("by", S, by),
    TEXT("error", S, error),
    WORD("x_headers", S, x_headers, yes_no),
    CYAML_FIELD_END
};
SHAPE(limit_shape, S, limit_fields);
#undef S

#define S struct record_scenario
static const cyaml_schema_field_t scenario_fields[] = {
    TEXT("name", S, name),
    TEXT("about", S, about),
    TEXT("api", S, api),
    LIST("faults", S, faults, fault_shape),
    LIST("limits", S, limits, limit_shape),
    CYAML_FIELD_END
};
#undef S

static const cyaml_schema_value_t behaviour_top = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_POINTER, struct record_behaviour, behaviour_fields) };
static const cyaml_schema_value_t scenario_top = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_POINTER, struct record_scenario, scenario_fields) };

/* ---- as outlines ---- */

static const struct {
    const cyaml_schema_field_t *fields;
    const char *name;
} parts[] = {
    { where_fields, "where" },
    { set_fields, "set" },
    { header_fields, "header" },
    { error_fields, "error" },
    { follow_fields, "follow" },
    { step_fields, "step" },
    { reference_fields, "reference" },
    { unique_fields, "unique" },
    { transition_fields, "transition" },
    { collection_fields, "collection" },
    { group_fields, "group" },
    { sequence_fields, "sequence" },
    { table_fields, "table" },
    { wording_fields, "wording" },
    { token_fields, "token" },
    { key_fields, "key" },
    { operation_fields, "operation" },
    { before_fields, "before" },
    { sign_fields, "sign" },
    { event_fields, "event" },
    { answered_fields, "answered" },
    { webhook_fields, "webhook" },
    { timestamps_fields, "timestamps" },
    { behaviour_fields, "behaviour file" },
    { fault_fields, "fault" },
    { limit_fields, "limit" },
    { scenario_fields, "scenario file" },
};

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
    assert(part < COUNT(parts)); /* every table of keys has its name above */
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
    default: /* the tables above have nothing but texts beside these */
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

/* What cyaml logs first about a refusal. */
static void on_log(cyaml_log_t level, void *context, const char *format, va_list args)
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
                                    .mem_ctx = arena };
    const cyaml_schema_value_t *top =
        file == FIXTURE_BEHAVIOUR ? &behaviour_top : &scenario_top;
    void *record = NULL;
    if (!check(path, text, file, aside, err))
        return NULL;
    cyaml_err_t e = cyaml_load_data((const uint8_t *)text.ptr, text.len, &config, top,
                                    &record, NULL);
    if (e == CYAML_OK)
        return record;
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
