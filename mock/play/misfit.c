#include "play/misfit.h"

void misfit_note(struct misfits *m, const char *key, const char *why,
                 struct where where, struct arena *arena)
{
    if (m->gone++)
        return;
    m->first = arena_copy(arena, str(key));
    m->why = arena_copy(arena, str(why));
    m->where = (struct where){ .file = arena_copy(arena, str(where.file)),
                               .line = where.line,
                               .col = where.col };
    if (where.pointer)
        m->where.pointer = arena_copy(arena, str(where.pointer));
}

const char *misfit_key(const struct store_collection *plan, const cJSON *tree)
{
    const cJSON *key = store_key_of(plan, tree);
    return json_is_string(key) ? key->valuestring : "?";
}

/* Whether a client may see it so. False, with no finding, when that takes more memory
 * than a call may have. */
static bool fits(const struct behaviour *b, const struct store *s, size_t x,
                 const cJSON *tree, struct findings *findings, struct arena *arena)
{
    if (setjmp(*arena_guard(arena)))
        return false;
    bool ok = schema_check(b->plan.collections[x].schema,
                           store_render(s, x, tree, arena, NULL), DIRECTION_NONE, "",
                           arena, findings);
    arena_unguard(arena);
    return ok;
}

size_t misfits_take_out(struct misfits *m, const struct behaviour *b, struct store *s,
                        size_t x, const struct former *was, struct arena *arena,
                        struct arena *scratch)
{
    size_t before = m->gone;
    for (size_t slot = 0; slot < store_slots(s, x); slot++) {
        const cJSON *tree = store_get(s, x, slot);
        struct findings f = { .arena = scratch };
        arena_reset(scratch);
        if (!tree || fits(b, s, x, tree, &f, scratch) ||
            (was &&
             !fits(was->behaviour, was->store, was->collection, tree, NULL, scratch)))
            continue;
        const struct finding *one = f.count ? &f.list[0] : NULL;
        const char *why =
            one ? arena_printf(scratch, "%s%s%s", one->pointer,
                               *one->pointer ? ": " : "", finding_text(one, scratch))
                : "it takes too much memory to look at";
        misfit_note(m, misfit_key(&b->plan.collections[x], tree), why,
                    one ? api_finding_where(b->api, one, scratch)
                        : (struct where){ .file = b->api->file },
                    arena);
        store_remove(s, x, slot);
    }
    return m->gone - before;
}
