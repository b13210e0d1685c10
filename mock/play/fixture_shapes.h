/* fixture_shapes.h — what a behaviour and a scenario may hold, as libcyaml's tables
 * (the only cyaml.h); for fixture.c.
 *
 * A line is a key: its word in the file, and the member of its record (fixture.h). */
#ifndef PLAY_FIXTURE_SHAPES_H
#define PLAY_FIXTURE_SHAPES_H

#include "play/fixture.h"

#include <cyaml/cyaml.h>

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

/* What outlines call them. */
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

#undef TEXT
#undef NEEDED
#undef LIST
#undef PART
#undef WHOLE
#undef SHAPE
#undef WORD

#endif
