#include "stage.h"

#include "serve/admin.h"

static const char *reasons(const struct err *err, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    for (const struct problem *p = err->first; p; p = p->next)
        if (!p->warning)
            buffer_printf(&b, "%s\n", problem_text(p, arena));
    return buffer_str(&b).ptr;
}

bool stage_open(struct stage *s, char **words, int count, struct arena *arena,
                const char **why)
{
    *s = (struct stage){ .loaded = { .arena = NULL } };
    if (options_read(&s->options, count, words) != OPTIONS_RUN) {
        *why = "the options are refused";
        return false;
    }
    if (!load(&s->loaded, &s->options)) {
        *why = reasons(&s->loaded.err, arena);
        return false;
    }
    s->service = (struct service){ .world = &s->loaded.world,
                                   .journal = journal_new(),
                                   .admin = admin_new(),
                                   .admin_token = s->options.admin_token,
                                   .cors = s->options.cors,
                                   .quiet = true };
    *why = "out of memory";
    return s->service.journal && world_open(&s->loaded.world);
}

void stage_done(struct stage *s)
{
    if (s->loaded.arena)
        load_done(&s->loaded);
    journal_free(s->service.journal);
    admin_free(s->service.admin);
}

static struct str kept(struct str text, struct arena *arena)
{
    return text.ptr ? (struct str){ arena_copy(arena, text), text.len } : text;
}

void stage_send(struct stage *s, struct request *r, struct arena *arena,
                struct delivery *d)
{
    struct arena *call = arena_new(LIMIT_CALL_MEMORY);
    r->max_body = s->options.max_body;
    if (r->body.len > r->max_body) {
        r->body_over_limit = true;
        r->body = (struct str){ NULL, 0 };
    }
    *d = (struct delivery){ .delay_ms = 0 };
    handle(&s->service, r, call, d);
    d->response.body = kept(d->response.body, arena);
    for (size_t i = 0; i < d->response.header_count; i++) {
        struct header *h = &d->response.headers[i];
        *h = (struct header){ kept(h->name, arena), kept(h->value, arena) };
    }
    if (d->after)
        d->after(d->after_what, true);
    arena_free(call);
}

struct request post_of(const char *path, struct str body)
{
    struct request r = {
        .method = STR("POST"), .path = str(path), .body = body, .header_count = 2
    };
    r.headers[0] = (struct header){ STR("Content-Type"), STR("application/json") };
    r.headers[1] = (struct header){ STR("Host"), STR("127.0.0.1:4010") };
    return r;
}
