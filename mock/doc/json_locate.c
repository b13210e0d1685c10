#include "doc/json_locate.h"

#include "base/limits.h"
#include "doc/json.h"
#include "doc/pointer.h"

enum step { STEP_IN, STEP_NOWHERE, STEP_BROKEN };

/* JSON has a walk of its own: libyaml takes no tabs between tokens, no surrogate pairs
 * and no key over 1024 characters. It is lenient; the text was read before. */
struct walk {
    const char *p, *end;
    const char *place; /* of the deepest node found */
    struct arena *scratch;
};

static bool at(const struct walk *w, char c)
{
    return w->p < w->end && *w->p == c;
}

static void skip_space(struct walk *w)
{
    while (at(w, ' ') || at(w, '\t') || at(w, '\n') || at(w, '\r'))
        w->p++;
}

/* A string with its quotes. */
static bool skip_string(struct walk *w, struct str *text)
{
    const char *from = w->p++;
    while (w->p < w->end && *w->p != '"')
        w->p += *w->p == '\\' && w->end - w->p > 1 ? 2 : 1;
    if (w->p >= w->end)
        return false;
    w->p++;
    *text = (struct str){ from, (size_t)(w->p - from) };
    return true;
}

static bool ends_word(char c)
{
    return c && strchr(" \t\r\n,:[]{}\"", c);
}

static bool skip_value(struct walk *w)
{
    size_t depth = 0;
    struct str ignored;
    do {
        skip_space(w);
        if (w->p >= w->end)
            return false;
        if (at(w, '"')) {
            if (!skip_string(w, &ignored))
                return false;
            continue;
        }
        depth += at(w, '{') || at(w, '[');
        if (at(w, '}') || at(w, ']')) {
            if (!depth--)
                return false;
        }
        if (ends_word(*w->p++))
            continue;
        while (w->p < w->end && !ends_word(*w->p))
            w->p++;
    } while (depth);
    return true;
}

static bool name_is(struct walk *w, struct str quoted, const char *token)
{
    struct json_error ignored;
    if (!memchr(quoted.ptr, '\\', quoted.len))
        return utf8_is(token, (struct str){ quoted.ptr + 1, quoted.len - 2 });
    arena_reset(w->scratch);
    const cJSON *name = json_read(quoted, 1, w->scratch, &ignored);
    return json_is_string(name) && strcmp(name->valuestring, token) == 0;
}

/* Behind a member or item: whether another one follows. */
static enum step step_on(struct walk *w, char close)
{
    skip_space(w);
    if (at(w, close))
        return STEP_NOWHERE;
    if (!at(w, ','))
        return STEP_BROKEN;
    w->p++;
    skip_space(w);
    return STEP_IN;
}

static enum step step_into_object(struct walk *w, const char *token)
{
    enum step more = STEP_IN;
    w->p++;
    skip_space(w);
    if (at(w, '}'))
        return STEP_NOWHERE;
    for (; more == STEP_IN; more = step_on(w, '}')) {
        const char *key = w->p;
        struct str name;
        if (!at(w, '"') || !skip_string(w, &name))
            return STEP_BROKEN;
        skip_space(w);
        if (!at(w, ':'))
            return STEP_BROKEN;
        w->p++;
        skip_space(w);
        if (name_is(w, name, token)) {
            w->place = key;
            return STEP_IN;
        }
        if (!skip_value(w))
            return STEP_BROKEN;
    }
    return more;
}

static enum step step_into_array(struct walk *w, const char *token)
{
    enum step more = STEP_IN;
    long index = pointer_index(token);
    w->p++;
    skip_space(w);
    if (at(w, ']') || index < 0)
        return STEP_NOWHERE;
    for (; more == STEP_IN; more = step_on(w, ']')) {
        if (index-- == 0) {
            w->place = w->p;
            return STEP_IN;
        }
        if (!skip_value(w))
            return STEP_BROKEN;
    }
    return more;
}

static bool locate(struct str text, const char *pointer, struct arena *tokens,
                   struct arena *scratch, unsigned *line, unsigned *col)
{
    struct walk w = { .p = text.ptr, .end = text.ptr + text.len, .scratch = scratch };
    skip_space(&w);
    if (!at(&w, '{') && !at(&w, '['))
        return false;
    w.place = w.p;
    enum step step = STEP_IN;
    for (char *token; step == STEP_IN && (token = pointer_token(&pointer, tokens));) {
        if (at(&w, '{'))
            step = step_into_object(&w, token);
        else if (at(&w, '['))
            step = step_into_array(&w, token);
        else
            break;
    }
    if (step == STEP_BROKEN)
        return false;
    struct json_error place = json_place(text, (size_t)(w.place - text.ptr));
    *line = place.line;
    *col = place.col;
    return true;
}

bool json_locate(struct str text, const char *pointer, unsigned *line, unsigned *col)
{
    struct arena *tokens = arena_new(LIMIT_SPEC_MEMORY);
    struct arena *scratch = arena_new(LIMIT_SPEC_MEMORY);
    bool ok = locate(text, pointer, tokens, scratch, line, col);
    arena_free(scratch);
    arena_free(tokens);
    return ok;
}
