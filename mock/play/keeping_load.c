/* keeping_load.c — what a keep tells, brought into a namespace: instances, and all of
 * it. */
#include "base/limits.h"
#include "doc/pointer.h"
#include "play/keeping_parts.h"
#include "play/misfit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool item_number(const char *token, uint64_t most, uint64_t *n)
{
    char *end;
    if (!token || *token < '0' || *token > '9')
        return false;
    *n = strtoull(token, &end, 10);
    return !*end && *n <= most;
}

bool item_is(const struct item *i, const char *first)
{
    return i->tokens[0] && strcmp(i->tokens[0], first) == 0;
}

/* Text of any bytes, for one line of a terminal. */
static const char *printable(struct str text, struct arena *arena)
{
    enum { MOST = 80 };
    char *out =
        arena_copy(arena, text.len > MOST ? (struct str){ text.ptr, MOST } : text);
    for (char *c = out; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return out;
}

void item_odd(struct loading *l, const struct item *i, const char *expected)
{
    if (l->err && i->value.ptr)
        err_warn(l->err, keep_where(l->w->keep),
                 "the entry \"%s\"%s is not used: expected %s, found \"%s\"",
                 printable(str(i->name), l->arena), l->in_ns, expected,
                 printable(i->value, l->arena));
}

/* ---- what is told ---- */

static bool on_whole(void *context)
{
    struct loading *l = context;
    l->whole = true;
    return true;
}

static bool on_entry(void *context, const char *name, struct str value)
{
    struct loading *l = context;
    if (setjmp(*arena_guard(l->arena)))
        return false;
    struct item *item = arena_take(l->arena, sizeof(*item));
    const char *rest = item->name = arena_copy(l->arena, str(name));
    for (size_t i = 0; i < COUNT(item->tokens); i++)
        if (!(item->tokens[i] = pointer_token(&rest, l->arena)))
            break;
    if (value.ptr)
        item->value = (struct str){ arena_copy(l->arena, value), value.len };
    *l->last = item;
    l->last = &item->next;
    l->count++;
    arena_unguard(l->arena);
    return true;
}

/* ---- instances ---- */

/* The collection that an entry is of; false when nothing is served under that name, or
 * it is found by another key now. */
static bool collection_of(struct loading *l, const struct item *i, size_t *api,
                          size_t *c)
{
    const struct cast *cast = &l->w->cast;
    if (!i->tokens[1] || !i->tokens[2])
        return false;
    for (*api = 0; *api < cast->count; ++*api) {
        const struct store_plan *plan = &l->w->behaviours[*api]->plan;
        if (strcmp(cast->apis[*api]->name, i->tokens[1]) != 0)
            continue;
        for (*c = 0; *c < plan->collection_count; ++*c) {
            const struct store_collection *one = &plan->collections[*c];
            size_t n = strlen(one->name);
            if (strncmp(i->tokens[2], one->name, n) == 0 && i->tokens[2][n] == ':' &&
                strcmp(i->tokens[2] + n + 1, one->key) == 0)
                return true;
        }
    }
    return false;
}

/* The seed's own instances, not copied, in a store whose slots stay. */
static struct store *from_seed(const struct behaviour *b, const bool *touched)
{
    struct store *s = store_copy(b->seed);
    for (size_t c = 0; s && c < b->plan.collection_count; c++)
        if (touched[c])
            store_empty(s, c);
    if (s)
        store_fix(s);
    return s;
}

static bool make_stores(struct loading *l)
{
    for (size_t api = 0; api < l->w->cast.count; api++) {
        l->stores[api] = from_seed(l->w->behaviours[api], l->touched[api]);
        if (!l->stores[api])
            return false;
    }
    return true;
}

/* Takes out what is there; no slot of it is given again. */
static void clear(struct store *s, size_t c)
{
    const size_t slots = store_slots(s, c);
    store_empty(s, c);
    store_reserve(s, c, slots);
}

/* Which collections are there as a whole; in a copy that had the seed's, those go. */
static void take_collections(struct loading *l)
{
    size_t api, c;
    for (const struct item *i = l->first; i; i = i->next) {
        if (!item_is(i, "collections") || !i->value.ptr ||
            !collection_of(l, i, &api, &c))
            continue;
        if (!l->whole && !l->touched[api][c])
            clear(l->stores[api], c);
        l->touched[api][c] = true;
    }
}

static void lose(struct loading *l, size_t api, size_t c, const char *key,
                 const char *why)
{
    misfit_note(&l->lost[api][c], key, why,
                (struct where){ .file = l->w->cast.apis[api]->file }, l->arena);
}

static bool has_key(const struct store_collection *plan, const cJSON *tree)
{
    const cJSON *key = store_key_of(plan, tree);
    return json_is_string(key) || json_is_number(key);
}

/* False when memory ran out. */
static bool place(struct loading *l, const struct item *i, size_t api, size_t c,
                  size_t slot)
{
    struct json_error error;
    const struct store_collection *plan = &l->w->behaviours[api]->plan.collections[c];
    struct store *s = l->stores[api];
    arena_reset(l->scratch);
    if (setjmp(*arena_guard(l->scratch)))
        return false;
    cJSON *tree = json_read(i->value, LIMIT_BODY_NODES, l->scratch, &error);
    arena_unguard(l->scratch);
    l->lost[api][c].had++;
    if (!json_is_object(tree)) {
        lose(l, api, c, i->tokens[3], "it is no JSON object");
        store_reserve(s, c, slot + 1);
        return true;
    }
    if (!has_key(plan, tree)) {
        lose(l, api, c, i->tokens[3], "it has no key");
        store_reserve(s, c, slot + 1);
        return true;
    }
    switch (store_place(s, c, slot, tree)) {
    case STORE_OK:
        return true;
    case STORE_TAKEN:
        lose(l, api, c, misfit_key(plan, tree),
             "another instance has the same key or unique value");
        store_reserve(s, c, slot + 1);
        return true;
    case STORE_FULL:
        return false;
    }
    return false;
}

/* What goes first makes room for what comes: a unique value may change its place. */
static bool take_instances(struct loading *l)
{
    size_t api, c;
    uint64_t slot;
    for (int coming = 0; coming < 2; coming++)
        for (const struct item *i = l->first; i; i = i->next) {
            if (!item_is(i, "instances") || !collection_of(l, i, &api, &c) ||
                !item_number(i->tokens[3], LIMIT_KEEP_SLOTS - 1, &slot))
                continue;
            if (!coming && store_get(l->stores[api], c, slot))
                store_remove(l->stores[api], c, slot);
            if (coming && i->value.ptr && !place(l, i, api, c, slot))
                return false;
        }
    return true;
}

static bool same_documents(const struct loading *l)
{
    char now[17];
    snprintf(now, sizeof(now), "%016" PRIx64, l->w->documents);
    for (const struct item *i = l->first; i; i = i->next)
        if (item_is(i, "documents"))
            return i->value.ptr && str_is(i->value, now);
    return false;
}

/* What was written for these very documents was let in by them, or put in by force. The
 * slots of what goes stay taken, as they are where they are kept. */
static void take_out_misfits(struct loading *l)
{
    size_t dropped = 1;
    for (int pass = 0; dropped && pass <= LIMIT_EMBED_DEPTH; pass++) {
        dropped = 0;
        for (size_t api = 0; api < l->w->cast.count; api++) {
            const struct behaviour *b = l->w->behaviours[api];
            for (size_t c = 0; c < b->plan.collection_count; c++)
                if (l->touched[api][c])
                    dropped += misfits_take_out(&l->lost[api][c], b, l->stores[api], c,
                                                NULL, l->arena, l->scratch);
        }
    }
}

/* A namespace that starts again: as it was made. */
static bool start_again(struct loading *l)
{
    struct namespace *ns = l->ns;
    namespace_stop(ns, "");
    memset(ns->calls, 0, l->w->cast.operations * sizeof(*ns->calls));
    ns->clock_offset = l->k->clock_offset = 0;
    ns->faults_made = l->k->faults_made = 0;
    idempotency_clear(ns->idempotency);
    l->k->answers = 0;
    for (size_t i = 0; i < l->w->started_count; i++)
        if (!namespace_start(ns, l->w->started[i], NULL))
            return false;
    return true;
}

/* ---- all of it ---- */

static void tell(struct loading *l)
{
    for (size_t api = 0; api < l->w->cast.count; api++) {
        const struct behaviour *b = l->w->behaviours[api];
        for (size_t c = 0; c < b->plan.collection_count; c++) {
            const struct misfits *m = &l->lost[api][c];
            l->misfits |= m->gone > 0;
            if (m->gone && l->err)
                err_warn(l->err, m->where,
                         "%zu of %zu instances of %s/%s%s no longer fit and stay in "
                         "the store unseen, first \"%.80s\": %s",
                         m->gone, m->had, b->api->name, b->plan.collections[c].name,
                         l->in_ns, m->first, m->why);
        }
    }
}

/* Collections that nothing served now has. */
static void tell_homeless(struct loading *l)
{
    size_t api, c;
    for (const struct item *i = l->first; i; i = i->next) {
        if (!item_is(i, "collections") || !i->value.ptr ||
            collection_of(l, i, &api, &c))
            continue;
        l->misfits = true;
        if (l->err)
            err_warn(l->err, (struct where){ .file = NULL },
                     "the instances of %.80s/%.80s%s stay in the store unseen: no such "
                     "collection with such a key is served",
                     i->tokens[1] ? i->tokens[1] : "", i->tokens[2] ? i->tokens[2] : "",
                     l->in_ns);
    }
}

/* Names that nobody has written. */
static void tell_odd(struct loading *l)
{
    static const char *const names[] = { "documents", "collections", "instances",
                                         "sequences", "calls",       "clock",
                                         "running",   "answers",     "snapshot" };
    uint64_t slot;
    for (const struct item *i = l->first; l->err && i; i = i->next) {
        size_t n = 0;
        while (n < COUNT(names) && !item_is(i, names[n]))
            n++;
        if (n == COUNT(names))
            item_odd(l, i, "a name that --store writes");
        else if (item_is(i, "instances") &&
                 !item_number(i->tokens[3], LIMIT_KEEP_SLOTS - 1, &slot))
            item_odd(l, i, "the number of a slot at the end of its name");
    }
}

static bool take_whole(struct loading *l)
{
    take_collections(l);
    if (!make_stores(l) || !take_instances(l))
        return false;
    bool same = same_documents(l);
    if (!same)
        take_out_misfits(l);
    if (!start_again(l))
        return false;
    tell(l);
    tell_homeless(l);
    tell_odd(l);
    l->k->documents = same || l->misfits;
    l->k->listed = l->k->replaced = false;
    return true;
}

static void stores_free(struct store **stores, size_t count)
{
    for (size_t i = 0; stores && i < count; i++)
        store_free(stores[i]);
    free(stores);
}

static bool whole_begin(struct loading *l)
{
    size_t count = l->w->cast.count;
    l->stores = calloc(count + 1, sizeof(*l->stores));
    l->touched = arena_array(l->arena, bool *, count + 1);
    for (size_t i = 0; i < count; i++)
        l->touched[i] =
            arena_array(l->arena, bool, l->w->behaviours[i]->plan.collection_count + 1);
    return l->stores != NULL;
}

static void whole_end(struct loading *l)
{
    size_t count = l->w->cast.count;
    struct store **before = l->ns->stores;
    l->ns->stores = l->stores;
    l->stores = NULL;
    stores_free(before, count);
    for (size_t i = 0; i < count; i++)
        memcpy(l->k->touched[i], l->touched[i],
               l->w->behaviours[i]->plan.collection_count * sizeof(bool));
}

static bool take_in(struct loading *l)
{
    size_t count = l->w->cast.count;
    l->lost = arena_array(l->arena, struct misfits *, count + 1);
    for (size_t i = 0; i < count; i++)
        l->lost[i] = arena_array(l->arena, struct misfits,
                                 l->w->behaviours[i]->plan.collection_count + 1);
    if (l->whole) {
        if (!whole_begin(l) || !take_whole(l)) {
            stores_free(l->stores, count);
            l->stores = NULL;
            return false;
        }
        whole_end(l);
    }
    l->stores = l->ns->stores;
    l->touched = l->k->touched;
    if (!l->whole) {
        take_collections(l);
        if (!take_instances(l))
            return false;
    }
    keeping_take_counts(l);
    l->k->restarted = l->fewer; /* then the places in the list are others now */
    return true;
}

static bool take_in_guarded(struct loading *l)
{
    if (setjmp(*arena_guard(l->arena))) {
        if (l->stores != l->ns->stores)
            stores_free(l->stores, l->w->cast.count);
        return false;
    }
    bool ok = take_in(l);
    arena_unguard(l->arena);
    return ok;
}

enum keep_answer keeping_load(struct world *w, struct namespace *ns, struct err *err)
{
    struct keeping *k = ns->keeping;
    struct loading l = { .w = w, .ns = ns, .k = k, .err = err };
    struct keep_news news = { on_whole, on_entry, &l };
    if (k->place.version && !keep_is_shared(w->keep))
        return KEEP_OK;
    l.arena = arena_new(LIMIT_KEEP_MEMORY);
    l.last = &l.first;
    const uint64_t asked = atomic_fetch_add(&k->asked, 1) + 1;
    enum keep_answer answer = keep_pull(w->keep, ns->name, &k->place, &news);
    if (answer == KEEP_OK && (l.count || (l.whole && !k->fresh))) {
        l.scratch = arena_new(LIMIT_CALL_MEMORY);
        l.in_ns = !*ns->name ? ""
                  : *ns->name == ':'
                      ? arena_printf(l.arena, " in the snapshot \"%s\"", ns->name + 1)
                      : arena_printf(l.arena, " in the namespace \"%s\"", ns->name);
        if (!take_in_guarded(&l)) {
            answer = KEEP_FULL;
            k->place = (struct keep_place){ 0 }; /* half of it may be in */
        }
        arena_free(l.scratch);
    }
    if (answer == KEEP_OK)
        k->fresh = false;
    k->heard = answer == KEEP_OK ? asked : 0;
    arena_free(l.arena);
    return answer;
}
