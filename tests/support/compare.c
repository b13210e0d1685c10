#include "compare.h"

#include "base/clock.h"
#include "doc/pointer.h"

#include <regex.h>

static bool matches(const char *text, const char *expression)
{
    regex_t regex;
    if (regcomp(&regex, expression, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

static const char *after(const char *text, const char *word)
{
    size_t n = strlen(word);
    return strncmp(text, word, n) == 0 ? text + n : NULL;
}

/* *fits says whether found is what the word stands for; false when it is no such word.
 */
static bool special(const char *word, const cJSON *found, bool *fits)
{
    const char *text = json_is_string(found) ? found->valuestring : NULL;
    const char *rest;
    clock_ms ms;
    if (strcmp(word, "$any") == 0)
        *fits = found != NULL;
    else if (strcmp(word, "$absent") == 0)
        *fits = found == NULL;
    else if (strcmp(word, "$uuid") == 0)
        *fits = text && matches(text, "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");
    else if (strcmp(word, "$date-time") == 0)
        *fits = text && clock_read(str(text), &ms);
    else if ((rest = after(word, "$matches ")))
        *fits = text && matches(text, rest);
    else if ((rest = after(word, "$contains ")))
        *fits = text && strstr(text, rest);
    else
        return false;
    return true;
}

static const char *differs(const cJSON *wanted, const cJSON *found, const char *at,
                           struct arena *arena)
{
    return arena_printf(arena, "%s: wanted %s, found %s", at,
                        json_text(wanted, arena).ptr,
                        found ? json_text(found, arena).ptr : "nothing");
}

const char *compare(const cJSON *wanted, const cJSON *found, const char *at,
                    struct arena *arena)
{
    bool fits;
    const char *why = NULL;
    if (json_is_string(wanted) && special(wanted->valuestring, found, &fits))
        return fits ? NULL : differs(wanted, found, at, arena);
    if (json_is_object(wanted) && json_is_object(found)) {
        for (const cJSON *w = wanted->child; w && !why; w = w->next)
            why = compare(w, json_member(found, w->string),
                          pointer_join(arena, at, w->string), arena);
        return why;
    }
    if (json_is_array(wanted) && json_is_array(found)) {
        const cJSON *w = wanted->child, *f = found->child;
        if (json_count(wanted) != json_count(found))
            return arena_printf(arena, "%s: wanted %zu items, found %zu", at,
                                json_count(wanted), json_count(found));
        for (size_t i = 0; w && !why; i++, w = w->next, f = f->next)
            why = compare(w, f, arena_printf(arena, "%s/%zu", at, i), arena);
        return why;
    }
    return found && json_equal(wanted, found) ? NULL
                                              : differs(wanted, found, at, arena);
}
