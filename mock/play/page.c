#include "play/page.h"

#include "base/limits.h"
#include "doc/pointer.h"
#include "play/order.h"
#include "play/sort.h"

#include <stdlib.h>

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

/* ---- the rows of a sorted page ---- */

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
    return a->paging->before != a->paging->round ? -c : c;
}

struct row page_row(const struct paging *p, size_t slot)
{
    struct row row = { .slot = slot, .paging = p };
    const cJSON *tree = store_get(p->run->s->store, p->c, slot);
    for (size_t i = 0; i < p->sort_count; i++)
        row.values[i] = pointer_get(tree, p->sorts[i].at);
    return row;
}

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
        struct row row = page_row(p, slots[i]);
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
                              .backwards = p->before != p->round };
    size_t count, found;
    run_conditions(p->run, p->step, &p->step->where, p->c, where, &count);
    if (anchor && w.backwards)
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
    p.sort_count = sort_read(run->b, step, s, p.sorts, &p.round);
    count_of(step->offset, s, &p.skip);
    if (count_of(step->number, s, &number) && number >= base)
        p.skip = (number - base) * p.limit;
    if (cursor && !page_cursor_read(&p, cursor, &anchor))
        return run_fail(run, step->otherwise, 400,
                        "the cursor is none that was given out");
    find_page(&p, cursor ? &anchor : NULL);
    if (run->failed)
        return false;
    scope_bind(s, (struct binding){ .name = step->as ? step->as : "page",
                                    .value = page_told(&p, number) });
    return true;
}
