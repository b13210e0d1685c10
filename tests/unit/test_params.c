/* Parameters: what texts become by their schemas, and what is wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/query.h"
#include "../support/text.h"
#include "base/limits.h"

/* ---- text to type ------------------------------------------------------------- */

static const char taker[] = OPENAPI_31
    "paths:\n"
    "  /p/{id}/{n}/{list}:\n"
    "    get:\n"
    "      " DONE "\n"
    "      parameters:\n"
    "        - {name: id, in: path, required: true, schema: {type: string}}\n"
    "        - {name: n, in: path, required: true, schema: {type: integer}}\n"
    "        - {name: list, in: path, required: true, schema: {type: array, items: "
    "{type: integer}}}\n"
    "  /a:\n"
    "    get:\n"
    "      " DONE "\n"
    "      parameters:\n"
    "        - {name: s, in: query, schema: {type: string}}\n"
    "        - {name: i, in: query, schema: &int {type: integer}}\n"
    "        - {name: f, in: query, schema: {type: number}}\n"
    "        - {name: b, in: query, schema: {type: boolean}}\n"
    "        - {name: z, in: query, schema: {type: [integer, 'null']}}\n"
    "        - {name: u, in: query, schema: {anyOf: [*int, {type: string}]}}\n"
    "        - {name: x, in: query, schema: {oneOf: [{type: integer, maximum: 9}, "
    "{type: string, pattern: '^1'}]}}\n"
    "        - {name: r, in: query, schema: {$ref: '#/components/schemas/Age'}}\n"
    "        - {name: any, in: query, schema: {}}\n"
    "        - {name: one, in: query, schema: {enum: [1, '2', true]}}\n"
    "        - {name: many, in: query, schema: &ints {type: array, items: *int}}\n"
    "        - {name: joined, in: query, explode: false, schema: &strings {type: "
    "array, items: {type: string}}}\n"
    "        - {name: ints, in: query, explode: false, schema: *ints}\n"
    "        - {name: words, in: query, schema: *strings}\n"
    "        - {name: mix, in: query, explode: false, schema: {anyOf: [{type: string}, "
    "*ints]}}\n"
    "        - {name: two, in: query, explode: false, schema: {type: array, "
    "prefixItems: [{type: string}, *int], items: {type: boolean}}}\n"
    "        - {name: pair, in: query, explode: false, schema: {type: object}}\n"
    "        - name: open\n"
    "          in: query\n"
    "          schema:\n"
    "            allOf:\n"
    "              - {$ref: '#/components/schemas/Spot'}\n"
    "              - {properties: {on: {type: boolean}, tags: *ints}}\n"
    "        - name: deep\n"
    "          in: query\n"
    "          style: deepObject\n"
    "          schema: {$ref: '#/components/schemas/Deep'}\n"
    "        - name: range\n"
    "          in: query\n"
    "          style: deepObject\n"
    "          schema: {anyOf: [*int, {type: object, properties: {gt: *int}}]}\n"
    "        - {name: 'page[size]', in: query, schema: *int}\n"
    "        - {name: key, in: query, content: {application/json: {schema: {type: "
    "object}}}}\n"
    "        - {name: note, in: query, content: {text/plain: {schema: {type: "
    "string}}}}\n"
    "        - {name: X-Count, in: header, schema: *int}\n"
    "        - {name: X-List, in: header, schema: *strings}\n"
    "        - {name: X-Json, in: header, content: {application/vnd.a+json: {}}}\n"
    "        - {name: sid, in: cookie, schema: {type: string}}\n"
    "        - {name: page, in: cookie, schema: *int}\n"
    "components:\n"
    "  schemas:\n"
    "    Age: *int\n"
    "    Spot: {type: object, properties: {lat: {type: number}}}\n"
    "    Deep:\n"
    "      type: object\n"
    "      properties:\n"
    "        n: *int\n"
    "        s: {type: string}\n"
    "        list: *ints\n"
    "        spots: {type: array, items: {$ref: '#/components/schemas/Spot'}}\n"
    "        more: {$ref: '#/components/schemas/Deep'}\n"
    "      additionalProperties: {type: boolean}\n";

struct query_row {
    const char *query, *tree;
};

static void check_queries(struct arena *a, const struct query_row *rows, size_t count,
                          bool quiet)
{
    const struct api *api = must_load(a, taker);
    for (size_t i = 0; i < count; i++) {
        struct outcome out;
        read_query(a, api, rows[i].query, &out);
        const char *tree = text_of(json_member(out.input, "query"), a);
        if (out.findings.count || (quiet && out.warnings.count) ||
            strcmp(tree, rows[i].tree) != 0)
            fail_msg("%s: %s; %s; %s", rows[i].query ? rows[i].query : "-", tree,
                     told(&out.findings, a), told(&out.warnings, a));
    }
}

static void query_parameters_take_the_type_that_their_schema_wants(void **state)
{
    static const struct query_row rows[] = {
        { NULL, "{}" },
        { "", "{}" },
        { "&&", "{}" },
        { "s=12", "{\"s\":\"12\"}" },
        { "s=true", "{\"s\":\"true\"}" },
        { "s", "{\"s\":\"\"}" },
        { "s=a=b", "{\"s\":\"a=b\"}" },
        { "s=a+b%2B", "{\"s\":\"a b+\"}" },
        { "s=\"a\"", "{\"s\":\"\\\"a\\\"\"}" },
        { "%73=x", "{\"s\":\"x\"}" },
        { "i=12", "{\"i\":12}" },
        { "i=-3", "{\"i\":-3}" },
        { "i=1.0", "{\"i\":1.0}" },
        { "i=1.5", "{\"i\":1.5}" },
        { "i=1e2", "{\"i\":1e2}" },
        { "i=012", "{\"i\":\"012\"}" },
        { "i=+5", "{\"i\":\" 5\"}" },
        { "i=%2B5", "{\"i\":\"+5\"}" },
        { "i=5%20", "{\"i\":\"5 \"}" },
        { "i=0x10", "{\"i\":\"0x10\"}" },
        { "i=x", "{\"i\":\"x\"}" },
        { "i=", "{\"i\":\"\"}" },
        { "i=9007199254740993", "{\"i\":9007199254740993}" },
        { "f=1e2", "{\"f\":1e2}" },
        { "f=1e400", "{\"f\":1e400}" },
        { "f=NaN", "{\"f\":\"NaN\"}" },
        { "b=true", "{\"b\":true}" },
        { "b=false", "{\"b\":false}" },
        { "b=yes", "{\"b\":\"yes\"}" },
        { "b=TRUE", "{\"b\":\"TRUE\"}" },
        { "b=1", "{\"b\":\"1\"}" },
        { "z=null", "{\"z\":null}" },
        { "z=4", "{\"z\":4}" },
        { "u=7", "{\"u\":7}" },
        { "u=007", "{\"u\":\"007\"}" },
        { "u=seven", "{\"u\":\"seven\"}" },
        { "x=7", "{\"x\":7}" },
        { "x=17", "{\"x\":\"17\"}" },
        { "x=77", "{\"x\":77}" },
        { "r=7", "{\"r\":7}" },
        { "any=7", "{\"any\":\"7\"}" },
        { "any=7&any=8", "{\"any\":[\"7\",\"8\"]}" },
        { "one=1", "{\"one\":1}" },
        { "one=2", "{\"one\":\"2\"}" },
        { "one=true", "{\"one\":true}" },
        { "one=3", "{\"one\":3}" },
        { "page%5Bsize%5D=5", "{\"page[size]\":5}" },
    };
    check_queries(*state, rows, COUNT(rows), true);
}

static void lists_and_objects_are_typed_item_by_item(void **state)
{
    static const struct query_row rows[] = {
        { "many=1&many=2", "{\"many\":[1,2]}" },
        { "many=1", "{\"many\":[1]}" },
        { "words=a,b", "{\"words\":[\"a,b\"]}" },
        { "words=", "{\"words\":[\"\"]}" },
        { "words=a%2Cb&words=%20", "{\"words\":[\"a,b\",\" \"]}" },
        { "joined=a,b", "{\"joined\":[\"a\",\"b\"]}" },
        { "joined=a%2Cb,c", "{\"joined\":[\"a,b\",\"c\"]}" },
        { "joined=a,,b", "{\"joined\":[\"a\",\"\",\"b\"]}" },
        { "joined=", "{\"joined\":[]}" },
        { "joined=1", "{\"joined\":[\"1\"]}" },
        { "ints=1,x", "{\"ints\":[1,\"x\"]}" },
        { "mix=a", "{\"mix\":\"a\"}" },
        { "mix=1", "{\"mix\":\"1\"}" },
        { "mix=1,2", "{\"mix\":[1,2]}" },
        { "mix=a,2", "{\"mix\":\"a,2\"}" },
        { "two=1,2,true", "{\"two\":[\"1\",2,true]}" },
        { "pair=a,1,b,x", "{\"pair\":{\"a\":\"1\",\"b\":\"x\"}}" },
        { "lat=1.5&on=true", "{\"open\":{\"lat\":1.5,\"on\":true}}" },
        { "tags=1&tags=2", "{\"open\":{\"tags\":[1,2]}}" },
        { "tags=1", "{\"open\":{\"tags\":[1]}}" },
        { "key=%7B%22a%22%3A%201%7D", "{\"key\":{\"a\":1}}" },
        { "key=[1,+2]", "{\"key\":[1,2]}" },
        { "note=1", "{\"note\":\"1\"}" },
    };
    check_queries(*state, rows, COUNT(rows), true);
}

static void brackets_are_read_as_clients_write_them(void **state)
{
    static const struct query_row rows[] = {
        { "deep[n]=1&deep[s]=1", "{\"deep\":{\"n\":1,\"s\":\"1\"}}" },
        { "deep%5Bn%5D=1", "{\"deep\":{\"n\":1}}" },
        { "deep[else]=true", "{\"deep\":{\"else\":true}}" },
        { "deep[list][]=1&deep[list][]=2", "{\"deep\":{\"list\":[1,2]}}" },
        { "deep[list][1]=2&deep[list][0]=1", "{\"deep\":{\"list\":[1,2]}}" },
        { "deep[list][10]=3&deep[list][9]=2&deep[list][0]=1",
          "{\"deep\":{\"list\":[1,2,3]}}" },
        { "deep[list]=1&deep[list]=2", "{\"deep\":{\"list\":[1,2]}}" },
        { "deep[list]=1", "{\"deep\":{\"list\":[1]}}" },
        { "deep[list]=2&deep[list][]=1", "{\"deep\":{\"list\":[1,2]}}" },
        { "deep[spots][0][lat]=1&deep[spots][1][lat]=2",
          "{\"deep\":{\"spots\":[{\"lat\":1},{\"lat\":2}]}}" },
        { "deep[spots][][lat]=1&deep[spots][][x]=y&deep[spots][][lat]=2",
          "{\"deep\":{\"spots\":[{\"lat\":1,\"x\":\"y\"},{\"lat\":2}]}}" },
        { "deep[more][more][n]=4&deep[more][s]=5",
          "{\"deep\":{\"more\":{\"more\":{\"n\":4},\"s\":\"5\"}}}" },
        { "deep[0]=true", "{\"deep\":{\"0\":true}}" },
        { "range=5", "{\"range\":5}" },
        { "range[gt]=5", "{\"range\":{\"gt\":5}}" },
        { "deep=x", "{\"deep\":\"x\"}" },
    };
    check_queries(*state, rows, COUNT(rows), true);
}

static void a_list_in_another_style_is_read_and_told(void **state)
{
    static const struct {
        const char *query, *tree, *told;
    } rows[] = {
        { "many=1,2", "{\"many\":[1,2]}",
          "/query/many: expected one parameter for "
          "each value, found \"1,2\"" },
        { "many=", "{\"many\":[]}", "/query/many: expected a value, found \"\"" },
        { "many[]=1&many[]=2", "{\"many\":[1,2]}",
          "/query/many: expected no brackets in its name" },
        { "many[1]=2&many[0]=1", "{\"many\":[1,2]}", "no brackets" },
        { "joined=a&joined=b", "{\"joined\":[\"a\",\"b\"]}",
          "expected values in one parameter, with a separator" },
        { "joined=a,b&joined=c", "{\"joined\":[\"a\",\"b\",\"c\"]}", "in one" },
        { "joined=%22x%22,%22y,z%22", "{\"joined\":[\"x\",\"y,z\"]}",
          "/query/joined: expected values without quotes" },
        { "words=%22x%22&words=y", "{\"words\":[\"x\",\"y\"]}", "without quotes" },
        { "open=lat,5", "{\"open\":{\"lat\":5}}", "one parameter for each member" },
        { "joined[]=a", "{\"joined\":[\"a\"]}", "no brackets" },
    };
    const struct api *api = must_load(*state, taker);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct outcome out;
        read_query(*state, api, rows[i].query, &out);
        const char *tree = text_of(json_member(out.input, "query"), *state);
        if (out.findings.count || out.warnings.count != 1 ||
            strcmp(tree, rows[i].tree) != 0 ||
            !strstr(told(&out.warnings, *state), rows[i].told))
            fail_msg("%s: %s; %s; %s", rows[i].query, tree, told(&out.findings, *state),
                     told(&out.warnings, *state));
    }
}

static void undeclared_query_parameters_are_kept_and_told(void **state)
{
    static const struct {
        const char *query, *tree, *told; /* "": nothing */
    } rows[] = {
        { "other=1&other=2&s=x", "{\"other\":\"1\",\"s\":\"x\"}",
          "additionalProperties /query/other: expected only declared members, "
          "found \"other\"" },
        { "joind=1", "{\"joind\":\"1\"}", "found \"joind\"; did you mean \"joined\"?" },
        { "S=1", "{\"S\":\"1\"}", "did you mean \"s\"?" },
        { "s[x]=1", "{\"s[x]\":\"1\"}", "/query/s[x]" },
        { "deep[x=1", "{\"deep[x\":\"1\"}", "/query/deep[x" },
        { "deep[x]y=1", "{\"deep[x]y\":\"1\"}", "/query/deep[x]y" },
        { "deep]x[=1", "{\"deep]x[\":\"1\"}", "/query/deep]x[" },
        { "[x]=1", "{\"[x]\":\"1\"}", "/query/[x]" },
        { "a/b~=1", "{\"a/b~\":\"1\"}", "/query/a~1b~0" },
        { "=1", "{\"\":\"1\"}", "/query/:" },
        { "__code=200", "{\"__code\":\"200\"}", "" },
    };
    const struct api *api = must_load(*state, taker);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct outcome out;
        read_query(*state, api, rows[i].query, &out);
        const char *tree = text_of(json_member(out.input, "query"), *state);
        if (out.findings.count || out.warnings.count != (*rows[i].told != '\0') ||
            strcmp(tree, rows[i].tree) != 0 ||
            !strstr(told(&out.warnings, *state), rows[i].told))
            fail_msg("%s: %s; %s; %s", rows[i].query, tree, told(&out.findings, *state),
                     told(&out.warnings, *state));
    }
}

static void an_api_key_in_the_query_is_declared_by_security(void **state)
{
    const struct api *api = must_load(
        *state, OPENAPI_31
        "paths: {/a: {get: {security: [{k: []}], " DONE ", parameters: [{name: o, "
        "in: query, schema: {type: object, additionalProperties: true}}]}}}\n"
        "components: {securitySchemes: {k: {type: apiKey, in: query, name: "
        "token}}}\n");
    struct outcome out;
    read_query(*state, api, "token=x&more=y", &out);
    assert_int_equal(out.warnings.count, 0);
    assert_string_equal(text_of(json_member(out.input, "query"), *state),
                        "{\"token\":\"x\",\"o\":{\"more\":\"y\"}}");
}

static void path_parameters_are_typed_and_decoded(void **state)
{
    static const struct {
        const char *path, *tree;
    } rows[] = {
        { "/p/12/3/4", "{\"id\":\"12\",\"n\":3,\"list\":[4]}" },
        { "/p/a%2Fb/x/1,2", "{\"id\":\"a/b\",\"n\":\"x\",\"list\":[1,2]}" },
        { "/p/a+b/0/a", "{\"id\":\"a+b\",\"n\":0,\"list\":[\"a\"]}" },
        { "/p/%C3%A9/1/1", "{\"id\":\"\xc3\xa9\",\"n\":1,\"list\":[1]}" },
        { "/p/a/1/%22x%22", "{\"id\":\"a\",\"n\":1,\"list\":[\"\\\"x\\\"\"]}" },
    };
    const struct api *api = must_load(*state, taker);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct outcome out;
        read_call(*state, api, rows[i].path, NULL, NULL, 0, &out);
        const char *tree = text_of(json_member(out.input, "path"), *state);
        if (out.findings.count || strcmp(tree, rows[i].tree) != 0)
            fail_msg("%s: %s; %s", rows[i].path, tree, told(&out.findings, *state));
    }
}

static void headers_compare_without_case_and_cookies_with_it(void **state)
{
    static const struct {
        struct header headers[2];
        const char *header, *cookie;
    } rows[] = {
        { { { STR("x-count"), STR("12") } }, "{\"x-count\":12}", "{}" },
        { { { STR("X-COUNT"), STR("many") } }, "{\"x-count\":\"many\"}", "{}" },
        { { { STR("x-list"), STR("a,b") } }, "{\"x-list\":[\"a\",\"b\"]}", "{}" },
        { { { STR("x-list"), STR("\"a, \\\"b\" , c") } },
          "{\"x-list\":[\"a, \\\"b\",\"c\"]}",
          "{}" },
        { { { STR("x-list"), STR("a") }, { STR("X-List"), STR("b, c") } },
          "{\"x-list\":[\"a\",\"b\",\"c\"]}",
          "{}" },
        { { { STR("x-list"), STR("a%2Cb") } }, "{\"x-list\":[\"a%2Cb\"]}", "{}" },
        { { { STR("x-json"), STR("{\"a\": 1}") } }, "{\"x-json\":{\"a\":1}}", "{}" },
        { { { STR("x-other"), STR("1") } }, "{}", "{}" },
        { { { STR("Cookie"), STR("sid=abc") } }, "{}", "{\"sid\":\"abc\"}" },
        { { { STR("cookie"), STR("a=1; sid=a%20b+c=d;page=3") } },
          "{}",
          "{\"sid\":\"a b+c=d\",\"page\":3}" },
        { { { STR("cookie"), STR("SID=abc; page") } }, "{}", "{\"page\":\"\"}" },
        { { { STR("cookie"), STR("page=1") }, { STR("cookie"), STR("sid=x") } },
          "{}",
          "{\"sid\":\"x\",\"page\":1}" },
        { { { STR("cookie"), STR("") } }, "{}", "{}" },
    };
    const struct api *api = must_load(*state, taker);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct outcome out;
        read_call(*state, api, "/a", NULL, rows[i].headers,
                  rows[i].headers[1].name.ptr ? 2 : 1, &out);
        const char *headers = text_of(json_member(out.input, "header"), *state);
        const char *cookies = text_of(json_member(out.input, "cookie"), *state);
        if (out.findings.count || strcmp(headers, rows[i].header) != 0 ||
            strcmp(cookies, rows[i].cookie) != 0)
            fail_msg("%s: %s %s; %s", rows[i].headers[0].value.ptr, headers, cookies,
                     told(&out.findings, *state));
    }
}

/* ---- what is wrong ------------------------------------------------------------ */

static void what_cannot_be_read_is_a_finding(void **state)
{
    static const struct {
        const char *query, *tree, *told;
    } rows[] = {
        { "s=%zz", "{}",
          "encoding /query/s: expected percent-encoded UTF-8, found "
          "\"%zz\"" },
        { "s=%", "{}", "encoding /query/s:" },
        { "s=%ff&i=1", "{\"i\":1}", "encoding /query/s:" },
        { "%=1", "{}", "encoding /query:" },
        { "other=%4", "{}", "encoding /query:" },
        { "joined=a,%f", "{\"joined\":[\"a\"]}", "encoding /query/joined:" },
        { "deep[%ff]=1", "{}", "encoding /query:" },
        { "deep[s]=%ff", "{\"deep\":{}}", "encoding /query/deep:" },
        { "s=a&s=b", "{\"s\":\"a\"}", "explode /query/s: expected one value" },
        { "i=1&i=1", "{\"i\":1}", "explode /query/i:" },
        { "lat=1&lat=2", "{\"open\":{\"lat\":1}}", "explode /query/open/lat:" },
        { "pair=a,1,b", "{\"pair\":{\"a\":\"1\"}}",
          "style /query/pair: expected a value for every name, found \"b\"" },
        { "pair=a,1,a,2", "{\"pair\":{\"a\":\"1\"}}", "explode /query/pair/a:" },
        { "deep[n]=1&deep[n]=2", "{\"deep\":{\"n\":1}}", "explode /query/deep/n:" },
        { "deep[n]=1&deep[n][x]=2", "{\"deep\":{}}", "explode /query/deep/n:" },
        { "key={", "{}", "content /query/key: expected JSON text (character 2: " },
        { "key=", "{}", "content /query/key: expected JSON text (character 1: " },
        { "key=1&key=2", "{\"key\":1}", "explode /query/key:" },
        { "deep[1][2][3][4][5][6][7][8][9][10][11][12][13][14][15][16][17]=1", "{}",
          "style /query/deep: expected at most 16 brackets in a name" },
    };
    const struct api *api = must_load(*state, taker);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct outcome out;
        read_query(*state, api, rows[i].query, &out);
        const char *tree = text_of(json_member(out.input, "query"), *state);
        if (out.findings.count != 1 || strcmp(tree, rows[i].tree) != 0 ||
            !strstr(told(&out.findings, *state), rows[i].told))
            fail_msg("%s: %s; %s", rows[i].query, tree, told(&out.findings, *state));
    }
}

static void a_field_or_cookie_that_is_wrong_is_a_finding(void **state)
{
    static const struct {
        struct header headers[2];
        const char *told;
    } rows[] = {
        { { { STR("X-List"), STR("\xff") } },
          "encoding /header/x-list: expected UTF-8" },
        { { { STR("X-Count"), STR("1") }, { STR("x-count"), STR("1") } },
          "explode /header/x-count: expected one value" },
        { { { STR("X-Json"), STR("{") } }, "content /header/x-json:" },
        { { { STR("Cookie"), STR("sid=%f") } }, "encoding /cookie/sid:" },
        { { { STR("Cookie"), STR("page=1; page=2") } }, "explode /cookie/page:" },
    };
    const struct api *api = must_load(*state, taker);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct outcome out;
        read_call(*state, api, "/a", NULL, rows[i].headers,
                  rows[i].headers[1].name.ptr ? 2 : 1, &out);
        if (out.findings.count != 1 ||
            !strstr(told(&out.findings, *state), rows[i].told))
            fail_msg("%s: %s", rows[i].headers[0].value.ptr,
                     told(&out.findings, *state));
    }
}

static void an_empty_value_may_stand_for_none(void **state)
{
    static const struct {
        const char *required, *query, *tree;
        bool fits;
    } rows[] = {
        { "false", "n=", "{}", true },
        { "false", "n", "{}", true },
        { "false", NULL, "{}", true },
        { "true", "n=", "{}", true },
        { "true", NULL, "{}", false },
        { "true", "n=5", "{\"n\":5}", true },
        { "true", "n=x", "{\"n\":\"x\"}", false },
        { "false", "s=", "{\"s\":\"\"}", true },
        { "false", "u=", "{\"u\":\"\"}", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct api *api = must_load(
            *state, arena_printf(*state,
                                 OPENAPI_31 PARAMETERS
                                 "        - {name: n, in: query, required: %s, "
                                 "allowEmptyValue: true, schema: {type: "
                                 "integer}}\n"
                                 "        - {name: s, in: query, "
                                 "allowEmptyValue: true, schema: {type: "
                                 "string}}\n"
                                 "        - {name: u, in: query, schema: "
                                 "{type: integer}}\n",
                                 rows[i].required));
        struct outcome out;
        read_query(*state, api, rows[i].query, &out);
        const char *tree = text_of(json_member(out.input, "query"), *state);
        schema_check(api->operations[0].input, out.input, DIRECTION_REQUEST, "", *state,
                     &out.findings);
        if (strcmp(tree, rows[i].tree) != 0 || !out.findings.count != rows[i].fits)
            fail_msg("required %s, %s: %s; %s", rows[i].required, rows[i].query, tree,
                     told(&out.findings, *state));
    }
}

static void a_querystring_is_the_whole_query(void **state)
{
    static const struct {
        const char *media, *query, *tree, *told;
    } rows[] = {
        { "application/x-www-form-urlencoded", "n=1&s=a+b&l=1&l=2",
          "{\"n\":1,\"s\":\"a b\",\"l\":[1,2]}", "" },
        { "application/x-www-form-urlencoded", "n=x", "{\"n\":\"x\"}",
          "type /query/n" },
        { "application/x-www-form-urlencoded", "m=1", "{\"m\":\"1\"}",
          "required /query" },
        { "application/x-www-form-urlencoded", "n=1&n=2", "{\"n\":1}",
          "explode /query/n" },
        { "application/json", "%7B%22n%22:1%7D", "{\"n\":1}", "" },
        { "application/json", "{\"n\":\"+\"}", "{\"n\":\"+\"}", "type /query/n" },
        { "application/json", "n=1", "nothing", "content /query: expected JSON" },
        { "application/json", NULL, "nothing", "required" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct api *api = must_load(
            *state, arena_printf(*state,
                                 OPENAPI_31 PARAMETERS
                                 "        - {name: q, in: querystring, required: "
                                 "true, content: {%s: {schema: {type: object, "
                                 "required: [n], properties: {n: {type: integer}, s: "
                                 "{type: string}, l: {type: array, items: {type: "
                                 "integer}}}}}}}\n",
                                 rows[i].media));
        struct outcome out;
        read_query(*state, api, rows[i].query, &out);
        const char *tree = text_of(json_member(out.input, "query"), *state);
        if (!out.findings.count)
            schema_check(api->operations[0].input, out.input, DIRECTION_REQUEST, "",
                         *state, &out.findings);
        const char *all = told(&out.findings, *state);
        if (strcmp(tree, rows[i].tree) != 0 ||
            strncmp(all, rows[i].told, strlen(rows[i].told)) != 0 ||
            (!*rows[i].told && *all))
            fail_msg("%s: %s; %s", rows[i].query ? rows[i].query : "-", tree, all);
    }
}

/* ---- documents ---------------------------------------------------------------- */

static void what_a_document_says_wrongly_is_told_with_its_place(void **state)
{
    static const struct {
        const char *params;
        bool warning;
        unsigned col;
        const char *why;
    } rows[] = {
        { "{name: q, in: query, style: simple, schema: {}}", false, 32,
          "expected form, spaceDelimited, pipeDelimited or deepObject for a parameter "
          "in query, found \"simple\"" },
        { "{name: q, in: header, style: form, schema: {}}", false, 33,
          "expected simple for a parameter in header, found \"form\"" },
        { "{name: q, in: cookie, style: deepObject, schema: {}}", false, 33,
          "expected form or cookie for a parameter in cookie" },
        { "{name: q, in: query, style: 7, schema: {}}", false, 32, "found a number" },
        { "{name: q, in: query, explode: maybe, schema: {}}", false, 32,
          "expected true or false, found a string" },
        { "{name: q, in: query, required: 1, schema: {}}", false, 32,
          "expected true or false, found a number" },
        { "{name: q, in: cookie, style: cookie, schema: {}}", true, 33,
          "the style cookie came with OpenAPI 3.2" },
        { "{name: q, in: query, style: deepObject, schema: {type: string}}", true, 32,
          "deepObject is for objects, and the schema has none" },
        { "{name: q, in: query}", true, 11, "expected a schema or content" },
        { "{name: q, in: query, schema: {}, content: {a/b: {}}}", true, 44,
          "not both; the schema is used" },
        { "{name: q, in: query, content: {}}", false, 32,
          "expected one media type, found none" },
        { "{name: q, in: query, content: {a/b: {}, c/d: {}}}", true, 32,
          "found several; only \"a/b\" is read" },
        { "{name: accept, in: header, schema: {}}", true, 11,
          "a header parameter \"accept\" is ignored; the responses' content says" },
        { "{name: Content-Type, in: header, schema: {}}", true, 11,
          "the request body's content says" },
        { "{name: AUTHORIZATION, in: header, schema: {}}", true, 11, "security says" },
        { "{name: q, in: header, allowEmptyValue: true, schema: {}}", true, 33,
          "only a parameter in query may have it" },
        { "{name: q, in: query, schema: {}}\n        - {name: q, in: query, schema: "
          "{}}",
          false, 11, "a parameter \"q\" in query is listed before" },
        { "{name: X, in: header, schema: {}}\n        - {name: x, in: header, schema: "
          "{}}",
          false, 11, "a parameter \"x\" in header is listed before" },
        { "{name: q, in: querystring, schema: {}}", false, 11,
          "is described by content, not by a schema" },
        { "{name: p, in: path, required: true, schema: {}}", false, 11,
          "the path \"/a\" has no {p}" },
        { "{name: p, in: body, schema: {}}", false, 21,
          "expected path, query, header or cookie, found \"body\"" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err;
        const char *text = arena_printf(*state, OPENAPI_31 PARAMETERS "        - %s\n",
                                        rows[i].params);
        const struct api *api = load_text(*state, text, &err);
        const struct problem *p = err.first;
        while (p && !strstr(p->why, rows[i].why))
            p = p->next;
        if (!p || !api == rows[i].warning || p->warning != rows[i].warning ||
            p->at.col != rows[i].col)
            fail_msg("%s: %s", rows[i].params,
                     err.first ? problem_text(err.first, *state) : "nothing");
    }
}

static void what_came_with_32_is_no_news_in_32(void **state)
{
    struct err err;
    const char *text =
        "openapi: 3.2.0\ninfo: {title: T, version: '1'}\n" PARAMETERS
        "        - {name: c, in: cookie, style: cookie, schema: {type: string}}\n"
        "        - {name: q, in: querystring, content: {application/json: {}}}\n";
    assert_non_null(load_text(*state, text, &err));
    assert_int_equal(err.warnings, 0);
}

static void a_template_and_its_parameters_name_the_same(void **state)
{
    static const struct {
        const char *path, *params, *why;
    } rows[] = {
        { "/{a}", "[]", "the path has {a}, but no path parameter has that name" },
        { "/{a}", "[{name: a, in: path, schema: {}}]",
          "a path parameter needs required: true" },
        { "/{a}/{a}", "[{name: a, in: path, required: true, schema: {}}]",
          "the path \"/{a}/{a}\" has {a} twice" },
        { "/{a", "[]", "has a { without a }" },
        { "/b", "{}", "expected an array, found an object" },
        { "/b",
          "[{name: q, in: query, schema: {}}, {name: w, in: querystring, content: "
          "{a/b: {}}}]",
          "there is a parameter in querystring (\"w\"), which is the whole query" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err;
        const char *text = arena_printf(
            *state, OPENAPI_31 "paths: {'%s': {get: {" DONE ", parameters: %s}}}\n",
            rows[i].path, rows[i].params);
        const struct problem *p = load_text(*state, text, &err) ? NULL : err.first;
        while (p && !strstr(p->why, rows[i].why))
            p = p->next;
        if (!p)
            fail_msg("%s %s: %s", rows[i].path, rows[i].params,
                     err.first ? problem_text(err.first, *state) : "nothing");
    }
}

/* ---- hostile input ------------------------------------------------------------ */

static void hostile_input_is_bounded(void **state)
{
    struct arena *a = *state;
    const struct api *api = must_load(a, taker);
    const char *const parts[] = {
        "x=1&",
        "many=1&",
        "deep[list][]=1&",
        "deep[more][]=1&",
        "many[]=1&",
        "deep[spots][][lat]=1&",
        "deep[n]=1&",
        "[][][]=1&",
        "%=&",
        "s=%ff&",
        "tags=%00&",
        "joined=%22,%22&",
    };
    for (size_t i = 0; i < COUNT(parts); i++) {
        struct outcome out;
        read_query(a, api, repeated(a, "", parts[i], 10000, "").ptr, &out);
        if (!out.findings.count || out.findings.count > LIMIT_FINDINGS ||
            out.warnings.count > LIMIT_FINDINGS)
            fail_msg("%s: %zu findings", parts[i], out.findings.count);
    }
    struct outcome many;
    read_query(a, api, repeated(a, "", "any=1&", LIMIT_QUERY_VALUES + 1, "").ptr,
               &many);
    assert_string_equal(told(&many.findings, a),
                        "maxProperties /query: expected at most "
                        "1000 members, found \"more\"");
    const char *const starts[] = { "s",     "deep", "many",  "joined=",  "key=",
                                   "ints=", "i=",   "pair=", "deep[s]=", "many=" };
    const char *const ends[] = { "[a]", "[",       "]", "[]", "%22", "\",",    "%22,a",
                                 "[[",  "{\"a\":", "1", "a,", "%",   "%5B0%5D" };
    for (size_t i = 0; i < COUNT(starts); i++)
        for (size_t j = 0; j < COUNT(ends); j++) {
            struct outcome out;
            const char *tail = repeated(a, "", ends[j], 8000, "").ptr;
            read_query(a, api, arena_printf(a, "%s%s", starts[i], tail), &out);
            assert_true(out.findings.count + out.warnings.count <= 2 * LIMIT_FINDINGS);
        }
}

static void a_parameter_without_schema_is_text_and_still_required(void **state)
{
    const struct api *api =
        must_load(*state, OPENAPI_31 PARAMETERS
                  "        - {name: q, in: query, required: true}\n");
    struct outcome out;
    read_query(*state, api, "q=1", &out);
    assert_string_equal(text_of(json_member(out.input, "query"), *state),
                        "{\"q\":\"1\"}");
    read_query(*state, api, "", &out);
    assert_false(schema_check(api->operations[0].input, out.input, DIRECTION_REQUEST,
                              "", *state, NULL));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(query_parameters_take_the_type_that_their_schema_wants),
        TEST(lists_and_objects_are_typed_item_by_item),
        TEST(brackets_are_read_as_clients_write_them),
        TEST(a_list_in_another_style_is_read_and_told),
        TEST(undeclared_query_parameters_are_kept_and_told),
        TEST(an_api_key_in_the_query_is_declared_by_security),
        TEST(path_parameters_are_typed_and_decoded),
        TEST(headers_compare_without_case_and_cookies_with_it),
        TEST(what_cannot_be_read_is_a_finding),
        TEST(a_field_or_cookie_that_is_wrong_is_a_finding),
        TEST(an_empty_value_may_stand_for_none),
        TEST(a_querystring_is_the_whole_query),
        TEST(what_a_document_says_wrongly_is_told_with_its_place),
        TEST(what_came_with_32_is_no_news_in_32),
        TEST(a_template_and_its_parameters_name_the_same),
        TEST(hostile_input_is_bounded),
        TEST(a_parameter_without_schema_is_text_and_still_required),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
