#include "doc/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>

#include "base/limits.h"
#include "doc/xml_scan.h"

/* libxml2 calls back while it reads. Memory comes from the arena, which leaves by
 * longjmp when its limit is reached: never through libxml2's frames, which own memory
 * of their own, so each call back guards itself and only says that it was so. */
struct reading {
    xmlParserCtxtPtr parser;
    struct arena *arena;
    struct xml_element *root;
    struct open {
        struct xml_element *element;
        struct xml_element **next; /* where the next child hangs */
        struct buffer text;        /* used again by the next element of this depth */
        size_t spaces;             /* namespaces that it declares */
    } open[LIMIT_DEPTH];
    size_t depth, count, most, spaces;
    bool full; /* the arena is */
    struct xml_error *error;
};

static void stop(struct reading *r)
{
    r->full = true;
    xmlStopParser(r->parser);
}

static void fail(struct reading *r, const char *why)
{
    const struct _xmlParserInput *in = r->parser->input;
    if (!r->error->why)
        *r->error =
            (struct xml_error){ in && in->line > 0 ? (unsigned)in->line : 1,
                                in && in->col > 0 ? (unsigned)in->col : 1, why };
    xmlStopParser(r->parser);
}

static const char *kept(struct reading *r, const xmlChar *text)
{
    return text ? arena_copy(r->arena, str((const char *)text)) : NULL;
}

static bool counted(struct reading *r)
{
    if (++r->count > r->most)
        fail(r, "there are too many elements and attributes");
    else if (xmlDictSize(r->parser->dict) > LIMIT_XML_NAMES)
        fail(r, "there are too many different names");
    return !r->error->why;
}

static void on_document(void *context)
{
    struct reading *r = context;
    const xmlParserCtxt *p = r->parser;
    const xmlChar *declared = p->encoding ? p->encoding : p->input->encoding;
    if (declared && !xml_scan_encoding((const char *)declared))
        fail(r, "its encoding is not read here; UTF-8 is");
}

static void on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
    struct reading *r = context;
    (void)target;
    (void)data;
    if (!r->full && !r->error->why)
        counted(r);
}

/* Five pointers for each: local name, prefix, URI, value, end of value. */
static void add_attributes(struct reading *r, struct xml_element *e, int count,
                           const xmlChar **list)
{
    struct xml_attribute **next = &e->attributes;
    for (int i = 0; i < count && counted(r); i++, list += 5) {
        struct xml_attribute *a = arena_take(r->arena, sizeof(*a));
        size_t len = (size_t)(list[4] - list[3]);
        a->is =
            (struct xml_name){ kept(r, list[0]), kept(r, list[1]), kept(r, list[2]) };
        a->value.ptr = arena_copy(r->arena, (struct str){ (const char *)list[3], len });
        a->value.len = len;
        *next = a;
        next = &a->next;
    }
}

static void start(struct reading *r, struct xml_name is, int count,
                  const xmlChar **attributes)
{
    struct xml_element *e = arena_take(r->arena, sizeof(*e));
    e->is = (struct xml_name){ kept(r, (const xmlChar *)is.name),
                               kept(r, (const xmlChar *)is.prefix),
                               kept(r, (const xmlChar *)is.space) };
    e->line = r->parser->input ? (unsigned)r->parser->input->line : 0;
    add_attributes(r, e, count, attributes);
    if (r->depth) {
        struct open *above = &r->open[r->depth - 1];
        *above->next = e;
        above->next = &e->next;
    } else {
        r->root = e;
    }
    struct open *o = &r->open[r->depth++];
    o->element = e;
    o->next = &e->children;
    o->text.len = 0;
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *space, int space_count, const xmlChar **spaces,
                     int attribute_count, int defaulted, const xmlChar **attributes)
{
    struct reading *r = context;
    struct xml_name is = { (const char *)name, (const char *)prefix,
                           (const char *)space };
    (void)spaces;
    (void)defaulted;
    if (r->full || r->error->why || !counted(r))
        return;
    if (r->depth == LIMIT_DEPTH) {
        fail(r, "it is nested too deeply");
        return;
    }
    r->open[r->depth].spaces = (size_t)space_count;
    r->spaces += (size_t)space_count;
    if (r->spaces > LIMIT_XML_SPACES) {
        fail(r, "too many namespaces are in force at once");
        return;
    }
    if (setjmp(*arena_guard(r->arena))) {
        stop(r);
        return;
    }
    start(r, is, attribute_count, attributes);
    arena_unguard(r->arena);
}

static bool is_blank(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr(" \t\r\n", text.ptr[i]))
            return false;
    return true;
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *space)
{
    struct reading *r = context;
    (void)name;
    (void)prefix;
    (void)space;
    if (!r->depth || r->full || r->error->why)
        return;
    if (setjmp(*arena_guard(r->arena))) {
        stop(r);
        return;
    }
    struct open *o = &r->open[--r->depth];
    r->spaces -= o->spaces;
    struct str text = buffer_str(&o->text);
    /* What only indents children says nothing. */
    if (text.len && !(o->element->children && is_blank(text)))
        o->element->text = (struct str){ arena_copy(r->arena, text), text.len };
    else
        o->element->text = STR("");
    arena_unguard(r->arena);
}

static void on_text(void *context, const xmlChar *text, int len)
{
    struct reading *r = context;
    if (!r->depth || r->full || r->error->why)
        return;
    if (setjmp(*arena_guard(r->arena))) {
        stop(r);
        return;
    }
    buffer_add(&r->open[r->depth - 1].text,
               (struct str){ (const char *)text, (size_t)len });
    arena_unguard(r->arena);
}

static void on_document_type(void *context, const xmlChar *name, const xmlChar *id,
                             const xmlChar *system)
{
    (void)name;
    (void)id;
    (void)system;
    fail(context, "a document type (<!DOCTYPE) is not read");
}

static const char *sentence(struct reading *r, const char *message)
{
    struct str why = str(message);
    while (why.len && (why.ptr[why.len - 1] == '\n' || why.ptr[why.len - 1] == ' '))
        why.len--;
    why = utf8_valid(why) ? utf8_cut(why, 200) : STR("the bytes are not what they say");
    return arena_copy(r->arena, why);
}

/* The first error is the one that counts; warnings are none. */
static void on_error(void *context, xmlErrorPtr e)
{
    struct reading *r = context;
    if (r->full || r->error->why || e->level < XML_ERR_ERROR)
        return;
    if (setjmp(*arena_guard(r->arena))) {
        stop(r);
        return;
    }
    *r->error = (struct xml_error){ e->line > 0 ? (unsigned)e->line : 1,
                                    e->int2 > 0 ? (unsigned)e->int2 : 1,
                                    sentence(r, e->message) };
    arena_unguard(r->arena);
    xmlStopParser(r->parser);
}

static void parse(struct reading *r, bool utf8)
{
    xmlSAXHandler calls = { .initialized = XML_SAX2_MAGIC,
                            .startDocument = on_document,
                            .internalSubset = on_document_type,
                            .processingInstruction = on_instruction,
                            .startElementNs = on_start,
                            .endElementNs = on_end,
                            .characters = on_text,
                            .ignorableWhitespace = on_text,
                            .cdataBlock = on_text,
                            .serror = on_error };
    xmlParserCtxtPtr p = r->parser;
    xmlSAXHandlerPtr own = p->sax;
    xmlCtxtUseOptions(p, XML_PARSE_NONET | (utf8 ? XML_PARSE_IGNORE_ENC : 0));
    p->sax = &calls;
    p->userData = r;
    xmlParseDocument(p);
    p->sax = own;
}

struct xml_element *xml_read(struct str text, size_t most, bool utf8,
                             struct arena *arena, struct xml_error *error)
{
    struct reading *r = arena_take(arena, sizeof(*r));
    *error = (struct xml_error){ 1, 1, NULL };
    r->arena = arena;
    r->most = most;
    r->error = error;
    for (size_t i = 0; i < LIMIT_DEPTH; i++)
        r->open[i].text = buffer_in(arena, 4 * text.len + 1);
    if (!text.len || text.len > INT_MAX) {
        error->why = text.len ? "it is too long" : "it is empty";
        return NULL;
    }
    size_t offset;
    const char *no = xml_scan(text, &offset);
    if (no) {
        struct json_error at = json_place(text, offset);
        *error = (struct xml_error){ at.line, at.col, no };
        return NULL;
    }
    r->parser = xmlCreateMemoryParserCtxt(text.ptr, (int)text.len);
    if (!r->parser) {
        error->why = "there is no memory to read it";
        return NULL;
    }
    parse(r, utf8);
    bool whole = r->parser->wellFormed && !r->depth && r->root;
    xmlFreeParserCtxt(r->parser);
    if (r->full)
        arena_fail(arena);
    if (!whole && !error->why)
        error->why = "it is not well-formed";
    return whole && !error->why ? r->root : NULL;
}

/* ---- writing ---- */

void xml_escape(struct buffer *b, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool nul = c == 0xc0; /* U+0000 as json.h holds it: C0 80 */
        if (c == '<')
            buffer_add_text(b, "&lt;");
        else if (c == '>')
            buffer_add_text(b, "&gt;");
        else if (c == '&')
            buffer_add_text(b, "&amp;");
        else if (c == '"')
            buffer_add_text(b, "&quot;");
        else if (c == '\r')
            buffer_add_text(b, "&#13;");
        else if (nul || (c < ' ' && c != '\t' && c != '\n'))
            buffer_add_text(b, "\xef\xbf\xbd");
        else
            buffer_add_char(b, (char)c);
        i += nul;
    }
}

bool xml_is_name(struct str text)
{
    char copy[256];
    if (!text.len || text.len >= sizeof(copy))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return strlen(copy) == text.len && xmlValidateNCName((const xmlChar *)copy, 0) == 0;
}
