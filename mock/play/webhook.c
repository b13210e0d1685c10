/* What a behaviour's webhooks tell of a call: which of its changes are events, who
 * wants to know, and what is sent to whom. What has changed is what the store remembers
 * for taking it back, so whatever changed an instance counts: a step, a reference's
 * on_delete, a transition. */
#include "api/signature.h"
#include "base/base64.h"
#include "base/limits.h"
#include "play/callback.h"
#include "play/keeping.h"
#include "play/run.h"

/* One call's events being told. */
struct telling {
    struct run *run;
    size_t point; /* where its changes begin */
    size_t number;
    const struct webhook *webhook;
    struct posting **end;
    size_t count, bytes;
};

/* ---- what is sent ---- */

static const char *text_of(const struct expression *e, struct scope *s)
{
    const cJSON *value = e ? expression_value(e, s) : NULL;
    return json_is_string(value) ? value->valuestring : NULL;
}

/* One body laid over the other, member by member. */
static cJSON *laid_over(cJSON *body, const cJSON *over, struct arena *arena)
{
    if (!json_is_object(body) || !json_is_object(over))
        return over ? json_copy(arena, over) : body;
    if (json_is_lent(body))
        body = json_copy(arena, body);
    for (const cJSON *m = over->child; m; m = m->next)
        json_set(arena, body, m->string, json_same(arena, m));
    return body;
}

/* A token (RFC 9110, 5.6.2) that does not say how the message itself is sent. */
static bool may_send(const char *name)
{
    static const char *const own[] = {
        "Content-Length", "Content-Type", "Transfer-Encoding",
        "Connection",     "Host",         "Expect",
        "Upgrade",        "TE",           "Trailer"
    };
    for (size_t i = 0; i < COUNT(own); i++)
        if (str_equal_nocase(str(name), str(own[i])))
            return false;
    return *name && !name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
                                       "uvwxyz0123456789!#$%&'*+-.^_`|~")];
}

/* Copied, since what is stored may have changed when it is sent. */
static void add_field(struct posting *p, const char *name, const char *value,
                      struct arena *arena)
{
    if (name && value && may_send(name) && p->header_count < LIMIT_HEADERS)
        p->headers[p->header_count++] =
            (struct header){ str(arena_copy(arena, str(name))),
                             str(arena_copy(arena, str(value))) };
}

/* An array of {"name": …, "value": …}, or an object. */
static void add_fields(struct posting *p, const cJSON *list, struct arena *arena)
{
    for (const cJSON *m = list ? list->child : NULL; m; m = m->next)
        if (json_is_array(list))
            add_field(p, json_member_text(m, "name"), json_member_text(m, "value"),
                      arena);
        else if (json_is_string(m))
            add_field(p, m->string, m->valuestring, arena);
}

static const char *hex(const unsigned char *bytes, size_t len, struct arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arena_take(arena, 2 * len + 1);
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
    return out;
}

static void sign(const struct webhook *w, struct posting *p, struct scope *s)
{
    unsigned char mac[SIGNATURE_SHA256];
    const char *text = text_of(w->sign_key, s);
    struct str key = str(text ? text : "");
    if (w->key_base64 && !base64_read(str(text ? text : ""), BASE64, s->arena, &key)) {
        p->why = "the key of its signature is no base64";
        return;
    }
    if (!signature_hmac(key, p->body, mac))
        p->why = "it cannot be signed";
    else
        add_field(p, w->sign,
                  w->sign_base64
                      ? base64_write((struct str){ (char *)mac, sizeof(mac) }, s->arena)
                      : hex(mac, sizeof(mac), s->arena),
                  s->arena);
}

/* What the mock is about to say is checked, here as in answers. */
static void check(const struct webhook *w, struct posting *p, const cJSON *body,
                  struct scope *s)
{
    struct findings found = { .arena = s->arena };
    if (s->broken || !w->schema ||
        schema_check(w->schema, body, DIRECTION_REQUEST, "", s->arena, &found))
        return;
    const struct finding *f = &found.list[0];
    p->why = arena_printf(s->arena, "it breaks its schema: %s%s%s", f->pointer,
                          *f->pointer ? ": " : "", finding_text(f, s->arena));
}

static void fill(const struct webhook *w, const struct webhook_event *e,
                 struct posting *p, struct scope *s)
{
    const char *url = text_of(w->url, s);
    if (!url) {
        p->why = "its URL has no value";
        return;
    }
    p->url = str(arena_copy(s->arena, str(url)));
    s->rendered = true;
    cJSON *body = w->body ? template_value(w->body, s) : json_object(s->arena);
    body = laid_over(body, e->body ? template_value(e->body, s) : NULL, s->arena);
    s->rendered = false;
    p->body = body ? json_text(body, s->arena) : STR("");
    p->content_type = "application/json";
    if (body)
        check(w, p, body, s);
    if (p->body.len > LIMIT_CALLBACK_BODY)
        p->why = "its body is too long";
    p->headers = arena_array(s->arena, struct header, LIMIT_HEADERS);
    for (size_t i = 0; i < w->header_count; i++)
        add_field(p, w->header[i].name, text_of(w->header[i].value, s), s->arena);
    if (w->headers)
        add_fields(p, expression_value(w->headers, s), s->arena);
    if (w->sign)
        sign(w, p, s);
}

static void post(struct telling *t, const struct webhook_event *e, size_t slot)
{
    struct run *run = t->run;
    const size_t c = webhook_collection(t->webhook);
    const cJSON *key = run_key(run, c, slot);
    struct posting *p = arena_take(run->s->arena, sizeof(*p));
    *p = (struct posting){ .name = e->name,
                           .expression = t->webhook->expression,
                           .method = "POST",
                           .within_ms = t->webhook->within_ms,
                           .retries = t->webhook->retries,
                           .retry_count = t->webhook->retry_count,
                           .webhook = t->number,
                           .key = json_is_string(key) ? key->valuestring : "",
                           .listens = t->webhook->listens };
    p->key = arena_copy(run->s->arena, str(p->key));
    run_bind_at(run, &t->webhook->find, c, slot);
    if (t->bytes < LIMIT_TOLD_BYTES)
        fill(t->webhook, e, p, run->s);
    else
        p->why = "the call has told too much already";
    t->bytes += p->body.len;
    *t->end = p;
    t->end = &p->next;
    t->count++;
}

/* ---- what is an event ---- */

static const cJSON *shown(struct run *run, size_t c, const cJSON *tree)
{
    const struct store_collection *plan = &run->b->plan.collections[c];
    cJSON *out = json_copy(run->s->arena, tree);
    for (size_t i = 0; i < plan->hidden_count; i++)
        way_remove(out, &plan->hidden[i]);
    return out;
}

/* Whether a client sees the difference, and it is one of its own: what only follows
 * from another change (stamps: no) leaves the version as it was. So does a change by
 * hand, unless it says otherwise. */
static bool differ(struct run *run, size_t c, const cJSON *old, const cJSON *new)
{
    const struct way *version = &book_of(run->b)->rules[c].version;
    const cJSON *a = way_get(old, version), *b = way_get(new, version);
    if (version->text && a && b && json_equal(a, b) && !run->by_hand)
        return false;
    return !json_equal(shown(run, c, old), shown(run, c, new));
}

static bool is_kind(enum event_kind kind, const cJSON *old, const cJSON *new)
{
    switch (kind) {
    case EVENT_CREATED:
        return !old && new;
    case EVENT_UPDATED:
        return old && new;
    case EVENT_DELETED:
        return old && !new;
    }
    return false;
}

/* The change at i is the first of its slot: what it took away was there before. */
static bool is_first(const struct telling *t, size_t i, size_t c, size_t slot)
{
    size_t other_c, other;
    for (size_t k = t->point; k < i; k++)
        if (store_changed(t->run->s->store, k, &other_c, &other) && other == slot &&
            other_c == c)
            return false;
    return true;
}

static void bind(struct scope *s, const char *name, size_t c, const cJSON *tree,
                 bool before)
{
    scope_bind(s, (struct binding){ .name = name,
                                    .value = tree,
                                    .instances = true,
                                    .before = before,
                                    .collection = c });
}

static void consider(struct telling *t, const struct webhook_event *e, size_t i,
                     size_t slot)
{
    struct run *run = t->run;
    struct scope *s = run->s;
    const cJSON *old = store_before(s->store, i);
    const cJSON *new = store_get(s->store, e->collection, slot);
    size_t count;
    if (!is_kind(e->kind, old, new))
        return;
    s->binding_count = 0;
    scope_bind(s, (struct binding){ .name = "event",
                                    .value = json_string(s->arena, str(e->name)) });
    bind(s, "new", e->collection, new, false);
    bind(s, "old", e->collection, old, true);
    size_t *slots = run_matches(run, &t->webhook->find, webhook_collection(t->webhook),
                                0, LIMIT_CALLBACKS_WAITING, &count);
    if (!count || !is_first(t, i, e->collection, slot) ||
        (e->kind == EVENT_UPDATED && !differ(run, e->collection, old, new)) ||
        (e->when && !condition_holds(e->when, s)))
        return;
    for (size_t k = 0; k < count && t->count < LIMIT_CALLBACKS_WAITING; k++)
        post(t, e, slots[k]);
}

/* What is made says more of a call than what is changed beside it. */
static void remember(struct run *run, size_t point)
{
    struct scope *s = run->s;
    size_t c, slot, first = point;
    bool broken = false;
    for (size_t i = point; store_changed(s->store, i, &c, &slot); i++)
        if (!store_before(s->store, i) && store_get(s->store, c, slot)) {
            first = i;
            break;
        }
    if (!store_changed(s->store, first, &c, &slot))
        return;
    const cJSON *now = store_get(s->store, c, slot),
                *old = store_before(s->store, first);
    run->a->about_of = &run->b->plan.collections[c];
    run->a->about = now   ? store_show(s->store, c, slot, s->arena, &broken)
                    : old ? json_copy(s->arena, store_show_before(s->store, c, old,
                                                                  s->arena, &broken))
                          : NULL;
}

void run_tell(struct run *run, size_t point)
{
    if (run->s->operation && run->s->operation->callback_count)
        remember(run, point);
    const struct script_book *book = book_of(run->b);
    struct store *store = run->s->store;
    struct telling t = { .run = run, .point = point, .end = &run->a->told };
    size_t c, slot, anyone;
    const bool changed = store_changed(store, point, &c, &slot);
    for (size_t w = 0; changed && w < book->webhook_count; w++) {
        t.webhook = &book->webhooks[w];
        t.number = w;
        run_matches(run, &t.webhook->any, webhook_collection(t.webhook), 0, 1, &anyone);
        if (!anyone)
            continue;
        run_forget_draws(run);
        for (size_t i = point; store_changed(store, i, &c, &slot); i++)
            for (size_t e = 0; e < t.webhook->event_count; e++)
                if (t.webhook->events[e].collection == c)
                    consider(&t, &t.webhook->events[e], i, slot);
    }
}

/* ---- what was answered ---- */

/* The instance as it is from now on, or NULL when nothing of it changes. */
static cJSON *changed(struct run *run, const struct webhook *w, const cJSON *old)
{
    const size_t c = webhook_collection(w);
    struct scope *s = run->s;
    if (w->heard && !condition_holds(w->heard, s))
        return NULL;
    cJSON *tree = json_copy(s->arena, old);
    s->item = old;
    run_sets(run, w->set, w->set_count, c, tree);
    s->item = NULL;
    bool lost = instance_finish(run->b, c, tree, false, s) != NULL;
    instance_stamp(run->b, c, tree, false, s);
    instance_arm(run->b, c, tree, s);
    return lost ? NULL : tree;
}

static void hear(struct world *world, struct namespace *ns, size_t api,
                 const struct webhook *w, const char *key, const cJSON *sent,
                 const cJSON *body, struct arena *arena)
{
    static const struct request nothing = { .method = { "", 0 } };
    const struct behaviour *b = world->behaviours[api];
    const size_t c = webhook_collection(w);
    struct store *store = ns->stores[api];
    struct chance chance = chance_of(world->seed, str(ns->name), str(key), 0);
    struct scope s = { .arena = arena,
                       .request = &nothing,
                       .store = store,
                       .format = b->format,
                       .now = namespace_now(world, ns),
                       .chance = &chance,
                       .namespace = ns->name,
                       .drawn =
                           arena_array(arena, int64_t, b->plan.sequence_count + 1) };
    struct answer a = { .status = 0 };
    struct run run = { .b = b, .s = &s, .a = &a };
    size_t slot;
    if (!store_key(store, c, key, &slot))
        return; /* it was deleted meanwhile */
    const cJSON *old = store_get(store, c, slot);
    run_forget_draws(&run);
    run_bind(&run, &w->find, c, old, false);
    scope_bind(&s, (struct binding){ .name = "answer", .value = body });
    scope_bind(&s, (struct binding){ .name = "sent", .value = sent });
    store_mark(store);
    cJSON *tree = changed(&run, w, old);
    if (tree)
        store_replace(store, c, slot, tree);
}

void webhook_heard(struct world *w, struct namespace *ns, size_t api, size_t webhook,
                   const char *key, const cJSON *sent, const cJSON *body,
                   struct arena *arena)
{
    const struct webhook *which = &book_of(w->behaviours[api])->webhooks[webhook];
    enum keep_answer answer = KEEP_BEHIND;
    pthread_mutex_lock(&ns->lock);
    if (setjmp(*arena_guard(arena))) {
        namespace_abandon(w, ns);
        pthread_mutex_unlock(&ns->lock);
        arena_fail(arena);
    }
    for (unsigned tries = 0; answer == KEEP_BEHIND && tries < LIMIT_KEEP_TRIES;
         tries++) {
        answer = namespace_sync(w, ns);
        if (answer != KEEP_OK)
            break;
        hear(w, ns, api, which, key, sent, body, arena);
        answer = namespace_settle(w, ns);
    }
    arena_unguard(arena);
    pthread_mutex_unlock(&ns->lock);
}
