/* Filter expressions as they are written, and whether they are well-typed (RFC 9535,
 * 2.3.5.1, 2.4.3). */
#include "base/limits.h"
#include "doc/jsonpath_parts.h"

#define TABLE_ROW(name, text, takes, gives) { text, takes, gives },
static const struct {
    const char *name, *takes;
    char gives;
} functions[] = { FUNCTIONS(TABLE_ROW) };
#undef TABLE_ROW

static struct expr *logical_or(struct path_reader *r);
static struct expr *operand(struct path_reader *r);

static struct expr *new_expr(struct path_reader *r, enum expr_kind kind)
{
    if (!path_part(r))
        return NULL;
    struct expr *e = arena_take(r->arena, sizeof(*e));
    e->kind = kind;
    return e;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether e, which stands at a place in the text, gives one value or none. */
static bool gives_value(struct path_reader *r, const struct expr *e, const char *at)
{
    if (e->kind == EXPR_QUERY && !e->query.singular)
        return path_wrong(r, at,
                          "expected a value, found a query that may select several "
                          "nodes");
    if (e->kind == EXPR_CALL && functions[e->function].gives != 'v')
        return path_wrong(r, at,
                          arena_printf(r->arena,
                                       "expected a value, found %s(), which is true or "
                                       "false by itself",
                                       functions[e->function].name));
    return true;
}

/* Whether e is true or false by itself. */
static bool gives_truth(struct path_reader *r, const struct expr *e, const char *at)
{
    if (e->kind == EXPR_LITERAL)
        return path_wrong(r, at, "a literal has to be compared with something");
    if (e->kind == EXPR_CALL && functions[e->function].gives != 'l')
        return path_wrong(r, at,
                          arena_printf(r->arena,
                                       "the value of %s() has to be compared with "
                                       "something",
                                       functions[e->function].name));
    return true;
}

static bool argument(struct path_reader *r, struct expr *call, size_t index,
                     struct expr **end)
{
    const char *at = r->at, *takes = functions[call->function].takes;
    if (index >= strlen(takes))
        return path_wrong(r, at,
                          arena_printf(r->arena,
                                       "%s() takes no more than %zu argument%s",
                                       functions[call->function].name, strlen(takes),
                                       takes[1] ? "s" : ""));
    struct expr *e = operand(r);
    if (!e)
        return false;
    *end = e;
    if (takes[index] == 'v')
        return gives_value(r, e, at);
    return e->kind == EXPR_QUERY ||
           path_wrong(r, at,
                      arena_printf(r->arena, "expected a query, as %s() wants one",
                                   functions[call->function].name));
}

static bool arguments(struct path_reader *r, struct expr *call)
{
    struct expr **end = &call->first;
    size_t count = 0, wanted = strlen(functions[call->function].takes);
    path_space(r);
    while (*r->at != ')') {
        if (count && !path_take(r, ","))
            return path_wanted(r, r->at, "',' or ')'");
        path_space(r);
        if (!argument(r, call, count++, end))
            return false;
        end = &(*end)->next;
        path_space(r);
    }
    if (count < wanted)
        return path_wanted(r, r->at,
                           arena_printf(r->arena, "%zu argument%s for %s()", wanted,
                                        wanted == 1 ? "" : "s",
                                        functions[call->function].name));
    r->at++;
    return true;
}

static struct expr *call(struct path_reader *r, struct str name, const char *at)
{
    struct expr *e = new_expr(r, EXPR_CALL);
    if (!e)
        return NULL;
    for (e->function = 0; e->function < FUNCTION_COUNT_; e->function++)
        if (str_is(name, functions[e->function].name))
            break;
    if (e->function == FUNCTION_COUNT_) {
        path_wrong(r, at,
                   arena_printf(r->arena,
                                "expected length, count, match, search or value, found "
                                "%.*s()",
                                (int)(name.len < 64 ? name.len : 64), name.ptr));
        return NULL;
    }
    if (!path_enter(r) || !arguments(r, e))
        return NULL;
    r->depth--;
    return e;
}

/* A function, or one of the three words. */
static struct expr *word(struct path_reader *r)
{
    const char *start = r->at;
    size_t n = strspn(start, "abcdefghijklmnopqrstuvwxyz0123456789_");
    struct str name = { start, n };
    r->at += n;
    if (path_take(r, "("))
        return call(r, name, start);
    struct expr *e = new_expr(r, EXPR_LITERAL);
    if (!e)
        return NULL;
    if (str_is(name, "true") || str_is(name, "false"))
        e->literal = json_bool(r->arena, *start == 't');
    else if (str_is(name, "null"))
        e->literal = json_null(r->arena);
    else
        return path_wrong(r, start,
                          arena_printf(r->arena,
                                       "expected @, $, a literal or a function, found "
                                       "%.*s",
                                       (int)(n < 64 ? n : 64), start)),
               NULL;
    return e;
}

static struct expr *number(struct path_reader *r)
{
    const char *start = r->at, *p = start + (*start == '-');
    struct expr *e = new_expr(r, EXPR_LITERAL);
    if (!e)
        return NULL;
    while (is_digit(*p))
        p++;
    if (*p == '.')
        for (p++; is_digit(*p);)
            p++;
    if (*p == 'e' || *p == 'E')
        for (p += p[1] == '+' || p[1] == '-' ? 2 : 1; is_digit(*p);)
            p++;
    struct str text = { start, (size_t)(p - start) };
    e->literal = json_number_read(r->arena, text);
    if (!e->literal)
        return path_wrong(r, start, "expected a number as JSON writes it"), NULL;
    r->at = p;
    return e;
}

/* A literal, a query or a function. */
static struct expr *operand(struct path_reader *r)
{
    char c = *r->at;
    struct expr *e;
    if (c == '@' || c == '$') {
        e = new_expr(r, EXPR_QUERY);
        return e && path_query(r, &e->query) ? e : NULL;
    }
    if (c == '"' || c == '\'') {
        const char *text;
        e = new_expr(r, EXPR_LITERAL);
        if (!e || !path_string(r, &text))
            return NULL;
        e->literal = json_string(r->arena, str(text));
        return e;
    }
    if (c == '-' || is_digit(c))
        return number(r);
    if (c >= 'a' && c <= 'z')
        return word(r);
    path_wanted(r, r->at, "@, $, a literal or a function");
    return NULL;
}

static bool comparison(struct path_reader *r, enum comparison *c)
{
    static const struct {
        const char *text;
        enum comparison is;
    } table[] = {
        { "==", COMPARE_EQUAL },      { "!=", COMPARE_DIFFERENT },
        { "<=", COMPARE_LESS_EQUAL }, { ">=", COMPARE_GREATER_EQUAL },
        { "<", COMPARE_LESS },        { ">", COMPARE_GREATER },
    };
    for (size_t i = 0; i < COUNT(table); i++)
        if (path_take(r, table[i].text)) {
            *c = table[i].is;
            return true;
        }
    return false;
}

static struct expr *compare(struct path_reader *r, struct expr *left, const char *at,
                            enum comparison c)
{
    if (!gives_value(r, left, at))
        return NULL;
    path_space(r);
    const char *right_at = r->at;
    struct expr *right = operand(r);
    if (!right || !gives_value(r, right, right_at))
        return NULL;
    struct expr *e = new_expr(r, EXPR_COMPARE);
    if (e) {
        e->comparison = c;
        e->first = left;
        left->next = right;
    }
    return e;
}

static struct expr *parentheses(struct path_reader *r)
{
    if (!path_enter(r))
        return NULL;
    path_space(r);
    struct expr *e = logical_or(r);
    if (!e)
        return NULL;
    path_space(r);
    if (!path_take(r, ")"))
        return path_wanted(r, r->at, "')', '&&' or '||'"), NULL;
    r->depth--;
    return e;
}

/* Behind "!", which binds to a test or to parentheses, not to a comparison. */
static struct expr *negation(struct path_reader *r)
{
    struct expr *negated = new_expr(r, EXPR_NOT);
    path_space(r);
    const char *at = r->at;
    if (!negated)
        return NULL;
    negated->first = path_take(r, "(") ? parentheses(r) : operand(r);
    return negated->first && gives_truth(r, negated->first, at) ? negated : NULL;
}

static struct expr *basic(struct path_reader *r)
{
    if (path_take(r, "!"))
        return negation(r);
    if (path_take(r, "("))
        return parentheses(r);
    const char *at = r->at;
    enum comparison c;
    struct expr *left = operand(r);
    if (!left)
        return NULL;
    const char *end = r->at;
    path_space(r);
    if (comparison(r, &c))
        return compare(r, left, at, c);
    if (*r->at == '=')
        return path_wanted(r, r->at, "=="), NULL;
    r->at = end;
    return gives_truth(r, left, at) ? left : NULL;
}

/* One, or several with an operator between them. */
static struct expr *list(struct path_reader *r, enum expr_kind kind, const char *op,
                         struct expr *(*read)(struct path_reader *))
{
    struct expr *first = read(r), *all = NULL, **end = NULL;
    while (first) {
        const char *before = r->at;
        path_space(r);
        if (!path_take(r, op)) {
            r->at = before;
            break;
        }
        path_space(r);
        if (!all) {
            if (!(all = new_expr(r, kind)))
                return NULL;
            all->first = first;
            end = &first->next;
        }
        if (!(*end = read(r)))
            return NULL;
        end = &(*end)->next;
    }
    return all ? all : first;
}

static struct expr *logical_and(struct path_reader *r)
{
    return list(r, EXPR_AND, "&&", basic);
}

static struct expr *logical_or(struct path_reader *r)
{
    return list(r, EXPR_OR, "||", logical_and);
}

struct expr *path_filter(struct path_reader *r)
{
    return logical_or(r);
}
