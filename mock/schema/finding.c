#include "schema/schema.h"

#include "base/limits.h"

#include <stdio.h>

enum { SHOWN = 120 };

/* A value as a sentence can carry it: short ones whole, long ones by their kind. */
static const char *shown(const cJSON *value, struct arena *arena)
{
    if (!value)
        return "nothing";
    if (json_is_object(value) || (json_is_array(value) && json_count(value) > 16))
        return json_kind(value);
    struct str text = json_text(value, arena);
    if (text.len > SHOWN) {
        struct str head = utf8_cut(text, 60);
        return arena_printf(arena, "%.*s… (%zu characters)", (int)head.len, head.ptr,
                            text.len);
    }
    return text.ptr;
}

/* The name of a member, which a client may make as long as it likes. */
static const char *named(const struct finding *f, struct arena *arena)
{
    return arena_copy(arena, utf8_cut(str(f->name), 100));
}

/* "a, b or c" of an array's values. */
static const char *listed(const cJSON *array, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_BODY_BYTES);
    size_t n = 0;
    for (const cJSON *one = array ? array->child : NULL; one; one = one->next) {
        if (n++ == 24) {
            buffer_add_text(&b, ", …");
            break;
        }
        if (n > 1)
            buffer_add_text(&b, one->next ? ", " : " or ");
        buffer_add_text(&b, json_is_string(one) ? one->valuestring : shown(one, arena));
    }
    return buffer_str(&b).ptr;
}

static const char *types(const cJSON *type, struct arena *arena)
{
    const char *one = json_is_string(type) ? type->valuestring : NULL;
    if (!one)
        return json_is_array(type) ? listed(type, arena) : "another type";
    const char *article = strchr("aio", one[0]) ? "an" : "a";
    return arena_printf(arena, "%s %s", article, one);
}

static bool is(const struct finding *f, const char *keyword)
{
    return strcmp(f->keyword, keyword) == 0;
}

const char *finding_expected(const struct finding *f, struct arena *arena)
{
    static const struct {
        const char *keyword, *text;
    } counted[] = {
        { "maxLength", "at most %s characters" },
        { "minLength", "at least %s characters" },
        { "maxItems", "at most %s items" },
        { "minItems", "at least %s items" },
        { "maxProperties", "at most %s members" },
        { "minProperties", "at least %s members" },
        { "maximum", "at most %s" },
        { "minimum", "at least %s" },
        { "exclusiveMaximum", "less than %s" },
        { "exclusiveMinimum", "more than %s" },
        { "multipleOf", "a multiple of %s" },
        { "const", "%s" },
        { "pattern", "text that matches %s" },
    };
    for (size_t i = 0; i < COUNT(counted); i++) {
        if (!is(f, counted[i].keyword))
            continue;
        struct buffer b = buffer_in(arena, LIMIT_BODY_BYTES);
        struct str rest = str(counted[i].text);
        size_t hole = (size_t)(strstr(rest.ptr, "%s") - rest.ptr);
        buffer_add(&b, (struct str){ rest.ptr, hole });
        buffer_add_text(&b, shown(f->expected, arena));
        buffer_add(&b, str_from(rest, hole + 2));
        return buffer_str(&b).ptr;
    }
    if (is(f, "required") || is(f, "dependentRequired"))
        return arena_printf(arena, "the member \"%s\"%s%s", named(f, arena),
                            f->note ? " " : "", f->note ? f->note : "");
    if (is(f, "type"))
        return types(f->expected, arena);
    if (is(f, "enum") || is(f, "discriminator"))
        return arena_printf(arena, "one of %s", listed(f->expected, arena));
    if (is(f, "format") || is(f, "encoding") || is(f, "explode") || is(f, "style") ||
        is(f, "content"))
        return f->note;
    if (is(f, "additionalProperties") || is(f, "unevaluatedProperties"))
        return arena_printf(arena, "no member \"%s\"%s%s%s", named(f, arena),
                            f->note ? " (" : "", f->note ? f->note : "",
                            f->note ? ")" : "");
    if (is(f, "readOnly") || is(f, "writeOnly"))
        return arena_printf(arena, "no member \"%s\" in a %s (it is %s)",
                            named(f, arena), is(f, "readOnly") ? "request" : "response",
                            is(f, "readOnly") ? "readOnly" : "writeOnly");
    if (is(f, "uniqueItems"))
        return "items that all differ";
    if (is(f, "false"))
        return "nothing here";
    if (is(f, "not"))
        return "a value that does not fit the schema under \"not\"";
    if (f->note)
        return arena_printf(arena, "a value that fits \"%s\" (%s)", f->keyword,
                            f->note);
    return arena_printf(arena, "a value that fits \"%s\"", f->keyword);
}

const char *finding_found(const struct finding *f, struct arena *arena)
{
    if (!f->found)
        return "nothing";
    if (is(f, "type") && json_is_string(f->found))
        return arena_printf(arena, "the string %s", shown(f->found, arena));
    if (is(f, "type") && json_is_number(f->found))
        return arena_printf(arena, "the number %s", shown(f->found, arena));
    if (is(f, "type"))
        return json_kind(f->found);
    bool counted = is(f, "maxItems") || is(f, "minItems") || is(f, "maxProperties") ||
                   is(f, "minProperties");
    if (counted && (json_is_array(f->found) || json_is_object(f->found)))
        return arena_printf(arena, "%zu", json_count(f->found));
    if (is(f, "maxLength") || is(f, "minLength"))
        return arena_printf(arena, "%zu", utf8_length(f->found->valuestring));
    return shown(f->found, arena);
}

const char *finding_text(const struct finding *f, struct arena *arena)
{
    if (is(f, "pattern") && f->note)
        return arena_printf(arena, "expected %s, but %s", finding_expected(f, arena),
                            f->note);
    if (is(f, "additionalProperties") || is(f, "unevaluatedProperties") ||
        is(f, "readOnly") || is(f, "writeOnly") || is(f, "required"))
        return arena_printf(arena, "expected %s%s", finding_expected(f, arena),
                            is(f, "required") ? ", found none" : "");
    return arena_printf(arena, "expected %s, found %s", finding_expected(f, arena),
                        finding_found(f, arena));
}
