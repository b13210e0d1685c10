#include "api/accept.h"

#include "base/limits.h"

/* One range of Accept. */
struct range {
    struct str type, subtype;
    struct str params; /* behind the first ';', with q among them */
    int weight;        /* q in thousandths */
};

struct accept {
    struct range *list;
    size_t count; /* 0: everything is accepted */
};

/* "0.8" in thousandths; what is no weight counts as 1. */
static int weight_of(struct str text)
{
    int value = 0, scale = 1000;
    bool point = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            scale = point ? scale / 10 : scale;
            value += (c - '0') * scale;
        } else {
            return 1000;
        }
        if (value > 1000)
            return 1000;
    }
    return text.len ? value : 1000;
}

static struct str unquoted(struct str text)
{
    text = str_trim(text);
    bool quoted = text.len > 1 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"';
    return quoted ? (struct str){ text.ptr + 1, text.len - 2 } : text;
}

/* The value of a parameter; ptr NULL when there is none. */
static struct str param_of(struct str params, struct str name)
{
    struct str part, key;
    while (params.ptr && str_split(&params, ';', &part)) {
        str_split(&part, '=', &key);
        if (str_equal_nocase(str_trim(key), name))
            return part.ptr ? unquoted(part) : STR("");
    }
    return (struct str){ NULL, 0 };
}

static bool read_type(struct str text, struct str *type, struct str *subtype,
                      struct str *params)
{
    struct str essence;
    str_split(&text, ';', &essence);
    *params = text;
    essence = str_trim(essence);
    if (str_is(essence, "*")) { /* an old way to say everything */
        *type = *subtype = essence;
        return true;
    }
    str_split(&essence, '/', type);
    *subtype = essence.ptr ? essence : STR("");
    return type->len && subtype->len;
}

static void read_ranges(struct str value, struct accept *a)
{
    struct str part;
    while (a->count < LIMIT_ACCEPT_RANGES && str_split(&value, ',', &part)) {
        struct range *r = &a->list[a->count];
        if (!read_type(part, &r->type, &r->subtype, &r->params))
            continue;
        struct str q = param_of(r->params, STR("q"));
        r->weight = q.ptr ? weight_of(q) : 1000;
        a->count++;
    }
}

static struct accept read_accept(const struct request *r, struct arena *arena)
{
    struct accept a = { NULL, 0 };
    for (size_t i = 0; i < r->header_count; i++) {
        if (!str_equal_nocase(r->headers[i].name, STR("Accept")))
            continue;
        if (str_is(r->headers[i].value, "*/*") && !a.list)
            continue;
        if (!a.list)
            a.list = arena_array(arena, struct range, LIMIT_ACCEPT_RANGES);
        read_ranges(r->headers[i].value, &a);
    }
    return a;
}

static bool is_star(struct str text)
{
    return str_is(text, "*");
}

/* How well a range meets a declared type: 0 not at all; more is more specific. */
static int fit(const struct range *r, struct str declared)
{
    struct str type, subtype, params, part, key;
    if (!read_type(declared, &type, &subtype, &params))
        return 0;
    bool any_type = is_star(r->type) || is_star(type);
    bool any_subtype = is_star(r->subtype) || is_star(subtype);
    if ((!any_type && !str_equal_nocase(r->type, type)) ||
        (!any_subtype && !str_equal_nocase(r->subtype, subtype)))
        return 0;
    int named = 0;
    struct str rest = r->params;
    while (rest.ptr && str_split(&rest, ';', &part)) {
        str_split(&part, '=', &key);
        struct str own = param_of(params, str_trim(key));
        if (str_equal_nocase(str_trim(key), STR("q")) || !own.ptr)
            continue;
        if (!part.ptr || !str_equal_nocase(unquoted(part), own))
            return 0;
        named++;
    }
    return is_star(r->type) ? 1 : is_star(r->subtype) ? 2 : 3 + named;
}

/* The range that speaks for a declared type, or NULL. */
static const struct range *range_for(const struct accept *a, struct str declared)
{
    const struct range *best = NULL;
    int best_fit = 0;
    for (size_t i = 0; i < a->count; i++) {
        int f = fit(&a->list[i], declared);
        if (f > best_fit) {
            best_fit = f;
            best = &a->list[i];
        }
    }
    return best;
}

/* What is sent where the document declares a range. */
static const char *concrete(const char *declared, const struct range *r,
                            struct arena *arena)
{
    static const struct {
        const char *range, *type;
    } usual[] = {
        { "*", "application/json" }, { "application", "application/json" },
        { "text", "text/plain" },    { "image", "image/png" },
        { "audio", "audio/mpeg" },   { "video", "video/mp4" },
    };
    struct str type, subtype, params;
    if (!read_type(str(declared), &type, &subtype, &params) || !is_star(subtype))
        return declared;
    if (r && !is_star(r->subtype))
        return arena_printf(arena, "%.*s/%.*s", (int)r->type.len, r->type.ptr,
                            (int)r->subtype.len, r->subtype.ptr);
    if (r && is_star(type))
        type = r->type;
    for (size_t i = 0; i < COUNT(usual); i++)
        if (str_equal_nocase(type, str(usual[i].range)))
            return usual[i].type;
    return "application/octet-stream";
}

static bool is_json(const struct media *m)
{
    return m->json || str_starts(str(m->type), STR("*/"));
}

static void first_of(const struct reply *reply, struct arena *arena,
                     struct offer *offer)
{
    const struct media *m = &reply->media[0];
    for (size_t i = reply->media_count; i-- > 0;)
        if (is_json(&reply->media[i]))
            m = &reply->media[i];
    *offer = (struct offer){ m, concrete(m->type, NULL, arena) };
}

/* application/vnd.x+json takes application/json. */
static bool takes_by_suffix(const struct accept *a, const struct media *m)
{
    static const struct str suffix = { "+json", 5 };
    for (size_t i = 0; i < a->count && m->json; i++) {
        struct str s = a->list[i].subtype;
        if (a->list[i].weight && s.len > suffix.len &&
            str_equal_nocase(str_from(s, s.len - suffix.len), suffix))
            return true;
    }
    return false;
}

bool accept_choose(const struct request *r, const struct reply *reply,
                   struct arena *arena, struct offer *offer)
{
    int best = 0;
    *offer = (struct offer){ NULL, NULL };
    if (!reply || !reply->media_count)
        return true;
    first_of(reply, arena, offer);
    struct accept a = read_accept(r, arena);
    if (!a.count)
        return true;
    for (size_t i = 0; i < reply->media_count; i++) {
        const struct media *m = &reply->media[i];
        const struct range *range = range_for(&a, str(m->type));
        int weight = range ? 2 * range->weight + (range->weight && is_json(m)) : 0;
        if (weight <= best)
            continue;
        best = weight;
        *offer = (struct offer){ m, concrete(m->type, range, arena) };
    }
    return best || takes_by_suffix(&a, offer->media);
}

/* Whether a reply may answer a good call: 2xx or 2XX, or else default. */
static bool reply_is_success(const struct operation *op, const struct reply *reply)
{
    if (reply->low >= 200 && reply->high <= 299)
        return true;
    if (reply->low || reply->high != 999)
        return false;
    for (size_t i = 0; i < op->reply_count; i++)
        if (op->replies[i].low >= 200 && op->replies[i].high <= 299)
            return false;
    return true;
}

bool accept_any(const struct request *r, const struct operation *op,
                struct arena *arena, const char **types)
{
    const struct reply *refused = NULL;
    struct offer offer;
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *reply = &op->replies[i];
        if (!reply_is_success(op, reply))
            continue;
        if (accept_choose(r, reply, arena, &offer))
            return true;
        if (!refused)
            refused = reply;
    }
    if (!refused)
        return true;
    *types = reply_types(refused, arena);
    return false;
}

const char *reply_types(const struct reply *reply, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    for (size_t i = 0; i < reply->media_count; i++)
        buffer_printf(&b, "%s%s", i ? ", " : "", reply->media[i].type);
    return buffer_str(&b).ptr;
}

const struct media *reply_media(const struct reply *reply, const char *type)
{
    struct range r = { .weight = 1000 };
    const struct media *best = NULL;
    int best_fit = 0;
    /* Mostly it is one that the reply itself has said. */
    for (size_t i = 0; reply && type && i < reply->media_count; i++)
        if (reply->media[i].type == type && !strchr(type, '*'))
            return &reply->media[i];
    if (!reply || !type || !read_type(str(type), &r.type, &r.subtype, &r.params))
        return NULL;
    for (size_t i = 0; i < reply->media_count; i++) {
        const struct media *m = &reply->media[i];
        bool same = str_equal_nocase(str(m->type), str(type));
        bool range = strchr(m->type, '*') != NULL;
        int f = fit(&r, str(m->type)) ? 1 + 2 * same + !range : 0;
        if (f > best_fit) {
            best_fit = f;
            best = m;
        }
    }
    return best;
}
