#include "schema/schema.h"

#include "base/limits.h"

enum { SHOWN = 120, LISTED = 24, LISTED_NAMES = 8 };

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_there(const struct findings *all, const struct finding *f)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct finding *g = &all->list[i];
        if (same(f->keyword, g->keyword) && same(f->pointer, g->pointer) &&
            same(f->schema_pointer, g->schema_pointer) && same(f->name, g->name))
            return true;
    }
    return false;
}

void findings_add(struct findings *all, struct finding f)
{
    size_t limit = all->limit ? all->limit : LIMIT_FINDINGS;
    if (!all->whole && is_there(all, &f))
        return;
    if (all->count == limit) {
        all->full = true;
        return;
    }
    /* Room doubles whenever the count is a power of two: most lists stay short. */
    if (!(all->count & (all->count - 1))) {
        size_t room = all->count ? all->count * 2 : 1;
        struct finding *list = arena_array(all->arena, struct finding, room);
        if (all->count)
            memcpy(list, all->list, all->count * sizeof(*list));
        all->list = list;
    }
    all->list[all->count++] = f;
}

/* ---- values and names in a sentence ---- */

/* Whether the value's text is about as short as `left`; a long one is not walked
 * through. */
static bool is_short(const cJSON *value, size_t *left)
{
    size_t need = json_is_number(value) ? 8 : 1;
    if (value->valuestring && !json_is_lent(value))
        need += strnlen(value->valuestring, SHOWN);
    for (const cJSON *one = value->child; one && need <= *left; one = one->next) {
        *left -= need;
        need = one->string ? strnlen(one->string, SHOWN) : 0;
        if (need <= *left && !is_short(one, left))
            return false;
    }
    if (need > *left)
        return false;
    *left -= need;
    return true;
}

/* The value itself while it is short; else how it begins, or what it is. */
static const char *whole(const cJSON *value, struct arena *arena)
{
    size_t left = SHOWN;
    if (is_short(value, &left))
        return json_text(value, arena).ptr;
    if (!value->valuestring || json_is_lent(value))
        return json_kind(value);
    struct str head = utf8_cut(str(value->valuestring), 60);
    const char *quote = json_is_string(value) ? "\"" : "";
    const char *text = arena_copy(arena, head);
    if (*quote)
        text = json_text(json_string(arena, head), arena).ptr + 1;
    return arena_printf(arena, "%s%.*s… (%zu characters)", quote,
                        (int)(strlen(text) - (*quote ? 1 : 0)), text,
                        utf8_length(value->valuestring));
}

/* A value as a sentence can carry it: short ones whole, long ones by their kind. */
static const char *shown(const cJSON *value, struct arena *arena)
{
    if (!value)
        return "nothing";
    if (json_is_object(value) || (json_is_array(value) && json_count(value) > 16))
        return json_kind(value);
    return whole(value, arena);
}

/* A member's name, which a client may make as long as it likes. */
static const char *named(const char *name, struct arena *arena)
{
    struct str head = utf8_cut(str(name), 100);
    return arena_printf(arena, "%.*s%s", (int)head.len, head.ptr,
                        name[head.len] ? "…" : "");
}

/* "a string", "null", of the name of a type. */
static const char *type_text(const char *type, struct arena *arena)
{
    if (strcmp(type, "null") == 0)
        return type;
    const char *article = type[0] && strchr("aio", type[0]) ? "an" : "a";
    return arena_printf(arena, "%s %.40s", article, type);
}

/* "a, b or c" of an array's values; `last` is "or" or "and". */
static const char *listed(const cJSON *array, bool types, const char *last,
                          struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_BODY_BYTES);
    size_t n = 0, count = json_count(array);
    for (const cJSON *one = array ? array->child : NULL; one; one = one->next) {
        if (n++ == LISTED) {
            buffer_printf(&b, ", … (%zu in all)", count);
            break;
        }
        if (n > 1 && !one->next)
            buffer_printf(&b, " %s ", last);
        else if (n > 1)
            buffer_add_text(&b, ", ");
        buffer_add_text(&b, types && json_is_string(one)
                                ? type_text(one->valuestring, arena)
                                : whole(one, arena));
    }
    return buffer_str(&b).ptr;
}

static const char *types_text(const cJSON *type, struct arena *arena)
{
    if (json_is_string(type))
        return type_text(type->valuestring, arena);
    return json_is_array(type) ? listed(type, true, "or", arena) : "another type";
}

static const char *values_text(const cJSON *values, struct arena *arena)
{
    size_t count = json_count(values);
    if (!json_is_array(values) || !count)
        return "nothing (no value is allowed)";
    return arena_printf(arena, "%s%s", count > 1 ? "one of " : "",
                        listed(values, false, "or", arena));
}

/* ---- what was expected ---- */

static bool is(const struct finding *f, const char *keyword)
{
    return strcmp(f->keyword, keyword) == 0;
}

static bool is_branches(const struct finding *f)
{
    return is(f, "oneOf") || is(f, "anyOf");
}

static bool is_unknown_member(const struct finding *f)
{
    return f->name &&
           (is(f, "additionalProperties") || is(f, "unevaluatedProperties") ||
            is(f, "readOnly") || is(f, "writeOnly"));
}

static bool is_missing_member(const struct finding *f)
{
    return f->name && !f->found;
}

/* A reference is found to be broken only by one of the bounds on checking. */
static bool is_reference(const struct finding *f)
{
    return is(f, "$ref") || is(f, "$dynamicRef");
}

/* What is counted, as "at most 3 items"; NULL when the keyword counts nothing. */
static const char *counted(const struct finding *f, struct arena *arena)
{
    static const struct {
        const char *keyword, *much, *of, *more;
    } rows[] = {
        { "maxLength", "at most", " character", "" },
        { "minLength", "at least", " character", "" },
        { "maxItems", "at most", " item", "" },
        { "minItems", "at least", " item", "" },
        { "maxProperties", "at most", " member", "" },
        { "minProperties", "at least", " member", "" },
        { "contains", "at least", " item", " as \"contains\" wants" },
        { "minContains", "at least", " item", " as \"contains\" wants" },
        { "maxContains", "at most", " item", " as \"contains\" wants" },
        { "maximum", "at most", NULL, NULL },
        { "minimum", "at least", NULL, NULL },
        { "exclusiveMaximum", "less than", NULL, NULL },
        { "exclusiveMinimum", "more than", NULL, NULL },
        { "multipleOf", "a multiple of", NULL, NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (!is(f, rows[i].keyword))
            continue;
        const char *n = shown(f->expected, arena);
        if (!rows[i].of)
            return arena_printf(arena, "%s %s", rows[i].much, n);
        return arena_printf(arena, "%s %s%s%s%s", rows[i].much, n, rows[i].of,
                            strcmp(n, "1") == 0 ? "" : "s", rows[i].more);
    }
    return NULL;
}

static const char *members_text(const struct finding *f, struct arena *arena)
{
    size_t count = json_count(f->expected);
    if (!f->expected || f->near || count > LISTED_NAMES)
        return "only declared members";
    if (!count)
        return "no members";
    return arena_printf(arena, "only the member%s %s", count > 1 ? "s" : "",
                        listed(f->expected, false, "and", arena));
}

/* `not` of a schema that says one thing can be said plainly. */
static const char *not_text(const struct finding *f, struct arena *arena)
{
    const cJSON *inner = f->expected, *only = inner ? inner->child : NULL;
    if (only && !only->next && strcmp(only->string, "const") == 0)
        return arena_printf(arena, "anything but %s", whole(only, arena));
    if (only && !only->next && strcmp(only->string, "enum") == 0 && json_is_array(only))
        return arena_printf(arena, "anything but %s", listed(only, false, "or", arena));
    if (only && !only->next && strcmp(only->string, "type") == 0)
        return arena_printf(arena, "anything but %s", types_text(only, arena));
    if (only && !only->next && strcmp(only->string, "required") == 0 &&
        json_count(only) == 1)
        return arena_printf(arena, "no member %s", listed(only, false, "", arena));
    return "a value that does not fit the schema under \"not\"";
}

static const char *expected_value(const struct finding *f, struct arena *arena)
{
    const char *as = f->as ? f->as : f->keyword, *text = counted(f, arena);
    if (text)
        return text;
    if (is_missing_member(f))
        return arena_printf(arena, "the member \"%s\"%s%s", named(f->name, arena),
                            f->note ? ", " : "", f->note ? f->note : "");
    if (strcmp(as, "type") == 0)
        return types_text(f->expected, arena);
    if (strcmp(as, "enum") == 0 || is(f, "discriminator"))
        return values_text(f->expected, arena);
    if (is(f, "const"))
        return whole(f->expected, arena);
    if (is(f, "pattern") && json_is_string(f->expected))
        return arena_printf(arena, "text that matches the pattern %s",
                            named(f->expected->valuestring, arena));
    if (is(f, "readOnly"))
        return "no member that only answers have (readOnly)";
    if (is(f, "writeOnly"))
        return "no member that only requests have (writeOnly)";
    if (is_unknown_member(f))
        return members_text(f, arena);
    if (is(f, "unevaluatedItems"))
        return "no more items";
    if (is(f, "uniqueItems"))
        return "items that all differ";
    if (is(f, "false"))
        return "no value here";
    if (is(f, "not"))
        return not_text(f, arena);
    if (is_branches(f))
        return arena_printf(arena,
                            "a value that fits %s of the %zu schemas under "
                            "\"%s\"",
                            is(f, "oneOf") ? "exactly one" : "one", f->count,
                            f->keyword);
    if (is_reference(f))
        return "a value that can be judged";
    if (f->note)
        return f->note;
    return arena_printf(arena, "a value that fits \"%s\"", f->keyword);
}

const char *finding_expected(const struct finding *f, struct arena *arena)
{
    const char *text = expected_value(f, arena);
    return f->of_name ? arena_printf(arena, "a member name: %s", text) : text;
}

/* ---- what was found ---- */

/* The value with its kind, where the kind is what matters. */
static const char *kind_text(const cJSON *value, struct arena *arena)
{
    if (json_is_string(value))
        return arena_printf(arena, "the string %s", whole(value, arena));
    if (json_is_number(value))
        return arena_printf(arena, "the number %s", whole(value, arena));
    return json_kind(value);
}

static const char *found_by_branches(const struct finding *f, struct arena *arena)
{
    if (f->fitting)
        return arena_printf(arena, "%s, which fits %zu of them: %s",
                            shown(f->found, arena), json_count(f->fitting),
                            listed(f->fitting, false, "and", arena));
    return arena_printf(arena, "%s, which fits none%s%s%s", shown(f->found, arena),
                        f->nearest ? "; \"" : "", f->nearest ? f->nearest : "",
                        f->nearest ? "\" came nearest" : "");
}

static const char *found_value(const struct finding *f, struct arena *arena)
{
    const char *as = f->as ? f->as : f->keyword;
    if (is_missing_member(f))
        return f->near ? arena_printf(arena, "\"%s\" instead", named(f->near, arena))
                       : "nothing";
    if (is_unknown_member(f))
        return arena_printf(arena, "\"%s\"", named(f->name, arena));
    if (!f->found)
        return "nothing";
    if (strcmp(as, "type") == 0)
        return kind_text(f->found, arena);
    if (is(f, "const") || strcmp(as, "enum") == 0)
        return whole(f->found, arena);
    if (is_branches(f))
        return found_by_branches(f, arena);
    if (is(f, "contains") || is(f, "minContains") || is(f, "maxContains"))
        return arena_printf(arena, "%zu", f->count);
    if (is(f, "maxItems") || is(f, "minItems") || is(f, "maxProperties") ||
        is(f, "minProperties"))
        return json_is_object(f->found) || json_is_array(f->found)
                   ? arena_printf(arena, "%zu", json_count(f->found))
                   : shown(f->found, arena);
    if ((is(f, "maxLength") || is(f, "minLength")) && json_is_string(f->found))
        return arena_printf(arena, "%zu", utf8_length(f->found->valuestring));
    return shown(f->found, arena);
}

const char *finding_found(const struct finding *f, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_BODY_BYTES);
    buffer_add_text(&b, found_value(f, arena));
    if (f->note && (is(f, "pattern") || is(f, "uniqueItems") || is_reference(f)))
        buffer_printf(&b, " (%s)", f->note);
    if (f->near && !is_missing_member(f))
        buffer_printf(&b, "; did you mean \"%s\"?", named(f->near, arena));
    return buffer_str(&b).ptr;
}

/* ---- the sentence ---- */

const char *finding_text(const struct finding *f, struct arena *arena)
{
    const char *of = f->of_name && f->found ? whole(f->found, arena) : NULL;
    return arena_printf(arena, "%s%s%sexpected %s, found %s",
                        of ? "the member name " : "", of ? of : "", of ? ": " : "",
                        expected_value(f, arena), finding_found(f, arena));
}
