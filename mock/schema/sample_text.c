#include "schema/sample_parts.h"

#include "base/limits.h"

enum { TRIES = 24 }; /* for a text that all patterns match */

static bool text_fits(const struct maker *m, const struct goal *g, const cJSON *text)
{
    size_t length = utf8_length(text->valuestring);
    if (length < g->length[0] || length > g->length[1])
        return false;
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        bool ok = true;
        if (a->kind != ASK_RULE)
            continue;
        if (a->rule->kind == RULE_PATTERN)
            ok = pattern_match(a->rule->u.pattern, str(text->valuestring),
                               m->s->arena) == PATTERN_MATCHES;
        else if (a->rule->kind == RULE_FORMAT)
            ok = format_check(a->rule->u.format, text);
        else
            continue;
        if (ok == a->no)
            return false;
    }
    return true;
}

static cJSON *fitting(const struct maker *m, const struct goal *g, const char *text)
{
    cJSON *made = text ? json_string(m->s->arena, str(text)) : NULL;
    return made && text_fits(m, g, made) ? made : NULL;
}

/* text made as long or as short as the schema wants it; text is ASCII. */
static const char *fitted(const struct maker *m, const struct goal *g, const char *text)
{
    struct buffer b = buffer_in(m->s->arena, LIMIT_INSTANCE_BYTES + 64);
    buffer_add_text(&b, text);
    while (b.len < g->length[0] && !b.full)
        buffer_add_char(&b, (char)('a' + (b.len + m->nth) % 26));
    struct str all = buffer_str(&b);
    if (all.len > g->length[1])
        all.len = g->length[1];
    return arena_copy(m->s->arena, all);
}

static const char *pattern_at(const struct goal *g, unsigned *i)
{
    for (; *i < g->asks.count; (*i)++) {
        const struct ask *a = &g->asks.at[*i];
        if (a->kind == ASK_RULE && !a->no && a->rule->kind == RULE_PATTERN)
            return a->rule->value->valuestring;
    }
    return NULL;
}

/* Patterns that are not anchored may each have their part of the text. */
static const char *all_in_a_row(struct maker *m, const struct goal *g, unsigned more)
{
    struct buffer b = buffer_in(m->s->arena, LIMIT_INSTANCE_BYTES);
    unsigned i = 0;
    for (const char *p; (p = pattern_at(g, &i)); i++) {
        const char *text = sample_of_pattern(m, p, more);
        if (text)
            buffer_add_text(&b, text);
    }
    return arena_copy(m->s->arena, buffer_str(&b));
}

/* text, then text between letters: a pattern need not be about all of it. */
static cJSON *stretched(const struct maker *m, const struct goal *g, const char *text)
{
    cJSON *made = fitting(m, g, text);
    size_t length = text ? utf8_length(text) : 0;
    if (made || !text || length >= g->length[0])
        return made;
    size_t missing = g->length[0] - length;
    if (missing > LIMIT_INSTANCE_BYTES)
        return NULL;
    char *fill = arena_take(m->s->arena, missing + 1);
    memset(fill, 'a', missing);
    made = fitting(m, g, arena_printf(m->s->arena, "%s%s", text, fill));
    return made ? made : fitting(m, g, arena_printf(m->s->arena, "%s%s", fill, text));
}

static cJSON *from_patterns(struct maker *m, const struct goal *g)
{
    size_t least = g->length[0];
    unsigned more = 1 + m->nth % 4, first = 0;
    if (!pattern_at(g, &first))
        return NULL;
    for (int i = 0; i < TRIES; i++) {
        /* One more each time; twice as many while the text must be long. */
        unsigned n = i == 1 ? 0 : more;
        unsigned at = 0;
        for (const char *p; (p = pattern_at(g, &at)); at++) {
            cJSON *made = stretched(m, g, sample_of_pattern(m, p, n));
            if (made)
                return made;
        }
        cJSON *made = stretched(m, g, all_in_a_row(m, g, n));
        if (made)
            return made;
        more = least > more ? more * 2 : (unsigned)(least % 4096) + (unsigned)i / 2;
    }
    return NULL;
}

static cJSON *from_format(struct maker *m, const struct goal *g, const char *name)
{
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        if (a->kind != ASK_RULE || a->no || a->rule->kind != RULE_FORMAT)
            continue;
        const char *text = sample_of_format(m, a->rule->value->valuestring, name);
        cJSON *made = fitting(m, g, text);
        if (made)
            return made;
    }
    return NULL;
}

/* Texts that fit where plain words do not: for `not` and odd formats. */
static cJSON *odd_text(const struct maker *m, const struct goal *g)
{
    static const char *const odd[] = { "",  "0", "a",   "A",  "-", " ",  "1.5", "é",
                                       "#", "~", "a b", "\t", "{", "\\", "%" };
    for (size_t i = 0; i < COUNT(odd); i++) {
        const char *text = odd[(i + m->nth) % COUNT(odd)];
        cJSON *made = fitting(m, g, text);
        if (!made)
            made = fitting(m, g, fitted(m, g, text));
        if (made)
            return made;
    }
    return NULL;
}

cJSON *sample_text(struct maker *m, const struct goal *g, const char *name)
{
    if (g->length[0] > LIMIT_INSTANCE_BYTES || g->length[0] > g->length[1])
        return NULL;
    struct arena *a = m->s->arena;
    cJSON *made = from_format(m, g, name);
    const char *guessed = !made && name ? sample_of_name(m, name) : NULL;
    if (guessed && m->nth)
        guessed = arena_printf(a, "%s %u", guessed, m->nth);
    if (!made)
        made = fitting(m, g, guessed);
    if (!made)
        made = from_patterns(m, g);
    if (made)
        return made;
    const char *plain = sample_words(m);
    if (m->nth) {
        made = fitting(m, g, arena_printf(a, "%s %u", plain, m->nth));
        /* In front, where no maxLength cuts it off. */
        plain = arena_printf(a, "%u%s", m->nth, plain);
    }
    if (!made)
        made = fitting(m, g, fitted(m, g, plain));
    return made ? made : odd_text(m, g);
}
