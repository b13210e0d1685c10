#include "schema/format_rules.h"

/* Takes two or four digits off *s. */
static bool number(struct str *s, size_t digits, int *value)
{
    if (s->len < digits)
        return false;
    *value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (s->ptr[i] < '0' || s->ptr[i] > '9')
            return false;
        *value = *value * 10 + (s->ptr[i] - '0');
    }
    *s = str_from(*s, digits);
    return true;
}

/* Takes one of any off *s. */
static bool one_of(struct str *s, const char *any)
{
    if (!s->len || !s->ptr[0] || !strchr(any, s->ptr[0]))
        return false;
    *s = str_from(*s, 1);
    return true;
}

static bool take_date(struct str *s)
{
    static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year, month, day;
    if (!number(s, 4, &year) || !one_of(s, "-") || !number(s, 2, &month) ||
        !one_of(s, "-") || !number(s, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return leap || month != 2 || day < 29;
}

/* "Z" or "+01:30", in minutes ahead of UTC. */
static bool take_offset(struct str *s, int *minutes)
{
    int hour, minute;
    *minutes = 0;
    if (one_of(s, "Zz"))
        return true;
    bool behind = s->len && s->ptr[0] == '-';
    if (!one_of(s, "+-") || !number(s, 2, &hour) || !one_of(s, ":") ||
        !number(s, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *minutes = (hour * 60 + minute) * (behind ? -1 : 1);
    return true;
}

static bool take_time(struct str *s)
{
    int hour, minute, second, offset, digit;
    if (!number(s, 2, &hour) || !one_of(s, ":") || !number(s, 2, &minute) ||
        !one_of(s, ":") || !number(s, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    if (one_of(s, ".")) {
        if (!number(s, 1, &digit))
            return false;
        while (number(s, 1, &digit))
            ;
    }
    if (!take_offset(s, &offset))
        return false;
    /* A leap second is the last of a day in UTC (RFC 3339, 5.7). */
    const int day = 24 * 60;
    int utc = (hour * 60 + minute - offset + 2 * day) % day;
    return second < 60 || utc == day - 1;
}

bool format_is_date(struct str text)
{
    return take_date(&text) && !text.len;
}

bool format_is_time(struct str text)
{
    return take_time(&text) && !text.len;
}

bool format_is_date_time(struct str text)
{
    return take_date(&text) && one_of(&text, "Tt") && take_time(&text) && !text.len;
}

/* Takes digits and a unit, for the units in order from the one that comes first:
 * appendix A lets none be left out between two ("P1Y2D" is none). */
static bool take_units(struct str *s, const char *units)
{
    int digit;
    bool any = false;
    while (s->len && s->ptr[0] >= '0' && s->ptr[0] <= '9') {
        while (number(s, 1, &digit))
            ;
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
    if (!one_of(&text, "P"))
        return false;
    struct str weeks = text;
    if (take_units(&weeks, "W"))
        return !weeks.len;
    bool date = text.len && text.ptr[0] != 'T';
    if (date && !take_units(&text, "YMD"))
        return false;
    if (one_of(&text, "T"))
        return take_units(&text, "HMS") && !text.len;
    return date && !text.len;
}
