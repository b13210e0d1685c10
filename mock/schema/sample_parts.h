/* sample_parts.h — what sample.c is made of; only for the sample_*.c files.
 *
 *     sample.c          from wants to a value: alternatives, types, the last check
 *     sample_goal.c     many schemas that all apply, as one goal
 *     sample_not.c      the ways in which a schema can be broken
 *     sample_object.c   which members there are
 *     sample_member.c   one of them
 *     sample_array.c    items
 *     sample_number.c   numbers within their bounds
 *     sample_text.c     strings: by format, pattern, name, length
 *     sample_pattern.c  a text that a pattern matches
 *     sample_set.c      a character of a class
 *     sample_word.c     what a format or a member's name usually holds
 *
 * A want is a schema that has to hold, or one that must not. Wants are opened into a
 * goal: what one value has to be. Alternatives (anyOf, oneOf, if, a discriminator) wait
 * in the goal; for each that is tried, the goal is forked. A schema that must not hold
 * and can be broken in several ways waits too: mostly the value breaks it anyway. */
#ifndef SCHEMA_SAMPLE_PARTS_H
#define SCHEMA_SAMPLE_PARTS_H

#include "schema/plan.h"
#include "schema/sample.h"

struct want {
    const struct schema *s;
    bool no; /* must not hold */
};

enum ask_kind {
    ASK_RULE,      /* rule, of schema s; with `no`, it must be broken */
    ASK_MEMBER,    /* the member name is there, and want holds for it */
    ASK_NO_MEMBER, /* the member name is not there */
    ASK_EXTRA,     /* a member that is not declared in s, and want holds for it */
    ASK_NAME,      /* a member for whose name want holds */
    ASK_ITEM,      /* the item at index is there, and want holds for it */
    ASK_TWINS      /* two items are equal */
};

/* One thing that a goal asks for. */
struct ask {
    enum ask_kind kind;
    bool no;
    const struct schema *s;
    const struct rule *rule;
    const char *name;
    const cJSON *value; /* ASK_MEMBER: what it has to be; may be NULL */
    struct want want;
    size_t index;
};

/* Growing arrays; forks share them until one of them grows. */
struct wants {
    struct want *at;
    unsigned count, room;
};
struct asks {
    struct ask *at;
    unsigned count, room;
};
struct values {
    const cJSON **at;
    unsigned count, room;
};

struct goal {
    const struct want *roots; /* what the goal was made of */
    unsigned root_count;
    struct wants seen;      /* every want that was opened */
    struct asks asks;       /* what is to be kept */
    struct asks choices;    /* alternatives that nobody has chosen from */
    struct wants later;     /* must not hold; looked at when the value is there */
    struct values examples; /* what authors wrote */
    unsigned tried;         /* that many examples did not fit */
    /* TYPE_INTEGER stands for whole numbers and TYPE_NUMBER for the others. */
    unsigned types;
    const cJSON *least, *most, *above, *below; /* numbers; NULL for no bound */
    size_t length[2], items[2], members[2];    /* from, to */
    bool unique;
    bool doubt; /* a value has to be checked */
};

struct maker {
    const struct sampler *s;
    unsigned left;    /* goals that may still be looked at */
    unsigned deepest; /* values inside each other */
    unsigned depth;   /* now */
    unsigned objects; /* objects and arrays inside each other */
    unsigned nth;     /* which of several different values is wanted */
    bool lean;        /* only what is required, whatever the size */
    const struct resource
        *scopes[16]; /* entered, as far as they have dynamic anchors */
    unsigned scope_count;
    bool scoped;     /* some were */
    bool leaves;     /* they are left with their schema, not with the value: exact where
                        nothing below the value asks */
    uint64_t moment; /* seconds: the day on which the whole sample happens */
};

/* ---- sample.c ---- */

struct maker sample_maker(const struct sampler *s);
/* A value for which all wants hold, the member `name` of something; or NULL. */
cJSON *sample_value(struct maker *m, const struct want *wants, unsigned count,
                    const char *name);
/* Whether all wants hold. */
bool sample_holds(const struct maker *m, const struct want *wants, unsigned count,
                  const cJSON *value);
/* A value for an opened goal. */
cJSON *sample_solve(struct maker *m, struct goal *g, const char *name);
/* Whether there is room for what is not required. */
bool sample_generous(const struct maker *m);

/* ---- sample_goal.c ---- */

/* False when they cannot all hold. */
bool goal_open(struct maker *m, struct goal *g, const struct want *wants,
               unsigned count);
bool goal_add(struct maker *m, struct goal *g, struct want w);
struct goal goal_fork(const struct goal *g);
void goal_ask(const struct maker *m, struct goal *g, struct ask a);
void wants_add(const struct maker *m, struct wants *list, struct want w);
/* A tighter bound; the rule is one of the four, in the schema's or its own sense. */
bool goal_bound(struct goal *g, enum rule_kind kind, const cJSON *n);
/* How many ways there are to keep the choice, and taking one. */
size_t choice_count(const struct ask *choice);
/* The way to try first. */
size_t choice_start(const struct goal *g, const struct ask *choice);
/* Where a $dynamicRef leads from here. */
const struct schema *goal_dynamic(const struct maker *m, const struct rule *r);
bool choice_take(struct maker *m, struct goal *g, const struct ask *choice, size_t way);

/* rule->types with whole numbers counted among numbers. */
static inline unsigned rule_types(const struct rule *r)
{
    return r->types & TYPE_NUMBER ? r->types | TYPE_INTEGER
                                  : r->types & ~(unsigned)TYPE_INTEGER;
}

/* The rule that an ask is, when it has to be kept and is of that kind; else NULL. */
static inline const struct rule *ask_rule(const struct ask *a, enum rule_kind kind)
{
    bool is = a->kind == ASK_RULE && !a->no && a->rule->kind == kind;
    return is ? a->rule : NULL;
}

/* ---- sample_not.c ---- */

/* The ways in which s can be broken: at most that many, some of them impossible. */
size_t refusal_count(const struct schema *s);
/* False when this way is not possible. */
bool refusal_take(struct maker *m, struct goal *g, const struct schema *s, size_t way);

/* ---- sample_member.c ---- */

bool member_is_required(const struct goal *g, const char *name);
/* Adds the member unless it is there, or is not sent in this direction. False when no
 * value can be made. */
bool member_add(struct maker *m, const struct goal *g, cJSON *object, const char *name,
                bool optional);

/* ---- one type each; NULL when none was found ---- */

cJSON *sample_object(struct maker *m, struct goal *g);
cJSON *sample_array(struct maker *m, struct goal *g);
cJSON *sample_number(struct maker *m, const struct goal *g, const char *name);
cJSON *sample_text(struct maker *m, const struct goal *g, const char *name);

/* A text that pattern should match, with about `more` repetitions where it lets us
 * choose; NULL when it is beyond this. */
const char *sample_of_pattern(struct maker *m, const char *pattern, unsigned more);

/* A text of that format, or what a member of that name usually holds; NULL when nothing
 * is known. */
const char *sample_of_format(struct maker *m, const char *format, const char *name);
const char *sample_of_name(struct maker *m, const char *name);
/* Between what a number of that name usually lies; false when the name says nothing. */
bool sample_range_of_name(const struct maker *m, const char *name, double *low,
                          double *high);
/* Two words. */
const char *sample_words(struct maker *m);

#endif
