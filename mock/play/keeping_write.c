/* keeping_write.c — what has changed in a namespace, as entries of its keep. */
#include "base/limits.h"
#include "doc/pointer.h"
#include "play/keeping_parts.h"

#include <inttypes.h>

/* The name under which a collection is kept: "pets:/id". */
static const char *keeping_collection(const struct store_collection *plan,
                                      struct arena *arena)
{
    return arena_printf(arena, "%s:%s", plan->name, plan->key);
}

/* "/a/b/c"; NULL ends the tokens. */
static const char *name_of(struct arena *arena, const char *first, const char *second,
                           const char *third, const char *fourth)
{
    const char *const tokens[] = { first, second, third, fourth };
    struct buffer b = buffer_in(arena, LIMIT_KEEP_NAME);
    for (size_t i = 0; i < COUNT(tokens) && tokens[i]; i++)
        pointer_add(&b, str(tokens[i]));
    return buffer_str(&b).ptr;
}

static struct arena *arena_of(struct outgoing *o)
{
    return o->changes.arena;
}

static void put_text(struct outgoing *o, const char *name, struct str value)
{
    keep_change(&o->changes, name, value);
}

static void put_number(struct outgoing *o, const char *name, int64_t value)
{
    put_text(o, name, str(arena_printf(arena_of(o), "%" PRId64, value)));
}

static void put_instance(struct outgoing *o, const char *api, const char *collection,
                         const struct store *s, size_t c, size_t slot)
{
    const cJSON *tree = store_get(s, c, slot);
    const char *number = arena_printf(arena_of(o), "%zu", slot);
    put_text(o, name_of(arena_of(o), "instances", api, collection, number),
             tree ? json_text(tree, arena_of(o)) : (struct str){ NULL, 0 });
}

static void put_collection(struct outgoing *o, size_t api, size_t c)
{
    const struct behaviour *b = o->w->behaviours[api];
    const char *name = keeping_collection(&b->plan.collections[c], arena_of(o));
    const struct store *s = o->ns->stores[api];
    put_text(o, name_of(arena_of(o), "collections", b->api->name, name, NULL), STR(""));
    for (size_t slot = 0; slot < store_slots(s, c); slot++)
        if (store_get(s, c, slot))
            put_instance(o, b->api->name, name, s, c, slot);
}

static void put_sequence(struct outgoing *o, size_t api, size_t i)
{
    const struct behaviour *b = o->w->behaviours[api];
    put_number(o,
               name_of(arena_of(o), "sequences", b->api->name, b->sequences[i], NULL),
               store_sequence(o->ns->stores[api], i));
}

/* A collection that is touched for the first time goes out whole. */
static void put_changed(struct outgoing *o, size_t api)
{
    const struct behaviour *b = o->w->behaviours[api];
    const struct store *s = o->ns->stores[api];
    bool *whole = arena_array(arena_of(o), bool, b->plan.collection_count + 1);
    size_t c, slot;
    for (size_t i = 0; store_changed(s, i, &c, &slot); i++) {
        if (o->k->touched[api][c]) {
            put_instance(o, b->api->name,
                         keeping_collection(&b->plan.collections[c], arena_of(o)), s, c,
                         slot);
        } else if (!whole[c]) {
            put_collection(o, api, c);
            whole[c] = true;
        }
    }
    for (size_t i = 0; i < b->plan.sequence_count; i++)
        if (store_sequence_moved(s, i))
            put_sequence(o, api, i);
}

static void put_calls(struct outgoing *o, size_t number)
{
    const struct cast *cast = &o->w->cast;
    size_t api = 0;
    while (api + 1 < cast->count && cast->first[api + 1] <= number)
        api++;
    const struct operation *op =
        &cast->apis[api]->operations[number - cast->first[api]];
    put_number(o, name_of(arena_of(o), "calls", op->api->name, op->id, NULL),
               (int64_t)o->ns->calls[number]);
}

/* ---- what runs ---- */

static void put_list(struct outgoing *o)
{
    struct arena *arena = arena_of(o);
    cJSON *list = json_array(arena);
    for (size_t i = 0; i < o->ns->running_count; i++) {
        const struct scenario *s = running_scenario(o->ns->running[i]);
        cJSON *one = json_object(arena);
        json_add(one, "name", json_string(arena, str(s->name)));
        if (s->text)
            json_add(one, "text", json_string(arena, str(s->text)));
        json_push(list, one);
    }
    put_text(o, "/running/list", json_text(list, arena));
}

static const char *running_name(struct outgoing *o, size_t i, const char *rest)
{
    return arena_printf(arena_of(o), "/running/%zu/%s", i, rest);
}

static void put_faults(struct outgoing *o, size_t i)
{
    struct arena *arena = arena_of(o);
    const struct running *r = o->ns->running[i];
    cJSON *list = json_array(arena);
    for (size_t f = 0; f < running_scenario(r)->fault_count; f++) {
        int64_t seen, fired;
        cJSON *one = json_array(arena);
        running_counts(r, f, &seen, &fired);
        json_push(one, json_integer(arena, seen));
        json_push(one, json_integer(arena, fired));
        json_push(list, one);
    }
    put_text(o, running_name(o, i, "faults"), json_text(list, arena));
}

static void put_window(struct outgoing *o, size_t i, size_t limit, size_t place)
{
    struct arena *arena = arena_of(o);
    struct window w = running_window(o->ns->running[i], limit, place);
    put_text(o, running_name(o, i, arena_printf(arena, "limits/%zu/%zu", limit, place)),
             str(arena_printf(arena, "[\"%" PRIx64 "\",%" PRId64 ",%" PRId64 "]",
                              w.caller, w.start, w.count)));
}

/* Everything that is counted, of what runs now. */
static void put_running(struct outgoing *o)
{
    put_list(o);
    put_number(o, "/running/made", (int64_t)o->ns->faults_made);
    for (size_t i = 0; i < o->ns->running_count; i++) {
        const struct running *r = o->ns->running[i];
        put_faults(o, i);
        for (size_t l = 0; l < running_scenario(r)->limit_count; l++)
            for (size_t p = 0; p < running_places(r, l); p++)
                if (running_window(r, l, p).count)
                    put_window(o, i, l, p);
    }
}

bool keeping_counted(const struct namespace *ns)
{
    size_t limit, place;
    for (size_t i = 0; i < ns->running_count; i++)
        if (running_faults_moved(ns->running[i]) ||
            running_window_moved(ns->running[i], 0, &limit, &place))
            return true;
    return false;
}

static void put_counted(struct outgoing *o)
{
    size_t limit, place;
    if (!keeping_counted(o->ns))
        return;
    if (!o->k->listed)
        put_list(o);
    for (size_t i = 0; i < o->ns->running_count; i++) {
        const struct running *r = o->ns->running[i];
        if (running_faults_moved(r))
            put_faults(o, i);
        for (size_t m = 0; running_window_moved(r, m, &limit, &place); m++)
            put_window(o, i, limit, place);
    }
}

static void put_answer(struct outgoing *o, const struct stored_answer *a,
                       uint64_t number)
{
    struct str value = keeping_answer_write(a, number, arena_of(o));
    if (value.ptr)
        put_text(o,
                 arena_printf(arena_of(o), "/answers/%" PRIu64,
                              number % LIMIT_IDEMPOTENCY_KEYS),
                 value);
}

/* ---- all of it ---- */

static bool has_counted(const struct running *r)
{
    int64_t seen, fired;
    for (size_t f = 0; f < running_scenario(r)->fault_count; f++) {
        running_counts(r, f, &seen, &fired);
        if (seen)
            return true;
    }
    for (size_t l = 0; l < running_scenario(r)->limit_count; l++)
        for (size_t p = 0; p < running_places(r, l); p++)
            if (running_window(r, l, p).count)
                return true;
    return false;
}

static bool runs_as_started(const struct outgoing *o)
{
    const struct namespace *ns = o->ns;
    if (ns->running_count != o->w->started_count || ns->faults_made)
        return false;
    for (size_t i = 0; i < ns->running_count; i++)
        if (running_scenario(ns->running[i]) != o->w->started[i] ||
            has_counted(ns->running[i]))
            return false;
    return true;
}

/* What differs from the seed. */
static void put_state(struct outgoing *o)
{
    const struct world *w = o->w;
    for (size_t api = 0; api < w->cast.count; api++) {
        const struct behaviour *b = w->behaviours[api];
        const struct store *s = o->ns->stores[api];
        for (size_t c = 0; c < b->plan.collection_count; c++)
            if (!store_untouched(s, b->seed, c))
                put_collection(o, api, c);
        for (size_t i = 0; i < b->plan.sequence_count; i++)
            if (store_sequence(s, i) != store_sequence(b->seed, i))
                put_sequence(o, api, i);
    }
    for (size_t i = 0; i < w->cast.operations; i++)
        if (o->ns->calls[i])
            put_calls(o, i);
    if (o->ns->clock_offset)
        put_number(o, "/clock", o->ns->clock_offset);
    if (!runs_as_started(o))
        put_running(o);
    for (size_t i = 0; i < idempotency_count(o->ns->idempotency); i++)
        put_answer(o, idempotency_at(o->ns->idempotency, i), i);
}

/* What had a slot that nothing stands in any more, goes. */
static void put_imported(struct outgoing *o, const struct imported *i)
{
    const struct store_plan *plan = &o->w->behaviours[i->api]->plan;
    const struct store *s = o->ns->stores[i->api];
    if (i->sequence) {
        put_sequence(o, i->api, i->number);
        return;
    }
    put_collection(o, i->api, i->number);
    const char *name = keeping_collection(&plan->collections[i->number], arena_of(o));
    for (size_t slot = 0; slot < i->slots && o->k->touched[i->api][i->number]; slot++)
        if (!store_get(s, i->number, slot))
            put_instance(o, o->w->cast.apis[i->api]->name, name, s, i->number, slot);
}

static void put_difference(struct outgoing *o)
{
    const struct namespace *ns = o->ns;
    for (const struct imported *i = o->k->imported; i; i = i->next)
        put_imported(o, i);
    for (size_t api = 0; api < o->w->cast.count; api++)
        if (store_marked(ns->stores[api]))
            put_changed(o, api);
    if (o->k->drew != SIZE_MAX)
        put_calls(o, o->k->drew);
    if (ns->clock_offset != o->k->clock_offset)
        put_number(o, "/clock", ns->clock_offset);
    if (o->k->restarted)
        put_running(o);
    else
        put_counted(o);
    if (o->k->answer.key.ptr)
        put_answer(o, &o->k->answer, o->k->answers);
}

void keeping_gather(struct outgoing *o)
{
    if (o->k->replaced) {
        o->changes.forget = "";
        put_state(o);
    } else {
        if (o->k->restarted)
            o->changes.forget = "/running/";
        put_difference(o);
    }
    if (o->k->snapshot && o->k->replaced && !o->k->forgotten)
        put_text(o, "/snapshot", str(o->k->snapshot));
    if (o->k->replaced ? o->k->forgotten : !o->changes.count || o->k->documents)
        return;
    put_text(o, "/documents",
             str(arena_printf(arena_of(o), "%016" PRIx64, o->w->documents)));
}
