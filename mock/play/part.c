#include "play/part.h"

#include "api/media.h"
#include "api/multipart.h"

/* What clients leave out most often: the types of the files that people attach. */
static const struct {
    const char *ending, *type;
} endings[] = {
    { "png", "image/png" },         { "jpg", "image/jpeg" },
    { "jpeg", "image/jpeg" },       { "gif", "image/gif" },
    { "webp", "image/webp" },       { "svg", "image/svg+xml" },
    { "bmp", "image/bmp" },         { "tif", "image/tiff" },
    { "tiff", "image/tiff" },       { "heic", "image/heic" },
    { "txt", "text/plain" },        { "log", "text/plain" },
    { "md", "text/markdown" },      { "csv", "text/csv" },
    { "html", "text/html" },        { "json", "application/json" },
    { "pdf", "application/pdf" },   { "zip", "application/zip" },
    { "gz", "application/gzip" },   { "xml", "application/xml" },
    { "yaml", "application/yaml" }, { "mp4", "video/mp4" },
    { "mp3", "audio/mpeg" },        { "wav", "audio/wav" },
};

static struct str type_by_ending(struct str file_name)
{
    for (size_t i = file_name.len; i > 0; i--) {
        if (file_name.ptr[i - 1] != '.')
            continue;
        for (size_t k = 0; k < COUNT(endings); k++)
            if (str_equal_nocase(str_from(file_name, i), str(endings[k].ending)))
                return str(endings[k].type);
        break;
    }
    return STR("application/octet-stream");
}

static struct str type_of(const struct part *p, struct arena *arena)
{
    struct media_type m;
    struct str sent = part_header(p, "Content-Type");
    if (sent.ptr && utf8_valid(sent) && media_type_read(sent, arena, &m))
        return str(arena_printf(arena, "%.*s/%.*s", (int)m.type.len, m.type.ptr,
                                (int)m.subtype.len, m.subtype.ptr));
    return p->file_name.ptr ? type_by_ending(p->file_name) : STR("text/plain");
}

static cJSON *described(const struct part *p, struct arena *arena)
{
    cJSON *out = json_object(arena);
    struct str type = type_of(p, arena), rest = type, kind;
    str_split(&rest, '/', &kind);
    if (p->file_name.ptr && utf8_valid(p->file_name) &&
        !memchr(p->file_name.ptr, '\0', p->file_name.len))
        json_add(out, "file_name", json_string(arena, p->file_name));
    json_add(out, "type", json_string(arena, type));
    json_add(out, "kind", json_string(arena, kind));
    json_add(out, "size", json_integer(arena, (int64_t)p->bytes.len));
    json_add(
        out, "digest",
        json_string(arena, str(arena_printf(arena, "%016llx", str_hash(p->bytes)))));
    return out;
}

cJSON *part_describe(const struct request *r, struct str body, const char *name,
                     struct arena *arena)
{
    struct media_type type;
    struct multipart m = { .body = body };
    struct str sent = request_header(r, "content-type");
    if (!sent.ptr || !media_type_read(sent, arena, &type) ||
        !str_equal_nocase(type.type, STR("multipart")))
        return NULL;
    m.boundary = media_type_parameter(&type, "boundary");
    if (!m.boundary.len)
        return NULL;
    struct part *p = arena_take(arena, sizeof(*p));
    while (multipart_next(&m, arena, p) == MULTIPART_PART)
        if (p->name.ptr && str_is(p->name, name))
            return described(p, arena);
    return NULL;
}
