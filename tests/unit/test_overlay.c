/* OpenAPI Overlays: what they make of a document, what is wrong with them, and where an
 * error stands afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../support/folder.h"
#include "api/api.h"
#include "api/overlay.h"
#include "doc/document.h"

#define HEAD_10 "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n"
#define HEAD "overlay: 1.1.0\ninfo: {title: T, version: '1'}\nactions:\n"

struct desk {
    struct arena *arena;
    struct err err;
    const char *folder;
};

static const char *path_of(struct desk *d, const char *name)
{
    return arena_printf(d->arena, "%s/%s", d->folder, name);
}

static int desk_up(void **state)
{
    struct desk *d = calloc(1, sizeof(*d));
    d->arena = arena_new(LIMIT_SPEC_MEMORY);
    d->folder = folder_make(d->arena);
    *state = d;
    return 0;
}

static int desk_down(void **state)
{
    struct desk *d = *state;
    folder_remove(d->folder);
    arena_free(d->arena);
    free(d);
    return 0;
}

/* The document, a flow collection of YAML, after an overlay; or NULL with d->err. */
static cJSON *apply(struct desk *d, const char *document, const char *overlay)
{
    folder_put(d->folder, "api.yaml", arena_printf(d->arena, "--- %s\n", document),
               d->arena);
    folder_put(d->folder, "o.yaml", overlay, d->arena);
    d->err = err_in(d->arena);
    cJSON *root = document_read(path_of(d, "api.yaml"), d->arena, &d->err);
    assert_non_null(root);
    struct overlay *o = overlay_read(path_of(d, "o.yaml"), d->arena, &d->err);
    struct origins *origins = origins_new(path_of(d, "api.yaml"), root, d->arena);
    bool ok =
        o && overlay_apply(o, root, path_of(d, "api.yaml"), origins, d->arena, &d->err);
    document_place(&d->err);
    assert_int_equal(ok, d->err.errors == 0);
    return ok ? root : NULL;
}

/* ---- what actions do ------------------------------------------------------------- */

struct change_row {
    const char *document, *actions, *becomes;
};

static void check_changes(struct desk *d, const char *head,
                          const struct change_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *overlay = arena_printf(d->arena, "%s%s", head, rows[i].actions);
        cJSON *root = apply(d, rows[i].document, overlay);
        if (!root || d->err.warnings)
            fail_msg("%s\n%s", rows[i].actions, problem_text(d->err.first, d->arena));
        struct str text = json_text(root, d->arena);
        if (!str_is(text, rows[i].becomes))
            fail_msg("%s\ngave %s", rows[i].actions, text.ptr);
    }
}

static void an_update_is_merged_into_what_the_target_selects(void **state)
{
    static const struct change_row rows[] = {
        { "{a: {b: 1}}", "- {target: $.a, update: {c: 2}}",
          "{\"a\":{\"b\":1,\"c\":2}}" },
        { "{a: {b: 1}}", "- {target: $, update: {a: {b: x, c: {d: []}}}}",
          "{\"a\":{\"b\":\"x\",\"c\":{\"d\":[]}}}" },
        { "{a: [1]}", "- {target: $, update: {a: [2, 3]}}", "{\"a\":[1,2,3]}" },
        { "{a: [1]}", "- {target: $.a, update: [2, 3]}", "{\"a\":[1,2,3]}" },
        { "{a: [1]}", "- {target: $.a, update: {b: 2}}", "{\"a\":[1,{\"b\":2}]}" },
        { "{a: [1]}", "- {target: $.a, update: x}", "{\"a\":[1,\"x\"]}" },
        { "{a: {b: 1}}", "- {target: $.a.b, update: null}", "{\"a\":{\"b\":null}}" },
        { "{a: [1, 2, 1]}", "- {target: '$.a[?@==1]', update: 3}", "{\"a\":[3,2,3]}" },
        { "{a: null}", "- {target: $, update: {a: text}}", "{\"a\":\"text\"}" },
        { "{a: 1}", "- {target: $, update: {a: 9007199254740993}}",
          "{\"a\":9007199254740993}" },
        { "{a: {}, b: {}}", "- {target: '$.*', update: {c: [1]}}",
          "{\"a\":{\"c\":[1]},\"b\":{\"c\":[1]}}" },
        { "{a: [1]}", "- {target: '$[\"a\",\"a\"]', update: 2}", "{\"a\":[1,2]}" },
        { "{a: {x: {x: {}}}}", "- {target: $..x, update: {y: 1}}",
          "{\"a\":{\"x\":{\"x\":{\"y\":1},\"y\":1}}}" },
        { "{a: 1}", "- {target: $, update: {}}", "{\"a\":1}" },
        { "{a: {b: 1}}", "- {target: $.a, update: {c: 1}, remove: false}",
          "{\"a\":{\"b\":1,\"c\":1}}" },
    };
    check_changes(*state, HEAD, rows, COUNT(rows));
}

static void actions_are_done_in_order_on_what_the_last_one_left(void **state)
{
    static const struct change_row rows[] = {
        { "{a: []}",
          "- {target: $, update: {b: {}}}\n- {target: $.b, update: {c: 1}}\n"
          "- {target: $.a, remove: true}\n- {target: $, update: {a: [2]}}",
          "{\"b\":{\"c\":1},\"a\":[2]}" },
        { "{l: []}", "- {target: $.l, update: 1}\n- {target: $.l, update: 2}",
          "{\"l\":[1,2]}" },
    };
    check_changes(*state, HEAD_10, rows, COUNT(rows));
}

static void what_several_targets_get_is_not_shared(void **state)
{
    static const struct change_row rows[] = {
        { "{a: {}, b: {}}",
          "- {target: '$.*', update: {c: {d: [1]}}}\n"
          "- {target: $.a.c.d, update: 2}\n- {target: $.b.c, update: {e: 1}}",
          "{\"a\":{\"c\":{\"d\":[1,2]}},\"b\":{\"c\":{\"d\":[1],\"e\":1}}}" },
        { "{a: {x: [1]}, b: {}}",
          "- {target: $.b, copy: $.a}\n- {target: $.a.x, update: 2}",
          "{\"a\":{\"x\":[1,2]},\"b\":{\"x\":[1]}}" },
    };
    check_changes(*state, HEAD, rows, COUNT(rows));
}

static void a_removal_takes_every_target_out(void **state)
{
    static const struct change_row rows[] = {
        { "{a: 1, b: 2}", "- {target: $.a, remove: true}", "{\"b\":2}" },
        { "{a: [0, 1, 2, 3]}", "- {target: '$.a[0,2,0]', remove: true}",
          "{\"a\":[1,3]}" },
        { "{a: [0, 1]}", "- {target: '$.a.*', remove: true}", "{\"a\":[]}" },
        { "{a: {x: {x: 1}}, x: 2}", "- {target: $..x, remove: true}", "{\"a\":{}}" },
        { "{t: [a, dummy]}", "- {target: '$.t[?@ == \"dummy\"]', remove: true}",
          "{\"t\":[\"a\"]}" },
        { "{p: [{n: a}, {n: b}]}",
          "- {target: '$.p[?@.n == \"a\"]', remove: true}\n"
          "- {target: '$.p[0]', update: {m: 1}}",
          "{\"p\":[{\"n\":\"b\",\"m\":1}]}" },
    };
    check_changes(*state, HEAD, rows, COUNT(rows));
}

static void a_copy_is_what_stood_there_before(void **state)
{
    static const struct change_row rows[] = {
        { "{p: {a: {get: 1}, b: {put: 2}}}", "- {target: $.p.b, copy: $.p.a}",
          "{\"p\":{\"a\":{\"get\":1},\"b\":{\"put\":2,\"get\":1}}}" },
        { "{p: {a: {get: {}}}}",
          "- {target: $.p, update: {b: {}}}\n- {target: $.p.b, copy: $.p.a}\n"
          "- {target: $.p.a, remove: true}",
          "{\"p\":{\"b\":{\"get\":{}}}}" },
        { "{a: {b: 1}}", "- {target: $.a, copy: $}",
          "{\"a\":{\"b\":1,\"a\":{\"b\":1}}}" },
        { "{a: [1], b: [2]}", "- {target: '$.*', copy: $.a}",
          "{\"a\":[1,1],\"b\":[2,1]}" },
        { "{a: 1, b: x}", "- {target: $.b, copy: $.a}", "{\"a\":1,\"b\":1}" },
        { "{a: {x: 1}, b: []}", "- {target: $.b, copy: '$[\"a\",\"a\"]'}",
          "{\"a\":{\"x\":1},\"b\":[{\"x\":1}]}" },
    };
    check_changes(*state, HEAD, rows, COUNT(rows));
}

/* ---- what is wrong --------------------------------------------------------------- */

struct mistake_row {
    const char *overlay;
    unsigned line, col;
    const char *why;
};

static void check_mistakes(struct desk *d, const struct mistake_row *rows, size_t count,
                           bool warnings)
{
    static const char document[] =
        "{o: {p: [], q: {}}, l: [{}], n: 1, m: 2, deep: {er: {}}}";
    for (size_t i = 0; i < count; i++) {
        cJSON *root = apply(d, document, rows[i].overlay);
        const struct problem *p = d->err.first;
        if (warnings ? !root || d->err.warnings != 1 : d->err.errors != 1)
            fail_msg("%s\n%u errors, %u warnings: %s", rows[i].overlay, d->err.errors,
                     d->err.warnings, p ? problem_text(p, d->arena) : "");
        if (p->at.line != rows[i].line || p->at.col != rows[i].col ||
            !strstr(p->at.file, "/o.yaml") || !strstr(p->why, rows[i].why))
            fail_msg("%s\n%s", rows[i].overlay, problem_text(p, d->arena));
    }
}

static void a_mistake_in_an_overlay_is_told_with_its_place(void **state)
{
    static const struct mistake_row rows[] = {
        { "[]", 1, 1, "expected an overlay (an object), found an array" },
        { "a: [", 2, 1, "did not find expected node content" },
        { "{}", 1, 1, "expected overlay: 1.0.x or 1.1.x, found nothing" },
        { "openapi: 3.1.0\n", 1, 1, "expected an overlay, found an OpenAPI document" },
        { "overlay: 1.0\n", 1, 1, "found a number" },
        { "overlay: 1.2.0\n", 1, 1, "expected overlay: 1.0.x or 1.1.x, found 1.2.0" },
        { "overlay: 1.0.x\n", 1, 1, "found 1.0.x" },
        { "overlay: 1.0.0\nactions: [{target: $, update: {}}]\n", 1, 1,
          "expected info with a title and a version, found nothing" },
        { "overlay: 1.0.0\ninfo: {version: a}\nactions: [{target: $, update: {}}]\n", 2,
          1, "expected title, found nothing" },
        { "overlay: 1.0.0\ninfo: {title: 5, version: a}\nactions: [{target: $, "
          "update: {}}]\n",
          2, 8, "expected title as text, found a number" },
        { "overlay: 1.0.0\ninfo: {title: a, version: b}\n", 1, 1,
          "expected actions (an array of at least one), found nothing" },
        { "overlay: 1.0.0\ninfo: {title: a, version: b}\nactions: []\n", 3, 1,
          "found an empty one" },
        { "extends: [a]\n" HEAD "- {target: $, update: {}}\n", 1, 1,
          "expected extends as text, found an array" },
        { HEAD "- 5\n", 4, 3, "expected an action (an object), found a number" },
        { HEAD "- {update: {}}\n", 4, 3, "expected target, found nothing" },
        { HEAD "- {target: [], update: {}}\n", 4, 4, "expected target as text" },
        { HEAD "- {target: $.paths.-x, update: {}}\n", 4, 4,
          "\"$.paths.-x\", character 9: expected a name or *, found -" },
        { HEAD "- {target: o, update: {}}\n", 4, 4,
          "\"o\", character 1: expected $, with which a query starts, found o" },
        { HEAD "- {target: $.o, copy: '$['}\n", 4, 17,
          "\"$[\", character 3: expected" },
        { HEAD "- {target: $.o, copy: 5}\n", 4, 17, "expected copy as text" },
        { HEAD "- {target: $.o, remove: 'yes'}\n", 4, 17,
          "expected true or false, found a string" },
        { HEAD "- {target: $.o, description: 1, update: {}}\n", 4, 17,
          "expected description as text" },
        { HEAD "- {target: $.o, update: {}, copy: $.q}\n", 4, 29,
          "expected one of update and copy, found both" },
        { HEAD "- {target: $, remove: true}\n", 4, 4,
          "the whole document cannot be removed" },
        { HEAD "- target: $.o\n  update: 5\n", 5, 3,
          "expected an object, as the target selects, found a number" },
        { HEAD "- {target: $.n, update: [1]}\n", 4, 17,
          "expected a primitive value, as the target selects, found an array" },
        { HEAD "- target: $\n  update:\n    o:\n      p: {}\n", 7, 7,
          "expected an array, since p in " },
        { HEAD "- {target: $, update: {o: null}}\n", 4, 24,
          "expected an object, since o in " },
        { HEAD "- {target: $, update: {n: {}}}\n", 4, 24,
          "expected a primitive value, since n in " },
        { HEAD "- {target: '$[\"o\",\"l\"]', update: {}}\n", 4, 4,
          "expected only objects, only arrays or only primitive values, found an "
          "object "
          "at /o and an array at /l" },
        { HEAD "- {target: $.o, copy: '$.*'}\n", 4, 17,
          "expected that \"$.*\" selects one node of " },
        { HEAD "- {target: $.o, copy: $.x}\n", 4, 17, "found 0" },
        { HEAD "- {target: $.o, copy: $.l}\n", 4, 17,
          "expected an object, as the target selects, found an array" },
        { HEAD "- {target: '$..[?match(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabc\", "
               "\"(a|aa)*b\")]', update: {}}\n",
          4, 4, "was given up: a regular expression in it takes too long" },
    };
    check_mistakes(*state, rows, COUNT(rows), false);
}

static void what_does_nothing_is_a_warning_with_its_place(void **state)
{
    static const struct mistake_row rows[] = {
        { HEAD "- {target: $.x, update: {}}\n", 4, 4, "\"$.x\" selects nothing in " },
        { HEAD "- {target: $.x, remove: true}\n", 4, 4, "selects nothing" },
        { HEAD "- {target: $.o}\n", 4, 3,
          "this action does nothing: expected update, copy or remove: true" },
        { HEAD "- {target: $.o, remove: true, update: {}}\n", 4, 31,
          "this has no effect beside remove: true" },
        { HEAD "- {target: $.o, updat: 1, update: {}}\n", 4, 17,
          "\"updat\" is not known in overlays; did you mean \"update\"?" },
        { "colour: red\n" HEAD "- {target: $.o, update: {}}\n", 1, 1,
          "\"colour\" is not known in overlays" },
        { "overlay: 1.0.0\ninfo: {title: a, version: b, by: c}\n"
          "actions: [{target: $, update: {}}]\n",
          2, 30, "\"by\" is not known in overlays" },
        { "extends: other.yaml\n" HEAD "- {target: $.o, update: {}}\n", 1, 1,
          "this overlay is for other.yaml, but is applied to " },
        { HEAD_10 "- {target: $.n, update: 2}\n", 4, 4,
          "selects a number, which Overlay 1.0 does not change; done as in 1.1" },
        { HEAD "- {target: '$.l[?!match(\"1\", \"[0-9]\\\\d\")]', remove: true}\n", 4,
          4, "\"[0-9]\\d\" is no I-Regexp (RFC 9485), so it matches nothing" },
        { HEAD_10 "- {target: $.deep, copy: $.o}\n", 4, 20,
          "copy is not known in Overlay 1.0; done as in 1.1" },
    };
    check_mistakes(*state, rows, COUNT(rows), true);
    assert_non_null(
        apply(*state, "{a: 1}",
              "x-a: 1\noverlay: 1.1.3\nextends: api.yaml\n"
              "info: {title: a, version: b, description: c, x-b: 1}\n"
              "actions: [{target: $, description: d, update: {}, x-c: 1}]"));
    assert_null(((struct desk *)*state)->err.first);
}

static void an_overlay_cannot_make_a_document_that_none_could_read(void **state)
{
    struct desk *d = *state;
    struct buffer b = buffer_in(d->arena, LIMIT_FILE_BYTES);
    buffer_add_text(&b, HEAD);
    for (int i = 0; i < 9; i++)
        buffer_add_text(&b, "- {target: '$..[?!@.*]', copy: $}\n");
    assert_null(apply(d, "{a: {}}", buffer_str(&b).ptr));
    assert_non_null(strstr(d->err.first->why, "nest deeper than 256 levels"));

    b.len = strlen(HEAD);
    for (int i = 0; i < 30; i++)
        buffer_add_text(&b, "- {target: $.a, copy: $.a}\n");
    assert_null(apply(d, "{a: [1]}", buffer_str(&b).ptr));
    assert_non_null(
        strstr(d->err.first->why, "the overlay would add more than 1000000 values"));
}

/* ---- which document, and which line ---------------------------------------------- */

static void extends_names_a_document(void **state)
{
    static const struct {
        const char *extends, *path;
        bool names;
    } rows[] = {
        { "api.yaml", "api.yaml", true },
        { "./api.yaml", "api.yaml", true },
        { "./api.yaml", "./api.yaml", true },
        { "other.yaml", "api.yaml", false },
        { "sub/api.yaml", "api.yaml", false },
        { "https://example.test/v1/api.yaml?raw=1", "api.yaml", true },
        { "https://example.test/api.yaml", "other.yaml", false },
    };
    struct desk *d = *state;
    folder_put(d->folder, "api.yaml", "{}", d->arena);
    for (size_t i = 0; i < COUNT(rows); i++) {
        folder_put(d->folder, "o.yaml",
                   arena_printf(d->arena, "extends: %s\n" HEAD "- {target: $}\n",
                                rows[i].extends),
                   d->arena);
        d->err = err_in(d->arena);
        struct overlay *o = overlay_read(path_of(d, "o.yaml"), d->arena, &d->err);
        assert_non_null(o);
        if (overlay_names(o, path_of(d, rows[i].path), d->arena) != rows[i].names)
            fail_msg("%s and %s", rows[i].extends, rows[i].path);
    }
}

/* Loads a document of OpenAPI with two overlays. */
static struct api *load(struct desk *d, const char *document, const char *first,
                        const char *second)
{
    folder_put(d->folder, "api.yaml", document, d->arena);
    folder_put(d->folder, "o.yaml", first, d->arena);
    folder_put(d->folder, "second.yaml", second, d->arena);
    d->err = err_in(d->arena);
    const struct overlay *overlays[] = {
        overlay_read(path_of(d, "o.yaml"), d->arena, &d->err),
        overlay_read(path_of(d, "second.yaml"), d->arena, &d->err), NULL
    };
    assert_non_null(overlays[0]);
    assert_non_null(overlays[1]);
    struct api_options options = { .overlays = overlays };
    struct api *api = api_load(path_of(d, "api.yaml"), &options, d->arena, &d->err);
    document_place(&d->err);
    return api;
}

static void an_error_names_the_line_that_somebody_wrote(void **state)
{
    static const char document[] = "openapi: 3.1.0\n"
                                   "info: {title: T, version: '1'}\n"
                                   "paths:\n"
                                   "  /a:\n"
                                   "    get:\n"
                                   "      operationId: a\n"
                                   "      parameters:\n"
                                   "        - {name: p, in: query, schema: {}}\n"
                                   "        - {name: q, in: query, schema: {}}\n"
                                   "        - {name: r, in: query, schema: {type: r}}\n"
                                   "      responses: {'204': {description: Done}}\n"
                                   "components: {schemas: {S: {type: s}}}\n";
    static const char first[] =
        HEAD "- target: $.paths['/a'].get\n"
             "  update:\n"
             "    parameters:\n"
             "      - {name: t, in: query, schema: {type: t}}\n"
             "- target: $.paths['/a'].get.parameters[0]\n"
             "  remove: true\n"
             "- target: $.paths['/a'].get.parameters[0]\n"
             "  update: {schema: {type: q}}\n"
             "- {target: $.paths, update: {/b: {}}}\n"
             "- target: $.paths['/b']\n"
             "  update: {get: {operationId: b, responses: {'204': {description: D}}}}\n"
             "- target: $.paths['/b'].get\n"
             "  update: {parameters: [{name: u, in: query, schema: {}}, {name: w, in: "
             "query, "
             "schema: {type: string}}]}\n"
             "- target: $.paths['/b'].get.parameters[0].schema\n"
             "  copy: $.components.schemas.S\n";
    static const char second[] = HEAD
        "- target: $.paths['/a'].get.parameters[-1:].schema\n"
        "  update:\n"
        "    minimum: x\n"
        "- {target: '$.paths[\"/a\"].get.parameters[0].name', update: v}\n"
        "- {target: '$.paths[\"/b\"].get.parameters[1].schema.type', update: ss}\n";
    static const struct {
        const char *file;
        unsigned line;
        const char *why;
    } told[] = {
        { "/o.yaml", 11, "found q" },      { "/api.yaml", 10, "found r" },
        { "/o.yaml", 7, "found t" },       { "/second.yaml", 6, "expected a number" },
        { "/second.yaml", 8, "found ss" }, { "/api.yaml", 12, "found s" },
    };
    struct desk *d = *state;
    assert_null(load(d, document, first, second));
    for (size_t i = 0; i < COUNT(told); i++) {
        bool found = false;
        for (const struct problem *p = d->err.first; p; p = p->next)
            found =
                found || (strstr(p->at.file, told[i].file) &&
                          p->at.line == told[i].line && strstr(p->why, told[i].why));
        if (!found) {
            for (const struct problem *p = d->err.first; p; p = p->next)
                print_error("%s\n", problem_text(p, d->arena));
            fail_msg("%s:%u: %s", told[i].file, told[i].line, told[i].why);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_up, desk_down)
    const struct CMUnitTest tests[] = {
        TEST(an_update_is_merged_into_what_the_target_selects),
        TEST(actions_are_done_in_order_on_what_the_last_one_left),
        TEST(what_several_targets_get_is_not_shared),
        TEST(a_removal_takes_every_target_out),
        TEST(a_copy_is_what_stood_there_before),
        TEST(a_mistake_in_an_overlay_is_told_with_its_place),
        TEST(what_does_nothing_is_a_warning_with_its_place),
        TEST(an_overlay_cannot_make_a_document_that_none_could_read),
        TEST(extends_names_a_document),
        TEST(an_error_names_the_line_that_somebody_wrote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
