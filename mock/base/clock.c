#include "base/clock.h"

#include "base/limits.h"

#include <time.h>

clock_ms clock_now(const struct clock *c)
{
    if (c->still)
        return c->at;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (clock_ms)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

uint64_t clock_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

void clock_wait(int64_t ms, const atomic_bool *stop)
{
    enum { SLICE_US = 20 * 1000 };
    uint64_t until = ms > 0 ? clock_monotonic_us() + (uint64_t)ms * 1000 : 0, now;
    while (until && !atomic_load(stop) && (now = clock_monotonic_us()) < until) {
        uint64_t left = until - now < SLICE_US ? until - now : SLICE_US;
        nanosleep(&(struct timespec){ .tv_nsec = (long)left * 1000 }, NULL);
    }
}

static const int64_t DAY = 24 * 60 * 60;

/* Days from 1970-01-01, counting the year from March so that the leap day is last. */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void date_of(int64_t days, int64_t *y, int64_t *m, int64_t *d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp < 10 ? mp + 3 : mp - 9;
    *y = yoe + era * 400 + (*m <= 2);
}

static bool one(struct str *s, const char *any)
{
    if (!s->len || !s->ptr[0] || !strchr(any, s->ptr[0]))
        return false;
    *s = str_from(*s, 1);
    return true;
}

/* zoned: an offset has to be there; without one it is UTC. */
static bool read_time(struct str s, bool zoned, int64_t *seconds, int64_t *nanos)
{
    int64_t y, mo, d, h, mi, sec, oh = 0, om = 0, sign = 0;
    *nanos = 0;
    if (!str_digits(&s, 4, &y) || !one(&s, "-") || !str_digits(&s, 2, &mo) ||
        !one(&s, "-") || !str_digits(&s, 2, &d) || !one(&s, "Tt ") ||
        !str_digits(&s, 2, &h) || !one(&s, ":") || !str_digits(&s, 2, &mi) ||
        !one(&s, ":") || !str_digits(&s, 2, &sec))
        return false;
    if (one(&s, ".")) {
        int64_t scale = 100000000, digit;
        if (!s.len || s.ptr[0] < '0' || s.ptr[0] > '9')
            return false;
        while (str_digits(&s, 1, &digit)) {
            *nanos += digit * scale;
            scale /= 10;
        }
    }
    if (!one(&s, "Zz") && (zoned || s.len)) {
        sign = s.len && s.ptr[0] == '-' ? -1 : 1;
        if (!one(&s, "+-") || !str_digits(&s, 2, &oh) || !one(&s, ":") ||
            !str_digits(&s, 2, &om))
            return false;
    }
    static const int64_t month_days[] = {
        31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    if (s.len || mo < 1 || mo > 12 || d < 1 || d > month_days[mo - 1] ||
        (mo == 2 && d == 29 && !leap) || h > 23 || mi > 59 || sec > 60 || oh > 23 ||
        om > 59)
        return false;
    *seconds = days_of(y, mo, d) * DAY + h * 3600 + mi * 60 + sec;
    *seconds -= sign * (oh * 3600 + om * 60);
    return true;
}

/* The last n digits of a number, behind what is there; returns what is behind them. */
static char *put_digits(char *to, int64_t value, size_t n)
{
    for (size_t i = n; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + n;
}

/* False for a year that has not four digits. */
static bool write_time(int64_t seconds, int64_t nanos, unsigned digits_wanted,
                       const char *utc, char *out)
{
    int64_t y, mo, d;
    int64_t days = seconds / DAY, rest = seconds % DAY;
    if (rest < 0) {
        rest += DAY;
        days--;
    }
    date_of(days, &y, &mo, &d);
    const int64_t parts[] = { mo, d, rest / 3600, rest / 60 % 60, rest % 60 };
    char *to = put_digits(out, y < 0 ? -y : y, 4);
    for (size_t i = 0; i < COUNT(parts); i++) {
        *to++ = "--T::"[i];
        to = put_digits(to, parts[i], 2);
    }
    if (digits_wanted > 9)
        digits_wanted = 9;
    if (digits_wanted) {
        *to = '.';
        put_digits(to + 1, nanos, 9);
        to += 1 + digits_wanted;
    }
    for (size_t i = 0; i < 6 && utc[i]; i++)
        *to++ = utc[i];
    *to = '\0';
    return y >= 0 && y <= 9999;
}

bool clock_read(struct str s, clock_ms *ms)
{
    int64_t seconds, nanos;
    if (!read_time(s, true, &seconds, &nanos))
        return false;
    *ms = seconds * 1000 + nanos / 1000000;
    return true;
}

void clock_write(clock_ms ms, unsigned digits_wanted, const char *utc, char *out)
{
    int64_t seconds = ms / 1000, milli = ms % 1000;
    if (milli < 0) {
        milli += 1000;
        seconds--;
    }
    write_time(seconds, milli * 1000000, digits_wanted, utc, out);
}

bool clock_rewrite(struct str text, unsigned digits_wanted, const char *utc, char *out)
{
    int64_t seconds, nanos;
    return read_time(text, false, &seconds, &nanos) &&
           write_time(seconds, nanos, digits_wanted, utc, out);
}

bool clock_duration(struct str text, clock_ms *ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = { { "", 1 },      { "ms", 1 },      { "s", 1000 },
                  { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 } };
    struct str rest = text;
    int64_t value = 0, digit;
    if (!str_digits(&rest, 1, &value))
        return false;
    while (str_digits(&rest, 1, &digit)) {
        value = value * 10 + digit;
        if (value > LIMIT_DURATION_MS)
            return false;
    }
    for (size_t i = 0; i < COUNT(units); i++) {
        if (!str_is(rest, units[i].unit))
            continue;
        if (value > LIMIT_DURATION_MS / units[i].ms)
            return false;
        *ms = value * units[i].ms;
        return true;
    }
    return false;
}
