/* checking.h — one check while it runs; for check*.c, tell.c and tell_branch.c only.
 *
 * Most values fit, and that is found out without noting any way. Only when one does not
 * is it checked once more with `findings` set: then the trail is kept and tell.c
 * speaks. */
#ifndef SCHEMA_CHECKING_H
#define SCHEMA_CHECKING_H

#include "doc/number.h"
#include "schema/plan.h"

/* What is only needed to tell stays out of the way of the check that answers. */
#define COLD __attribute__((noinline, cold))

/* What recurs with every level of a value keeps its frame small that way. */
#define NOT_INLINE __attribute__((noinline))

/* Where in the value we are, told only when something is found. */
struct path {
    const struct path *up;
    const char *name; /* NULL: an item */
    size_t index;
    const struct schema *schema; /* what the value there has to fit */
};

/* The schemas that led here, kept only while findings are wanted. */
struct trail {
    struct trail *up;
    const struct schema *schema;
    const struct path *at;
    const struct schema_step *made; /* once a finding needed it */
};

struct checking {
    struct arena *arena;
    struct findings *findings; /* NULL: only the answer is wanted */
    const char *prefix;
    unsigned depth;
    size_t steps; /* schemas asked so far */
    enum direction direction;
    const struct schema *whole; /* what the whole value has to fit */
    struct looked *looked;      /* the innermost value of which it is asked; or NULL */
    const struct scope *scope;  /* the innermost resource with dynamic anchors */
    const struct frame *open;   /* checks of schemas in a ring that are under way */
    struct trail *trail;
    size_t asked;        /* branches, to tell which came nearest */
    bool of_name;        /* the value asked about is a member's name */
    const cJSON *chosen; /* the value that a discriminator has chosen a branch for, */
    const char *chooser; /* and the member that it looked at */
};

/* Which members or items of a value some schema has looked at: what the unevaluated
 * keywords leave alone (2020-12 core, 11). Filled by schemas that are asked in place
 * while the one with such a keyword is being checked. */
struct looked {
    struct looked *up;
    const cJSON *value;
    uint64_t *bits;
    size_t words;
};

/* Where to note what of this value was looked at; NULL when nobody asks. */
static inline struct looked *looked_at(const struct checking *c, const cJSON *value)
{
    return c->looked && c->looked->value == value ? c->looked : NULL;
}

static inline void looked_mark(struct looked *l, size_t index)
{
    if (l)
        l->bits[index / 64] |= 1ull << (index % 64);
}

/* check.c: what check asks of all but the simplest schemas. */
bool check_more(struct checking *c, const struct schema *s, const cJSON *value,
                const struct path *at);

/* Many a schema asks for no more than a type. */
static inline bool is_plain(unsigned plain, const cJSON *value)
{
    return (plain & (unsigned)value->type) ||
           ((plain & PLAIN_WHOLE) && (value->type & cJSON_Number) &&
            number_is_exact(value));
}

/* Whether value fits s; told when findings are wanted. */
static inline bool check_value(struct checking *c, const struct schema *s,
                               const cJSON *value, const struct path *at)
{
    return is_plain(s->plain, value) || check_more(c, s, value, at);
}

/* check.c: the same without telling. What a schema that does not fit has looked at does
 * not count. */
bool check_quietly(struct checking *c, const struct schema *s, const cJSON *value,
                   const struct path *at);

/* check_alone.c: the rules up to RULE_LAST_ALONE, which ask no other schema. */
bool check_alone(struct checking *c, const struct rule *r, const cJSON *value);

/* check_alone.c: whether value is the rule's const or stands in its enum. */
bool check_listed(const struct rule *r, const cJSON *value);

/* check_object.c: RULE_OBJECT, RULE_PROPERTY_NAMES, RULE_DEPENDENT. */
bool check_object(struct checking *c, const struct schema *s,
                  const struct object_rule *o, const cJSON *value,
                  const struct path *at);
bool check_names(struct checking *c, const struct rule *r, const cJSON *value,
                 const struct path *at);
bool check_dependents(struct checking *c, const struct schema *s, const struct rule *r,
                      const cJSON *value, const struct path *at);

/* check_object.c: the declared or required name; NULL when it is neither. */
const struct property *check_property(const struct object_rule *o, const char *name);

/* tell.c: a place of the value with the prefix before it; borrowed from the arena. */
const char *tell_pointer(const struct checking *c, const struct path *at);

/* tell.c: past the bound, nothing needs to be made ready that nobody will read. */
bool tell_is_full(struct checking *c);

/* ---- tell.c, tell_branch.c: only while findings are wanted, and always false ---- */

/* Tells that s is broken at a place of the value: f says how, and gets pointer, step
 * and, where it has none, schema_pointer. */
bool tell(struct checking *c, const struct schema *s, const struct path *at,
          struct finding f);

/* A member that a closed object does not know. */
bool tell_unknown(struct checking *c, const struct schema *s,
                  const struct object_rule *o, const cJSON *object, const cJSON *member,
                  const struct path *at);

/* A member that is missing. */
bool tell_missing(struct checking *c, const struct schema *s,
                  const struct object_rule *o, const cJSON *object, const char *name,
                  const struct path *at);

/* A member that another one asks for; one that nothing knows (at is its place). */
bool tell_dependent(struct checking *c, const struct schema *s, const struct rule *r,
                    const char *name, const char *because, const struct path *at);
bool tell_unevaluated(struct checking *c, const struct schema *s, const struct rule *r,
                      const cJSON *value, const struct path *at);

/* A member that must not go this way (at is its place). */
bool tell_hidden(struct checking *c, const struct schema *s, const cJSON *value,
                 const struct path *at);

/* A value that is not the const or in the enum. */
bool tell_unlisted(struct checking *c, const struct schema *s, const struct rule *r,
                   const cJSON *value, const struct path *at);

/* Some items of value are the same. */
bool tell_same(struct checking *c, const struct schema *s, const struct rule *r,
               const cJSON *value, const struct path *at);

/* So many items fit `contains`, which is too few or too many. */
bool tell_contains(struct checking *c, const struct schema *s, const struct rule *r,
                   const cJSON *value, const struct path *at, size_t hits);

/* The member that a discriminator looks at is missing; has another value (at is its
 * place). */
bool tell_undecided(struct checking *c, const struct schema *s, const struct rule *r,
                    const struct path *at);
bool tell_undecidable(struct checking *c, const struct schema *s, const struct rule *r,
                      const cJSON *member, const struct path *at);

/* None, or too many, of the branches of an anyOf or oneOf fit. */
bool tell_branches(struct checking *c, const struct schema *s, const struct rule *r,
                   const cJSON *value, const struct path *at, bool too_many);

#endif
