#include "schema/sample_parts.h"

#include "base/clock.h"

static uint64_t draw(struct maker *m, uint64_t n)
{
    return chance_below(m->s->chance, n);
}

static const char *one_of(struct maker *m, const char *const *list, size_t count)
{
    return list[(draw(m, count) + m->nth) % count];
}

static const char *const people[] = { "ada",     "grace",  "alan",     "edsger",
                                      "barbara", "donald", "margaret", "dennis" };
static const char *const families[] = { "Lovelace", "Hopper", "Turing",   "Dijkstra",
                                        "Liskov",   "Knuth",  "Hamilton", "Ritchie" };
static const char *const words[] = { "amber", "birch", "cedar", "delta",
                                     "ember", "fjord", "grove", "harbor" };
static const char *const cities[] = { "Lisbon", "Bergen", "Kyoto",  "Quito",
                                      "Tartu",  "Porto",  "Galway", "Leiden" };
static const char *const streets[] = { "12 Mill Lane", "7 Harbour Street",
                                       "31 Orchard Road", "4 Station Square" };
static const char *const firms[] = { "Northwind Cycles", "Birch & Sons",
                                     "Fjord Robotics", "Amber Instruments" };

const char *sample_words(struct maker *m)
{
    const char *first = one_of(m, words, COUNT(words));
    return arena_printf(m->s->arena, "%s %s", first, one_of(m, words, COUNT(words)));
}

/* ---- when ---- */

static bool name_ends(const char *name, const char *with)
{
    struct str n = str(name), w = str(with);
    return n.len >= w.len && str_equal_nocase(str_from(n, n.len - w.len), w);
}

static bool name_has(const char *name, const char *part)
{
    size_t len = strlen(part);
    for (; strlen(name) >= len; name++)
        if (str_equal_nocase((struct str){ name, len }, str(part)))
            return true;
    return false;
}

/* In which order things usually happen, in days from the first. */
static unsigned days_after(const char *name)
{
    static const struct {
        const char *part;
        unsigned days;
    } orders[] = {
        { "birth", 0 }, { "creat", 1 },   { "open", 1 },  { "start", 2 },
        { "begin", 2 }, { "from", 2 },    { "updat", 4 }, { "modif", 4 },
        { "chang", 4 }, { "edit", 4 },    { "last", 5 },  { "finish", 6 },
        { "end", 6 },   { "complet", 6 }, { "clos", 6 },  { "resolv", 6 },
        { "due", 7 },   { "delet", 8 },   { "remov", 8 }, { "archiv", 8 },
        { "until", 9 }, { "expir", 30 },
    };
    for (size_t i = 0; name && i < COUNT(orders); i++)
        if (name_has(name, orders[i].part))
            return orders[i].days;
    return 3;
}

static uint64_t second_of(struct maker *m, const char *name)
{
    const uint64_t day = (uint64_t)24 * 3600;
    return m->moment + days_after(name) * day + draw(m, day / 2) + m->nth * day;
}

static const char *moment(struct maker *m, const char *name)
{
    char text[CLOCK_TEXT];
    clock_write((clock_ms)second_of(m, name) * 1000, 0, "Z", text);
    return arena_copy(m->s->arena, str(text));
}

bool sample_range_of_name(const struct maker *m, const char *name, double *low,
                          double *high)
{
    static const struct {
        const char *end;
        double low, high;
    } ranges[] = {
        { "latitude", -60, 70 }, { "lat", -60, 70 },       { "longitude", -170, 170 },
        { "lng", -170, 170 },    { "year", 2000, 2029 },   { "age", 18, 80 },
        { "percent", 0, 100 },   { "percentage", 0, 100 }, { "port", 1024, 49151 },
        { "quantity", 1, 20 },   { "rating", 1, 5 },       { "month", 1, 12 },
        { "price", 5, 500 },
    };
    static const char *const times[] = { "created",   "updated", "_at",
                                         "timestamp", "expires", "expiration" };
    for (size_t i = 0; i < COUNT(ranges); i++)
        if (name_ends(name, ranges[i].end)) {
            *low = ranges[i].low;
            *high = ranges[i].high;
            return true;
        }
    for (size_t i = 0; i < COUNT(times); i++)
        if (name_ends(name, times[i])) {
            *low = (double)(m->moment + days_after(name) * 24 * 3600);
            *high = *low + 12 * 3600;
            return true;
        }
    return false;
}

/* ---- formats ---- */

static const char *drawn(struct maker *m, const char *format, const char *name)
{
    if (strcmp(format, "uuid") == 0) {
        char text[37];
        chance_uuid(m->s->chance, text);
        return arena_copy(m->s->arena, str(text));
    }
    if (strcmp(format, "date-time") == 0)
        return moment(m, name);
    if (strcmp(format, "date") == 0)
        return arena_copy(m->s->arena, (struct str){ moment(m, name), 10 });
    return strcmp(format, "time") == 0 ? moment(m, name) + 11 : NULL;
}

/* Puts a number for each #, a word for each * and a person for each ?. */
static const char *filled(struct maker *m, const char *text)
{
    struct buffer b = buffer_in(m->s->arena, 256);
    unsigned n = (unsigned)(draw(m, 250) + m->nth) % 250 + 1;
    for (; *text; text++)
        if (*text == '#')
            buffer_printf(&b, "%u", n);
        else if (*text == '*')
            buffer_add_text(&b, words[n % COUNT(words)]);
        else if (*text == '?')
            buffer_add_text(&b, people[n % COUNT(people)]);
        else
            buffer_add_char(&b, *text);
    return buffer_str(&b).ptr;
}

const char *sample_of_format(struct maker *m, const char *format, const char *name)
{
    static const struct {
        const char *format, *text;
    } formats[] = {
        { "duration", "P#D" },
        { "uri-reference", "/*/#" },
        { "uri", "https://example.com/*/#" },
        { "url", "https://example.com/*/#" },
        { "iri", "https://example.com/*/#" },
        { "iri-reference", "/*/#" },
        { "uri-template", "/*/{id}" },
        { "hostname", "host#.example.com" },
        { "idn-hostname", "host#.example.com" },
        { "ipv4", "192.0.2.#" },
        { "ipv6", "2001:db8::#" },
        { "byte", "aGVsbG8=" },
        { "base64url", "aGVsbG8" },
        { "json-pointer", "/items/#" },
        { "relative-json-pointer", "#/name" },
        { "regex", "^[a-z]+$" },
        { "email", "?#@example.com" },
        { "idn-email", "?#@example.com" },
        { "char", "a" },
        { "media-range", "text/plain" },
        { "http-date", "Fri, 31 Jan 2025 12:00:00 GMT" },
        { "sf-string", "\"*\"" },
        { "sf-binary", ":aGVsbG8=:" },
        { "sf-boolean", "1" },
        { "decimal", "#.5" },
        { "decimal128", "#.5" },
        { "html", "<p>*</p>" },
    };
    for (size_t i = 0; i < COUNT(formats); i++)
        if (strcmp(formats[i].format, format) == 0)
            return filled(m, formats[i].text);
    const char *text = drawn(m, format, name);
    const struct format *known = text ? NULL : format_of(format);
    return known ? format_example(known) : text;
}

/* ---- names ---- */

const char *sample_of_name(struct maker *m, const char *name)
{
    static const struct {
        const char *end, *format;
    } formats[] = {
        { "email", "email" },       { "uuid", "uuid" },
        { "_at", "date-time" },     { "date", "date" },
        { "url", "uri" },           { "uri", "uri" },
        { "href", "uri" },          { "host", "hostname" },
        { "hostname", "hostname" }, { "timestamp", "date-time" },
        { "ip", "ipv4" },           { "ip_address", "ipv4" },
    };
    static const struct {
        const char *end;
        const char *const *list;
        size_t count;
    } lists[] = {
        { "city", cities, COUNT(cities) },
        { "street", streets, COUNT(streets) },
        { "address", streets, COUNT(streets) },
        { "line1", streets, COUNT(streets) },
        { "company", firms, COUNT(firms) },
        { "organization", firms, COUNT(firms) },
        { "last_name", families, COUNT(families) },
        { "lastname", families, COUNT(families) },
        { "family_name", families, COUNT(families) },
        { "surname", families, COUNT(families) },
    };
    static const struct {
        const char *end, *text;
    } fixed[] = { { "country", "PT" },
                  { "currency", "EUR" },
                  { "language", "en" },
                  { "locale", "en-GB" },
                  { "timezone", "Europe/Lisbon" },
                  { "time_zone", "Europe/Lisbon" },
                  { "version", "1.4.2" } };
    struct arena *a = m->s->arena;
    for (size_t i = 0; i < COUNT(lists); i++)
        if (name_ends(name, lists[i].end))
            return one_of(m, lists[i].list, lists[i].count);
    for (size_t i = 0; i < COUNT(fixed); i++)
        if (name_ends(name, fixed[i].end))
            return fixed[i].text;
    for (size_t i = 0; i < COUNT(formats); i++)
        if (name_ends(name, formats[i].end))
            return sample_of_format(m, formats[i].format, name);
    if (name_ends(name, "phone"))
        return arena_printf(a, "+1555010%04u", (unsigned)draw(m, 10000));
    if (name_ends(name, "description")) {
        const char *first = one_of(m, words, COUNT(words));
        return arena_printf(a, "About %s and %s", first,
                            one_of(m, words, COUNT(words)));
    }
    if (name_ends(name, "title"))
        return arena_printf(a, "The %s", one_of(m, words, COUNT(words)));
    if (name_ends(name, "name"))
        return one_of(m, people, COUNT(people));
    if (name_ends(name, "id")) {
        const char *word = one_of(m, words, COUNT(words));
        return arena_printf(a, "%s-%u", word, (unsigned)draw(m, 9000) + 1000);
    }
    return NULL;
}
