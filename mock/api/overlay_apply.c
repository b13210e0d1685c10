/* What the actions of an overlay do to a document (Overlay 1.1.0, Action Object). */
#include "api/overlay_parts.h"
#include "base/limits.h"
#include "base/map.h"
#include "doc/pointer.h"
#include "schema/iregexp.h"

/* An overlay being applied. */
struct applying {
    const struct overlay *overlay;
    const struct action *action;
    cJSON *root;
    const char *file;
    struct origins *origins;
    struct arena *arena;
    struct arena *scratch; /* of one action */
    struct err *err;
    struct jsonpath_search search;
    size_t added; /* values */
};

/* A value and where it was written. */
struct source {
    const cJSON *value;
    struct where at;
};

static struct where at_action(const struct applying *a, const char *name)
{
    return (struct where){ .file = a->overlay->file,
                           .pointer =
                               pointer_join(a->scratch, a->action->pointer, name) };
}

static size_t count_nodes(const cJSON *n)
{
    size_t count = 1;
    for (const cJSON *c = n->child; c; c = c->next)
        count += count_nodes(c);
    return count;
}

static unsigned depth_of(const cJSON *n)
{
    unsigned deepest = 0;
    for (const cJSON *c = n->child; c; c = c->next) {
        unsigned d = depth_of(c);
        deepest = d > deepest ? d : deepest;
    }
    return deepest + 1;
}

/* Targets and merges share what the queries may spend. */
static bool spend(struct applying *a, size_t steps)
{
    if (steps <= a->search.steps) {
        a->search.steps -= steps;
        return true;
    }
    a->search.steps = 0;
    return err_set(a->err, at_action(a, "target"),
                   "the overlay changes too much to be applied in reasonable time");
}

/* ---- merging --------------------------------------------------------------------- */

/* Where a value is wrong: what is copied is right where it stands. */
static struct where blame(const struct applying *a, const struct source *from)
{
    return a->action->copy ? at_action(a, "copy") : from->at;
}

/* A copy for the document. NULL when that would add too many values. */
static cJSON *bring(struct applying *a, const struct source *from)
{
    size_t count = count_nodes(from->value);
    if (!spend(a, count))
        return NULL;
    a->added += count;
    if (a->added > LIMIT_OVERLAY_NODES) {
        err_set(a->err, blame(a, from), "the overlay would add more than %d values",
                LIMIT_OVERLAY_NODES);
        return NULL;
    }
    cJSON *copy = json_copy(a->arena, from->value);
    origins_put(a->origins, copy, from->at.file, from->at.pointer);
    return copy;
}

static struct source below(struct applying *a, const struct source *from,
                           const cJSON *child, const char *token)
{
    struct source s = { child, from->at };
    s.at.pointer = pointer_join(a->scratch, from->at.pointer, token);
    return s;
}

static bool append(struct applying *a, cJSON *array, const struct source *from)
{
    cJSON *copy = bring(a, from);
    if (copy)
        json_push(array, copy);
    return copy != NULL;
}

static bool concatenate(struct applying *a, cJSON *array, const struct source *from)
{
    size_t index = 0;
    for (const cJSON *c = from->value->child; c; c = c->next) {
        struct source item =
            below(a, from, c, arena_printf(a->scratch, "%zu", index++));
        if (!append(a, array, &item))
            return false;
    }
    return true;
}

/* The node stays where it is, since others may have selected it, too. */
static bool replace(struct applying *a, cJSON *node, const struct source *from)
{
    json_become(node, json_copy(a->arena, from->value));
    origins_put(a->origins, node, from->at.file, from->at.pointer);
    return true;
}

static bool merge_objects(struct applying *a, cJSON *object, const struct source *from);

static bool is_primitive(const cJSON *n)
{
    return !json_is_object(n) && !json_is_array(n);
}

static bool merge_member(struct applying *a, cJSON *member, const struct source *from)
{
    if (json_is_object(member) && json_is_object(from->value))
        return merge_objects(a, member, from);
    if (json_is_array(member) && json_is_array(from->value))
        return concatenate(a, member, from);
    if (is_primitive(member) && is_primitive(from->value))
        return replace(a, member, from);
    return err_set(a->err, blame(a, from),
                   "expected %s, since %s in %s is one, found %s",
                   is_primitive(member) ? "a primitive value" : json_kind(member),
                   member->string, a->file, json_kind(from->value));
}

static bool merge_objects(struct applying *a, cJSON *object, const struct source *from)
{
    for (const cJSON *c = from->value->child; c; c = c->next) {
        struct source s = below(a, from, c, c->string);
        if (!spend(a, json_count(object) + 1))
            return false;
        cJSON *member = json_member(object, c->string);
        if (member) {
            if (!merge_member(a, member, &s))
                return false;
            continue;
        }
        cJSON *copy = bring(a, &s);
        if (!copy)
            return false;
        json_set(a->arena, object, c->string, copy);
    }
    return true;
}

/* ---- actions --------------------------------------------------------------------- */

static bool find(struct applying *a, const struct jsonpath *path, const char *name,
                 const char *text, struct jsonpath_nodes *found)
{
    const char *why;
    struct iregexps *expressions = iregexps_new(a->scratch);
    a->search.context = expressions;
    if (!jsonpath_find(path, a->root, &a->search, a->scratch, found, &why))
        return err_set(a->err, at_action(a, name), "\"%.200s\" was given up: %s", text,
                       why);
    const char *refused = iregexps_refused(expressions);
    if (refused)
        err_warn(a->err, at_action(a, name),
                 "\"%.100s\" is no I-Regexp (RFC 9485), so it matches nothing",
                 refused);
    return true;
}

/* A node that is selected twice is still one node. */
static void unite(struct applying *a, struct jsonpath_nodes *nodes)
{
    struct map *seen = map_new(a->scratch);
    size_t kept = 0;
    for (size_t i = 0; i < nodes->count; i++) {
        struct str key = { (const char *)&nodes->list[i].node, sizeof(cJSON *) };
        if (!map_put(seen, key, nodes->list[i].node))
            nodes->list[kept++] = nodes->list[i];
    }
    nodes->count = kept;
}

static const char *shape(const cJSON *n)
{
    return is_primitive(n) ? "a primitive value" : json_kind(n);
}

static bool check_targets(struct applying *a, const struct jsonpath_nodes *targets,
                          const struct source *from)
{
    const char *first = shape(targets->list[0].node);
    unsigned depth = depth_of(from->value);
    for (size_t i = 0; i < targets->count; i++) {
        const struct jsonpath_node *t = &targets->list[i];
        if (strcmp(first, shape(t->node)) != 0)
            return err_set(a->err, at_action(a, "target"),
                           "expected only objects, only arrays or only primitive "
                           "values, found %s at %s and %s at %s",
                           first, targets->list[0].pointer, shape(t->node), t->pointer);
        if (t->depth + 1 + depth > LIMIT_DEPTH)
            return err_set(a->err, blame(a, from),
                           "the document would nest deeper than %d levels",
                           LIMIT_DEPTH);
    }
    if (json_is_array(targets->list[0].node) || strcmp(first, shape(from->value)) == 0)
        return true;
    return err_set(a->err, blame(a, from),
                   "expected %s, as the target selects, found %s", first,
                   json_kind(from->value));
}

/* The value of `copy` as it is before anything is changed. */
static bool find_copy(struct applying *a, struct source *from)
{
    struct jsonpath_nodes found;
    if (!find(a, a->action->copy, "copy", a->action->copy_text, &found))
        return false;
    unite(a, &found);
    if (found.count != 1)
        return err_set(a->err, at_action(a, "copy"),
                       "expected that \"%.200s\" selects one node of %s, found %zu",
                       a->action->copy_text, a->file, found.count);
    from->value = json_copy(a->scratch, found.list[0].node);
    from->at = origins_where(a->origins, found.list[0].pointer, a->scratch);
    return true;
}

static bool update(struct applying *a, const struct jsonpath_nodes *targets)
{
    struct source from = { a->action->update, at_action(a, "update") };
    if ((a->action->copy && !find_copy(a, &from)) || !check_targets(a, targets, &from))
        return false;
    for (size_t i = 0; i < targets->count; i++) {
        cJSON *node = targets->list[i].node;
        bool ok = json_is_object(node)        ? merge_objects(a, node, &from)
                  : !json_is_array(node)      ? replace(a, node, &from)
                  : json_is_array(from.value) ? concatenate(a, node, &from)
                                              : append(a, node, &from);
        if (!ok)
            return false;
    }
    return true;
}

/* What stands in an array will have other indexes than in the file. */
static void remember_items(struct applying *a, const struct jsonpath_node *removed)
{
    const char *slash = strrchr(removed->pointer, '/');
    struct str path = { removed->pointer, (size_t)(slash - removed->pointer) };
    struct where at =
        origins_where(a->origins, arena_copy(a->scratch, path), a->scratch);
    size_t index = 0;
    for (const cJSON *c = removed->parent->child; c; c = c->next, index++)
        if (!origins_has(a->origins, c))
            origins_put(a->origins, c, at.file,
                        arena_printf(a->scratch, "%s/%zu", at.pointer, index));
}

static bool take_out(struct applying *a, const struct jsonpath_nodes *targets)
{
    struct map *seen = map_new(a->scratch); /* arrays */
    for (size_t i = 0; i < targets->count; i++) {
        const struct jsonpath_node *t = &targets->list[i];
        if (!t->parent)
            return err_set(a->err, at_action(a, "target"),
                           "the whole document cannot be removed");
        struct str key = { (const char *)&t->parent, sizeof(t->parent) };
        if (json_is_array(t->parent) && !map_put(seen, key, t->parent))
            remember_items(a, t);
    }
    for (size_t i = 0; i < targets->count; i++)
        json_detach(targets->list[i].parent, targets->list[i].node);
    return true;
}

static bool act(struct applying *a)
{
    const struct action *action = a->action;
    struct jsonpath_nodes targets;
    if (!find(a, action->target, "target", action->target_text, &targets))
        return false;
    if (!targets.count) {
        err_warn(a->err, at_action(a, "target"), "\"%.200s\" selects nothing in %s",
                 action->target_text, a->file);
        return true;
    }
    unite(a, &targets);
    if (a->overlay->old && is_primitive(targets.list[0].node))
        err_warn(a->err, at_action(a, "target"),
                 "\"%.200s\" selects %s, which Overlay 1.0 does not change; done as in "
                 "1.1",
                 action->target_text, json_kind(targets.list[0].node));
    if (action->remove)
        return take_out(a, &targets);
    return (!action->update && !action->copy) || update(a, &targets);
}

/* One action in a scratch of its own. */
static bool act_within_bounds(struct applying *a)
{
    if (setjmp(*arena_guard(a->scratch)))
        return err_set(a->err,
                       (struct where){ a->overlay->file, 0, 0, a->action->pointer },
                       "this action takes too much memory");
    bool ok = act(a);
    arena_unguard(a->scratch);
    arena_reset(a->scratch);
    return ok;
}

bool overlay_apply(const struct overlay *o, cJSON *root, const char *file,
                   struct origins *origins, struct arena *arena, struct err *err)
{
    struct applying a = {
        .overlay = o,
        .root = root,
        .file = file,
        .origins = origins,
        .arena = arena,
        .scratch = arena_new(LIMIT_SPEC_MEMORY),
        .err = err,
        .search = { .match = iregexps_match, .steps = LIMIT_JSONPATH_STEPS },
    };
    if (setjmp(*arena_guard(arena))) {
        arena_free(a.scratch);
        arena_fail(arena);
    }
    if (o->extends && !overlay_names(o, file, a.scratch))
        err_warn(err, (struct where){ .file = o->file, .pointer = "/extends" },
                 "this overlay is for %.200s, but is applied to %s", o->extends, file);
    bool ok = true;
    for (size_t i = 0; ok && i < o->count; i++) {
        a.action = &o->actions[i];
        ok = act_within_bounds(&a);
    }
    arena_unguard(arena);
    arena_free(a.scratch);
    return ok;
}
