/* infer_page.c — what a page tells beside its rows: in the envelope, and in fields. */
#include "play/infer_parts.h"

enum { MOST_DEPTH = 3 };

/* Plain names, and the words of a page that they mean. */
static const struct {
    const char *plain, *word;
    unsigned types;
    bool whole; /* else the name may mean something else */
} page_words[] = {
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
    { "startat", "offset", TYPE_INTEGER, false },
    { "start", "offset", TYPE_INTEGER, false },
    { "maxresults", "limit", TYPE_INTEGER, false },
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
    { "firstid", "first_key", TYPE_ANY, false },
    { "lastid", "last_key", TYPE_ANY, false },
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
    { "nextpageuri", "next_url", TYPE_STRING, false },
    { "nexturi", "next_url", TYPE_STRING, false },
    { "first", "first_url", TYPE_STRING, false },
    { "firstpageurl", "first_url", TYPE_STRING, false },
    { "last", "last_url", TYPE_STRING, false },
    { "lastpageurl", "last_url", TYPE_STRING, false },
    { "from", "from", TYPE_INTEGER, false },
    { "to", "to", TYPE_INTEGER, false },
    { "next", "next", TYPE_STRING, false },
    { "prevurl", "prev_url", TYPE_STRING, false },
    { "previousurl", "prev_url", TYPE_STRING, false },
    { "prevpageurl", "prev_url", TYPE_STRING, false },
    { "previouspageurl", "prev_url", TYPE_STRING, false },
    { "previouspageuri", "prev_url", TYPE_STRING, false },
    { "previous", "prev", TYPE_STRING, false },
    { "prev", "prev", TYPE_STRING, false },
};

/* What a page tells under a plain name; whole: the number of all is told beside it. */
static const char *word_named(const char *plain, unsigned types, bool whole, bool url)
{
    for (size_t i = 0; i < COUNT(page_words); i++) {
        if (strcmp(page_words[i].plain, plain) != 0 ||
            (page_words[i].whole && !whole) ||
            !(types & page_words[i].types ||
              (page_words[i].types == TYPE_INTEGER && types & TYPE_NUMBER)))
            continue;
        if (strcmp(page_words[i].word, "next") == 0)
            return url ? "next_url" : "next_cursor";
        if (strcmp(page_words[i].word, "prev") == 0)
            return url ? "prev_url" : "prev_cursor";
        return page_words[i].word;
    }
    return NULL;
}

/* What has the format of a URI has a scheme and a host (RFC 3986, 3). */
static const char *whole_url(const char *word)
{
    static const char *const words[][2] = { { "next_url", "next_uri" },
                                            { "prev_url", "prev_uri" },
                                            { "first_url", "first_uri" },
                                            { "last_url", "last_uri" } };
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(words[i][0], word) == 0)
            return words[i][1];
    return word;
}

static const char *word_for(struct finding_out *f, const struct record_step *step,
                            const struct member *m, bool whole)
{
    const char *format = json_member_text(m->view.node, "format");
    const char *plain = name_plain(f->look.arena, str(m->name));
    plain += strncmp(plain, "odata", 5) == 0 ? 5 : 0; /* "@odata.nextLink" */
    const char *word =
        word_named(plain, view_types(&f->look, m->view), whole,
                   !step->cursor || (format && strncmp(format, "ur", 2) == 0));
    return word && format && strcmp(format, "uri") == 0 ? whole_url(word) : word;
}

static void note_total(struct record_step *step, const char *word)
{
    static const char *const words[] = { "total", "pages", "first",    "last",
                                         "empty", "range", "last_url", "last_uri" };
    if (name_is_one_of(word, words, COUNT(words)))
        step->total = YES;
}

static bool is_about_pages(const char *plain)
{
    static const char *const names[] = { "meta",  "pagination",     "paging",
                                         "links", "pageinfo",       "cursors",
                                         "page",  "metadata",       "responsemetadata",
                                         "pages", "pagingmetadata", "resultinfo" };
    return name_is_one_of(plain, names, COUNT(names));
}

/* Beside a number of all rows, the count is that of the page's. */
static const char *word_beside(struct finding_out *f, const struct members *all,
                               const struct record_step *step, const struct member *m,
                               bool whole)
{
    const char *word = word_for(f, step, m, whole);
    if (!word || strcmp(name_plain(f->look.arena, str(m->name)), "count") != 0)
        return word;
    for (size_t i = 0; i < all->count; i++) {
        const char *other =
            &all->list[i] != m ? word_for(f, step, &all->list[i], whole) : NULL;
        if (other && strcmp(other, "total") == 0)
            return "count";
    }
    return word;
}

/* An object that is about the next page alone: {"next": {"after": …}}. */
static bool is_next(struct finding_out *f, const struct member *m)
{
    static const char *const names[] = { "next", "nextpage" };
    return view_is_object(&f->look, m->view) &&
           name_is_one_of(name_plain(f->look.arena, str(m->name)), names, COUNT(names));
}

static cJSON *next_page(struct finding_out *f, const struct record_step *step,
                        struct view v)
{
    static const char *const tokens[] = { "after",        "cursor",    "offset",
                                          "token",        "pagetoken", "marker",
                                          "startingafter" };
    static const char *const urls[] = { "href", "uri", "url", "link", "path" };
    struct arena *arena = f->look.arena;
    const struct members *all = view_members(&f->look, v);
    cJSON *out = json_object(arena);
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i];
        const char *plain = name_plain(arena, str(m->name));
        const bool token = step->cursor && name_is_one_of(plain, tokens, COUNT(tokens));
        const bool url = step->turn && name_is_one_of(plain, urls, COUNT(urls));
        const char *format = json_member_text(m->view.node, "format");
        const bool full = format && strcmp(format, "uri") == 0;
        if ((token || url) && view_types(&f->look, m->view) & TYPE_STRING)
            json_set(arena, out, m->name,
                     json_string(arena, token  ? STR("$page#/next_cursor")
                                        : full ? STR("$page#/next_uri")
                                               : STR("$page#/next_url")));
    }
    return out->child ? out : NULL;
}

bool infer_last_page(struct finding_out *f, struct view v, cJSON *tree)
{
    const struct members *all = view_members(&f->look, v);
    bool found = false;
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i];
        cJSON *at = json_member(tree, m->name);
        const bool next = is_next(f, m);
        if (!json_is_object(at) || (!next && !infer_last_page(f, m->view, at)))
            continue;
        found = true;
        if (next && m->required)
            json_set(f->look.arena, tree, m->name, json_null(f->look.arena));
        else if (next || (!at->child && !m->required))
            json_detach(tree, at);
    }
    return found;
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
        const char *word = word_beside(f, all, step, m, whole);
        if (json_member(into, m->name))
            continue;
        if (word) {
            note_total(step, word);
            json_set(arena, into, m->name,
                     json_string(arena, str(arena_printf(arena, "$page#/%s", word))));
        } else if (is_next(f, m)) {
            cJSON *next = next_page(f, step, m->view);
            if (next)
                json_set(arena, into, m->name, next);
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

void infer_page(struct finding_out *f, struct view v, struct record_step *step,
                cJSON *into)
{
    fill(f, v, step, into, 0);
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
    /* These may be not there. */
    bool text = strstr(word, "_url") || strstr(word, "_cursor") || strstr(word, "_key");
    return arena_printf(arena, text ? "$page#/%s" : "{$page#/%s}", word);
}

void infer_page_fields(struct finding_out *f, const struct group *g,
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
