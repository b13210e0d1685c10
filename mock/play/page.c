#include "play/run.h"

#include "base/limits.h"
#include "doc/pointer.h"
#include "doc/uri.h"
#include "play/order.h"
#include "play/sort.h"

#include <stdlib.h>

/* One list under way. */
struct paging {
    struct run *run;
    const struct step *step;
    size_t c;
    struct store_sort sorts[STORE_SORTS];
    size_t sort_count;
    size_t *slots; /* of the page */
    size_t count;
    size_t total; /* instances on all pages, where that is asked for */
    size_t limit, skip;
    bool before;       /* the page ends where the cursor stands */
    bool earlier, cut; /* there are instances before the page, behind it */
};

static const cJSON *value_of(const struct expression *e, struct scope *s)
{
    return e ? expression_value(e, s) : NULL;
}

static const char *text_of(const struct expression *e, struct scope *s)
{
    const cJSON *value = value_of(e, s);
    return json_is_string(value) && value->valuestring[0] ? value->valuestring : NULL;
}

static bool count_of(const struct expression *e, struct scope *s, size_t *count)
{
    const cJSON *value = value_of(e, s);
    if (!json_is_number(value) || value->valuedouble < 0)
        return false;
    /* Behind all that there may be is nothing. */
    *count = value->valuedouble < LIMIT_INSTANCES ? (size_t)value->valuedouble
                                                  : (size_t)LIMIT_INSTANCES;
    return true;
}

/* ---- sorting ---- */

struct row {
    size_t slot;
    const cJSON *values[STORE_SORTS];
    const struct paging *paging;
};

/* In the direction of the page: backwards, what comes last is first. */
static int compare_rows(const void *x, const void *y)
{
    const struct row *a = x, *b = y;
    for (size_t i = 0; i < a->paging->sort_count; i++) {
        int c = order_compare(a->values[i], b->values[i]);
        if (c)
            return a->paging->sorts[i].down != a->paging->before ? -c : c;
    }
    int c = a->slot < b->slot ? -1 : a->slot > b->slot;
    return a->paging->before ? -c : c;
}

static struct row row_of(const struct paging *p, size_t slot)
{
    struct row row = { .slot = slot, .paging = p };
    const cJSON *tree = store_get(p->run->s->store, p->c, slot);
    for (size_t i = 0; i < p->sort_count; i++)
        row.values[i] = pointer_get(tree, p->sorts[i].at);
    return row;
}

/* ---- the rows of a sorted page ---- */

static void sift_down(struct row *heap, size_t count, size_t at)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && compare_rows(&heap[child + 1], &heap[child]) > 0)
            child++;
        if (compare_rows(&heap[at], &heap[child]) >= 0)
            return;
        struct row row = heap[at];
        heap[at] = heap[child];
        heap[child] = row;
    }
}

/* The first rows in order, at most `most` of them: a heap of them, the last on top, so
 * that a page of a long list is found without sorting the list. */
static struct row *first_rows(struct paging *p, const size_t *slots, size_t count,
                              const struct row *anchor, size_t most, size_t *kept)
{
    struct row *heap =
        arena_array(p->run->s->arena, struct row, (most < count ? most : count) + 1);
    size_t n = 0;
    for (size_t i = 0; most && i < count; i++) {
        struct row row = row_of(p, slots[i]);
        if (anchor && compare_rows(&row, anchor) <= 0)
            continue;
        if (n < most) {
            heap[n++] = row;
            for (size_t at = n / 2; n == most && at-- > 0;)
                sift_down(heap, n, at);
        } else if (compare_rows(&row, &heap[0]) < 0) {
            heap[0] = row;
            sift_down(heap, n, 0);
        }
    }
    qsort(heap, n, sizeof(*heap), compare_rows);
    *kept = n;
    return heap;
}

/* ---- cursors ---- */

/* A cursor is opaque to clients: slot and key of the row it stands at and what it was
 * sorted by, as hexadecimal JSON. The key finds the row after others came and went; the
 * rest, when it went itself. */
static cJSON *cursor_of(const struct paging *p, size_t slot)
{
    static const char digits[] = "0123456789abcdef";
    struct arena *arena = p->run->s->arena;
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    struct row row = row_of(p, slot);
    const cJSON *key = run_key(p->run, p->c, slot);
    cJSON *all = json_array(arena);
    json_push(all, json_integer(arena, (int64_t)slot));
    json_push(all, key ? json_copy(arena, key) : json_null(arena));
    for (size_t i = 0; i < p->sort_count; i++)
        json_push(all,
                  row.values[i] ? json_copy(arena, row.values[i]) : json_null(arena));
    struct str text = json_text(all, arena);
    for (size_t i = 0; i < text.len; i++) {
        buffer_add_char(&b, digits[(unsigned char)text.ptr[i] >> 4]);
        buffer_add_char(&b, digits[text.ptr[i] & 15]);
    }
    return json_string(arena, buffer_str(&b));
}

static bool slot_of_key(const struct paging *p, const cJSON *key, size_t *slot)
{
    const struct store_condition at_key = { .at = p->run->b->plan.collections[p->c].key,
                                            .value = key };
    size_t n, *found = store_find(p->run->s->store, p->c, &at_key, 1, 0, 1,
                                  p->run->s->arena, &n);
    if (n)
        *slot = found[0];
    return n > 0;
}

static const cJSON *cursor_tree(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    char *plain = arena_take(arena, len / 2 + 1), *end;
    struct json_error ignored;
    for (size_t i = 0; i + 1 < len; i += 2) {
        const char pair[] = { text[i], text[i + 1], '\0' };
        plain[i / 2] = (char)strtol(pair, &end, 16);
        if (*end)
            return NULL;
    }
    const cJSON *tree = len % 2 ? NULL
                                : json_read((struct str){ plain, len / 2 },
                                            LIMIT_HEAD_BYTES, arena, &ignored);
    return json_is_array(tree) && json_is_number(tree->child) && tree->child->next
               ? tree
               : NULL;
}

/* Some clients put a cursor in quotes, as they do with the items of a list; none that
 * was given out has any. */
static const char *unquoted(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    if (len < 2 || text[0] != '"' || text[len - 1] != '"')
        return text;
    return arena_copy(arena, (struct str){ text + 1, len - 2 });
}

/* The row that a cursor stands at. What is none that was given out may be a key, as
 * where a page is asked for by the last id of the one before. */
static bool cursor_read(const struct paging *p, const char *text, struct row *row)
{
    struct arena *arena = p->run->s->arena;
    const cJSON *tree = cursor_tree(arena, text);
    size_t slot;
    if (!tree) {
        const cJSON *number = json_number_read(arena, str(text));
        bool known = slot_of_key(p, json_string(arena, str(text)), &slot) ||
                     (number && slot_of_key(p, number, &slot));
        *row = known ? row_of(p, slot) : *row;
        return known;
    }
    if (slot_of_key(p, tree->child->next, &slot)) {
        *row = row_of(p, slot);
        return true;
    }
    double at = tree->child->valuedouble;
    const cJSON *value = tree->child->next->next;
    *row = (struct row){ .slot = at >= 0 && at < 1e9 ? (size_t)at : 0, .paging = p };
    for (size_t i = 0; i < p->sort_count && value; i++, value = value->next)
        row->values[i] = value;
    return true;
}

/* ---- the page ---- */

/* Takes what is wanted from one row more than the page has, so that it is known
 * whether there are more. list is in the direction of the page. */
static void take_page(struct paging *p, const size_t *list, size_t count, bool anchored)
{
    bool more = count > p->limit;
    p->count = more ? p->limit : count;
    p->slots = arena_array(p->run->s->arena, size_t, p->count + 1);
    for (size_t i = 0; i < p->count; i++)
        p->slots[i] = list[p->before ? p->count - 1 - i : i];
    p->earlier = p->before ? more : anchored;
    p->cut = p->before ? anchored : more;
}

static void find_in_order(struct paging *p, const struct row *anchor)
{
    struct scope *s = p->run->s;
    struct store_condition *where =
        arena_array(s->arena, struct store_condition, p->step->where.count + 1);
    struct store_window w = { .until = SIZE_MAX,
                              .skip = p->before ? 0 : p->skip,
                              .most = p->limit + 1,
                              .backwards = p->before };
    size_t count, found;
    run_conditions(p->run, p->step, &p->step->where, p->c, where, &count);
    if (anchor && p->before)
        w.until = anchor->slot;
    else if (anchor)
        w.from = anchor->slot + 1;
    const size_t *list =
        store_window(s->store, p->c, where, count, &w, s->arena, &found);
    take_page(p, list, found, anchor != NULL);
    if (p->step->total)
        p->total = store_tally(s->store, p->c, where, count, s->arena);
}

/* False where all of it has to be looked at. */
static bool find_sorted(struct paging *p, const struct row *anchor)
{
    struct scope *s = p->run->s;
    struct store_condition *where =
        arena_array(s->arena, struct store_condition, p->step->where.count + 1);
    struct store_page page = { .by = p->sorts,
                               .by_count = p->sort_count,
                               .where = where,
                               .backwards = p->before,
                               .values = anchor ? anchor->values : NULL,
                               .slot = anchor ? anchor->slot : SIZE_MAX,
                               .skip = p->before ? 0 : p->skip,
                               .most = p->limit + 1 };
    size_t found, *list;
    if (p->step->follow)
        return false;
    run_conditions(p->run, p->step, &p->step->where, p->c, where, &page.where_count);
    if (!store_sorted(s->store, p->c, &page, s->arena, &list, &found))
        return false;
    take_page(p, list, found, anchor != NULL);
    if (p->step->total)
        p->total = store_tally(s->store, p->c, where, page.where_count, s->arena);
    return true;
}

/* Also what was followed. */
static void find_among_all(struct paging *p, const struct row *anchor)
{
    size_t kept, skip = p->before ? 0 : p->skip, count = 0;
    const size_t *slots = run_matches(p->run, p->step, p->c, 0, SIZE_MAX, &p->total);
    struct row *rows =
        first_rows(p, slots, p->total, anchor, skip + p->limit + 1, &kept);
    size_t *list = arena_array(p->run->s->arena, size_t, kept + 1);
    for (size_t i = skip; i < kept; i++)
        list[count++] = rows[i].slot;
    take_page(p, list, count, anchor != NULL);
}

static void find_page(struct paging *p, const struct row *anchor)
{
    if (!p->sort_count && !p->step->follow)
        find_in_order(p, anchor);
    else if (!find_sorted(p, anchor))
        find_among_all(p, anchor);
}

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

/* The URL alone, with scheme and host, as an object with it (HAL, JSON:API), and in a
 * Link field. */
static void add_url(struct paging *p, cJSON *page, const char *rel, const char *value,
                    struct buffer *link)
{
    struct arena *arena = p->run->s->arena;
    cJSON *url = url_with(p, value), *object = json_object(arena);
    const bool next = strcmp(rel, "next") == 0;
    if (!url)
        return;
    buffer_printf(link, "%s<%s>; rel=\"%s\"", link->len ? ", " : "", url->valuestring,
                  rel);
    if (is_asked(p))
        add_whole(p, page, next ? "next_uri" : "prev_uri", url->valuestring);
    json_add(object, "href", json_borrow(arena, url));
    json_add(page, next ? "next_url" : "prev_url", url);
    json_add(page, next ? "next_link" : "prev_link", object);
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
        json_add(page, "next_cursor", cursor_of(p, p->slots[p->count - 1]));
    if (p->earlier)
        json_add(page, "prev_cursor", cursor_of(p, p->slots[0]));
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

static cJSON *page_of(struct paging *p, size_t number)
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

bool run_list(struct run *run, const struct step *step)
{
    struct scope *s = run->s;
    struct paging p = { .run = run, .step = step, .c = step->of[0] };
    const char *cursor = text_of(step->cursor, s), *mode = text_of(step->mode, s);
    const cJSON *asked = value_of(step->limit, s);
    size_t base = step->from_zero ? 0 : 1, number = base;
    struct row anchor = { .slot = 0 };
    p.before = mode && strcmp(mode, "before") == 0;
    p.limit = step->page ? step->page : LIMIT_LIST_ROWS;
    if (json_is_number(asked) && asked->valuedouble >= 1 &&
        asked->valuedouble < LIMIT_LIST_ROWS)
        p.limit = (size_t)asked->valuedouble;
    p.sort_count = sort_read(run->b, step, s, p.sorts);
    count_of(step->offset, s, &p.skip);
    if (count_of(step->number, s, &number) && number >= base)
        p.skip = (number - base) * p.limit;
    if (cursor && !cursor_read(&p, unquoted(s->arena, cursor), &anchor))
        return run_fail(run, step->otherwise, 400,
                        "the cursor is none that was given out");
    find_page(&p, cursor ? &anchor : NULL);
    if (run->failed)
        return false;
    scope_bind(s, (struct binding){ .name = step->as ? step->as : "page",
                                    .value = page_of(&p, number) });
    return true;
}
