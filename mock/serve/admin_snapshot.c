#include "play/export.h"
#include "play/snapshot.h"
#include "play/state.h"
#include "serve/admin_question.h"

static void none(struct question *q)
{
    struct snapshot_about *list;
    size_t count;
    cJSON *names = json_array(q->arena);
    q->kept = snapshots_list(q->service->world, &list, &count, q->arena);
    for (size_t i = 0; i < count; i++)
        json_push(names, question_word(q, list[i].name));
    question_none(q, "snapshot", q->values[0], names, "GET /__admin/snapshots");
}

void admin_snapshots(struct question *q)
{
    struct snapshot_about *list;
    size_t count;
    q->kept = snapshots_list(q->service->world, &list, &count, q->arena);
    cJSON *body = json_object(q->arena), *shown = json_array(q->arena);
    for (size_t i = 0; i < count; i++) {
        char made[CLOCK_TEXT];
        cJSON *one = json_object(q->arena);
        clock_write(list[i].made, 3, "Z", made);
        json_add(one, "name", question_word(q, list[i].name));
        json_add(one, "made", question_word(q, made));
        json_add(one, "namespace",
                 question_word(q, *list[i].of ? list[i].of : NAMESPACE_DEFAULT));
        json_add(one, "instances", json_integer(q->arena, (int64_t)list[i].instances));
        json_push(shown, one);
    }
    json_add(body, "snapshots", shown);
    json_add(body, "most", json_integer(q->arena, LIMIT_SNAPSHOTS));
    question_reply(q, 200, body);
}

void admin_snapshot_put(struct question *q)
{
    const char *name = question_name(q, 0);
    if (!name)
        return;
    switch (snapshot_make(q->service->world, q->ns, str(name), &q->kept)) {
    case SNAPSHOT_MADE:
        q->a->status = 201;
        break;
    case SNAPSHOT_REPLACED:
        q->a->status = 204;
        break;
    case SNAPSHOT_FULL:
        question_problem(
            q, 507,
            arena_printf(q->arena, "there are %d snapshots already", LIMIT_SNAPSHOTS));
        break;
    case SNAPSHOT_LARGE:
        question_problem(
            q, 507,
            arena_printf(
                q->arena,
                "all snapshots together hold at most %d instances of %zu bytes",
                LIMIT_SNAPSHOT_INSTANCES, LIMIT_SNAPSHOT_BYTES));
        break;
    case SNAPSHOT_MEMORY:
        question_problem(q, 507, "there is no memory for a snapshot");
        break;
    case SNAPSHOT_UNKEPT:
        break; /* q->kept says it */
    }
}

void admin_snapshot_delete(struct question *q)
{
    if (snapshot_remove(q->service->world, q->values[0], &q->kept))
        q->a->status = 204;
    else if (q->kept == KEEP_OK)
        none(q);
}

/* The one that the path names; NULL, and a problem, when there is none. */
static struct namespace *held(struct question *q)
{
    struct namespace *state = snapshot_hold(q->service->world, q->values[0], &q->kept);
    if (!state && q->kept == KEEP_OK)
        none(q);
    return state;
}

void admin_snapshot_restore(struct question *q)
{
    struct world *w = q->service->world;
    struct namespace *state = held(q);
    if (!state)
        return;
    struct namespace *fresh = namespace_copy(w, state, &q->kept);
    namespace_drop(w, state);
    if (!fresh) {
        if (q->kept == KEEP_OK)
            question_problem(q, 507, "there is no memory to restore the snapshot");
        return;
    }
    if (!namespace_swap(w, q->ns, fresh))
        q->kept = q->ns->keeping->unkept;
    namespace_drop(w, fresh);
    q->a->status = 204;
}

/* ---- as JSON ---- */

/* A state that is written while calls change the one that it was copied from; it goes
 * with the question's arena. */
struct written {
    struct world *w;
    struct namespace *copy;
};

static void drop_written(void *what)
{
    struct written *to = what;
    namespace_drop(to->w, to->copy);
}

static struct written *written_for(struct question *q)
{
    struct written *to = arena_take(q->arena, sizeof(*to));
    to->w = q->service->world;
    arena_on_free(q->arena, drop_written, to);
    return to;
}

static void say_written(struct question *q, const struct written *to)
{
    struct buffer b = buffer_in(q->arena, LIMIT_ANSWER_BYTES);
    if (!to->copy) {
        question_problem(q, 507, "there is no room for a copy");
        return;
    }
    namespace_export(to->w, to->copy, &b);
    if (b.full) {
        question_problem(q, 507,
                         arena_printf(q->arena, "an export has at most %zu bytes",
                                      LIMIT_ANSWER_BYTES));
        return;
    }
    question_reply(q, 200, NULL);
    q->a->text = buffer_str(&b);
}

void admin_export(struct question *q)
{
    struct written *to = written_for(q);
    LOCKED(q);
    state_due(to->w, q->ns, q->arena);
    to->copy = namespace_copy_held(to->w, q->ns);
    UNLOCKED(q);
    if (q->kept == KEEP_OK)
        say_written(q, to);
}

void admin_snapshot(struct question *q)
{
    struct written *to = written_for(q);
    struct namespace *state = held(q);
    if (!state)
        return;
    pthread_mutex_lock(&state->lock);
    to->copy = namespace_copy_held(to->w, state);
    pthread_mutex_unlock(&state->lock);
    namespace_drop(to->w, state);
    say_written(q, to);
}

/* Namespaces that an import is made of and with; they go with the question's arena. */
struct import {
    struct world *w;
    struct namespace *base, *made;
};

static void drop_import(void *what)
{
    struct import *i = what;
    namespace_drop(i->w, i->base);
    namespace_drop(i->w, i->made);
}

/* Calls are answered while the new instances are looked at. */
static void make_import(struct question *q, struct import *i, bool force, cJSON *errors)
{
    LOCKED(q);
    if (q->kept == KEEP_OK)
        i->base = namespace_copy_held(i->w, q->ns);
    UNLOCKED(q);
    if (i->base)
        i->made = namespace_import(i->w, i->base, q->body, force, q->arena, errors);
}

/* What calls have changed meanwhile may be what the new instances refer to: then all of
 * it is done once more, and calls wait. */
static void put_import(struct question *q, struct import *i, bool force, cJSON *errors)
{
    LOCKED(q);
    if (q->kept == KEEP_OK &&
        !namespace_import_into(i->w, q->ns, i->base, i->made, q->body)) {
        namespace_drop(i->w, i->made);
        i->made = NULL;
        i->made = namespace_import(i->w, q->ns, q->body, force, q->arena, errors);
        if (i->made)
            namespace_become(i->w, q->ns, i->made);
    }
    UNLOCKED(q);
}

void admin_import(struct question *q)
{
    cJSON *errors = json_array(q->arena);
    const bool force = question_flag(q, "force");
    struct import *i = arena_take(q->arena, sizeof(*i));
    i->w = q->service->world;
    arena_on_free(q->arena, drop_import, i);
    make_import(q, i, force, errors);
    if (i->made)
        put_import(q, i, force, errors);
    drop_import(i);
    const bool made = i->made;
    *i = (struct import){ .w = i->w };
    if (q->kept != KEEP_OK)
        return;
    if (made)
        q->a->status = 204;
    else if (json_count(errors))
        question_mistakes(q, 422, "nothing was imported", errors);
    else
        question_problem(q, 507, "there is no room for so many instances");
}
