/* Bodies: from bytes of a media type to the tree, and what is told when they are bad.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zlib.h>

#include "../support/bodies.h"
#include "../support/text.h"
#include "api/body.h"
#include "base/buffer.h"
#include "base/inflate.h"
#include "base/limits.h"

/* ---- forms --------------------------------------------------------------------- */

#define FORM "application/x-www-form-urlencoded"

static void a_form_takes_the_types_of_its_schema(void **state)
{
    static const struct row rows[] = {
        { "", "nothing" },
        { "s=1&i=2&n=2.50&b=true&x=3",
          "{\"s\":\"1\",\"i\":2,\"n\":2.50,\"b\":true,\"x\":\"3\"}" },
        { "s=a+b%20c%2B&&", "{\"s\":\"a b c+\"}" },
        { "s=caf%C3%A9", "{\"s\":\"café\"}" },
        { "s", "{\"s\":\"\"}" },
        { "s=a%00b", "{\"s\":\"a\\u0000b\"}" },
        { "i=two", "/body/i: expected an integer, found the string \"two\"" },
        { "i=1&i=2", "/body/i: expected one value, found \"several\"" },
        { "x=1&x=2", "{\"x\":[\"1\",\"2\"]}" },
        { "nul=", "{\"nul\":null}" },
        { "nul=4", "{\"nul\":4}" },
        { "s=%zz", "/body: expected percent-encoded UTF-8, found \"s=%zz\"" },
        { "s=%ff", "/body: expected percent-encoded UTF-8, found \"s=%ff\"" },
        { "o=%7B%22k%22%3A1%7D", "{\"o\":{\"k\":1}}" },
        { "o=%7B%22k%22",
          "/body/o: expected JSON (line 1, column 5: expected ':' after a member name, "
          "found the end of the text), found \"{\\\"k\\\"\"" },
        { "o[k]=7&o[z]=y", "{\"o\":{\"k\":7,\"z\":\"y\"}}" },
        { "anyway[k]=7", "{\"anyway\":{\"k\":\"7\"}}" },
        { "[k]=7", "{\"[k]\":\"7\"}" },
        { "o[k=7", "{\"o[k\":\"7\"}" },
        { "o[k]=7&o=8", "/body/o: expected one value, found \"several\"" },
        { "all=1&all=2", "{\"all\":[1,2]}" },
        { "all=1,2,3", "{\"all\":[1,2,3]}" },
        { "all[]=1&all[]=2", "{\"all\":[1,2]}" },
        { "all[0]=1&all[1]=2", "{\"all\":[1,2]}" },
        { "all[3]=1",
          "/body: expected an index that follows the one before, found \"all[3]\"" },
        { "all=", "{\"all\":[]}" },
        { "all[x]=1&all=2", "/body/all: expected one value, found \"several\"" },
        { "words=a&words=b%2Cc", "{\"words\":[\"a\",\"b,c\"]}" },
        { "words=a,b", "{\"words\":[\"a,b\"]}" },
        { "list[0][v]=1&list[0][next][v]=2&list[1][v]=3",
          "{\"list\":[{\"v\":1,\"next\":{\"v\":2}},{\"v\":3}]}" },
        { "list=%5B%7B%22v%22%3A1%7D%5D", "{\"list\":[{\"v\":1}]}" },
        { "list=%7B%22v%22%3A1%7D&list=%7B%7D", "{\"list\":[{\"v\":1},{}]}" },
        { "list[0][v]=x",
          "/body/list/0/v: expected an integer, found the string \"x\"" },
    };
    check_rows(*state,
               FORM ": {schema: {type: object, properties: {"
                    "s: {type: string}, i: {type: integer}, n: {type: number}, "
                    "b: {type: boolean}, nul: {type: [integer, 'null']}, "
                    "o: {type: object, properties: {k: {type: integer}}}, "
                    "all: {type: array, items: {type: integer}}, "
                    "words: {type: array, items: {type: string}}, "
                    "list: {type: array, items: {$ref: "
                    "'#/components/schemas/Node'}}}}}",
               FORM, rows, COUNT(rows));
}

static void encoding_says_how_a_member_of_a_form_is_written(void **state)
{
    static const struct row rows[] = {
        { "comma=a,b%2Cc", "{\"comma\":[\"a\",\"b\",\"c\"]}" },
        { "space=a%20b+c", "{\"space\":[\"a\",\"b\",\"c\"]}" },
        { "pipe=a|b%7Cc", "{\"pipe\":[\"a\",\"b\",\"c\"]}" },
        { "deep[a]=1&deep[b][c]=2", "{\"deep\":{\"a\":1,\"b\":{\"c\":\"2\"}}}" },
        { "flat=a,1,z,2", "{\"flat\":{\"a\":1,\"z\":\"2\"}}" },
        { "red=5&other=6", "{\"spread\":{\"red\":5},\"other\":\"6\"}" },
        { "json=%5B1%5D", "{\"json\":[1]}" },
        { "json=%5B1", "/body/json: expected JSON (line 1, column 3: expected ',' or "
                       "']' in an array, "
                       "found the end of the text), found \"[1\"" },
        { "jsons=%7B%7D&jsons=1", "{\"jsons\":[{},1]}" },
    };
    check_rows(*state,
               FORM
               ": {schema: {type: object, properties: {"
               "comma: {type: array, items: {type: string}}, "
               "space: {type: array, items: {type: string}}, "
               "pipe: {type: array, items: {type: string}}, "
               "deep: {type: object, properties: {a: {type: integer}}}, "
               "flat: {type: object, properties: {a: {type: integer}}}, "
               "spread: {type: object, properties: {red: {type: integer}}}, json: {}, "
               "jsons: {type: array, items: {}}}}, "
               "encoding: {comma: {explode: false}, "
               "space: {style: spaceDelimited, explode: false}, "
               "pipe: {style: pipeDelimited, explode: false}, "
               "deep: {style: deepObject, explode: true}, "
               "flat: {style: form, explode: false}, spread: {style: form}, "
               "json: {contentType: application/json}, "
               "jsons: {contentType: application/json}}}",
               FORM, rows, COUNT(rows));
}

/* ---- multipart ----------------------------------------------------------------- */

#define PART(name) "--b\r\nContent-Disposition: form-data; name=\"" name "\""
#define END "\r\n--b--\r\n"

static void a_multipart_form_is_an_object_of_its_parts(void **state)
{
    static const struct row rows[] = {
        { PART("s") "\r\n\r\nhello\r\n" PART("i") "\r\n\r\n12" END,
          "{\"s\":\"hello\",\"i\":12}" },
        { "--b--", "{}" },
        { "what mail readers show\r\n" PART("s") "\r\n\r\nx" END "and more",
          "{\"s\":\"x\"}" },
        { "--b\nContent-Disposition: form-data; name=s\n\nx\n--b--", "{\"s\":\"x\"}" },
        { PART("s") "\r\n\r\nx\r\n--b", "{\"s\":\"x\"}" },
        { PART("s") "\r\n\r\nx\r\n--b\r\n", "{\"s\":\"x\"}" },
        { PART("s") "\r\n\r\n\r\n--bc\r\n" END, "{\"s\":\"\\r\\n--bc\\r\\n\"}" },
        { PART("s") "\r\n\r\n--b--\r\n", "{\"s\":\"\"}" },
        { PART("s") "; filename=\"a\\\"b;c.txt\"\r\n\r\nx" END, "{\"s\":\"x\"}" },
        { "--b\r\ncontent-disposition: form-data;\r\n  name=\"s\"\r\n\r\nx" END,
          "{\"s\":\"x\"}" },
        { PART("a%22b") "\r\n\r\nx" END, "{\"a\\\"b\":\"x\"}" },
        { PART("o") "\r\n\r\n{\"k\": 1}" END, "{\"o\":{\"k\":1}}" },
        { PART("o") "\r\nContent-Type: text/plain\r\n\r\n{\"k\": 1}" END,
          "{\"o\":{\"k\":1}}" },
        { PART("o") "\r\nContent-Type: application/json\r\n\r\n{\"k\": }" END,
          "/body/o: expected JSON (line 1, column 7: expected a JSON value, found "
          "'}'), found "
          "\"{\\\"k\\\": }\"" },
        { PART("o") "\r\n\r\n{\"k\": \"x\"}" END,
          "/body/o/k: expected an integer, found the string \"x\"" },
        { PART("s") "\r\nContent-Type: no type at all\r\n\r\nx" END, "{\"s\":\"x\"}" },
        { PART("s") "\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n\xe9" END,
          "{\"s\":\"é\"}" },
        { PART("s") "\r\n\r\n\xff" END,
          "/body/s: expected text in UTF-8, us-ascii or iso-8859-1, found \"other "
          "bytes\"" },
        { PART("f") "; filename=f\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n" END,
          "{\"f\":\"\xc2\x89PNG\\r\\n\"}" },
        { PART("f") "; filename=f\r\nContent-Type: application/json\r\n\r\n{}" END,
          "{\"f\":\"{}\"}" },
        { PART("all") "\r\n\r\n1\r\n" PART("all") "\r\n\r\n2" END, "{\"all\":[1,2]}" },
        { PART("all[]") "\r\n\r\n1" END, "{\"all\":[1]}" },
        { PART("all") "\r\nContent-Type: application/json\r\n\r\n[1,2]" END,
          "{\"all\":[1,2]}" },
        { PART("files") "; filename=a\r\n\r\nA\r\n" PART(
              "files") "; filename=b\r\nContent-Type: x/y\r\n\r\n\x80" END,
          "{\"files\":[\"A\",\"\xc2\x80\"]}" },
        { PART("s") "\r\n\r\n1\r\n" PART("s") "\r\n\r\n2" END,
          "/body/s: expected one value, found \"several\"" },
        { "--b\r\n\r\nx" END, "/body: expected a part (at byte 5) with a name in its "
                              "Content-Disposition, found nothing" },
        { "--b\r\n--b--", "/body: expected a part (at byte 5) with a name in its "
                          "Content-Disposition, found nothing" },
        { "nothing of it", "400 /body: the body is not multipart: at byte 0: the "
                           "boundary of Content-Type is nowhere in the body" },
        { PART("s") "\r\n\r\nhell",
          "400 /body: the body is not multipart: at byte 5: no "
          "boundary stands behind the last part" },
        { PART("s") "\r\nno colon\r\n\r\nx" END,
          "400 /body: the body is not multipart: at byte 47: a line of a part's header "
          "has no name and colon" },
        { PART("s") END, "400 /body: the body is not multipart: at byte 5: the header "
                         "of a part has no empty line behind it" },
    };
    check_rows(*state,
               "multipart/form-data: {schema: {type: object, properties: {"
               "s: {type: string}, i: {type: integer}, "
               "o: {type: object, properties: {k: {type: integer}}}, "
               "f: {type: string, format: binary}, "
               "all: {type: array, items: {type: integer}}, "
               "files: {type: array, items: {type: string, contentMediaType: "
               "application/octet-stream}}}}}",
               "multipart/form-data; boundary=b", rows, COUNT(rows));
}

static void a_part_has_the_type_and_headers_that_encoding_says(void **state)
{
    static const struct row rows[] = {
        { PART("img") "\r\nContent-Type: image/png\r\n\r\nx" END, "{\"img\":\"x\"}" },
        { PART("img") "\r\nContent-Type: IMAGE/JPEG; q=1\r\n\r\nx" END,
          "{\"img\":\"x\"}" },
        { PART("img") "\r\nContent-Type: text/plain\r\n\r\nx" END,
          "/body/img: expected a part of type image/png, image/j*, image/jpeg, found "
          "\"text/plain\"" },
        { PART("img") "\r\nContent-Type: gibberish\r\n\r\nx" END,
          "/body/img: expected a part of type image/png, image/j*, image/jpeg, found "
          "\"gibberish\"" },
        { PART("img") "\r\n\r\nx" END, "{\"img\":\"x\"}" },
        { PART("any") "\r\nContent-Type: text/csv\r\n\r\nx" END, "{\"any\":\"x\"}" },
        { PART("any") "\r\nContent-Type: image/png\r\n\r\nx" END,
          "/body/any: expected a part of type text/*, found \"image/png\"" },
        { PART("head") "\r\nX-Rate: 7\r\n\r\nx" END, "{\"head\":\"x\"}" },
        { PART("head") "\r\nx-rate: 7\r\nX-List: 1, 2\r\n\r\nx" END,
          "{\"head\":\"x\"}" },
        { PART("head") "\r\n\r\nx" END,
          "/body/head: expected the part's header X-Rate, found nothing" },
        { PART("head") "\r\nX-Rate: much\r\n\r\nx" END,
          "/body/head: expected an integer, found the string \"much\"" },
        { PART("head") "\r\nX-Rate: 7\r\nX-List: 1, b\r\n\r\nx" END,
          "/body/head/1: expected an integer, found the string \"b\"" },
        { PART("joined") "\r\n\r\na,b" END, "{\"joined\":[\"a\",\"b\"]}" },
        { PART("meta") "\r\n\r\n[1]" END, "{\"meta\":[1]}" },
        { PART("doc") "\r\nContent-Type: text/xml\r\n\r\n<d><k>4</k></d>" END,
          "{\"doc\":{\"k\":4}}" },
        { PART("doc") "\r\nContent-Type: text/xml\r\n\r\n<d><k>4</d>" END,
          "/body/doc: expected XML (line 1, column 12: Opening and ending tag "
          "mismatch: "
          "k line 1 and d), found \"<d><k>4</d>\"" },
    };
    check_rows(*state,
               "multipart/form-data: {schema: {type: object, properties: {"
               "img: {type: string}, any: {type: string}, head: {type: string}, "
               "joined: {type: array, items: {type: string}}, meta: {}, "
               "doc: {type: object, properties: {k: {type: integer}}}}}, "
               "encoding: {img: {contentType: 'image/png, image/j*, image/jpeg'}, "
               "any: {contentType: text/*}, joined: {style: form, explode: false}, "
               "meta: {contentType: application/json}, "
               "head: {headers: {X-Rate: {required: true, schema: {type: integer}}, "
               "X-List: {schema: {type: array, items: {type: integer}}}, "
               "Content-Type: {required: true, schema: {type: integer}}}}}}",
               "multipart/form-data; boundary=b", rows, COUNT(rows));
}

static void parts_without_names_are_an_array(void **state)
{
    static const struct row rows[] = {
        { "--b\r\n\r\n1\r\n--b\r\nContent-Type: application/json\r\n\r\n2" END,
          "[1,2]" },
        { "--b\r\n\r\nx" END, "/body/0: expected an integer, found the string \"x\"" },
    };
    static const struct row placed[] = {
        { "--b\r\n\r\n1\r\n--b\r\nContent-Type: image/png\r\n\r\n\x89" END,
          "[1,\"\xc2\x89\"]" },
        { "--b\r\nContent-Type: image/png\r\n\r\n1\r\n--b\r\nContent-Type: "
          "text/plain\r\n\r\nx" END,
          "/body/0: expected a part of type text/plain, found \"image/png\"; /body/1: "
          "expected a part of type image/*, found \"text/plain\"" },
    };
    static const struct row each[] = {
        { "--b\r\n\r\n{\"v\": 1}\r\n--b\r\n\r\n{\"v\": \"x\"}" END,
          "/body/1/v: expected an integer, found the string \"x\"" },
    };
    check_rows(*state,
               "multipart/mixed: {schema: {type: array, items: {type: integer}}}",
               "multipart/mixed; boundary=\"b\"", rows, COUNT(rows));
    check_rows(*state,
               "multipart/mixed: {schema: {prefixItems: [{type: integer}], items: "
               "{type: string, format: binary}}, prefixEncoding: [{contentType: "
               "text/plain}], itemEncoding: {contentType: image/*}}",
               "multipart/mixed; boundary=b", placed, COUNT(placed));
    check_rows(*state, "multipart/*: {itemSchema: {$ref: '#/components/schemas/Node'}}",
               "multipart/related; boundary=b; x=y", each, COUNT(each));
}

static void a_multipart_body_is_bounded(void **state)
{
    struct arena *a = *state;
    const struct operation *op =
        operation_with(a, "3.0.3", "multipart/form-data: {schema: {type: object}}");
    struct str type = STR("multipart/form-data; boundary=b");
    struct buffer parts = buffer_in(a, 1000000), head = buffer_in(a, 1000000);
    struct buffer fields = buffer_in(a, 1000000), folds = buffer_in(a, 1000000);
    for (int i = 0; i <= LIMIT_PARTS; i++)
        buffer_printf(&parts, PART("p%d") "\r\n\r\nx\r\n", i);
    buffer_add_text(&head, PART("p") "\r\nX: ");
    buffer_add_text(&folds, PART("p") "\r\nX: 1\r\n");
    for (int i = 0; i < LIMIT_PART_HEAD_BYTES; i++) {
        buffer_add_char(&head, 'x');
        buffer_add_text(&folds, " \r\n");
    }
    buffer_add_text(&head, "\r\n\r\nx" END);
    buffer_add_text(&folds, "\r\nx" END);
    buffer_add_text(&fields, PART("p"));
    for (int i = 0; i < LIMIT_PART_HEADERS; i++)
        buffer_add_text(&fields, "\r\nX: 1");
    buffer_add_text(&fields, "\r\n\r\nx" END);
    const struct {
        struct str body;
        const char *why;
    } rows[] = {
        { buffer_str(&parts), "there are too many parts" },
        { buffer_str(&head), "the header of a part is too long" },
        { buffer_str(&folds), "the header of a part is too long" },
        { buffer_str(&fields), "a part has too many header fields" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *found = outcome(op, type, none, rows[i].body, a);
        if (strncmp(found, "413 ", 4) != 0 || !strstr(found, rows[i].why))
            fail_msg("wanted %s, found %s", rows[i].why, found);
    }
    assert_string_equal(
        outcome(op, STR("multipart/form-data"), none, STR("--b--"), a),
        "400 /header/content-type: expected a multipart type with a boundary");
}

/* ---- lines and text ------------------------------------------------------------ */

static void lines_of_json_are_an_array(void **state)
{
    static const struct row one[] = {
        { "{\"v\":1}\n{\"v\":2}\r\n\n", "[{\"v\":1},{\"v\":2}]" },
        { "{\"v\":1}", "[{\"v\":1}]" },
        { "{\"v\":\"a\"}", "/body/0/v: expected an integer, found the string \"a\"" },
        { "{}\n{\"v\":}\n",
          "400 /body: line 2 is not JSON: column 6: expected a JSON value, found '}'" },
        { "[1]", "/body/0: expected an object, found an array" },
    };
    static const struct row all[] = {
        { "1\n2", "[1,2]" },
        { "1", "/body: expected at least 2 items, found 1" },
    };
    static const struct row sequence[] = {
        { "\x1e{\"v\":1}\n\x1e{\"v\":2}\n", "[{\"v\":1},{\"v\":2}]" },
        { "{}", "400 /body: the body does not begin with a record separator (1E)" },
        { "\x1e{}\n\x1e{\"v\"\n",
          "400 /body: the text at byte 5 is not JSON: line 2, column 1: expected ':' "
          "after a member name, found the end of the text" },
    };
    check_rows(*state,
               "application/x-ndjson: {schema: {$ref: '#/components/schemas/Node'}}",
               "application/x-ndjson", one, COUNT(one));
    check_rows(*state,
               "application/jsonl: {itemSchema: {$ref: '#/components/schemas/Node'}}",
               "application/jsonl", one, COUNT(one));
    check_rows(*state, "application/jsonl: {schema: {type: array, minItems: 2}}",
               "application/jsonl; charset=utf-8", all, COUNT(all));
    check_rows(*state,
               "application/json-seq: {schema: {$ref: '#/components/schemas/Node'}}",
               "application/json-seq", sequence, COUNT(sequence));
}

static void text_is_a_string_or_what_its_schema_wants(void **state)
{
    static const struct row words[] = {
        { " a\n", "\" a\\n\"" },
        { "12", "\"12\"" },
        { "12345", "/body: expected at most 4 characters, found 5" },
        { "\xff", "400 /body: the body is not UTF-8 text" },
    };
    static const struct row numbers[] = {
        { "12", "12" },
        { "a", "/body: expected an integer, found the string \"a\"" },
    };
    check_rows(*state, "text/plain: {schema: {type: string, maxLength: 4}}",
               "text/plain", words, COUNT(words));
    check_rows(*state, "text/*: {schema: {type: integer}}", "text/x-count", numbers,
               COUNT(numbers));
}

static void a_charset_is_converted_or_refused(void **state)
{
    struct arena *a = *state;
    const struct operation *op = operation_with(
        a, "3.1.0", "text/plain: {}, application/json: {}, " FORM ": {}");
    static const struct {
        const char *type, *body, *comes_to;
    } rows[] = {
        { "text/plain; charset=ISO-8859-1", "caf\xe9", "\"café\"" },
        { "text/plain; charset=\"utf-8\"", "café", "\"café\"" },
        { "text/plain; charset=us-ascii", "cafe", "\"cafe\"" },
        { "application/json;charset=latin1", "\"\xe9\"", "\"é\"" },
        { "application/json; charset=UTF-8", "\"é\"", "\"é\"" },
        { FORM "; charset=UTF-8", "a=1", "{\"a\":\"1\"}" },
        { "application/json; charset=utf-16", "12",
          "415 /header/content-type: expected the charset utf-8, us-ascii or "
          "iso-8859-1, found utf-16" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *found = outcome(op, str(rows[i].type), none, str(rows[i].body), a);
        if (strcmp(found, rows[i].comes_to) != 0)
            fail_msg("%s: wanted %s, found %s", rows[i].type, rows[i].comes_to, found);
    }
}

static void bytes_are_a_string_of_a_character_for_each(void **state)
{
    struct arena *a = *state;
    const struct operation *op = operation_with(
        a, "3.0.3",
        "application/octet-stream: {schema: {type: string, format: binary, maxLength: "
        "256}}, image/png: {schema: {type: object}}, application/pdf: {}");
    char all[257];
    for (int i = 0; i < 257; i++)
        all[i] = (char)i;
    struct request r = { .body = { all, 256 }, .max_body = 1000 };
    struct findings findings = { .arena = a };
    struct body_refusal why;
    struct body taken;
    struct str back;
    cJSON *input = json_object(a);
    add_header(&r, "Content-Type", STR("application/octet-stream"));
    assert_true(body_read(op, &r, input, a, &findings, &taken, &why));
    const cJSON *tree = json_member(input, "body");
    assert_true(json_is_string(tree));
    assert_int_equal(utf8_length(tree->valuestring), 256);
    assert_true(
        schema_check(taken.media->schema, tree, DIRECTION_REQUEST, "", a, NULL));
    assert_true(body_write(taken.media, tree, a, &back));
    assert_int_equal(back.len, 256);
    assert_memory_equal(back.ptr, all, 256);
    assert_string_equal(
        outcome(op, STR("application/octet-stream"), none, (struct str){ all, 257 }, a),
        "/body: expected at most 256 characters, found 257");
    /* What cannot be judged is not: load has said so. */
    assert_string_equal(outcome(op, STR("image/png"), none, STR("x"), a), "nothing");
    assert_string_equal(outcome(op, STR("application/pdf"), none, STR("x"), a),
                        "\"x\"");
}

static void a_range_takes_what_the_client_sends(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *content, *type, *body, *comes_to;
    } rows[] = {
        { "'*/*': {schema: {type: object}}", "application/json", "{}", "{}" },
        { "'*/*': {schema: {type: object}}", "text/xml", "<a><b>1</b></a>",
          "{\"b\":\"1\"}" },
        { "'*/*': {schema: {type: object}}", "image/png", "x", "nothing" },
        { "'*/*': {schema: {type: string, format: binary}}", "application/json", "{}",
          "\"{}\"" },
        { "'*/*': {schema: {type: string}}", "application/json", "[é]", "\"[é]\"" },
        { "application/*: {schema: {type: integer}}", "application/json", "x",
          "400 /body: the body is not JSON: line 1, column 1: expected a JSON value, "
          "found 'x'" },
        { "'*/*': {}", "*/*", "x",
          "415 /header/content-type: expected */*, found */*" },
        { "'*/*': {}, application/json: {schema: {type: object}}", "application/json",
          "1", "/body: expected an object, found the number 1" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct operation *op = operation_with(a, "3.1.0", rows[i].content);
        const char *found = outcome(op, str(rows[i].type), none, str(rows[i].body), a);
        if (strcmp(found, rows[i].comes_to) != 0)
            fail_msg("%s, %s: wanted %s, found %s", rows[i].content, rows[i].type,
                     rows[i].comes_to, found);
    }
}

/* ---- codings ------------------------------------------------------------------- */

enum { RAW = -MAX_WBITS, ZLIB = MAX_WBITS, GZIP = MAX_WBITS + 16 };

static struct str packed(struct arena *a, struct str text, int window)
{
    z_stream z = { .zalloc = NULL };
    size_t room = text.len + 100;
    char *to = arena_take(a, room);
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY),
                     Z_OK);
    z.next_in = (Bytef *)arena_copy(a, text);
    z.avail_in = (uInt)text.len;
    z.next_out = (Bytef *)to;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    struct str out = { to, room - z.avail_out };
    deflateEnd(&z);
    return out;
}

static struct str cut(struct str s, size_t less)
{
    return (struct str){ s.ptr, s.len - less };
}

static void content_encoding_is_taken_off(void **state)
{
    struct arena *a = *state;
    const struct operation *op =
        operation_with(a, "3.1.0", "application/json: {schema: {type: object}}");
    struct str text = STR("{\"a\": [1, 2, 3]}"), json = STR("application/json");
    struct str gzip = packed(a, text, GZIP);
    struct str noise = { arena_printf(a, "%.*s", 10, "\x1f\x8b\x08xxxxxxxx"), 10 };
    struct buffer twice = buffer_in(a, 1000);
    struct str half = packed(a, STR("{\"a\":"), GZIP),
               rest = packed(a, STR("1}"), GZIP);
    buffer_add(&twice, half);
    buffer_add(&twice, rest);
    const struct {
        const char *coding;
        struct str body;
        const char *comes_to;
    } rows[] = {
        { "gzip", gzip, "{\"a\":[1,2,3]}" },
        { "X-GZIP", gzip, "{\"a\":[1,2,3]}" },
        { "deflate", packed(a, text, ZLIB), "{\"a\":[1,2,3]}" },
        { "deflate", packed(a, text, RAW), "{\"a\":[1,2,3]}" },
        { "identity", text, "{\"a\":[1,2,3]}" },
        { "", text, "{\"a\":[1,2,3]}" },
        { "gzip", buffer_str(&twice), "{\"a\":1}" },
        { "deflate, gzip", packed(a, packed(a, text, ZLIB), GZIP), "{\"a\":[1,2,3]}" },
        { "gzip,gzip,gzip,gzip,gzip", gzip,
          "415 /header/content-encoding: there are too many codings" },
        { "br", text,
          "415 /header/content-encoding: expected gzip, deflate or identity, found "
          "br" },
        { "gzip", text, "400 /body: the body is not gzip: at byte " },
        { "gzip", noise, "400 /body: the body is not gzip: at byte " },
        { "deflate", STR("\xff\xff\xff\xff"),
          "400 /body: the body is not deflate: at byte " },
        { "gzip", cut(gzip, 1),
          "400 /body: the gzip text ends too early, after byte " },
        { "gzip", cut(gzip, gzip.len - 5),
          "400 /body: the gzip text ends too early, after byte 5" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *found = outcome(op, json, str(rows[i].coding), rows[i].body, a);
        if (strncmp(found, rows[i].comes_to, strlen(rows[i].comes_to)) != 0)
            fail_msg("row %zu: wanted %s, found %s", i, rows[i].comes_to, found);
    }
}

static void a_bomb_is_stopped_at_the_bound(void **state)
{
    struct arena *a = *state;
    enum { BIG = 50 * 1000 * 1000 };
    const struct operation *op = operation_with(a, "3.1.0", "text/plain: {}");
    char *zeros = arena_take(a, BIG);
    struct str bomb = packed(a, (struct str){ zeros, BIG }, GZIP), out;
    struct str twice = packed(a, bomb, GZIP);
    size_t before = arena_used(a), offset;
    assert_string_equal(outcome(op, STR("text/plain"), STR("gzip"), bomb, a),
                        "413 /body: expected at most 100000 bytes unpacked");
    assert_string_equal(outcome(op, STR("text/plain"), STR("gzip, gzip"), twice, a),
                        "413 /body: expected at most 100000 bytes unpacked");
    assert_true(arena_used(a) - before < 2000000);
    bomb = packed(a, (struct str){ zeros, 100000 }, RAW);
    assert_int_equal(inflate_read(bomb, INFLATE_DEFLATE, 100000, a, &out, &offset),
                     INFLATE_WHOLE);
    assert_int_equal(out.len, 100000);
    assert_int_equal(inflate_read(bomb, INFLATE_DEFLATE, 99999, a, &out, &offset),
                     INFLATE_TOO_LONG);
}

/* ---- writing ------------------------------------------------------------------- */

static void what_is_written_is_read_again_as_the_same(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *content, *type, *value, *bytes;
    } rows[] = {
        { "application/json: {}", "application/json", "{\"a\":1}", "{\"a\":1}" },
        { "text/plain: {}", "text/plain", "\"a\\n\"", "a\n" },
        { "application/jsonl: {}", "application/jsonl", "[1,{\"a\":2}]",
          "1\n{\"a\":2}\n" },
        { "application/json-seq: {}", "application/json-seq", "[1,2]",
          "\x1e"
          "1\n\x1e"
          "2\n" },
        { FORM ": {schema: {properties: {b: {type: array, items: {type: string}}, d: "
               "{type: object}}}, encoding: {d: {style: deepObject}}}",
          FORM, "{\"a\":\"é &\",\"b\":[\"1\",\"2\"],\"d\":{\"k\":\"v\"}}",
          "a=%C3%A9+%26&b=1&b=2&d%5Bk%5D=v" },
        { PET, "application/xml",
          "{\"id\":7,\"name\":\"<\\\"&>\",\"born\":null,\"tags\":[\"a\",\"b\"],"
          "\"toys\":[{\"cost\":1.5},{}],\"plain\":[1,2],\"home\":\"x\"}",
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?><pet "
          "id=\"7\"><name>&lt;&quot;&amp;&gt;</name><year "
          "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
          "xsi:nil=\"true\"/><tag>a</tag><tag>b</tag><box><toy><cost>1.5</cost></"
          "toy><toy></toy></box><plain><plain>1</plain><plain>2</plain></"
          "plain><h:home xmlns:h=\"urn:h\">x</h:home></pet>" },
        { "application/xml: {schema: {$ref: '#/components/schemas/Node'}}",
          "application/xml", "{\"v\":1,\"next\":{\"v\":2}}",
          "<?xml version=\"1.0\" "
          "encoding=\"UTF-8\"?><Node><v>1</v><next><v>2</v></next></Node>" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct operation *op = operation_with(a, "3.1.0", rows[i].content);
        struct json_error why;
        struct str bytes;
        const cJSON *value = json_read(str(rows[i].value), 100, a, &why);
        assert_true(body_write(&op->bodies[0], value, a, &bytes));
        if (!str_is(bytes, rows[i].bytes))
            fail_msg("%s: wanted %s, found %s", rows[i].content, rows[i].bytes,
                     arena_copy(a, bytes));
        const char *again = outcome(op, str(rows[i].type), none, bytes, a);
        if (strcmp(again, rows[i].value) != 0)
            fail_msg("%s: wanted %s again, found %s", rows[i].content, rows[i].value,
                     again);
    }
}

static void what_a_type_cannot_hold_is_not_written(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *content, *value;
    } rows[] = {
        { "multipart/form-data: {}", "{}" },
        { "image/png: {}", "{}" },
        { FORM ": {}", "[]" },
        { "application/xml: {}", "{\"no name\":1}" },
        { "application/xml: {}", "{\"<\":1}" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct operation *op = operation_with(a, "3.1.0", rows[i].content);
        struct json_error why;
        struct str bytes;
        if (body_write(&op->bodies[0], json_read(str(rows[i].value), 100, a, &why), a,
                       &bytes))
            fail_msg("%s %s", rows[i].content, rows[i].value);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(a_form_takes_the_types_of_its_schema),
        TEST(encoding_says_how_a_member_of_a_form_is_written),
        TEST(a_multipart_form_is_an_object_of_its_parts),
        TEST(a_part_has_the_type_and_headers_that_encoding_says),
        TEST(parts_without_names_are_an_array),
        TEST(a_multipart_body_is_bounded),
        TEST(lines_of_json_are_an_array),
        TEST(text_is_a_string_or_what_its_schema_wants),
        TEST(a_charset_is_converted_or_refused),
        TEST(bytes_are_a_string_of_a_character_for_each),
        TEST(a_range_takes_what_the_client_sends),
        TEST(content_encoding_is_taken_off),
        TEST(a_bomb_is_stopped_at_the_bound),
        TEST(what_is_written_is_read_again_as_the_same),
        TEST(what_a_type_cannot_hold_is_not_written),
    };
    return cmocka_run_group_tests_name("bodies", tests, NULL, NULL);
}
