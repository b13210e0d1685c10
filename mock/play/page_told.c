#include "play/page.h"

#include "base/limits.h"
#include "doc/uri.h"

static bool is_of(struct arena *arena, struct str part, const char *name)
{
    struct str head;
    return str_split(&part, '=', &head) &&
           strcmp(uri_decoded(arena, arena_copy(arena, head)), name) == 0;
}

/* This call's own URL with another value of the parameter that turns the page. What a
 * client sent plain and no URL may hold ("page[size]") is encoded. */
static cJSON *url_with(const struct paging *p, const char *value)
{
    struct scope *s = p->run->s;
    struct buffer b = buffer_in(s->arena, LIMIT_HEAD_BYTES);
    struct str rest = s->request->query, part;
    char mark = '?';
    uri_encode(&b, s->request->path, URI_PATH "%");
    while (rest.ptr && str_split(&rest, '&', &part)) {
        if (!part.len || is_of(s->arena, part, p->step->turn))
            continue;
        buffer_add_char(&b, mark);
        uri_encode(&b, part, URI_PATH "?%");
        mark = '&';
    }
    buffer_add_char(&b, mark);
    uri_encode(&b, str(p->step->turn), URI_UNRESERVED);
    buffer_printf(&b, "=%s", value);
    return utf8_valid(buffer_str(&b)) ? json_string(s->arena, buffer_str(&b)) : NULL;
}

static bool is_asked(const struct paging *p)
{
    return p->step->seldom && *p->step->seldom;
}

static void add_key(struct paging *p, cJSON *page, const char *name, size_t slot)
{
    const cJSON *key = run_key(p->run, p->c, slot);
    if (key)
        json_add(page, name, json_copy(p->run->s->arena, key));
}

/* As the caller named this server; nobody speaks TLS here. */
static void add_whole(struct paging *p, cJSON *page, const char *name, const char *url)
{
    struct arena *arena = p->run->s->arena;
    struct str host = request_header(p->run->s->request, "Host");
    if (host.len && utf8_valid(host))
        json_add(page, name,
                 json_string(arena, str(arena_printf(arena, "http://%.*s%s",
                                                     (int)host.len, host.ptr, url))));
}

/* The first page and, where all are counted, the last; no part of Link, which tells
 * what is beside. */
static void add_ends(struct paging *p, cJSON *page)
{
    struct arena *arena = p->run->s->arena;
    const size_t base = p->step->from_zero ? 0 : 1;
    const size_t pages = p->total ? (p->total + p->limit - 1) / p->limit : 1;
    const struct {
        const char *name, *whole;
        size_t number;
    } ends[] = { { "first_url", "first_uri", base },
                 { "last_url", "last_uri", base + pages - 1 } };
    for (size_t i = 0; i < (p->step->total ? COUNT(ends) : 1); i++) {
        cJSON *url = url_with(p, arena_printf(arena, "%zu", ends[i].number));
        if (!url)
            continue;
        add_whole(p, page, ends[i].whole, url->valuestring);
        json_add(page, ends[i].name, url);
    }
}

/* With scheme and host, and as an object with it (HAL, JSON:API). */
static void add_seldom(struct paging *p, cJSON *page, bool next, const cJSON *url)
{
    struct arena *arena = p->run->s->arena;
    cJSON *object = json_object(arena);
    json_add(object, "href", json_borrow(arena, url));
    json_add(page, next ? "next_link" : "prev_link", object);
    add_whole(p, page, next ? "next_uri" : "prev_uri", url->valuestring);
}

/* The URL alone, and in a Link field. */
static void add_url(struct paging *p, cJSON *page, const char *rel, const char *value,
                    struct buffer *link)
{
    cJSON *url = url_with(p, value);
    const bool next = strcmp(rel, "next") == 0;
    if (!url)
        return;
    buffer_printf(link, "%s<%s>; rel=\"%s\"", link->len ? ", " : "", url->valuestring,
                  rel);
    if (is_asked(p))
        add_seldom(p, page, next, url);
    json_add(page, next ? "next_url" : "prev_url", url);
}

static void add_urls(struct paging *p, cJSON *page, size_t number)
{
    struct arena *arena = p->run->s->arena;
    const struct step *step = p->step;
    struct buffer link = buffer_in(arena, LIMIT_HEAD_BYTES);
    const char *next = json_member_text(page, "next_cursor"), *prev = NULL;
    if (step->number) {
        next = p->cut ? arena_printf(arena, "%zu", number + 1) : NULL;
        prev = p->skip ? arena_printf(arena, "%zu", number - 1) : NULL;
    } else if (step->offset) {
        next = p->cut ? arena_printf(arena, "%zu", p->skip + p->count) : NULL;
        prev = p->skip ? arena_printf(arena, "%zu",
                                      p->skip > p->limit ? p->skip - p->limit : 0)
                       : NULL;
    }
    if (next)
        add_url(p, page, "next", next, &link);
    if (prev)
        add_url(p, page, "prev", prev, &link);
    if (link.len)
        json_add(page, "link", json_string(arena, buffer_str(&link)));
    if (step->number && is_asked(p))
        add_ends(p, page);
}

static void add_cursors(struct paging *p, cJSON *page)
{
    if (!p->count)
        return;
    if (is_asked(p)) {
        add_key(p, page, "first_key", p->slots[0]);
        add_key(p, page, "last_key", p->slots[p->count - 1]);
    }
    if (p->cut)
        json_add(page, "next_cursor", page_cursor(p, p->slots[p->count - 1]));
    if (p->earlier)
        json_add(page, "prev_cursor", page_cursor(p, p->slots[0]));
}

/* The range is as Content-Range has it (RFC 9110, 14.4), without the unit. */
static void add_totals(struct paging *p, cJSON *page)
{
    struct arena *arena = p->run->s->arena;
    const size_t pages = (p->total + p->limit - 1) / p->limit;
    const bool more = p->before ? p->earlier : p->cut;
    const bool anchored =
        p->before ? p->cut : p->earlier; /* nobody counts from there */
    const char *range = p->count && !anchored
                            ? arena_printf(arena, "%zu-%zu/%zu", p->skip,
                                           p->skip + p->count - 1, p->total)
                            : arena_printf(arena, "*/%zu", p->total);
    json_add(page, "total", json_integer(arena, (int64_t)p->total));
    json_add(page, "pages", json_integer(arena, (int64_t)pages));
    json_add(page, "first", json_bool(arena, !p->skip && !p->earlier));
    json_add(page, "last", json_bool(arena, !more));
    json_add(page, "empty", json_bool(arena, !p->count));
    json_add(page, "range", json_string(arena, str(range)));
}

cJSON *page_told(struct paging *p, size_t number)
{
    struct scope *s = p->run->s;
    cJSON *page = json_object(s->arena), *items = json_array(s->arena);
    json_add(page, "items", items);
    store_fetch(s->store, p->c, p->slots, p->count);
    for (size_t i = 0; i < p->count; i++) {
        run_note_read(p->run, p->c, p->slots[i]);
        json_push(items, store_show(s->store, p->c, p->slots[i], s->arena, &s->broken));
    }
    add_cursors(p, page);
    json_add(page, "count", json_integer(s->arena, (int64_t)p->count));
    json_add(page, "limit", json_integer(s->arena, (int64_t)p->limit));
    json_add(page, "offset", json_integer(s->arena, (int64_t)p->skip));
    json_add(page, "number", json_integer(s->arena, (int64_t)number));
    if (is_asked(p) && p->count && (p->step->number || p->step->offset)) {
        json_add(page, "from", json_integer(s->arena, (int64_t)p->skip + 1));
        json_add(page, "to", json_integer(s->arena, (int64_t)(p->skip + p->count)));
    }
    json_add(page, "has_more", json_bool(s->arena, p->before ? p->earlier : p->cut));
    if (p->step->total)
        add_totals(p, page);
    if (p->step->turn)
        add_urls(p, page, number);
    return page;
}
