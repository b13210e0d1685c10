#include "play/validator.h"

#include "api/param.h"
#include "base/map.h"
#include "play/fixture.h"
#include "play/script.h"

/* ---- at load ---- */

void validator_targets(struct behaviour *b, struct arena *arena)
{
    const struct api *api = b->api;
    struct map *by_path = map_new(arena);
    b->reads = arena_array(arena, const struct operation *, api->operation_count + 1);
    for (size_t i = 0; i < api->operation_count; i++)
        if (strcmp(api->operations[i].method, "GET") == 0)
            map_put(by_path, str(api->operations[i].path), &api->operations[i]);
    for (size_t i = 0; i < api->operation_count; i++)
        b->reads[i] = map_get(by_path, str(api->operations[i].path));
}

/* "$request.header.If-Match" in an expression, a condition or a body. */
static bool names_condition(const char *text)
{
    static const char before[] = "$request.header.if-";
    const size_t n = sizeof(before) - 1;
    for (const char *p = text ? strchr(text, '$') : NULL; p; p = strchr(p + 1, '$')) {
        struct str rest = str(p);
        if (rest.len > n && str_equal_nocase((struct str){ p, n }, str(before)))
            return true;
    }
    return false;
}

bool validator_own(const struct record_step *steps, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct record_step *s = &steps[i];
        if (names_condition(s->when) || names_condition(s->require) ||
            names_condition(s->body))
            return true;
        for (unsigned j = 0; j < s->where_count; j++)
            if (names_condition(s->where[j].is))
                return true;
        for (unsigned j = 0; j < s->set_count; j++)
            if (names_condition(s->set[j].to))
                return true;
    }
    return false;
}

const char *validator_whole(const char *body, struct arena *arena)
{
    struct json_error why;
    if (!body)
        return NULL;
    if (*body != '$') {
        const cJSON *tree = json_read(str(body), LIMIT_BODY_NODES, arena, &why);
        while (json_is_object(tree) && tree->child && !tree->child->next)
            tree = tree->child;
        if (!json_is_string(tree) || *tree->valuestring != '$')
            return NULL;
        body = tree->valuestring;
    }
    return strpbrk(body, "#./{} ") ? NULL : body + 1;
}

/* ---- at each call ---- */

/* The tag of these bytes, with its quotes; from arena. */
static struct str validator_etag(const char *content_type, struct str bytes,
                                 struct arena *arena)
{
    unsigned long long of[] = { str_hash(bytes), str_hash(str(content_type)) };
    unsigned long long hash = str_hash((struct str){ (const char *)of, sizeof(of) });
    char *tag = arena_take(arena, 19);
    tag[0] = tag[17] = '"';
    for (size_t i = 16; i > 0; i--, hash >>= 4)
        tag[i] = "0123456789abcdef"[hash & 15];
    return (struct str){ tag, 18 };
}

/* Whether an instance is sent with parts of others, whose changes it does not stamp. */
static bool shows_others(const struct store_collection *plan)
{
    for (size_t i = 0; i < plan->reference_count; i++)
        if (plan->references[i].keep_count)
            return true;
    return false;
}

void validator_stamp(const struct behaviour *b, struct scope *s, const char *name,
                     struct answer *a)
{
    const struct binding *one = name ? scope_binding(s, name) : NULL;
    a->dated = false;
    if (!one || !one->instances || one->list || !one->value ||
        shows_others(&b->plan.collections[one->collection]))
        return;
    const struct collection_rules *rules = &book_of(b)->rules[one->collection];
    const cJSON *stamp =
        rules->updated_count ? way_get(one->value, &rules->updated[0].at) : NULL;
    if (json_is_string(stamp)) {
        a->dated = clock_read(str(stamp->valuestring), &a->modified);
    } else if (json_is_number(stamp) && stamp->valuedouble >= 0 &&
               stamp->valuedouble < 253402300800.0) { /* the year 10000 */
        a->dated = true;
        a->modified = (clock_ms)stamp->valuedouble * 1000;
    }
}

static struct str etag_said(const struct answer *a)
{
    for (size_t i = 0; i < a->header_count; i++)
        if (str_equal_nocase(a->headers[i].name, STR("ETag")))
            return a->headers[i].value;
    return (struct str){ NULL, 0 };
}

/* What a behaviour says of its own instance counts for more than what can be made. */
static void fill(struct validators *v, const struct answer *a, bool single,
                 struct str bytes, struct arena *arena)
{
    *v = (struct validators){ .exists = a->status >= 200 && a->status <= 299,
                              .dated = a->dated,
                              .modified = a->modified,
                              .etag = etag_said(a) };
    if (!v->etag.ptr && v->exists && single && bytes.ptr)
        v->etag = validator_etag(a->content_type, bytes, arena);
}

/* The tree of a GET of this call's target; NULL when such a call would be refused. */
static const cJSON *input_of(struct call *c, const struct operation *op,
                             const struct request *r)
{
    struct findings findings = { .arena = c->arena }, warnings = { .arena = c->arena };
    struct route route = c->route;
    route.operation = op;
    cJSON *input = params_read(&route, r, c->arena, &findings, &warnings);
    schema_check(op->input, input, DIRECTION_REQUEST, "", c->arena, &findings);
    return findings.count ? NULL : input;
}

/* The scope of another operation in this call; what it draws is not drawn here. */
static struct scope *scope_of(struct call *c, const struct operation *op,
                              const struct request *r, const cJSON *input)
{
    struct scope *s = arena_take(c->arena, sizeof(*s));
    struct chance *chance = arena_take(c->arena, sizeof(*chance));
    *chance = *c->scope.chance;
    *s = c->scope;
    s->operation = op;
    s->request = r;
    s->input = input;
    s->chance = chance;
    s->binding_count = 0;
    return s;
}

void validator_peek(struct call *c, struct answer *a, struct validators *v)
{
    const struct behaviour *b = c->world->behaviours[c->api];
    const struct operation *op = b->reads[c->route.operation->index];
    *v = (struct validators){ .exists = false };
    *a = (struct answer){ .status = 404 };
    if (!op)
        return;
    struct request *r = arena_take(c->arena, sizeof(*r));
    *r = *c->request;
    r->method = STR("GET");
    r->body = (struct str){ NULL, 0 };
    const cJSON *input = input_of(c, op, r);
    if (!input)
        return;
    if (!behaviour_peek(b, scope_of(c, op, r, input), a)) {
        v->exists = true; /* the document's example, of which no version is known */
        return;
    }
    fill(v, a, a->single, answer_written(op, a, c->arena), c->arena);
}

bool validator_absent(struct call *c)
{
    struct answer a = { .status = 0 };
    return behaviour_peek(c->world->behaviours[c->api],
                          scope_of(c, c->route.operation, c->request, c->input), &a) &&
           (a.status == 404 || a.status == 410);
}

static bool reads(const struct request *r)
{
    return str_is(r->method, "GET") || str_is(r->method, "HEAD");
}

void validator_of(struct call *c, struct validators *v)
{
    const struct answer *a = &c->answer;
    bool own = reads(c->request) ? a->single : a->same;
    fill(v, a, own, c->bytes, c->arena);
    v->dated = v->dated && own;
}

void validator_compare(struct call *c)
{
    const struct behaviour *b = c->world->behaviours[c->api];
    const struct operation *op = b->reads[c->route.operation->index];
    struct answer *a = &c->answer, there;
    struct validators v;
    if (a->same || reads(c->request) || !op || !behaviour_is_single(b, op) ||
        a->status < 200 || a->status > 299 || !a->body)
        return;
    validator_peek(c, &there, &v);
    a->same = there.body && there.status == 200 && json_equal(there.body, a->body) &&
              strcmp(there.content_type, a->content_type) == 0;
    if (!a->same)
        return;
    a->dated = there.dated;
    a->modified = there.modified;
    if (etag_said(&there).ptr)
        answer_header(a, "ETag", etag_said(&there));
}
