#include "doc/uri.h"

#include "base/buffer.h"
#include "base/limits.h"

#include <stdlib.h>
#include <uriparser/Uri.h>

/* What uriparser takes comes from the arena and is given back with it. */
static void *take(UriMemoryManager *m, size_t size)
{
    return arena_take(m->userData, size);
}

static void give_back(UriMemoryManager *m, void *memory)
{
    (void)m;
    (void)memory;
}

/* uriparser adds what it also wants (calloc, realloc, …) on top of these two. */
struct memory {
    UriMemoryManager ours, whole;
};

static UriMemoryManager *memory_in(struct memory *m, struct arena *arena)
{
    *m = (struct memory){ .ours = {
                              .malloc = take, .free = give_back, .userData = arena } };
    uriCompleteMemoryManager(&m->whole, &m->ours);
    return &m->whole;
}

static bool parse(UriMemoryManager *memory, UriUriA *uri, const char *text)
{
    return uriParseSingleUriExMmA(uri, text, text + strlen(text), NULL, memory) ==
           URI_SUCCESS;
}

static const char *text_of(struct arena *arena, const UriUriA *uri)
{
    int size = 0;
    if (uriToStringCharsRequiredA(uri, &size) != URI_SUCCESS)
        return NULL;
    char *text = arena_take(arena, (size_t)size + 1);
    if (uriToStringA(text, uri, size + 1, NULL) != URI_SUCCESS)
        return NULL;
    return text;
}

static const char *without_fragment(struct arena *arena, const char *text)
{
    return arena_copy(arena, (struct str){ text, strcspn(text, "#") });
}

const char *uri_resolve(struct arena *arena, const char *base, const char *reference)
{
    if (!*reference || *reference == '#')
        return base;
    struct memory own;
    UriMemoryManager *memory = memory_in(&own, arena);
    UriUriA from, relative, whole;
    const char *plain = without_fragment(arena, reference);
    if (!parse(memory, &relative, plain))
        return NULL;
    if (relative.scheme.first || !*base)
        return plain;
    if (!parse(memory, &from, base))
        return NULL;
    if (uriAddBaseUriExMmA(&whole, &relative, &from, URI_RESOLVE_STRICTLY, memory) !=
        URI_SUCCESS)
        return NULL;
    return text_of(arena, &whole);
}

static int hex(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c | 0x20) : NULL;
    return at ? (int)(at - digits) : -1;
}

const char *uri_decoded(struct arena *arena, const char *text)
{
    char *out = arena_copy(arena, str(text)), *to = out;
    for (const char *p = text; *p; p++) {
        bool escape = *p == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0;
        *to++ = escape ? (char)(hex(p[1]) * 16 + hex(p[2])) : *p;
        p += escape ? 2 : 0;
    }
    *to = '\0';
    return out;
}

void uri_encode(struct buffer *b, struct str text, const char *plain)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            (c >= '0' && c <= '9') || (c && strchr(plain, c))) {
            buffer_add_char(b, (char)c);
        } else if (c == 0xc0) {
            buffer_add_text(b, "%00");
            i++;
        } else {
            buffer_printf(b, "%%%02X", c);
        }
    }
}

const char *uri_fragment(struct arena *arena, const char *reference)
{
    const char *mark = strchr(reference, '#');
    return mark ? uri_decoded(arena, mark + 1) : "";
}

const char *uri_of_file(struct arena *arena, const char *path)
{
    char *real = realpath(path, NULL), *here = realpath(".", NULL);
    if (!real && *path != '/')
        path = arena_printf(arena, "%s/%s", here ? here : "", path);
    struct buffer b = buffer_in(arena, LIMIT_FILE_BYTES);
    buffer_add_text(&b, "file://");
    uri_encode(&b, str(real ? real : path), URI_PATH);
    free(real);
    free(here);
    return buffer_str(&b).ptr;
}

const char *uri_path(struct arena *arena, const char *uri)
{
    struct str text = str(uri);
    if (!str_starts(text, STR("file://")))
        return NULL;
    text = str_from(text, 7);
    return text.len && *text.ptr == '/' ? uri_decoded(arena, text.ptr) : NULL;
}
