#include "play/expression.h"

#include "play/match.h"
#include "schema/near.h"
#include "schema/pattern.h"

#include <ctype.h>
#include <strings.h>

enum condition_op {
    OP_VALUE,
    OP_LENGTH,
    OP_PATTERN,
    OP_IN,
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
    struct expression *value;      /* OP_VALUE */
    const struct pattern *pattern; /* OP_PATTERN */
    struct condition *next;        /* OP_IN: right is the first of a list */
};

/* A text being read, one token ahead. */
struct reading {
    struct naming *names;
    const char *p, *text;
    struct where at;
    int depth;
    const char *ends; /* what an operand ends at */
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

static char *read_quoted(struct reading *r)
{
    const char *end = *r->p == '\'' ? strchr(r->p + 1, '\'') : NULL;
    if (!end)
        return NULL;
    char *text =
        arena_copy(r->names->arena, (struct str){ r->p + 1, (size_t)(end - r->p - 1) });
    r->p = end + 1;
    return text;
}

static struct condition *read_operand(struct reading *r)
{
    struct arena *arena = r->names->arena;
    skip(r);
    if (*r->p == '\'') {
        const char *text = read_quoted(r);
        return text ? value_node(r, expression_text(r->names, text))
                    : wrong(r, "a closing '");
    }
    size_t len = expression_length(r->p, r->ends);
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

/* match(VALUE, 'pattern') is for the whole text, search(VALUE, 'pattern') for a part.
 */
static struct condition *read_pattern(struct reading *r, bool whole)
{
    struct condition *c = node(r, OP_PATTERN, read_operand(r), NULL);
    const char *text, *asked, *why;
    if (!c->left)
        return NULL;
    if (!eat(r, ","))
        return wrong(r, "\",\" and a pattern");
    skip(r);
    text = asked = read_quoted(r);
    if (!text)
        return wrong(r, "a pattern in '…'");
    if (whole)
        text = arena_printf(r->names->arena, "^(?:%s)$", text);
    c->pattern = pattern_compile(text, r->names->arena, &why);
    if (c->pattern)
        return c;
    err_set(r->names->err, r->at, "the pattern '%.200s' cannot be used: %s", asked,
            why);
    return NULL;
}

static size_t word_length(const char *p)
{
    size_t n = 0;
    while (isalpha((unsigned char)p[n]))
        n++;
    return n;
}

static bool is_call(const char *p)
{
    size_t n = word_length(p);
    return n && p[n] == '(';
}

static struct condition *read_call(struct reading *r)
{
    static const char *const names[] = { "match", "search", "length" };
    struct str name = { r->p, word_length(r->p) };
    struct near near = near_to(name);
    const char *ends = r->ends;
    struct condition *c = NULL;
    size_t which = 0;
    for (; which < COUNT(names) && !str_is(name, names[which]); which++)
        near_try(&near, names[which]);
    if (which == COUNT(names)) {
        err_set(r->names->err, r->at,
                "a condition has no function \"%.*s\", only match, search and length%s",
                (int)name.len, name.ptr, near_question(&near, "", r->names->arena));
        return NULL;
    }
    r->p += name.len + 1;
    r->ends = " \t\n()&|=!<>,";
    if (which < 2) {
        c = read_pattern(r, which == 0);
    } else {
        struct condition *of = read_operand(r);
        c = of ? node(r, OP_LENGTH, of, NULL) : NULL;
    }
    r->ends = ends;
    if (c && !eat(r, ")"))
        return wrong(r, "\")\"");
    return c;
}

/* Behind `in`: values in parentheses, or one value that is an array. */
static struct condition *read_in(struct reading *r, struct condition *left)
{
    const char *ends = r->ends;
    struct condition *in = node(r, OP_IN, left, NULL), **next = &in->right;
    if (!eat(r, "(")) {
        in->right = read_operand(r);
        return in->right ? in : NULL;
    }
    r->ends = " \t\n()&|=!<>,";
    do {
        *next = read_operand(r);
        if (!*next)
            return NULL;
        next = &(*next)->next;
    } while (eat(r, ","));
    r->ends = ends;
    return eat(r, ")") ? in : wrong(r, "\",\" or \")\"");
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
        skip(r);
        c = is_call(r->p) ? read_call(r) : read_operand(r);
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
    skip(r);
    if (left && strncmp(r->p, "in", 2) == 0 && strchr(" \t\n(", r->p[2]) && r->p[2]) {
        r->p += 2;
        return read_in(r, left);
    }
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
    struct reading r = {
        .names = n, .p = text, .text = text, .at = at, .ends = " \t\n()&|=!<>"
    };
    struct condition *c = read_or(&r);
    skip(&r);
    if (c && *r.p)
        return wrong(&r, "&& or ||");
    return c;
}

static const cJSON *operand(const struct condition *c, struct scope *s);

/* Characters of a text, items of an array, members of an object (RFC 9535, 2.4.4). */
static const cJSON *length_of(const cJSON *value, struct arena *arena)
{
    int64_t n = 0;
    if (json_is_array(value) || json_is_object(value))
        return json_integer(arena, (int64_t)json_count(value));
    if (!json_is_string(value))
        return NULL;
    for (const char *p = value->valuestring; *p; p++)
        n += ((unsigned char)*p & 0xc0) != 0x80;
    return json_integer(arena, n);
}

static const cJSON *operand(const struct condition *c, struct scope *s)
{
    if (c->op == OP_VALUE)
        return expression_value(c->value, s);
    if (c->op == OP_LENGTH)
        return length_of(operand(c->left, s), s->arena);
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

static bool ordered(const cJSON *a, const cJSON *b, enum condition_op op)
{
    int c;
    if (!match_order(a, b, &c))
        return false;
    return op == OP_LT ? c < 0 : op == OP_LE ? c <= 0 : op == OP_GT ? c > 0 : c >= 0;
}

static bool is_among(const struct condition *c, struct scope *s)
{
    const cJSON *value = operand(c->left, s);
    for (const struct condition *one = c->right; one; one = one->next) {
        const cJSON *other = operand(one, s);
        if (equal(value, other))
            return true;
        for (const cJSON *item = json_is_array(other) ? other->child : NULL; item;
             item = item->next)
            if (equal(value, item))
                return true;
    }
    return false;
}

static bool fits_pattern(const struct condition *c, struct scope *s)
{
    const cJSON *value = operand(c->left, s);
    return json_is_string(value) && pattern_match(c->pattern, str(value->valuestring),
                                                  s->arena) == PATTERN_MATCHES;
}

bool condition_holds(const struct condition *c, struct scope *s)
{
    switch (c->op) {
    case OP_VALUE: {
        const cJSON *v = expression_value(c->value, s);
        return !is_nothing(v) && !(json_is_bool(v) && !json_is_true(v));
    }
    case OP_LENGTH: {
        const cJSON *v = operand(c, s);
        return v && v->valuedouble > 0;
    }
    case OP_PATTERN:
        return fits_pattern(c, s);
    case OP_IN:
        return is_among(c, s);
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
