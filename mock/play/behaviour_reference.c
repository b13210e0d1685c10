/* What instances keep of others: references, and the summaries in their place. */
#include "play/reading.h"

#include "doc/pointer.h"
#include "play/member.h"

/* Whether a is b, or on the way to it. */
static bool leads_to(const char *a, const char *b)
{
    size_t len = strlen(a);
    return strncmp(a, b, len) == 0 && (!b[len] || b[len] == '/');
}

/* The pointer to what a summary keeps: a member's name, or a pointer into a member. */
static const char *kept_at(struct reading *r, const char *keep)
{
    return keep[0] == '/' ? keep : pointer_join(r->arena, "", keep);
}

/* Whether a list is on the way: of its items, a summary cannot keep a part. */
static bool passes_list(struct reading *r, const struct schema *s, const char *pointer)
{
    for (const char *p = pointer; (p = strchr(p + 1, '/'));) {
        const struct str way = { pointer, (size_t)(p - pointer) };
        unsigned types = schema_types(s, arena_copy(r->arena, way), NULL);
        if ((types & TYPE_ARRAY) && !(types & TYPE_OBJECT))
            return true;
    }
    return false;
}

/* Each member of a summary has to be one that some of the collections have, and stands
 * in it once. */
static void check_keep(struct reading *r, const struct record_reference *from,
                       const struct store_reference *to, struct where w)
{
    for (unsigned k = 0; k < from->keep_count; k++) {
        const char *pointer = kept_at(r, from->keep[k]);
        bool known = to->of_count == 0;
        const char *nearest = NULL;
        for (unsigned other = 0; other < k; other++)
            if (leads_to(kept_at(r, from->keep[other]), pointer) ||
                leads_to(pointer, kept_at(r, from->keep[other])))
                err_set(r->err, w, "\"%.60s\" is in the summary already by \"%.60s\"",
                        from->keep[k], from->keep[other]);
        for (size_t i = 0; i < to->of_count && !known; i++) {
            const struct store_collection *c = &r->b->plan.collections[to->of[i]];
            struct schema_place place;
            known = member_hidden(c, pointer) ||
                    schema_describe(c->schema, pointer, &place);
            nearest = known || nearest ? nearest : place.nearest;
            if (known && passes_list(r, c->schema, pointer))
                err_set(r->err, w, "a summary keeps a list as a whole, not \"%.60s\"",
                        pointer);
        }
        if (!known)
            err_set(r->err, w, "nothing that %s refers to has a member \"%.60s\"%s",
                    from->at, from->keep[k],
                    nearest ? arena_printf(r->arena, "; did you mean \"%s\"?", nearest)
                            : "");
    }
}

/* What a summary may have is a member, written as a reference's keep writes it. */
void reading_check_summary(struct reading *r, const struct store_collection *c,
                           unsigned index)
{
    for (size_t k = 0; k < c->summary_count; k++) {
        const char *pointer = c->summary[k].text;
        if (!member_hidden(c, pointer) && !schema_declares(c->schema, pointer))
            err_set(r->err,
                    reading_at(r, "/collections/%/summary/%", index, (unsigned)k),
                    "the schema of %s has no \"%.60s\"", c->name, pointer);
    }
}

static bool keeps_same(const struct store_reference *to, const struct way *keep,
                       size_t count)
{
    for (size_t k = 0; k < count && to->keep_count == count; k++)
        if (strcmp(to->keep[k].text, keep[k].text) != 0)
            return false;
    return to->keep_count == count;
}

struct way *reading_kept(struct reading *r, char **from, unsigned count)
{
    struct way *keep = arena_array(r->arena, struct way, count + 1);
    for (unsigned k = 0; k < count; k++)
        keep[k].text = kept_at(r, from[k]);
    return keep;
}

/* Summaries of the same members are one: the list is that of the first reference. */
static struct way *read_keep(struct reading *r, const struct record_reference *from)
{
    struct way *keep = reading_kept(r, from->keep, from->keep_count);
    for (size_t i = 0; i < r->b->plan.collection_count; i++) {
        const struct store_collection *c = &r->b->plan.collections[i];
        for (size_t j = 0; j < c->reference_count; j++)
            if (c->references[j].keep &&
                keeps_same(&c->references[j], keep, from->keep_count))
                return c->references[j].keep;
    }
    return keep;
}

void reading_references(struct reading *r, struct store_collection *c,
                        const struct record_collection *record, unsigned i)
{
    static const enum store_on_delete on_delete[] = {
        [ON_DELETE_UNSET] = ON_DELETE_NOTHING,
        [ON_DELETE_IS_RESTRICT] = ON_DELETE_RESTRICT,
        [ON_DELETE_IS_CASCADE] = ON_DELETE_CASCADE,
        [ON_DELETE_IS_NULLIFY] = ON_DELETE_NULLIFY,
    };
    c->reference_count = record->references_count;
    c->references =
        arena_array(r->arena, struct store_reference, c->reference_count + 1);
    for (unsigned j = 0; j < record->references_count; j++) {
        const struct record_reference *from = &record->references[j];
        struct store_reference *to = &c->references[j];
        struct where w = reading_at(r, "/collections/%/references/%", i, j);
        struct schema_place place;
        struct naming n = reading_naming(r);
        to->at.text = from->at;
        reading_member(r, c, from->at, reading_below(r, w, "at"), &place);
        to->of =
            reading_collections(r, from->of, &to->of_count, reading_below(r, w, "of"));
        check_keep(r, from, to, reading_below(r, w, "keep"));
        to->keep = read_keep(r, from);
        to->keep_count = from->keep_count;
        to->otherwise = reading_otherwise(r, &n, from->otherwise, w);
        to->on_delete = on_delete[from->on_delete];
        to->restricted =
            reading_error(r, &n, from->restricted, reading_below(r, w, "restricted"));
        if (from->restricted && to->on_delete != ON_DELETE_RESTRICT)
            err_set(r->err, reading_below(r, w, "restricted"),
                    "only a reference with on_delete: restrict restricts");
        if (to->on_delete != ON_DELETE_NOTHING)
            reading_index(r, c, &to->at.text, 1, false);
    }
}
