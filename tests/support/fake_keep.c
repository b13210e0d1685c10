#include "fake_keep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/map.h"

static enum keep_answer fake_pull(struct keep *keep, const char *ns,
                                  struct keep_place *place,
                                  const struct keep_news *news)
{
    struct fake *f = (struct fake *)keep;
    (void)ns;
    f->pulls++;
    if (f->pull != KEEP_OK)
        return f->pull;
    if (!place->version || f->whole)
        assert_true(news->whole(news->context));
    for (size_t i = 0; i < f->news_count; i++)
        assert_true(news->entry(news->context, f->news[i].name, f->news[i].value));
    f->news_count = 0;
    f->whole = false;
    place->version++;
    return KEEP_OK;
}

static enum keep_answer fake_commit(struct keep *keep, const char *ns,
                                    struct keep_place *place,
                                    const struct keep_changes *changes)
{
    struct fake *f = (struct fake *)keep;
    (void)ns;
    f->commits++;
    if (f->answers[f->next] == KEEP_BEHIND && f->behind_news.name)
        f->news[f->news_count++] = f->behind_news;
    if (f->answers[f->next] != KEEP_OK)
        return f->answers[f->next++];
    if (changes->forget)
        f->entries = map_new(f->arena);
    for (size_t i = 0; i < changes->count; i++) {
        const struct keep_entry *e = &changes->list[i];
        map_put(f->entries, str(e->name),
                e->value.ptr ? arena_copy(f->arena, e->value) : NULL);
    }
    place->version++;
    return KEEP_OK;
}

static enum keep_answer fake_namespaces(struct keep *keep, const char *after,
                                        bool (*one)(void *context, const char *ns),
                                        void *context)
{
    const struct fake *f = (const struct fake *)keep;
    for (size_t i = 0; i < f->name_count && f->pull == KEEP_OK; i++)
        if (strcmp(f->names[i], after) > 0 && !one(context, f->names[i]))
            break;
    return f->pull;
}

static enum keep_answer fake_read(struct keep *keep, const char *ns, const char *name,
                                  char *value, size_t room)
{
    const struct fake *f = (const struct fake *)keep;
    bool there = false;
    (void)name;
    for (size_t i = 0; i < f->name_count; i++)
        there |= strcmp(f->names[i], ns) == 0;
    snprintf(value, room, "%s", there ? "1 0 0 " : "");
    return f->pull;
}

const struct keep_kind fake_kind = { .shared = true,
                                     .pull = fake_pull,
                                     .commit = fake_commit,
                                     .namespaces = fake_namespaces,
                                     .read = fake_read };

const char *entry(const struct fake *f, const char *name)
{
    return map_get(f->entries, str(name));
}
