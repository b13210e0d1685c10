#include "doc/json_locate.h"

#include "base/limits.h"
#include "doc/json.h"

enum step { STEP_ON, STEP_DONE, STEP_BROKEN };

/* JSON has a walk of its own: libyaml takes no tabs between tokens, no surrogate pairs
 * and no key over 1024 characters. It is lenient; the text was read before. */
struct walk {
    const char *p, *end;
    const char *counted; /* the byte whose place line and col are */
    unsigned line, col, depth;
    struct arena *scratch;
};

static enum step walk_value(struct walk *w, struct wanted *node, bool more);

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

/* The member's name as a tree would hold it, borrowed from scratch until the next. */
static bool name_of(struct walk *w, struct str quoted, struct str *name)
{
    struct json_error ignored;
    *name = (struct str){ quoted.ptr + 1, quoted.len - 2 };
    if (!memchr(quoted.ptr, '\\', quoted.len))
        return true;
    arena_reset(w->scratch);
    const cJSON *text = json_read(quoted, 1, w->scratch, &ignored);
    *name = str(text ? text->valuestring : NULL);
    return text != NULL;
}

/* Places are met in the order of the text: each is counted on from the one before. */
static void put_place(struct walk *w, struct wanted *node, const char *place)
{
    for (; w->counted < place; w->counted++) {
        w->col += ((unsigned char)*w->counted & 0xc0) != 0x80;
        if (*w->counted == '\n') {
            w->line++;
            w->col = 1;
        }
    }
    node->line = w->line;
    node->col = w->col;
}

/* Behind a member or item: past the comma when another one follows, past the closing
 * bracket when not. */
static bool another(struct walk *w, char close, enum step *step)
{
    skip_space(w);
    if (!at(w, ',') && !at(w, close)) {
        *step = STEP_BROKEN;
        return false;
    }
    bool comma = *w->p++ == ',';
    skip_space(w);
    return comma;
}

/* A name and its colon. */
static bool walk_name(struct walk *w, struct wanted *node, struct wanted **child)
{
    const char *key = w->p;
    struct str quoted, name;
    if (!at(w, '"') || !skip_string(w, &quoted) || !name_of(w, quoted, &name))
        return false;
    skip_space(w);
    if (!at(w, ':'))
        return false;
    w->p++;
    skip_space(w);
    *child = wanted_member(node, name);
    if (*child)
        put_place(w, *child, key);
    return true;
}

static enum step walk_collection(struct walk *w, struct wanted *node, bool more)
{
    bool object = at(w, '{');
    char close = object ? '}' : ']';
    enum step step = STEP_ON;
    struct wanted *child;
    w->p++;
    skip_space(w);
    if (at(w, close)) {
        w->p++;
        return STEP_ON;
    }
    for (long index = 0;; index++) {
        if (!object) {
            child = wanted_item(node, index);
            if (child)
                put_place(w, child, w->p);
        } else if (!walk_name(w, node, &child)) {
            return STEP_BROKEN;
        }
        step = walk_value(w, child, more || node->children);
        if (step != STEP_ON || !another(w, close, &step))
            return step;
    }
}

/* node is what the value is to whoever looks for something, or NULL; more is whether
 * something is looked for behind it. */
static enum step walk_value(struct walk *w, struct wanted *node, bool more)
{
    bool into = node && node->children && (at(w, '{') || at(w, '['));
    if (!into || w->depth == LIMIT_DEPTH) {
        if (!more)
            return STEP_DONE;
        return skip_value(w) ? STEP_ON : STEP_BROKEN;
    }
    w->depth++;
    enum step step = walk_collection(w, node, more);
    w->depth--;
    return step;
}

bool json_locate(struct str text, struct wanted *root)
{
    struct walk w = { .p = text.ptr,
                      .end = text.ptr + text.len,
                      .counted = text.ptr,
                      .line = 1,
                      .col = 1 };
    skip_space(&w);
    if (!at(&w, '{') && !at(&w, '['))
        return false;
    put_place(&w, root, w.p);
    w.scratch = arena_new(LIMIT_SPEC_MEMORY);
    bool ok = walk_value(&w, root, false) != STEP_BROKEN;
    arena_free(w.scratch);
    return ok;
}
