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

/* ---- the envelope ---- */

/* What a page tells under a plain name; whole: the number of all is told beside it. */
static const char *word_named(const char *plain, unsigned types, bool whole, bool url)
{
    static const struct {
        const char *plain, *word;
        unsigned types;
        bool whole; /* else the name may mean something else */
    } words[] = {
        { "total", "total", TYPE_INTEGER, false },
        { "totalcount", "total", TYPE_INTEGER, false },
        { "totalitems", "total", TYPE_INTEGER, false },
        { "totalresults", "total", TYPE_INTEGER, false },
        { "totalrecords", "total", TYPE_INTEGER, false },
        { "totalelements", "total", TYPE_INTEGER, false },
        { "totalentries", "total", TYPE_INTEGER, false },
        { "totalhits", "total", TYPE_INTEGER, false },
        { "count", "total", TYPE_INTEGER, false },
        { "limit", "limit", TYPE_INTEGER, false },
        { "perpage", "limit", TYPE_INTEGER, false },
        { "pagesize", "limit", TYPE_INTEGER, false },
        { "itemsperpage", "limit", TYPE_INTEGER, false },
        { "size", "limit", TYPE_INTEGER, true },
        { "numberofelements", "count", TYPE_INTEGER, false },
        { "offset", "offset", TYPE_INTEGER, false },
        { "skip", "offset", TYPE_INTEGER, false },
        { "page", "number", TYPE_INTEGER, false },
        { "pagenumber", "number", TYPE_INTEGER, false },
        { "currentpage", "number", TYPE_INTEGER, false },
        { "number", "number", TYPE_INTEGER, true },
        { "pages", "pages", TYPE_INTEGER, false },
        { "totalpages", "pages", TYPE_INTEGER, false },
        { "pagecount", "pages", TYPE_INTEGER, false },
        { "lastpage", "pages", TYPE_INTEGER, false },
        { "first", "first", TYPE_BOOLEAN, true },
        { "last", "last", TYPE_BOOLEAN, true },
        { "empty", "empty", TYPE_BOOLEAN, true },
        { "hasmore", "has_more", TYPE_BOOLEAN, false },
        { "hasnext", "has_more", TYPE_BOOLEAN, false },
        { "hasnextpage", "has_more", TYPE_BOOLEAN, false },
        { "more", "has_more", TYPE_BOOLEAN, false },
        { "nextcursor", "next_cursor", TYPE_STRING, false },
        { "nextpagetoken", "next_cursor", TYPE_STRING, false },
        { "nexttoken", "next_cursor", TYPE_STRING, false },
        { "endcursor", "next_cursor", TYPE_STRING, false },
        { "cursor", "next_cursor", TYPE_STRING, false },
        { "continuationtoken", "next_cursor", TYPE_STRING, false },
        { "after", "next_cursor", TYPE_STRING, false },
        { "nextmarker", "next_cursor", TYPE_STRING, false },
        { "prevcursor", "prev_cursor", TYPE_STRING, false },
        { "previouscursor", "prev_cursor", TYPE_STRING, false },
        { "before", "prev_cursor", TYPE_STRING, false },
        { "nexturl", "next_url", TYPE_STRING, false },
        { "nextlink", "next_url", TYPE_STRING, false },
        { "nextpageurl", "next_url", TYPE_STRING, false },
        { "next", "next", TYPE_STRING, false },
        { "prevurl", "prev_url", TYPE_STRING, false },
        { "previous", "prev", TYPE_STRING, false },
        { "prev", "prev", TYPE_STRING, false },
    };
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i].plain, plain) != 0 || (words[i].whole && !whole) ||
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

static const char *word_for(struct finding_out *f, const struct record_step *step,
                            const struct member *m, bool whole)
{
    const char *format = json_member_text(m->view.node, "format");
    const char *plain = name_plain(f->look.arena, str(m->name));
    plain += strncmp(plain, "odata", 5) == 0 ? 5 : 0; /* "@odata.nextLink" */
    return word_named(plain, view_types(&f->look, m->view), whole,
                      !step->cursor || (format && strncmp(format, "ur", 2) == 0));
}

static void note_total(struct record_step *step, const char *word)
{
    static const char *const words[] = { "total", "pages", "first",
                                         "last",  "empty", "range" };
    if (name_is_one_of(word, words, COUNT(words)))
        step->total = YES;
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
    bool whole = view_member(&f->look, v, "totalElements") ||
                 view_member(&f->look, v, "total_elements");
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i];
        const char *word = word_for(f, step, m, whole);
        if (json_member(into, m->name))
            continue;
        if (word) {
            note_total(step, word);
            json_set(arena, into, m->name,
                     json_string(arena, str(arena_printf(arena, "$page#/%s", word))));
        } else if (depth < MOST_DEPTH && view_is_object(&f->look, m->view) &&
                   is_about_pages(name_plain(arena, str(m->name)))) {
            cJSON *below = json_object(arena);
            if (infer_is_links(f, m))
                infer_page_links(f, m, step, below);
            fill(f, m->view, step, below, depth + 1);
            if (below->child)
                json_set(arena, into, m->name, below);
        }
    }
}

/* The value of a declared field; NULL where a list says nothing about it. */
static char *field_value(struct finding_out *f, const struct group *g,
                         struct record_step *step, const char *name)
{
    struct arena *arena = f->look.arena;
    const char *plain = name_plain(arena, str(name));
    if (strcmp(plain, "link") == 0)
        return step->turn ? arena_copy(arena, STR("$page#/link")) : NULL;
    if (strcmp(plain, "contentrange") == 0) {
        note_total(step, "range");
        return arena_printf(arena, "%s {$page#/range}", g->noun);
    }
    plain += strncmp(plain, "x", 1) == 0;
    plain += strncmp(plain, "pagination", 10) == 0 ? 10 : 0;
    const char *word = word_named(plain, TYPE_ANY, false, true);
    if (!word)
        return NULL;
    note_total(step, word);
    bool text = strstr(word, "_url") || strstr(word, "_cursor"); /* or is not there */
    return arena_printf(arena, text ? "$page#/%s" : "{$page#/%s}", word);
}

static void fill_fields(struct finding_out *f, const struct group *g,
                        const struct deed *d, struct record_step *step,
                        struct record_step *answer)
{
    const struct reply *r = operation_reply(d->op, d->status);
    size_t count = r ? r->field_count : 0;
    bool linked = false;
    answer->header = arena_take(f->look.arena, (count + 1) * sizeof(*answer->header));
    for (size_t i = 0; i < count; i++) {
        char *name = arena_copy(f->look.arena, str(r->fields[i].name));
        char *value = field_value(f, g, step, name);
        linked = linked || str_equal_nocase(str(name), STR("Link"));
        if (value)
            answer->header[answer->header_count++] =
                (struct record_header){ name, value };
    }
    if (step->turn && !*d->at && !linked)
        answer->header[answer->header_count++] =
            (struct record_header){ arena_copy(f->look.arena, STR("Link")),
                                    arena_copy(f->look.arena, STR("$page#/link")) };
}

void infer_list(struct finding_out *f, const struct group *g, const struct deed *d,
                struct listing *l)
{
    struct arena *arena = f->look.arena;
    const struct inputs *all = infer_inputs(f, d->op);
    add_paging(all, l);
    add_sorting(all, l->step);
    infer_filters(f, g, all, l);
    fill_fields(f, g, d, l->step, l->answer);
    if (!*d->at) {
        l->answer->body = arena_copy(arena, STR("$page#/items"));
        return;
    }
    cJSON *tree = json_object(arena);
    pointer_set(arena, tree, d->at, json_string(arena, STR("$page#/items")));
    fill(f, d->whole, l->step, tree, 0);
    l->answer->body = arena_copy(arena, json_text(tree, arena));
}
