#include "doc/yaml_scalar.h"

#include "base/limits.h"

struct reader {
    struct arena *arena;
    const char *why;
};

/* Always false. */
static bool fail(struct reader *r, const char *why)
{
    r->why = why;
    return false;
}

char *yaml_text(struct str text, struct arena *arena)
{
    if (!text.len || !memchr(text.ptr, 0, text.len))
        return arena_copy(arena, text);
    struct buffer b = buffer_in(arena, text.len * 2);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i])
            buffer_add_char(&b, text.ptr[i]);
        else
            utf8_add(&b, 0);
    return b.ptr;
}

/* ---- words and numbers ------------------------------------------------------- */

static bool read_word(struct str text, cJSON *node)
{
    static const struct {
        struct str text;
        int type;
    } words[] = {
        { { "", 0 }, cJSON_NULL },       { { "~", 1 }, cJSON_NULL },
        { { "null", 4 }, cJSON_NULL },   { { "Null", 4 }, cJSON_NULL },
        { { "NULL", 4 }, cJSON_NULL },   { { "true", 4 }, cJSON_True },
        { { "True", 4 }, cJSON_True },   { { "TRUE", 4 }, cJSON_True },
        { { "false", 5 }, cJSON_False }, { { "False", 5 }, cJSON_False },
        { { "FALSE", 5 }, cJSON_False },
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_equal(text, words[i].text)) {
            node->type = words[i].type;
            return true;
        }
    return false;
}

/* A number of the core schema taken apart; base is 8, 10 or 16. */
struct parts {
    unsigned base;
    bool minus;
    struct str whole, fraction, exponent; /* exponent from its 'e' on */
    bool point;
};

static unsigned digit_of(char c)
{
    return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
           : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
           : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                  : 16;
}

static struct str take_digits(struct str *text, unsigned base)
{
    struct str run = { text->ptr, 0 };
    while (run.len < text->len && digit_of(text->ptr[run.len]) < base)
        run.len++;
    *text = str_from(*text, run.len);
    return run;
}

static bool take_char(struct str *text, char a, char b)
{
    if (!text->len || (text->ptr[0] != a && text->ptr[0] != b))
        return false;
    *text = str_from(*text, 1);
    return true;
}

static bool number_match(struct str text, struct parts *n)
{
    *n = (struct parts){ .base = 10, .fraction = STR(""), .exponent = STR("") };
    if (str_starts(text, STR("0x")) || str_starts(text, STR("0o"))) {
        n->base = text.ptr[1] == 'x' ? 16 : 8;
        text = str_from(text, 2);
        n->whole = take_digits(&text, n->base);
        return n->whole.len && !text.len;
    }
    n->minus = text.len && text.ptr[0] == '-';
    take_char(&text, '-', '+');
    n->whole = take_digits(&text, 10);
    n->point = take_char(&text, '.', '.');
    if (n->point)
        n->fraction = take_digits(&text, 10);
    if (!n->whole.len && !n->fraction.len)
        return false;
    struct str exponent = text;
    if (take_char(&text, 'e', 'E')) {
        take_char(&text, '-', '+');
        n->exponent = exponent;
        if (!take_digits(&text, 10).len)
            return false;
    }
    return !text.len;
}

/* Digits of base 8 or 16 as decimal ones: limbs of nine digits, lowest first, take up
 * to seven digits at a time (16^7 < 10^9, so each step adds at most one limb). */
static const char *to_decimal(struct reader *r, struct str digits, unsigned base)
{
    enum { STEP = 7, LIMB = 9, BILLION = 1000000000 };
    size_t most = digits.len / STEP + 1, count = 1;
    uint32_t *limbs = arena_array(r->arena, uint32_t, most + 1);
    for (size_t i = 0; i < digits.len;) {
        uint64_t carry = 0, factor = 1;
        for (int k = 0; k < STEP && i < digits.len; k++, i++) {
            carry = carry * base + digit_of(digits.ptr[i]);
            factor *= base;
        }
        for (size_t j = 0; j < count; j++) {
            carry += limbs[j] * factor;
            limbs[j] = (uint32_t)(carry % BILLION);
            carry /= BILLION;
        }
        if (carry)
            limbs[count++] = (uint32_t)carry;
    }
    struct buffer b = buffer_in(r->arena, (most + 1) * LIMB);
    buffer_printf(&b, "%u", limbs[--count]);
    while (count)
        buffer_printf(&b, "%09u", limbs[--count]);
    return b.ptr;
}

/* As JSON spells it: no '+', no leading zeros, digits on both sides of the point. What
 * JSON can spell stays as it was written. */
static const char *to_json(struct reader *r, const struct parts *n)
{
    if (n->base != 10)
        return to_decimal(r, n->whole, n->base);
    struct str whole = n->whole;
    while (whole.len > 1 && whole.ptr[0] == '0')
        whole = str_from(whole, 1);
    if (!whole.len)
        whole = STR("0");
    return arena_printf(r->arena, "%s%.*s%s%.*s%.*s", n->minus ? "-" : "",
                        (int)whole.len, whole.ptr, n->fraction.len ? "." : "",
                        (int)n->fraction.len, n->fraction.ptr, (int)n->exponent.len,
                        n->exponent.ptr);
}

static bool read_number(struct reader *r, const struct parts *n, cJSON *node)
{
    /* Before anything that takes longer the more digits there are. */
    bool fits = n->whole.len + n->fraction.len + n->exponent.len <= LIMIT_NUMBER_DIGITS;
    cJSON *number = fits ? json_number_read(r->arena, str(to_json(r, n))) : NULL;
    if (!number)
        return fail(r, "the number has too many digits");
    *node = *number;
    return true;
}

static bool is_no_json_number(struct str text)
{
    static const char *const names[] = {
        ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"
    };
    size_t sign = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_is(str_from(text, i < 3 ? sign : 0), names[i]))
            return true;
    return false;
}

static bool fail_no_json_number(struct reader *r, struct str text)
{
    return fail(r, arena_printf(r->arena,
                                "JSON has no number %.*s; quote it if it is text",
                                (int)text.len, text.ptr));
}

static bool read_text(struct reader *r, struct str text, cJSON *node)
{
    node->type = cJSON_String;
    node->valuestring = yaml_text(text, r->arena);
    return true;
}

static bool read_plain(struct reader *r, struct str text, cJSON *node)
{
    struct parts n;
    if (read_word(text, node))
        return true;
    if (number_match(text, &n))
        return read_number(r, &n, node);
    if (is_no_json_number(text))
        return fail_no_json_number(r, text);
    return read_text(r, text, node);
}

/* ---- tags -------------------------------------------------------------------- */

/* "!!int" for "tag:yaml.org,2002:int", as it was most likely written. */
static const char *tag_text(const char *tag, struct arena *arena)
{
    bool own = str_starts(str(tag), STR(YAML_TAG));
    return arena_printf(arena, "%s%.100s", own ? "!!" : "",
                        own ? tag + sizeof(YAML_TAG) - 1 : tag);
}

const char *yaml_tag_why(const char *tag, struct arena *arena)
{
    static const char *const known[] = { "str",  "int", "float", "bool",
                                         "null", "seq", "map" };
    const char *text = tag_text(tag, arena);
    for (size_t i = 0; i < COUNT(known); i++)
        if (strncmp(text, "!!", 2) == 0 && strcmp(text + 2, known[i]) == 0)
            return arena_printf(arena, "the tag %s does not fit what follows", text);
    return arena_printf(arena,
                        "the tag %s is not known; the known ones are !!str, !!int, "
                        "!!float, !!bool, !!null, !!seq and !!map",
                        text);
}

static bool read_tagged(struct reader *r, const char *tag, struct str text, cJSON *node)
{
    if (strcmp(tag, YAML_TAG "str") == 0)
        return read_text(r, text, node);
    struct parts n;
    bool number = number_match(text, &n);
    bool integer = number && !n.point && !n.exponent.len;
    if (strcmp(tag, YAML_TAG "int") == 0 && integer)
        return read_number(r, &n, node);
    if (strcmp(tag, YAML_TAG "float") == 0 && number)
        return read_number(r, &n, node);
    if (strcmp(tag, YAML_TAG "float") == 0 && is_no_json_number(text))
        return fail_no_json_number(r, text);
    bool word = read_word(text, node);
    if (strcmp(tag, YAML_TAG "null") == 0 && word && json_is_null(node))
        return true;
    if (strcmp(tag, YAML_TAG "bool") == 0 && word && json_is_bool(node))
        return true;
    return fail(r, yaml_tag_why(tag, r->arena));
}

bool yaml_scalar_read(const struct yaml_scalar *s, cJSON *node, struct arena *arena,
                      const char **why)
{
    struct reader r = { .arena = arena };
    bool ok = s->tag     ? read_tagged(&r, s->tag, s->text, node)
              : s->plain ? read_plain(&r, s->text, node)
                         : read_text(&r, s->text, node);
    *why = r.why;
    return ok;
}
