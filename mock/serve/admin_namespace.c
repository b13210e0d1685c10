#include "play/snapshot.h"
#include "serve/admin_question.h"

/* ---- what there is ---- */

static const char *shown_name(const char *name)
{
    return *name ? name : NAMESPACE_DEFAULT;
}

/* The moment on the system's clock that a reading of clock_monotonic_us was. */
static cJSON *moment(struct question *q, uint64_t us)
{
    static const struct clock real = { .still = false };
    char text[CLOCK_TEXT];
    clock_ms ago = (clock_ms)((clock_monotonic_us() - us) / 1000);
    clock_write(clock_now(&real) - ago, 3, "Z", text);
    return question_word(q, text);
}

/* How many instances each collection of each API has. The lock is held. */
cJSON *question_counts(struct question *q)
{
    const struct world *w = q->service->world;
    cJSON *body = json_object(q->arena);
    for (size_t i = 0; i < w->cast.count; i++) {
        cJSON *api = json_object(q->arena);
        const struct store_plan *plan = &w->behaviours[i]->plan;
        for (size_t c = 0; c < plan->collection_count; c++)
            json_add(api, plan->collections[c].name,
                     json_integer(q->arena, (int64_t)store_count(q->ns->stores[i], c)));
        json_add(body, w->cast.apis[i]->name, api);
    }
    return body;
}

/* q->ns as JSON. */
static cJSON *described(struct question *q)
{
    cJSON *out = json_object(q->arena), *scenarios = json_array(q->arena);
    const struct namespace *ns = q->ns;
    json_add(out, "name", question_word(q, shown_name(ns->name)));
    json_add(out, "in_memory", json_bool(q->arena, true));
    json_add(out, "made", moment(q, ns->made_us));
    json_add(out, "last_used",
             moment(q, atomic_load_explicit(&ns->used_us, memory_order_relaxed)));
    LOCKED(q);
    json_add(out, "clock_offset_ms", json_integer(q->arena, ns->clock_offset));
    for (size_t i = 0; i < ns->running_count; i++)
        json_push(scenarios, question_word(q, running_scenario(ns->running[i])->name));
    json_add(out, "scenarios", scenarios);
    json_add(out, "instances", question_counts(q));
    UNLOCKED(q);
    return out;
}

/* What is only kept is not read for this. */
static cJSON *named_only(struct question *q, const char *name)
{
    cJSON *out = json_object(q->arena);
    json_add(out, "name", question_word(q, shown_name(name)));
    json_add(out, "in_memory", json_bool(q->arena, false));
    return out;
}

/* Looking at a namespace is no use of it: the hold is only dropped. */
static cJSON *listed(struct question *q, const char *name)
{
    struct world *w = q->service->world;
    struct question one = *q;
    one.ns = namespace_enter_known(w, str(name));
    if (!one.ns)
        return named_only(q, name);
    if (setjmp(*arena_guard(q->arena))) {
        namespace_drop(w, one.ns);
        arena_fail(q->arena);
    }
    cJSON *shown = described(&one);
    arena_unguard(q->arena);
    namespace_drop(w, one.ns);
    if (one.kept != KEEP_OK)
        q->kept = one.kept;
    return shown;
}

void admin_namespaces(struct question *q)
{
    struct world *w = q->service->world;
    struct str asked = question_value(q, "after");
    const char *after = asked.ptr ? arena_copy(q->arena, asked) : NULL, **names;
    size_t count, most = question_number(q, "limit", LIMIT_NAMESPACES);
    bool more;
    cJSON *body = json_object(q->arena), *shown = json_array(q->arena);
    if (after && strcmp(after, NAMESPACE_DEFAULT) == 0)
        after = "";
    q->kept = namespaces_list(w, after, q->arena, &names, &count, &more);
    if (most && most < count) {
        count = most;
        more = true;
    }
    for (size_t i = 0; i < count && q->kept == KEEP_OK; i++)
        json_push(shown, listed(q, names[i]));
    json_add(body, "namespaces", shown);
    if (more)
        json_add(body, "next", question_word(q, shown_name(names[count - 1])));
    json_add(
        body, "most",
        json_integer(q->arena, w->keep ? LIMIT_KEPT_NAMESPACES : LIMIT_NAMESPACES));
    json_add(body, "idle_ms", json_integer(q->arena, w->idle));
    question_reply(q, 200, body);
}

static void none(struct question *q)
{
    const char **list;
    size_t count;
    bool more;
    cJSON *names = json_array(q->arena);
    q->kept = namespaces_list(q->service->world, NULL, q->arena, &list, &count, &more);
    for (size_t i = 0; i < count; i++)
        json_push(names, question_word(q, shown_name(list[i])));
    question_none(q, "namespace", q->values[0], names, "GET /__admin/namespaces");
}

/* Describes the namespace of that name as it is now. */
static void say_namespace(struct question *q, const char *name, int status)
{
    struct question one = *q;
    one.ns = namespace_enter_old(q->service->world, str(name), &q->kept);
    if (!one.ns) {
        if (q->kept == KEEP_OK)
            none(q);
        return;
    }
    if (setjmp(*arena_guard(q->arena))) {
        namespace_drop(q->service->world, one.ns);
        arena_fail(q->arena);
    }
    cJSON *body = described(&one);
    q->kept = one.kept;
    arena_unguard(q->arena);
    namespace_drop(q->service->world, one.ns);
    question_reply(q, status, body);
}

/* The name in the path, with "" for the default one; NULL, and a problem, when it can
 * be none. */
static const char *named(struct question *q)
{
    const char *name = question_name(q, 0);
    return name && strcmp(name, NAMESPACE_DEFAULT) == 0 ? "" : name;
}

void admin_namespace(struct question *q)
{
    const char *name = named(q);
    if (name)
        say_namespace(q, name, 200);
}

/* ---- making ---- */

static struct namespace *copy_of_namespace(struct question *q, const char *name)
{
    struct world *w = q->service->world;
    if (strcmp(name, NAMESPACE_DEFAULT) == 0)
        name = "";
    struct namespace *from = namespace_enter_old(w, str(name), &q->kept);
    if (!from) {
        if (q->kept == KEEP_OK)
            question_problem(
                q, 422,
                arena_printf(q->arena,
                             "/body/from/namespace: there is no namespace \"%.80s\"",
                             name));
        return NULL;
    }
    struct namespace *fresh = namespace_copy(w, from, &q->kept);
    namespace_leave(w, from);
    return fresh;
}

static struct namespace *copy_of_snapshot(struct question *q, const char *name)
{
    struct world *w = q->service->world;
    struct namespace *from = snapshot_hold(w, str(name), &q->kept);
    if (!from) {
        if (q->kept == KEEP_OK)
            question_problem(
                q, 422,
                arena_printf(q->arena,
                             "/body/from/snapshot: there is no snapshot \"%.80s\"",
                             name));
        return NULL;
    }
    struct namespace *fresh = namespace_copy(w, from, &q->kept);
    namespace_drop(w, from);
    return fresh;
}

/* What a new namespace starts as: {"from": {"snapshot": …}}, {"from": {"namespace":
 * …}}, or the seed. NULL, and a problem, when there is no such thing. */
static struct namespace *start_of(struct question *q)
{
    const cJSON *from = json_member(q->body, "from");
    const char *snapshot = json_member_text(from, "snapshot");
    const char *other = json_member_text(from, "namespace");
    struct namespace *fresh = snapshot ? copy_of_snapshot(q, snapshot)
                              : other  ? copy_of_namespace(q, other)
                                       : namespace_seeded(q->service->world);
    if (!fresh && !q->a->status && q->kept == KEEP_OK)
        question_problem(q, 507, "there is no memory for another namespace");
    return fresh;
}

static void make(struct question *q, bool replace)
{
    const char *name = named(q);
    struct namespace *fresh = name ? start_of(q) : NULL;
    if (!fresh)
        return;
    switch (namespace_make(q->service->world, str(name), fresh, replace, &q->kept)) {
    case NAMESPACE_MADE:
        say_namespace(q, name, 201);
        break;
    case NAMESPACE_REPLACED:
        say_namespace(q, name, 200);
        break;
    case NAMESPACE_EXISTS:
        question_problem(q, 409,
                         "there is a namespace of that name; PUT takes its place");
        break;
    case NAMESPACE_UNKEPT:
    case NAMESPACE_REMOVED:
    case NAMESPACE_NONE:
        break; /* q->kept says it */
    case NAMESPACE_FULL:
        question_problem(q, 507,
                         arena_printf(q->arena, NAMESPACES_FULL, LIMIT_NAMESPACES));
        break;
    }
}

void admin_namespace_create(struct question *q)
{
    make(q, false);
}

void admin_namespace_put(struct question *q)
{
    make(q, true);
}

/* ---- ending ---- */

static void reset(struct question *q, struct namespace *ns)
{
    if (namespace_reset(q->service->world, ns)) {
        journal_clear(q->service->journal, ns->index);
        q->a->status = 204;
    } else if (ns->keeping && ns->keeping->unkept != KEEP_OK) {
        q->kept = ns->keeping->unkept;
    } else {
        question_problem(q, 507, "there is no memory for the seed");
    }
}

void admin_reset(struct question *q)
{
    reset(q, q->ns);
}

void admin_namespace_delete(struct question *q)
{
    struct world *w = q->service->world;
    const char *name = named(q);
    if (!name)
        return;
    if (!*name) {
        struct namespace *ns = namespace_enter_known(w, STR(""));
        reset(q, ns);
        namespace_leave(w, ns);
        return;
    }
    switch (namespace_remove(w, str(name), &q->kept)) {
    case NAMESPACE_REMOVED:
        q->a->status = 204;
        break;
    case NAMESPACE_NONE:
        none(q);
        break;
    case NAMESPACE_UNKEPT:
    case NAMESPACE_MADE:
    case NAMESPACE_REPLACED:
    case NAMESPACE_EXISTS:
    case NAMESPACE_FULL:
        break; /* q->kept says it */
    }
}
