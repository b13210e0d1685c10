#include "play/running.h"

#include "base/limits.h"
#include "doc/pointer.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { PROBES = 16 };

/* The arena of a scenario that was made by hand, shared by all who run it. */
struct own {
    atomic_uint holders;
    struct arena *arena;
};

struct running {
    const struct scenario *scenario;
    struct own *own; /* NULL: the world's */
    struct counted {
        int64_t seen, fired;
    } * faults, *settled_faults;
    struct window **windows; /* a table for each limit */
    struct moved {
        size_t limit, place;
        struct window before;
    } moved[LIMIT_LIMITS]; /* by the last call that asked */
    size_t moved_count;
};

static size_t table_size(const struct limit *l)
{
    return l->by ? LIMIT_CALLERS : 1;
}

/* Takes the arena; NULL when memory ran out. */
static struct own *own_new(struct arena *arena)
{
    struct own *own = malloc(sizeof(*own));
    if (!own) {
        arena_free(arena);
        return NULL;
    }
    atomic_init(&own->holders, 1);
    own->arena = arena;
    return own;
}

static void own_drop(struct own *own)
{
    if (!own || atomic_fetch_sub_explicit(&own->holders, 1, memory_order_acq_rel) != 1)
        return;
    arena_free(own->arena);
    free(own);
}

/* Takes own. */
static struct running *running_of(const struct scenario *scenario, struct own *own)
{
    struct running *r = calloc(1, sizeof(*r));
    if (!r) {
        own_drop(own);
        return NULL;
    }
    r->scenario = scenario;
    r->own = own;
    r->faults = calloc(scenario->fault_count + 1, sizeof(*r->faults));
    r->settled_faults = calloc(scenario->fault_count + 1, sizeof(*r->faults));
    r->windows = calloc(scenario->limit_count + 1, sizeof(*r->windows));
    bool ok = r->faults && r->settled_faults && r->windows;
    for (size_t i = 0; ok && i < scenario->limit_count; i++) {
        r->windows[i] = calloc(table_size(&scenario->limits[i]), sizeof(struct window));
        ok = r->windows[i] != NULL;
    }
    if (ok)
        return r;
    running_free(r);
    return NULL;
}

struct running *running_new(const struct scenario *scenario, struct arena *own)
{
    struct own *held = own ? own_new(own) : NULL;
    return own && !held ? NULL : running_of(scenario, held);
}

void running_free(struct running *r)
{
    if (!r)
        return;
    for (size_t i = 0; r->windows && i < r->scenario->limit_count; i++)
        free(r->windows[i]);
    free(r->windows);
    free(r->faults);
    free(r->settled_faults);
    own_drop(r->own);
    free(r);
}

/* What `before` has counted, as far as the lists go. */
static void count_on(struct running *r, const struct running *before)
{
    const struct scenario *was = before->scenario, *scenario = r->scenario;
    for (size_t i = 0; i < was->fault_count && i < scenario->fault_count; i++)
        r->faults[i] = before->faults[i];
    for (size_t i = 0; i < was->limit_count && i < scenario->limit_count; i++)
        if (table_size(&was->limits[i]) == table_size(&scenario->limits[i]))
            memcpy(r->windows[i], before->windows[i],
                   table_size(&was->limits[i]) * sizeof(struct window));
    running_settle(r);
}

struct running *running_again(const struct running *before,
                              const struct scenario *scenario, struct arena *own)
{
    struct running *r = running_new(scenario, own);
    if (r)
        count_on(r, before);
    return r;
}

struct running *running_copy(const struct running *from)
{
    if (from->own)
        atomic_fetch_add_explicit(&from->own->holders, 1, memory_order_relaxed);
    struct running *r = running_of(from->scenario, from->own);
    if (r)
        count_on(r, from);
    return r;
}

const struct scenario *running_scenario(const struct running *r)
{
    return r->scenario;
}

void running_counts(const struct running *r, size_t fault, int64_t *seen,
                    int64_t *fired)
{
    *seen = r->faults[fault].seen;
    *fired = r->faults[fault].fired;
}

struct str call_text(struct scope *s, const char *pointer)
{
    if (strncmp(pointer, "/header/", 8) == 0) {
        struct str value = request_header(s->request, pointer + 8);
        return value.ptr ? value : STR("");
    }
    const cJSON *value = pointer_get(s->input, pointer);
    if (json_is_string(value))
        return str(value->valuestring);
    return value ? json_text(value, s->arena) : STR("");
}

/* The caller's window, emptied when its time is over. A table that is full of others
 * near the caller's place forgets the oldest of them. */
static struct window *window_of(struct running *r, size_t limit, uint64_t caller,
                                int64_t now)
{
    const struct limit *l = &r->scenario->limits[limit];
    struct window *table = r->windows[limit];
    size_t size = table_size(l), probes = size < PROBES ? size : PROBES;
    struct window *place = NULL;
    for (size_t i = 0; i < probes; i++) {
        struct window *w = &table[(caller + i) % size];
        bool over = !w->count || now >= w->start + l->per_ms || now < w->start;
        if (w->count && w->caller == caller) {
            place = w;
            break;
        }
        if (!place || (over && place->count) ||
            (!over && place->count && w->start < place->start))
            place = w;
    }
    r->moved[r->moved_count++] =
        (struct moved){ limit, (size_t)(place - table), *place };
    if (place->caller != caller || !place->count || now >= place->start + l->per_ms ||
        now < place->start)
        *place = (struct window){ caller, now, 0 };
    return place;
}

/* What was looked at and is as it was has not moved. */
static void forget_unmoved(struct running *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->moved_count; i++) {
        const struct moved *m = &r->moved[i];
        const struct window *now = &r->windows[m->limit][m->place];
        if (now->caller != m->before.caller || now->start != m->before.start ||
            now->count != m->before.count)
            r->moved[n++] = *m;
    }
    r->moved_count = n;
}

void running_allow(struct running *r, size_t operation, struct scope *s,
                   struct allowance *a)
{
    struct window *counted[LIMIT_LIMITS];
    size_t n = 0;
    a->limit = NULL;
    a->allowed = true;
    r->moved_count = 0;
    for (size_t i = 0; i < r->scenario->limit_count; i++) {
        const struct limit *l = &r->scenario->limits[i];
        if (!l->on[operation])
            continue;
        uint64_t caller = l->by ? str_hash(call_text(s, l->by)) : 0;
        struct window *w = window_of(r, i, caller, s->now);
        int64_t left = l->requests - w->count - 1;
        if (!a->limit || left < a->left) {
            a->limit = l;
            a->allowed = left >= 0;
            a->left = left < 0 ? 0 : left;
            a->reset_ms = w->start + l->per_ms - s->now;
            a->reset_at = (w->start + l->per_ms + 999) / 1000;
        }
        if (left < 0) {
            forget_unmoved(r);
            return; /* a call that is refused is not counted */
        }
        counted[n++] = w;
    }
    for (size_t i = 0; i < n; i++)
        counted[i]->count++;
}

const struct fault *running_fault(struct running *r, size_t operation,
                                  struct chance *chance)
{
    const struct fault *happens = NULL;
    for (size_t i = 0; i < r->scenario->fault_count; i++) {
        const struct fault *f = &r->scenario->faults[i];
        if (!f->on[operation])
            continue;
        int64_t seen = ++r->faults[i].seen - f->skip;
        if (happens || seen < 1 || (f->every > 1 && seen % f->every != 0) ||
            (f->times >= 0 && r->faults[i].fired >= f->times) ||
            (f->chance < 1 && chance_unit(chance) >= f->chance))
            continue;
        r->faults[i].fired++;
        happens = f;
    }
    return happens;
}

/* ---- kept elsewhere too ---- */

void running_settle(struct running *r)
{
    r->moved_count = 0;
    memcpy(r->settled_faults, r->faults, r->scenario->fault_count * sizeof(*r->faults));
}

void running_undo(struct running *r)
{
    while (r->moved_count) {
        const struct moved *m = &r->moved[--r->moved_count];
        r->windows[m->limit][m->place] = m->before;
    }
    memcpy(r->faults, r->settled_faults, r->scenario->fault_count * sizeof(*r->faults));
}

bool running_faults_moved(const struct running *r)
{
    for (size_t i = 0; i < r->scenario->fault_count; i++)
        if (r->faults[i].seen != r->settled_faults[i].seen ||
            r->faults[i].fired != r->settled_faults[i].fired)
            return true;
    return false;
}

bool running_window_moved(const struct running *r, size_t index, size_t *limit,
                          size_t *place)
{
    if (index >= r->moved_count)
        return false;
    *limit = r->moved[index].limit;
    *place = r->moved[index].place;
    return true;
}

size_t running_places(const struct running *r, size_t limit)
{
    return limit < r->scenario->limit_count ? table_size(&r->scenario->limits[limit])
                                            : 0;
}

struct window running_window(const struct running *r, size_t limit, size_t place)
{
    return r->windows[limit][place];
}

bool running_window_set(struct running *r, size_t limit, size_t place, struct window w)
{
    if (place >= running_places(r, limit))
        return false;
    r->windows[limit][place] = w;
    return true;
}

bool running_fault_set(struct running *r, size_t fault, int64_t seen, int64_t fired)
{
    if (fault >= r->scenario->fault_count)
        return false;
    r->faults[fault] = r->settled_faults[fault] = (struct counted){ seen, fired };
    return true;
}

int64_t fault_delay(const struct fault *f, struct chance *chance)
{
    if (!f->delay_ms || f->sigma == 0)
        return f->delay_ms;
    /* Log-normal with the delay as its median (Box and Muller's normal). */
    double u = 1 - chance_unit(chance), v = chance_unit(chance);
    double normal = sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
    double ms = (double)f->delay_ms * exp(f->sigma * normal);
    return ms > (double)LIMIT_DELAY_MS ? LIMIT_DELAY_MS : (int64_t)ms;
}
