#include "schema/near.h"

#include "base/limits.h"

#include <ctype.h>

static bool joins(char c)
{
    return c == '_' || c == '-' || c == ' ';
}

/* The same but for case and what joins its words. */
static bool same_letters(struct str a, struct str b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.len && joins(a.ptr[i]))
            i++;
        while (j < b.len && joins(b.ptr[j]))
            j++;
        if (i == a.len || j == b.len)
            return i == a.len && j == b.len;
        if (tolower((unsigned char)a.ptr[i++]) != tolower((unsigned char)b.ptr[j++]))
            return false;
    }
}

static bool same_but_for_order(struct str a, struct str b)
{
    int seen[256] = { 0 };
    for (size_t i = 0; i < a.len; i++)
        seen[(unsigned char)a.ptr[i]]++;
    for (size_t i = 0; i < b.len; i++)
        if (!seen[(unsigned char)b.ptr[i]]--)
            return false;
    return a.len == b.len;
}

unsigned near_distance(struct str a, struct str b)
{
    enum { SHORT = 3, LONG = 6, MOST = 2 };
    size_t shorter = a.len < b.len ? a.len : b.len;
    size_t longer = a.len < b.len ? b.len : a.len;
    if (!shorter || longer > 64 || str_equal(a, b))
        return NEAR_NOT;
    if (same_letters(a, b))
        return 0;
    if (shorter < SHORT || longer - shorter > MOST)
        return NEAR_NOT;
    if (shorter > SHORT && (str_starts(a, b) || str_starts(b, a)))
        return (unsigned)(longer - shorter); /* "alias" and "aliases" */
    unsigned d = str_distance(a, b);
    bool near = d <= 1 || (d <= MOST && (shorter >= LONG || same_but_for_order(a, b)));
    return near ? d : NEAR_NOT;
}

const char *near_item(const cJSON *array, const char *word)
{
    const char *best = NULL;
    unsigned least = NEAR_NOT;
    int looks = 0;
    for (const cJSON *one = array ? array->child : NULL; one && looks < LIMIT_NEAR;
         one = one->next, looks++) {
        unsigned d = json_is_string(one)
                         ? near_distance(str(one->valuestring), str(word))
                         : NEAR_NOT;
        if (d < least) {
            least = d;
            best = one->valuestring;
        }
    }
    return best;
}

struct near near_to(struct str word)
{
    return (struct near){ .word = word, .least = NEAR_NOT };
}

void near_try(struct near *n, const char *candidate)
{
    unsigned d = near_distance(str(candidate), n->word);
    if (d >= n->least)
        return;
    n->least = d;
    n->best = candidate;
}

const char *near_question(const struct near *n, const char *before, struct arena *arena)
{
    return n->best ? arena_printf(arena, "; did you mean \"%s%s\"?", before, n->best)
                   : "";
}
