#include "doc/xml_scan.h"

#include "base/limits.h"

/* The place behind the next `end`, from `at` on; past the text when there is none. */
static size_t behind(struct str text, size_t at, struct str end)
{
    for (; at + end.len <= text.len; at++) {
        const char *first = memchr(text.ptr + at, end.ptr[0], text.len - at);
        if (!first)
            break;
        at = (size_t)(first - text.ptr);
        if (str_starts(str_from(text, at), end))
            return at + end.len;
    }
    return text.len;
}

/* The place behind the tag whose inside begins at `at`. */
static size_t behind_tag(struct str text, size_t at, size_t *attributes)
{
    *attributes = 0;
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '<' || c == '>')
            return at + (c == '>');
        if (c == '=')
            ++*attributes;
        if (c == '"' || c == '\'')
            at = behind(text, at + 1, (struct str){ &c, 1 }) - 1;
    }
    return text.len;
}

const char *xml_scan(struct str text, size_t *offset)
{
    static const struct {
        struct str start, end;
    } skipped[] = {
        { { "<!--", 4 }, { "-->", 3 } },
        { { "<![CDATA[", 9 }, { "]]>", 3 } },
        { { "<?", 2 }, { "?>", 2 } },
    };
    *offset = 0;
    if (!strchr("<\xef \t\r\n", text.ptr[0]) || memchr(text.ptr, '\0', text.len))
        return "it does not begin with < in UTF-8 or another superset of ASCII";
    for (size_t at = 0; at < text.len;) {
        const char *open = memchr(text.ptr + at, '<', text.len - at);
        if (!open)
            break;
        at = (size_t)(open - text.ptr);
        size_t i = 0, attributes = 0;
        while (i < COUNT(skipped) && !str_starts(str_from(text, at), skipped[i].start))
            i++;
        *offset = at;
        if (i < COUNT(skipped))
            at = behind(text, at + skipped[i].start.len, skipped[i].end);
        else
            at = behind_tag(text, at + 1, &attributes);
        if (attributes > LIMIT_XML_ATTRIBUTES)
            return "a tag has too many attributes";
    }
    return NULL;
}

bool xml_scan_encoding(const char *name)
{
    static const char *const known[] = { "utf-8",       "utf8",        "us-ascii",
                                         "ascii",       "iso-8859-1",  "latin1",
                                         "iso-8859-15", "windows-1252" };
    for (size_t i = 0; i < COUNT(known); i++)
        if (str_equal_nocase(str(name), str(known[i])))
            return true;
    return false;
}
