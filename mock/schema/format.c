#include "schema/format.h"

#include "doc/number.h"
#include "doc/pointer.h"
#include "schema/ecma.h"
#include "schema/format_rules.h"

#include <math.h>

/* More than a pattern of the longest text that ecma.h takes can need. */
#define SCRATCH_MEMORY ((size_t)64 * 1024 * 1024)

static bool hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_uuid(struct str s)
{
    if (s.len != 36)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.ptr[i] != '-' : !hex(s.ptr[i]))
            return false;
    }
    return true;
}

/* RFC 4648, 4. What is left of the last bits may be anything: 3.5 lets us. */
static bool is_base64(struct str s)
{
    size_t end = s.len;
    if (s.len % 4)
        return false;
    while (end && s.len - end < 2 && s.ptr[end - 1] == '=')
        end--;
    for (size_t i = 0; i < end; i++) {
        char c = s.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
            !(c >= '0' && c <= '9') && c != '+' && c != '/')
            return false;
    }
    return true;
}

static bool is_pointer(struct str s)
{
    return pointer_valid(s.ptr);
}

static bool take_count(struct str *s)
{
    size_t n = 0;
    while (n < s->len && s->ptr[n] >= '0' && s->ptr[n] <= '9')
        n++;
    bool ok = n == 1 || (n > 1 && s->ptr[0] != '0');
    *s = str_from(*s, n);
    return ok;
}

static bool is_relative_pointer(struct str s)
{
    if (!take_count(&s))
        return false;
    if (s.len && (s.ptr[0] == '+' || s.ptr[0] == '-')) {
        s = str_from(s, 1);
        if (str_starts(s, STR("0")) || !take_count(&s))
            return false;
    }
    return str_is(s, "#") || pointer_valid(s.ptr);
}

/* Not pattern_compile: what PCRE2 cannot do (a lookbehind of any length) is a pattern
 * of ECMA-262 all the same. */
static bool is_regex(struct str s)
{
    struct arena *scratch = arena_new(SCRATCH_MEMORY);
    bool ok = !ecma_translate(s.ptr, scratch).why;
    arena_free(scratch);
    return ok;
}

static bool is_anything(struct str s)
{
    (void)s;
    return true;
}

static bool is_int32(const cJSON *n)
{
    return number_fits_bits(n, 32);
}

static bool is_int64(const cJSON *n)
{
    return number_fits_bits(n, 64);
}

static bool is_finite(const cJSON *n)
{
    return isfinite(n->valuedouble);
}

/* Each is judged for strings or for numbers; the other function is NULL. */
struct format {
    const char *name, *wanted;
    bool (*text)(struct str text); /* NUL-terminated */
    bool (*number)(const cJSON *n);
};

static const struct format formats[] = {
    { "uuid", "a UUID such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301", is_uuid, NULL },
    { "date-time", "a date and time such as 2026-01-31T12:00:00Z", format_is_date_time,
      NULL },
    { "date", "a date such as 2026-01-31", format_is_date, NULL },
    { "time", "a time with its offset such as 12:00:00Z", format_is_time, NULL },
    { "duration", "a duration such as P3D or PT15M", format_is_duration, NULL },
    { "email", "an email address such as ada@example.com", format_is_email, NULL },
    { "uri", "a URI such as https://example.com/a", format_is_uri, NULL },
    { "uri-reference", "a URI or a relative reference such as ../a",
      format_is_uri_reference, NULL },
    { "hostname", "a host name such as www.example.com", format_is_hostname, NULL },
    { "ipv4", "an IPv4 address such as 192.0.2.1", format_is_ipv4, NULL },
    { "ipv6", "an IPv6 address such as 2001:db8::1", format_is_ipv6, NULL },
    { "int32", "a whole number from -2147483648 to 2147483647", NULL, is_int32 },
    { "int64", "a whole number that 64 bits can hold", NULL, is_int64 },
    { "float", "a number that is not too large", NULL, is_finite },
    { "double", "a number that is not too large", NULL, is_finite },
    { "byte", "base64 text such as aGVsbG8=", is_base64, NULL },
    { "json-pointer", "a JSON pointer such as /pets/0", is_pointer, NULL },
    { "relative-json-pointer", "a relative JSON pointer such as 1/name",
      is_relative_pointer, NULL },
    { "regex", "a regular expression of ECMA-262 such as ^[a-z]+$", is_regex, NULL },
    /* Hints for whoever shows the value; known, so that nobody is warned of them. */
    { "password", "any text", is_anything, NULL },
    { "binary", "any bytes", is_anything, NULL },
};

const struct format *format_of(const char *name)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

bool format_check(const struct format *f, const cJSON *value)
{
    if (f->text && json_is_string(value))
        return f->text(str(value->valuestring));
    if (f->number && json_is_number(value))
        return f->number(value);
    return true;
}

const char *format_wanted(const struct format *f)
{
    return f->wanted;
}
