#include "schema/sample_parts.h"

#include "base/limits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Numbers between which one is drawn when the schema leaves the choice. */
static const double usual_width = 1000, whole_most = 9007199254740991.0;

struct span {
    double low, high;
};

static double bound(const cJSON *flat, const char *name, const char *exclusive,
                    double inside, double none)
{
    const cJSON *with = json_member(flat, name),
                *without = json_member(flat, exclusive);
    double edge = inside > 0 ? -INFINITY : INFINITY;
    if (json_is_number(with))
        edge = with->valuedouble;
    if (json_is_number(without)) {
        double next = without->valuedouble + inside;
        edge = inside > 0 ? fmax(edge, next) : fmin(edge, next);
    }
    return isinf(edge) ? none : edge;
}

/* Where to draw from: all of a narrow range, a homely part of a wide one. */
static struct span span_of(const struct maker *m, const cJSON *flat, double inside)
{
    /* Wide enough for many that must all differ. */
    double width = usual_width * (1 + m->nth / 50);
    double low = bound(flat, "minimum", "exclusiveMinimum", inside, -INFINITY);
    double high = bound(flat, "maximum", "exclusiveMaximum", -inside, INFINITY);
    if (high - low <= width)
        return (struct span){ low, high };
    if (low <= 1 && high >= 1)
        return (struct span){ 1, fmin(high, width) };
    if (low > 1)
        return (struct span){ low, fmin(high, low + width) };
    return (struct span){ fmax(low, high - width), high };
}

static cJSON *read_number(const struct maker *m, const char *text)
{
    return json_number_read(m->s->arena, str(text));
}

/* A multiple of step, written with as many decimals as step has: 3 × 0.1 is 0.3 here.
 */
static cJSON *multiple(struct maker *m, const cJSON *flat, const cJSON *step)
{
    struct span s = span_of(m, flat, 0x1p-40);
    double size = step->valuedouble, least = ceil(s.low / size - 1e-9);
    double most = floor(s.high / size + 1e-9);
    if (most < least) /* wider than the homely part */
        least = most =
            ceil(bound(flat, "minimum", "exclusiveMinimum", 0x1p-40, 0) / size);
    uint64_t count = (uint64_t)fmin(most - least, 1e6) + 1;
    double k = least + (double)((chance_below(m->s->chance, count) + m->nth) % count);
    int decimals = 0;
    for (double d = size; decimals < 15 && fabs(d - round(d)) > 1e-9 * d; d *= 10)
        decimals++;
    return read_number(m, arena_printf(m->s->arena, "%.*f", decimals, k * size));
}

static cJSON *whole_number(struct maker *m, const cJSON *flat)
{
    struct span s = span_of(m, flat, 0x1p-40);
    double low = ceil(fmax(s.low, -whole_most)), high = floor(fmin(s.high, whole_most));
    uint64_t count = high >= low ? (uint64_t)(high - low) + 1 : 1;
    uint64_t draw = (chance_below(m->s->chance, count) + m->nth) % count;
    return json_integer(m->s->arena, (int64_t)low + (int64_t)draw);
}

static cJSON *decimal_number(struct maker *m, const cJSON *flat, int decimals)
{
    struct span s = span_of(m, flat, 0x1p-40);
    double value = s.low + (s.high - s.low) * chance_unit(m->s->chance);
    return read_number(m, arena_printf(m->s->arena, "%.*g", decimals, value));
}

cJSON *sample_number(struct maker *m, const cJSON *flat, const char *name, bool whole)
{
    const cJSON *step = json_member(flat, "multipleOf");
    cJSON *made[8] = { 0 };
    size_t n = 0;
    (void)name;
    if (json_is_number(step) && step->valuedouble > 0)
        made[n++] = multiple(m, flat, step);
    if (!whole) {
        made[n++] = decimal_number(m, flat, 4);
        made[n++] = decimal_number(m, flat, 17);
    }
    made[n++] = whole_number(m, flat);
    static const char *const edges[] = { "minimum", "maximum" };
    for (size_t i = 0; i < COUNT(edges); i++)
        if (json_is_number(json_member(flat, edges[i])))
            made[n++] = sample_alias(m, json_member(flat, edges[i]));
    made[n++] = json_integer(m->s->arena, 1 + m->nth % 100); /* int8 and the like */
    for (size_t i = 0; i < n; i++)
        if (made[i] && sample_fits(m, flat, made[i]))
            return made[i];
    return made[0];
}
