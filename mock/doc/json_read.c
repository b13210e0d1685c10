#include "doc/json.h"

#include "base/limits.h"
#include "base/map.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Why not cJSON_Parse: it takes 01, 1.e5, raw control characters, broken UTF-8 and
 * repeated names, cuts strings at \u0000, and turns numbers into doubles; a contract
 * checker has to judge what was sent. The tree is cJSON's own. */

struct reader {
    const char *start, *p, *end;
    struct arena *arena;
    char *texts; /* where the next text of the tree goes */
    cJSON *nodes,
        *last; /* nodes taken from the arena in advance: free from here to there */
    size_t nodes_left;
    unsigned depth;
    struct json_error *error;
};

static bool value(struct reader *r, cJSON *node);

struct json_error json_place(struct str text, size_t offset)
{
    struct json_error place = { .offset = offset, .line = 1, .col = 1 };
    const char *line_start = text.ptr, *at = text.ptr + offset;
    for (const char *p = text.ptr; p < at; p++)
        if (*p == '\n') {
            place.line++;
            line_start = p + 1;
        }
    for (const char *p = line_start; p < at; p++)
        place.col += ((unsigned char)*p & 0xc0) != 0x80;
    return place;
}

static bool fail(struct reader *r, const char *at, const char *why)
{
    struct str text = { r->start, (size_t)(r->end - r->start) };
    *r->error = json_place(text, (size_t)(at - r->start));
    r->error->why = arena_copy(r->arena, str(why));
    return false;
}

static bool unexpected(struct reader *r, const char *wanted)
{
    char why[96];
    if (r->p >= r->end)
        snprintf(why, sizeof(why), "expected %s, found the end of the text", wanted);
    else if (*r->p > ' ' && *r->p < 0x7f)
        snprintf(why, sizeof(why), "expected %s, found '%c'", wanted, *r->p);
    else
        snprintf(why, sizeof(why), "expected %s, found the byte 0x%02X", wanted,
                 (unsigned char)*r->p);
    return fail(r, r->p, why);
}

static void skip_space(struct reader *r)
{
    while (r->p < r->end &&
           (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
        r->p++;
}

static bool is_digit(const struct reader *r)
{
    return r->p < r->end && *r->p >= '0' && *r->p <= '9';
}

static bool digit_run(struct reader *r)
{
    if (!is_digit(r))
        return unexpected(r, "a digit");
    while (is_digit(r))
        r->p++;
    return true;
}

/* The text of a number from r->p on; leaves r->p behind it. */
static bool number_grammar(struct reader *r)
{
    const char *from = r->p;
    if (*r->p == '-')
        r->p++;
    const char *first = r->p;
    if (!digit_run(r))
        return false;
    if (*first == '0' && r->p > first + 1)
        return fail(r, first, "a number does not start with 0 and another digit");
    if (r->p < r->end && *r->p == '.') {
        r->p++;
        if (!digit_run(r))
            return false;
    }
    if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
        r->p++;
        if (r->p < r->end && (*r->p == '+' || *r->p == '-'))
            r->p++;
        if (!digit_run(r))
            return false;
    }
    if (r->p - from > LIMIT_NUMBER_DIGITS)
        return fail(r, from, "the number has too many digits");
    return true;
}

/* Up to 15 digits, maybe with a point among them: the digits as a whole number and the
 * power of ten are exact in doubles, so one division rounds once, as strtod does, and
 * 15 digits come back as they were written. False, with nothing taken, for all others.
 */
static bool read_short_number(struct reader *r, cJSON *node)
{
    static const double tens[] = { 1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
    const char *p = r->p, *point = NULL;
    bool minus = *p == '-';
    p += minus;
    const char *from = p;
    int64_t digits = 0;
    for (; p < r->end && p - from <= 16; p++) {
        if (*p >= '0' && *p <= '9')
            digits = digits * 10 + (*p - '0');
        else if (*p == '.' && !point)
            point = p;
        else
            break;
    }
    ptrdiff_t count = p - from - (point != NULL), after = point ? p - point - 1 : 0;
    bool behind = p < r->end && (*p == '.' || *p == 'e' || *p == 'E');
    bool zero_first = count - after > 1 && *from == '0';
    if (count > 15 || count == after || behind || zero_first || (minus && !digits))
        return false;
    double value = (double)digits / tens[after];
    /* 1.50 and 0.00001 are written otherwise: their text has to be kept. */
    if (point && (!after || p[-1] == '0' || value < 1e-4))
        return false;
    node->type = cJSON_Number;
    node->valuedouble = minus ? -value : value;
    r->p = p;
    return true;
}

static bool read_number(struct reader *r, cJSON *node)
{
    const char *from = r->p;
    if (read_short_number(r, node))
        return true;
    if (!number_grammar(r))
        return false;
    size_t len = (size_t)(r->p - from);
    node->type = cJSON_Number;
    node->valuestring = memcpy(r->texts, from, len);
    r->texts[len] = '\0';
    node->valuedouble = strtod(node->valuestring, NULL);
    char back[32];
    snprintf(back, sizeof(back), "%.15g", node->valuedouble);
    /* Not for -0, which number_text takes for the whole number 0. */
    if (strcmp(back, node->valuestring) == 0 && node->valuedouble != 0)
        node->valuestring = NULL;
    else
        r->texts += len + 1;
    return true;
}

static bool hex4(struct reader *r, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++, r->p++) {
        unsigned c = r->p < r->end ? (unsigned char)*r->p : 0;
        unsigned digit = c >= '0' && c <= '9'   ? c - '0'
                         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                : 16;
        if (digit == 16)
            return unexpected(r, "four hexadecimal digits after \\u");
        *out = *out << 4 | digit;
    }
    return true;
}

/* Behind a backslash. */
static bool escape(struct reader *r)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *at = r->p - 1;
    const char *which = r->p < r->end && *r->p ? strchr(from, *r->p) : NULL;
    if (which) {
        r->p++;
        *r->texts++ = to[which - from];
        return true;
    }
    if (r->p >= r->end || *r->p != 'u')
        return unexpected(r, "one of \"\\/bfnrtu after a backslash");
    r->p++;
    uint32_t c, low;
    if (!hex4(r, &c))
        return false;
    if (c >= 0xdc00 && c <= 0xdfff)
        return fail(r, at, "a low surrogate without a high one before it");
    if (c >= 0xd800 && c <= 0xdbff) {
        if (r->end - r->p < 2 || r->p[0] != '\\' || r->p[1] != 'u')
            return fail(r, at, "a high surrogate without a low one after it");
        r->p += 2;
        if (!hex4(r, &low))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return fail(r, at, "a high surrogate without a low one after it");
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    r->texts += utf8_put(r->texts, c);
    return true;
}

/* Eight bytes at once: whether one of them is a quote, a backslash or a control
 * character; *high becomes true when one is not ASCII. A borrow between bytes can make
 * a byte behind a true hit seem one as well, never hide one. */
static bool is_special(const char *p, uint64_t *high)
{
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    uint64_t word;
    memcpy(&word, p, 8);
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
    *high |= word & tops;
    return ((((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) |
             ((word - ones * 0x20) & ~word)) &
            tops) != 0;
}

/* Up to the next quote or backslash, or to the end: what is passed is copied. */
static bool read_run(struct reader *r, uint64_t *high)
{
    const char *from = r->p;
    while (r->end - r->p >= 8 && !is_special(r->p, high))
        r->p += 8;
    for (; r->p < r->end && *r->p != '"' && *r->p != '\\'; r->p++) {
        if ((unsigned char)*r->p < 0x20)
            return fail(r, r->p, "a control character stands unescaped in a string");
        *high |= *r->p & 0x80;
    }
    memcpy(r->texts, from, (size_t)(r->p - from));
    r->texts += r->p - from;
    return true;
}

/* A string from its opening quote on. Its text is never longer than it was written. */
static bool read_text(struct reader *r, char **text)
{
    const char *from = ++r->p;
    char *start = r->texts;
    uint64_t high = 0;
    for (;;) {
        if (!read_run(r, &high))
            return false;
        if (r->p >= r->end)
            return unexpected(r, "a closing quote");
        if (*r->p == '"')
            break;
        r->p++;
        if (!escape(r))
            return false;
    }
    if (high && !utf8_valid((struct str){ from, (size_t)(r->p - from) })) {
        while (!((unsigned char)*from & 0x80))
            from++;
        return fail(r, from, "the string is not valid UTF-8");
    }
    r->p++;
    *r->texts++ = '\0';
    *text = start;
    return true;
}

static cJSON *new_node(struct reader *r)
{
    enum { AT_ONCE = 8 };
    if (r->nodes_left == 0) {
        fail(r, r->p, "the text has more values than are taken at once");
        return NULL;
    }
    if (r->nodes == r->last) {
        /* A short text has no more values than half its bytes. */
        size_t most = (size_t)(r->end - r->p) / 2 + 1;
        size_t count = most < AT_ONCE ? most : AT_ONCE;
        if (r->nodes_left < count)
            count = r->nodes_left;
        r->nodes = arena_take_raw(r->arena, count * sizeof(cJSON));
        r->last = r->nodes + count;
    }
    r->nodes_left--;
    *r->nodes = (cJSON){ .next = NULL };
    return r->nodes++;
}

static void append(cJSON *parent, cJSON **last, cJSON *node)
{
    if (*last) {
        (*last)->next = node;
        node->prev = *last;
    } else {
        parent->child = node;
    }
    *last = node;
    parent->child->prev = node;
}

static bool read_array(struct reader *r, cJSON *node)
{
    cJSON *last = NULL;
    node->type = cJSON_Array;
    r->p++;
    skip_space(r);
    if (r->p < r->end && *r->p == ']') {
        r->p++;
        return true;
    }
    for (;;) {
        cJSON *item = new_node(r);
        if (!item || !value(r, item))
            return false;
        append(node, &last, item);
        skip_space(r);
        if (r->p < r->end && *r->p == ',') {
            r->p++;
            continue;
        }
        if (r->p >= r->end || *r->p != ']')
            return unexpected(r, "',' or ']' in an array");
        r->p++;
        return true;
    }
}

/* The same where names were chosen so that their hashes are alike. */
static const cJSON *salted_name_twice(struct reader *r, const cJSON *object)
{
    struct map *names = map_new(r->arena);
    for (const cJSON *a = object->child; a; a = a->next)
        if (map_put(names, str(a->string), names))
            return a;
    return NULL;
}

/* Which of the members of a finished object has the name of an earlier one. Small
 * objects are compared pair by pair; large ones through a table, in which a name is one
 * step from its place, as a rule. */
static const cJSON *name_twice(struct reader *r, const cJSON *object, size_t count)
{
    enum { STEPS = 16 };
    size_t steps = count * STEPS;
    if (count <= 12) {
        for (const cJSON *a = object->child; a; a = a->next)
            for (const cJSON *b = object->child; b != a; b = b->next)
                if (a->valueint == b->valueint && strcmp(a->string, b->string) == 0)
                    return a;
        return NULL;
    }
    size_t slots = 32;
    while (slots < count * 2)
        slots *= 2;
    const cJSON **table = arena_take(r->arena, slots * sizeof(*table));
    for (const cJSON *a = object->child; a; a = a->next) {
        size_t i = json_name_slot(a->valueint, slots);
        for (; table[i]; i = (i + 1) & (slots - 1))
            if (table[i]->valueint == a->valueint &&
                strcmp(table[i]->string, a->string) == 0)
                return a;
            else if (!steps--)
                return salted_name_twice(r, object);
        table[i] = a;
    }
    return NULL;
}

static bool read_object(struct reader *r, cJSON *node)
{
    const char *at = r->p;
    cJSON *last = NULL;
    size_t count = 0;
    uint64_t hashes = 0; /* six bits of each name's: most objects need no closer look */
    bool maybe_twice = false;
    node->type = cJSON_Object;
    r->p++;
    skip_space(r);
    if (r->p < r->end && *r->p == '}') {
        r->p++;
        return true;
    }
    for (;;) {
        skip_space(r);
        if (r->p >= r->end || *r->p != '"')
            return unexpected(r, "a member name in double quotes");
        cJSON *item = new_node(r);
        if (!item || !read_text(r, &item->string))
            return false;
        size_t len = (size_t)(r->texts - item->string) - 1;
        item->valueint = json_name_hash((struct str){ item->string, len });
        skip_space(r);
        if (r->p >= r->end || *r->p != ':')
            return unexpected(r, "':' after a member name");
        r->p++;
        if (!value(r, item))
            return false;
        uint64_t bit = 1ull << ((unsigned)item->valueint >> 26);
        maybe_twice = maybe_twice || (hashes & bit);
        hashes |= bit;
        append(node, &last, item);
        count++;
        skip_space(r);
        if (r->p < r->end && *r->p == ',') {
            r->p++;
            continue;
        }
        if (r->p >= r->end || *r->p != '}')
            return unexpected(r, "',' or '}' in an object");
        r->p++;
        break;
    }
    const cJSON *twice = maybe_twice ? name_twice(r, node, count) : NULL;
    if (!twice)
        return true;
    return fail(r, at,
                arena_printf(r->arena, "the member name \"%s\" stands twice",
                             arena_copy(r->arena, utf8_cut(str(twice->string), 100))));
}

static bool literal(struct reader *r, cJSON *node, struct str text, int type)
{
    if (!str_starts((struct str){ r->p, (size_t)(r->end - r->p) }, text))
        return unexpected(r, "a JSON value");
    r->p += text.len;
    node->type = type;
    return true;
}

static bool value(struct reader *r, cJSON *node)
{
    skip_space(r);
    if (r->p >= r->end)
        return unexpected(r, "a JSON value");
    switch (*r->p) {
    case '{':
    case '[': {
        if (++r->depth > LIMIT_DEPTH)
            return fail(r, r->p, "the text is nested too deeply");
        bool ok = *r->p == '{' ? read_object(r, node) : read_array(r, node);
        r->depth--;
        return ok;
    }
    case '"':
        node->type = cJSON_String;
        return read_text(r, &node->valuestring);
    case 't':
        return literal(r, node, STR("true"), cJSON_True);
    case 'f':
        return literal(r, node, STR("false"), cJSON_False);
    case 'n':
        return literal(r, node, STR("null"), cJSON_NULL);
    default:
        if (*r->p == '-' || is_digit(r))
            return read_number(r, node);
        return unexpected(r, "a JSON value");
    }
}

cJSON *json_read(struct str text, size_t max_nodes, struct arena *arena,
                 struct json_error *error)
{
    struct reader r = { .start = text.ptr,
                        .p = text.ptr,
                        .end = text.ptr + text.len,
                        .arena = arena,
                        .texts = arena_take_raw(arena, text.len + 1),
                        .nodes_left = max_nodes,
                        .error = error };
    cJSON *node = new_node(&r);
    if (!node || !value(&r, node))
        return NULL;
    skip_space(&r);
    if (r.p < r.end) {
        unexpected(&r, "nothing after the value");
        return NULL;
    }
    return node;
}

cJSON *json_number_read(struct arena *arena, struct str text)
{
    struct json_error ignored;
    struct reader r = { .start = text.ptr,
                        .p = text.ptr,
                        .end = text.ptr + text.len,
                        .arena = arena,
                        .texts = arena_take_raw(arena, text.len + 1),
                        .nodes_left = 1,
                        .error = &ignored };
    if (!text.len || (*text.ptr != '-' && !is_digit(&r)))
        return NULL;
    cJSON *node = new_node(&r);
    return read_number(&r, node) && r.p == r.end ? node : NULL;
}
