/* yaml_events.h — a YAML text as a row of events (the only yaml.h); for yaml.c and
 * yaml_locate.c.
 *
 * libyaml's event parser and nothing of its document API: that one resolves by YAML 1.1
 * and expands no aliases in a bounded way. */
#ifndef DOC_YAML_EVENTS_H
#define DOC_YAML_EVENTS_H

#include "doc/json.h"

enum yaml_event_kind {
    EVENT_BORDER, /* the stream or a document starts, or a document ends */
    EVENT_LAST,   /* the stream ends */
    EVENT_ALIAS,
    EVENT_SCALAR,
    EVENT_SEQUENCE,
    EVENT_SEQUENCE_END,
    EVENT_MAPPING,
    EVENT_MAPPING_END
};

struct yaml_event {
    enum yaml_event_kind kind;
    struct str text;    /* a scalar's */
    bool plain;         /* a scalar without quotes, block style and tag */
    const char *tag;    /* of a node; NULL: none */
    const char *anchor; /* the name behind & or *; NULL: none */
    size_t index;       /* characters before it */
    unsigned line, col; /* 1-based */
};

struct yaml_events;

/* text stays where it is until yaml_events_free. NULL when there is no memory. */
struct yaml_events *yaml_events_new(struct str text);
void yaml_events_free(struct yaml_events *e);

/* Borrowed until the next one; NULL at a mistake in the grammar. */
const struct yaml_event *yaml_events_next(struct yaml_events *e);

/* The mistake that yaml_events_next stopped at; why is borrowed from arena. */
struct json_error yaml_events_mistake(const struct yaml_events *e, struct arena *arena);

/* A mistake at an event of it. */
struct json_error yaml_events_error(const struct yaml_events *e,
                                    const struct yaml_event *at, const char *why);

/* What is to be read of a text that may start with a byte order mark. */
struct str yaml_without_bom(struct str text);

#endif
