#include "api/body_parts.h"

static bool is_blank(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!strchr(" \t\r\n", s.ptr[i]) || !s.ptr[i])
            return false;
    return true;
}

static bool push(struct reading *r, cJSON *values, size_t *count, struct str text,
                 struct json_error *why)
{
    if (++*count > LIMIT_BODY_NODES) {
        body_too_large(r, "expected at most %d values", LIMIT_BODY_NODES);
        return false;
    }
    cJSON *value = json_read(text, LIMIT_BODY_NODES, r->arena, why);
    if (value)
        json_push(values, value);
    return value != NULL;
}

cJSON *lines_read(struct reading *r, struct str text)
{
    cJSON *values = json_array(r->arena);
    struct json_error why;
    struct str line;
    size_t count = 0;
    for (size_t n = 1; str_split(&text, '\n', &line); n++) {
        if (is_blank(line) || push(r, values, &count, line, &why))
            continue;
        if (r->why->kind)
            return NULL;
        return body_broken(r, "line %zu is not JSON: column %u: %s", n, why.col,
                           why.why);
    }
    return values;
}

/* RFC 7464: a record separator before each text, a line feed behind. */
cJSON *sequence_read(struct reading *r, struct str text)
{
    cJSON *values = json_array(r->arena);
    const char *start = text.ptr;
    struct json_error why;
    struct str one;
    size_t count = 0;
    str_split(&text, '\x1e', &one);
    if (!is_blank(one) || !text.ptr)
        return body_broken(r, "the body does not begin with a record separator (1E)");
    while (str_split(&text, '\x1e', &one)) {
        if (is_blank(one) || push(r, values, &count, one, &why))
            continue;
        if (r->why->kind)
            return NULL;
        return body_broken(r,
                           "the text at byte %zu is not JSON: line %u, column %u: %s",
                           (size_t)(one.ptr - start), why.line, why.col, why.why);
    }
    return values;
}
