#include "doc/yaml_events.h"

#include <stdlib.h>
#include <yaml.h>

struct yaml_events {
    yaml_parser_t parser;
    yaml_event_t event; /* what now points into */
    struct yaml_event now;
    struct str text;
};

struct str yaml_without_bom(struct str text)
{
    if (!text.len)
        return STR("");
    return str_starts(text, STR("\xef\xbb\xbf")) ? str_from(text, 3) : text;
}

struct yaml_events *yaml_events_new(struct str text)
{
    struct yaml_events *e = calloc(1, sizeof(*e));
    if (!e || !yaml_parser_initialize(&e->parser)) {
        free(e);
        return NULL;
    }
    e->text = text;
    /* Said, not guessed: a text in UTF-16 gets an error about its first byte. */
    yaml_parser_set_encoding(&e->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&e->parser, (const unsigned char *)text.ptr, text.len);
    return e;
}

void yaml_events_free(struct yaml_events *e)
{
    yaml_event_delete(&e->event);
    yaml_parser_delete(&e->parser);
    free(e);
}

/* ---- events ------------------------------------------------------------------ */

/* libyaml's texts are unsigned. */
static const char *chars(const yaml_char_t *text)
{
    return (const char *)text;
}

static struct yaml_event event_at(yaml_mark_t mark)
{
    return (struct yaml_event){ .index = mark.index,
                                .line = (unsigned)mark.line + 1,
                                .col = (unsigned)mark.column + 1 };
}

static void take_scalar(struct yaml_event *now, const yaml_event_t *event)
{
    now->kind = EVENT_SCALAR;
    now->text =
        (struct str){ chars(event->data.scalar.value), event->data.scalar.length };
    now->tag = chars(event->data.scalar.tag);
    now->anchor = chars(event->data.scalar.anchor);
    now->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !now->tag;
}

static void take(struct yaml_event *now, const yaml_event_t *event)
{
    *now = event_at(event->start_mark);
    switch (event->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        now->kind = EVENT_BORDER;
        break;
    case YAML_STREAM_END_EVENT:
        now->kind = EVENT_LAST;
        break;
    case YAML_ALIAS_EVENT:
        now->kind = EVENT_ALIAS;
        now->anchor = chars(event->data.alias.anchor);
        break;
    case YAML_SCALAR_EVENT:
        take_scalar(now, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        now->kind = EVENT_SEQUENCE;
        now->tag = chars(event->data.sequence_start.tag);
        now->anchor = chars(event->data.sequence_start.anchor);
        break;
    case YAML_SEQUENCE_END_EVENT:
        now->kind = EVENT_SEQUENCE_END;
        break;
    case YAML_MAPPING_START_EVENT:
        now->kind = EVENT_MAPPING;
        now->tag = chars(event->data.mapping_start.tag);
        now->anchor = chars(event->data.mapping_start.anchor);
        break;
    case YAML_MAPPING_END_EVENT:
        now->kind = EVENT_MAPPING_END;
        break;
    }
}

const struct yaml_event *yaml_events_next(struct yaml_events *e)
{
    yaml_event_delete(&e->event);
    if (!yaml_parser_parse(&e->parser, &e->event))
        return NULL;
    take(&e->now, &e->event);
    return &e->now;
}

/* ---- mistakes ---------------------------------------------------------------- */

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

struct json_error yaml_events_error(const struct yaml_events *e,
                                    const struct yaml_event *at, const char *why)
{
    return (struct json_error){ .offset = offset_of(e->text, at->index),
                                .line = at->line,
                                .col = at->col,
                                .why = why };
}

static struct json_error error_at(const struct yaml_events *e, yaml_mark_t mark,
                                  const char *why)
{
    struct yaml_event at = event_at(mark);
    return yaml_events_error(e, &at, why);
}

static struct json_error bad_bytes(const struct yaml_events *e, struct arena *arena)
{
    const yaml_parser_t *p = &e->parser;
    size_t at = p->problem_offset < e->text.len ? p->problem_offset : e->text.len;
    struct json_error error = json_place(e->text, at);
    error.why = "the text is not valid UTF-8";
    if (strstr(p->problem, "control"))
        error.why = arena_printf(arena, "the character U+%04X cannot stand in YAML",
                                 (unsigned)p->problem_value);
    return error;
}

struct json_error yaml_events_mistake(const struct yaml_events *e, struct arena *arena)
{
    const yaml_parser_t *p = &e->parser;
    if (p->error == YAML_READER_ERROR)
        return bad_bytes(e, arena);
    if (p->error != YAML_SCANNER_ERROR && p->error != YAML_PARSER_ERROR)
        return error_at(e, p->mark, "there is no memory left to read the text");
    size_t at = offset_of(e->text, p->problem_mark.index);
    if (p->error == YAML_SCANNER_ERROR && at < e->text.len && e->text.ptr[at] == '\t')
        return error_at(e, p->problem_mark,
                        "YAML is indented with spaces, not with tabs");
    const char *why = p->context
                          ? arena_printf(arena, "%s (%s from line %zu)", p->problem,
                                         p->context, p->context_mark.line + 1)
                          : arena_printf(arena, "%s", p->problem);
    return error_at(e, p->problem_mark, why);
}
