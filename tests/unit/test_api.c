/* OpenAPI documents: what is loaded, and what they make of a request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/text.h"
#include "api/media.h"
#include "api/route.h"
#include "api/security.h"
#include "base/buffer.h"

/* ---- what is loaded -------------------------------------------------------------- */

static void an_operation_is_meant_by_its_id_its_path_or_method_and_path(void **state)
{
    static const struct {
        const char *text, *ids;
    } rows[] = {
        { "getPet", "getPet" },
        { "links.create", "GET /links.create,makeLink" },
        { "/links.create", "GET /links.create,makeLink" },
        { "POST /links.create", "makeLink" },
        { "post /links.create", "makeLink" },
        { "GET /links.create", "GET /links.create" },
        { "getpet", "" },
        { "DELETE /links.create", "" },
        { "", "" },
        { "*", "" },
    };
    const struct api *api = must_load(
        *state, OPENAPI_31 "paths:\n  /pets/{id}:\n    get:\n      operationId: "
                           "getPet\n      parameters: [{name: id, in: path, required: "
                           "true, schema: {}}]\n      " DONE
                           "\n  /links.create:\n    get: {" DONE
                           "}\n    post: {operationId: makeLink, " DONE "}\n");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer b = buffer_in(*state, 1000);
        const struct operation *op;
        size_t next = 0;
        while ((op = api_operation(api, str(rows[i].text), &next)))
            buffer_printf(&b, "%s%s", b.len ? "," : "", op->id);
        if (strcmp(buffer_str(&b).ptr, rows[i].ids) != 0)
            fail_msg("\"%s\" means %s", rows[i].text, buffer_str(&b).ptr);
    }
    assert_string_equal(api_nearest_operation(api, STR("getPt")), "getPet");
    assert_string_equal(api_nearest_operation(api, STR("link.create")), "links.create");
    assert_null(api_nearest_operation(api, STR("something else")));
}

static void a_status_gets_its_own_reply_before_a_range_before_default(void **state)
{
    static const struct {
        int status;
        const char *key;
    } rows[] = {
        { 200, "200" }, { 201, "2XX" },     { 299, "2XX" },
        { 404, "404" }, { 418, "default" }, { 500, "default" },
    };
    const struct api *api = must_load(
        *state, OPENAPI_31
        "paths:\n  /a:\n    get:\n      responses:\n"
        "        default: {description: Oh}\n        2XX: {description: a}\n"
        "        200: {description: OK}\n        '404': {description: Not Found}\n"
        "        x-note: hello\n    put: {" DONE "}\n");
    const struct operation *op = &api->operations[0];
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct reply *r = operation_reply(op, rows[i].status);
        if (!r || strcmp(r->key, rows[i].key) != 0)
            fail_msg("%d gets %s", rows[i].status, r ? r->key : "nothing");
    }
    assert_string_equal(operation_reply(op, 404)->name, "not_found");
    assert_int_equal(operation_status(op, 200, 299), 200);
    assert_int_equal(operation_status(op, 400, 499), 404);
    assert_int_equal(operation_status(op, 500, 599), 0);
    assert_null(operation_reply(&api->operations[1], 200));
}

static void a_server_url_gives_host_and_base_path(void **state)
{
    static const struct {
        const char *servers, *url, *host, *base;
    } rows[] = {
        { "", "/", "", "" },
        { "servers: []\n", "/", "", "" },
        { "servers: [{url: /}]\n", "/", "", "" },
        { "servers: [{url: /v1/}]\n", "/v1/", "", "/v1" },
        { "servers: [{url: v1}]\n", "v1", "", "/v1" },
        { "servers: [{url: 'https://api.example.com'}]\n", "https://api.example.com",
          "api.example.com", "" },
        { "servers: [{url: 'https://api.example.com:8443/a/b/'}]\n",
          "https://api.example.com:8443/a/b/", "api.example.com", "/a/b" },
        { "servers: [{url: 'https://api.example.com/a?x=1#y'}]\n",
          "https://api.example.com/a?x=1#y", "api.example.com", "/a" },
        { "servers: [{url: 'http://[::1]:80/a'}]\n", "http://[::1]:80/a", "[::1]",
          "/a" },
        { "servers:\n  - url: 'https://{org}.example.com:{port}/{v}'\n    variables:\n"
          "      org: {default: acme}\n      port: {default: '443'}\n      v: "
          "{default: v2}\n",
          "https://acme.example.com:443/v2", "acme.example.com", "/v2" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct api *api = must_load(
            *state, arena_printf(*state, OPENAPI_31 "%spaths: {}\n", rows[i].servers));
        assert_int_equal(api->server_count, 1);
        const struct server_url *s = &api->servers[0];
        if (strcmp(s->url, rows[i].url) != 0 || strcmp(s->host, rows[i].host) != 0 ||
            strcmp(s->base, rows[i].base) != 0)
            fail_msg("%s: %s, %s, %s", rows[i].servers, s->url, s->host, s->base);
    }
}

static void the_operations_own_parameter_takes_the_place_of_the_paths(void **state)
{
    const struct api *api =
        must_load(*state, OPENAPI_31
                  "paths:\n  /a:\n    parameters:\n"
                  "      - {name: q, in: query, schema: {type: string}}\n"
                  "      - {name: q, in: header, schema: {type: string}}\n"
                  "      - {name: Authorization, in: header, schema: {type: string}}\n"
                  "      - {name: content-type, in: header, schema: {type: string}}\n"
                  "    get:\n      parameters:\n"
                  "        - {name: q, in: query, required: true, schema: {type: "
                  "integer}}\n      " DONE "\n");
    const struct operation *op = &api->operations[0];
    assert_int_equal(op->param_count, 2);
    assert_int_equal(op->params[0].types, TYPE_INTEGER);
    assert_true(op->params[0].required);
    assert_int_equal(op->params[1].in, PARAM_HEADER);
}

/* ---- routes -----------------------------------------------------------------------
 */

static const char zoo[] =
    "openapi: 3.1.0\n"
    "info: {title: T, version: '1'}\n"
    "x-parts:\n"
    "  done: &done {'204': {description: Done}}\n"
    "  id: &id {name: id, in: path, required: true, schema: {type: string}}\n"
    "  x: &x {name: x, in: path, required: true, schema: {type: string}}\n"
    "  toy: &toy {name: toy, in: path, required: true, schema: {type: string}}\n"
    "  from: &from {name: from, in: path, required: true, schema: {type: string}}\n"
    "  to: &to {name: to, in: path, required: true, schema: {type: string}}\n"
    "paths:\n"
    "  /: {get: {operationId: root, responses: *done}}\n"
    "  /pets:\n"
    "    get: {operationId: list, responses: *done}\n"
    "    post: {operationId: add, responses: *done}\n"
    "  /pets/new: {get: {operationId: new, responses: *done}}\n"
    "  /pets/{id}:\n"
    "    parameters: [*id]\n"
    "    get: {operationId: one, responses: *done}\n"
    "    delete: {operationId: drop, responses: *done}\n"
    "  /pets/{id}/toys/{toy}:\n"
    "    parameters: [*id, *toy]\n"
    "    get: {operationId: toy, responses: *done}\n"
    "  /pets/new/toys: {put: {operationId: newToys, responses: *done}}\n"
    "  /a/{x}.json:\n"
    "    parameters: [*x]\n"
    "    get: {operationId: json, responses: *done}\n"
    "  /a/{x}:\n"
    "    parameters: [*x]\n"
    "    get: {operationId: plain, responses: *done}\n"
    "  /r/{from}-{to}:\n"
    "    parameters: [*from, *to]\n"
    "    get: {operationId: range, responses: *done}\n"
    "  /slash/: {get: {operationId: slash, responses: *done}}\n"
    "  /caf\xc3\xa9: {get: {operationId: cafe, responses: *done}}\n"
    "  /h:\n"
    "    get: {operationId: get, responses: *done}\n"
    "    head: {operationId: head, responses: *done}\n"
    "  /put: {put: {operationId: put, responses: *done}}\n";

/* "id(name=value,…)", or "404", or "405 allow". */
static const char *went_to(struct arena *a, const struct api *api, const char *method,
                           const char *path)
{
    struct route route;
    struct buffer b = buffer_in(a, 1000);
    routes_match(api->routes, str(method), str(path), a, &route);
    if (!route.operation)
        return route.path_known ? arena_printf(a, "405 %s", route.allow) : "404";
    buffer_add_text(&b, route.operation->id);
    for (size_t i = 0; i < route.count; i++) {
        buffer_add_text(&b, i ? "," : "(");
        buffer_add(&b, route.names[i]);
        buffer_add_text(&b, "=");
        buffer_add(&b, route.values[i]);
    }
    buffer_add_text(&b, route.count ? ")" : "");
    return buffer_str(&b).ptr;
}

static void a_path_goes_to_its_nearest_template(void **state)
{
    static const struct {
        const char *method, *path, *to;
    } rows[] = {
        { "GET", "/", "root" },
        { "GET", "/pets", "list" },
        { "POST", "/pets", "add" },
        { "GET", "/pets/new", "new" },
        { "GET", "/pets/newt", "one(id=newt)" },
        { "GET", "/pets/12", "one(id=12)" },
        { "GET", "/pets/a%2Fb", "one(id=a%2Fb)" },
        { "GET", "/pets/a%20b", "one(id=a%20b)" },
        { "GET", "/p%65ts/n%65w", "new" },
        { "GET", "/pets%2Fnew", "404" },
        { "GET", "/Pets", "404" },
        { "GET", "/pets/", "404" },
        { "GET", "/pets/12/", "404" },
        { "GET", "//pets", "404" },
        { "GET", "/pets//toys/x", "404" },
        { "GET", "/slash/", "slash" },
        { "GET", "/slash", "404" },
        { "GET", "", "404" },
        { "GET", "pets", "404" },
        { "GET", "/pets/1/toys/2", "toy(id=1,toy=2)" },
        { "GET", "/pets/new/toys/2", "toy(id=new,toy=2)" },
        { "PUT", "/pets/new/toys", "newToys" },
        { "GET", "/a/b.json", "json(x=b)" },
        { "GET", "/a/b.json.json", "json(x=b.json)" },
        { "GET", "/a/.json", "plain(x=.json)" },
        { "GET", "/a/b.xml", "plain(x=b.xml)" },
        { "GET", "/r/1-2", "range(from=1,to=2)" },
        { "GET", "/r/1-2-3", "range(from=1,to=2-3)" },
        { "GET", "/r/--1", "range(from=-,to=1)" },
        { "GET", "/r/-1", "404" },
        { "GET", "/r/12", "404" },
        { "GET", "/caf%C3%A9", "cafe" },
        { "GET", "/caf\xc3\xa9", "cafe" },
        { "GET", "/caf%E9", "404" },
        { "HEAD", "/pets", "list" },
        { "HEAD", "/h", "head" },
        { "GET", "/h", "get" },
        { "HEAD", "/put", "405 PUT" },
        { "DELETE", "/pets", "405 GET, HEAD, POST" },
        { "POST", "/pets/12", "405 GET, HEAD, DELETE" },
        { "DELETE", "/pets/new", "drop(id=new)" },
        { "get", "/pets", "405 GET, HEAD, POST" },
        { "GET", "/pets/new/toys", "405 PUT" },
    };
    const struct api *api = must_load(*state, zoo);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *to = went_to(*state, api, rows[i].method, rows[i].path);
        if (strcmp(to, rows[i].to) != 0)
            fail_msg("%s %s went to %s", rows[i].method, rows[i].path, to);
    }
}

/* ---- the input ---------------------------------------------------------------------
 */

static struct request request_of(const char *query)
{
    struct request r = { .method = STR("GET") };
    if (query)
        r.query = str(query);
    return r;
}

static void the_whole_input_is_checked_against_one_schema(void **state)
{
    static const struct {
        const char *input, *pointer; /* NULL: it fits */
    } rows[] = {
        { "{\"path\":{\"id\":\"a\"},\"query\":{\"n\":1},\"body\":{\"x\":1}}", NULL },
        { "{\"path\":{\"id\":\"a\"},\"query\":{},\"body\":{\"x\":1}}", "/query" },
        { "{\"path\":{\"id\":\"a\"},\"query\":{\"n\":\"x\"},\"body\":{\"x\":1}}",
          "/query/n" },
        { "{\"path\":{\"id\":\"a\"},\"query\":{\"n\":1},\"body\":{\"x\":\"\"}}",
          "/body/x" },
        /* A body that is missing is told before the tree is made. */
        { "{\"path\":{\"id\":\"a\"},\"query\":{\"n\":1}}", NULL },
        { "{\"path\":{\"id\":\"abc\"},\"query\":{\"n\":1},\"body\":{}}", "/path/id" },
    };
    const struct api *api = must_load(
        *state, OPENAPI_31
        "paths:\n  /a/{id}:\n    post:\n      parameters:\n"
        "        - {name: id, in: path, required: true, schema: {maxLength: 2}}\n"
        "        - {name: n, in: query, required: true, schema: {type: integer}}\n"
        "      requestBody:\n        required: true\n        content:\n"
        "          text/plain: {}\n"
        "          application/json: {schema: {properties: {x: {type: integer}}}}\n    "
        "  " DONE "\n");
    for (size_t i = 0; i < COUNT(rows); i++) {
        cJSON *input = must_json(*state, rows[i].input);
        struct findings all = { .arena = *state };
        json_set(*state, input, "header", json_object(*state));
        json_set(*state, input, "cookie", json_object(*state));
        bool fits = schema_check(api->operations[0].input, input, DIRECTION_REQUEST, "",
                                 *state, &all);
        if (fits != !rows[i].pointer ||
            (!fits && strcmp(all.list[0].pointer, rows[i].pointer) != 0))
            fail_msg("%s: %s", rows[i].input, fits ? "fits" : all.list[0].pointer);
    }
}

/* ---- media types -------------------------------------------------------------------
 */

static void json_is_known_by_its_media_type(void **state)
{
    static const struct {
        const char *type;
        bool json;
    } rows[] = {
        { "application/json", true },
        { "Application/JSON", true },
        { "application/json; charset=utf-8", true },
        { "application/json;charset=utf-8", true },
        { " application/json ;x", true },
        { "application/problem+json", true },
        { "application/vnd.api+JSON; v=1", true },
        { "+json", false },
        { "application/jsonx", false },
        { "text/json", true },
        { "text/plain", false },
        { "*/*", false },
        { "", false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (media_is_json(str(rows[i].type)) != rows[i].json)
            fail_msg("%s", rows[i].type);
}

static void the_exact_media_type_beats_a_range(void **state)
{
    static const struct {
        const char *types, *sent, *taken;
    } rows[] = {
        { "application/json", "application/json", "application/json" },
        { "application/json", "APPLICATION/json; charset=utf-8", "application/json" },
        { "application/json", "text/plain", NULL },
        { "application/json", "application/jso", NULL },
        { "application/json", "", NULL },
        { "'*/*': {}, application/*: {}, application/json", "application/json",
          "application/json" },
        { "'*/*': {}, application/json: {}, application/*", "application/xml",
          "application/*" },
        { "application/*: {}, '*/*'", "text/plain", "*/*" },
        { "application/*", "applications/x", NULL },
        { "'application/json; v=2'", "application/json", "application/json; v=2" },
        { "'application/json; v=2'", "application/json; v=3", NULL },
        { "'application/json; v=2'", "application/json; V=\"2\"",
          "application/json; v=2" },
        { "'application/json; v=2': {}, application/json", "application/json",
          "application/json" },
        { "application/json: {}, 'application/json; v=2'",
          "application/json ;x=\"a;b\\\"\"; v=2", "application/json; v=2" },
        { "'text/plain; charset=utf-8'", "text/plain", "text/plain; charset=utf-8" },
        { "'text/plain; charset=utf-8'", "text/plain;;charset=us-ascii",
          "text/plain; charset=utf-8" },
        { "multipart/form-data", "multipart/form-data;boundary=\"a b\"",
          "multipart/form-data" },
        { "application/json", "application/", NULL },
        { "application/json", "application json", NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct api *api = must_load(
            *state,
            arena_printf(*state,
                         OPENAPI_31
                         "paths:\n  /a:\n    post:\n      requestBody: {content: "
                         "{%s: {}}}\n      " DONE "\n",
                         rows[i].types));
        struct media_type sent;
        const struct media *m = media_type_read(str(rows[i].sent), *state, &sent)
                                    ? media_for(&api->operations[0], &sent)
                                    : NULL;
        if (!m != !rows[i].taken || (m && strcmp(m->type, rows[i].taken) != 0))
            fail_msg("%s among %s: %s", rows[i].sent, rows[i].types,
                     m ? m->type : "none");
    }
}

/* ---- security -----------------------------------------------------------------------
 */

static const char guarded[] =
    OPENAPI_31 "security: [{bearer: []}]\n"
               "paths:\n"
               "  /bearer: {get: {" DONE "}}\n"
               "  /open: {get: {security: [], " DONE "}}\n"
               "  /basic: {get: {security: [{basic: []}], " DONE "}}\n"
               "  /header: {get: {security: [{inHeader: []}], " DONE "}}\n"
               "  /query: {get: {security: [{inQuery: []}], " DONE "}}\n"
               "  /cookie: {get: {security: [{inCookie: []}], " DONE "}}\n"
               "  /or: {get: {security: [{inHeader: []}, {bearer: []}], " DONE "}}\n"
               "  /and: {get: {security: [{inHeader: [], inQuery: []}], " DONE "}}\n"
               "  /maybe: {get: {security: [{bearer: []}, {}], " DONE "}}\n"
               "  /other: {get: {security: [{tls: []}], " DONE "}}\n"
               "components:\n"
               "  securitySchemes:\n"
               "    bearer: {type: http, scheme: Bearer}\n"
               "    basic: {type: http, scheme: basic}\n"
               "    inHeader: {type: apiKey, in: header, name: X-Key}\n"
               "    inQuery: {type: apiKey, in: query, name: key}\n"
               "    inCookie: {$ref: '#/components/securitySchemes/cookie'}\n"
               "    cookie: {type: apiKey, in: cookie, name: sid}\n"
               "    tls: {type: mutualTLS}\n";

static clock_ms never_asked(void *context)
{
    (void)context;
    fail_msg("the time was asked for a credential that has none in it");
    return 0;
}

static void a_call_needs_one_alternative_of_security_in_full(void **state)
{
    static const struct {
        const char *path, *header, *value, *query;
        bool in;
        const char *why, *challenge;
    } rows[] = {
        { "/open", "", "", "", true, "", "" },
        { "/bearer", "", "", "", false, "found no Authorization", "Bearer" },
        { "/bearer", "Authorization", "Bearer abc", "", true, "", "" },
        { "/bearer", "authorization", "bearer abc", "", true, "", "" },
        { "/bearer", "Authorization", "Bearer   a-._~+/1==", "", true, "", "" },
        { "/bearer", "Authorization", "Bearer", "", false, "found another form",
          "Bearer" },
        { "/bearer", "Authorization", "Bearer ", "", false, "found another form",
          "Bearer" },
        { "/bearer", "Authorization", "Bearer a b", "", false, "found another form",
          "Bearer" },
        { "/bearer", "Authorization", "Bearer a=b", "", false, "found another form",
          "Bearer" },
        { "/bearer", "Authorization", "Bearer ===", "", false, "found another form",
          "Bearer" },
        { "/bearer", "Authorization", "Basic YTpi", "", false, "found another form",
          "Bearer" },
        { "/bearer", "Authorization", "", "", false, "found another form", "Bearer" },
        { "/basic", "Authorization", "Basic YTpi", "", true, "", "" },
        { "/basic", "Authorization", "basic Og==", "", true, "", "" },
        { "/basic", "Authorization", "Basic YWI=", "", false, "found another form",
          "Basic realm=" },
        { "/basic", "Authorization", "Basic !!", "", false, "found another form",
          "Basic" },
        { "/basic", "", "", "", false, "Basic <base64 of user:password>", "Basic" },
        { "/header", "x-key", "k", "", true, "", "" },
        { "/header", "X-Key", " ", "", false,
          "expected the header \"X-Key\" with a key, found it empty", "ApiKey" },
        { "/header", "", "", "", false, "header \"X-Key\" with a key, found none",
          "ApiKey" },
        { "/query", "", "", "a=1&key=k", true, "", "" },
        { "/query", "", "", "key=", false, "query parameter \"key\"", "ApiKey" },
        { "/query", "", "", "KEY=k", false, "query parameter \"key\"", "ApiKey" },
        { "/cookie", "Cookie", "a=1; sid=x", "", true, "", "" },
        { "/cookie", "Cookie", "SID=x", "", false, "cookie \"sid\" with a key",
          "ApiKey" },
        { "/or", "X-Key", "k", "", true, "", "" },
        { "/or", "Authorization", "Bearer t", "", true, "", "" },
        { "/or", "", "", "", false, "header \"X-Key\"", "Bearer" },
        { "/and", "X-Key", "k", "key=1", true, "", "" },
        { "/and", "X-Key", "k", "", false, "query parameter \"key\"", "ApiKey" },
        { "/and", "", "", "key=1", false, "header \"X-Key\"", "ApiKey" },
        { "/maybe", "", "", "", true, "", "" },
        { "/other", "", "", "", true, "", "" },
    };
    const struct api *api = must_load(*state, guarded);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct request r = request_of(rows[i].query);
        struct route route;
        struct guard nobody = { .token_count = 0 };
        struct denial d = { .why = "", .challenge = "" };
        if (rows[i].header[0])
            r.headers[r.header_count++] =
                (struct header){ str(rows[i].header), str(rows[i].value) };
        routes_match(api->routes, STR("GET"), str(rows[i].path), *state, &route);
        bool in = security_check(route.operation, &r, &nobody,
                                 (struct asked_clock){ never_asked, NULL }, *state, &d);
        if (in != rows[i].in || !strstr(d.why, rows[i].why) ||
            !str_starts(str(d.challenge), str(rows[i].challenge)))
            fail_msg("%s, %s: %s?%s: %s, %s, %s", rows[i].path, rows[i].header,
                     rows[i].value, rows[i].query, in ? "in" : "out", d.why,
                     d.challenge);
    }
}

/* ---- statuses
 * ------------------------------------------------------------------------ */

static void a_status_has_a_phrase_and_a_phrase_a_status(void **state)
{
    static const struct {
        int status;
        const char *phrase, *name;
    } rows[] = {
        { 200, "OK", "ok" },
        { 404, "Not Found", "not_found" },
        { 203, "Non-Authoritative Information", "non_authoritative_information" },
        { 429, "Too Many Requests", "too_many_requests" },
        { 418, "", NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (strcmp(status_phrase(rows[i].status), rows[i].phrase) != 0)
            fail_msg("%d: %s", rows[i].status, status_phrase(rows[i].status));
        if (rows[i].name && status_of_name(str(rows[i].name)) != rows[i].status)
            fail_msg("%s: %d", rows[i].name, status_of_name(str(rows[i].name)));
    }
    assert_int_equal(status_of_name(STR("Not Found")), 0);
    assert_int_equal(status_of_name(STR("")), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(an_operation_is_meant_by_its_id_its_path_or_method_and_path),
        TEST(a_status_gets_its_own_reply_before_a_range_before_default),
        TEST(a_server_url_gives_host_and_base_path),
        TEST(the_operations_own_parameter_takes_the_place_of_the_paths),
        TEST(a_path_goes_to_its_nearest_template),
        TEST(the_whole_input_is_checked_against_one_schema),
        TEST(json_is_known_by_its_media_type),
        TEST(the_exact_media_type_beats_a_range),
        TEST(a_call_needs_one_alternative_of_security_in_full),
        TEST(a_status_has_a_phrase_and_a_phrase_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
