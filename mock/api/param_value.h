/* param_value.h — what one parameter was given, as a tree that its schema has types
 * for.
 *
 * A text alone has no type: "7" is 7 for an integer and "7" for a string, "a,b" is two
 * items or one. So a parameter may be read in several ways, and the first one whose
 * value fits the schema counts; when none fits, the one that its style says.
 *
 * For param.c and param_deep.c. Everything is borrowed from the arena of the call. */
#ifndef API_PARAM_VALUE_H
#define API_PARAM_VALUE_H

#include "api/api.h"
#include "api/param_text.h"

/* One value as it was sent: "a[b][c]=1" → text "1", brackets "[b][c]"; of an object
 * whose members stand by themselves, "R=100" → text "100", member "R". */
struct given {
    struct given *next;
    struct str text;     /* as sent, escapes and all */
    struct str member;   /* decoded; ptr is NULL when there is none */
    struct str brackets; /* decoded, well-formed; empty when there are none */
};

struct givens {
    struct given *first, *last;
    size_t count;
    bool keyed; /* one has a member or brackets */
};

/* One way of reading a parameter, and what came of it. */
struct reading {
    const struct param *param;
    struct arena *arena;
    struct findings findings;
    bool as_text;      /* wanted: what could be text as well stays text */
    bool lenient;      /* wanted: as clients send it, whatever the style says */
    bool either;       /* found: a text that as_text would leave alone */
    bool loose;        /* found: lenient would read it otherwise */
    const char *habit; /* found: what is not as the style says; NULL: nothing */
};

void given_add(struct givens *to, struct given one, struct arena *arena);

/* The value; NULL when there is nothing to put into the tree. What cannot be read goes
 * into findings; what is readable, but not as the style says, into warnings. */
cJSON *param_value(const struct param *p, const struct givens *g, struct arena *arena,
                   struct findings *findings, struct findings *warnings);

/* Whether the whole query is its value, as pairs of names and values. */
bool param_is_form(const struct param *p);

/* A finding about the parameter itself, or the place below it. */
void reading_finding(struct reading *r, const char *below, const char *keyword,
                     struct str found, const char *note);

/* A value that stands once was given again. */
void reading_again(struct reading *r, const char *below);

/* Text as the first of the types whose form it has. NULL when it cannot be decoded;
 * that is a finding. */
cJSON *reading_scalar(struct reading *r, struct str text, unsigned types, bool closed);

/* The tree that brackets and members make (param_deep.c). */
cJSON *reading_tree(struct reading *r, const struct givens *g);

#endif
