#include "api/prefer.h"

#include "api/param.h"

#include <errno.h>
#include <stdlib.h>

enum wish { WISH_CODE, WISH_EXAMPLE, WISH_DYNAMIC, WISH_SEED, WISH_RETURN, WISH_COUNT };

static const char *const twins[WISH_COUNT] = { "__code", "__example", "__dynamic",
                                               "__seed", "__return" };

bool prefer_is_twin(struct str name)
{
    for (size_t i = 0; i < WISH_COUNT; i++)
        if (str_is(name, twins[i]))
            return true;
    return false;
}

/* The bytes up to one of the stops that stands outside a quoted string; *rest goes on
 * behind it. */
static struct str until(struct str *rest, const char *stops)
{
    struct str part = { rest->ptr, 0 };
    bool quoted = false;
    while (part.len < rest->len) {
        char c = part.ptr[part.len];
        if (c == '"')
            quoted = !quoted;
        else if (quoted && c == '\\' && part.len + 1 < rest->len)
            part.len++;
        else if (!quoted && c && strchr(stops, c))
            break;
        part.len++;
    }
    *rest =
        part.len < rest->len ? str_from(*rest, part.len + 1) : (struct str){ NULL, 0 };
    return part;
}

/* A word: a token as it stands, a quoted string without its quotes and backslashes. */
static struct str word(struct str text, struct arena *arena)
{
    text = str_trim(text);
    if (text.len < 2 || text.ptr[0] != '"' || text.ptr[text.len - 1] != '"')
        return text;
    text = (struct str){ text.ptr + 1, text.len - 2 };
    if (!memchr(text.ptr, '\\', text.len))
        return text;
    char *plain = arena_take(arena, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len)
            i++;
        plain[n++] = text.ptr[i];
    }
    return (struct str){ plain, n };
}

/* One field: "code=404, dynamic=true". What stands behind a ';' is a parameter of a
 * preference, and some clients write all their preferences so. */
static void read_field(struct str rest, struct arena *arena, struct str *wishes)
{
    while (rest.ptr && rest.len) {
        struct str value = until(&rest, ",;"), name;
        str_split(&value, '=', &name);
        name = str_trim(name);
        value = value.ptr ? word(value, arena) : STR("");
        for (size_t i = 0; i < WISH_COUNT; i++)
            /* No value and an empty one are the same (RFC 7240, 2). */
            if (str_equal_nocase(name, str(twins[i] + 2)) && !wishes[i].ptr)
                wishes[i] = value.len ? value : STR("");
            else if (i == WISH_RETURN && str_equal_nocase(name, STR("return")) &&
                     !str_equal_nocase(wishes[i], value))
                wishes[i] = STR("");
    }
}

static bool read_truth(struct str text, bool *truth)
{
    *truth = !text.len || str_equal_nocase(text, STR("true"));
    return *truth || str_equal_nocase(text, STR("false"));
}

static bool read_number(struct str text, struct arena *arena, uint64_t *number)
{
    const char *digits = arena_copy(arena, text);
    if (!text.len || strspn(digits, "0123456789") != text.len)
        return false;
    errno = 0;
    *number = strtoull(digits, NULL, 10);
    return !errno;
}

static const char *shown(struct str value, struct arena *arena)
{
    return arena_printf(arena, "\"%.*s\"", (int)(value.len < 100 ? value.len : 100),
                        value.ptr);
}

/* Most queries are let go by without decoding their names. */
static bool may_hold_twins(struct str query)
{
    for (size_t i = 0; i + 1 < query.len; i++)
        if (query.ptr[i] == '_' && query.ptr[i + 1] == '_')
            return true;
    return false;
}

static enum preferred_return return_of(struct str text)
{
    return str_equal_nocase(text, STR("minimal"))          ? RETURN_MINIMAL
           : str_equal_nocase(text, STR("representation")) ? RETURN_REPRESENTATION
                                                           : RETURN_ANY;
}

bool prefer_read(const struct request *r, struct arena *arena, struct preference *p)
{
    struct str wishes[WISH_COUNT] = { { NULL, 0 } };
    *p = (struct preference){ .wrong = NULL };
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal_nocase(r->headers[i].name, STR("Prefer")))
            read_field(r->headers[i].value, arena, wishes);
    for (size_t i = 0; i < WISH_COUNT; i++)
        if (!wishes[i].ptr && may_hold_twins(r->query))
            wishes[i] = request_value(r, PARAM_QUERY, twins[i], arena);
    p->code = wishes[WISH_CODE];
    p->returns = return_of(wishes[WISH_RETURN]);
    if (wishes[WISH_EXAMPLE].len)
        p->example = wishes[WISH_EXAMPLE];
    if (wishes[WISH_DYNAMIC].ptr && !read_truth(wishes[WISH_DYNAMIC], &p->dynamic))
        p->wrong =
            arena_printf(arena, "expected dynamic=true or dynamic=false, found %s",
                         shown(wishes[WISH_DYNAMIC], arena));
    if (wishes[WISH_SEED].ptr) {
        p->has_seed = read_number(wishes[WISH_SEED], arena, &p->seed);
        if (!p->has_seed)
            p->wrong =
                arena_printf(arena, "expected seed to be a whole number, found %s",
                             shown(wishes[WISH_SEED], arena));
        /* A seed asks for a draw, so for a made answer. */
        if (!wishes[WISH_DYNAMIC].ptr && !p->example.ptr)
            p->dynamic = true;
    }
    return p->code.ptr || p->example.ptr || p->dynamic || p->has_seed || p->wrong;
}

static bool is_token(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && !(c && strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return text.len > 0;
}

static void add_quoted(struct buffer *b, struct str text)
{
    buffer_add_char(b, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            buffer_add_char(b, '\\');
        buffer_add_char(b, c < ' ' || c > '~' ? '?' : (char)c);
    }
    buffer_add_char(b, '"');
}

struct str prefer_applied(const struct preference *p, int status, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    if (p->code.ptr)
        buffer_printf(&b, ", code=%d", status);
    if (p->example.ptr) {
        buffer_add_text(&b, ", example=");
        if (is_token(p->example))
            buffer_add(&b, p->example);
        else
            add_quoted(&b, p->example);
    }
    if (p->dynamic)
        buffer_add_text(&b, ", dynamic=true");
    if (p->has_seed)
        buffer_printf(&b, ", seed=%llu", (unsigned long long)p->seed);
    return str_from(buffer_str(&b), 2);
}
