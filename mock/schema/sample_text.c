#include "schema/sample_parts.h"

#include "base/clock.h"
#include "base/limits.h"
#include "schema/format.h"

#include <stdio.h>

static uint64_t draw(struct maker *m, uint64_t n)
{
    return chance_below(m->s->chance, n);
}

static const char *one_of(struct maker *m, const char *const *words, size_t count)
{
    return words[(draw(m, count) + m->nth) % count];
}

static const char *const people[] = { "ada",     "grace",  "alan",     "edsger",
                                      "barbara", "donald", "margaret", "dennis" };
static const char *const words[] = { "amber", "birch", "cedar", "delta",
                                     "ember", "fjord", "grove", "harbor" };
static const char *const cities[] = { "Lisbon", "Bergen", "Kyoto",  "Quito",
                                      "Tartu",  "Porto",  "Galway", "Leiden" };

/* A moment from 2020 to 2029: of chance, not of the clock. */
static const char *moment(struct maker *m)
{
    const clock_ms first = 1577836800000, ten_years = (clock_ms)3652 * 24 * 3600 * 1000;
    char text[CLOCK_TEXT];
    clock_ms at = first + (clock_ms)draw(m, (uint64_t)ten_years / 1000) * 1000;
    clock_write(at, 0, "Z", text);
    return arena_copy(m->s->arena, str(text));
}

const char *sample_of_format(struct maker *m, const char *format)
{
    struct arena *a = m->s->arena;
    unsigned n = (unsigned)draw(m, 250) + 1;
    const struct {
        const char *format, *text;
    } plain[] = {
        { "duration", arena_printf(a, "P%uD", n) },
        { "uri-reference", arena_printf(a, "/%s/%u", words[n % COUNT(words)], n) },
        { "uri",
          arena_printf(a, "https://example.com/%s/%u", words[n % COUNT(words)], n) },
        { "hostname", arena_printf(a, "host%u.example.com", n) },
        { "ipv4", arena_printf(a, "192.0.2.%u", n) },
        { "ipv6", arena_printf(a, "2001:db8::%x", n) },
        { "byte", "aGVsbG8=" },
        { "json-pointer", arena_printf(a, "/items/%u", n) },
        { "relative-json-pointer", arena_printf(a, "%u/name", n) },
        { "regex", "^[a-z]+$" },
        { "email", arena_printf(a, "%s%u@example.com", people[n % COUNT(people)], n) },
    };
    for (size_t i = 0; i < COUNT(plain); i++)
        if (strcmp(plain[i].format, format) == 0)
            return plain[i].text;
    if (strcmp(format, "uuid") == 0) {
        char text[37];
        chance_uuid(m->s->chance, text);
        return arena_copy(a, str(text));
    }
    const char *at = moment(m);
    if (strcmp(format, "date-time") == 0)
        return at;
    if (strcmp(format, "date") == 0)
        return arena_copy(a, (struct str){ at, 10 });
    if (strcmp(format, "time") == 0)
        return at + 11;
    const struct format *known = format_of(format);
    return known ? format_example(known) : NULL;
}

static bool name_ends(const char *name, const char *with)
{
    struct str n = str(name), w = str(with);
    return n.len >= w.len && str_equal_nocase(str_from(n, n.len - w.len), w);
}

/* What a member of that name usually holds; NULL when the name says nothing. */
static const char *guess(struct maker *m, const char *name)
{
    static const struct {
        const char *end, *format;
    } formats[] = {
        { "email", "email" },       { "uuid", "uuid" },
        { "_at", "date-time" },     { "date", "date" },
        { "url", "uri" },           { "uri", "uri" },
        { "href", "uri" },          { "host", "hostname" },
        { "hostname", "hostname" }, { "timestamp", "date-time" },
    };
    struct arena *a = m->s->arena;
    if (name_ends(name, "city"))
        return one_of(m, cities, COUNT(cities));
    if (name_ends(name, "phone"))
        return arena_printf(a, "+1555010%04u", (unsigned)draw(m, 10000));
    if (name_ends(name, "description"))
        return arena_printf(a, "About %s and %s", one_of(m, words, COUNT(words)),
                            one_of(m, words, COUNT(words)));
    if (name_ends(name, "title"))
        return arena_printf(a, "The %s", one_of(m, words, COUNT(words)));
    if (name_ends(name, "name"))
        return one_of(m, people, COUNT(people));
    if (name_ends(name, "country"))
        return "PT";
    if (name_ends(name, "currency"))
        return "EUR";
    if (name_ends(name, "id"))
        return arena_printf(a, "%s-%u", words[draw(m, COUNT(words))],
                            (unsigned)draw(m, 9000) + 1000);
    for (size_t i = 0; i < COUNT(formats); i++)
        if (name_ends(name, formats[i].end))
            return sample_of_format(m, formats[i].format);
    return NULL;
}

static size_t count_of(const cJSON *flat, const char *name, size_t otherwise)
{
    const cJSON *n = json_member(flat, name);
    if (!json_is_number(n) || n->valuedouble < 0)
        return otherwise;
    return n->valuedouble > (double)LIMIT_INSTANCE_BYTES ? LIMIT_INSTANCE_BYTES
                                                         : (size_t)n->valuedouble;
}

/* text made as long or as short as the schema wants it; text is ASCII. */
static cJSON *fitted(struct maker *m, const cJSON *flat, const char *text)
{
    size_t least = count_of(flat, "minLength", 0);
    size_t most = count_of(flat, "maxLength", SIZE_MAX);
    struct buffer b = buffer_in(m->s->arena, LIMIT_INSTANCE_BYTES + 64);
    buffer_add_text(&b, text);
    while (b.len < least && !b.full)
        buffer_add_char(&b, (char)('a' + (b.len + m->nth) % 26));
    struct str all = buffer_str(&b);
    if (all.len > most)
        all.len = most;
    return json_string(m->s->arena, all);
}

static cJSON *from_pattern(struct maker *m, const cJSON *flat)
{
    const char *pattern = json_member_text(flat, "pattern");
    size_t least = count_of(flat, "minLength", 0);
    unsigned more = 1 + m->nth % 4;
    for (int i = 0; pattern && i < 14; i++) {
        /* One more each time; twice as many while the text must be long. */
        const char *text = sample_of_pattern(m, pattern, i == 1 ? 0 : more);
        if (text) {
            cJSON *made = json_string(m->s->arena, str(text));
            if (sample_fits(m, flat, made))
                return made;
        }
        more = least > more ? more * 2 : (unsigned)least + (unsigned)i / 2;
    }
    return NULL;
}

static cJSON *fitting(struct maker *m, const cJSON *flat, const char *text)
{
    cJSON *made = text ? json_string(m->s->arena, str(text)) : NULL;
    return made && sample_fits(m, flat, made) ? made : NULL;
}

cJSON *sample_text(struct maker *m, const cJSON *flat, const char *name)
{
    const char *format = json_member_text(flat, "format");
    const char *guessed = name ? guess(m, name) : NULL;
    const char *plain =
        arena_printf(m->s->arena, "%s %s", one_of(m, words, COUNT(words)),
                     one_of(m, words, COUNT(words)));
    cJSON *made = fitting(m, flat, format ? sample_of_format(m, format) : NULL);
    if (!made && guessed) {
        if (m->nth)
            guessed = arena_printf(m->s->arena, "%s %u", guessed, m->nth);
        made = fitting(m, flat, guessed);
    }
    if (!made)
        made = from_pattern(m, flat);
    if (!made && m->nth)
        made = fitting(m, flat, arena_printf(m->s->arena, "%s %u", plain, m->nth));
    if (!made && m->nth) /* in front, where no maxLength cuts it off */
        plain = arena_printf(m->s->arena, "%u%s", m->nth, plain);
    return made ? made : fitted(m, flat, plain);
}
