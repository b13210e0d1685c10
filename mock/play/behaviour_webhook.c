#include "play/reading.h"

#include "base/limits.h"

/* ---- events ---- */

static enum event_kind kind_of(struct reading *r, const struct record_event *e,
                               const char **collection, const char **key,
                               struct where w)
{
    const struct {
        const char *key, *text;
        enum event_kind kind;
    } kinds[] = { { "created", e->created, EVENT_CREATED },
                  { "updated", e->updated, EVENT_UPDATED },
                  { "deleted", e->deleted, EVENT_DELETED } };
    enum event_kind kind = EVENT_CREATED;
    unsigned count = 0;
    *collection = NULL;
    *key = "created";
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (kinds[i].text) {
            *collection = kinds[i].text;
            *key = kinds[i].key;
            kind = kinds[i].kind;
            count++;
        }
    if (count != 1)
        err_set(r->err, w, "expected one of created, updated or deleted, found %s",
                count ? "several" : "none");
    return kind;
}

static void read_event(struct reading *r, const struct naming *outside,
                       struct webhook_event *to, const struct record_event *from,
                       struct where w)
{
    const char *name, *key;
    struct naming n = *outside;
    size_t count = 0;
    to->name = from->name;
    to->kind = kind_of(r, from, &name, &key, w);
    const size_t *of =
        name ? reading_collections(r, name, &count, reading_below(r, w, key)) : NULL;
    if (count > 1)
        err_set(r->err, reading_below(r, w, key),
                "an event is of one collection, not of a group");
    to->collection = count ? of[0] : SIZE_MAX;
    const struct store_collection *c = count ? &r->b->plan.collections[of[0]] : NULL;
    reading_bind(&n, "new", to->kind == EVENT_DELETED ? NULL : c);
    reading_bind(&n, "old", to->kind == EVENT_CREATED ? NULL : c);
    if (from->when)
        to->when = condition_read(&n, from->when, reading_below(r, w, "when"));
    if (from->body)
        to->body = template_read(&n, from->body, reading_below(r, w, "body"));
}

/* ---- how it is sent ---- */

static void read_sign(struct reading *r, struct naming *n, struct webhook *to,
                      const struct record_sign *from, struct where w)
{
    if (!from)
        return;
    to->sign = from->header;
    to->sign_key =
        expression_read(n, from->key, TYPE_STRING, reading_below(r, w, "key"));
    to->key_base64 = from->key_encoding == ENCODING_BASE64;
    to->sign_base64 = from->encoding == ENCODING_BASE64;
}

static void read_times(struct reading *r, struct webhook *to,
                       const struct record_webhook *from, struct where w)
{
    clock_ms ms = 0;
    if (from->within &&
        (!clock_duration(str(from->within), &ms) || ms <= 0 || ms > LIMIT_CALLBACK_MS))
        err_set(r->err, reading_below(r, w, "within"),
                "expected a duration of at most %ds, found \"%.40s\"",
                LIMIT_CALLBACK_MS / 1000, from->within);
    to->within_ms = (unsigned)ms;
    if (from->retry_count > LIMIT_RETRIES)
        err_set(r->err, reading_below(r, w, "retry"),
                "expected at most %d tries, found %u", LIMIT_RETRIES,
                from->retry_count);
    to->retries = arena_array(r->arena, clock_ms, from->retry_count + 1);
    for (unsigned i = 0; i < from->retry_count; i++)
        if (!clock_duration(str(from->retry[i]), &to->retries[i]) || to->retries[i] < 0)
            err_set(r->err, reading_below(r, w, "retry"),
                    "expected a duration such as 30s, found \"%.40s\"", from->retry[i]);
    to->retry_count = from->retry_count;
}

static void read_answered(struct reading *r, const struct naming *outside,
                          struct webhook *to, const struct record_answered *from,
                          struct where w)
{
    struct naming n = *outside;
    if (!from)
        return;
    struct store_collection *c = &r->b->plan.collections[webhook_collection(to)];
    to->listens = true;
    reading_bind(&n, "answer", NULL);
    reading_bind(&n, "sent", NULL);
    if (from->when)
        to->heard = condition_read(&n, from->when, reading_below(r, w, "when"));
    n.item = c;
    to->set =
        reading_sets(r, &n, c, from->set, from->set_count, reading_below(r, w, "set"));
    to->set_count = from->set_count;
}

/* The conditions that no event changes: mostly, nobody meets them. */
static struct step whoever(struct reading *r, const struct step *find)
{
    struct step any = *find;
    any.as = NULL;
    any.where.list = arena_array(r->arena, struct step_where, find->where.count + 1);
    any.where.count = 0;
    for (size_t i = 0; i < find->where.count; i++)
        if (!find->where.list[i].when && find->where.list[i].value &&
            expression_literal(find->where.list[i].value))
            any.where.list[any.where.count++] = find->where.list[i];
    return any;
}

static void read_webhook(struct reading *r, struct webhook *to,
                         const struct record_webhook *from, struct where w)
{
    struct naming n = reading_naming(r);
    struct step *find = &to->find;
    find->kind = STEP_FIND;
    find->as = from->as;
    find->of =
        reading_collections(r, from->to, &find->of_count, reading_below(r, w, "to"));
    if (find->of_count != 1) {
        if (find->of_count)
            err_set(r->err, reading_below(r, w, "to"),
                    "those who are told are in one collection, not in a group");
        return;
    }
    reading_bind(&n, "event", NULL);
    reading_bind(&n, "new", NULL);
    reading_bind(&n, "old", NULL);
    find->where = reading_wheres(r, &n, find->of, 1, from->where, from->where_count,
                                 reading_below(r, w, "where"));
    reading_want_indexes(r, find);
    to->any = whoever(r, find);
    reading_bind(&n, from->as, &r->b->plan.collections[find->of[0]]);
    to->expression = from->url;
    to->url = expression_read(&n, from->url, TYPE_STRING, reading_below(r, w, "url"));
    to->header_count = from->header_count;
    to->header = reading_headers(r, &n, from->header, from->header_count,
                                 reading_below(r, w, "header"));
    if (from->headers)
        to->headers = expression_read(&n, from->headers, TYPE_ANY,
                                      reading_below(r, w, "headers"));
    read_sign(r, &n, to, from->sign, reading_below(r, w, "sign"));
    read_times(r, to, from, w);
    if (from->body)
        to->body = template_read(&n, from->body, reading_below(r, w, "body"));
    to->events = arena_array(r->arena, struct webhook_event, from->events_count + 1);
    to->event_count = from->events_count;
    for (unsigned i = 0; i < from->events_count; i++) {
        struct where here = w;
        here.pointer = arena_printf(r->arena, "%s/events/%u", w.pointer, i);
        read_event(r, &n, &to->events[i], &from->events[i], here);
    }
    read_answered(r, &n, to, from->answered, reading_below(r, w, "answered"));
}

void read_webhooks(struct reading *r, struct script_book *book)
{
    const unsigned count = r->record->webhooks_count;
    book->webhooks = arena_array(r->arena, struct webhook, count + 1);
    book->webhook_count = count;
    for (unsigned i = 0; i < count; i++) {
        book->webhooks[i].schema = r->sent[i];
        read_webhook(r, &book->webhooks[i], &r->record->webhooks[i],
                     reading_at(r, "/webhooks/%", i, 0));
    }
}
