#include "play/infer_parts.h"

#include "base/limits.h"
#include "doc/pointer.h"

/* Rows of a page where a document pages but does not say how many. */
enum { ROWS = 50 };

static const char *const limits[] = { "limit",
                                      "perpage",
                                      "pagesize",
                                      "maxresults",
                                      "size",
                                      "take",
                                      "top",
                                      "first",
                                      "max",
                                      "pagelimit",
                                      "maxitems",
                                      "itemsperpage",
                                      "rows",
                                      "resultsperpage",
                                      "paginationpagesize",
                                      "paginationlimit" };
static const char *const offsets[] = { "offset",     "skip",           "start",
                                       "startindex", "from",           "startat",
                                       "pageoffset", "paginationstart" };
static const char *const numbers[] = { "page",        "pagenumber",
                                       "pageno",      "pagenum",
                                       "p",           "pageindex",
                                       "currentpage", "paginationpage" };
static const char *const cursors[] = { "cursor",        "after",
                                       "pagetoken",     "nexttoken",
                                       "pageafter",     "continuationtoken",
                                       "nextcursor",    "marker",
                                       "startingafter", "nextpagetoken",
                                       "pagecursor",    "startafter",
                                       "offset" };
static const char *const sorts[] = { "sort",     "sortby",    "orderby",
                                     "ordering", "sortfield", "sortkey" };
static const char *const orders[] = { "order",         "direction", "sortorder",
                                      "sortdirection", "sortdir",   "orderdirection",
                                      "dir",           "orderdir" };

static bool is_time(const struct input *in)
{
    const char *format = json_member_text(in->view.node, "format");
    return format && strncmp(format, "date", 4) == 0;
}

static const struct input *input_of(const struct inputs *all, const char *const *names,
                                    size_t count, unsigned types)
{
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < all->count; i++)
            if (strcmp(all->list[i].plain, names[n]) == 0 && !is_time(&all->list[i]) &&
                (!all->list[i].types || (all->list[i].types & types)))
                return &all->list[i];
    return NULL;
}

char *infer_input(struct finding_out *f, const struct operation *op,
                  const char *const *names, size_t count)
{
    const struct input *i = input_of(infer_inputs(f, op), names, count, TYPE_ANY);
    return i ? i->expression : NULL;
}

/* ---- the step ---- */

bool infer_is_paging(const struct input *in)
{
    const char *plain = in->plain;
    if (is_time(in))
        return false;
    return name_is_one_of(plain, limits, COUNT(limits)) ||
           name_is_one_of(plain, offsets, COUNT(offsets)) ||
           name_is_one_of(plain, numbers, COUNT(numbers)) ||
           name_is_one_of(plain, cursors, COUNT(cursors)) ||
           name_is_one_of(plain, sorts, COUNT(sorts)) ||
           name_is_one_of(plain, orders, COUNT(orders));
}

static int rows_of(const struct input *limit)
{
    const cJSON *given = limit ? json_member(limit->view.node, "default") : NULL;
    return json_is_number(given) && given->valuedouble >= 1 &&
                   given->valuedouble <= LIMIT_LIST_ROWS
               ? (int)given->valuedouble
               : ROWS;
}

static bool is_from_zero(const struct input *number)
{
    const cJSON *first = json_member(number->view.node, "default");
    if (!first)
        first = json_member(number->view.node, "minimum");
    return json_is_number(first) && first->valuedouble == 0;
}

/* Of a caller who turns back: the cursor's counterpart. */
static char *back_of(const struct inputs *all, const struct input *cursor)
{
    static const struct {
        const char *after, *before;
    } pairs[] = { { "after", "before" },
                  { "startingafter", "endingbefore" },
                  { "startafter", "endbefore" },
                  { "pageafter", "pagebefore" } };
    for (size_t i = 0; i < COUNT(pairs); i++)
        if (strcmp(cursor->plain, pairs[i].after) == 0) {
            const struct input *b = input_of(all, &pairs[i].before, 1, TYPE_STRING);
            return b ? b->expression : NULL;
        }
    return NULL;
}

static void add_paging(const struct inputs *all, struct listing *l)
{
    struct record_step *step = l->step;
    const unsigned whole = TYPE_INTEGER | TYPE_NUMBER;
    const struct input *limit = input_of(all, limits, COUNT(limits), whole);
    const struct input *number = input_of(all, numbers, COUNT(numbers), whole);
    const struct input *offset = input_of(all, offsets, COUNT(offsets), whole);
    const struct input *cursor = input_of(all, cursors, COUNT(cursors), TYPE_STRING);
    const struct input *turn = number ? number : offset ? offset : cursor;
    static const char *const page[] = { "page" }, *const mode[] = { "mode" };
    static const char *const count[] = { "count" };
    if (!turn)
        turn = cursor = input_of(all, page, 1, TYPE_STRING);
    if (!limit && turn)
        limit = input_of(all, count, 1, whole);
    if (limit)
        step->limit = limit->expression;
    if (limit || turn)
        step->page = rows_of(limit);
    if (turn && turn == number) {
        step->number = number->expression;
        step->from_zero = is_from_zero(number) ? YES : UNSET;
    } else if (turn && turn == offset) {
        step->offset = offset->expression;
    } else if (turn) {
        step->cursor = cursor->expression;
        l->back = back_of(all, cursor);
        const struct input *m = input_of(all, mode, 1, TYPE_STRING);
        step->mode = m ? m->expression : NULL;
    }
    if (turn && turn->query) {
        union {
            const char *in;
            char *out;
        } u = { .in = turn->query };
        step->turn = u.out;
    }
}

static void add_sorting(const struct inputs *all, struct record_step *step)
{
    const unsigned texts = TYPE_STRING | TYPE_ARRAY;
    const struct input *sort = input_of(all, sorts, COUNT(sorts), texts);
    const struct input *order = input_of(all, orders, COUNT(orders), texts);
    if (sort)
        step->sort = sort->expression;
    if (order && sort)
        step->order = order->expression;
    else if (order)
        step->sort = order->expression;
}

void infer_list(struct finding_out *f, const struct group *g, const struct deed *d,
                struct listing *l)
{
    struct arena *arena = f->look.arena;
    const struct inputs *all = infer_inputs(f, d->op);
    add_paging(all, l);
    add_sorting(all, l->step);
    infer_filters(f, g, all, l);
    infer_page_fields(f, g, d, l->step, l->answer);
    if (!*d->at) {
        l->answer->body = arena_copy(arena, STR("$page#/items"));
        return;
    }
    cJSON *tree = json_object(arena);
    pointer_set(arena, tree, d->at, json_string(arena, STR("$page#/items")));
    infer_page(f, d->whole, l->step, tree);
    infer_say_well(f, d->whole, tree);
    l->answer->body = arena_copy(arena, json_text(tree, arena));
    if (infer_last_page(f, d->whole, tree))
        l->last_body = arena_copy(arena, json_text(tree, arena));
}
