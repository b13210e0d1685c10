/* What a filter expression says of a node (RFC 9535, 2.3.5.2, 2.4.4 to 2.4.8). */
#include "base/limits.h"
#include "doc/jsonpath_parts.h"
#include "doc/number.h"

/* What a regular expression costs before it has looked at a byte, and how many bytes of
 * text are compared in the time that a node takes. */
enum { MATCH_STEPS = 1000, TEXT_BYTES = 16 };

static const cJSON *value_of(struct run *run, const struct expr *e,
                             const struct step *at, cJSON *made);

/* ---- queries inside filters ------------------------------------------------------ */

/* Counts the nodes of a query, as far as one wants to know. */
struct count {
    struct hunt hunt; /* first: found is called with it */
    size_t enough, count;
    const cJSON *first;
};

static bool count_one(struct hunt *hunt, const struct step *at)
{
    struct count *c = (struct count *)hunt;
    if (!c->count++)
        c->first = at->node;
    return c->count < c->enough;
}

static struct count count_nodes(struct run *run, const struct query *query,
                                const struct step *at, size_t enough)
{
    struct count c = { { run, count_one }, enough, 0, NULL };
    hunt_query(&c.hunt, query, at);
    return c;
}

/* ---- functions ------------------------------------------------------------------- */

static const cJSON *number_in(cJSON *made, size_t value)
{
    *made = (cJSON){ .type = cJSON_Number };
    cJSON_SetNumberHelper(made, (double)value);
    return made;
}

static const cJSON *length(struct run *run, const cJSON *value, cJSON *made)
{
    if (json_is_string(value)) {
        run_spend(run, strlen(value->valuestring) / TEXT_BYTES);
        return number_in(made, utf8_length(value->valuestring));
    }
    if (!json_is_array(value) && !json_is_object(value))
        return NULL;
    size_t count = json_count(value);
    run_spend(run, count);
    return number_in(made, count);
}

static const cJSON *call(struct run *run, const struct expr *e, const struct step *at,
                         cJSON *made)
{
    struct count c;
    cJSON own;
    switch (e->function) {
    case FUNCTION_LENGTH:
        return length(run, value_of(run, e->first, at, &own), made);
    case FUNCTION_COUNT:
        c = count_nodes(run, &e->first->query, at, SIZE_MAX);
        return number_in(made, c.count);
    case FUNCTION_VALUE:
        c = count_nodes(run, &e->first->query, at, 2);
        return c.count == 1 ? c.first : NULL;
    case FUNCTION_MATCH:
    case FUNCTION_SEARCH:
    case FUNCTION_COUNT_:
        break;
    }
    return NULL;
}

static bool match(struct run *run, const struct expr *e, const struct step *at)
{
    cJSON own[2];
    const cJSON *subject = value_of(run, e->first, at, &own[0]);
    const cJSON *pattern = value_of(run, e->first->next, at, &own[1]);
    const struct jsonpath_search *s = run->search;
    if (!json_is_string(subject) || !json_is_string(pattern) || !s->match)
        return false;
    struct str text = str(subject->valuestring);
    if (!run_spend(run, MATCH_STEPS + text.len + strlen(pattern->valuestring)))
        return false;
    enum jsonpath_answer answer =
        s->match(s->context, pattern->valuestring, text, e->function == FUNCTION_MATCH);
    if (answer == JSONPATH_GAVE_UP)
        run->why = "a regular expression in it takes too long";
    return answer == JSONPATH_MATCHES;
}

/* ---- comparisons ----------------------------------------------------------------- */

/* The value of a literal, a query or a function; NULL is the standard's Nothing. made
 * is where a value may be that stands in no tree. */
static const cJSON *value_of(struct run *run, const struct expr *e,
                             const struct step *at, cJSON *made)
{
    if (e->kind == EXPR_LITERAL)
        return e->literal;
    if (e->kind == EXPR_CALL)
        return call(run, e, at, made);
    return count_nodes(run, &e->query, at, 1).first;
}

/* Spends what it takes to compare with a tree. */
static bool spend_tree(struct run *run, const cJSON *n)
{
    size_t steps = 1;
    if (n->valuestring)
        steps += strlen(n->valuestring) / TEXT_BYTES;
    if (!run_spend(run, steps))
        return false;
    for (const cJSON *c = n->child; c; c = c->next)
        if (!spend_tree(run, c))
            return false;
    return true;
}

static bool equal(struct run *run, const cJSON *a, const cJSON *b)
{
    if (!a || !b)
        return !a && !b;
    return (a->type & 0xff) == (b->type & 0xff) && spend_tree(run, a) &&
           json_equal(a, b);
}

/* A byte's place among others; C0 80 is U+0000, the first character of all. */
static int rank(const char *p)
{
    unsigned char c = (unsigned char)*p;
    return c == 0xc0 ? 0 : c ? c : -1;
}

/* By Unicode scalar values, in whose order UTF-8 is. */
static bool text_less(const char *a, const char *b)
{
    for (; *a && *a == *b; a++)
        b++;
    return rank(a) < rank(b);
}

static bool less(const cJSON *a, const cJSON *b)
{
    if (json_is_number(a) && json_is_number(b))
        return number_compare(a, b) < 0;
    return json_is_string(a) && json_is_string(b) &&
           text_less(a->valuestring, b->valuestring);
}

static bool compare(struct run *run, const struct expr *e, const struct step *at)
{
    cJSON own[2];
    const cJSON *a = value_of(run, e->first, at, &own[0]);
    const cJSON *b = value_of(run, e->first->next, at, &own[1]);
    switch (e->comparison) {
    case COMPARE_EQUAL:
        return equal(run, a, b);
    case COMPARE_DIFFERENT:
        return !equal(run, a, b);
    case COMPARE_LESS:
        return less(a, b);
    case COMPARE_LESS_EQUAL:
        return less(a, b) || equal(run, a, b);
    case COMPARE_GREATER:
        return less(b, a);
    case COMPARE_GREATER_EQUAL:
        return less(b, a) || equal(run, a, b);
    }
    return false;
}

bool run_test(struct run *run, const struct expr *e, const struct step *at)
{
    if (!run_spend(run, 1))
        return false;
    switch (e->kind) {
    case EXPR_OR:
    case EXPR_AND:
        for (const struct expr *x = e->first; x; x = x->next)
            if (run_test(run, x, at) == (e->kind == EXPR_OR))
                return e->kind == EXPR_OR;
        return e->kind == EXPR_AND;
    case EXPR_NOT:
        return !run_test(run, e->first, at);
    case EXPR_COMPARE:
        return compare(run, e, at);
    case EXPR_QUERY:
        return count_nodes(run, &e->query, at, 1).count > 0;
    case EXPR_CALL:
        return match(run, e, at);
    case EXPR_LITERAL:
        break; /* no test: refused when the query was read */
    }
    return false;
}
