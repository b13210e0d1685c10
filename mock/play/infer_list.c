#include "play/infer_parts.h"

#include "base/limits.h"
#include "doc/pointer.h"

/* Rows of a page where a document pages but does not say how many. */
enum { ROWS = 50, MOST_DEPTH = 3 };

static const char *const limits[] = { "limit",      "perpage",       "pagesize",
                                      "maxresults", "size",          "take",
                                      "top",        "first",         "max",
                                      "pagelimit",  "maxitems",      "itemsperpage",
                                      "rows",       "resultsperpage" };
static const char *const offsets[] = { "offset", "skip",    "start",     "startindex",
                                       "from",   "startat", "pageoffset" };
static const char *const numbers[] = { "page", "pagenumber", "pageno",     "pagenum",
                                       "p",    "pageindex",  "currentpage" };
static const char *const cursors[] = { "cursor",        "after",
                                       "pagetoken",     "nexttoken",
                                       "pageafter",     "continuationtoken",
                                       "nextcursor",    "marker",
                                       "startingafter", "nextpagetoken",
                                       "pagecursor",    "startafter" };
static const char *const sorts[] = { "sort",     "sortby",    "orderby",
                                     "ordering", "sortfield", "sortkey" };
static const char *const orders[] = { "order",         "direction", "sortorder",
                                      "sortdirection", "sortdir",   "orderdirection",
                                      "dir",           "orderdir" };

static const struct input *input_of(const struct inputs *all, const char *const *names,
                                    size_t count, unsigned types)
{
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < all->count; i++)
            if (strcmp(all->list[i].plain, names[n]) == 0 &&
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

bool infer_is_paging(const char *plain)
{
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

static void add_paging(const struct inputs *all, struct record_step *step)
{
    const unsigned whole = TYPE_INTEGER | TYPE_NUMBER;
    const struct input *limit = input_of(all, limits, COUNT(limits), whole);
    const struct input *number = input_of(all, numbers, COUNT(numbers), whole);
    const struct input *offset = input_of(all, offsets, COUNT(offsets), whole);
    const struct input *cursor = input_of(all, cursors, COUNT(cursors), TYPE_STRING);
    const struct input *turn = number ? number : offset ? offset : cursor;
    static const char *const page[] = { "page" }, *const mode[] = { "mode" };
    if (!turn)
        turn = cursor = input_of(all, page, 1, TYPE_STRING);
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

/* ---- the envelope ---- */

static const char *word_for(struct finding_out *f, const struct record_step *step,
                            const struct member *m)
{
    static const struct {
        const char *plain, *word;
        unsigned types;
    } words[] = {
        { "total", "total", TYPE_INTEGER },
        { "totalcount", "total", TYPE_INTEGER },
        { "totalitems", "total", TYPE_INTEGER },
        { "totalresults", "total", TYPE_INTEGER },
        { "totalrecords", "total", TYPE_INTEGER },
        { "totalelements", "total", TYPE_INTEGER },
        { "totalentries", "total", TYPE_INTEGER },
        { "count", "total", TYPE_INTEGER },
        { "limit", "limit", TYPE_INTEGER },
        { "perpage", "limit", TYPE_INTEGER },
        { "pagesize", "limit", TYPE_INTEGER },
        { "offset", "offset", TYPE_INTEGER },
        { "skip", "offset", TYPE_INTEGER },
        { "page", "number", TYPE_INTEGER },
        { "pagenumber", "number", TYPE_INTEGER },
        { "currentpage", "number", TYPE_INTEGER },
        { "pages", "pages", TYPE_INTEGER },
        { "totalpages", "pages", TYPE_INTEGER },
        { "pagecount", "pages", TYPE_INTEGER },
        { "lastpage", "pages", TYPE_INTEGER },
        { "hasmore", "has_more", TYPE_BOOLEAN },
        { "hasnext", "has_more", TYPE_BOOLEAN },
        { "hasnextpage", "has_more", TYPE_BOOLEAN },
        { "more", "has_more", TYPE_BOOLEAN },
        { "nextcursor", "next_cursor", TYPE_STRING },
        { "nextpagetoken", "next_cursor", TYPE_STRING },
        { "nexttoken", "next_cursor", TYPE_STRING },
        { "endcursor", "next_cursor", TYPE_STRING },
        { "cursor", "next_cursor", TYPE_STRING },
        { "continuationtoken", "next_cursor", TYPE_STRING },
        { "after", "next_cursor", TYPE_STRING },
        { "nextmarker", "next_cursor", TYPE_STRING },
        { "prevcursor", "prev_cursor", TYPE_STRING },
        { "previouscursor", "prev_cursor", TYPE_STRING },
        { "before", "prev_cursor", TYPE_STRING },
        { "nexturl", "next_url", TYPE_STRING },
        { "nextlink", "next_url", TYPE_STRING },
        { "nextpageurl", "next_url", TYPE_STRING },
        { "next", "next", TYPE_STRING },
        { "prevurl", "prev_url", TYPE_STRING },
        { "previous", "prev", TYPE_STRING },
        { "prev", "prev", TYPE_STRING },
    };
    const char *plain = name_plain(f->look.arena, str(m->name));
    unsigned types = view_types(&f->look, m->view);
    const char *format = json_member_text(m->view.node, "format");
    bool url = !step->cursor || (format && strncmp(format, "ur", 2) == 0);
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i].plain, plain) != 0 ||
            !(types & words[i].types ||
              (words[i].types == TYPE_INTEGER && types & TYPE_NUMBER)))
            continue;
        if (strcmp(words[i].word, "next") == 0)
            return url ? "next_url" : "next_cursor";
        if (strcmp(words[i].word, "prev") == 0)
            return url ? "prev_url" : "prev_cursor";
        return words[i].word;
    }
    return NULL;
}

static bool is_about_pages(const char *plain)
{
    static const char *const names[] = { "meta",  "pagination",    "paging",
                                         "links", "pageinfo",      "cursors",
                                         "page",  "metadata",      "responsemetadata",
                                         "pages", "pagingmetadata" };
    return name_is_one_of(plain, names, COUNT(names));
}

static void fill(struct finding_out *f, struct view v, struct record_step *step,
                 cJSON *into, int depth)
{
    struct arena *arena = f->look.arena;
    const struct members *all = view_members(&f->look, v);
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i];
        const char *word = word_for(f, step, m);
        if (json_member(into, m->name))
            continue;
        if (word) {
            step->total = strcmp(word, "total") == 0 || strcmp(word, "pages") == 0
                              ? YES
                              : step->total;
            json_set(arena, into, m->name,
                     json_string(arena, str(arena_printf(arena, "$page#/%s", word))));
        } else if (depth < MOST_DEPTH && view_is_object(&f->look, m->view) &&
                   is_about_pages(name_plain(arena, str(m->name)))) {
            cJSON *below = json_object(arena);
            fill(f, m->view, step, below, depth + 1);
            if (below->child)
                json_set(arena, into, m->name, below);
        }
    }
}

static bool declares_link(const struct reply *r)
{
    for (size_t i = 0; r && i < r->field_count; i++)
        if (str_equal_nocase(str(r->fields[i].name), STR("Link")))
            return true;
    return false;
}

char *infer_list(struct finding_out *f, const struct group *g, const struct deed *d,
                 struct record_step *step, bool *linked, const char **idle)
{
    struct arena *arena = f->look.arena;
    const struct inputs *all = infer_inputs(f, d->op);
    add_paging(all, step);
    add_sorting(all, step);
    infer_filters(f, g, all, step, idle);
    *linked =
        step->turn && (!*d->at || declares_link(operation_reply(d->op, d->status)));
    if (!*d->at)
        return arena_copy(arena, STR("$page#/items"));
    cJSON *tree = json_object(arena);
    pointer_set(arena, tree, d->at, json_string(arena, STR("$page#/items")));
    fill(f, d->whole, step, tree, 0);
    return arena_copy(arena, json_text(tree, arena));
}
