#include "doc/pointer.h"

#include "doc/way.h"

bool pointer_valid(const char *p)
{
    if (*p && *p != '/')
        return false;
    for (; *p; p++)
        if (*p == '~' && p[1] != '0' && p[1] != '1')
            return false;
    return true;
}

/* Whether name is the token from p to end, which may hold escapes. */
static bool token_is(const char *p, const char *end, const char *name)
{
    for (; p < end; p++, name++) {
        char c = *p;
        if (c == '~') {
            if (p[1] != '0' && p[1] != '1')
                return false; /* no pointer; p[1] is at worst the NUL or '/' at end */
            c = *++p == '1' ? '/' : '~';
        }
        if (c != *name)
            return false;
    }
    return !*name;
}

/* The index that a token names in an array; -1 when it names none. */
static long index_of(const char *p, const char *end)
{
    long index = 0;
    if (p == end || end - p > 9 || (*p == '0' && end - p > 1))
        return -1;
    for (; p < end; p++) {
        if (*p < '0' || *p > '9')
            return -1;
        index = index * 10 + (*p - '0');
    }
    return index;
}

long pointer_index(const char *token)
{
    return index_of(token, token + strlen(token));
}

/* One token of a pointer, up to the next '/' or the end. */
struct token {
    struct str text;
    bool escaped; /* it holds ~0 or ~1 */
};

static struct token token_at(const char *p)
{
    static const bool stops[256] = { ['\0'] = true, ['/'] = true, ['~'] = true };
    struct token t = { .text = { p, 0 } };
    const char *end = p;
    for (;; end++) {
        while (!stops[(unsigned char)*end])
            end++;
        if (*end != '~')
            break;
        t.escaped = true;
    }
    t.text.len = (size_t)(end - p);
    return t;
}

/* How many of a node's children step looks at to find one of them, or all in vain; an
 * end that is named as such ("-") is found at once. */
static size_t passed(const cJSON *tree, const cJSON *found)
{
    size_t n = 0;
    for (const cJSON *one = tree->child; one && one != found; one = one->next)
        n++;
    return n;
}

static const char *token_end(const char *p)
{
    while (*p && *p != '/')
        p++;
    return p;
}

/* How long a member's name is stands in its hash: most are passed over at that. */
static cJSON *member_at(const cJSON *object, struct token t)
{
    const int len = t.text.len < 255 ? (int)t.text.len : 255;
    cJSON *m = object->child;
    if (!t.escaped && len < 255) {
        while (m && ((m->valueint & 255) != len || !str_same_bytes(m->string, t.text)))
            m = m->next;
        return m;
    }
    while (m && !token_is(t.text.ptr, t.text.ptr + t.text.len, m->string))
        m = m->next;
    return m;
}

static cJSON *step(const cJSON *tree, struct token t)
{
    if (json_is_object(tree))
        return member_at(tree, t);
    if (!json_is_array(tree))
        return NULL;
    long index = index_of(t.text.ptr, t.text.ptr + t.text.len);
    if (index < 0)
        return NULL;
    cJSON *item = tree->child;
    while (item && index-- > 0)
        item = item->next;
    return item;
}

cJSON *pointer_get(const cJSON *tree, const char *pointer)
{
    /* The tree is the caller's to change or not; the first step drops the const as
     * strchr does. */
    union {
        const cJSON *in;
        cJSON *out;
    } at = { .in = tree };
    while (at.out && *pointer == '/') {
        struct token t = token_at(pointer + 1);
        at.out = step(at.out, t);
        pointer += 1 + t.text.len;
    }
    return *pointer ? NULL : at.out;
}

size_t pointer_steps(const cJSON *tree, const char *pointer)
{
    size_t n = 0;
    while (tree && *pointer == '/') {
        struct token t = token_at(pointer + 1);
        const char *end = pointer + 1 + t.text.len;
        const cJSON *next = step(tree, t);
        if (next || !json_is_array(tree) || index_of(pointer + 1, end) >= 0)
            n += passed(tree, next);
        tree = next;
        pointer = end;
    }
    return n;
}

bool pointer_each(const cJSON *tree, const char *pattern,
                  bool (*visit)(cJSON *node, void *context), void *context)
{
    union {
        const cJSON *in;
        cJSON *out;
    } at = { .in = tree }; /* as in pointer_get */
    while (at.out && *pattern == '/') {
        struct token t = token_at(pattern + 1);
        const char *end = pattern + 1 + t.text.len;
        if (json_is_array(at.out) && str_is(t.text, "*")) {
            for (cJSON *one = at.out->child, *next; one; one = next) {
                next = one->next; /* visit may take it out */
                if (pointer_each(one, end, visit, context))
                    return true;
            }
            return false;
        }
        at.out = step(at.out, t);
        pattern = end;
    }
    return at.out && !*pattern && visit(at.out, context);
}

char *pointer_token(const char **rest, struct arena *arena)
{
    const char *p = *rest;
    if (*p != '/')
        return NULL;
    const char *end = token_end(++p);
    char *token = arena_take_raw(arena, (size_t)(end - p) + 1), *to = token;
    for (; p < end; p++)
        *to++ = *p == '~' && p + 1 < end ? (*++p == '1' ? '/' : '~') : *p;
    *to = '\0';
    *rest = end;
    return token;
}

bool pointer_set(struct arena *arena, cJSON *tree, const char *pointer, cJSON *item)
{
    if (*pointer == '/' && json_is_object(tree) && !strpbrk(pointer + 1, "/~")) {
        json_set(arena, tree, pointer + 1, item);
        return true;
    }
    const struct way s = way_read(pointer, arena);
    return way_set(arena, tree, &s, item);
}

void pointer_remove(cJSON *tree, const char *pointer)
{
    cJSON *parent = NULL, *at = tree;
    while (at && *pointer == '/') {
        struct token t = token_at(pointer + 1);
        parent = at;
        at = step(at, t);
        pointer += 1 + t.text.len;
    }
    if (at && parent && !*pointer)
        json_detach(parent, at);
}

void pointer_add(struct buffer *b, struct str token)
{
    buffer_add_char(b, '/');
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] == '~')
            buffer_add(b, STR("~0"));
        else if (token.ptr[i] == '/')
            buffer_add(b, STR("~1"));
        else
            buffer_add_char(b, token.ptr[i]);
    }
}

/* Exactly as long as it is: loading a large document makes a hundred thousand. */
char *pointer_join(struct arena *arena, const char *base, const char *token)
{
    size_t head = strlen(base), len = head + 1;
    for (const char *p = token; *p; p++)
        len += *p == '~' || *p == '/' ? 2 : 1;
    char *joined = arena_take_raw(arena, len + 1), *to = joined + head;
    memcpy(joined, base, head);
    *to++ = '/';
    for (const char *p = token; *p; p++) {
        bool escaped = *p == '~' || *p == '/';
        *to++ = escaped ? '~' : *p;
        if (escaped)
            *to++ = *p == '~' ? '0' : '1';
    }
    *to = '\0';
    return joined;
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

char *pointer_of_fragment(struct arena *arena, const char *text)
{
    if (*text != '#')
        return NULL;
    char *out = arena_copy(arena, str(text + 1)), *to = out;
    for (const char *p = out; *p; p++) {
        if (*p == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
            *to++ = (char)(hex(p[1]) << 4 | hex(p[2]));
            p += 2;
        } else {
            *to++ = *p;
        }
    }
    *to = '\0';
    return out;
}
