/* JSONPath (RFC 9535) and I-Regexp (RFC 9485): one row for each production and each
 * edge of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/text.h"
#include "base/limits.h"
#include "schema/iregexp.h"

#define MEMORY ((size_t)256 * 1024 * 1024)

/* What a query selects, as JSON texts with a space between them. */
struct row {
    const char *query, *tree, *selects;
};

static cJSON *tree_of(struct arena *a, const char *text)
{
    struct json_error why;
    cJSON *tree = json_read(str(text), LIMIT_BODY_NODES, a, &why);
    if (!tree)
        fail_msg("%s: %s", text, why.why);
    return tree;
}

static struct jsonpath *query_of(struct arena *a, const char *text)
{
    struct jsonpath_error error = { 0, 0, NULL };
    struct jsonpath *path = jsonpath_read(text, a, &error);
    if (!path)
        fail_msg("%s was refused at %u: %s", text, error.column, error.why);
    return path;
}

static struct jsonpath_nodes find(struct arena *a, const char *query, cJSON *tree)
{
    struct jsonpath_search search = { iregexps_match, iregexps_new(a),
                                      LIMIT_JSONPATH_STEPS };
    struct jsonpath_nodes found;
    const char *why;
    if (!jsonpath_find(query_of(a, query), tree, &search, a, &found, &why))
        fail_msg("%s was given up: %s", query, why);
    return found;
}

static void check_rows(struct arena *a, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct jsonpath_nodes found = find(a, rows[i].query, tree_of(a, rows[i].tree));
        struct buffer b = buffer_in(a, LIMIT_ANSWER_BYTES);
        for (size_t n = 0; n < found.count; n++) {
            buffer_add_text(&b, n ? " " : "");
            json_write(&b, found.list[n].node);
        }
        if (!str_is(buffer_str(&b), rows[i].selects))
            fail_msg("%s of %s gave %s, not %s", rows[i].query, rows[i].tree,
                     buffer_str(&b).ptr, rows[i].selects);
    }
}

#define AB "{\"a\":\"A\",\"b\":\"B\"}"
#define TEN "[0,1,2,3,4,5,6,7,8,9]"

/* ---- segments and selectors ------------------------------------------------------ */

static void a_name_selects_the_member_of_that_name(void **state)
{
    static const struct row rows[] = {
        { "$", "[1,2]", "[1,2]" },
        { "$", "null", "null" },
        { "$.a", AB, "\"A\"" },
        { "$.c", AB, "" },
        { "$.A", AB, "" },
        { "$.a", "[1]", "" },
        { "$.a", "\"a\"", "" },
        { "$['a']", AB, "\"A\"" },
        { "$[\"a\"]", AB, "\"A\"" },
        { "$['0']", "[1]", "" },
        { "$['']", "{\"\":1}", "1" },
        { "$.a.b", "{\"a\":{\"b\":null}}", "null" },
        { "$['a']['b'].c", "{\"a\":{\"b\":{\"c\":1}}}", "1" },
        { "$._", "{\"_\":1}", "1" },
        { "$.a_9", "{\"a_9\":1}", "1" },
        { "$.null", "{\"null\":1}", "1" },
        { "$.\u263a", "{\"\u263a\":1}", "1" },
        { "$.\U0001d11e", "{\"\U0001d11e\":1}", "1" },
        { "$['$.a']", "{\"$.a\":1}", "1" },
        { "$ .a [ 'b' ]\n.c", "{\"a\":{\"b\":{\"c\":1}}}", "1" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void an_escape_in_a_name_is_what_json_says(void **state)
{
    static const struct row rows[] = {
        { "$[\"\\\"\"]", "{\"\\\"\":1}", "1" },
        { "$['\\'']", "{\"'\":1}", "1" },
        { "$['\"']", "{\"\\\"\":1}", "1" },
        { "$[\"'\"]", "{\"'\":1}", "1" },
        { "$['\\\\']", "{\"\\\\\":1}", "1" },
        { "$['\\/']", "{\"/\":1}", "1" },
        { "$['\\b\\f\\n\\r\\t']", "{\"\\b\\f\\n\\r\\t\":1}", "1" },
        { "$['\\u263A\\u263a']", "{\"\u263a\u263a\":1}", "1" },
        { "$['\\uD834\\uDD1E']", "{\"\U0001d11e\":1}", "1" },
        { "$['\\uDBFF\\uDFFF']", "{\"\U0010ffff\":1}", "1" },
        { "$['\\u0000']", "{\"\\u0000\":1}", "1" },
        { "$['\x7f']", "{\"\x7f\":1}", "1" },
        { "$[' ']", "{\" \":1}", "1" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void a_wildcard_selects_every_child(void **state)
{
    static const struct row rows[] = {
        { "$.*", AB, "\"A\" \"B\"" },
        { "$[*]", "[1,[2]]", "1 [2]" },
        { "$.*", "[]", "" },
        { "$.*", "{}", "" },
        { "$.*", "7", "" },
        { "$.*.a", "{\"x\":{\"a\":1},\"y\":{\"a\":2},\"z\":3}", "1 2" },
        { "$[*,*]", "[1,2]", "1 2 1 2" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void an_index_selects_one_item_from_either_end(void **state)
{
    static const struct row rows[] = {
        { "$[0]", "[1,2]", "1" },
        { "$[1]", "[1,2]", "2" },
        { "$[2]", "[1,2]", "" },
        { "$[-1]", "[1,2]", "2" },
        { "$[-2]", "[1,2]", "1" },
        { "$[-3]", "[1,2]", "" },
        { "$[0]", "[]", "" },
        { "$[-1]", "[]", "" },
        { "$[0]", "{\"0\":1}", "" },
        { "$[0]", "\"ab\"", "" },
        { "$[9007199254740991]", "[1]", "" },
        { "$[-9007199254740991]", "[1]", "" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void a_slice_selects_every_so_manyth_item(void **state)
{
    static const struct row rows[] = {
        { "$[1:3]", TEN, "1 2" },
        { "$[1:6:2]", TEN, "1 3 5" },
        { "$[:]", "[1,2]", "1 2" },
        { "$[::]", "[1,2]", "1 2" },
        { "$[5:]", TEN, "5 6 7 8 9" },
        { "$[:2]", TEN, "0 1" },
        { "$[::4]", TEN, "0 4 8" },
        { "$[-2:]", TEN, "8 9" },
        { "$[:-8]", TEN, "0 1" },
        { "$[-3:-1]", TEN, "7 8" },
        { "$[7:3]", TEN, "" },
        { "$[3:3]", TEN, "" },
        { "$[20:30]", TEN, "" },
        { "$[-20:2]", TEN, "0 1" },
        { "$[8:99]", TEN, "8 9" },
        { "$[1:5:0]", TEN, "" },
        { "$[::-3]", TEN, "9 6 3 0" },
        { "$[5:1:-2]", TEN, "5 3" },
        { "$[1:5:-1]", TEN, "" },
        { "$[:7:-1]", TEN, "9 8" },
        { "$[2::-1]", TEN, "2 1 0" },
        { "$[-1:-4:-1]", TEN, "9 8 7" },
        { "$[99:7:-1]", TEN, "9 8" },
        { "$[1:-99:-1]", TEN, "1 0" },
        { "$[-99::-1]", TEN, "" },
        { "$[::-1]", "[]", "" },
        { "$[::9007199254740991]", TEN, "0" },
        { "$[::-9007199254740991]", TEN, "9" },
        { "$[-9007199254740991:9007199254740991]", "[1,2]", "1 2" },
        { "$[ 1 : 5 : 2 ]", TEN, "1 3" },
        { "$[:]", "{\":\":1}", "" },
        { "$[:]", "\"ab\"", "" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void several_selectors_select_one_after_the_other(void **state)
{
    static const struct row rows[] = {
        { "$[0,2]", TEN, "0 2" },
        { "$[2,0]", TEN, "2 0" },
        { "$[1,1]", TEN, "1 1" },
        { "$['a',1]", "[5,6]", "6" },
        { "$['b','a']", AB, "\"B\" \"A\"" },
        { "$[1,0:3]", TEN, "1 0 1 2" },
        { "$[?@>7,0]", TEN, "8 9 0" },
        { "$[ 0 ,\t1\n]", TEN, "0 1" },
        { "$[*,0]", "[4,5]", "4 5 4" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void descendants_come_after_the_node_they_are_in(void **state)
{
    static const struct row rows[] = {
        { "$..a", "{\"o\":[{\"a\":1},{\"a\":{\"a\":2}}]}", "1 {\"a\":2} 2" },
        { "$..[1]", "{\"o\":[0,1,[2,3]]}", "1 3" },
        { "$..*", "{\"o\":[{\"a\":1}]}", "[{\"a\":1}] {\"a\":1} 1" },
        { "$..[*]", "[0,[1]]", "0 [1] 1" },
        { "$..['a','d']", "[{\"a\":1,\"d\":2},{\"a\":3}]", "1 2 3" },
        { "$..a..b", "{\"a\":{\"a\":{\"b\":1}}}", "1 1" },
        { "$..x", AB, "" },
        { "$..a", "5", "" },
        { "$..[::-1]", "[1,[2,3]]", "[2,3] 1 3 2" },
        { "$.a..[0]", "{\"a\":[[1]],\"b\":[2]}", "[1] 1" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void each_node_comes_with_its_pointer_and_parent(void **state)
{
    static const struct {
        const char *query, *pointers;
    } rows[] = {
        { "$", "|" },
        { "$.a[-1]", "/a/1|" },
        { "$..x", "/a/1/x|/~1p~0q/x|" },
        { "$['/p~q'].x", "/~1p~0q/x|" },
        { "$.a[?@.x]", "/a/1|" },
        { "$.a[::-1]", "/a/1|/a/0|" },
        { "$['']", "/|" },
    };
    cJSON *tree = tree_of(*state, "{\"a\":[7,{\"x\":1}],\"/p~q\":{\"x\":2},\"\":3}");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct jsonpath_nodes found = find(*state, rows[i].query, tree);
        struct buffer b = buffer_in(*state, LIMIT_ANSWER_BYTES);
        for (size_t n = 0; n < found.count; n++) {
            const struct jsonpath_node *node = &found.list[n];
            const char *slash = strrchr(node->pointer, '/');
            unsigned depth = 0;
            for (const char *p = node->pointer; *p; p++)
                depth += *p == '/';
            assert_int_equal(node->depth, depth);
            assert_true(slash ? node->parent != NULL : node->node == tree);
            buffer_printf(&b, "%s|", node->pointer);
        }
        if (!str_is(buffer_str(&b), rows[i].pointers))
            fail_msg("%s gave %s", rows[i].query, buffer_str(&b).ptr);
    }
}

/* ---- filters --------------------------------------------------------------------- */

static void a_filter_keeps_what_exists(void **state)
{
    static const struct row rows[] = {
        { "$[?@.a]", "[{\"a\":1},{\"b\":1}]", "{\"a\":1}" },
        { "$[?@.a]", "[{\"a\":null},{\"a\":false}]", "{\"a\":null} {\"a\":false}" },
        { "$[?!@.a]", "[{\"a\":null},{\"b\":1},3]", "{\"b\":1} 3" },
        { "$[?@]", "[0,null]", "0 null" },
        { "$[?@.*]", "[[],[0],{}, {\"a\":1},5]", "[0] {\"a\":1}" },
        { "$[?@..x]", "[{\"a\":[{\"x\":1}]},{\"a\":1}]", "{\"a\":[{\"x\":1}]}" },
        { "$[?@['a','b']]", "[{\"b\":1},{\"c\":1}]", "{\"b\":1}" },
        { "$[?$.on]", "{\"on\":1,\"a\":2}", "1 2" },
        { "$[?$.off]", "{\"on\":1}", "" },
        { "$[?@[?@>1]]", "[[0],[0,2],[42]]", "[0,2] [42]" },
        { "$[?@.a]", "{\"x\":{\"a\":1},\"y\":{}}", "{\"a\":1}" },
        { "$[?@.a]", "\"text\"", "" },
        { "$[?@.a,?@.b]", "[{\"a\":1,\"b\":2}]",
          "{\"a\":1,\"b\":2} {\"a\":1,\"b\":2}" },
        { "$..[?@.a==1].b", "{\"x\":[{\"a\":1,\"b\":2}]}", "2" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void values_are_compared_by_type_and_value(void **state)
{
    static const struct row rows[] = {
        { "$[?@=='b']", "[\"a\",\"b\",\"B\"]", "\"b\"" },
        { "$[?@==\"b\"]", "[\"b\"]", "\"b\"" },
        { "$[?'b'==@]", "[\"b\"]", "\"b\"" },
        { "$[?@==1]", "[1,\"1\",true,1.0,[1]]", "1 1.0" },
        { "$[?@!=1]", "[1,\"1\",null]", "\"1\" null" },
        { "$[?@==null]", "[null,0,false,\"\"]", "null" },
        { "$[?@==true]", "[true,1,\"true\"]", "true" },
        { "$[?@==false]", "[false,null,0]", "false" },
        { "$[?@==-0]", "[0,-0.0,1]", "0 -0.0" },
        { "$[?@==1e2]", "[100,1e2,10]", "100 1e2" },
        { "$[?@==1.50E+1]", "[15,1.5]", "15" },
        { "$[?@==-1.5e-1]", "[-0.15,0.15]", "-0.15" },
        { "$[?@.a==@.b]", "[{\"a\":[1,[2]],\"b\":[1,[2]]},{\"a\":[1,2],\"b\":[2,1]}]",
          "{\"a\":[1,[2]],\"b\":[1,[2]]}" },
        { "$[?@.a==@.b]",
          "[{\"a\":{\"x\":1,\"y\":2},\"b\":{\"y\":2.0,\"x\":1}},"
          "{\"a\":{\"x\":1},\"b\":{\"x\":1,\"y\":2}}]",
          "{\"a\":{\"x\":1,\"y\":2},\"b\":{\"y\":2.0,\"x\":1}}" },
        { "$[?@<3]", "[1,3,4,\"2\",null]", "1" },
        { "$[?@<=3]", "[1,3,4]", "1 3" },
        { "$[?@>3]", "[1,3,4,[5]]", "4" },
        { "$[?@>=3]", "[1,3,4]", "3 4" },
        { "$[?@<'b']", "[\"a\",\"b\",\"ab\",1]", "\"a\" \"ab\"" },
        { "$[?@>'Z']", "[\"a\",\"Z\",\"\u00e9\"]", "\"a\" \"\u00e9\"" },
        { "$[?@<'\\uFFFF']", "[\"\U00010000\",\"\uff00\"]", "\"\uff00\"" },
        { "$[?@<'\\u0001']", "[\"\\u0000\",\"\",\"\\u0001\"]", "\"\\u0000\" \"\"" },
        { "$[?@<'a']", "[\"\"]", "\"\"" },
        { "$[?@<null]", "[null]", "" },
        { "$[?@<=null]", "[null,1]", "null" },
        { "$[?@>=true]", "[true,false]", "true" },
        { "$[?@<[0]]", "[1]", NULL },
        { "$[?@.a<=@.b]", "[{\"a\":{},\"b\":{}}]", "{\"a\":{},\"b\":{}}" },
        { "$[?@.a==$.b]", "{\"x\":{\"a\":2},\"b\":2}", "{\"a\":2}" },
        { "$[?@[0]==@[-1]]", "[[1,2],[3,3]]", "[3,3]" },
        { "$[?@['a'].b[0]==1]", "[{\"a\":{\"b\":[1]}}]", "{\"a\":{\"b\":[1]}}" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct jsonpath_error error;
        if (rows[i].selects)
            check_rows(*state, &rows[i], 1);
        else
            assert_null(jsonpath_read(rows[i].query, *state, &error));
    }
}

static void nothing_is_equal_to_nothing_only(void **state)
{
    static const struct row rows[] = {
        { "$[?@.a==null]", "[{},{\"a\":null}]", "{\"a\":null}" },
        { "$[?@.a!=null]", "[{},{\"a\":null}]", "{}" },
        { "$[?@.a==@.b]", "[{},{\"a\":1}]", "{}" },
        { "$[?@.a!=@.b]", "[{},{\"a\":1}]", "{\"a\":1}" },
        { "$[?@.a<=@.b]", "[{}]", "{}" },
        { "$[?@.a>=@.b]", "[{}]", "{}" },
        { "$[?@.a<@.b]", "[{}]", "" },
        { "$[?@.a<1]", "[{}]", "" },
        { "$[?@.a==0]", "[{}]", "" },
        { "$[?length(@.a)==@.b]", "[{\"a\":1},{\"a\":1,\"b\":1}]", "{\"a\":1}" },
        { "$[?value(@.*)==@.b]", "[[1,2],[1]]", "[1,2]" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void big_numbers_are_compared_digit_by_digit(void **state)
{
    static const struct row rows[] = {
        { "$[?@==9007199254740993]", "[9007199254740992,9007199254740993]",
          "9007199254740993" },
        { "$[?@<9007199254740993]", "[9007199254740992,9007199254740993]",
          "9007199254740992" },
        { "$[?@==1e400]", "[1e400,1e401]", "1e400" },
        { "$[?@>1e400]", "[1e400,1e401,5]", "1e401" },
        { "$[?@==0.1000]", "[0.1,0.10000000000000001]", "0.1" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void and_binds_more_than_or_and_not_more_than_and(void **state)
{
    static const struct row rows[] = {
        { "$[?@>2&&@<5]", TEN, "3 4" },
        { "$[?@<1||@>8]", TEN, "0 9" },
        { "$[?@==1||@>4&&@<6]", TEN, "1 5" },
        { "$[?(@==1||@>4)&&@<6]", TEN, "1 5" },
        { "$[?(@==1||@>4)&&@<2]", TEN, "1" },
        { "$[?@==1||@>4&&@<2]", TEN, "1" },
        { "$[?@>4&&@<2||@==1]", TEN, "1" },
        { "$[?!(@>2)&&@>0]", TEN, "1 2" },
        { "$[?!(@>2&&@>0)]", TEN, "0 1 2" },
        { "$[?! @.a]", "[{\"a\":1},{}]", "{}" },
        { "$[?(!@.a)]", "[{\"a\":1},{}]", "{}" },
        { "$[?((((@>8))))]", TEN, "9" },
        { "$[? ( @ > 8 ) || @ == 0 ]", TEN, "0 9" },
        { "$[?\n@.a\t==\r1 && @.b]", "[{\"a\":1,\"b\":2}]", "{\"a\":1,\"b\":2}" },
        { "$[?@.a && @.b && @.c]", "[{\"a\":1,\"b\":2},{\"a\":1,\"b\":2,\"c\":3}]",
          "{\"a\":1,\"b\":2,\"c\":3}" },
        { "$[?@==1||@==2||@==3]", TEN, "1 2 3" },
    };
    check_rows(*state, rows, COUNT(rows));
}

/* ---- functions ------------------------------------------------------------------- */

static void length_is_of_texts_arrays_and_objects(void **state)
{
    static const struct row rows[] = {
        { "$[?length(@)==2]", "[\"ab\",\"\u263a\U0001d11e\",[1,2],{\"a\":1,\"b\":2},2]",
          "\"ab\" \"\u263a\U0001d11e\" [1,2] {\"a\":1,\"b\":2}" },
        { "$[?length(@)==0]", "[\"\",[],{},null,0]", "\"\" [] {}" },
        { "$[?length(@)==1]", "[\"\\u0000\"]", "\"\\u0000\"" },
        { "$[?length('abc')==3]", "[1]", "1" },
        { "$[?length(1)==1]", "[1]", "" },
        { "$[?length(@.a)>=2]", "[{}]", "" },
        { "$[?length(value($..c))==length(@)]", "[{\"c\":\"xy\"},\"ab\",\"a\"]",
          "\"ab\"" },
        { "$[?length( @ .a )==1]", "[{\"a\":\"x\"}]", "{\"a\":\"x\"}" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void count_counts_nodes_and_value_wants_one(void **state)
{
    static const struct row rows[] = {
        { "$[?count(@.*)==2]", "[[1,2],[1],{\"a\":1,\"b\":1},2]",
          "[1,2] {\"a\":1,\"b\":1}" },
        { "$[?count(@..*)>2]", "[{\"a\":[1,2]},{\"a\":1}]", "{\"a\":[1,2]}" },
        { "$[?count(@['a','a'])==2]", "[{\"a\":1}]", "{\"a\":1}" },
        { "$[?count(@.a)==0]", "[{},{\"a\":null}]", "{}" },
        { "$[?value(@.*)==4]", "[[4],{\"a\":4},[4,4],[],4]", "[4] {\"a\":4}" },
        { "$[?value(@..c)=='x']", "[{\"a\":{\"c\":\"x\"}},{\"c\":\"y\"}]",
          "{\"a\":{\"c\":\"x\"}}" },
        { "$[?count(@.*)==count(@.*)]", "[1]", "1" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void match_is_of_the_whole_text_and_search_of_a_part(void **state)
{
    static const struct row rows[] = {
        { "$[?match(@,'a.*')]", "[\"ab\",\"ba\",1,null]", "\"ab\"" },
        { "$[?search(@,'a.*')]", "[\"ab\",\"ba\",\"b\"]", "\"ab\" \"ba\"" },
        { "$[?!match(@,'a.*')]", "[\"ab\",\"ba\",1]", "\"ba\" 1" },
        { "$[?match(@,'a|bc')]", "[\"a\",\"bc\",\"ac\",\"xbc\"]", "\"a\" \"bc\"" },
        { "$.v[?match(@,$.re)]", "{\"re\":\"b.?b\",\"v\":[\"bab\",\"bbab\",\"bb\"]}",
          "\"bab\" \"bb\"" },
        { "$[?match(@,'.')]", "[\"\U0001d11e\",\"\\n\",\"\\r\",\"\u2028\",\"\"]",
          "\"\U0001d11e\" \"\u2028\"" },
        { "$[?match(@,'[^a]')]", "[\"\\n\",\"a\"]", "\"\\n\"" },
        { "$[?match(@,'a[.b]c')]", "[\"abc\",\"a.c\",\"axc\"]", "\"abc\" \"a.c\"" },
        { "$[?match(@,'a\\\\.c')]", "[\"a.c\",\"axc\"]", "\"a.c\"" },
        { "$[?match(@,'a\\\\\\\\.c')]", "[\"a\\\\xc\",\"a.c\"]", "\"a\\\\xc\"" },
        { "$[?match(@,'\\\\p{Lu}')]", "[\"\u0436\",\"\u0416\",\"1\"]", "\"\u0416\"" },
        { "$[?match(@,'\\\\P{Lu}')]", "[\"\u0436\",\"\u0416\",\"1\"]",
          "\"\u0436\" \"1\"" },
        { "$[?match(@,'[\\\\p{L}0-9_-]{2,3}')]", "[\"a-\",\"\u04361_\",\"a\",\"a.\"]",
          "\"a-\" \"\u04361_\"" },
        { "$[?match(@,'[-a]+')]", "[\"-a-\",\"b\"]", "\"-a-\"" },
        { "$[?match(@,'(ab?){2}')]", "[\"aba\",\"ab\"]", "\"aba\"" },
        { "$[?match(@,'x{2}y{1,}')]", "[\"xxyy\",\"xxx\"]", "\"xxyy\"" },
        { "$[?match(@,'\\\\n\\\\t')]", "[\"\\n\\t\"]", "\"\\n\\t\"" },
        { "$[?match(@,'^ab$')]", "[\"ab\",\"^ab$\"]", "\"ab\"" },
        { "$[?match(@,'')]", "[\"\",\"a\"]", "\"\"" },
        { "$[?match(@.a,'a')]", "[{}]", "" },
        { "$[?match(@,1)]", "[\"1\"]", "" },
        { "$[?match(@,value($..re))]", "[\"a\",{\"re\":\"a\"}]", "\"a\"" },
        { "$[?match(@,'a') && search(@,'a')]", "[\"a\",\"b\"]", "\"a\"" },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void what_is_no_i_regexp_matches_nothing(void **state)
{
    static const char *const refused[] = {
        "\\d",     "\\w+",    "(?=a)",   "a*?",   "a++", "*",          "a**",
        "(",       ")",       "a)",      "[",     "[]",  "]",          "{1}",
        "a{",      "a{,2}",   "a{x}",    "a{1,2", "\\",  "\\x41",      "\\u0041",
        "\\p{Xx}", "\\p{L",   "\\p{Lx}", "\\pL",  "[a",  "[a-\\p{L}]", "[a--b]",
        "[[a]]",   "[a-b-c]", "[--a]",   "\\b",   "|*",
    };
    static const char *const taken[] = { "",           "|",      "a|",      "()",
                                         "(|a)*",      "[-]",    "[^-a-]",  "[\\-\\]]",
                                         "a{2}",       "a{2,}",  "a{2,31}", "\\(\\)\\|",
                                         "[^\\P{Nd}]", "\\p{C}", "a/b#c" };
    for (size_t i = 0; i < COUNT(refused); i++)
        if (iregexp_ecma(refused[i], true, *state))
            fail_msg("%s was taken", refused[i]);
    for (size_t i = 0; i < COUNT(taken); i++)
        if (!iregexp_ecma(taken[i], true, *state))
            fail_msg("%s was refused", taken[i]);
    static const struct row rows[] = { { "$[?match(@,'\\\\d')]", "[\"1\"]", "" },
                                       { "$[?!search(@,'(')]", "[\"1\"]", "\"1\"" },
                                       { "$[?search(@,'[z-a]')]", "[\"b\"]", "" } };
    check_rows(*state, rows, COUNT(rows));
}

/* ---- what is refused ------------------------------------------------------------- */

static void a_mistake_is_told_with_its_place(void **state)
{
    static const struct {
        const char *query;
        unsigned column;
        const char *why;
    } rows[] = {
        { "", 1, "expected $, with which a query starts, found the end" },
        { "a", 1, "expected $, with which a query starts, found a" },
        { " $", 1, "expected $" },
        { "@.a", 1, "expected $" },
        { "$ ", 2, "expected '.', '..', '[' or the end, found  " },
        { "$a", 2, "found a" },
        { "$.", 3, "expected a name or *, found the end" },
        { "$..", 4, "found the end" },
        { "$...a", 4, "found ." },
        { "$. a", 3, "found  " },
        { "$.1", 3, "found 1" },
        { "$.&", 3, "found &" },
        { "$.'a'", 3, "found '" },
        { "$.a-b", 4, "found -" },
        { "$.\u263a!", 4, "found !" },
        { "$.[0]", 3, "found [" },
        { "$[", 3, "expected a name in quotes, an index, a slice, * or ?" },
        { "$[]", 3, "found ]" },
        { "$[a]", 3, "found a" },
        { "$[0", 4, "expected ',' or ']', found the end" },
        { "$[0,]", 5, "found ]" },
        { "$[,0]", 3, "found ," },
        { "$[0 1]", 5, "found 1" },
        { "$[01]", 3, "without a zero in front" },
        { "$[-0]", 3, "without a zero in front" },
        { "$[-]", 4, "expected a digit, found ]" },
        { "$[+1]", 3, "found +" },
        { "$[1.0]", 4, "found ." },
        { "$[1e0]", 4, "found e" },
        { "$[9007199254740992]", 3, "at most 9007199254740991" },
        { "$[-9007199254740992]", 3, "at most 9007199254740991" },
        { "$[99999999999999999999999]", 3, "at most 9007199254740991" },
        { "$[:01]", 4, "without a zero in front" },
        { "$[1:2:3:4]", 8, "expected ',' or ']', found :" },
        { "$[::-0]", 5, "without a zero in front" },
        { "$[:'a']", 4, "found '" },
        { "$['a]", 6, "expected ' at the end of the string, found the end" },
        { "$[\"a]", 6, "expected \" at the end of the string, found the end" },
        { "$['a\tb']", 5, "expected an escape for a control character, found U+0009" },
        { "$['\\\"']", 5, "expected one of ' b f n r t u / \\ after \\, found \"" },
        { "$[\"\\'\"]", 5, "expected one of \" b f n r t u / \\ after \\, found '" },
        { "$['\\x41']", 5, "found x" },
        { "$['\\", 5, "found the end" },
        { "$['\\u12']", 8, "expected four hexadecimal digits after \\u, found '" },
        { "$['\\u{1}']", 6, "found {" },
        { "$['\\uD800']", 10, "expected \\u with the low surrogate, found '" },
        { "$['\\uD800\\u0041']", 4, "a high surrogate stands without its low one" },
        { "$['\\uDC00']", 4, "a low surrogate stands without its high one" },
        { "$[?]", 4, "expected @, $, a literal or a function, found ]" },
        { "$[?@.a", 7, "expected ',' or ']', found the end" },
        { "$[?a]", 4, "expected @, $, a literal or a function, found a" },
        { "$[?True==@]", 4, "found T" },
        { "$[?@.a==nil]", 9, "found nil" },
        { "$[?@.a=1]", 7, "expected ==, found =" },
        { "$[?@.a==]", 9, "expected @, $, a literal or a function, found ]" },
        { "$[?@.a===1]", 9, "found =" },
        { "$[?@.a<>1]", 8, "found >" },
        { "$[?@.a&@.b]", 7, "expected ',' or ']', found &" },
        { "$[?@.a&&]", 9, "found ]" },
        { "$[?@.a||]", 9, "found ]" },
        { "$[?(@.a]", 8, "expected ')', '&&' or '||', found ]" },
        { "$[?@.a)]", 7, "expected ',' or ']', found )" },
        { "$[?()]", 5, "found )" },
        { "$[?!!@.a]", 5, "found !" },
        { "$[?!@.a==1]", 8, "expected ',' or ']', found =" },
        { "$[?(@.a)==1]", 9, "found =" },
        { "$[?@.a==(1)]", 9, "found (" },
        { "$[?true]", 4, "a literal has to be compared with something" },
        { "$[?1]", 4, "a literal has to be compared with something" },
        { "$[?'a'&&@]", 4, "a literal has to be compared with something" },
        { "$[?!'a']", 5, "a literal has to be compared with something" },
        { "$[?@==01]", 7, "expected a number as JSON writes it" },
        { "$[?@==1.]", 7, "expected a number as JSON writes it" },
        { "$[?@==.1]", 7, "found ." },
        { "$[?@==+1]", 7, "found +" },
        { "$[?@==1e]", 7, "expected a number as JSON writes it" },
        { "$[?@==-]", 7, "expected a number as JSON writes it" },
        { "$[?@.*==1]", 4, "found a query that may select several nodes" },
        { "$[?@..a==1]", 4, "found a query that may select several nodes" },
        { "$[?@[0:1]==1]", 4, "found a query that may select several nodes" },
        { "$[?@[0,0]==1]", 4, "found a query that may select several nodes" },
        { "$[?@[?@.a]==1]", 4, "found a query that may select several nodes" },
        { "$[?1==$.*]", 7, "found a query that may select several nodes" },
        { "$[?length(@.*)==1]", 11, "found a query that may select several nodes" },
        { "$[?len(@)==1]", 4,
          "expected length, count, match, search or value, found len()" },
        { "$[?length(@)]", 4, "the value of length() has to be compared" },
        { "$[?!count(@.*)]", 5, "the value of count() has to be compared" },
        { "$[?count(@.*)&&@]", 4, "the value of count() has to be compared" },
        { "$[?match(@,'a')==true]", 4,
          "expected a value, found match(), which is true or false by itself" },
        { "$[?true==match(@,'a')]", 10, "found match()" },
        { "$[?length(match(@,'a'))==1]", 11, "found match()" },
        { "$[?count()==1]", 10, "expected 1 argument for count(), found )" },
        { "$[?match(@)]", 11, "expected 2 arguments for match(), found )" },
        { "$[?count(@.*,@)==1]", 14, "count() takes no more than 1 argument" },
        { "$[?match(@,'a','b')]", 16, "match() takes no more than 2 arguments" },
        { "$[?count(1)==1]", 10, "expected a query, as count() wants one" },
        { "$[?value(value(@.*))==1]", 10, "expected a query, as value() wants one" },
        { "$[?length(@.a==1)==1]", 14, "expected ',' or ')', found =" },
        { "$[?length (@)==1]", 4, "found length" },
        { "$[?length(@==1]", 12, "found =" },
        { "$[?length(@,)==1]", 13, "no more than 1 argument" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct jsonpath_error error = { 0, 0, "it was taken" };
        if (jsonpath_read(rows[i].query, *state, &error) ||
            error.column != rows[i].column || !strstr(error.why, rows[i].why))
            fail_msg("%s: %u: %s", rows[i].query, error.column, error.why);
    }
    struct jsonpath_error error;
    assert_null(jsonpath_read("$.\xff", *state, &error));
    assert_null(jsonpath_read("$['\xc0\x80']", *state, &error));
}

static void a_query_is_bounded(void **state)
{
    struct arena *a = *state;
    struct jsonpath_error error;
    assert_non_null(jsonpath_read(repeated(a, "$", ".a", 1000, "").ptr, a, &error));
    assert_null(jsonpath_read(repeated(a, "$", ".a", 1001, "").ptr, a, &error));
    assert_non_null(strstr(error.why, "more than 1000 parts"));
    assert_null(jsonpath_read(repeated(a, "$[?", "@.a&&", 1000, "@]").ptr, a, &error));
    static const char *const deep[] = { "(", "@[?", "length(", "!(", "$[?(" };
    for (size_t i = 0; i < COUNT(deep); i++) {
        assert_null(
            jsonpath_read(repeated(a, "$[?", deep[i], 100000, "").ptr, a, &error));
        assert_non_null(strstr(error.why, "deeper than 16"));
    }
}

static void a_search_ends(void **state)
{
    struct arena *a = *state;
    cJSON *wide = tree_of(a, repeated(a, "[0", ",{\"a\":1}", 20000, "]").ptr);
    const char *stars = repeated(a, "$[", "*,", 100, "*]").ptr;
    static const struct {
        const char *query, *why;
    } rows[] = {
        { "$[?count($..*)==1]", "it looks at too many nodes" },
        { "$[?$==$.x||$!=@]", NULL },
        { "$[?$[*][?$[*].b]]", "it looks at too many nodes" },
        { NULL, "it selects too many nodes" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct jsonpath_search search = { NULL, NULL, 20 * 1000 * 1000 };
        struct jsonpath_nodes found;
        const char *why;
        bool ok = jsonpath_find(query_of(a, rows[i].query ? rows[i].query : stars),
                                wide, &search, a, &found, &why);
        if (ok != !rows[i].why || (why && strcmp(why, rows[i].why) != 0))
            fail_msg("%s: %s", rows[i].query, why ? why : "found");
    }
}

static void a_regular_expression_that_takes_too_long_ends_the_search(void **state)
{
    struct arena *a = *state;
    cJSON *tree = json_array(a);
    json_push(tree, json_string(a, str(repeated(a, "", "a", 40, "bc").ptr)));
    struct jsonpath_search search = { iregexps_match, iregexps_new(a),
                                      LIMIT_JSONPATH_STEPS };
    struct jsonpath_nodes found;
    const char *why;
    assert_false(jsonpath_find(query_of(a, "$[?match(@,'(a|aa)*b')]"), tree, &search, a,
                               &found, &why));
    assert_string_equal(why, "a regular expression in it takes too long");
}

static void the_deepest_tree_is_searched(void **state)
{
    struct arena *a = *state;
    cJSON *top = json_integer(a, 7);
    for (int i = 0; i < LIMIT_DEPTH - 1; i++) {
        cJSON *array = json_array(a);
        json_push(array, top);
        top = array;
    }
    assert_int_equal(find(a, "$..[?@==7]", top).count, 1);
    const char *nested =
        repeated(a, "$", "..[?$", 8, repeated(a, "..*", "]", 8, "").ptr).ptr;
    assert_int_equal(find(a, nested, top).count, LIMIT_DEPTH - 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(a_name_selects_the_member_of_that_name),
        TEST(an_escape_in_a_name_is_what_json_says),
        TEST(a_wildcard_selects_every_child),
        TEST(an_index_selects_one_item_from_either_end),
        TEST(a_slice_selects_every_so_manyth_item),
        TEST(several_selectors_select_one_after_the_other),
        TEST(descendants_come_after_the_node_they_are_in),
        TEST(each_node_comes_with_its_pointer_and_parent),
        TEST(a_filter_keeps_what_exists),
        TEST(values_are_compared_by_type_and_value),
        TEST(nothing_is_equal_to_nothing_only),
        TEST(big_numbers_are_compared_digit_by_digit),
        TEST(and_binds_more_than_or_and_not_more_than_and),
        TEST(length_is_of_texts_arrays_and_objects),
        TEST(count_counts_nodes_and_value_wants_one),
        TEST(match_is_of_the_whole_text_and_search_of_a_part),
        TEST(what_is_no_i_regexp_matches_nothing),
        TEST(a_mistake_is_told_with_its_place),
        TEST(a_query_is_bounded),
        TEST(a_search_ends),
        TEST(a_regular_expression_that_takes_too_long_ends_the_search),
        TEST(the_deepest_tree_is_searched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
