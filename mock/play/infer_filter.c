#include "play/infer_parts.h"

#include "base/limits.h"
#include "doc/pointer.h"

/* ---- what a list call may carry ---- */

static void add_input(struct inputs *all, struct input in)
{
    if (all->count < MOST_INPUTS)
        all->list[all->count++] = in;
}

/* An object in the query is its members: filter[status], created[gte]. Where the value
 * may also be none, it is compared as such when none of them is there. */
static void add_param(struct look *l, struct inputs *all, const struct param *p)
{
    if (p->in != PARAM_QUERY || strchr(p->name, '#'))
        return;
    struct view v = p->schema ? view_of(l, p->schema, p->schema_pointer)
                              : (struct view){ NULL, "" };
    char *whole = arena_printf(l->arena, "$request.query.%s", p->name);
    const struct members *below = p->types & TYPE_OBJECT ? view_members(l, v) : NULL;
    struct buffer none = buffer_in(l->arena, LIMIT_HEAD_BYTES);
    for (size_t i = 0; below && i < below->count; i++) {
        const struct member *m = &below->list[i];
        const char *name = arena_printf(l->arena, "%s[%s]", p->name, m->name);
        char *at =
            arena_printf(l->arena, "%s#%s", whole, pointer_join(l->arena, "", m->name));
        buffer_printf(&none, "%s%s == null", none.len ? " && " : "", at);
        add_input(all, (struct input){ .plain = name_plain(l->arena, str(name)),
                                       .name = name,
                                       .expression = at,
                                       .view = m->view,
                                       .types = view_types(l, m->view),
                                       .query = name });
    }
    if (none.len && !(p->types & ~(unsigned)TYPE_OBJECT))
        return;
    add_input(
        all, (struct input){
                 .plain = name_plain(l->arena, str(p->name)),
                 .name = p->name,
                 .expression = whole,
                 .view = v,
                 .types = p->types,
                 .query = p->name,
                 .assumed = true,
                 .unless = none.len ? arena_copy(l->arena, buffer_str(&none)) : NULL });
}

/* Members of objects in the body stand beside the others: created.after. */
static void add_member(struct look *l, struct inputs *all, const struct member *m,
                       const char *name, const char *pointer, int depth)
{
    const char *at = pointer_join(l->arena, pointer, m->name);
    const char *full = *name ? arena_printf(l->arena, "%s.%s", name, m->name) : m->name;
    if (depth && view_is_object(l, m->view)) {
        const struct members *below = view_members(l, m->view);
        for (size_t i = 0; i < below->count; i++)
            add_member(l, all, &below->list[i], full, at, depth - 1);
        if (below->count)
            return;
    }
    add_input(all, (struct input){ .plain = name_plain(l->arena, str(full)),
                                   .name = full,
                                   .expression =
                                       arena_printf(l->arena, "$request.body#%s", at),
                                   .view = m->view,
                                   .types = view_types(l, m->view) });
}

const struct inputs *infer_inputs(struct finding_out *f, const struct operation *op)
{
    struct look *l = &f->look;
    struct inputs *all = arena_take(l->arena, sizeof(*all));
    const struct members *body = view_members(l, view_body(l, op));
    all->list = arena_array(l->arena, struct input, MOST_INPUTS);
    for (size_t i = 0; i < op->param_count; i++)
        add_param(l, all, &op->params[i]);
    for (size_t i = 0; i < body->count; i++)
        add_member(l, all, &body->list[i], "", "", 1);
    return all;
}

/* ---- what each is compared with ---- */

static bool is_among(const cJSON *value, const cJSON *list)
{
    for (const cJSON *one = list->child; one; one = one->next)
        if (json_equal(value, one))
            return true;
    return false;
}

/* state=all: whoever asks for that wants no filter. */
static bool means_all(const cJSON *value)
{
    static const char *const words[] = { "all", "any" };
    return json_is_string(value) &&
           name_is_one_of(value->valuestring, words, COUNT(words));
}

/* A parameter that may have values which the member never has filters in a way that
 * nobody tells, but for one value that means all: *unless is that, or NULL. */
static bool is_within(const struct look *l, const cJSON *asked, struct view member,
                      const char **unless)
{
    const cJSON *had = member.node;
    const unsigned types = view_types(l, member);
    const bool texts = !types || types & (TYPE_STRING | TYPE_ARRAY);
    const cJSON *values = json_member(asked, "enum"), *own = json_member(had, "enum");
    const cJSON *items = json_member(json_member(asked, "items"), "enum");
    *unless = NULL;
    for (const cJSON *v = values  ? values->child
                          : items ? items->child
                                  : NULL;
         v; v = v->next) {
        if (own ? is_among(v, own) : !means_all(v) && (texts || !json_is_string(v)))
            continue;
        if (!values || !means_all(v) || *unless)
            return false;
        *unless = v->valuestring;
    }
    return true;
}

/* "filter[status]" and "status[]" are about status. */
static const char *filtered(struct finding_out *f, const struct input *in)
{
    static const char *const heads[] = { "filter[", "filters[", "filter." };
    const char *name = in->query;
    for (size_t i = 0; name && i < COUNT(heads); i++)
        if (strncmp(name, heads[i], strlen(heads[i])) == 0)
            return name_plain(f->look.arena, str(name + strlen(heads[i])));
    return in->plain;
}

/* What a value is that an input asks for: of an array, its items. */
static unsigned asked(struct look *l, const struct input *in)
{
    return in->types & TYPE_ARRAY ? view_types(l, view_items(l, in->view)) : in->types;
}

/* The member that an object is called by: its id, or where that has another type than
 * what is asked for, its name. NULL: it has none. */
static const struct member *called(struct look *l, struct view object, unsigned types)
{
    static const char *const names[] = { "id",    "key",   "name",    "slug",
                                         "title", "login", "username" };
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct member *m = view_member(l, object, names[i]);
        unsigned its = m ? view_types(l, m->view) : 0;
        if (m && (!types || !its || its & types))
            return m;
    }
    return view_member(l, object, "id");
}

/* Where that stands: in the object itself, or in one which it has to have
 * ({"tag": {"id": …}}) or which holds what is linked ({"data": {"id": …}}). */
static char *called_at(struct look *l, struct view object, unsigned types,
                       const char *at)
{
    const struct members *all = view_members(l, object);
    const struct member *id = called(l, object, types);
    if (id)
        return pointer_join(l->arena, at, id->name);
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i];
        bool in = m->required || strcmp(m->name, "data") == 0;
        if (in && view_is_object(l, m->view) && (id = called(l, m->view, types)))
            return pointer_join(l->arena, pointer_join(l->arena, at, m->name),
                                id->name);
    }
    return NULL;
}

/* Where the value stands, in the member at `at`, that an input is compared with; unless
 * as in is_within. */
static char *place_of(struct finding_out *f, const struct input *in,
                      const struct member *m, const char *at, const char **unless)
{
    struct look *l = &f->look;
    if (view_is_object(l, m->view))
        return called_at(l, m->view, asked(l, in), at);
    struct view item =
        view_is_array(l, m->view) ? view_items(l, m->view) : (struct view){ NULL, "" };
    if (item.node && view_is_object(l, item))
        return called_at(l, item, asked(l, in), pointer_join(l->arena, at, "*"));
    return is_within(l, in->view.node, m->view, unless) ? arena_copy(l->arena, str(at))
                                                        : NULL;
}

static const struct member *member_called(struct look *l, struct view object,
                                          const char *plain)
{
    const struct members *had = view_members(l, object);
    for (size_t m = 0; m < had->count; m++)
        if (strcmp(name_plain(l->arena, str(had->list[m].name)), plain) == 0)
            return &had->list[m];
    return NULL;
}

/* The member that an input of this plain name is compared with, and where it stands;
 * NULL: none. In JSON:API these stand in the attributes and relationships. */
static const struct member *compared(struct finding_out *f, const struct group *g,
                                     const char *plain, const char *end,
                                     const char **at)
{
    struct look *l = &f->look;
    const char *name = arena_printf(l->arena, "%s%s", plain, end);
    const struct member *m = member_called(l, g->schema, name);
    const struct member *objects[] = { view_attributes(l, g->schema),
                                       view_member(l, g->schema, "relationships") };
    *at = m ? pointer_join(l->arena, "", m->name) : NULL;
    for (size_t i = 0; i < COUNT(objects) && objects[0] && !m; i++) {
        m = objects[i] ? member_called(l, objects[i]->view, name) : NULL;
        if (m)
            *at = pointer_join(l->arena, pointer_join(l->arena, "", objects[i]->name),
                               m->name);
    }
    return m;
}

const struct member *infer_named(struct finding_out *f, const struct group *g,
                                 const struct input *in, const char **at)
{
    return compared(f, g, filtered(f, in), "", at);
}

/* What a plain name is a bound of: "createdafter" and "minprice" without their words;
 * NULL: of nothing. */
static const char *bounded(struct arena *arena, struct str plain, const char *end,
                           const char *head)
{
    const size_t e = strlen(end), h = head ? strlen(head) : 0;
    if (plain.len > e && strcmp(plain.ptr + plain.len - e, end) == 0)
        return arena_copy(arena, (struct str){ plain.ptr, plain.len - e });
    return h && plain.len > h && strncmp(plain.ptr, head, h) == 0 ? plain.ptr + h
                                                                  : NULL;
}

/* "created_after", "created_at.after", "price[gte]", "min_price": from there on, or up
 * to there. */
static bool is_bound(struct finding_out *f, const struct group *g,
                     const struct input *in, struct record_where *to)
{
    static const struct {
        const char *end, *head;
        bool least, beyond;
    } words[] = { { "after", NULL, true, false },   { "since", NULL, true, false },
                  { "gte", NULL, true, false },     { "min", "min", true, false },
                  { "from", NULL, true, false },    { "gt", NULL, true, true },
                  { "before", NULL, false, false }, { "until", NULL, false, false },
                  { "lte", NULL, false, false },    { "max", "max", false, false },
                  { "to", NULL, false, false },     { "lt", NULL, false, true } };
    static const char *const ends[] = { "", "at", "date", "on" };
    struct look *l = &f->look;
    struct str plain = str(filtered(f, in));
    for (size_t i = 0; i < COUNT(words) * COUNT(ends); i++) {
        const size_t w = i / COUNT(ends);
        const char *at, *base = bounded(l->arena, plain, words[w].end, words[w].head);
        const struct member *m =
            base ? compared(f, g, base, ends[i % COUNT(ends)], &at) : NULL;
        if (!m || view_is_object(l, m->view) || view_is_array(l, m->view))
            continue;
        char **bound = words[w].least
                           ? (words[w].beyond ? &to->exclusive_minimum : &to->minimum)
                           : (words[w].beyond ? &to->exclusive_maximum : &to->maximum);
        to->at = arena_copy(l->arena, str(at));
        *bound = in->expression;
        return true;
    }
    return false;
}

/* "stage.name" and "stage[name]" are about the name in the stage. */
static char *nested(struct finding_out *f, const struct group *g,
                    const struct input *in)
{
    struct look *l = &f->look;
    struct str rest = str(in->name), head;
    const bool bracket = rest.len && rest.ptr[rest.len - 1] == ']';
    if (bracket)
        rest.len--;
    if (!str_split(&rest, bracket ? '[' : '.', &head) || !rest.ptr)
        return NULL;
    const char *at;
    const struct member *m = compared(f, g, name_plain(l->arena, head), "", &at);
    const struct member *inner =
        m && view_is_object(l, m->view)
            ? view_member(l, m->view, arena_copy(l->arena, rest))
            : NULL;
    if (!inner || view_is_object(l, inner->view))
        return NULL;
    return pointer_join(l->arena, at, inner->name);
}

/* The member whose name means the same, one or many of it: "tag" is about tags. */
static const struct member *meant(struct look *l, struct view object, const char *plain)
{
    const struct members *had = view_members(l, object);
    for (size_t m = 0; *plain && m < had->count; m++)
        if (name_is_same(l->arena, str(had->list[m].name), str(plain)))
            return &had->list[m];
    return NULL;
}

/* "tag" is about an item of tags, and the list "ids" about the id; "stage_id" about the
 * id in the stage, and "tag_id" about that of an item. */
static char *related(struct finding_out *f, const struct group *g,
                     const struct input *in)
{
    struct look *l = &f->look;
    const struct str plain = str(filtered(f, in));
    const struct member *m = meant(l, g->schema, plain.ptr);
    const char *unused;
    if (m && (view_is_array(l, m->view) ||
              (in->types & TYPE_ARRAY && !view_is_object(l, m->view))))
        return place_of(f, in, m, pointer_join(l->arena, "", m->name), &unused);
    if (plain.len < 3 || strcmp(plain.ptr + plain.len - 2, "id") != 0)
        return NULL;
    m = meant(l, g->schema,
              arena_copy(l->arena, (struct str){ plain.ptr, plain.len - 2 }));
    const bool many = m && view_is_array(l, m->view);
    const struct view object = !m     ? (struct view){ NULL, "" }
                               : many ? view_items(l, m->view)
                                      : m->view;
    const struct member *id = m ? view_member(l, object, "id") : NULL;
    const unsigned types = id ? view_types(l, id->view) : 0;
    if (!id || (types && in->types && !(types & asked(l, in))))
        return NULL;
    const char *at = pointer_join(l->arena, "", m->name);
    return pointer_join(l->arena, many ? pointer_join(l->arena, at, "*") : at, "id");
}

static bool condition_of(struct finding_out *f, const struct group *g,
                         const struct input *in, struct record_where *to)
{
    const char *at, *unless = NULL;
    const struct member *m = infer_named(f, g, in, &at);
    *to = (struct record_where){ .at = NULL };
    if (in->types && !(in->types & ~(unsigned)TYPE_OBJECT))
        return false;
    to->at = m ? place_of(f, in, m, at, &unless) : nested(f, g, in);
    if (!m && !to->at)
        to->at = related(f, g, in);
    to->is = to->at ? in->expression : NULL;
    to->when = in->unless;
    if (unless)
        to->when =
            arena_printf(f->look.arena, "%s%s%s != '%s'", in->unless ? in->unless : "",
                         in->unless ? " && " : "", in->expression, unless);
    return to->at || is_bound(f, g, in, to);
}

static void add_condition(struct finding_out *f, struct record_step *step,
                          struct record_where one)
{
    if (!step->where)
        step->where =
            arena_take(f->look.arena, INFER_CONDITIONS * sizeof(*step->where));
    if (step->where_count < INFER_CONDITIONS)
        step->where[step->where_count++] = one;
}

/* A flag that an instance does not have is not set: who asks for false means it, too.
 */
static void add_flag(struct finding_out *f, struct record_step *step,
                     struct record_where one)
{
    struct record_where unset = { .at = one.at,
                                  .is_not = arena_copy(f->look.arena, STR("true")) };
    unset.when = arena_printf(f->look.arena, "%s == false", one.is);
    one.when = arena_printf(f->look.arena, "%s == true", one.is);
    add_condition(f, step, one);
    add_condition(f, step, unset);
}

/* What a call without it means: of a member of the body, or of an object in the query.
 */
static void add_assumed(struct finding_out *f, struct record_step *step,
                        const struct input *in, const struct record_where *one)
{
    struct arena *arena = f->look.arena;
    const cJSON *given = json_member(in->view.node, "default");
    bool text = json_is_string(given) && *given->valuestring && !means_all(given) &&
                !strchr(given->valuestring, '$');
    if (in->assumed || !one->is || one->when ||
        !(text || json_is_number(given) || json_is_bool(given)))
        return;
    struct record_where without = {
        .at = one->at,
        .when = arena_printf(arena, "%s == null", in->expression),
    };
    if (json_is_bool(given) && !json_is_true(given))
        without.is_not = arena_copy(arena, STR("true"));
    else
        without.is =
            arena_copy(arena, text ? str(given->valuestring) : json_text(given, arena));
    add_condition(f, step, without);
}

void infer_filters(struct finding_out *f, const struct group *g,
                   const struct inputs *all, struct listing *l)
{
    struct arena *arena = f->look.arena;
    struct record_step *step = l->step;
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    for (size_t i = 0; i < all->count && step->where_count < INFER_CONDITIONS; i++) {
        const struct input *in = &all->list[i];
        struct record_where one;
        if (infer_is_paging(in) || in->expression == step->mode ||
            in->expression == step->limit || in->expression == l->back)
            continue;
        if (!condition_of(f, g, in, &one)) {
            buffer_printf(&b, "%s%s", b.len ? ", " : "", in->name);
            continue;
        }
        add_assumed(f, step, in, &one);
        if (in->types == TYPE_BOOLEAN && one.is)
            add_flag(f, step, one);
        else
            add_condition(f, step, one);
    }
    l->idle = b.len ? arena_copy(arena, buffer_str(&b)) : NULL;
}
