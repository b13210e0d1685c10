#include "document.h"

#include "api/media.h"
#include "base/clock.h"
#include "calls.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "support/stage.h"
#include "tally.h"

#include <stdio.h>

struct visit {
    struct stage *stage;
    struct survey own;
    struct arena *arena; /* of one call */
    struct tally unsaid, wrong, unwritable, otherwise, accepted;
};

/* ---- calls that fit ---- */

/* What an answer has wrong; NULL: nothing. */
static const char *judge(const struct operation *op, const struct delivery *d,
                         struct arena *arena)
{
    const struct response *r = &d->response;
    const struct reply *reply = operation_reply(op, r->status);
    struct str type = response_header_of(r, "Content-Type");
    struct json_error why;
    if (response_header_of(r, "Understudy-Contract").ptr)
        return arena_printf(arena, "the answer breaks its contract: %.300s",
                            r->body.len ? r->body.ptr : "");
    if (!reply)
        return arena_printf(arena, "%d, which is not declared", r->status);
    if (r->status >= 400 && operation_success(op))
        return arena_printf(arena, "refused with %d", r->status);
    const struct media *m = reply_json(reply);
    if (!m || !m->schema)
        return NULL;
    if (!type.ptr)
        return strcmp(op->method, "HEAD") == 0 || r->status == 204
                   ? NULL
                   : arena_printf(arena, "%d without the declared body", r->status);
    if (!media_is_json(type))
        return NULL;
    cJSON *body = json_read(r->body, LIMIT_BODY_NODES, arena, &why);
    if (!body)
        return arena_printf(arena, "the answer is not JSON: %s", why.why);
    struct findings findings = { .arena = arena };
    if (schema_check(m->schema, body, DIRECTION_RESPONSE, "", arena, &findings))
        return NULL;
    return arena_printf(arena, "the answer does not fit: %s: %s: %s",
                        findings.list[0].pointer, findings.list[0].keyword,
                        finding_text(&findings.list[0], arena));
}

static void call(struct visit *v, const struct operation *op, enum sample_size size)
{
    struct asked a;
    struct delivery d;
    const char *why;
    v->own.calls++;
    if (!asked_make(&a, op, size, 1, v->arena, &why)) {
        v->own.unsaid++;
        tally_add(&v->unsaid, why, op->id);
        return;
    }
    const char *text = asked_text(&a.request, v->arena);
    stage_send(v->stage, &a.request, v->arena, &d);
    if (operation_reply(op, d.response.status))
        v->own.answered++;
    const char *wrong = judge(op, &d, v->arena);
    if (wrong)
        tally_add(&v->wrong, wrong,
                  arena_printf(v->arena, "%s: %s -> %.300s", op->id, text,
                               d.response.body.len ? d.response.body.ptr : ""));
    else
        v->own.valid++;
}

/* ---- calls that break one rule ---- */

/* Why a call that was meant to be wrong is right when it is read; NULL when text is no
 * excuse for it. */
static const char *excuse(const struct mutation *m, const cJSON *read,
                          struct arena *arena)
{
    const char *at = m->finding.pointer;
    const cJSON *meant = pointer_get(m->value, at), *got = pointer_get(read, at);
    bool body = str_starts(str(at), STR("/body"));
    if (!meant)
        return got ? NULL : "what is missing below is not there to be missed";
    if (json_is_object(meant) && !meant->child && !got)
        return "an empty object is written as nothing";
    if (!got)
        return NULL;
    if (json_is_string(got) && !json_is_string(meant) &&
        (json_is_object(meant) || json_is_array(meant) ||
         strcmp(json_text(meant, arena).ptr, got->valuestring) == 0))
        return arena_printf(arena, "as text, %s is a string%s", json_kind(meant),
                            body ? " (in a body)" : "");
    if (json_is_string(meant) && !json_is_string(got) && !json_is_object(got) &&
        !json_is_array(got) &&
        strcmp(json_text(got, arena).ptr, meant->valuestring) == 0)
        return arena_printf(arena, "as text, the string is %s", json_kind(got));
    if (json_is_array(got) && !json_is_array(meant) && json_count(got) <= 1)
        return arena_printf(arena, "as text, %s is a list of one or none",
                            json_kind(meant));
    return NULL;
}

/* That a call is an object of objects is our own way of saying it, and no rule that a
 * caller could break. */
static bool is_frame(const struct mutation *m)
{
    const char *at = m->finding.pointer;
    bool place = strchr(at + 1, '/') == NULL && strcmp(at, "/body") != 0;
    return !*at || (place && strcmp(m->keyword, "type") == 0);
}

static void mutate_one(struct visit *v, const struct asked *a, const struct mutation *m)
{
    struct request r;
    struct delivery d;
    const char *why;
    bool told;
    struct str place = str(m->finding.pointer), part;
    place = str_from(place, 1);
    str_split(&place, '/', &part);
    const char *kind =
        arena_printf(v->arena, "%.*s, %s", (int)part.len, part.ptr, m->keyword);
    if (is_frame(m))
        return;
    if (!asked_write(a, m->value, v->arena, &r, &why)) {
        v->own.unwritable++;
        tally_add(&v->unwritable, why,
                  arena_printf(v->arena, "%s: %s at %s", a->op->id, m->keyword,
                               m->finding.pointer));
        return;
    }
    const cJSON *read = asked_read(a, &r, v->arena, &told);
    bool same = read && json_equal(read, m->value);
    if (read && !told && !same && asked_fits(a, read, v->arena) &&
        (why = excuse(m, read, v->arena))) {
        v->own.otherwise++;
        tally_add(&v->otherwise, arena_printf(v->arena, "%s: %s", kind, why),
                  arena_printf(v->arena, "%s: %s: %s", a->op->id, m->finding.pointer,
                               asked_text(&r, v->arena)));
        return;
    }
    const char *text = asked_text(&r, v->arena);
    v->own.mutations++;
    stage_send(v->stage, &r, v->arena, &d);
    if (d.response.status >= 400 && d.response.status < 500) {
        v->own.refused++;
        return;
    }
    v->own.accepted++;
    tally_add(
        &v->accepted,
        arena_printf(v->arena, "%s: %d%s", kind, d.response.status,
                     same ? " though it is read as it was meant"
                          : ", read as another call"),
        arena_printf(v->arena, "%s: %s: %s", a->op->id, m->finding.pointer, text));
}

static void mutate_all(struct visit *v, const struct operation *op)
{
    struct asked a;
    const char *why;
    struct arena *arena = v->arena;
    if (!asked_make(&a, op, SAMPLE_TYPICAL, 1, arena, &why))
        return;
    struct chance chance = chance_of(1, STR("survey"), str(op->id), 2);
    struct mutations all =
        mutate(op->input, a.input, DIRECTION_REQUEST, &chance, arena);
    v->arena = arena_new(LIMIT_CALL_MEMORY);
    for (size_t i = 0; i < all.count; i++) {
        mutate_one(v, &a, &all.list[i]);
        arena_reset(v->arena);
    }
    arena_free(v->arena);
    v->arena = arena;
}

/* ---- all of a document ---- */

static void visit_all(struct visit *v)
{
    for (size_t n = 0; n < v->stage->loaded.world.cast.count; n++) {
        const struct api *api = v->stage->loaded.world.cast.apis[n];
        v->own.operations += api->operation_count;
        for (size_t i = 0; i < api->operation_count; i++) {
            for (unsigned size = 0; size <= SAMPLE_EVERYTHING; size++)
                call(v, &api->operations[i], size);
            mutate_all(v, &api->operations[i]);
            arena_reset(v->arena);
        }
    }
}

static void add_up(struct survey *all, const struct survey *one)
{
    all->operations += one->operations;
    all->calls += one->calls;
    all->answered += one->answered;
    all->valid += one->valid;
    all->unsaid += one->unsaid;
    all->mutations += one->mutations;
    all->refused += one->refused;
    all->accepted += one->accepted;
    all->unwritable += one->unwritable;
    all->otherwise += one->otherwise;
}

static void report(struct visit *v, const char *path, uint64_t took_us)
{
    const struct survey *s = &v->own;
    printf("%s: %zu operations, %.1f s\n", path, s->operations, (double)took_us / 1e6);
    printf(
        "  valid calls: %zu, %zu answered with a declared status, %zu valid, %zu not "
        "written\n",
        s->calls, s->answered, s->valid, s->unsaid);
    printf("  mutations: %zu written, %zu refused, %zu accepted; %zu have no form, %zu "
           "are another call as text\n",
           s->mutations, s->refused, s->accepted, s->unwritable, s->otherwise);
    tally_print(&v->wrong, "wrong answers:");
    tally_print(&v->unsaid, "calls that were not written:");
    tally_print(&v->accepted, "mutations that were accepted:");
    tally_print(&v->otherwise, "mutations that are a valid call once they are text:");
    tally_print(&v->unwritable, "mutations without a form on the wire:");
}

static bool is_openapi(const char *path, struct arena *arena)
{
    struct err err = err_in(arena);
    return json_member_text(document_read(path, arena, &err), "openapi") || err.errors;
}

void survey_document(const char *path, struct survey *all)
{
    struct arena *keep = arena_new(LIMIT_SPEC_MEMORY);
    struct stage stage;
    char self[] = "understudy", serve[] = "serve", stateless[] = "--stateless";
    char *words[] = { self, serve, stateless, arena_copy(keep, str(path)) };
    const char *why;
    if (!is_openapi(path, keep)) {
        printf("%s: not an OpenAPI document\n", path);
        all->skipped++;
        arena_free(keep);
        return;
    }
    struct visit v = { .stage = &stage,
                       .arena = arena_new(LIMIT_CALL_MEMORY),
                       .unsaid = { .arena = keep },
                       .wrong = { .arena = keep },
                       .unwritable = { .arena = keep },
                       .otherwise = { .arena = keep },
                       .accepted = { .arena = keep } };
    uint64_t started = clock_monotonic_us();
    all->documents++;
    if (stage_open(&stage, words, COUNT(words), keep, &why)) {
        all->loaded++;
        visit_all(&v);
        report(&v, path, clock_monotonic_us() - started);
        add_up(all, &v.own);
    } else {
        printf("%s: refused:\n%s", path, why);
    }
    stage_done(&stage);
    arena_free(v.arena);
    arena_free(keep);
}
