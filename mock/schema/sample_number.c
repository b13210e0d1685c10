#include "schema/sample_parts.h"

#include "doc/number.h"

#include <math.h>
#include <stdlib.h>

/* Numbers between which one is drawn when the schema leaves the choice. */
static const double usual_width = 1000, whole_most = 9007199254740991.0;

enum { MOST_CANDIDATES = 48 };

struct candidates {
    const cJSON *list[MOST_CANDIDATES];
    size_t count;
};

static bool number_fits(const struct goal *g, const cJSON *n)
{
    unsigned type = number_is_integer(n) ? TYPE_INTEGER : TYPE_NUMBER;
    if (!(g->types & type) || (g->least && number_compare(n, g->least) < 0) ||
        (g->most && number_compare(n, g->most) > 0) ||
        (g->above && number_compare(n, g->above) <= 0) ||
        (g->below && number_compare(n, g->below) >= 0))
        return false;
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        bool ok = true;
        if (a->kind != ASK_RULE)
            continue;
        if (a->rule->kind == RULE_MULTIPLE_OF)
            ok = number_is_multiple(n, a->rule->value);
        else if (a->rule->kind == RULE_FORMAT)
            ok = format_check(a->rule->u.format, n);
        else
            continue;
        if (ok == a->no)
            return false;
    }
    return true;
}

static void add(struct candidates *c, const cJSON *n)
{
    if (n && c->count < MOST_CANDIDATES)
        c->list[c->count++] = n;
}

static void add_text(const struct maker *m, struct candidates *c, const char *text)
{
    add(c, json_number_read(m->s->arena, str(text)));
}

/* ---- where to draw from ---- */

struct span {
    double low, high;
};

static double edge(const cJSON *with, const cJSON *without, bool lower)
{
    double e = lower ? -INFINITY : INFINITY;
    if (with)
        e = with->valuedouble;
    if (without) {
        double next = without->valuedouble + (lower ? 0x1p-40 : -0x1p-40);
        e = lower ? fmax(e, next) : fmin(e, next);
    }
    return e;
}

/* All of a narrow range, a homely part of a wide one: what the name makes one expect.
 */
static struct span span_of(const struct maker *m, const struct goal *g,
                           const char *name)
{
    /* Wide enough for many that must all differ. */
    double width = usual_width * (1 + m->nth / 50);
    double low = edge(g->least, g->above, true);
    double high = edge(g->most, g->below, false);
    struct span named;
    if (name && !m->nth && sample_range_of_name(m, name, &named.low, &named.high) &&
        fmax(low, named.low) <= fmin(high, named.high))
        return (struct span){ fmax(low, named.low), fmin(high, named.high) };
    if (high - low <= width)
        return (struct span){ low, high };
    if (low <= 1 && high >= 1)
        return (struct span){ 1, fmin(high, width) };
    if (low > 1)
        return (struct span){ low, fmin(high, low + width) };
    return (struct span){ fmax(low, high - width), high };
}

/* ---- multiples ---- */

/* The digits of number × 10^decimals where both are small; 0 when they are not. */
static uint64_t scaled(double number, int decimals)
{
    double v = number * pow(10, decimals);
    double whole = round(v);
    return fabs(v - whole) < 1e-6 * fmax(1, v) && whole >= 1 && whole < 1e15
               ? (uint64_t)whole
               : 0;
}

static uint64_t common(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The step that all `multipleOf` have in common, × 10^decimals; 0 when there is none or
 * it is beyond this. */
static uint64_t step_of(const struct goal *g, int decimals)
{
    uint64_t step = 0;
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        if (a->kind != ASK_RULE || a->no || a->rule->kind != RULE_MULTIPLE_OF)
            continue;
        uint64_t one = scaled(a->rule->value->valuedouble, decimals);
        if (!one)
            return 0;
        uint64_t shared = step ? common(step, one) : one;
        if (step && one / shared > (uint64_t)1e15 / step)
            return 0;
        step = step ? step / shared * one : one;
    }
    if (step && g->types == TYPE_INTEGER) {
        uint64_t unit = (uint64_t)pow(10, decimals), shared = common(step, unit);
        step = unit / shared > (uint64_t)1e15 / step ? 0 : step / shared * unit;
    }
    return step;
}

static bool has_step(const struct goal *g)
{
    for (unsigned i = 0; i < g->asks.count; i++)
        if (g->asks.at[i].kind == ASK_RULE && !g->asks.at[i].no &&
            g->asks.at[i].rule->kind == RULE_MULTIPLE_OF)
            return true;
    return false;
}

/* The whole number k × step, with the last digits behind the point. */
static void add_scaled(const struct maker *m, struct candidates *c, double k,
                       uint64_t step, int decimals)
{
    double value = k * (double)step;
    if (fabs(value) > whole_most)
        return;
    uint64_t digits = (uint64_t)fabs(value), unit = (uint64_t)pow(10, decimals);
    const char *sign = value < 0 ? "-" : "";
    if (!decimals)
        add_text(m, c,
                 arena_printf(m->s->arena, "%s%llu", digits ? sign : "",
                              (unsigned long long)digits));
    else
        add_text(m, c,
                 arena_printf(m->s->arena, "%s%llu.%0*llu", digits ? sign : "",
                              (unsigned long long)(digits / unit), decimals,
                              (unsigned long long)(digits % unit)));
}

static void add_multiples(struct maker *m, const struct goal *g, const char *name,
                          struct candidates *c)
{
    int decimals = 0;
    uint64_t step = 0;
    while (decimals <= 12 && !(step = step_of(g, decimals)))
        decimals++;
    for (unsigned i = 0; i < g->asks.count; i++) /* a huge or tiny step is its own */
        if (g->asks.at[i].kind == ASK_RULE &&
            g->asks.at[i].rule->kind == RULE_MULTIPLE_OF && !g->asks.at[i].no)
            add(c, g->asks.at[i].rule->value);
    add_text(m, c, "0");
    if (!step)
        return;
    double size = (double)step / pow(10, decimals);
    double low = edge(g->least, g->above, true), high = edge(g->most, g->below, false);
    struct span s = span_of(m, g, name);
    double least = ceil(s.low / size - 1e-9), most = floor(s.high / size + 1e-9);
    uint64_t count = most >= least ? (uint64_t)fmin(most - least, 1e6) + 1 : 1;
    double k = least + (double)((chance_below(m->s->chance, count) + m->nth) % count);
    size_t before = c->count;
    add_scaled(m, c, k, step, decimals);
    for (int i = -1; i < 2; i++) {
        add_scaled(m, c, (isinf(low) ? 1 : ceil(low / size)) + i, step, decimals);
        add_scaled(m, c, (isinf(high) ? 1 : floor(high / size)) + i, step, decimals);
    }
    for (size_t i = before; i < c->count && c->count > before; i++)
        if (number_fits(g, c->list[i])) { /* before the steps themselves */
            const cJSON *good = c->list[i];
            c->list[i] = c->list[0];
            c->list[0] = good;
            return;
        }
}

/* ---- plain numbers ---- */

static void add_whole(struct maker *m, const struct goal *g, const char *name,
                      struct candidates *c)
{
    struct span s = span_of(m, g, name);
    double low = ceil(fmax(s.low, -whole_most)), high = floor(fmin(s.high, whole_most));
    uint64_t count = high >= low ? (uint64_t)(high - low) + 1 : 1;
    uint64_t draw = (chance_below(m->s->chance, count) + m->nth) % count;
    if (fabs(low) <= whole_most)
        add(c, json_integer(m->s->arena, (int64_t)low + (int64_t)draw));
}

static void add_decimals(struct maker *m, const struct goal *g, const char *name,
                         struct candidates *c)
{
    struct span s = span_of(m, g, name);
    double value = s.low + (s.high - s.low) * chance_unit(m->s->chance);
    if (!isfinite(value))
        return;
    add_text(m, c, arena_printf(m->s->arena, "%.2f", value));
    add_text(m, c, arena_printf(m->s->arena, "%.*g", 4, value));
    add_text(m, c, arena_printf(m->s->arena, "%.*g", 17, value));
    add_text(m, c, arena_printf(m->s->arena, "%.17g", s.low / 2 + s.high / 2));
    add_text(m, c, arena_printf(m->s->arena, "%.1f", floor(value) + 0.5));
}

/* Digits of a whole number one further from 0, or one nearer. */
static char *counted(const struct maker *m, const char *digits, bool up)
{
    char *out = arena_printf(m->s->arena, "0%s", digits);
    size_t i = strlen(out);
    while (i-- > 0) {
        char over = up ? '9' : '0';
        if (out[i] != over) {
            out[i] = (char)(out[i] + (up ? 1 : -1));
            break;
        }
        out[i] = up ? '0' : '9';
    }
    while (out[0] == '0' && out[1])
        out++;
    return out;
}

/* The neighbours of a bound, however large it is. */
static void add_neighbours(const struct maker *m, struct candidates *c, const cJSON *n)
{
    char room[NUMBER_TEXT];
    if (!n)
        return;
    add(c, n);
    const char *text = number_text(n, room), *digits = text + (*text == '-');
    const char *sign = *text == '-' ? "-" : "";
    if (digits[strspn(digits, "0123456789")] == '\0' && *digits != '0') {
        add_text(m, c,
                 arena_printf(m->s->arena, "%s%s", sign, counted(m, digits, true)));
        add_text(m, c,
                 arena_printf(m->s->arena, "%s%s", sign, counted(m, digits, false)));
    } else {
        add_text(m, c, arena_printf(m->s->arena, "%.17g", floor(n->valuedouble)));
        add_text(m, c, arena_printf(m->s->arena, "%.17g", ceil(n->valuedouble)));
    }
    if (isfinite(n->valuedouble)) {
        add_text(
            m, c,
            arena_printf(m->s->arena, "%.17g", nextafter(n->valuedouble, INFINITY)));
        add_text(
            m, c,
            arena_printf(m->s->arena, "%.17g", nextafter(n->valuedouble, -INFINITY)));
        add_text(m, c, arena_printf(m->s->arena, "%.17g", floor(n->valuedouble) + 1));
        add_text(m, c, arena_printf(m->s->arena, "%.17g", ceil(n->valuedouble) - 1));
    }
    /* Past every double: the same digits with another exponent, and a little more. */
    const char *e = strpbrk(text, "eE");
    if (e) {
        long exponent = strtol(e + 1, NULL, 10);
        struct str mantissa = { text, (size_t)(e - text) };
        const char *head = arena_copy(m->s->arena, mantissa);
        add_text(m, c, arena_printf(m->s->arena, "%se%ld", head, exponent + 1));
        add_text(m, c, arena_printf(m->s->arena, "%se%ld", head, exponent - 1));
    }
}

cJSON *sample_number(struct maker *m, const struct goal *g, const char *name)
{
    struct candidates c = { .count = 0 };
    if (has_step(g)) {
        add_multiples(m, g, name, &c);
    } else {
        if (g->types & TYPE_NUMBER)
            add_decimals(m, g, name, &c);
        add_whole(m, g, name, &c);
    }
    for (size_t i = 0; i < c.count; i++)
        if (number_fits(g, c.list[i]))
            return json_copy(m->s->arena, c.list[i]);
    c.count = 0;
    add_neighbours(m, &c, g->least);
    add_neighbours(m, &c, g->most);
    add_neighbours(m, &c, g->above);
    add_neighbours(m, &c, g->below);
    add_text(m, &c, "0");
    add_text(m, &c, "0.5");
    add(&c, json_integer(m->s->arena, 1 + m->nth % 100)); /* int8 and the like */
    add_text(m, &c, "0.123456789");
    for (size_t i = 0; i < c.count; i++)
        if (number_fits(g, c.list[i]))
            return json_copy(m->s->arena, c.list[i]);
    return NULL;
}
