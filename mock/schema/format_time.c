#include "schema/format_chars.h"
#include "schema/format_rules.h"

/* Two digits at p, or something past any two-digit number. */
static unsigned two(const char *p)
{
    unsigned tens = (unsigned char)p[0] - (unsigned)'0';
    unsigned ones = (unsigned char)p[1] - (unsigned)'0';
    return tens <= 9 && ones <= 9 ? tens * 10 + ones : 100;
}

static bool is_day(unsigned year, unsigned month, unsigned day)
{
    static const unsigned char days[] = { 0,  31, 29, 31, 30, 31, 30,
                                          31, 31, 30, 31, 30, 31 };
    if (month < 1 || month > 12 || day < 1 || day > days[month])
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return leap || month != 2 || day < 29;
}

/* Ten bytes at p. */
static bool date_at(const char *p)
{
    unsigned century = two(p), year = two(p + 2);
    return century < 100 && year < 100 && p[4] == '-' && p[7] == '-' &&
           is_day(century * 100 + year, two(p + 5), two(p + 8));
}

/* "12:00:00", of what is told apart by being in range. */
struct clock_time {
    unsigned hour, minute, second;
};

static bool time_at(const char *p, struct clock_time *t)
{
    *t = (struct clock_time){ two(p), two(p + 3), two(p + 6) };
    return p[2] == ':' && p[5] == ':' && t->hour < 24 && t->minute < 60 &&
           t->second <= 60;
}

/* Takes a time without offset off *s. */
static bool take_time(struct str *s, struct clock_time *t)
{
    if (s->len < 8 || !time_at(s->ptr, t))
        return false;
    *s = str_from(*s, 8);
    if (!s->len || s->ptr[0] != '.')
        return true;
    size_t i = 1;
    while (i < s->len && char_is(s->ptr[i], CHAR_DIGIT))
        i++;
    *s = str_from(*s, i);
    return i > 1;
}

/* "Z" or "+01:30", all of s, in minutes ahead of UTC. */
static bool is_offset(struct str s, int *minutes)
{
    *minutes = 0;
    if (s.len == 1)
        return s.ptr[0] == 'Z' || s.ptr[0] == 'z';
    if (s.len != 6 || (s.ptr[0] != '+' && s.ptr[0] != '-') || s.ptr[3] != ':')
        return false;
    unsigned hour = two(s.ptr + 1), minute = two(s.ptr + 4);
    *minutes = (int)(hour * 60 + minute) * (s.ptr[0] == '-' ? -1 : 1);
    return hour < 24 && minute < 60;
}

bool format_is_date(struct str text)
{
    return text.len == 10 && date_at(text.ptr);
}

bool format_is_time(struct str text)
{
    struct clock_time t;
    int offset;
    if (!take_time(&text, &t) || !is_offset(text, &offset))
        return false;
    /* A leap second is the last of a day in UTC (RFC 3339, 5.7). */
    const int day = 24 * 60;
    int utc = ((int)(t.hour * 60 + t.minute) - offset + 2 * day) % day;
    return t.second < 60 || utc == day - 1;
}

static bool between_date_and_time(char c)
{
    return c == 'T' || c == 't';
}

bool format_is_date_time(struct str text)
{
    return text.len > 11 && date_at(text.ptr) && between_date_and_time(text.ptr[10]) &&
           format_is_time(str_from(text, 11));
}

bool format_is_time_local(struct str text)
{
    struct clock_time t;
    return take_time(&text, &t) && !text.len;
}

bool format_is_date_time_local(struct str text)
{
    return text.len > 11 && date_at(text.ptr) &&
           (between_date_and_time(text.ptr[10]) || text.ptr[10] == ' ') &&
           format_is_time_local(str_from(text, 11));
}

/* Takes digits and a unit, for the units in order from the one that comes first:
 * appendix A lets none be left out between two ("P1Y2D" is none). */
static bool take_units(struct str *s, const char *units)
{
    bool any = false;
    while (s->len && char_is(s->ptr[0], CHAR_DIGIT)) {
        while (s->len && char_is(s->ptr[0], CHAR_DIGIT))
            *s = str_from(*s, 1);
        const char *unit = s->len && s->ptr[0] ? strchr(units, s->ptr[0]) : NULL;
        if (!unit || (any && unit != units))
            return false;
        units = unit + 1;
        *s = str_from(*s, 1);
        any = true;
        if (!*units)
            break;
    }
    return any;
}

bool format_is_duration(struct str text)
{
    if (!str_starts(text, STR("P")))
        return false;
    text = str_from(text, 1);
    struct str weeks = text;
    if (take_units(&weeks, "W"))
        return !weeks.len;
    bool date = text.len && text.ptr[0] != 'T';
    if (date && !take_units(&text, "YMD"))
        return false;
    if (str_starts(text, STR("T"))) {
        text = str_from(text, 1);
        return take_units(&text, "HMS") && !text.len;
    }
    return date && !text.len;
}

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char *const day_names[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday" };

/* 1 to 12 for the three letters at p, 0 for none. */
static unsigned month_at(const char *p)
{
    for (unsigned i = 0; i < 12; i++)
        if (memcmp(p, month_names + (size_t)3 * i, 3) == 0)
            return i + 1;
    return 0;
}

/* 0 is Sunday (Sakamoto's way for the Gregorian calendar). */
static unsigned weekday(unsigned year, unsigned month, unsigned day)
{
    static const unsigned char shift[] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };
    year -= month < 3;
    return (year + year / 4 - year / 100 + year / 400 + shift[month - 1] + day) % 7;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7), on the day it names. */
bool format_is_imf_fixdate(struct str text)
{
    struct clock_time t;
    const char *p = text.ptr;
    if (text.len != 29 || memcmp(p + 3, ", ", 2) != 0 || p[7] != ' ' || p[11] != ' ' ||
        p[16] != ' ' || !time_at(p + 17, &t) || memcmp(p + 25, " GMT", 4) != 0)
        return false;
    unsigned day = two(p + 5), month = month_at(p + 8);
    unsigned century = two(p + 12), year = two(p + 14);
    if (century > 99 || year > 99 || !is_day(century * 100 + year, month, day))
        return false;
    return memcmp(p, day_names[weekday(century * 100 + year, month, day)], 3) == 0;
}

/* "Sunday, 06-Nov-94 08:49:37 GMT": whose century nobody knows. */
static bool is_rfc850_date(struct str text)
{
    struct clock_time t;
    struct str day;
    bool named = false;
    if (!str_split(&text, ',', &day) || text.len != 23)
        return false;
    for (size_t i = 0; i < COUNT(day_names); i++)
        named = named || str_is(day, day_names[i]);
    const char *p = text.ptr;
    return named && p[0] == ' ' && p[3] == '-' && p[7] == '-' && p[10] == ' ' &&
           two(p + 8) < 100 && is_day(2000, month_at(p + 4), two(p + 1)) &&
           time_at(p + 11, &t) && memcmp(p + 19, " GMT", 4) == 0;
}

/* "Sun Nov  6 08:49:37 1994". */
static bool is_asctime(struct str text)
{
    struct clock_time t;
    const char *p = text.ptr;
    if (text.len != 24 || p[3] != ' ' || p[7] != ' ' || p[10] != ' ' ||
        !time_at(p + 11, &t) || p[19] != ' ')
        return false;
    char padded[] = { p[8] == ' ' ? '0' : p[8], p[9] };
    unsigned month = month_at(p + 4), day = two(padded);
    unsigned century = two(p + 20), year = two(p + 22);
    if (century > 99 || year > 99 || !is_day(century * 100 + year, month, day))
        return false;
    return memcmp(p, day_names[weekday(century * 100 + year, month, day)], 3) == 0;
}

bool format_is_http_date(struct str text)
{
    return format_is_imf_fixdate(text) || is_rfc850_date(text) || is_asctime(text);
}
