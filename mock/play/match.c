#define _GNU_SOURCE /* strcasestr, whose time is linear whatever a client sends */
#include "play/match.h"

#include "base/clock.h"
#include "doc/number.h"

#include <strings.h>

static bool is_nothing(const cJSON *v)
{
    return !v || json_is_null(v);
}

/* "2026-01-05" or "2026-01-05T09:30:00Z". */
static bool moment_of(struct str text, clock_ms *ms)
{
    char whole[sizeof("2026-01-05T00:00:00Z")];
    if (text.len < 10 || text.ptr[4] != '-' || text.ptr[7] != '-')
        return false;
    if (text.len > 10)
        return clock_read(text, ms);
    memcpy(whole, text.ptr, 10);
    memcpy(whole + 10, "T00:00:00Z", sizeof("T00:00:00Z"));
    return clock_read(str(whole), ms);
}

bool match_order(const cJSON *a, const cJSON *b, int *order)
{
    clock_ms x, y;
    if (json_is_number(a) && json_is_number(b)) {
        *order = number_compare(a, b);
        return true;
    }
    if (!json_is_string(a) || !json_is_string(b))
        return false;
    bool moments =
        moment_of(str(a->valuestring), &x) && moment_of(str(b->valuestring), &y);
    *order = moments ? (x > y) - (x < y) : strcasecmp(a->valuestring, b->valuestring);
    return true;
}

static bool has_members(const cJSON *have, const cJSON *want)
{
    if (!json_is_object(have) || !json_is_object(want))
        return false;
    for (const cJSON *m = want->child; m; m = m->next)
        if (!match_value(json_member(have, m->string), MATCH_IS, m))
            return false;
    return true;
}

static bool stands(const cJSON *have, enum match_test test, const cJSON *want)
{
    int order;
    bool texts = json_is_string(have) && json_is_string(want);
    switch (test) {
    case MATCH_IS:
    case MATCH_NOT:
        return json_equal(have, want);
    case MATCH_MINIMUM:
        return match_order(have, want, &order) && order >= 0;
    case MATCH_MAXIMUM:
        return match_order(have, want, &order) && order <= 0;
    case MATCH_EXCLUSIVE_MINIMUM:
        return match_order(have, want, &order) && order > 0;
    case MATCH_EXCLUSIVE_MAXIMUM:
        return match_order(have, want, &order) && order < 0;
    case MATCH_CONTAINS:
        return texts && strcasestr(have->valuestring, want->valuestring);
    case MATCH_PREFIX:
        return texts && strncasecmp(have->valuestring, want->valuestring,
                                    strlen(want->valuestring)) == 0;
    case MATCH_HAS:
        return has_members(have, want);
    }
    return false;
}

static bool stands_any(const cJSON *have, enum match_test test, const cJSON *want)
{
    if (json_is_array(have)) {
        for (const cJSON *one = have->child; one; one = one->next)
            if (stands_any(one, test, want))
                return true;
        return false;
    }
    if (!json_is_array(want))
        return stands(have, test, want);
    for (const cJSON *one = want->child; one; one = one->next)
        if (stands(have, test, one))
            return true;
    return false;
}

bool match_value(const cJSON *have, enum match_test test, const cJSON *want)
{
    if (test == MATCH_NOT)
        return !match_value(have, MATCH_IS, want);
    if (is_nothing(want))
        return test == MATCH_IS && is_nothing(have);
    return have && stands_any(have, test, want);
}
