#include "api/place.h"

#include "base/map.h"
#include "doc/document.h"

#include <pthread.h>
#include <stdlib.h>

struct places {
    pthread_mutex_t lock;
    struct arena *arena;
    struct map *known; /* file#pointer → text */
};

/* Texts of as many places as a document has keywords; ended when it is reached. */
enum { MOST_BYTES = 16 * 1024 * 1024 };

struct places *places_new(void)
{
    struct places *p = calloc(1, sizeof(*p));
    if (!p)
        return NULL;
    pthread_mutex_init(&p->lock, NULL);
    p->arena = arena_new(MOST_BYTES);
    p->known = map_new(p->arena);
    return p;
}

void places_free(struct places *p)
{
    if (!p)
        return;
    pthread_mutex_destroy(&p->lock);
    arena_free(p->arena);
    free(p);
}

/* A document is searched once for each place. */
static const char *find(struct places *p, const char *key, struct where place)
{
    struct arena *scratch = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(scratch);
    err_warn(&err, place, "here");
    document_place(&err);
    const struct where *at = &err.first->at;
    char *volatile text = NULL;
    if (!setjmp(*arena_guard(p->arena))) {
        text = at->line
                   ? arena_printf(p->arena, "%s:%u:%u", at->file, at->line, at->col)
                   : arena_copy(p->arena, str(key));
        map_put(p->known, str(key), text);
        arena_unguard(p->arena);
    }
    arena_free(scratch);
    return text;
}

const char *places_text(struct places *p, struct where at, struct arena *scratch)
{
    const char *key = arena_printf(scratch, "%s#%s", at.file, at.pointer);
    pthread_mutex_lock(&p->lock);
    const char *text = map_get(p->known, str(key));
    if (!text)
        text = find(p, key, at);
    pthread_mutex_unlock(&p->lock);
    return text;
}
