#include "doc/number.h"

#include "base/limits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 0.d1d2d3… × 10^exponent; no zeros at either end of the digits; zero has none. */
struct decimal {
    bool negative;
    const char *digits; /* may have one '.' among them, to be skipped */
    unsigned count;     /* digits without the '.' */
    long exponent;
};

/* Digits of n with a '.' before the last `places` of them; at least one before it. */
static const char *put_digits(char *out, bool negative, uint64_t n, unsigned places)
{
    char *end = out + NUMBER_TEXT - 1, *p = end;
    *p = '\0';
    for (unsigned i = 0; n || i <= places; i++, n /= 10) {
        if (i == places && places)
            *--p = '.';
        *--p = (char)('0' + n % 10);
    }
    if (negative)
        *--p = '-';
    return p;
}

/* A number of few decimals, such as 12.5, without printf. n / 10^places is rounded as
 * reading its text is, since both are held exactly; so where it gives the same double,
 * the text reads back as that, and no text of fewer digits does. */
static const char *few_decimals(double d, char *out)
{
    static const double powers[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };
    double size = fabs(d);
    if (!(size >= 1e-4 &&
          size < 1e9)) /* others are written with an exponent, or long */
        return NULL;
    for (unsigned places = 1; places < sizeof(powers) / sizeof(*powers); places++) {
        uint64_t n = (uint64_t)(size * powers[places] + 0.5);
        if ((double)n / powers[places] == size)
            return put_digits(out, d < 0, n, places);
    }
    return NULL;
}

const char *number_text(const cJSON *n, char *out)
{
    if (n->valuestring)
        return n->valuestring;
    double d = n->valuedouble;
    if (number_is_exact(n))
        return put_digits(out, d < 0, (uint64_t)fabs(d), 0);
    if (!isfinite(d))
        return isnan(d) ? "null" : d > 0 ? "1e400" : "-1e400";
    const char *few = few_decimals(d, out);
    if (few)
        return few;
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(out, NUMBER_TEXT, "%.*g", precision, d);
        if (strtod(out, NULL) == d)
            break;
    }
    return out;
}

static long clamp(long exponent)
{
    /* Far outside anything that has LIMIT_NUMBER_DIGITS digits. */
    const long most = 1000000000;
    return exponent > most ? most : exponent < -most ? -most : exponent;
}

static struct decimal decimal_of(const char *text)
{
    struct decimal d = { .negative = *text == '-' };
    if (d.negative)
        text++;
    const char *first = NULL, *last = NULL;
    long point = 0, position = 0;
    bool fraction = false;
    const char *p = text;
    for (; *p && *p != 'e' && *p != 'E'; p++) {
        if (*p == '.') {
            fraction = true;
            continue;
        }
        if (!fraction)
            point++;
        if (*p != '0') {
            if (!first) {
                first = p;
                d.exponent = -position;
            }
            last = p;
        }
        position++;
    }
    if (!first)
        return (struct decimal){ 0 };
    d.digits = first;
    for (const char *q = first; q <= last; q++)
        d.count += *q != '.';
    d.exponent += point;
    if (*p)
        d.exponent += clamp(strtol(p + 1, NULL, 10));
    return d;
}

static char next_digit(const char **p)
{
    if (**p == '.')
        ++*p;
    return *(*p)++;
}

static int compare_size(const struct decimal *a, const struct decimal *b)
{
    if (!a->count || !b->count)
        return (a->count > 0) - (b->count > 0);
    if (a->exponent != b->exponent)
        return a->exponent > b->exponent ? 1 : -1;
    const char *p = a->digits, *q = b->digits;
    for (unsigned i = 0; i < a->count || i < b->count; i++) {
        char x = i < a->count ? next_digit(&p) : '0';
        char y = i < b->count ? next_digit(&q) : '0';
        if (x != y)
            return x > y ? 1 : -1;
    }
    return 0;
}

int number_compare(const cJSON *a, const cJSON *b)
{
    /* Without a text the number is what its double is written as, and texts are in the
     * order of their doubles: each lies nearer to its own than to any other. */
    if (!a->valuestring && !b->valuestring && isfinite(a->valuedouble) &&
        isfinite(b->valuedouble))
        return (a->valuedouble > b->valuedouble) - (a->valuedouble < b->valuedouble);
    char ta[NUMBER_TEXT], tb[NUMBER_TEXT];
    struct decimal x = decimal_of(number_text(a, ta));
    struct decimal y = decimal_of(number_text(b, tb));
    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    return x.negative ? -compare_size(&x, &y) : compare_size(&x, &y);
}

uint64_t number_hash(const cJSON *n, const struct salt *s)
{
    char text[NUMBER_TEXT], all[sizeof(int64_t) + LIMIT_NUMBER_DIGITS];
    struct decimal d = decimal_of(number_text(n, text));
    int64_t exponent = (int64_t)d.exponent * 2 + d.negative;
    size_t len = sizeof(exponent);
    memcpy(all, &exponent, len);
    for (const char *p = d.digits; d.count && len < sizeof(all); d.count--)
        all[len++] = next_digit(&p);
    return salt_hash(s, (struct str){ all, len });
}

bool number_is_integer(const cJSON *n)
{
    if (number_is_exact(n))
        return true;
    char text[NUMBER_TEXT];
    struct decimal d = decimal_of(number_text(n, text));
    return d.count == 0 || d.exponent >= (long)d.count;
}

bool number_fits_bits(const cJSON *n, unsigned bits)
{
    if (number_is_exact(n) && bits == 64)
        return true;
    if (!number_is_integer(n))
        return false;
    cJSON least = { .type = cJSON_Number }, most = { .type = cJSON_Number };
    char low[] = "-9223372036854775808", high[] = "9223372036854775807";
    char low32[] = "-2147483648", high32[] = "2147483647";
    least.valuestring = bits == 64 ? low : low32;
    most.valuestring = bits == 64 ? high : high32;
    return number_compare(n, &least) >= 0 && number_compare(n, &most) <= 0;
}

/* value mod step on digits: the remainder is kept below step by long division, one
 * digit of value at a time. Bounded by the digits of value that matter. */
static bool divides(const struct decimal *value, const struct decimal *step)
{
    /* Both as whole numbers of the unit 10^scale. */
    long value_low = value->exponent - (long)value->count;
    long step_low = step->exponent - (long)step->count;
    long low = value_low < step_low ? value_low : step_low;
    long step_digits = step->exponent - low, value_digits = value->exponent - low;
    if (value_digits < step_digits)
        return false; /* 0 < |value| < step */
    if (step_digits > 18 || value_digits > 2L * LIMIT_NUMBER_DIGITS)
        return false; /* past what 128 bits and a bounded time can judge */
    unsigned long long m = 0;
    const char *p = step->digits;
    for (long i = 0; i < step_digits; i++)
        m = m * 10 + (i < (long)step->count ? (unsigned)(next_digit(&p) - '0') : 0);
    unsigned __int128 rest = 0;
    p = value->digits;
    for (long i = 0; i < value_digits; i++) {
        unsigned digit = i < (long)value->count ? (unsigned)(next_digit(&p) - '0') : 0;
        rest = (rest * 10 + digit) % m;
    }
    return rest == 0;
}

bool number_is_multiple(const cJSON *value, const cJSON *step)
{
    if (number_is_exact(value) && number_is_exact(step) && step->valuedouble != 0)
        return fmod(value->valuedouble, step->valuedouble) == 0;
    char tv[NUMBER_TEXT], ts[NUMBER_TEXT];
    struct decimal v = decimal_of(number_text(value, tv));
    struct decimal s = decimal_of(number_text(step, ts));
    if (!v.count)
        return true;
    return s.count && divides(&v, &s);
}
