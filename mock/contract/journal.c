#include "contract/journal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct ring {
    pthread_mutex_t lock;
    struct journal_entry *entries[LIMIT_JOURNAL];
    uint64_t count; /* ever; the newest is at (count - 1) % LIMIT_JOURNAL */
    uint64_t first; /* the oldest that is still there; count when none is */
    uint64_t clearings;
};

/* One callback of an entry and its texts, in one block. */
struct journal_outcome {
    struct journal_outcome *next;
    struct journal_callback what;
};

struct journal {
    atomic_size_t bytes;  /* of all entries of all rings */
    pthread_mutex_t lock; /* over the making of rings */
    _Atomic(struct ring *) rings[LIMIT_NAMESPACES];
};

struct journal *journal_new(void)
{
    struct journal *j = calloc(1, sizeof(*j));
    if (j)
        pthread_mutex_init(&j->lock, NULL);
    return j;
}

/* The oldest entry goes; the caller frees it. The ring's lock is held. */
static struct journal_entry *take_oldest(struct journal *j, struct ring *r)
{
    struct journal_entry **place = &r->entries[r->first++ % LIMIT_JOURNAL];
    struct journal_entry *old = *place;
    *place = NULL;
    atomic_fetch_sub_explicit(&j->bytes, old->bytes, memory_order_relaxed);
    return old;
}

static void outcomes_free(struct journal_entry *e)
{
    for (struct journal_outcome *o = e ? e->first : NULL, *next; o; o = next) {
        next = o->next;
        free(o);
    }
}

static void entry_free(struct journal_entry *e)
{
    outcomes_free(e);
    free(e);
}

static void ring_clear(struct journal *j, struct ring *r)
{
    while (r->first < r->count)
        entry_free(take_oldest(j, r));
    r->count = r->first = 0;
    r->clearings++;
}

void journal_free(struct journal *j)
{
    if (!j)
        return;
    for (size_t i = 0; i < LIMIT_NAMESPACES; i++) {
        struct ring *r = j->rings[i];
        if (!r)
            continue;
        ring_clear(j, r);
        pthread_mutex_destroy(&r->lock);
        free(r);
    }
    pthread_mutex_destroy(&j->lock);
    free(j);
}

static struct ring *ring_of(struct journal *j, size_t room)
{
    struct ring *r = j->rings[room];
    if (r)
        return r;
    pthread_mutex_lock(&j->lock);
    r = j->rings[room];
    if (!r && (r = calloc(1, sizeof(*r)))) {
        pthread_mutex_init(&r->lock, NULL);
        j->rings[room] = r;
    }
    pthread_mutex_unlock(&j->lock);
    return r;
}

static void copy_text(struct str *text, char **to, size_t most)
{
    size_t len = text->len > most ? utf8_cut(*text, most).len : text->len;
    if (len)
        memcpy(*to, text->ptr, len);
    *text = (struct str){ *to, len };
    *to += len;
}

/* Makes room for that many bytes: of an entry that is not needed any more (NULL: there
 * is none) where they fit into it without much waste, since all calls would else wait
 * for the allocator here. */
static struct journal_entry *block_of(size_t bytes, struct journal_entry *old)
{
    const size_t room = old ? old->room : 0;
    outcomes_free(old);
    if (room < bytes || room / 2 > bytes) {
        free(old);
        old = malloc(bytes);
        if (old)
            old->room = bytes;
    }
    return old;
}

/* The entry and its texts in one block, which may be an old one's. */
static struct journal_entry *packed(struct journal_entry e, struct journal_entry *old)
{
    struct str *texts[] = { &e.method, &e.path,     &e.query,     &e.headers,
                            &e.body,   &e.api,      &e.operation, &e.voice,
                            &e.error,  &e.findings, &e.warnings,  &e.answer };
    size_t bytes = sizeof(e);
    for (size_t i = 0; i < COUNT(texts); i++)
        bytes +=
            texts[i]->len < LIMIT_JOURNAL_BODY ? texts[i]->len : LIMIT_JOURNAL_BODY;
    struct journal_entry *block = block_of(bytes, old);
    if (!block)
        return NULL;
    char *to = (char *)(block + 1);
    for (size_t i = 0; i < COUNT(texts); i++)
        copy_text(texts[i], &to, LIMIT_JOURNAL_BODY);
    e.bytes = e.room = block->room;
    e.first = e.last = NULL;
    *block = e;
    return block;
}

struct journal_ref journal_add(struct journal *j, size_t room, struct journal_entry e)
{
    struct journal_ref ref = { .room = room };
    struct ring *r = ring_of(j, room);
    if (!r)
        return ref;
    pthread_mutex_lock(&r->lock);
    struct journal_entry *old =
        r->count - r->first == LIMIT_JOURNAL ? take_oldest(j, r) : NULL;
    struct journal_entry *block = packed(e, old);
    if (block) {
        size_t bytes =
            atomic_fetch_add_explicit(&j->bytes, block->bytes, memory_order_relaxed);
        for (; r->first < r->count && bytes + block->bytes > LIMIT_JOURNAL_BYTES;
             entry_free(old)) {
            old = take_oldest(j, r);
            bytes -= old->bytes;
        }
        r->entries[r->count++ % LIMIT_JOURNAL] = block;
        ref.number = block->number = r->count;
        ref.clearing = r->clearings;
    }
    pthread_mutex_unlock(&r->lock);
    return ref;
}

static struct journal_outcome *outcome_packed(struct journal_callback c, size_t *bytes)
{
    struct str *texts[] = { &c.name, &c.expression, &c.method,
                            &c.url,  &c.error,      &c.findings };
    *bytes = sizeof(struct journal_outcome);
    for (size_t i = 0; i < COUNT(texts); i++)
        *bytes +=
            texts[i]->len < LIMIT_JOURNAL_BODY ? texts[i]->len : LIMIT_JOURNAL_BODY;
    struct journal_outcome *o = malloc(*bytes);
    if (!o)
        return NULL;
    char *to = (char *)(o + 1);
    for (size_t i = 0; i < COUNT(texts); i++)
        copy_text(texts[i], &to, LIMIT_JOURNAL_BODY);
    *o = (struct journal_outcome){ .what = c };
    return o;
}

static bool is_behind(const struct journal_callback *a,
                      const struct journal_callback *b)
{
    return a->attempt != b->attempt ? a->attempt > b->attempt : a->place > b->place;
}

/* Nearly always the last place is the one. */
static void put_outcome(struct journal_entry *e, struct journal_outcome *o)
{
    struct journal_outcome **at = &e->first;
    if (e->last && !is_behind(&e->last->what, &o->what))
        at = &e->last->next;
    while (*at && !is_behind(&(*at)->what, &o->what))
        at = &(*at)->next;
    o->next = *at;
    *at = o;
    if (!o->next)
        e->last = o;
}

void journal_callback(struct journal *j, struct journal_ref to,
                      struct journal_callback c)
{
    size_t bytes;
    struct ring *r = to.number ? ring_of(j, to.room) : NULL;
    struct journal_outcome *o = r ? outcome_packed(c, &bytes) : NULL;
    if (!o)
        return;
    pthread_mutex_lock(&r->lock);
    bool there =
        to.clearing == r->clearings && to.number > r->first && to.number <= r->count;
    if (there) {
        struct journal_entry *e = r->entries[(to.number - 1) % LIMIT_JOURNAL];
        put_outcome(e, o);
        e->bytes += bytes;
        atomic_fetch_add_explicit(&j->bytes, bytes, memory_order_relaxed);
    }
    pthread_mutex_unlock(&r->lock);
    if (!there)
        free(o);
}

bool journal_cleared(struct journal *j, struct journal_ref since)
{
    struct ring *r = since.number ? ring_of(j, since.room) : NULL;
    if (!r)
        return true;
    pthread_mutex_lock(&r->lock);
    bool cleared = since.clearing != r->clearings;
    pthread_mutex_unlock(&r->lock);
    return cleared;
}

struct str journal_findings(const struct findings *all, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_JOURNAL_BODY);
    for (size_t i = 0; i < all->count; i++)
        buffer_printf(&b, "%s%s: %s", i ? "; " : "", all->list[i].pointer,
                      finding_text(&all->list[i], arena));
    return buffer_str(&b);
}

static bool meets(const struct journal_entry *e, const struct journal_filter *f)
{
    return (!f->operation.len || str_equal(f->operation, e->operation)) &&
           (!f->method.len || str_equal_nocase(f->method, e->method)) &&
           (!f->status || f->status == e->status);
}

static void add_text(cJSON *to, const char *name, struct str text, struct arena *arena)
{
    if (text.len)
        json_add(to, name,
                 json_string(arena, utf8_valid(text) ? text : STR("(not text)")));
}

static cJSON *headers_of(struct str lines, struct arena *arena)
{
    cJSON *out = json_object(arena);
    struct str line, name;
    while (lines.len && str_split(&lines, '\n', &line)) {
        if (!str_split(&line, ':', &name) || !line.ptr || !name.len)
            continue;
        struct str value = str_trim(line);
        if (utf8_valid(name) && utf8_valid(value))
            json_set(arena, out, arena_copy(arena, name), json_string(arena, value));
    }
    return out;
}

static cJSON *callbacks_shown(const struct journal_entry *e, struct arena *arena)
{
    cJSON *list = json_array(arena);
    for (const struct journal_outcome *o = e->first; o; o = o->next) {
        const struct journal_callback *c = &o->what;
        cJSON *one = json_object(arena);
        add_text(one, "name", c->name, arena);
        add_text(one, "expression", c->expression, arena);
        add_text(one, "method", c->method, arena);
        add_text(one, "url", c->url, arena);
        if (c->attempt > 1)
            json_add(one, "attempt", json_integer(arena, c->attempt));
        if (c->status)
            json_add(one, "status", json_integer(arena, c->status));
        add_text(one, "error", c->error, arena);
        add_text(one, "findings", c->findings, arena);
        json_add(one, "duration_ms", json_number(arena, (double)c->took_us / 1000));
        json_push(list, one);
    }
    return list;
}

static cJSON *shown(const struct journal_entry *e, struct arena *arena)
{
    cJSON *out = json_object(arena);
    char at[CLOCK_TEXT];
    clock_write(e->at, 3, "Z", at);
    json_add(out, "number", json_integer(arena, (int64_t)e->number));
    json_add(out, "at", json_string(arena, str(at)));
    add_text(out, "method", e->method, arena);
    add_text(out, "path", e->path, arena);
    add_text(out, "query", e->query, arena);
    json_add(out, "headers", headers_of(e->headers, arena));
    add_text(out, "body", e->body, arena);
    add_text(out, "api", e->api, arena);
    add_text(out, "operation", e->operation, arena);
    json_add(out, "status", json_integer(arena, e->status));
    add_text(out, "voice", e->voice, arena);
    add_text(out, "error", e->error, arena);
    add_text(out, "findings", e->findings, arena);
    add_text(out, "warnings", e->warnings, arena);
    add_text(out, "answer", e->answer, arena);
    if (e->broken)
        json_add(out, "broken", json_bool(arena, true));
    json_add(out, "took_us", json_integer(arena, (int64_t)e->took_us));
    if (e->first)
        json_add(out, "callbacks", callbacks_shown(e, arena));
    return out;
}

cJSON *journal_list(struct journal *j, size_t room, const struct journal_filter *f,
                    struct arena *arena)
{
    struct ring *r = ring_of(j, room);
    cJSON *out = json_object(arena), *list = json_array(arena);
    json_add(out, "requests", list);
    if (!r)
        return out;
    pthread_mutex_lock(&r->lock);
    if (setjmp(*arena_guard(arena))) {
        pthread_mutex_unlock(&r->lock);
        arena_fail(arena);
    }
    size_t matching = 0, skipped = 0;
    for (uint64_t i = r->first; i < r->count; i++)
        matching += meets(r->entries[i % LIMIT_JOURNAL], f);
    size_t skip = f->most && matching > f->most ? matching - f->most : 0;
    for (uint64_t i = r->first; i < r->count; i++) {
        const struct journal_entry *e = r->entries[i % LIMIT_JOURNAL];
        if (meets(e, f) && skipped++ >= skip)
            json_push(list, shown(e, arena));
    }
    json_add(out, "matching", json_integer(arena, (int64_t)matching));
    json_add(out, "total", json_integer(arena, (int64_t)r->count));
    arena_unguard(arena);
    pthread_mutex_unlock(&r->lock);
    return out;
}

void journal_clear(struct journal *j, size_t room)
{
    struct ring *r = j->rings[room];
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    ring_clear(j, r);
    pthread_mutex_unlock(&r->lock);
}
