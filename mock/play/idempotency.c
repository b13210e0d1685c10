#include "play/idempotency.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Held by the record and by whoever answers; the last one frees it. */
struct flight {
    atomic_bool landed;
    atomic_int holders;
};

struct record {
    struct stored_answer answer; /* its texts stand behind the record */
    uint64_t hash;
    struct flight *flight; /* NULL: it never was in flight, or has landed */
    struct record *same;   /* the next one in its bucket */
    struct record *later;  /* the next one made */
    size_t bytes;
};

enum { BUCKETS = 4096 };

struct idempotency {
    struct record **buckets; /* NULL before the first record */
    struct record *oldest, **newest;
    size_t count, bytes;
    struct salt salt;
};

struct idempotency *idempotency_new(void)
{
    struct idempotency *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    t->newest = &t->oldest;
    t->salt = salt_draw();
    return t;
}

/* ---- flights ---- */

static void let_go(struct flight *f)
{
    if (atomic_fetch_sub(&f->holders, 1) == 1)
        free(f);
}

void flight_land(struct flight *f)
{
    if (!f)
        return;
    atomic_store(&f->landed, true);
    let_go(f);
}

static bool is_in_flight(struct record *r)
{
    if (r->flight && atomic_load(&r->flight->landed)) {
        let_go(r->flight);
        r->flight = NULL;
    }
    return r->flight != NULL;
}

static struct flight *take_off(void)
{
    struct flight *f = malloc(sizeof(*f));
    if (!f)
        return NULL;
    atomic_init(&f->landed, false);
    atomic_init(&f->holders, 2);
    return f;
}

/* ---- the table ---- */

static uint64_t hash_of(const struct idempotency *t, struct str api, struct str key)
{
    return salt_hash(&t->salt, key) ^ (salt_hash(&t->salt, api) << 1);
}

/* Where the record of that key hangs, or would. */
static struct record **place_of(struct idempotency *t, struct str api, struct str key)
{
    uint64_t hash = hash_of(t, api, key);
    struct record **at = &t->buckets[hash % BUCKETS];
    while (*at && !((*at)->hash == hash && str_equal((*at)->answer.key, key) &&
                    str_equal((*at)->answer.api, api)))
        at = &(*at)->same;
    return at;
}

static void record_free(struct record *r)
{
    if (r->flight)
        let_go(r->flight);
    free(r);
}

/* Takes a record out; before is where the list of the made ones holds it. */
static void take_out(struct idempotency *t, struct record **before)
{
    struct record *r = *before;
    struct record **at = &t->buckets[r->hash % BUCKETS];
    while (*at != r)
        at = &(*at)->same;
    *at = r->same;
    *before = r->later;
    if (!r->later)
        t->newest = before;
    t->count--;
    t->bytes -= r->bytes;
    record_free(r);
}

void idempotency_clear(struct idempotency *t)
{
    while (t && t->oldest)
        take_out(t, &t->oldest);
}

void idempotency_free(struct idempotency *t)
{
    if (!t)
        return;
    idempotency_clear(t);
    free(t->buckets);
    free(t);
}

size_t idempotency_count(const struct idempotency *t)
{
    return t->count;
}

const struct stored_answer *idempotency_at(const struct idempotency *t, size_t index)
{
    const struct record *r = t->oldest;
    while (r && index--)
        r = r->later;
    return r ? &r->answer : NULL;
}

const struct stored_answer *idempotency_find(struct idempotency *t, struct str api,
                                             struct str key, clock_ms now,
                                             bool *in_flight)
{
    /* All are kept equally long, so those that have expired are the oldest ones, unless
     * the clock was moved back meanwhile. */
    while (t->oldest && t->oldest->answer.expires <= now)
        take_out(t, &t->oldest);
    struct record *r = t->buckets ? *place_of(t, api, key) : NULL;
    if (!r || r->answer.expires <= now)
        return NULL;
    *in_flight = is_in_flight(r);
    return &r->answer;
}

/* ---- keeping ---- */

static size_t bytes_of(const struct stored_answer *a)
{
    size_t bytes = sizeof(struct record) + a->field_count * sizeof(*a->fields) +
                   a->api.len + a->key.len + a->content_type.len + a->body.len;
    for (size_t i = 0; i < a->field_count; i++)
        bytes += a->fields[i].name.len + a->fields[i].value.len;
    return bytes;
}

static struct str put(char **to, struct str text)
{
    struct str own = { text.ptr ? *to : NULL, text.len };
    if (text.len)
        memcpy(*to, text.ptr, text.len);
    *to += text.len;
    return own;
}

/* The record and all that it points to in one block. */
static struct record *packed(const struct stored_answer *a)
{
    struct record *r = calloc(1, bytes_of(a));
    if (!r)
        return NULL;
    struct header *fields = (struct header *)(void *)(r + 1);
    char *text = (char *)(fields + a->field_count);
    r->answer = *a;
    r->answer.fields = fields;
    r->answer.api = put(&text, a->api);
    r->answer.key = put(&text, a->key);
    r->answer.content_type = put(&text, a->content_type);
    r->answer.body = put(&text, a->body);
    for (size_t i = 0; i < a->field_count; i++)
        fields[i] = (struct header){ put(&text, a->fields[i].name),
                                     put(&text, a->fields[i].value) };
    r->bytes = bytes_of(a);
    return r;
}

void idempotency_forget(struct idempotency *t, struct str api, struct str key)
{
    struct record *r = t->buckets ? *place_of(t, api, key) : NULL;
    struct record **before = &t->oldest;
    if (!r)
        return;
    while (*before != r)
        before = &(*before)->later;
    take_out(t, before);
}

bool idempotency_keep(struct idempotency *t, const struct stored_answer *answer,
                      struct flight **flight)
{
    struct record *r = NULL;
    if (flight)
        *flight = take_off();
    if (!t->buckets)
        t->buckets = calloc(BUCKETS, sizeof(struct record *));
    if ((flight && !*flight) || !t->buckets || !(r = packed(answer)))
        goto failed;
    r->hash = hash_of(t, answer->api, answer->key);
    if (flight)
        r->flight = *flight;
    idempotency_forget(t, answer->api, answer->key);
    while (t->oldest && (t->count == LIMIT_IDEMPOTENCY_KEYS ||
                         t->bytes + r->bytes > LIMIT_IDEMPOTENCY_BYTES))
        take_out(t, &t->oldest);
    *place_of(t, answer->api, answer->key) = r;
    *t->newest = r;
    t->newest = &r->later;
    t->count++;
    t->bytes += r->bytes;
    return true;
failed:
    if (flight) {
        free(*flight);
        *flight = NULL;
    }
    return false;
}
