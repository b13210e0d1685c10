#include "play/infer_parts.h"

#include "base/limits.h"

/* "{id}" */
static bool is_value(struct str segment)
{
    return segment.len > 2 && segment.ptr[0] == '{' &&
           memchr(segment.ptr, '}', segment.len) == segment.ptr + segment.len - 1;
}

static void add_parent(struct look *l, struct trail *w, const char *param,
                       const char *item)
{
    if (w->parent_count == MOST_PARENTS) {
        w->strange = true;
        return;
    }
    const char *noun = w->noun ? w->noun : "path";
    unsigned nth = 1;
    char *member = arena_printf(l->arena, "/path.%s", noun);
    for (size_t i = 0; i < w->parent_count; i++)
        if (strcmp(w->parents[i].member, member) == 0)
            member = arena_printf(l->arena, "/path.%s.%u", noun, ++nth);
    w->parents[w->parent_count++] = (struct parent){ param, member, item };
}

/* path is what was read so far. */
static void add_word(struct look *l, struct trail *w, struct buffer *path,
                     const char *mark, struct str word)
{
    w->strange = w->strange || memchr(word.ptr, '{', word.len);
    if (w->last)
        add_parent(l, w, w->last, arena_copy(l->arena, buffer_str(path)));
    w->last = NULL;
    w->noun = arena_copy(l->arena, word);
    buffer_printf(path, "/%s%.*s", mark, (int)word.len, word.ptr);
    w->path = arena_copy(l->arena, buffer_str(path));
}

static void add_value(struct look *l, struct trail *w, struct buffer *path,
                      struct str value)
{
    if (w->last) { /* two values: the first one is whose the instances are */
        add_parent(l, w, w->last, NULL);
        w->path = arena_copy(l->arena, buffer_str(path));
    }
    w->last = arena_copy(l->arena, (struct str){ value.ptr + 1, value.len - 2 });
    buffer_add_text(path, "/{}");
}

/* Takes ":close" off the end of what it is done to; or the ending of a file. */
static bool split_verb(struct str *segment, struct str *verb)
{
    static const char *const endings[] = { ".json", ".xml" };
    size_t at = segment->len;
    for (size_t i = 0; i < COUNT(endings); i++) {
        const size_t n = strlen(endings[i]);
        if (segment->len > n &&
            strncmp(segment->ptr + segment->len - n, endings[i], n) == 0)
            segment->len -= n;
    }
    while (at && segment->ptr[at - 1] != ':' && segment->ptr[at - 1] != '}')
        at--;
    if (at < 2 || at >= segment->len || segment->ptr[at - 1] != ':')
        return false;
    *verb = str_from(*segment, at);
    segment->len = at - 1;
    return true;
}

/* "tasks('{id}')", "tasks({id})", "tasks(ID={id})": the word before and the value in
 * the parentheses. */
static bool split_key(struct str segment, struct str *word, struct str *value)
{
    const char *open = segment.len ? memchr(segment.ptr, '(', segment.len) : NULL;
    const char *brace = open ? memchr(segment.ptr, '{', segment.len) : NULL;
    if (!brace || open == segment.ptr || brace < open ||
        segment.ptr[segment.len - 1] != ')')
        return false;
    struct str inside = { brace, segment.len - (size_t)(brace - segment.ptr) - 1 };
    const bool quoted = brace[-1] == '\'';
    if (quoted && inside.ptr[inside.len - 1] != '\'')
        return false;
    inside.len -= quoted;
    const char *before = brace - quoted;
    if (before[-1] != '(' &&
        (before[-1] != '=' || memchr(open, ',', (size_t)(brace - open))))
        return false;
    *word = (struct str){ segment.ptr, (size_t)(open - segment.ptr) };
    *value = inside;
    return is_value(inside);
}

void trail_read(struct look *l, const char *path, struct trail *w)
{
    struct buffer b = buffer_in(l->arena, LIMIT_HEAD_BYTES);
    struct str rest = str(path), segment, word, value, verb;
    *w = (struct trail){ .path = "" };
    str_split(&rest, '/', &segment); /* what stands before the first slash */
    while (rest.ptr && str_split(&rest, '/', &segment)) {
        if (!segment.len)
            continue;
        const bool done = !rest.ptr && split_verb(&segment, &verb);
        if (is_value(segment)) {
            add_value(l, w, &b, segment);
        } else if (split_key(segment, &word, &value)) {
            add_word(l, w, &b, "", word);
            add_value(l, w, &b, value);
        } else {
            add_word(l, w, &b, "", segment);
        }
        if (done)
            add_word(l, w, &b, ":", verb);
    }
    w->strange = w->strange || !w->noun;
}

char *trail_tail(struct arena *arena, const char *collection, const char *item,
                 const char *key)
{
    const size_t n = strlen(collection);
    const char *tail = strncmp(item, collection, n) == 0 ? item + n : "";
    const char *open = strchr(tail, '{'), *close = open ? strchr(open, '}') : NULL;
    if (!close || strchr(close, '{'))
        return NULL;
    return arena_printf(arena, "%.*s{%s}%s", (int)(open - tail), tail, key, close + 1);
}
