#include "api/media.h"

/* "application/json; charset=utf-8" → "application/json". */
static struct str essence(struct str type)
{
    struct str part;
    str_split(&type, ';', &part);
    return str_trim(part);
}

static bool ends(struct str s, struct str with)
{
    return s.len > with.len && str_equal_nocase(str_from(s, s.len - with.len), with);
}

bool media_is_json(struct str type)
{
    struct str e = essence(type);
    return str_equal_nocase(e, STR("application/json")) || ends(e, STR("+json")) ||
           str_equal_nocase(e, STR("text/json"));
}

/* ---- reading ---- */

/* RFC 9110, 5.6.2. */
static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= ' ' || c >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", c))
            return false;
    }
    return s.len > 0;
}

static struct str unescaped(struct str quoted, struct arena *arena)
{
    char *to = arena_take_raw(arena, quoted.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < quoted.len; i++) {
        if (quoted.ptr[i] == '\\' && i + 1 < quoted.len)
            i++;
        to[n++] = quoted.ptr[i];
    }
    to[n] = '\0';
    return (struct str){ to, n };
}

/* Takes a quoted string or a token off *rest. */
static bool take_value(struct str *rest, struct arena *arena, struct str *value)
{
    if (!rest->len || *rest->ptr != '"') {
        size_t n = 0;
        while (n < rest->len && rest->ptr[n] != ';')
            n++;
        *value = str_trim((struct str){ rest->ptr, n });
        *rest = str_from(*rest, n);
        return is_token(*value);
    }
    size_t end = 1;
    bool escapes = false;
    while (end < rest->len && rest->ptr[end] != '"') {
        bool escape = rest->ptr[end] == '\\';
        escapes = escapes || escape;
        end += escape ? 2 : 1;
    }
    if (end >= rest->len)
        return false;
    *value = (struct str){ rest->ptr + 1, end - 1 };
    *rest = str_from(*rest, end + 1);
    if (escapes)
        *value = unescaped(*value, arena);
    return true;
}

static void read_parameters(struct str rest, struct arena *arena, struct media_type *m)
{
    while (rest.len && m->count < MEDIA_PARAMETERS) {
        struct str skipped, name, value;
        str_split(&rest, ';', &skipped);
        if (str_trim(skipped).len || !rest.ptr)
            return;
        rest = str_trim(rest);
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != '=' && rest.ptr[n] != ';')
            n++;
        name = str_trim((struct str){ rest.ptr, n });
        if (!name.len && n < rest.len && rest.ptr[n] == ';')
            continue; /* ";;" */
        if (!is_token(name) || n == rest.len || rest.ptr[n] == ';')
            return;
        rest = str_trim(str_from(rest, n + 1));
        if (!take_value(&rest, arena, &value))
            return;
        m->parameters[m->count].name = name;
        m->parameters[m->count++].value = value;
    }
}

bool media_type_read(struct str text, struct arena *arena, struct media_type *m)
{
    struct str e = essence(text);
    *m = (struct media_type){ .count = 0 };
    m->subtype = e;
    str_split(&m->subtype, '/', &m->type);
    if (!m->subtype.ptr || !is_token(m->type) || !is_token(m->subtype))
        return false;
    const char *semicolon = memchr(text.ptr, ';', text.len);
    if (semicolon)
        read_parameters(str_from(text, (size_t)(semicolon - text.ptr)), arena, m);
    return true;
}

struct str media_type_parameter(const struct media_type *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (str_equal_nocase(m->parameters[i].name, str(name)))
            return m->parameters[i].value;
    return (struct str){ NULL, 0 };
}

bool media_type_is_range(const struct media_type *m)
{
    return str_is(m->subtype, "*");
}

/* ---- matching ---- */

/* They say how the bytes are to be read, or how much a type is liked, not which one it
 * is. */
static bool says_nothing(struct str name)
{
    return str_equal_nocase(name, STR("charset")) ||
           str_equal_nocase(name, STR("boundary")) || str_equal_nocase(name, STR("q"));
}

unsigned media_type_match(const struct media_type *range, const struct media_type *type)
{
    unsigned fit = 100;
    bool any = media_type_is_range(range);
    if (any && str_is(range->type, "*"))
        fit = 10;
    else if (!str_equal_nocase(range->type, type->type))
        return 0;
    else if (any)
        fit = 50;
    else if (!str_equal_nocase(range->subtype, type->subtype))
        return 0;
    for (size_t i = 0; i < range->count; i++) {
        struct str name = range->parameters[i].name;
        if (says_nothing(name))
            continue;
        struct str value = { NULL, 0 };
        for (size_t j = 0; j < type->count && !value.ptr; j++)
            if (str_equal_nocase(type->parameters[j].name, name))
                value = type->parameters[j].value;
        if (value.ptr && !str_equal_nocase(value, range->parameters[i].value))
            return 0;
        if (value.ptr)
            fit++;
        else
            fit--; /* one without the parameter is nearer */
    }
    return fit;
}

enum media_kind media_kind_of(const struct media_type *m)
{
    static const struct {
        const char *type, *subtype; /* NULL: any; "+x": a suffix */
        enum media_kind kind;
    } known[] = {
        { "application", "json", MEDIA_JSON },
        { NULL, "+json", MEDIA_JSON },
        { "application", "jsonl", MEDIA_LINES },
        { "application", "ndjson", MEDIA_LINES },
        { "application", "x-ndjson", MEDIA_LINES },
        { "application", "x-jsonlines", MEDIA_LINES },
        { "application", "jsonlines", MEDIA_LINES },
        { "application", "x-json-stream", MEDIA_LINES },
        { "application", "json-seq", MEDIA_SEQUENCE },
        { NULL, "+json-seq", MEDIA_SEQUENCE },
        { "application", "x-www-form-urlencoded", MEDIA_FORM },
        { "multipart", NULL, MEDIA_MULTIPART },
        { "application", "xml", MEDIA_XML },
        { "text", "xml", MEDIA_XML },
        { NULL, "+xml", MEDIA_XML },
        { "text", "json", MEDIA_JSON },
        { "text", NULL, MEDIA_TEXT },
        { "application", "graphql", MEDIA_TEXT },
        { "application", "javascript", MEDIA_TEXT },
        { "application", "jwt", MEDIA_TEXT },
        { "application", "sql", MEDIA_TEXT },
        { "application", "toml", MEDIA_TEXT },
        { "application", "x-sh", MEDIA_TEXT },
        { "application", "x-yaml", MEDIA_TEXT },
        { "application", "yaml", MEDIA_TEXT },
        { NULL, "+yaml", MEDIA_TEXT },
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        const char *type = known[i].type, *subtype = known[i].subtype;
        if (type && !str_equal_nocase(m->type, str(type)))
            continue;
        if (!subtype || str_equal_nocase(m->subtype, str(subtype)) ||
            (*subtype == '+' && ends(m->subtype, str(subtype))))
            return known[i].kind;
    }
    return MEDIA_BYTES;
}

const struct media *media_for(const struct operation *op, const struct media_type *type)
{
    const struct media *best = NULL;
    unsigned best_fit = 0;
    for (size_t i = 0; i < op->body_count; i++) {
        const struct media_type *range = op->bodies[i].parsed;
        unsigned fit = range ? media_type_match(range, type) : 0;
        if (fit > best_fit) {
            best_fit = fit;
            best = &op->bodies[i];
        }
    }
    return best;
}
