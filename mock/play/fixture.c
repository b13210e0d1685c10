#include "play/fixture.h"

#include "base/file.h"
#include "base/limits.h"
#include "doc/document.h"
#include "doc/number.h"
#include "doc/pointer.h"
#include "doc/yaml.h"

#include <cyaml/cyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

/* ---- reading ---- */

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
    size_t *block = arena_take_raw(context, HEAD + (old ? 2 * size : size));
    *block = old ? 2 * size : size;
    char *bytes = (char *)block + HEAD;
    if (old)
        memcpy(bytes, old, room);
    return bytes;
}

/* What cyaml logs about a refusal: first the reason, then a trace from the innermost
 * place outwards. */
struct refusal {
    char reason[256];
    unsigned line, col;
};

static void on_log(cyaml_log_t level, void *context, const char *format, va_list args)
{
    struct refusal *r = context;
    char text[512];
    (void)level;
    vsnprintf(text, sizeof(text), format, args);
    const char *line = strstr(text, "(line: ");
    if (line && !r->line)
        sscanf(line, "(line: %u, column: %u", &r->line, &r->col);
    if (!r->reason[0] && !line && !strstr(text, "Backtrace")) {
        const char *from = strncmp(text, "Load: ", 6) == 0 ? text + 6 : text;
        snprintf(r->reason, sizeof(r->reason), "%.250s", from);
        r->reason[strcspn(r->reason, "\n")] = '\0';
    }
}

/* Every key that any of the shapes knows; the nearest to a misspelt one. */
static const char *nearest_key(const char *key)
{
    static const cyaml_schema_field_t *const all[] = {
        where_fields,      set_fields,       header_fields,     error_fields,
        step_fields,       reference_fields, collection_fields, group_fields,
        unique_fields,     sequence_fields,  wording_fields,    operation_fields,
        timestamps_fields, behaviour_fields, fault_fields,      limit_fields,
        scenario_fields,   token_fields,     key_fields,        follow_fields,
        before_fields,     table_fields,
    };
    const char *best = NULL;
    unsigned least = 3;
    for (size_t i = 0; i < COUNT(all); i++)
        for (const cyaml_schema_field_t *f = all[i]; f->key; f++) {
            unsigned d = str_distance(str(f->key), str(key));
            if (d && d < least) {
                least = d;
                best = f->key;
            }
        }
    return best;
}

/* cyaml knows where it was before it read a key that it refuses; the key itself is the
 * next place of its text that a colon follows. */
static void find_key(struct str text, const char *key, struct where *at)
{
    const char *p = text.ptr, *end = text.ptr + text.len, *line;
    unsigned row = 1;
    size_t len = strlen(key);
    for (; row < at->line && p < end; p++)
        row += *p == '\n';
    line = p;
    for (p += at->col ? at->col - 1 : 0; p < end && (size_t)(end - p) > len; p++) {
        if (*p == '\n') {
            row++;
            line = p + 1;
        }
        if (strncmp(p, key, len) != 0)
            continue;
        const char *after = p + len;
        while (after < end && strchr(" \"'", *after) && *after)
            after++;
        if (after < end && *after == ':') {
            at->line = row;
            at->col = (unsigned)(p - line) + 1;
            return;
        }
    }
}

/* cyaml's words in ours: what was wanted, what was found. */
static void tell(const char *path, struct str text, const struct refusal *r,
                 struct err *err)
{
    static const struct {
        const char *starts, *before, *after;
    } words[] = {
        { "Unexpected key: ", "the key \"", "\" is not known here" },
        { "Missing required mapping field: ", "the key \"", "\" is missing" },
        { "Mapping field already seen: ", "the key \"", "\" stands twice" },
    };
    struct where at = { .file = path,
                        .line = r->line ? r->line : 1,
                        .col = r->col ? r->col : 1 };
    for (size_t i = 0; i < COUNT(words); i++) {
        size_t n = strlen(words[i].starts);
        if (strncmp(r->reason, words[i].starts, n) != 0)
            continue;
        const char *key = r->reason + n, *near = i == 0 ? nearest_key(key) : NULL;
        if (i != 1)
            find_key(text, key, &at);
        err_set(err, at, "%s%s%s%s%s%s", words[i].before, key, words[i].after,
                near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        return;
    }
    char kind[32], event[32];
    if (sscanf(r->reason, "Expecting %31[A-Z_], got event: %31[A-Z]", kind, event) ==
        2) {
        const char *wanted = strcmp(kind, "SEQUENCE") == 0  ? "a list"
                             : strcmp(kind, "MAPPING") == 0 ? "a mapping of keys"
                             : strcmp(kind, "INT") == 0     ? "a whole number"
                             : strcmp(kind, "FLOAT") == 0   ? "a number"
                             : strcmp(kind, "ENUM") == 0    ? "a word"
                                                            : "text";
        const char *found = strcmp(event, "SCALAR") == 0     ? "a single value"
                            : strcmp(event, "SEQUENCE") == 0 ? "a list"
                            : strcmp(event, "MAPPING") == 0  ? "a mapping"
                                                             : "nothing";
        err_set(err, at, "expected %s, found %s", wanted, found);
        return;
    }
    if (sscanf(r->reason, "Invalid %31[A-Z] value: ", kind) == 1) {
        const char *wanted = strcmp(kind, "ENUM") == 0  ? "one of the words it may be"
                             : strcmp(kind, "INT") == 0 ? "a whole number"
                                                        : "a number";
        const char *value = strchr(r->reason, ':');
        err_set(err, at, "expected %s, found%s", wanted,
                value ? value + 1 : " another");
        return;
    }
    err_set(err, at, "%s", r->reason[0] ? r->reason : "not YAML that can be read");
}

/* cyaml takes "200x" and "2.9" for whole numbers, so the text is read once more as
 * plain YAML, where a number is one or is not. Returns the pointer of the first that is
 * not. */
static const char *find_no_number(const cJSON *tree, const char *pointer,
                                  struct arena *arena)
{
    static const char *const whole[] = { "answer", "page",  "status",   "skip",
                                         "times",  "every", "requests", "digits",
                                         "start",  "reads" };
    size_t index = 0;
    for (const cJSON *c = tree->child; c; c = c->next, index++) {
        const char *here = c->string ? pointer_join(arena, pointer, c->string)
                                     : arena_printf(arena, "%s/%zu", pointer, index);
        for (size_t i = 0; c->string && i < COUNT(whole); i++)
            if (strcmp(c->string, whole[i]) == 0 &&
                !(json_is_number(c) && number_is_integer(c)))
                return here;
        const char *below = find_no_number(c, here, arena);
        if (below)
            return below;
    }
    return NULL;
}

static bool check_numbers(const char *path, struct str text, struct err *err)
{
    struct arena *scratch = arena_new(LIMIT_SPEC_MEMORY);
    const cJSON *tree = document_parse(path, text, scratch, err);
    const char *pointer = tree ? find_no_number(tree, "", scratch) : NULL;
    struct where at = { .file = path, .pointer = pointer };
    if (pointer) {
        yaml_locate(text, pointer, &at.line, &at.col);
        err_set(err, at, "expected a whole number, found %s",
                json_text(pointer_get(tree, pointer), scratch).ptr);
    }
    arena_free(scratch);
    return tree && !pointer;
}

/* A text with aliases (*name) is read once the reader of documents has found that their
 * sizes are within bounds. */
static cyaml_err_t load(const char *path, struct str text,
                        const cyaml_schema_value_t *top, cyaml_config_t config,
                        void **record, struct err *err)
{
    cyaml_err_t e = cyaml_load_data((const uint8_t *)text.ptr, text.len, &config, top,
                                    record, NULL);
    struct arena *scratch = arena_new(LIMIT_SPEC_MEMORY);
    bool bounded =
        e == CYAML_ERR_ALIAS && document_parse(path, text, scratch, err) != NULL;
    arena_free(scratch);
    if (!bounded)
        return e;
    config.flags &= ~(cyaml_cfg_flags_t)CYAML_CFG_NO_ALIAS;
    return cyaml_load_data((const uint8_t *)text.ptr, text.len, &config, top, record,
                           NULL);
}

static void *read_text(const char *path, struct str text,
                       const cyaml_schema_value_t *top, struct arena *arena,
                       struct err *err)
{
    struct refusal refusal = { .reason = "" };
    const cyaml_config_t config = { .log_fn = on_log,
                                    .log_ctx = &refusal,
                                    .log_level = CYAML_LOG_ERROR,
                                    .mem_fn = arena_realloc,
                                    .mem_ctx = arena,
                                    .flags = CYAML_CFG_NO_ALIAS };
    void *record = NULL;
    cyaml_err_t e = load(path, text, top, config, &record, err);
    if (e == CYAML_ERR_ALIAS)
        return NULL;
    if (e != CYAML_OK) {
        tell(path, text, &refusal, err);
        return NULL;
    }
    if (!record) {
        err_set(err, (struct where){ .file = path }, "the file is empty");
        return NULL;
    }
    return check_numbers(path, text, err) ? record : NULL;
}

struct record_behaviour *fixture_behaviour(const char *path, struct arena *arena,
                                           struct err *err)
{
    struct str text;
    if (!file_read(path, arena, &text, err))
        return NULL;
    return read_text(path, text, &behaviour_top, arena, err);
}

struct record_scenario *fixture_scenario(const char *path, struct arena *arena,
                                         struct err *err)
{
    struct str text;
    if (!file_read(path, arena, &text, err))
        return NULL;
    return fixture_scenario_text(path, text, arena, err);
}

struct record_scenario *fixture_scenario_text(const char *path, struct str text,
                                              struct arena *arena, struct err *err)
{
    return read_text(path, text, &scenario_top, arena, err);
}
