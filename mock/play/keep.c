#include "play/keep.h"

void keep_change(struct keep_changes *c, const char *name, struct str value)
{
    if (c->count == c->room) {
        size_t room = c->room ? c->room * 2 : 16;
        struct keep_entry *grown = arena_take_raw(c->arena, room * sizeof(*grown));
        if (c->count)
            memcpy(grown, c->list, c->count * sizeof(*grown));
        c->list = grown;
        c->room = room;
    }
    c->list[c->count++] = (struct keep_entry){ name, value };
}

const char *keep_answer_text(enum keep_answer answer)
{
    switch (answer) {
    case KEEP_OK:
        break;
    case KEEP_BEHIND:
        return "other servers changed this namespace all the time; nothing was changed";
    case KEEP_MISSING:
        return "what --store names cannot be reached; nothing was changed";
    case KEEP_UNKNOWN:
        return "what --store names was lost while this was written; whether it was is "
               "not known";
    case KEEP_FULL:
        return "what --store names has no room for this; nothing was changed";
    }
    return "";
}

struct keep *keep_open(const char *where, struct err *err)
{
    struct str w = str(where);
    if (str_starts(w, STR("redis://")) || str_starts(w, STR("valkey://")))
        return keep_redis_open(where, err);
    if (strstr(where, "://") || !w.len)
        return err_set(
                   err, (struct where){ .file = "--store" },
                   "expected a file, redis://HOST or valkey://HOST, found \"%.100s\"",
                   where),
               NULL;
    return keep_sqlite_open(where, err);
}

void keep_close(struct keep *k)
{
    if (k)
        k->kind->close(k);
}

struct where keep_where(const struct keep *k)
{
    return (struct where){ .file = k->where };
}

const char *keep_trouble(const struct keep *k)
{
    return k->trouble;
}

bool keep_is_shared(const struct keep *k)
{
    return k->kind->shared;
}

enum keep_answer keep_pull(struct keep *k, const char *ns, struct keep_place *place,
                           const struct keep_news *news)
{
    return k->kind->pull(k, ns, place, news);
}

enum keep_answer keep_commit(struct keep *k, const char *ns, struct keep_place *place,
                             const struct keep_changes *changes)
{
    return k->kind->commit(k, ns, place, changes);
}

enum keep_answer keep_namespaces(struct keep *k, const char *after,
                                 bool (*one)(void *context, const char *ns),
                                 void *context)
{
    return k->kind->namespaces(k, after, one, context);
}

enum keep_answer keep_read(struct keep *k, const char *ns, const char *name,
                           char *value, size_t room)
{
    return k->kind->read(k, ns, name, value, room);
}
