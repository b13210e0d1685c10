/* XML: what a body becomes by the `xml` keyword and without a schema, and its bounds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/bodies.h"
#include "../support/text.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "doc/xml.h"

/* ---- XML ----------------------------------------------------------------------- */

static void xml_is_read_by_the_xml_keyword(void **state)
{
    static const struct row rows[] = {
        { "<pet id='7'><name> Tom </name><year>1999</year></pet>",
          "{\"id\":7,\"name\":\" Tom \",\"born\":1999}" },
        { "<?xml version='1.0' encoding='ISO-8859-1'?><pet><name>\xe9</name></pet>",
          "{\"name\":\"é\"}" },
        { "<pet>\n <tag>a</tag>\n <tag>b</tag>\n</pet>", "{\"tags\":[\"a\",\"b\"]}" },
        { "<pet><box><toy><cost>1.5</cost></toy><toy/></box></pet>",
          "{\"toys\":[{\"cost\":1.5},{}]}" },
        { "<pet><box/></pet>", "{\"toys\":[]}" },
        { "<pet><tags>a</tags><tag>b</tag></pet>", "{\"tags\":[\"a\",\"b\"]}" },
        { "<pet><plain><plain>1</plain><plain>2</plain></plain></pet>",
          "{\"plain\":[1,2]}" },
        { "<pet><name>a<![CDATA[<b>&]]>&amp;&#65;</name></pet>",
          "{\"name\":\"a<b>&&A\"}" },
        { "<pet xmlns:z='urn:h'><z:home>x</z:home></pet>", "{\"home\":\"x\"}" },
        { "<pet><year xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
          "xsi:nil='true'/></pet>",
          "{\"born\":null}" },
        { "<pet><home>x</home></pet>",
          "/body/home: expected a name in the namespace urn:h, found nothing" },
        { "<pet><name>a</name><name>b</name></pet>",
          "/body/name: expected one element name, found \"several\"" },
        { "<pet id='x'/>", "/body/id: expected an integer, found the string \"x\"" },
        { "<pet><box><toy><cost>much</cost></toy></box></pet>",
          "/body/toys/0/cost: expected a number, found the string \"much\"" },
        { "<pet><box><toy/><tool/></box></pet>",
          "/body/toys/1: expected an element toy, found \"tool\"" },
        { "<pet><colour>red</colour></pet>",
          "/body/colour: expected only the members \"id\", \"name\", \"born\", "
          "\"tags\", \"toys\", \"plain\" and \"home\", found \"colour\"" },
        { "<pet><id>7</id></pet>",
          "/body/id: expected an integer, found the string \"7\"" },
        { "<dog/>", "/body: expected an element pet, found \"dog\"" },
        { "<pet>", "400 /body: the body is not XML: line 1, column 6: Premature end of "
                   "data in tag pet line 1" },
        { "<pet/><pet/>", "400 /body: the body is not XML: line 1, column 7: Extra "
                          "content at the end of the document" },
        { "<pet>\n <name>&x;</name></pet>",
          "400 /body: the body is not XML: line 2, column 11: Entity 'x' not defined" },
        { "<!DOCTYPE pet [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>]><pet>&b;</pet>",
          "400 /body: the body is not XML: line 1, column 15: a document type "
          "(<!DOCTYPE) is not read" },
        { "<!DOCTYPE pet SYSTEM 'file:///etc/passwd'><pet/>",
          "400 /body: the body is not XML: line 1, column 42: a document type "
          "(<!DOCTYPE) is not read" },
    };
    check_rows(*state, PET, "application/xml", rows, COUNT(rows));
}

static void xml_without_a_schema_is_read_by_its_names(void **state)
{
    static const struct row rows[] = {
        { "<a/>", "\"\"" },
        { "<a>1</a>", "\"1\"" },
        { "<a k='v'><b>1</b><b>2</b><c><d/></c></a>",
          "{\"k\":\"v\",\"b\":[\"1\",\"2\"],\"c\":{\"d\":\"\"}}" },
    };
    check_rows(*state, "application/soap+xml: {}", "application/soap+xml", rows,
               COUNT(rows));
}

static void xml_is_bounded(void **state)
{
    struct arena *a = *state;
    struct buffer deep = buffer_in(a, 100000), wide = buffer_in(a, 100000);
    struct xml_error why;
    for (int i = 0; i < 2 * LIMIT_DEPTH; i++)
        buffer_add_text(&deep, "<a>");
    buffer_add_text(&wide, "<a>");
    for (int i = 0; i < 100; i++)
        buffer_add_text(&wide, "<a/>");
    buffer_add_text(&wide, "</a>");
    assert_null(xml_read(buffer_str(&deep), 1000, false, a, &why));
    assert_non_null(strstr(why.why, "deep"));
    assert_null(xml_read(buffer_str(&wide), 100, false, a, &why));
    assert_string_equal(why.why, "there are too many elements and attributes");
    assert_non_null(xml_read(buffer_str(&wide), 101, false, a, &why));
    assert_null(xml_read(STR(""), 100, false, a, &why));
    assert_string_equal(why.why, "it is empty");
}

static void xml_of_which_libxml2_would_take_the_square_is_refused(void **state)
{
    struct arena *a = *state;
    const struct {
        struct str text;
        const char *why; /* NULL: it is read */
    } rows[] = {
        { repeated(a, "<a ", " a#='='", 256, "/>"), NULL },
        { repeated(a, "<a ", " a#='1'", 257, "/>"), "a tag has too many attributes" },
        { repeated(a, "<a ", " a#='>'", 300000, "/>"),
          "a tag has too many attributes" },
        { repeated(a, "<a><!-- ' --><?x '?><![CDATA['<b ]]><a", " a#='\"'", 300000,
                   "/></a>"),
          "a tag has too many attributes" },
        { repeated(a, "<a>", "====#", 1000, "</a>"), NULL },
        { repeated(a, "<a>", "<!-- a=# b=# --><a b='=='/>", 1000, "</a>"), NULL },
        { repeated(a, "<a ", " xmlns:a#='u'", 300, "/>"),
          "a tag has too many attributes" },
        { repeated(a, "", "<a xmlns:a#='u' xmlns:b#='u'>", 200, ""),
          "too many namespaces are in force at once" },
        { repeated(a, "<a>", "<a xmlns:a#='u'/>", 1000, "</a>"), NULL },
        { repeated(a, "<a>", "<a#/>", 9000, "</a>"), NULL },
        { repeated(a, "<a>", "<a#/>", 100000, "</a>"),
          "there are too many different names" },
        { repeated(a, "<a>", "<?a#?>", 100000, "</a>"),
          "there are too many different names" },
        { STR("<\0a\0/\0>\0"), "superset of ASCII" },
        { STR("\x4c\x6f\xa7\x94"), "superset of ASCII" },
        { STR("<?xml version='1.0' encoding='UTF-7'?><a/>"),
          "its encoding is not read" },
        { STR("<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>"), NULL },
        { STR("\xef\xbb\xbf<a/>"), NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct xml_error why = { 0 };
        const struct xml_element *root =
            xml_read(rows[i].text, LIMIT_XML_NODES, false, a, &why);
        if (!root != !!rows[i].why || (why.why && !strstr(why.why, rows[i].why)))
            fail_msg("row %zu: wanted %s, found %s", i,
                     rows[i].why ? rows[i].why : "it", why.why ? why.why : "it");
    }
}

/* libxml2 owns memory of its own, which must not be lost with the arena's. */
static void xml_that_needs_too_much_memory_ends_the_call_and_nothing_else(void **state)
{
    struct arena *small = arena_new(64 * 1024);
    struct buffer b = buffer_in(*state, 1000000);
    struct xml_error why;
    bool ended = false;
    buffer_add_text(&b, "<a>");
    for (int i = 0; i < 5000; i++)
        buffer_add_text(&b, "<a x='&amp;'><![CDATA[some text]]></a>");
    buffer_add_text(&b, "</a>");
    if (setjmp(*arena_guard(small)))
        ended = true;
    else
        xml_read(buffer_str(&b), 100000, false, small, &why);
    assert_true(ended);
    arena_free(small);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(xml_is_read_by_the_xml_keyword),
        TEST(xml_without_a_schema_is_read_by_its_names),
        TEST(xml_is_bounded),
        TEST(xml_of_which_libxml2_would_take_the_square_is_refused),
        TEST(xml_that_needs_too_much_memory_ends_the_call_and_nothing_else),
    };
    return cmocka_run_group_tests_name("bodies", tests, NULL, NULL);
}
