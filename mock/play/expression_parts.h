/* expression_parts.h — what an expression is made of; for expression*.c only. */
#ifndef PLAY_EXPRESSION_PARTS_H
#define PLAY_EXPRESSION_PARTS_H

#include "doc/way.h"
#include "play/expression.h"

enum expression_kind {
    KIND_LITERAL,
    KIND_TEXT,    /* parts put together */
    KIND_REQUEST, /* a pointer into the input tree */
    KIND_HEADER,
    KIND_INPUT,
    KIND_PART,
    KIND_BINDING,
    KIND_ITEM,
    KIND_EACH,
    KIND_TEMPLATE, /* JSON whose strings may be expressions */
    KIND_TABLE,
    KIND_CHOSEN_SEQUENCE,
    KIND_SEGMENT,
    KIND_NOW,
    KIND_UUID,
    KIND_RANDOM,
    KIND_NULL,
    KIND_SEQUENCE,
    KIND_NAMESPACE,
    KIND_METHOD,
    KIND_URL,
    KIND_TARGET,
    KIND_BASE /* literal: where there is no call of an operation */
};

struct expression {
    enum expression_kind kind;
    const char *name;         /* KIND_BINDING, KIND_HEADER, KIND_PART */
    const char *pointer;      /* "" for the whole */
    struct way way;           /* the same */
    const struct way *dotted; /* KIND_INPUT: the parameter that is named so, or NULL */
    cJSON *literal;
    size_t sequence;
    struct expression **parts;
    size_t part_count;
    bool url; /* KIND_TEXT: values behind its beginning are percent-encoded */
    const struct body_template *body;
    struct expression *index;     /* of KIND_TABLE and its like: VALUE */
    const cJSON *rows;            /* KIND_TABLE */
    const char *const *sequences; /* KIND_CHOSEN_SEQUENCE */
    size_t sequence_count;
    clock_ms offset; /* KIND_NOW */
};

/* Whether $input is the body of an operation, and not its query. */
static inline bool expression_takes_body(const struct operation *op)
{
    return op->body_count > 0;
}

/* ---- expression_check.c: whether what an expression names is there; text is the
 * expression as written, for errors ---- */

/* In what the operations take: one of them declares the place. A request may hold what
 * its schema does not close, but a fixture that asks for it is a slip. */
void expression_check_request(struct naming *n, const char *pointer, const char *text,
                              struct where at);

/* The same of $input, or of the parameter dotted (NULL: none) of a query. */
void expression_check_input(struct naming *n, const char *pointer, const char *dotted,
                            const char *text, struct where at);

/* In instances of c (NULL: of any kind). */
void expression_check_member(struct naming *n, const struct store_collection *c,
                             const char *pointer, const char *text, struct where at);

/* The first member on the way, of what is always made alike: words with spaces between
 * them; NULL: anything. */
void expression_check_word(struct naming *n, const char *words, const char *pointer,
                           const char *text, struct where at);

#endif
