#include "play/worded.h"

#include "api/accept.h"
#include "api/media.h"
#include "doc/pointer.h"
#include "play/declared.h"

/* What a member of an error says, by the names that APIs give it. */
enum saying { SAYS_WHY, SAYS_PLACE, SAYS_NAME, SAYS_RULE, SAYS_IN, SAYS_STATUS };

static const struct {
    const char *name;
    enum saying saying;
} members[] = { { "detail", SAYS_WHY },        { "message", SAYS_WHY },
                { "msg", SAYS_WHY },           { "error_description", SAYS_WHY },
                { "errorMessage", SAYS_WHY },  { "error_message", SAYS_WHY },
                { "description", SAYS_WHY },   { "reason", SAYS_WHY },
                { "text", SAYS_WHY },          { "error", SAYS_WHY },
                { "title", SAYS_WHY },         { "pointer", SAYS_PLACE },
                { "path", SAYS_PLACE },        { "loc", SAYS_PLACE },
                { "location", SAYS_PLACE },    { "source", SAYS_PLACE },
                { "field", SAYS_NAME },        { "name", SAYS_NAME },
                { "property", SAYS_NAME },     { "param", SAYS_NAME },
                { "parameter", SAYS_NAME },    { "attribute", SAYS_NAME },
                { "code", SAYS_RULE },         { "keyword", SAYS_RULE },
                { "type", SAYS_RULE },         { "rule", SAYS_RULE },
                { "constraint", SAYS_RULE },   { "in", SAYS_IN },
                { "status", SAYS_STATUS },     { "statusCode", SAYS_STATUS },
                { "status_code", SAYS_STATUS } };

enum { DEEPEST_ERROR = 2 }; /* { "error": { "errors": [] } } */

struct words {
    struct call *c;
    int status;
    cJSON *whole; /* the body */
    const struct schema *schema;
    bool listed;
};

static int saying_of(const char *name)
{
    for (size_t i = 0; i < COUNT(members); i++)
        if (strcmp(members[i].name, name) == 0)
            return (int)members[i].saying;
    return -1;
}

static bool holds(const struct words *w)
{
    return !w->schema ||
           schema_check(w->schema, w->whole, DIRECTION_RESPONSE, "", w->c->arena, NULL);
}

/* Sets a member if the schema takes it. */
static bool try_set(struct words *w, cJSON *object, const char *name, cJSON *value)
{
    struct arena *arena = w->c->arena;
    cJSON *at = json_member(object, name);
    cJSON *before = at ? json_copy(arena, at) : NULL;
    json_set(arena, object, name, value);
    if (holds(w))
        return true;
    if (before)
        json_set(arena, object, name, before);
    else
        json_detach(object, value);
    return false;
}

/* ---- one finding ---- */

static cJSON *tokens_of(const char *pointer, struct arena *arena)
{
    cJSON *list = json_array(arena);
    const char *token;
    while ((token = pointer_token(&pointer, arena)))
        json_push(list, pointer_index(token) >= 0
                            ? json_integer(arena, pointer_index(token))
                            : json_string(arena, str(token)));
    return list;
}

/* What a finding says for a member that holds `like` in a sample; NULL when it has no
 * say. */
static cJSON *said_by(const struct finding *f, const char *member, const cJSON *like,
                      struct arena *arena)
{
    const char *token, *in = f->pointer, *rest = f->pointer;
    const char *text = NULL, *last = "";
    int saying = saying_of(member);
    if (saying == SAYS_PLACE && json_is_array(like))
        return tokens_of(f->pointer, arena);
    if (saying < 0 || saying == SAYS_STATUS || !json_is_string(like))
        return NULL;
    while ((token = pointer_token(&rest, arena)))
        if (pointer_index(token) < 0)
            last = token;
    token = pointer_token(&in, arena);
    switch ((enum saying)saying) {
    case SAYS_WHY:
        text = finding_text(f, arena);
        break;
    case SAYS_PLACE:
        text = f->pointer;
        break;
    case SAYS_NAME:
        text = f->name ? f->name : last;
        break;
    case SAYS_RULE:
        text = f->keyword;
        break;
    case SAYS_IN:
        text = token;
        break;
    case SAYS_STATUS:
        break;
    }
    return text ? json_string(arena, str(text)) : NULL;
}

/* An entry made after the sample of one: the members in `taken` say what f says. */
static cJSON *entry_of(struct words *w, const cJSON *like, const struct finding *f,
                       const bool *taken)
{
    struct arena *arena = w->c->arena;
    if (json_is_string(like))
        return json_string(arena, str(arena_printf(arena, "%s: %s", f->pointer,
                                                   finding_text(f, arena))));
    cJSON *entry = json_copy(arena, like);
    size_t i = 0;
    for (const cJSON *m = like->child; m; m = m->next, i++) {
        cJSON *said = !taken || taken[i] ? said_by(f, m->string, m, arena) : NULL;
        if (said)
            json_set(arena, entry, m->string, said);
    }
    return entry;
}

/* Which members of an entry the schema lets us fill, tried on the first finding. */
static bool *fillable(struct words *w, cJSON *list, const cJSON *like)
{
    struct arena *arena = w->c->arena;
    bool *taken = arena_array(arena, bool, json_count(like) + 1), any = false;
    cJSON *entry = json_copy(arena, like);
    list->child = NULL;
    json_push(list, entry);
    size_t i = 0;
    for (const cJSON *m = like->child; m; m = m->next, i++) {
        cJSON *said = said_by(&w->c->findings.list[0], m->string, m, arena);
        taken[i] = said && try_set(w, entry, m->string, said);
        any = any || (taken[i] && saying_of(m->string) == SAYS_WHY);
    }
    return any ? taken : NULL;
}

/* ---- lists of findings ---- */

/* typical is a sample of the same list, for when this one is empty, or NULL. */
static void fill_list(struct words *w, cJSON *list, const cJSON *typical)
{
    cJSON *before = list->child;
    const struct findings *all = &w->c->findings;
    bool *taken = NULL;
    const cJSON *first = before                   ? before
                         : json_is_array(typical) ? typical->child
                                                  : NULL;
    if (!first || !all->count || w->listed)
        return;
    const cJSON *like = json_copy(w->c->arena, first);
    if (json_is_object(like) && !(taken = fillable(w, list, like))) {
        list->child = before;
        return;
    }
    if (!json_is_object(like) && !json_is_string(like))
        return;
    list->child = NULL;
    for (size_t i = 0; i < all->count; i++)
        json_push(list, entry_of(w, like, &all->list[i], taken));
    w->listed = holds(w);
    if (!w->listed)
        list->child = before;
}

/* { "name": ["is missing"] }: members named by what is wrong, as some frameworks do. */
static void fill_map(struct words *w, cJSON *map, const cJSON *typical)
{
    struct arena *arena = w->c->arena;
    const struct findings *all = &w->c->findings;
    cJSON *before = map->child;
    const cJSON *like = before                    ? before
                        : json_is_object(typical) ? typical->child
                                                  : NULL;
    bool lists = json_is_array(like) && json_is_string(like->child);
    if (!all->count || w->listed || (!lists && !json_is_string(like)))
        return;
    map->child = NULL;
    for (size_t i = 0; i < all->count; i++) {
        const struct finding *f = &all->list[i];
        const char *name =
            said_by(f, "name", json_string(arena, STR("")), arena)->valuestring;
        cJSON *why = json_string(arena, str(finding_text(f, arena)));
        cJSON *there = json_member(map, name);
        if (lists && !there)
            json_set(arena, map, name, there = json_array(arena));
        if (lists)
            json_push(there, why);
        else if (!there)
            json_set(arena, map, name, why);
    }
    w->listed = holds(w);
    if (!w->listed)
        map->child = before;
}

/* ---- the whole ---- */

static bool names_findings(const char *name)
{
    static const char *const names[] = { "errors",      "details",     "violations",
                                         "issues",      "detail",      "messages",
                                         "fieldErrors", "field_errors" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void fill_member(struct words *w, cJSON *object, cJSON *m, bool *why)
{
    struct arena *arena = w->c->arena;
    int saying = saying_of(m->string);
    if (saying == SAYS_STATUS && json_is_number(m)) {
        try_set(w, object, m->string, json_integer(arena, w->status));
    } else if (strcmp(m->string, "title") == 0 && json_is_string(m)) {
        *why = try_set(w, object, m->string,
                       json_string(arena, str(status_phrase(w->status)))) &&
               *why;
    } else if (saying == SAYS_WHY && json_is_string(m) && !*why) {
        *why = try_set(w, object, m->string,
                       json_string(arena, str(w->c->refusal.detail)));
    }
}

/* Optional members that have a say are added after the typical sample. */
static void add_sayers(struct words *w, cJSON *object, const cJSON *typical)
{
    const cJSON *first = json_is_object(typical) ? typical->child : NULL;
    for (const cJSON *m = first; m; m = m->next) {
        int saying = saying_of(m->string);
        bool list =
            (json_is_array(m) || json_is_object(m)) && names_findings(m->string);
        bool wanted = list || saying == SAYS_WHY || saying == SAYS_STATUS;
        if (wanted && !json_member(object, m->string))
            try_set(w, object, m->string, json_copy(w->c->arena, m));
    }
}

/* typical is a sample of the same object with optional members, or NULL. */
static void fill(struct words *w, cJSON *object, const cJSON *typical, int depth)
{
    bool why = false;
    add_sayers(w, object, typical);
    /* In the order of the table, so that `detail` is asked before `title`. */
    for (size_t i = 0; i < COUNT(members); i++) {
        cJSON *m = json_member(object, members[i].name);
        if (m && !json_is_array(m) && !json_is_object(m))
            fill_member(w, object, m, &why);
    }
    for (cJSON *m = object->child; m; m = m->next) {
        const cJSON *like = json_member(typical, m->string);
        bool map = json_is_object(m) && names_findings(m->string) &&
                   saying_of(m->child ? m->child->string : "") < 0;
        if (json_is_array(m))
            fill_list(w, m, like);
        else if (map)
            fill_map(w, m, like);
        else if (json_is_object(m) && depth < DEEPEST_ERROR)
            fill(w, m, like, depth + 1);
    }
}

/* Every finding a line. */
static const char *plain_text(struct call *c)
{
    struct buffer b = buffer_in(c->arena, LIMIT_HEAD_BYTES);
    if (!c->findings.count)
        return c->refusal.detail ? c->refusal.detail : "";
    for (size_t i = 0; i < c->findings.count; i++)
        buffer_printf(&b, "%s%s%s%s", i ? "\n" : "", c->findings.list[i].pointer,
                      *c->findings.list[i].pointer ? ": " : "",
                      finding_text(&c->findings.list[i], c->arena));
    return buffer_str(&b).ptr;
}

static cJSON *start(struct call *c, const struct media *m)
{
    const struct example *e = media_example(m, STR(""));
    return e && e->value ? json_copy(c->arena, e->value)
                         : declared_sample(m, NULL, NULL, SAMPLE_REQUIRED,
                                           c->scope.chance, c->arena);
}

static bool fill_json(struct call *c, const struct media *m, int status, bool *listed)
{
    cJSON *body = start(c, m);
    if (!body)
        return false;
    struct chance draws = *c->scope.chance;
    struct words w = { .c = c, .status = status, .whole = body, .schema = m->schema };
    const cJSON *typical =
        declared_sample(m, NULL, NULL, SAMPLE_TYPICAL, &draws, c->arena);
    if (json_is_object(body))
        fill(&w, body, typical, 0);
    else if (json_is_array(body))
        fill_list(&w, body, typical);
    *listed = w.listed;
    c->answer.body = body;
    return true;
}

bool worded_refusal(struct call *c, int status, bool *listed)
{
    const struct operation *op = c->route.operation;
    const struct reply *reply = op ? operation_reply(op, status) : NULL;
    struct offer offer;
    accept_choose(c->request, reply, c->arena, &offer);
    if (!offer.media)
        return false;
    if (media_is_json(str(offer.type))) {
        if (!fill_json(c, offer.media, status, listed))
            return false;
    } else if (!c->findings.count && media_example(offer.media, STR(""))) {
        const struct example *e = media_example(offer.media, STR(""));
        c->answer.body = e->value;
        c->answer.text = e->text;
    } else if (str_equal_nocase(str(offer.type), STR("text/plain"))) {
        c->answer.body = json_string(c->arena, str(plain_text(c)));
        *listed = true;
    } else {
        return false;
    }
    c->answer.status = status;
    c->answer.content_type = offer.type;
    return true;
}

void worded_error(struct call *c, bool *listed)
{
    const char *detail = json_member_text(c->answer.body, "detail");
    if (!c->answer.unworded)
        return;
    c->answer.unworded = false;
    if (!c->refusal.kind)
        c->refusal.detail = detail ? detail : status_phrase(c->answer.status);
    worded_refusal(c, c->answer.status, listed);
}
