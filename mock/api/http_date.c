#include "api/http_date.h"

#include <stdio.h>

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char *const long_days[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday" };

/* What a date says, whichever form it has. */
struct parts {
    int64_t year, month, day, hour, minute, second;
};

static bool take(struct str *s, const char *text)
{
    struct str t = str(text);
    if (!str_starts(*s, t))
        return false;
    *s = str_from(*s, t.len);
    return true;
}

/* The index of the word that *s begins with, or -1. */
static int take_one(struct str *s, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (take(s, words[i]))
            return (int)i;
    return -1;
}

static bool take_month(struct str *s, struct parts *p)
{
    p->month = take_one(s, months, COUNT(months)) + 1;
    return p->month > 0;
}

static bool take_time(struct str *s, struct parts *p)
{
    return str_digits(s, 2, &p->hour) && take(s, ":") && str_digits(s, 2, &p->minute) &&
           take(s, ":") && str_digits(s, 2, &p->second);
}

static bool read_fixdate(struct str s, struct parts *p)
{
    return take_one(&s, days, COUNT(days)) >= 0 && take(&s, ", ") &&
           str_digits(&s, 2, &p->day) && take(&s, " ") && take_month(&s, p) &&
           take(&s, " ") && str_digits(&s, 4, &p->year) && take(&s, " ") &&
           take_time(&s, p) && take(&s, " GMT") && !s.len;
}

static int64_t year_of(clock_ms ms)
{
    char text[CLOCK_TEXT];
    struct str s = { text, 4 };
    int64_t year = 0;
    clock_write(ms, 0, "Z", text);
    str_digits(&s, 4, &year);
    return year;
}

static bool read_rfc850(struct str s, clock_ms now, struct parts *p)
{
    if (take_one(&s, long_days, COUNT(long_days)) < 0 || !take(&s, ", ") ||
        !str_digits(&s, 2, &p->day) || !take(&s, "-") || !take_month(&s, p) ||
        !take(&s, "-") || !str_digits(&s, 2, &p->year) || !take(&s, " ") ||
        !take_time(&s, p) || !take(&s, " GMT") || s.len)
        return false;
    int64_t this_year = year_of(now);
    p->year += this_year - this_year % 100;
    if (p->year > this_year + 50)
        p->year -= 100;
    return p->year >= 0;
}

static bool read_asctime(struct str s, struct parts *p)
{
    return take_one(&s, days, COUNT(days)) >= 0 && take(&s, " ") && take_month(&s, p) &&
           take(&s, " ") &&
           (take(&s, " ") ? str_digits(&s, 1, &p->day) : str_digits(&s, 2, &p->day)) &&
           take(&s, " ") && take_time(&s, p) && take(&s, " ") &&
           str_digits(&s, 4, &p->year) && !s.len;
}

bool http_date_read(struct str text, clock_ms now, clock_ms *ms)
{
    struct parts p;
    char plain[CLOCK_TEXT];
    if (!read_fixdate(text, &p) && !read_rfc850(text, now, &p) &&
        !read_asctime(text, &p))
        return false;
    snprintf(plain, sizeof(plain), "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)p.year,
             (int)p.month, (int)p.day, (int)p.hour, (int)p.minute, (int)p.second);
    return clock_read(str(plain), ms); /* which knows how long months are */
}

void http_date_write(clock_ms ms, char *out)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000, THURSDAY = 4 };
    static const char form[] = "Ddd, DD Mmm YYYY HH:MM:SS GMT";
    char text[CLOCK_TEXT];
    int64_t day = ms / DAY_MS - (ms % DAY_MS < 0);
    int64_t month = 0;
    clock_write(ms, 0, "Z", text);
    struct str s = { text + 5, 2 };
    str_digits(&s, 2, &month);
    /* A field that most answers have. */
    memcpy(out, form, sizeof(form));
    memcpy(out, days[((day + THURSDAY) % 7 + 7) % 7], 3);
    memcpy(out + 5, text + 8, 2);
    memcpy(out + 8, months[(month + 11) % 12], 3);
    memcpy(out + 12, text, 4);
    memcpy(out + 17, text + 11, 8);
}
