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
    const char *name, *wanted;
    bool (*text)(struct str text); /* NUL-terminated */
    bool (*number)(const cJSON *n);
    double least, most;
};

static const struct format formats[] = {
    /* JSON Schema 2020-12 (validation, 7.3), which has all of drafts 7 and 4. */
    { "uuid", "a UUID such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
      .text = format_is_uuid },
    { "date-time", "a date and time such as 2026-01-31T12:00:00Z",
      .text = format_is_date_time },
    { "date", "a date such as 2026-01-31", .text = format_is_date },
    { "time", "a time with its offset such as 12:00:00Z", .text = format_is_time },
    { "duration", "a duration such as P3D or PT15M", .text = format_is_duration },
    { "email", "an email address such as ada@example.com", .text = format_is_email },
    { "idn-email", "an email address such as ada@bücher.example",
      .text = format_is_idn_email },
    { "uri", "a URI such as https://example.com/a", .text = format_is_uri },
    { "uri-reference", "a URI or a relative reference such as ../a",
      .text = format_is_uri_reference },
    { "iri", "an IRI such as https://bücher.example/ä", .text = format_is_iri },
    { "iri-reference", "an IRI or a relative reference such as ../ä",
      .text = format_is_iri_reference },
    { "uri-template", "a URI template such as /pets/{id}{?limit}",
      .text = format_is_uri_template },
    { "hostname", "a host name such as www.example.com", .text = format_is_hostname },
    { "idn-hostname", "a host name such as bücher.example",
      .text = format_is_idn_hostname },
    { "ipv4", "an IPv4 address such as 192.0.2.1", .text = format_is_ipv4 },
    { "ipv6", "an IPv6 address such as 2001:db8::1", .text = format_is_ipv6 },
    { "json-pointer", "a JSON pointer such as /pets/0", .text = format_is_pointer },
    { "relative-json-pointer", "a relative JSON pointer such as 1/name",
      .text = format_is_relative_pointer },
    { "regex", "a regular expression of ECMA-262 such as ^[a-z]+$",
      .text = format_is_regex },

    /* The OpenAPI format registry. */
    { "int32", "a whole number from -2147483648 to 2147483647", .least = -2147483648.0,
      .most = 2147483647.0 },
    { "int64", "a whole number that 64 bits can hold", .number = is_int64 },
    { "int8", "a whole number from -128 to 127", .least = -128, .most = 127 },
    { "int16", "a whole number from -32768 to 32767", .least = -32768, .most = 32767 },
    { "uint8", "a whole number from 0 to 255", .most = 255 },
    { "uint16", "a whole number from 0 to 65535", .most = 65535 },
    { "uint32", "a whole number from 0 to 4294967295", .most = 4294967295.0 },
    { "uint64", "a whole number from 0 to 18446744073709551615", .number = is_uint64 },
    { "double-int", "a whole number that a double holds exactly", .least = -EXACT_MOST,
      .most = EXACT_MOST },
    { "float", "a number that a float can hold", .number = is_float },
    { "single", "a number that a float can hold", .number = is_float },
    { "double", "a number that a double can hold", .number = is_double },
    { "decimal", "a decimal number such as -12.50", .text = format_is_decimal },
    { "decimal128", "a decimal number such as -12.50", .text = format_is_decimal128 },
    { "byte", "base64 text such as aGVsbG8=", .text = format_is_base64 },
    { "base64url", "base64url text such as _-8", .text = format_is_base64url },
    { "char", "a single character", .text = format_is_char },
    { "boolean", "the text true or false", .text = format_is_boolean },
    { "date-time-local", "a date and time without offset such as 2026-01-31T12:00:00",
      .text = format_is_date_time_local },
    { "time-local", "a time without offset such as 12:00:00",
      .text = format_is_time_local },
    { "http-date", "a date such as Sun, 06 Nov 1994 08:49:37 GMT",
      .text = format_is_http_date },
    { "imf-fixdate", "a date such as Sun, 06 Nov 1994 08:49:37 GMT",
      .text = format_is_imf_fixdate },
    { "media-range", "a media range such as text/*;q=0.5",
      .text = format_is_media_range },
    { "sf-string", "a quoted text such as \"a\"", .text = format_is_sf_string },
    { "sf-token", "a token such as text/html", .text = format_is_sf_token },
    { "sf-binary",
      "base64 text between colons such as :aGVsbG8=:", .text = format_is_sf_binary },
    { "sf-boolean", "the text ?0 or ?1", .text = format_is_sf_boolean },
    { "sf-integer", "a whole number of at most 15 digits", .least = -SF_INTEGER_MOST,
      .most = SF_INTEGER_MOST },
    { "sf-decimal", "a number below 1e12 with at most 3 decimals",
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
