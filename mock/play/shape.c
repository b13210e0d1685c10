#include "play/shape.h"

#include "base/limits.h"
#include "doc/pointer.h"

/* Rounds of mending; each mends all that is found, and what was mended may be wrong
 * again. */
enum { MOST_ROUNDS = 12, MOST_FINDINGS = 1024 };

/* Members that are laid over a sample, each with a check of the whole. */
enum { MOST_LAID = 64 };

struct shaping {
    const struct schema *schema;
    cJSON *tree;
    const cJSON *spare;
    struct chance *chance;
    struct arena *arena;
    const cJSON *samples[2]; /* what is usual, and one of the same kind; made when asked
                                for */
    bool made[2];
};

static bool fits(const struct shaping *s, const cJSON *tree)
{
    return schema_check(s->schema, tree, DIRECTION_RESPONSE, "", s->arena, NULL);
}

/* A member with a closed set of values that the tree has says which kind it is of. */
static const cJSON *telling(const struct shaping *s)
{
    for (const cJSON *m = json_is_object(s->tree) ? s->tree->child : NULL; m;
         m = m->next) {
        bool closed = false;
        if (json_is_string(m) &&
            schema_types(s->schema, pointer_join(s->arena, "", m->string), &closed) &&
            closed)
            return m;
    }
    return NULL;
}

static const cJSON *sample(struct shaping *s, int which)
{
    if (s->made[which])
        return s->samples[which];
    const cJSON *kind = which ? telling(s) : NULL;
    struct sampler sampler = { .size = SAMPLE_TYPICAL,
                               .direction = DIRECTION_RESPONSE,
                               .member = kind ? kind->string : NULL,
                               .text = kind ? kind->valuestring : NULL,
                               .first = true,
                               .chance = s->chance,
                               .arena = s->arena };
    s->made[which] = true;
    if (kind || !which)
        s->samples[which] = sample_make(&sampler, s->schema);
    return s->samples[which];
}

/* "/data/3/owner" → "/data/0/owner": a sample has one item of each kind. */
static const char *in_sample(const struct shaping *s, const char *pointer)
{
    struct buffer b = buffer_in(s->arena, LIMIT_HEAD_BYTES);
    for (const char *token; *pointer && (token = pointer_token(&pointer, s->arena));)
        pointer_add(&b, pointer_index(token) >= 0 ? STR("0") : str(token));
    return b.len ? buffer_str(&b).ptr : "";
}

static const cJSON *given(struct shaping *s, const char *pointer)
{
    const cJSON *found = NULL;
    for (int which = 1; !found && which >= 0; which--)
        found = pointer_get(sample(s, which), in_sample(s, pointer));
    return found;
}

/* Where a key was sent and the whole is to be told, "DEVU-1" for a user: an object of
 * the right kind with that key. */
static const cJSON *with_key(struct shaping *s, const cJSON *sent, const cJSON *wanted)
{
    static const char *const names[] = { "id",   "key",   "name",    "slug",
                                         "code", "login", "username" };
    for (size_t i = 0; i < COUNT(names); i++) {
        const cJSON *id = json_member(wanted, names[i]);
        if (json_is_object(sent) || json_is_array(sent) || !id ||
            (id->type & 0xff) != (sent->type & 0xff))
            continue;
        cJSON *out = json_copy(s->arena, wanted);
        json_set(s->arena, out, names[i], json_copy(s->arena, sent));
        return out;
    }
    return wanted;
}

/* Where a text was sent and texts are to be told, "new, urgent": those between the
 * commas. NULL: it is no such place. */
static const cJSON *texts_of(struct shaping *s, const cJSON *sent, const cJSON *wanted)
{
    if (!json_is_string(sent) || !json_is_array(wanted) ||
        (wanted->child && !json_is_string(wanted->child)))
        return NULL;
    cJSON *out = json_array(s->arena);
    struct str rest = str(sent->valuestring), part;
    while (rest.ptr && str_split(&rest, ',', &part))
        if (str_trim(part).len)
            json_push(out, json_string(s->arena, str_trim(part)));
    return out;
}

static bool put(struct shaping *s, const char *pointer, const cJSON *value)
{
    if (!value)
        return false;
    if (!*pointer) {
        s->tree = json_copy(s->arena, value);
        return true;
    }
    return pointer_set(s->arena, s->tree, pointer, json_copy(s->arena, value));
}

/* An id that stands beside the member which it is meant for: {"id": "TAG-1"} where the
 * whole is {"tag": {"id": …}}. It moves there. */
static bool mend_astray(struct shaping *s, const struct finding *f, const char *at,
                        const cJSON *was)
{
    const char *beside = pointer_join(s->arena, f->pointer, "id");
    const cJSON *id = pointer_get(s->tree, beside), *wanted = given(s, at);
    if (!id || !json_member(wanted, "id") || given(s, beside))
        return false;
    bool same = was && json_member(was, "id") && json_equal(json_member(was, "id"), id);
    put(s, at, same ? was : with_key(s, id, wanted));
    pointer_remove(s->tree, beside);
    return true;
}

static bool mend(struct shaping *s, const struct finding *f)
{
    static const char *const extra[] = { "additionalProperties",
                                         "unevaluatedProperties", "writeOnly",
                                         "readOnly", "false" };
    const cJSON *there = pointer_get(s->tree, f->pointer);
    if (strcmp(f->keyword, "required") == 0 && f->name) {
        const char *at = pointer_join(s->arena, f->pointer, f->name);
        const cJSON *was = s->spare ? pointer_get(s->spare, at) : NULL;
        return mend_astray(s, f, at, was) || put(s, at, was ? was : given(s, at));
    }
    if (!there)
        return false; /* mended with something above it */
    bool out = *f->pointer && json_is_null(there);
    for (size_t i = 0; i < COUNT(extra) && *f->pointer; i++)
        out = out || strcmp(f->keyword, extra[i]) == 0;
    if (out) {
        pointer_remove(s->tree, f->pointer);
        return true;
    }
    if (!*f->pointer && !json_is_null(there))
        return false; /* the last resort will do better */
    const cJSON *better = given(s, f->pointer);
    const cJSON *texts = texts_of(s, there, better);
    if (texts && put(s, f->pointer, texts))
        return true;
    if (better && !json_equal(better, there))
        return put(s, f->pointer, with_key(s, there, better));
    if (!*f->pointer)
        return false;
    pointer_remove(s->tree, f->pointer);
    return true;
}

static bool mend_all(struct shaping *s)
{
    struct findings found = { .arena = s->arena, .limit = MOST_FINDINGS };
    bool changed = false;
    if (schema_check(s->schema, s->tree, DIRECTION_RESPONSE, "", s->arena, &found))
        return false;
    for (size_t i = 0; i < found.count; i++)
        changed = mend(s, &found.list[i]) || changed;
    return changed;
}

/* The last resort: a sample, with as many of the wanted members as it can take. */
static cJSON *laid_over(struct shaping *s, const cJSON *wanted)
{
    const cJSON *start = sample(s, 1) ? sample(s, 1) : sample(s, 0);
    cJSON *out = start ? json_copy(s->arena, start) : NULL;
    if (!out || !fits(s, out) || !json_is_object(out) || !json_is_object(wanted))
        return out && fits(s, out) ? out : NULL;
    int laid = 0;
    for (const cJSON *m = wanted->child; m && laid < MOST_LAID; m = m->next, laid++) {
        cJSON *trial = json_copy(s->arena, out);
        json_set(s->arena, trial, m->string, json_copy(s->arena, m));
        if (fits(s, trial))
            out = trial;
    }
    return out;
}

cJSON *shape_fit(const struct schema *schema, cJSON *tree, const cJSON *spare,
                 struct chance *chance, struct arena *arena)
{
    struct shaping s = {
        .schema = schema, .tree = tree, .spare = spare, .chance = chance, .arena = arena
    };
    if (fits(&s, tree))
        return tree;
    const cJSON *wanted = json_copy(arena, tree);
    for (int i = 0; i < MOST_ROUNDS && mend_all(&s); i++)
        ;
    if (fits(&s, s.tree))
        return s.tree;
    s.tree = json_copy(arena, wanted);
    s.made[1] = false;
    return laid_over(&s, wanted);
}
