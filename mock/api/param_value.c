#include "api/param_value.h"

#include "api/media.h"
#include "doc/pointer.h"

enum {
    SCALARS = TYPE_NULL | TYPE_BOOLEAN | TYPE_NUMBER | TYPE_INTEGER | TYPE_STRING,
    NUMBERS = TYPE_NUMBER | TYPE_INTEGER
};

void given_add(struct givens *to, struct given one, struct arena *arena)
{
    struct given *g = arena_take_raw(arena, sizeof(*g));
    *g = one;
    g->next = NULL;
    if (to->last)
        to->last->next = g;
    else
        to->first = g;
    to->last = g;
    to->count++;
    to->keyed = to->keyed || g->member.ptr || g->brackets.len;
}

/* "/query/name": where the parameter is in the input. */
static const char *param_pointer(const struct param *p, struct arena *arena)
{
    const char *in = param_in_name(p->in);
    if (p->in == PARAM_QUERYSTRING)
        return arena_printf(arena, "/%s", in);
    return pointer_join(arena, arena_printf(arena, "/%s", in), p->name);
}

/* ---- findings ---- */

static const char *place_of(const struct param *p, const char *below,
                            struct arena *arena)
{
    return arena_printf(arena, "%s%s", param_pointer(p, arena), below);
}

void reading_finding(struct reading *r, const char *below, const char *keyword,
                     struct str found, const char *note)
{
    struct str text = utf8_valid(found) ? found : STR("other bytes");
    findings_add(&r->findings,
                 (struct finding){ .pointer = place_of(r->param, below, r->arena),
                                   .keyword = keyword,
                                   .schema_pointer = r->param->pointer,
                                   .found = json_string(r->arena, text),
                                   .note = note });
}

void reading_again(struct reading *r, const char *below)
{
    reading_finding(r, below, "explode", STR("several"), "one value");
}

/* ---- texts ---- */

/* Fields are not percent-encoded, nor are cookies of the style of that name. */
static bool is_encoded(const struct param *p)
{
    return p->in != PARAM_HEADER && p->style != STYLE_COOKIE;
}

/* '+' is a space in a query (4.8.12, "URL Percent-Encoding"), unless JSON is all of it.
 */
static bool has_plus(const struct param *p)
{
    return p->in == PARAM_QUERY || (p->in == PARAM_QUERYSTRING && param_is_form(p));
}

bool param_is_form(const struct param *p)
{
    return p->media && str_equal_nocase(str(p->media), STR("application/x-www-form-"
                                                           "urlencoded"));
}

/* Decodes as the parameter's place wants it. False, with a finding, when it cannot be.
 */
static bool reading_decode(struct reading *r, struct str text, struct str *out)
{
    bool encoded = is_encoded(r->param);
    bool ok = encoded ? percent_decode(text, has_plus(r->param), r->arena, out)
                      : (*out = text, utf8_valid(text));
    if (!ok)
        reading_finding(r, "", "encoding", text,
                        encoded ? "percent-encoded UTF-8" : "UTF-8");
    return ok;
}

/* The value that is no text, when text has the form of one. */
static cJSON *other_than_text(struct str text, unsigned types, struct arena *arena)
{
    if ((types & TYPE_BOOLEAN) && str_is(text, "true"))
        return json_bool(arena, true);
    if ((types & TYPE_BOOLEAN) && str_is(text, "false"))
        return json_bool(arena, false);
    if ((types & TYPE_NULL) && str_is(text, "null"))
        return json_null(arena);
    return types & NUMBERS ? json_number_read(arena, text) : NULL;
}

/* A schema that says nothing of types wants no number, unless it lists its values. */
cJSON *reading_scalar(struct reading *r, struct str text, unsigned types, bool closed)
{
    struct str plain;
    if (!reading_decode(r, text, &plain))
        return NULL;
    bool textual = (types & TYPE_STRING) || !(types & SCALARS);
    bool open = types == TYPE_ANY && !closed;
    cJSON *other = open ? NULL : other_than_text(plain, types, r->arena);
    if (!other || (textual && r->as_text))
        return json_string(r->arena, plain);
    r->either = r->either || textual;
    return other;
}

/* ---- shapes ---- */

static struct separator separator_of(const struct param *p)
{
    switch (p->style) {
    case STYLE_SPACE:
        return (struct separator){ ' ', true };
    case STYLE_PIPE:
        return (struct separator){ '|', true };
    case STYLE_LABEL:
        return (struct separator){ p->explode ? '.' : ',', false };
    case STYLE_SIMPLE:
        return (struct separator){ ',', false };
    case STYLE_MATRIX:
    case STYLE_FORM:
    case STYLE_COOKIE:
        return (struct separator){ p->explode ? '\0' : ',', false };
    case STYLE_DEEP:
    case STYLE_COUNT:
        break;
    }
    return (struct separator){ '\0', false };
}

/* RFC 9110, 5.6.4: in a quoted string, a backslash stands before what is meant. */
static struct str without_backslashes(struct str text, struct arena *arena)
{
    if (!text.len || !memchr(text.ptr, '\\', text.len))
        return text;
    char *to = arena_take_raw(arena, text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len)
            i++;
        to[n++] = text.ptr[i];
    }
    return (struct str){ to, n };
}

static void push_item(struct reading *r, cJSON *array, struct str text, size_t index)
{
    const struct param *p = r->param;
    unsigned types = p->item_types;
    bool closed = p->item_closed;
    if (p->positional) {
        char pointer[24] = "/";
        size_t n = sizeof(pointer) - 1;
        do
            pointer[--n] = (char)('0' + index % 10);
        while (index /= 10);
        pointer[--n] = '/';
        types = schema_types(p->plan, pointer + n, &closed);
    }
    cJSON *item = reading_scalar(r, text, types, closed);
    if (item)
        json_push(array, item);
}

/* Items of all that was given: by the style's separator, or by ',' when lenient; where
 * the style has one, also by what stands for it when clients encode a list as a whole.
 */
static cJSON *read_array(struct reading *r, const struct givens *g)
{
    const struct param *p = r->param;
    struct separator style = separator_of(p), comma = { ',', false };
    struct separator by = r->lenient && !style.c ? comma : style;
    by.encoded = by.encoded || (r->lenient && style.c && p->in == PARAM_QUERY);
    bool header = p->in == PARAM_HEADER;
    cJSON *array = json_array(r->arena);
    size_t n = 0;
    for (const struct given *one = g->first; one; one = one->next) {
        struct items items = { one->text, by, header || p->in == PARAM_QUERY, header,
                               false };
        struct str item;
        if (!one->text.len && (by.c || r->lenient))
            continue; /* no items, not an empty one */
        if (!style.c && (!one->text.len || item_several(one->text, comma)))
            r->loose = true;
        if (style.c && item_several(one->text, (struct separator){ style.c, true }) &&
            !style.encoded)
            r->loose = true;
        while (items_next(&items, &item)) {
            if (items.quoted && header)
                item = without_backslashes(item, r->arena);
            else if (items.quoted)
                r->habit = "values without quotes";
            push_item(r, array, item, n++);
        }
    }
    if (g->count > 1 && style.c && !p->explode)
        r->habit = "values in one parameter, with a separator between them";
    if (r->lenient && style.c)
        r->habit = "a separator that is not encoded";
    else if (r->lenient)
        r->habit = n ? "one parameter for each value" : "a value";
    return array;
}

/* "a=1" of an exploded object; otherwise names and values stand in turn. */
static bool next_member(struct items *items, bool explode, struct str *name,
                        struct str *value)
{
    if (!items_next(items, name))
        return false;
    if (!explode)
        return items_next(items, value) || (*value = (struct str){ NULL, 0 }, true);
    *value = *name;
    str_split(value, '=', name);
    return true;
}

static void put_member(struct reading *r, cJSON *object, struct str name,
                       struct str value)
{
    struct str plain;
    bool closed = false;
    if (!value.ptr) {
        reading_finding(r, "", "style", name, "a value for every name");
        return;
    }
    if (!reading_decode(r, name, &plain))
        return;
    const char *key = arena_copy(r->arena, plain);
    const char *below = pointer_join(r->arena, "", key);
    if (json_member(object, key)) {
        reading_again(r, below);
        return;
    }
    unsigned types = r->param->plan ? schema_types(r->param->plan, below, &closed) : 0;
    cJSON *member = reading_scalar(r, value, types, closed);
    if (member)
        json_add(object, key, member);
}

/* An object in one text. One that is exploded in a query, or deep, comes in pieces:
 * then this text is none. */
static cJSON *read_object(struct reading *r, const struct givens *g)
{
    const struct param *p = r->param;
    struct separator by = separator_of(p);
    bool whole = by.c != '\0' && (p->in != PARAM_QUERY || !p->explode);
    if (g->count > 1)
        reading_again(r, "");
    if (!whole && !r->lenient) {
        r->loose = p->style != STYLE_DEEP;
        return reading_scalar(r, g->first->text, TYPE_STRING, false);
    }
    if (!whole) {
        by = (struct separator){ ',', false };
        r->habit = "one parameter for each member";
    }
    cJSON *object = json_object(r->arena);
    struct items items = { g->first->text, by, false, p->in == PARAM_HEADER, false };
    struct str name, value;
    if (!g->first->text.len)
        return object;
    while (next_member(&items, whole && p->explode, &name, &value))
        put_member(r, object, name, value);
    return object;
}

static cJSON *read_scalar(struct reading *r, const struct givens *g)
{
    if (g->count > 1)
        reading_again(r, "");
    return reading_scalar(r, g->first->text, r->param->types, r->param->closed);
}

static cJSON *read_tree(struct reading *r, const struct givens *g)
{
    if (r->param->style != STYLE_DEEP && !r->param->media && g->first->brackets.len)
        r->habit = "no brackets in its name";
    return reading_tree(r, g);
}

typedef cJSON *reader(struct reading *r, const struct givens *g);
enum { MOST_SHAPES = 3 };

/* The shapes that the schema allows, the likeliest for this text first. */
static size_t shapes_of(const struct param *p, const struct givens *g,
                        reader *shapes[MOST_SHAPES])
{
    struct separator by = separator_of(p);
    bool cut = item_several(g->first->text, by), several = g->count > 1;
    unsigned types = p->types;
    size_t n = 0;
    if (g->keyed) {
        shapes[0] = read_tree;
        return 1;
    }
    if (types == TYPE_ANY || !types) {
        bool list = by.encoded || (several && p->explode && p->style != STYLE_SIMPLE);
        shapes[0] = list ? read_array : read_scalar;
        return 1;
    }
    if ((types & TYPE_ARRAY) && (cut || several))
        shapes[n++] = read_array;
    if ((types & TYPE_OBJECT) && cut)
        shapes[n++] = read_object;
    if (types & SCALARS)
        shapes[n++] = read_scalar;
    if ((types & TYPE_ARRAY) && !cut && !several)
        shapes[n++] = read_array;
    if ((types & TYPE_OBJECT) && !cut)
        shapes[n++] = read_object;
    return n;
}

/* ---- the ways to read ---- */

static bool fits(const struct reading *r, const cJSON *value)
{
    return value && !r->findings.count &&
           (!r->param->plan ||
            schema_check(r->param->plan, value, DIRECTION_REQUEST, "", r->arena, NULL));
}

/* Adds to *best the first way that fits; before one does, *best is the first of all. */
static bool try_shape(const struct param *p, const struct givens *g, reader *shape,
                      bool only, struct reading *best, cJSON **value)
{
    bool either = false, loose = false;
    for (unsigned way = 0; way < 4; way++) {
        struct reading r = { .param = p,
                             .arena = best->arena,
                             .findings = { .arena = best->arena },
                             .as_text = way & 1,
                             .lenient = way & 2 };
        if ((r.as_text && !either) || (r.lenient && !loose))
            continue;
        cJSON *v = shape(&r, g);
        either = r.either || (either && r.as_text);
        loose = loose || r.loose;
        bool done = (way == 0 && only && !either && !loose) || fits(&r, v);
        if (done || !best->param) {
            *best = r;
            *value = v;
        }
        if (done)
            return true;
    }
    return false;
}

static void hand_over(const struct reading *r, struct str found,
                      struct findings *findings, struct findings *warnings)
{
    for (size_t i = 0; i < r->findings.count; i++)
        findings_add(findings, r->findings.list[i]);
    if (!r->habit || r->findings.count)
        return;
    struct reading told = { .param = r->param,
                            .arena = r->arena,
                            .findings = { .arena = r->arena } };
    reading_finding(&told, "", "style", found, r->habit);
    findings_add(warnings, told.findings.list[0]);
}

static cJSON *read_content(struct reading *r, const struct givens *g)
{
    struct str plain;
    struct json_error why;
    if (g->count > 1)
        reading_again(r, "");
    if (!reading_decode(r, g->first->text, &plain))
        return NULL;
    if (!media_is_json(str(r->param->media)))
        return json_string(r->arena, plain);
    cJSON *value = json_read(plain, LIMIT_BODY_NODES, r->arena, &why);
    if (!value)
        reading_finding(
            r, "", "content", plain,
            arena_printf(r->arena, "JSON text (character %u: %s)", why.col, why.why));
    return value;
}

/* allowEmptyValue: an empty value is as good as none (4.8.12.2.1), unless the schema
 * takes it. */
static bool is_unused(const struct param *p, const struct givens *g,
                      struct arena *arena)
{
    if (!p->empty_allowed || g->count != 1 || g->keyed || g->first->text.len)
        return false;
    return !p->plan || !schema_check(p->plan, json_string(arena, STR("")),
                                     DIRECTION_REQUEST, "", arena, NULL);
}

cJSON *param_value(const struct param *p, const struct givens *g, struct arena *arena,
                   struct findings *findings, struct findings *warnings)
{
    struct reading best = { .arena = arena };
    cJSON *value = NULL;
    if (is_unused(p, g, arena))
        return NULL;
    if (p->media && !g->keyed) {
        best = (struct reading){ .param = p,
                                 .arena = arena,
                                 .findings = { .arena = arena } };
        value = read_content(&best, g);
    } else {
        reader *shapes[MOST_SHAPES];
        size_t n = shapes_of(p, g, shapes);
        for (size_t i = 0; i < n; i++)
            if (try_shape(p, g, shapes[i], n == 1, &best, &value))
                break;
    }
    hand_over(&best, g->first->text, findings, warnings);
    return value;
}
