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

/* The end of a name, with its length: most names end in nothing that is known. */
#define END(literal)                    \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }

static bool ends(struct str name, struct str with)
{
    return name.len >= with.len &&
           (name.ptr[name.len - 1] | 0x20) == with.ptr[with.len - 1] &&
           str_equal_nocase(str_from(name, name.len - with.len), with);
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
        struct str end;
        double low, high;
    } ranges[] = {
        { END("latitude"), -60, 70 },    { END("lat"), -60, 70 },
        { END("longitude"), -170, 170 }, { END("lng"), -170, 170 },
        { END("year"), 2000, 2029 },     { END("age"), 18, 80 },
        { END("percent"), 0, 100 },      { END("percentage"), 0, 100 },
        { END("port"), 1024, 49151 },    { END("quantity"), 1, 20 },
        { END("rating"), 1, 5 },         { END("month"), 1, 12 },
        { END("price"), 5, 500 },
    };
    static const struct str times[] = { END("created"), END("updated"),
                                        END("_at"),     END("timestamp"),
                                        END("expires"), END("expiration") };
    struct str n = str(name);
    for (size_t i = 0; n.len && i < COUNT(ranges); i++)
        if (ends(n, ranges[i].end)) {
            *low = ranges[i].low;
            *high = ranges[i].high;
            return true;
        }
    for (size_t i = 0; n.len && i < COUNT(times); i++)
        if (ends(n, times[i])) {
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

/* Puts a number for each #, a word for each *, a person for each ? (as in an address)
 * and for "! %" (as people write it). */
static const char *filled(struct maker *m, const char *text)
{
    struct buffer b = buffer_in(m->s->arena, 256);
    unsigned n = (unsigned)(draw(m, 250) + m->nth) % 250 + 1;
    for (; *text; text++) {
        const char *person = people[n % COUNT(people)];
        if (*text == '#')
            buffer_printf(&b, "%u", n);
        else if (*text == '*')
            buffer_add_text(&b, one_of(m, words, COUNT(words)));
        else if (*text == '?')
            buffer_add_text(&b, person);
        else if (*text == '!')
            buffer_printf(&b, "%c%s", person[0] - 0x20, person + 1);
        else if (*text == '%')
            buffer_add_text(&b, families[n % COUNT(people)]);
        else
            buffer_add_char(&b, *text);
    }
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

/* What a member whose name ends so holds; the first that fits decides. */
static const struct named {
    struct str end;
    enum { FORMAT, TEXT, LIST } how;
    const char *text; /* a format, or a text to be filled */
    const char *const *list;
    size_t count;
} named[] = {
    { END("city"), LIST, NULL, cities, COUNT(cities) },
    { END("street"), LIST, NULL, streets, COUNT(streets) },
    { END("ip_address"), FORMAT, "ipv4", NULL, 0 },
    { END("address"), LIST, NULL, streets, COUNT(streets) },
    { END("line1"), LIST, NULL, streets, COUNT(streets) },
    { END("company"), LIST, NULL, firms, COUNT(firms) },
    { END("organization"), LIST, NULL, firms, COUNT(firms) },
    { END("last_name"), LIST, NULL, families, COUNT(families) },
    { END("lastname"), LIST, NULL, families, COUNT(families) },
    { END("family_name"), LIST, NULL, families, COUNT(families) },
    { END("surname"), LIST, NULL, families, COUNT(families) },
    { END("country"), TEXT, "PT", NULL, 0 },
    { END("currency"), TEXT, "EUR", NULL, 0 },
    { END("language"), TEXT, "en", NULL, 0 },
    { END("locale"), TEXT, "en-GB", NULL, 0 },
    { END("timezone"), TEXT, "Europe/Lisbon", NULL, 0 },
    { END("time_zone"), TEXT, "Europe/Lisbon", NULL, 0 },
    { END("version"), TEXT, "1.4.#", NULL, 0 },
    { END("phone"), TEXT, "+15550100#", NULL, 0 },
    { END("description"), TEXT, "About *, number #", NULL, 0 },
    { END("title"), TEXT, "The *", NULL, 0 },
    { END("full_name"), TEXT, "! %", NULL, 0 },
    { END("name"), LIST, NULL, people, COUNT(people) },
    { END("uuid"), FORMAT, "uuid", NULL, 0 },
    { END("id"), TEXT, "*-1#", NULL, 0 },
    { END("email"), FORMAT, "email", NULL, 0 },
    { END("_at"), FORMAT, "date-time", NULL, 0 },
    { END("date"), FORMAT, "date", NULL, 0 },
    { END("timestamp"), FORMAT, "date-time", NULL, 0 },
    { END("url"), FORMAT, "uri", NULL, 0 },
    { END("uri"), FORMAT, "uri", NULL, 0 },
    { END("href"), FORMAT, "uri", NULL, 0 },
    { END("host"), FORMAT, "hostname", NULL, 0 },
    { END("hostname"), FORMAT, "hostname", NULL, 0 },
    { END("ip"), FORMAT, "ipv4", NULL, 0 },
};

const char *sample_of_name(struct maker *m, const char *name)
{
    struct str n = str(name);
    for (size_t i = 0; n.len && i < COUNT(named); i++) {
        if (!ends(n, named[i].end))
            continue;
        switch (named[i].how) {
        case FORMAT:
            return sample_of_format(m, named[i].text, name);
        case TEXT:
            return filled(m, named[i].text);
        case LIST:
            return one_of(m, named[i].list, named[i].count);
        }
    }
    return NULL;
}
