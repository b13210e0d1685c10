#include "schema/format.h"

#include "doc/number.h"
#include "schema/format_rules.h"

#include <float.h>
#include <math.h>

#define EXACT_MOST 9007199254740991.0 /* 2^53 - 1 */
#define SF_INTEGER_MOST 999999999999999.0

static bool is_int64(const cJSON *n)
{
    return number_fits_bits(n, 64);
}

static bool is_uint64(const cJSON *n)
{
    char digits[] = "18446744073709551615";
    cJSON most = { .type = cJSON_Number, .valuestring = digits };
    return n->valuedouble >= 0 && number_is_integer(n) && number_compare(n, &most) <= 0;
}

static bool is_float(const cJSON *n)
{
    return fabs(n->valuedouble) <= (double)FLT_MAX;
}

static bool is_double(const cJSON *n)
{
    return isfinite(n->valuedouble);
}

/* At most twelve digits, and three behind the point. */
static bool is_sf_decimal(const cJSON *n)
{
    char digits[] = "0.001";
    cJSON step = { .type = cJSON_Number, .valuedouble = 0.001, .valuestring = digits };
    return fabs(n->valuedouble) < 1e12 && number_is_multiple(n, &step);
}

/* Judged for strings, for numbers, as a whole number from least to most (which a double
 * holds exactly), or, with none of these, only known. */
struct format {
    const char *name, *wanted, *example; /* of a text */
    bool (*text)(struct str text);       /* NUL-terminated */
    bool (*number)(const cJSON *n);
    double least, most;
};

#define SUCH_AS(what, example) what " such as " example, example

static const struct format formats[] = {
    /* JSON Schema 2020-12 (validation, 7.3), which has all of drafts 7 and 4. */
    { "uuid", SUCH_AS("a UUID", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
      .text = format_is_uuid },
    { "date-time", SUCH_AS("a date and time", "2026-01-31T12:00:00Z"),
      .text = format_is_date_time },
    { "date", SUCH_AS("a date", "2026-01-31"), .text = format_is_date },
    { "time", SUCH_AS("a time with its offset", "12:00:00Z"), .text = format_is_time },
    { "duration", "a duration such as P3D or PT15M", "PT15M",
      .text = format_is_duration },
    { "email", SUCH_AS("an email address", "ada@example.com"),
      .text = format_is_email },
    { "idn-email", SUCH_AS("an email address", "ada@bücher.example"),
      .text = format_is_idn_email },
    { "uri", SUCH_AS("a URI", "https://example.com/a"), .text = format_is_uri },
    { "uri-reference", SUCH_AS("a URI or a relative reference", "../a"),
      .text = format_is_uri_reference },
    { "iri", SUCH_AS("an IRI", "https://bücher.example/ä"), .text = format_is_iri },
    { "iri-reference", SUCH_AS("an IRI or a relative reference", "../ä"),
      .text = format_is_iri_reference },
    { "uri-template", SUCH_AS("a URI template", "/pets/{id}{?limit}"),
      .text = format_is_uri_template },
    { "hostname", SUCH_AS("a host name", "www.example.com"),
      .text = format_is_hostname },
    { "idn-hostname", SUCH_AS("a host name", "bücher.example"),
      .text = format_is_idn_hostname },
    { "ipv4", SUCH_AS("an IPv4 address", "192.0.2.1"), .text = format_is_ipv4 },
    { "ipv6", SUCH_AS("an IPv6 address", "2001:db8::1"), .text = format_is_ipv6 },
    { "json-pointer", SUCH_AS("a JSON pointer", "/pets/0"), .text = format_is_pointer },
    { "relative-json-pointer", SUCH_AS("a relative JSON pointer", "1/name"),
      .text = format_is_relative_pointer },
    { "regex", SUCH_AS("a regular expression of ECMA-262", "^[a-z]+$"),
      .text = format_is_regex },

    /* The OpenAPI format registry. */
    { "int32", "a whole number from -2147483648 to 2147483647", NULL,
      .least = -2147483648.0, .most = 2147483647.0 },
    { "int64", "a whole number that 64 bits can hold", NULL, .number = is_int64 },
    { "int8", "a whole number from -128 to 127", NULL, .least = -128, .most = 127 },
    { "int16", "a whole number from -32768 to 32767", NULL, .least = -32768,
      .most = 32767 },
    { "uint8", "a whole number from 0 to 255", NULL, .most = 255 },
    { "uint16", "a whole number from 0 to 65535", NULL, .most = 65535 },
    { "uint32", "a whole number from 0 to 4294967295", NULL, .most = 4294967295.0 },
    { "uint64", "a whole number from 0 to 18446744073709551615", NULL,
      .number = is_uint64 },
    { "double-int", "a whole number that a double holds exactly", NULL,
      .least = -EXACT_MOST, .most = EXACT_MOST },
    { "float", "a number that a float can hold", NULL, .number = is_float },
    { "single", "a number that a float can hold", NULL, .number = is_float },
    { "double", "a number that a double can hold", NULL, .number = is_double },
    { "decimal", SUCH_AS("a decimal number", "-12.50"), .text = format_is_decimal },
    { "decimal128", SUCH_AS("a decimal number", "-12.50"),
      .text = format_is_decimal128 },
    { "byte", SUCH_AS("base64 text", "aGVsbG8="), .text = format_is_base64 },
    { "base64url", SUCH_AS("base64url text", "_-8"), .text = format_is_base64url },
    { "char", "a single character", "x", .text = format_is_char },
    { "boolean", "the text true or false", "true", .text = format_is_boolean },
    { "date-time-local",
      SUCH_AS("a date and time without offset", "2026-01-31T12:00:00"),
      .text = format_is_date_time_local },
    { "time-local", SUCH_AS("a time without offset", "12:00:00"),
      .text = format_is_time_local },
    { "http-date", SUCH_AS("a date", "Sun, 06 Nov 1994 08:49:37 GMT"),
      .text = format_is_http_date },
    { "imf-fixdate", SUCH_AS("a date", "Sun, 06 Nov 1994 08:49:37 GMT"),
      .text = format_is_imf_fixdate },
    { "media-range", SUCH_AS("a media range", "text/*;q=0.5"),
      .text = format_is_media_range },
    { "sf-string", SUCH_AS("a quoted text", "\"a\""), .text = format_is_sf_string },
    { "sf-token", SUCH_AS("a token", "text/html"), .text = format_is_sf_token },
    { "sf-binary", SUCH_AS("base64 text between colons", ":aGVsbG8=:"),
      .text = format_is_sf_binary },
    { "sf-boolean", "the text ?0 or ?1", "?1", .text = format_is_sf_boolean },
    { "sf-integer", "a whole number of at most 15 digits", NULL,
      .least = -SF_INTEGER_MOST, .most = SF_INTEGER_MOST },
    { "sf-decimal", "a number below 1e12 with at most 3 decimals", NULL,
      .number = is_sf_decimal },

    /* Hints for whoever shows or stores the value, and names in wide use that no
     * grammar stands behind: known, so that nobody is warned of them. */
    { .name = "password", .wanted = "any text" },
    { .name = "binary", .wanted = "any bytes" },
    { .name = "html", .wanted = "any text" },
    { .name = "commonmark", .wanted = "any text" },
    { .name = "templated-url", .wanted = "any text" },
    { .name = "unix-time", .wanted = "any number" },
    { .name = "unixtime", .wanted = "any number" },
};

const struct format *format_of(const char *name)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

/* Past the digits that a double holds exactly, comparing doubles still tells right: no
 * bound is that large, and rounding keeps the order. */
static bool is_whole_between(const cJSON *n, double least, double most)
{
    double d = n->valuedouble;
    return d >= least && d <= most &&
           (n->valuestring ? number_is_integer(n) : d == floor(d));
}

bool format_check(const struct format *f, const cJSON *value)
{
    if (json_is_string(value))
        return !f->text || f->text(str(value->valuestring));
    if (!json_is_number(value))
        return true;
    if (f->number)
        return f->number(value);
    return f->least >= f->most || is_whole_between(value, f->least, f->most);
}

const char *format_wanted(const struct format *f)
{
    return f->wanted;
}

const char *format_example(const struct format *f)
{
    return f->example;
}
