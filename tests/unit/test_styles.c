/* The styles of parameters: how values are written in a URL or a field, and read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "../support/query.h"
#include "../support/text.h"
#include "api/param_text.h"
#include "base/buffer.h"
#include "base/limits.h"

/* ---- texts ------------------------------------------------------------------------
 */

static void percent_escapes_are_decoded_or_refused(void **state)
{
    static const struct {
        const char *text, *plain;
        bool plus;
    } rows[] = {
        { "abc", "abc", false },       { "a%20b", "a b", false },
        { "a+b", "a+b", false },       { "a+b", "a b", true },
        { "%2B", "+", true },          { "%c3%A9", "\xc3\xa9", false },
        { "%41", "A", false },         { "a%00", "a\xc0\x80", false },
        { "%25%34%31", "%41", false }, { "%", NULL, false },
        { "%4", NULL, false },         { "%4g", NULL, false },
        { "%%41", NULL, false },       { "%ff", NULL, false },
        { "%C0%80", NULL, false },     { "%ed%a0%80", NULL, false },
        { "\xff", NULL, false },       { "", "", true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str out;
        bool ok = percent_decode(str(rows[i].text), rows[i].plus, *state, &out);
        if (ok != (rows[i].plain != NULL) || (ok && !str_is(out, rows[i].plain)))
            fail_msg("%s: %s %.*s", rows[i].text, ok ? "read" : "refused",
                     ok ? (int)out.len : 0, out.ptr);
    }
}

static void items_stand_between_separators_or_in_quotes(void **state)
{
    static const struct {
        const char *text, *items; /* with '/' between them */
        struct separator by;
        bool quotes, blanks;
    } rows[] = {
        { "a,b", "a/b", { ',', false }, false, false },
        { "a", "a", { ',', false }, false, false },
        { "", "", { ',', false }, false, false },
        { ",", "/", { ',', false }, false, false },
        { "a,,b,", "a//b/", { ',', false }, false, false },
        { "a%2Cb,c", "a%2Cb/c", { ',', false }, false, false },
        { "a,b", "a,b", { '\0', false }, false, false },
        { "a%20b+c", "a/b/c", { ' ', true }, false, false },
        { "a%7Cb%7cc|d", "a/b/c/d", { '|', true }, false, false },
        { "a%7", "a%7", { '|', true }, false, false },
        { "\"a\",\"b\"", "a/b", { ',', false }, true, false },
        { "%22a,b%22,%22c%22", "a,b/c", { ',', false }, true, false },
        { "\"a\"b\",c", "a\"b/c", { ',', false }, true, false },
        { "\"\",a", "/a", { ',', false }, true, false },
        { "\"a,b", "\"a/b", { ',', false }, true, false },
        { "a\",\"b", "a\"/\"b", { ',', false }, true, false },
        { "\"", "\"", { ',', false }, true, false },
        { "\"a,b\"", "\"a/b\"", { ',', false }, false, false },
        { " a ,\tb ", "a/b", { ',', false }, true, true },
        { "\"a,b\" , c", "a,b/c", { ',', false }, true, true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct items items = { str(rows[i].text), rows[i].by, rows[i].quotes,
                               rows[i].blanks, false };
        struct buffer b = buffer_in(*state, 100);
        struct str item;
        for (size_t n = 0; items_next(&items, &item); n++) {
            buffer_add_text(&b, n ? "/" : "");
            buffer_add(&b, item);
        }
        if (!str_is(buffer_str(&b), rows[i].items))
            fail_msg("%s: %s", rows[i].text, buffer_str(&b).ptr);
    }
}

/* ---- OpenAPI 4.8.12, "Style Examples" ------------------------------------------- */

#define STRING "{type: string}"
#define ARRAY "{type: array, items: {type: string}}"
#define OBJECT                                                                       \
    "{type: object, properties: {R: {type: integer}, G: {type: integer}, B: {type: " \
    "integer}}}"
#define COLORS "[\"blue\",\"black\",\"brown\"]"
#define RGB "{\"R\":100,\"G\":200,\"B\":150}"

/* What stands in the place of the parameter "color": a path's segment, the query, a
 * header's value or a Cookie field; and the value it stands for. */
struct style_row {
    const char *in, *style;
    bool explode;
    const char *schema, *sent, *value;
};

static const struct style_row style_rows[] = {
    { "path", "matrix", false, STRING, ";color", "\"\"" },
    { "path", "matrix", false, STRING, ";color=", "\"\"" },
    { "path", "matrix", false, STRING, ";color=blue", "\"blue\"" },
    { "path", "matrix", false, ARRAY, ";color=blue,black,brown", COLORS },
    { "path", "matrix", false, OBJECT, ";color=R,100,G,200,B,150", RGB },
    { "path", "matrix", true, STRING, ";color", "\"\"" },
    { "path", "matrix", true, STRING, ";color=blue", "\"blue\"" },
    { "path", "matrix", true, ARRAY, ";color=blue;color=black;color=brown", COLORS },
    { "path", "matrix", true, OBJECT, ";R=100;G=200;B=150", RGB },
    { "path", "label", false, STRING, ".", "\"\"" },
    { "path", "label", false, STRING, ".blue", "\"blue\"" },
    { "path", "label", false, ARRAY, ".blue,black,brown", COLORS },
    { "path", "label", false, OBJECT, ".R,100,G,200,B,150", RGB },
    { "path", "label", true, STRING, ".", "\"\"" },
    { "path", "label", true, STRING, ".blue", "\"blue\"" },
    { "path", "label", true, ARRAY, ".blue.black.brown", COLORS },
    { "path", "label", true, OBJECT, ".R=100.G=200.B=150", RGB },
    { "path", "simple", false, STRING, "blue", "\"blue\"" },
    { "path", "simple", false, ARRAY, "blue,black,brown", COLORS },
    { "path", "simple", false, OBJECT, "R,100,G,200,B,150", RGB },
    { "path", "simple", true, STRING, "blue", "\"blue\"" },
    { "path", "simple", true, ARRAY, "blue,black,brown", COLORS },
    { "path", "simple", true, OBJECT, "R=100,G=200,B=150", RGB },
    { "header", "simple", false, STRING, "", "\"\"" },
    { "header", "simple", false, STRING, "blue", "\"blue\"" },
    { "header", "simple", false, ARRAY, "blue,black,brown", COLORS },
    { "header", "simple", false, ARRAY, "", "[]" },
    { "header", "simple", false, OBJECT, "R,100,G,200,B,150", RGB },
    { "header", "simple", true, STRING, "blue", "\"blue\"" },
    { "header", "simple", true, ARRAY, "blue, black ,brown", COLORS },
    { "header", "simple", true, OBJECT, "R=100, G=200, B=150", RGB },
    { "query", "form", false, STRING, "color=", "\"\"" },
    { "query", "form", false, STRING, "color=blue", "\"blue\"" },
    { "query", "form", false, ARRAY, "color=blue,black,brown", COLORS },
    { "query", "form", false, ARRAY, "color=", "[]" },
    { "query", "form", false, OBJECT, "color=R,100,G,200,B,150", RGB },
    { "query", "form", true, STRING, "color=", "\"\"" },
    { "query", "form", true, STRING, "color", "\"\"" },
    { "query", "form", true, STRING, "color=blue", "\"blue\"" },
    { "query", "form", true, ARRAY, "color=blue&color=black&color=brown", COLORS },
    { "query", "form", true, ARRAY, "color=", "[\"\"]" },
    { "query", "form", true, OBJECT, "R=100&G=200&B=150", RGB },
    { "query", "spaceDelimited", false, ARRAY, "color=blue%20black%20brown", COLORS },
    { "query", "spaceDelimited", false, ARRAY, "color=blue+black+brown", COLORS },
    { "query", "spaceDelimited", false, OBJECT, "color=R%20100%20G%20200%20B%20150",
      RGB },
    { "query", "spaceDelimited", true, ARRAY, "color=blue&color=black&color=brown",
      COLORS },
    { "query", "pipeDelimited", false, ARRAY, "color=blue%7Cblack%7Cbrown", COLORS },
    { "query", "pipeDelimited", false, ARRAY, "color=blue|black|brown", COLORS },
    { "query", "pipeDelimited", false, OBJECT, "color=R%7C100%7CG%7C200%7CB%7C150",
      RGB },
    { "query", "pipeDelimited", true, ARRAY, "color=blue&color=black&color=brown",
      COLORS },
    { "query", "deepObject", true, OBJECT,
      "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150", RGB },
    { "query", "deepObject", false, OBJECT, "color[R]=100&color[G]=200&color[B]=150",
      RGB },
    { "query", "deepObject", true, ARRAY, "color[]=blue&color[]=black&color[]=brown",
      COLORS },
    { "query", "deepObject", true, ARRAY, "color[2]=brown&color[0]=blue&color[1]=black",
      COLORS },
    { "cookie", "form", false, STRING, "color=", "\"\"" },
    { "cookie", "form", false, STRING, "a=b; color=blue", "\"blue\"" },
    { "cookie", "form", false, ARRAY, "color=blue,black,brown", COLORS },
    { "cookie", "form", false, OBJECT, "color=R,100,G,200,B,150; a=b", RGB },
    { "cookie", "form", true, STRING, "color=blue", "\"blue\"" },
    { "cookie", "form", true, ARRAY, "color=blue&color=black&color=brown", COLORS },
    { "cookie", "form", true, ARRAY, "color=blue; color=black; color=brown", COLORS },
    { "cookie", "form", true, OBJECT, "R=100&G=200&B=150", RGB },
    { "cookie", "cookie", true, STRING, "color=blue", "\"blue\"" },
    { "cookie", "cookie", true, ARRAY, "color=blue; color=black; color=brown", COLORS },
    { "cookie", "cookie", true, OBJECT, "a=b; R=100; G=200; B=150", RGB },
    { "cookie", "cookie", false, STRING, "color=Hello%2C", "\"Hello%2C\"" },
    { "cookie", "form", false, STRING, "color=Hello%2C", "\"Hello,\"" },
};

static const struct api *color_api(struct arena *a, const struct style_row *row)
{
    bool path = strcmp(row->in, "path") == 0;
    return must_load(
        a, arena_printf(a,
                        OPENAPI_31 "paths:\n  /a%s:\n    get:\n      " DONE
                                   "\n      parameters:\n"
                                   "        - {name: %s, in: %s, style: %s, "
                                   "explode: %s, required: true, schema: %s}\n",
                        path ? "/{color}" : "",
                        strcmp(row->in, "header") == 0 ? "Color" : "color", row->in,
                        row->style, row->explode ? "true" : "false", row->schema));
}

static void send_color(struct arena *a, const struct api *api,
                       const struct style_row *row, const char *sent,
                       struct outcome *out)
{
    struct header header = { STR("COLOR"), str(sent) };
    if (strcmp(row->in, "path") == 0)
        read_call(a, api, arena_printf(a, "/a/%s", sent), NULL, NULL, 0, out);
    else if (strcmp(row->in, "query") == 0)
        read_call(a, api, "/a", sent, NULL, 0, out);
    else {
        if (strcmp(row->in, "cookie") == 0)
            header.name = STR("cookie");
        read_call(a, api, "/a", NULL, &header, 1, out);
    }
}

static void each_style_reads_what_it_writes(void **state)
{
    for (size_t i = 0; i < COUNT(style_rows); i++) {
        const struct style_row *row = &style_rows[i];
        const struct api *api = color_api(*state, row);
        struct outcome out;
        send_color(*state, api, row, row->sent, &out);
        const cJSON *value = json_member(json_member(out.input, row->in), "color");
        const char *text = text_of(value, *state);
        bool fits = schema_check(api->operations[0].input, out.input, DIRECTION_REQUEST,
                                 "", *state, &out.findings);
        if (strcmp(text, row->value) != 0 || !fits || out.findings.count ||
            out.warnings.count)
            fail_msg("%s %s explode %d: %s gives %s; %s; %s", row->in, row->style,
                     row->explode, row->sent, text, told(&out.findings, *state),
                     told(&out.warnings, *state));
    }
}

/* ---- round trips ---------------------------------------------------------------- */

/* RFC 6570, 3.2.1: all but unreserved characters, where the place is encoded at all. */
static void add_encoded(struct buffer *b, const char *text, bool encode)
{
    for (const char *p = text; *p; p++)
        if (!encode || strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789-._~",
                              *p))
            buffer_add_char(b, *p);
        else
            buffer_printf(b, "%%%02X", (unsigned char)*p);
}

/* How a style joins: what stands first, between values, between pairs, and whether the
 * parameter's name stands before each value. */
struct joint {
    const char *in, *style;
    bool explode;
    const char *first, *between, *is;
    bool named;
};

static const struct joint joints[] = {
    { "path", "simple", false, "", ",", ",", false },
    { "path", "simple", true, "", ",", "=", false },
    { "path", "label", false, ".", ",", ",", false },
    { "path", "label", true, ".", ".", "=", false },
    { "path", "matrix", false, ";color=", ",", ",", false },
    { "path", "matrix", true, ";", ";", "=", true },
    { "query", "form", false, "color=", ",", ",", false },
    { "query", "form", true, "", "&", "=", true },
    { "query", "spaceDelimited", false, "color=", "%20", "%20", false },
    { "query", "pipeDelimited", false, "color=", "%7C", "%7C", false },
    { "cookie", "form", false, "color=", ",", ",", false },
    { "cookie", "form", true, "", "; ", "=", true },
};

static const char *joined(struct arena *a, const struct joint *j, const char *value,
                          bool object)
{
    struct buffer b = buffer_in(a, LIMIT_HEAD_BYTES);
    const char *const values[] = { value, "x" }, *const names[] = { "R", "G" };
    buffer_add_text(&b, j->first);
    for (size_t i = 0; i < COUNT(values); i++) {
        buffer_add_text(&b, i ? j->between : "");
        if (object)
            buffer_printf(&b, "%s%s", names[i], j->is);
        else if (j->named)
            buffer_add_text(&b, "color=");
        add_encoded(&b, values[i], true);
    }
    return buffer_str(&b).ptr;
}

static void a_value_of_any_characters_comes_back_as_it_was(void **state)
{
    static const char *const values[] = { "a b",   "a,b",  "a&b=c", "\xc3\xbc",
                                          "%41",   "+",    ";x",    "a.b",
                                          "[z]",   "a|b",  "/",     "",
                                          "#?:@!", "a\"b", "null",  "17" };
    for (size_t i = 0; i < COUNT(joints); i++)
        for (size_t v = 0; v < 2 * COUNT(values); v++) {
            const struct joint *j = &joints[i];
            const char *value = values[v / 2];
            bool object = v % 2;
            /* What such a style cannot tell from its separator (4.8.12, Appendix E). */
            if ((strcmp(j->style, "label") == 0 && j->explode && strchr(value, '.')) ||
                (strcmp(j->style, "spaceDelimited") == 0 && strchr(value, ' ')) ||
                (strcmp(j->style, "pipeDelimited") == 0 && strchr(value, '|')))
                continue;
            struct style_row row = { j->in,
                                     j->style,
                                     j->explode,
                                     object ? "{type: object, properties: {R: {type: "
                                              "string}, G: {type: string}}}"
                                            : ARRAY,
                                     joined(*state, j, value, object),
                                     NULL };
            struct outcome out;
            send_color(*state, color_api(*state, &row), &row, row.sent, &out);
            const cJSON *read = json_member(json_member(out.input, j->in), "color");
            const cJSON *first = read ? read->child : NULL;
            if (!json_is_string(first) || strcmp(first->valuestring, value) != 0 ||
                json_count(read) != 2 || out.findings.count || out.warnings.count)
                fail_msg("%s %s explode %d: %s gives %s; %s", j->in, j->style,
                         j->explode, row.sent, text_of(read, *state),
                         told(&out.findings, *state));
        }
}

static void a_path_value_in_another_style_is_a_finding(void **state)
{
    static const struct style_row rows[] = {
        { "path", "label", false, STRING, "blue", "style /path/color" },
        { "path", "matrix", false, STRING, "blue", "style /path/color" },
        { "path", "matrix", false, STRING, ";colour=blue", "style /path/color" },
        { "path", "matrix", true, STRING, ";color=a;color=b", "explode /path/color" },
        { "path", "matrix", false, STRING, ";%ff=a", "style /path/color" },
        { "path", "simple", false, STRING, "%ff", "encoding /path/color" },
        { "path", "simple", false, OBJECT, "R,100,G", "style /path/color" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct outcome out;
        send_color(*state, color_api(*state, &rows[i]), &rows[i], rows[i].sent, &out);
        if (out.findings.count != 1 ||
            !strstr(told(&out.findings, *state), rows[i].value))
            fail_msg("%s: %s", rows[i].sent, told(&out.findings, *state));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(percent_escapes_are_decoded_or_refused),
        TEST(items_stand_between_separators_or_in_quotes),
        TEST(each_style_reads_what_it_writes),
        TEST(a_value_of_any_characters_comes_back_as_it_was),
        TEST(a_path_value_in_another_style_is_a_finding),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
