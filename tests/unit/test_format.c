/* Formats: one row for each, one text for each question. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/text.h"
#include "doc/json.h"
#include "schema/format.h"

#define MEMORY ((size_t)512 * 1024 * 1024)
#define NUL "\xc0\x80"
#define A60 "a23456789a23456789a23456789a23456789a23456789a23456789a23456"
#define PARA5 "παράδειγμαπαράδειγμαπαράδειγμαπαράδειγμαπαράδειγμα"

/* What starts with ! is not of the format. */
struct row {
    const char *format, *texts[40];
};

static void check(void **state, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct format *f = format_of(rows[i].format);
        if (!f)
            fail_msg("%s is not known", rows[i].format);
        assert_true(strlen(format_wanted(f)) > 5);
        const char *example = format_example(f);
        if (example && !format_check(f, json_string(*state, str(example))))
            fail_msg("%s: its own example %s", rows[i].format, example);
        for (const char *const *t = rows[i].texts; *t; t++) {
            bool wanted = **t != '!';
            const cJSON *value = json_string(*state, str(*t + !wanted));
            if (format_check(f, value) != wanted)
                fail_msg("%s: %s", rows[i].format, *t);
        }
    }
}

static void a_date_or_time_is_one_of_rfc_3339(void **state)
{
    static const struct row rows[] = {
        { "date-time",
          { "2026-01-31T12:00:00Z",
            "2026-01-31t12:00:00.123z",
            "1990-12-31T15:59:60-08:00",
            "1998-12-31T23:59:60Z",
            "1998-12-31T15:59:60.123-08:00",
            "2026-01-31T00:00:00+23:59",
            "1985-04-12T00:59:59.999999999999999Z",
            "1937-01-01T12:00:27.87+00:20",
            "!2026-01-31 12:00:00Z",
            "!1998-12-31T22:59:60Z",
            "!1998-12-31T23:58:60Z",
            "!1998-12-31T23:59:61Z",
            "!2026-02-29T12:00:00Z",
            "!2026-01-31T12:00:00",
            "!2026-01-31T24:00:00Z",
            "!2026-01-31T12:60:00Z",
            "!2026-01-31T12:00:00.Z",
            "!2026-01-31T12:00:00+24:00",
            "!2026-01-31T12:00:00+10:60",
            "!2026-01-31T12:00:00+01:00Z",
            "!2026-01-31T12:00:00Z ",
            "!2026-01-31T12:00:00Z\n",
            "!2026-01-31T12:00Z",
            "!2026-1-31T12:00:00Z",
            "!+12026-01-31T12:00:00Z",
            "!2026-031T12:00:00Z",
            "!2026-01-1\xe0\xa7\xaaT00:00:00Z",
            "!2026-01-31T12:00:00" NUL "Z",
            "!2026-01-31" NUL "12:00:00Z",
            "!2026-01-31T",
            "!" } },
        { "date",
          { "2024-02-29", "0000-01-01", "!2023-02-29", "!1900-02-29", "2000-02-29",
            "!2026-13-01", "!2026-00-10", "!2026-04-31", "!2026-1-1", "!20260131",
            "!2026-01-31Z", "!2026-01-00", "!2026/01/31", "!2026-01-3" NUL, "!" } },
        { "time", { "12:00:00Z",      "23:59:60Z",       "23:59:60+00:00",
                    "01:29:60+01:30", "23:29:60+23:30",  "00:29:60-23:30",
                    "15:59:60-08:00", "12:34:56-00:00",  "08:30:06.283185Z",
                    "08:30:06z",      "!23:59:60+01:00", "!23:59:60-01:00",
                    "!22:59:60Z",     "!12:00:00",       "!24:00:00Z",
                    "!12:60:00Z",     "!00:00:61Z",      "!08:30:06 PST",
                    "!008:030:006Z",  "!8:30:06Z",       "!08:30:06+0130",
                    "!08:30:06+01",   "!08:30:06-8:000", "!08:30:06Z+00:30",
                    "!08:30:06,5Z",   "!08:30:06#00:20", "!08:30:06Z\n",
                    "!08:30:06.Z",    "!ab:cd:ef",       "!" } },
        { "duration",
          { "P4DT12H30M5S",
            "P1Y2M3D",
            "PT36H",
            "P2W",
            "PT1M",
            "P1M2DT3M4S",
            "P01D",
            "P10Y10M10DT10H10M10S",
            "P99999999999999999999999999999999D",
            "PT0S",
            "P1Y2M",
            "!P1Y2D",
            "!P1Y1D",
            "!PT1H1S",
            "!P",
            "!PT",
            "!P1",
            "!P1DT",
            "!1D",
            "!P1W1D",
            "!P1WT1H",
            "!P1Y2W",
            "!P0Y1W",
            "!PT1D",
            "!P1.5D",
            "!P2D1Y",
            "!P-1D",
            "!-P1D",
            "!P1D ",
            "!P1D\n",
            "!P1e2D",
            "!PT0,5S",
            "!P1D2T3H",
            "!P\xe0\xa7\xa8Y",
            "!P1" NUL,
            "!" } },
        { "time-local",
          { "12:00:00", "12:00:00.5", "23:59:60", "!12:00:00Z", "!12:00:00.", "!" } },
        { "date-time-local",
          { "2026-01-31T12:00:00", "2026-01-31 12:00:00.123", "!2026-01-31T12:00:00Z",
            "!2026-02-30T12:00:00", "!2026-01-31", "!2026-01-31_12:00:00" } },
        { "imf-fixdate",
          { "Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 2024 00:00:00 GMT",
            "Sat, 01 Jan 2000 23:59:59 GMT", "!Mon, 06 Nov 1994 08:49:37 GMT",
            "!sun, 06 Nov 1994 08:49:37 GMT", "!Sun, 06 Nov 1994 08:49:37 UTC",
            "!Sun, 6 Nov 1994 08:49:37 GMT", "!Thu, 29 Feb 2023 00:00:00 GMT",
            "!Sun, 06 Nov 1994 24:49:37 GMT", "!Sunday, 06-Nov-94 08:49:37 GMT",
            "!" } },
        { "http-date",
          { "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994", "Wed Nov 16 08:49:37 1994",
            "!Sun, 06-Nov-94 08:49:37 GMT", "!Sunday, 32-Nov-94 08:49:37 GMT",
            "!Sun Nov 31 08:49:37 1994", "!Mon Nov  6 08:49:37 1994", "!1994-11-06",
            "!," } },
    };
    check(state, rows, COUNT(rows));
}

static void a_host_name_has_labels_that_mean_something(void **state)
{
    static const struct row rows[] = {
        { "hostname",
          { "example.com",
            "a",
            "1.2.3",
            "xn--bcher-kva.example",
            "a-b.c",
            "1host",
            "xn--4gbwdl.xn--wgbh1c",
            "XN--4GBWDL.com",
            "r4---sn-abc.example",
            A60 "abc",
            "!" A60 "abcd",
            "!",
            "!-a",
            "!a-",
            "!a..b",
            "!a.",
            "!.a",
            "!.",
            "!a_b",
            "!\xc3\xa9.com",
            "!a b",
            "!xn--X",
            "!xn--",
            "!xn--aa---o47jg78q",
            "!XN--aa---o47jg78q",
            "!a\xe3\x80\x82"
            "b",
            "!a" NUL,
            "!xn--07jt112bpxg.com",
            "!" A60 "." A60 "." A60 "." A60 ".aaaaaaaaaaa" } },
        { "ipv4",
          { "192.0.2.1", "0.0.0.0", "!256.0.0.1", "!1.2.3", "!01.2.3.4", "!1.2.3.4.5",
            "!1.2.3.4 ", "!0x1.2.3.4", "!1.2.3.4/24", "!1..2.3", "!" NUL, "!" } },
        { "ipv6",
          { "::",
            "::1",
            "2001:db8::1",
            "::ffff:192.0.2.1",
            "1:2:3:4:5:6:7:8",
            "1000:1000:1000:1000:1000:1000:255.255.255.255",
            "!1:2:3:4:5:6:7:8:9",
            "!1::2::3",
            "!fe80::1%eth0",
            "!12345::",
            "!:1",
            "!::1/64",
            "!::256.1.1.1",
            "!::1.2.3",
            "!::ffff:192.168.0.01",
            "!127.0.0.1",
            "! ::1",
            "!1:",
            "!:::1",
            "!::" NUL,
            "!" } },
        { "email",
          { "ada@example.com",
            "a.b+c@localhost",
            "\"a b\"@example.com",
            "\"a\\\"b@c\"@example.com",
            "\"\"@a",
            "\"\\\\\"@a",
            "a@[192.0.2.1]",
            "a@[IPv6:2001:db8::1]",
            "a@[ipv6:::1]",
            "a@255.255.255.255",
            "a@c--n.com",
            "~a!#$%&'*+-/=?^_`{|}~@b.c",
            "!a@[IPv6:x]",
            "!a@[1.2.3]",
            "!a@[]",
            "!a@b[1.2.3.4]",
            "!a@[1.2.3.4",
            "!a",
            "!@example.com",
            "!a@",
            "!.a@example.com",
            "!a..b@example.com",
            "!a.@example.com",
            "!a b@example.com",
            "!a@-b.com",
            "!a@b.com.",
            "!\"a\\\\\"b\"@example.com",
            "!\"a\"b@c",
            "!a@b@c",
            "!a,b@c",
            "!a(b)@c",
            "!<a@b>",
            "!a@b\n",
            "!a\xc3\xa9@b",
            "!a@\xc3\xa9",
            "!a" NUL "@b",
            "!\"" NUL "\"@b",
            "!" A60 "abcde@b.c" } },
        { "idn-email",
          { "실례@실례.테스트", "joe.bloggs@example.com", "\"ä b\"@bücher.example",
            "ä.ö@a", "ä@[192.0.2.1]", "!2962", "!ä.@a", "!ä@-", "!ä@a·l", "!ä" NUL "@a",
            "!ä\xff@a", "!\"\\ä\"@a", "!ä@" } },
    };
    check(state, rows, COUNT(rows));
}

/* RFC 5891, 4.2, and RFC 5892, appendix A. */
static void an_international_name_keeps_the_rules_of_idna(void **state)
{
    static const struct row rows[] = {
        { "idn-hostname",
          { "실례.테스트",
            "bücher.example",
            "example.com",
            "host-name",
            "1host",
            "xn--ihqwcrb4cv8a8dqg056pqjye",
            "ßς་〇",
            "۽۾",
            PARA5 ".com",
            "!" PARA5 "παράδειγμα.com",
            "!〮실례.테스트",
            "!실〮례.테스트",
            "!-> $1.00 <--",
            "!xn--X",
            "!XN--aa---o47jg78q",
            "!aa--b",
            "!-hello",
            "!hello-",
            "!ä-",
            "!a_b",
            "!ःhello",
            "!\xcc\x80hello",
            "!҈hello",
            "!ـߺ",
            "!〱〲〳〴〵〮〯〻",
            A60 "." A60 "." A60 "." A60 ".aaaaaaaaa",
            "!" A60 "." A60 "." A60 "." A60 ".aaaaaaaaaa",
            "!Bücher.example",
            "!ä" NUL,
            "!ä\xff",
            "!" } },
        { "idn-hostname",
          { "l·l",          "!a·l",       "!·l",          "!l·a",       "!l·",
            "α͵β",          "!α͵S",       "!α͵",          "א׳ב",        "!A׳ב",
            "!׳ב",          "א״ב",        "!A״ב",         "!״ב",        "・ぁ",
            "・ァ",         "・丈",       "!def・abc",    "!・",        "ب٠ب",
            "۰0",           "!ب٠۰",       "क्‍ष", "!क‍ष", "!‍ष",
            "क्‌ष", "بي‌بي" } },
        { "idn-hostname",
          { "a。b", "ä。b", "a.b", "a。b", PARA5 "。com", "!.", "!。", "!.a", "!。a",
            "!a.", "!a。", "!a.", "!a。", "!a..b", "!a。.b" } },
    };
    check(state, rows, COUNT(rows));
}

static void a_reference_is_one_of_rfc_3986_or_3987(void **state)
{
    static const struct row rows[] = {
        { "uri",
          { "https://example.com",
            "http://a:b@example.com:80/p;x?q=1#f",
            "urn:isbn:123",
            "mailto:a@b.c",
            "http://[2001:db8::1]:8080/",
            "http://[v1.a:b]/",
            "a:",
            "file:///etc",
            "http://a.com:",
            "http://:80",
            "http://@a",
            "http://user@",
            "http://087.10.0.1/",
            "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com",
            "http://a?b?c/d#e?f/g",
            "a:b:c",
            "!//example.com",
            "!/a",
            "!http://a b",
            "!http://[::1",
            "!1a:b",
            "!http://a/%zz",
            "!http://a/%4",
            "!http://a:b/",
            "!http://a:8:0",
            "!a:<b>",
            "!http://a/#b#c",
            "!http://[@a/",
            "!ht_tp://a",
            "!http://[::1]a",
            "!http://\xc3\xa9.com",
            "!http://a/\\",
            "!:a",
            "!a:" NUL,
            "!" } },
        { "uri-reference", { "",           "a",           "../a",
                             "/a?b#c",     "//h/p",       "//",
                             "#f",         "?q",          "./a:b",
                             "http://a",   "//[V1.fe]/p", "a@b/c:d",
                             "!a b",       "!1a:b",       "!\\a",
                             "!#a#b",      "!a[",         "!/[::1]",
                             "!//a@b@c/",  "!//a:b/c",    "!//[::ffff:192.168.0.01]/p",
                             "!/%zz",      "!/a\"b",      "!/p\n",
                             "!a\xc3\xa9", "!" NUL } },
        { "iri",
          { "http://ƒøø.ßår/?∂éœ=πîx#πîüx",
            "http://ƒøø.ßår/𐌀",
            "urn:ä",
            "file:/etc",
            "http://a/?\xee\x80\x80",
            "http://a/?\xf3\xb0\x80\x80",
            "http://[2001:db8::1]",
            "!http://a/\xee\x80\x80",
            "!http://a/#\xee\x80\x80",
            "!http://2001:0db8:85a3:0000:0000:8a2e:0370:7334",
            "!/abc",
            "!âππ",
            "!\\\\WINDOWS\\filëßåré",
            "!http://ƒøø/\n",
            "!http://ä/\xc2\x80",
            "!http://ä/\xef\xb7\x90",
            "!ä://a",
            "!http://ä/" NUL,
            "!http://ä/\xff",
            "!http://a:ä/",
            "!" } },
        { "iri-reference",
          { "", "âππ", "/âππ", "//ƒøø.ßår/?∂éœ=πîx#πîüx", "#ƒrägmênt", "ä@b",
            "!#ƒräg\\mênt", "!ä:b", "!\\ä", "!\xef\xbf\xbe" } },
        { "uri-template",
          { "",
            "/pets/{id}{?limit,page*}",
            "{+a}{#a}{.a}{/a}{;a}{?a}{&a}",
            "{a.b}",
            "{%41}",
            "{v:1000}",
            "{v:1}",
            "{x,y}",
            "a%41b",
            "a'b",
            "ä\xf0\x9f\x98\x80\xee\x80\x80",
            "{term:1}/{term}",
            "{=a}",
            "!{a",
            "!a}",
            "!{}",
            "!{a,}",
            "!{a,,b}",
            "!{,+a}",
            "!{a..b}",
            "!{a.}",
            "!{.}",
            "!{v:0}",
            "!{v:01}",
            "!{v:10000}",
            "!{v:}",
            "!{a=b}",
            "!{%}",
            "!{%4}",
            "!{%GG}",
            "!a%",
            "!a%4",
            "!a b",
            "!a\x7f",
            "!a<b",
            "!{a b}",
            "!{{a}}",
            "!" NUL,
            "!{a" NUL "}" } },
    };
    check(state, rows, COUNT(rows));
}

static void a_format_takes_what_its_grammar_takes(void **state)
{
    static const struct row rows[] = {
        { "uuid",
          { "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "00000000-0000-0000-0000-000000000000",
            "3F2504E0-4F89-41D3-9A0C-0305E82C3301", "!3f2504e04f8941d39a0c0305e82c3301",
            "!3f2504e0-4f89-41d3-9a0c-0305e82c330g", "!",
            "!3f2504e0-4f89-41d3-9a0c0-305e82c3301",
            "!{3f2504e0-4f89-41d3-9a0c-0305e82c3301}",
            "!3f2504e0-4f89-41d3-9a0c-0305e82c33" NUL } },
        { "byte",
          { "", "aGVsbG8=", "YQ==", "YWJj", "!YQ=", "!YQ", "!Y===", "!====", "!YW-_",
            "!YWJj\n", "!YQ==YQ==", "!YW" NUL } },
        { "base64url",
          { "", "_-8", "YQ", "YQ==", "YWJj", "!Y", "!YW+/",
            "!YQ=", "!YWJj=", "!Y===", "!YQ==YQ==", "!====", "!YW" NUL } },
        { "char", { "a", "ä", "\xf0\x9f\x98\x80", NUL, "!", "!ab" } },
        { "boolean", { "true", "false", "!True", "!1", "!" } },
        { "decimal",
          { "0", "-12.50", "+1", ".5", "1.", "1E-3", "1e+3", "007", "!", "!.", "!1e",
            "!e1", "!1,5", "!0x1", "!NaN", "!1 ", "!1" NUL } },
        { "decimal128", { "1.5", "NaN", "INF", "-INF", "!inf", "!" } },
        { "media-range",
          { "*/*", "text/*", "text/html;q=0.5", "a/b ; c=\"d \\\" e\" ;; f=g", "a/b;",
            "a/*;charset=utf-8", "!text", "!text/", "!/a", "!a/b;c",
            "!a/b;c=", "!a/b;c=\"d", "!a/b c", "!a b/c", "!a/b;c=\"\\", "!a/b;c=\"\n\"",
            "!a/b;c=\"\x7f\"", "!a/b" NUL, "!" } },
        { "sf-string",
          { "\"\"", "\"a b\"", "\"a\\\"b\\\\\"", "!a", "!\"", "!\"a\"b\"", "!\"\\a\"",
            "!\"a\\\"", "!\"\xc3\xa9\"", "!\"" NUL "\"" } },
        { "sf-token", { "a", "*", "text/html", "a:b", "!1a", "!a b", "!\"a\"", "!" } },
        { "sf-binary", { "::", ":aGVsbG8=:", "!:", "!aGVsbG8=", "!:a:" } },
        { "sf-boolean", { "?0", "?1", "!?2", "!true", "!" } },
        { "json-pointer",
          { "", "/", "/a~0b/~1", "/" NUL, "!a", "!/~2", "!/~", "!#/a" } },
        { "relative-json-pointer",
          { "0",     "1/a",   "0#",    "10/b", "0+1",        "0+1/a", "2-3#",
            "0-0",   "120/a", "0//",   "!01",  "!01#",       "!/a",   "!-1",
            "!+1/a", "!",     "!0##",  "!0a",  "!0+",        "!0-01", "!0++1",
            "!0+1a", "!1#/a", "!0/~2", "!1\n", "!\xd9\xa1/a" } },
        { "regex",
          { "^a+$",
            "",
            "[\\w-.]",
            "(?<=a+)b",
            "[]",
            "[^]",
            "\\cA",
            "(?<n>a)\\k<n>",
            "\\p{L}",
            "!(a",
            "!a)",
            "![a",
            "!*a",
            "![z-a]",
            "!\\",
            "!\\Z",
            "!\\a",
            "!a++",
            "!(?i)a",
            "!(?ims)a",
            "!(?P<n>a)",
            "!(?#a)b",
            "!^\\S(|(.|\\n)*\\S)\\Z" } },
        { "password", { "", "anything" } },
        { "binary", { "", "anything" } },
        { "html", { "", "<p>" } },
        { "commonmark", { "", "*a*" } },
        { "templated-url", { "", "/a/{b}" } },
        { "unix-time", { "a text passes" } },
        { "int32", { "a text passes" } },
    };
    check(state, rows, COUNT(rows));
}

static void a_number_has_the_format_that_holds_it(void **state)
{
    static const struct {
        const char *format, *texts[16];
    } rows[] = {
        { "int8", { "-128", "127", "!128", "!-129", "!1.5", "1.0", "1e2", "!1e3" } },
        { "int16", { "-32768", "32767", "!32768", "!-32769" } },
        { "int32",
          { "2147483647", "!2147483648", "-2147483648", "!-2147483649", "!1.5", "1.0",
            "0", "!0.00000000000000000001", "1e-0" } },
        { "int64",
          { "9223372036854775807", "!9223372036854775808", "-9223372036854775808",
            "!-9223372036854775809", "1e3", "!0.1", "1.0" } },
        { "uint8", { "0", "-0", "255", "!256", "!-1", "!0.5" } },
        { "uint16", { "65535", "!65536" } },
        { "uint32", { "4294967295", "!4294967296", "!-1" } },
        { "uint64",
          { "18446744073709551615", "!18446744073709551616", "0", "!-1", "!1.5",
            "18446744073709551615.0" } },
        { "double-int",
          { "9007199254740991", "!9007199254740992", "!9007199254740993",
            "-9007199254740991", "!0.5", "!9007199254740991.5" } },
        { "float", { "1.5", "3.4e38", "!3.5e38", "!1e300", "-3.4e38", "1e-300" } },
        { "single", { "1.5", "!1e300" } },
        { "double", { "1e308", "!1e400", "!-1e400" } },
        { "decimal", { "1.5", "1e400" } },
        { "sf-integer", { "999999999999999", "!1000000000000000", "!1.5" } },
        { "sf-decimal", { "1.125", "999999999999.999", "!1.0625", "!1e12", "-1.5" } },
        { "unix-time", { "1", "1.5" } },
        { "date", { "5" } },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (const char *const *t = rows[i].texts; *t; t++) {
            bool wanted = **t != '!';
            const cJSON *n = json_number_read(*state, str(*t + !wanted));
            if (format_check(format_of(rows[i].format), n) != wanted)
                fail_msg("%s: %s", rows[i].format, *t);
        }
}

static void a_format_is_for_one_kind_of_value(void **state)
{
    static const char *const names[] = { "uuid", "date-time",    "int32", "uint64",
                                         "byte", "idn-hostname", "uri" };
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct format *f = format_of(names[i]);
        assert_true(format_check(f, json_null(*state)));
        assert_true(format_check(f, json_bool(*state, true)));
        assert_true(format_check(f, json_array(*state)));
        assert_true(format_check(f, json_object(*state)));
    }
    assert_null(format_of("nobody-knows"));
    assert_null(format_of(""));
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, arena_up, arena_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_date_or_time_is_one_of_rfc_3339),
        SENTENCE(a_host_name_has_labels_that_mean_something),
        SENTENCE(an_international_name_keeps_the_rules_of_idna),
        SENTENCE(a_reference_is_one_of_rfc_3986_or_3987),
        SENTENCE(a_format_takes_what_its_grammar_takes),
        SENTENCE(a_number_has_the_format_that_holds_it),
        SENTENCE(a_format_is_for_one_kind_of_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
