#include "play/expression.h"

#include "base/limits.h"
#include "doc/number.h"

#include <strings.h>

enum condition_op {
    OP_VALUE,
    OP_NOT,
    OP_AND,
    OP_OR,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE
};

struct condition {
    enum condition_op op;
    struct condition *left, *right;
    struct expression *value; /* OP_VALUE */
};

/* A text being read, one token ahead. */
struct reading {
    struct naming *names;
    const char *p, *text;
    struct where at;
    int depth;
};

static struct condition *read_or(struct reading *r);

static struct condition *node(struct reading *r, enum condition_op op,
                              struct condition *left, struct condition *right)
{
    struct condition *c = arena_take(r->names->arena, sizeof(*c));
    *c = (struct condition){ .op = op, .left = left, .right = right };
    return c;
}

static struct condition *wrong(struct reading *r, const char *wanted)
{
    err_set(r->names->err, r->at,
            "expected %s in the condition \"%.200s\", found %s%.40s%s", wanted, r->text,
            *r->p ? "\"" : "its end", r->p, *r->p ? "\"" : "");
    return NULL;
}

static void skip(struct reading *r)
{
    while (*r->p == ' ' || *r->p == '\t' || *r->p == '\n')
        r->p++;
}

static bool eat(struct reading *r, const char *symbol)
{
    skip(r);
    size_t n = strlen(symbol);
    if (strncmp(r->p, symbol, n) != 0)
        return false;
    r->p += n;
    return true;
}

static struct condition *value_node(struct reading *r, struct expression *value)
{
    struct condition *c = node(r, OP_VALUE, NULL, NULL);
    c->value = value;
    return value ? c : NULL;
}

static struct condition *read_operand(struct reading *r)
{
    struct arena *arena = r->names->arena;
    skip(r);
    if (*r->p == '\'') {
        const char *end = strchr(r->p + 1, '\'');
        if (!end)
            return wrong(r, "a closing '");
        char *text =
            arena_copy(arena, (struct str){ r->p + 1, (size_t)(end - r->p - 1) });
        r->p = end + 1;
        return value_node(r, expression_text(r->names, text));
    }
    size_t len = strcspn(r->p, " \t\n()&|=!<>");
    if (!len)
        return wrong(r, "a value");
    char *word = arena_copy(arena, (struct str){ r->p, len });
    bool fine = word[0] == '$' || strcmp(word, "true") == 0 ||
                strcmp(word, "false") == 0 || strcmp(word, "null") == 0 ||
                json_number_read(arena, str(word));
    if (!fine)
        return wrong(r, "$expression, 'text', a number, true, false or null");
    r->p += len;
    return value_node(r, expression_read(r->names, word, TYPE_ANY, r->at));
}

static struct condition *read_not(struct reading *r)
{
    struct condition *c;
    if (++r->depth > 64)
        return wrong(r, "less nesting");
    if (eat(r, "!")) {
        c = read_not(r);
        c = c ? node(r, OP_NOT, c, NULL) : NULL;
    } else if (eat(r, "(")) {
        c = read_or(r);
        if (c && !eat(r, ")"))
            c = wrong(r, "\")\"");
    } else {
        c = read_operand(r);
    }
    r->depth--;
    return c;
}

static struct condition *read_comparison(struct reading *r)
{
    static const struct {
        const char *symbol;
        enum condition_op op;
    } symbols[] = { { "==", OP_EQ }, { "!=", OP_NE }, { "<=", OP_LE },
                    { ">=", OP_GE }, { "<", OP_LT },  { ">", OP_GT } };
    struct condition *left = read_not(r);
    for (size_t i = 0; left && i < COUNT(symbols); i++)
        if (eat(r, symbols[i].symbol)) {
            struct condition *right = read_not(r);
            return right ? node(r, symbols[i].op, left, right) : NULL;
        }
    return left;
}

static struct condition *read_and(struct reading *r)
{
    struct condition *left = read_comparison(r);
    while (left && eat(r, "&&")) {
        struct condition *right = read_comparison(r);
        left = right ? node(r, OP_AND, left, right) : NULL;
    }
    return left;
}

static struct condition *read_or(struct reading *r)
{
    struct condition *left = read_and(r);
    while (left && eat(r, "||")) {
        struct condition *right = read_and(r);
        left = right ? node(r, OP_OR, left, right) : NULL;
    }
    return left;
}

struct condition *condition_read(struct naming *n, const char *text, struct where at)
{
    struct reading r = { .names = n, .p = text, .text = text, .at = at };
    struct condition *c = read_or(&r);
    skip(&r);
    if (c && *r.p)
        return wrong(&r, "&& or ||");
    return c;
}

static const cJSON *operand(const struct condition *c, struct scope *s)
{
    if (c->op == OP_VALUE)
        return expression_value(c->value, s);
    return json_bool(s->arena, condition_holds(c, s));
}

static bool is_nothing(const cJSON *v)
{
    return !v || json_is_null(v);
}

static bool equal(const cJSON *a, const cJSON *b)
{
    if (is_nothing(a) || is_nothing(b))
        return is_nothing(a) && is_nothing(b);
    if (json_is_string(a) && json_is_string(b))
        return strcasecmp(a->valuestring, b->valuestring) == 0;
    return json_equal(a, b);
}

/* Numbers by value, text by its letters (which orders timestamps of one form); other
 * pairs have no order, and nothing about them holds. */
static bool ordered(const cJSON *a, const cJSON *b, enum condition_op op)
{
    int c;
    if (json_is_number(a) && json_is_number(b))
        c = number_compare(a, b);
    else if (json_is_string(a) && json_is_string(b))
        c = strcasecmp(a->valuestring, b->valuestring);
    else
        return false;
    return op == OP_LT ? c < 0 : op == OP_LE ? c <= 0 : op == OP_GT ? c > 0 : c >= 0;
}

bool condition_holds(const struct condition *c, struct scope *s)
{
    switch (c->op) {
    case OP_VALUE: {
        const cJSON *v = expression_value(c->value, s);
        return !is_nothing(v) && !(json_is_bool(v) && !json_is_true(v));
    }
    case OP_NOT:
        return !condition_holds(c->left, s);
    case OP_AND:
        return condition_holds(c->left, s) && condition_holds(c->right, s);
    case OP_OR:
        return condition_holds(c->left, s) || condition_holds(c->right, s);
    case OP_EQ:
        return equal(operand(c->left, s), operand(c->right, s));
    case OP_NE:
        return !equal(operand(c->left, s), operand(c->right, s));
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return ordered(operand(c->left, s), operand(c->right, s), c->op);
    }
    return false;
}
