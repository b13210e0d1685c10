#include "api/param.h"

#include "api/param_value.h"
#include "api/prefer.h"
#include "base/map.h"
#include "doc/pointer.h"

/* One request on its way into the tree. */
struct gathering {
    const struct operation *op;
    const struct request *request;
    struct arena *arena;
    struct findings *findings, *warnings;
    struct givens *givens; /* one for each of the operation's parameters */
    cJSON *places[PARAM_COOKIE + 1];
    struct map *undeclared; /* names that were told; NULL until there is one */
};

static void give(struct gathering *g, const struct param *p, struct given one)
{
    given_add(&g->givens[p - g->op->params], one, g->arena);
}

/* ---- single values, for whoever asks ---- */

/* "a=1" → name "a", value "1"; as sent. */
static void split_pair(struct str pair, struct str *name, struct str *value)
{
    *value = pair;
    str_split(value, '=', name);
    if (!value->ptr)
        *value = STR("");
}

/* RFC 6265, 4.2.1: pairs with "; " between them. */
static bool next_cookie(struct str *rest, struct str *pair)
{
    if (!rest->len || !str_split(rest, ';', pair))
        return false;
    *pair = str_trim(*pair);
    return true;
}

struct str request_value(const struct request *r, enum param_in in, const char *name,
                         struct arena *arena)
{
    struct str rest = in == PARAM_COOKIE ? request_header(r, "Cookie") : r->query;
    struct str pair, key, value;
    if (in == PARAM_HEADER)
        return request_header(r, name);
    if (in == PARAM_COOKIE) {
        while (next_cookie(&rest, &pair)) {
            split_pair(pair, &key, &value);
            if (str_is(key, name))
                return value;
        }
        return (struct str){ NULL, 0 };
    }
    while (str_split(&rest, '&', &pair)) {
        split_pair(pair, &key, &value);
        if (percent_decode(key, true, arena, &key) && str_is(key, name) &&
            percent_decode(value, true, arena, &value))
            return value;
    }
    return (struct str){ NULL, 0 };
}

/* ---- path ---- */

static void not_as_styled(struct gathering *g, const struct param *p, struct str found,
                          const char *wanted)
{
    struct reading r = { .param = p,
                         .arena = g->arena,
                         .findings = { .arena = g->arena } };
    reading_finding(&r, "", "style", found, wanted);
    findings_add(g->findings, r.findings.list[0]);
}

/* ";color=blue;color=black", ";R=100;G=200", ";color=blue,black", ";color". */
static void give_matrix(struct gathering *g, const struct param *p, struct str text)
{
    struct str rest = str_from(text, 1), part, name, value, plain;
    bool object = p->explode && (p->types & TYPE_OBJECT) && p->types != TYPE_ANY;
    if (!text.len || text.ptr[0] != ';') {
        not_as_styled(g, p, text, "\";\" and the name before the value");
        return;
    }
    while (str_split(&rest, ';', &part)) {
        split_pair(part, &name, &value);
        if (!percent_decode(name, false, g->arena, &plain)) {
            not_as_styled(g, p, text, "percent-encoded UTF-8");
            return;
        }
        if (str_is(plain, p->name))
            give(g, p, (struct given){ .text = value });
        else if (object)
            give(g, p, (struct given){ .text = value, .member = plain });
        else {
            not_as_styled(g, p, text, "\";\" and the name before the value");
            return;
        }
    }
}

static void gather_path(struct gathering *g, const struct route *route)
{
    const struct param_table *t = g->op->table;
    for (size_t i = 0; i < route->count && i < t->path_count; i++) {
        const struct param *p = t->path[i];
        struct str text = route->values[i];
        if (!p)
            continue;
        if (p->media || p->style == STYLE_SIMPLE)
            give(g, p, (struct given){ .text = text });
        else if (p->style == STYLE_MATRIX)
            give_matrix(g, p, text);
        else if (text.len && text.ptr[0] == '.')
            give(g, p, (struct given){ .text = str_from(text, 1) });
        else
            not_as_styled(g, p, text, "a \".\" before the value");
    }
}

/* ---- query ---- */

/* "a[b][c]" → base "a", brackets "[b][c]". False when name is not of that form. */
static bool split_brackets(struct str name, struct str *base, struct str *brackets)
{
    const char *open = name.len ? memchr(name.ptr, '[', name.len) : NULL;
    if (!open || open == name.ptr)
        return false;
    *base = (struct str){ name.ptr, (size_t)(open - name.ptr) };
    *brackets = str_from(name, base->len);
    for (size_t i = 0; i < brackets->len;) {
        struct str rest = str_from(*brackets, i + 1);
        const char *close = rest.len ? memchr(rest.ptr, ']', rest.len) : NULL;
        if (brackets->ptr[i] != '[' || !close)
            return false;
        i += (size_t)(close - rest.ptr) + 2;
    }
    return true;
}

/* Whether a parameter can have keys in brackets: a scalar cannot. */
static bool takes_brackets(const struct param *p)
{
    if (p->media)
        return false;
    if (p->types == TYPE_ANY || !p->types)
        return p->style == STYLE_DEEP;
    return p->types & (TYPE_ARRAY | TYPE_OBJECT);
}

/* The exploded object that name is a member of, or NULL. */
static const struct param *piece_of(const struct gathering *g, struct str name)
{
    const struct param_table *t = g->op->table;
    for (size_t i = 0; i < t->piece_count; i++) {
        const struct param *p = t->pieces[i];
        const char *below = pointer_join(g->arena, "", arena_copy(g->arena, name));
        if (schema_types(p->plan, below, NULL))
            return p;
    }
    return NULL;
}

/* An API key, or a word that a client says to the mock and not to the API. */
static bool is_for_others(const struct gathering *g, struct str name)
{
    return prefer_is_twin(name) || map_get(g->op->table->keys, name);
}

static bool give_declared(struct gathering *g, struct str name, struct str text)
{
    const struct param_table *t = g->op->table;
    struct str base, brackets;
    const struct param *p = map_get(t->query, name);
    if (p) {
        give(g, p, (struct given){ .text = text });
        return true;
    }
    bool keyed = split_brackets(name, &base, &brackets);
    p = keyed ? map_get(t->query, base) : NULL;
    if (p && takes_brackets(p)) {
        give(g, p, (struct given){ .text = text, .brackets = brackets });
        return true;
    }
    if (!t->piece_count || is_for_others(g, name))
        return false;
    if ((p = piece_of(g, name))) {
        give(g, p, (struct given){ .text = text, .member = name });
        return true;
    }
    if (!keyed || !(p = piece_of(g, base)))
        return false;
    give(g, p, (struct given){ .text = text, .member = base, .brackets = brackets });
    return true;
}

static const char *nearest(const struct gathering *g, struct str name)
{
    const struct map *declared = g->op->table->query;
    const char *best = NULL;
    unsigned least = name.len < 4 ? 2 : 4;
    struct str key;
    void *p;
    if (map_count(g->undeclared) >= LIMIT_NEAREST_NAMES)
        return NULL;
    for (size_t i = 0; map_at(declared, i, &key, &p); i++) {
        unsigned d = str_distance(key, name);
        if (d < least) {
            least = d;
            best = key.ptr;
        }
    }
    return best;
}

static void undecodable(const struct gathering *g, struct str text)
{
    struct str found = utf8_valid(text) ? text : STR("other bytes");
    findings_add(g->findings, (struct finding){ .pointer = "/query",
                                                .keyword = "encoding",
                                                .schema_pointer = g->op->pointer,
                                                .found = json_string(g->arena, found),
                                                .note = "percent-encoded UTF-8" });
}

static void keep_undeclared(struct gathering *g, struct str name, struct str text)
{
    struct str value;
    if (!percent_decode(text, true, g->arena, &value)) {
        undecodable(g, text);
        return;
    }
    if (map_get(g->undeclared, name))
        return; /* the first counts */
    const char *near = nearest(g, name), *own = arena_copy(g->arena, name);
    cJSON *kept = json_string(g->arena, value);
    if (!g->undeclared)
        g->undeclared = map_new(g->arena);
    map_put(g->undeclared, name, kept);
    json_add(g->places[PARAM_QUERY], own, kept);
    if (is_for_others(g, name))
        return;
    findings_add(g->warnings,
                 (struct finding){ .pointer = pointer_join(g->arena, "/query", own),
                                   .keyword = "additionalProperties",
                                   .schema_pointer = g->op->pointer,
                                   .found = kept,
                                   .name = own,
                                   .near = near });
}

static void gather_pair(struct gathering *g, struct str pair)
{
    struct str raw, text, name;
    split_pair(pair, &raw, &text);
    if (!percent_decode(raw, true, g->arena, &name)) {
        undecodable(g, raw);
        return;
    }
    const struct param *whole = g->op->table->querystring;
    if (whole && !prefer_is_twin(name))
        give(g, whole, (struct given){ .text = text, .member = name });
    else if (!give_declared(g, name, text))
        keep_undeclared(g, name, text);
}

static void too_many(const struct gathering *g)
{
    findings_add(
        g->findings,
        (struct finding){ .pointer = "/query",
                          .keyword = "maxProperties",
                          .schema_pointer = g->op->pointer,
                          .expected = json_integer(g->arena, LIMIT_QUERY_VALUES),
                          .found = json_string(g->arena, STR("more")) });
}

static void gather_query(struct gathering *g)
{
    const struct param *whole = g->op->table->querystring;
    struct str rest = g->request->query, pair;
    size_t count = 0;
    if (whole && !param_is_form(whole)) {
        if (rest.len)
            give(g, whole, (struct given){ .text = rest });
        return;
    }
    while (str_split(&rest, '&', &pair)) {
        if (!pair.len)
            continue;
        if (count++ == LIMIT_QUERY_VALUES) {
            too_many(g);
            return;
        }
        gather_pair(g, pair);
    }
}

/* ---- headers and cookies ---- */

/* Several lines of one field are one list (RFC 9110, 5.3), where it is a list. */
static void gather_header(struct gathering *g, const struct param *p)
{
    const struct request *r = g->request;
    struct buffer all = buffer_in(g->arena, LIMIT_HEAD_BYTES);
    struct str first = { NULL, 0 };
    bool list = p->media || p->types == TYPE_ANY || !p->types ||
                (p->types & (TYPE_ARRAY | TYPE_OBJECT));
    size_t count = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        struct str value = r->headers[i].value;
        if (!str_equal_nocase(r->headers[i].name, str(p->name)))
            continue;
        if (!list)
            give(g, p, (struct given){ .text = value });
        else if (!count++)
            first = value;
        else {
            if (count == 2)
                buffer_add(&all, first);
            buffer_add(&all, STR(", "));
            buffer_add(&all, value);
        }
    }
    if (count)
        give(g, p, (struct given){ .text = count > 1 ? buffer_str(&all) : first });
}

/* The parameter that a cookie of that name is, or is a member of. */
static void give_cookie(struct gathering *g, struct str pair)
{
    const struct param_table *t = g->op->table;
    struct str name, text, plain;
    split_pair(pair, &name, &text);
    if (!percent_decode(name, false, g->arena, &plain))
        plain = name; /* a cookie's name may hold any '%' */
    for (size_t i = 0; i < t->cookie_count; i++) {
        const struct param *p = t->cookies[i];
        if (str_is(plain, p->name)) {
            give(g, p, (struct given){ .text = text });
            return;
        }
    }
    for (size_t i = 0; i < t->cookie_count && utf8_valid(plain); i++) {
        const struct param *p = t->cookies[i];
        if (!p->explode || p->media || p->types == TYPE_ANY ||
            !(p->types & TYPE_OBJECT))
            continue;
        const char *below = pointer_join(g->arena, "", arena_copy(g->arena, plain));
        if (!schema_types(p->plan, below, NULL))
            continue;
        give(g, p, (struct given){ .text = text, .member = plain });
        return;
    }
}

/* Several Cookie fields are one (RFC 9113, 8.2.3). */
static void gather_cookies(struct gathering *g)
{
    const struct request *r = g->request;
    struct str rest, pair, part;
    size_t count = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        if (!str_equal_nocase(r->headers[i].name, STR("Cookie")))
            continue;
        rest = r->headers[i].value;
        while (next_cookie(&rest, &pair)) {
            if (!g->op->table->split_cookies) {
                give_cookie(g, pair);
                continue;
            }
            while (str_split(&pair, '&', &part) && count++ < LIMIT_QUERY_VALUES)
                give_cookie(g, part);
        }
    }
}

/* ---- the tree ---- */

/* Presence is not asked of such parameters by the schema: an empty value is none. */
static void require(const struct gathering *g, const struct param *p)
{
    if (p->required && p->empty_allowed)
        findings_add(g->findings, (struct finding){ .pointer = "/query",
                                                    .keyword = "required",
                                                    .schema_pointer = p->pointer,
                                                    .name = p->name });
}

static void put_values(const struct gathering *g, cJSON *input)
{
    const struct operation *op = g->op;
    for (size_t i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        const struct givens *given = &g->givens[i];
        cJSON *value = NULL;
        if (given->count)
            value = param_value(p, given, g->arena, g->findings, g->warnings);
        else if (p->assumed)
            value = json_copy(g->arena, p->assumed);
        else
            require(g, p);
        if (!value)
            continue;
        if (p->in == PARAM_QUERYSTRING)
            json_add(input, "query", value);
        else
            json_add(g->places[p->in], p->name, value);
    }
}

cJSON *params_read(const struct route *route, const struct request *r,
                   struct arena *arena, struct findings *findings,
                   struct findings *warnings)
{
    const struct operation *op = route->operation;
    struct gathering g = { .op = op,
                           .request = r,
                           .arena = arena,
                           .findings = findings,
                           .warnings = warnings };
    cJSON *input = json_object(arena);
    g.givens = arena_array(arena, struct givens, op->param_count + 1);
    for (enum param_in in = PARAM_PATH; in <= PARAM_COOKIE; in++) {
        g.places[in] = json_object(arena);
        if (in != PARAM_QUERY || !op->table->querystring)
            json_add(input, param_in_name(in), g.places[in]);
    }
    gather_path(&g, route);
    gather_query(&g);
    for (size_t i = 0; i < op->table->header_count; i++)
        gather_header(&g, op->table->headers[i]);
    if (op->table->cookie_count)
        gather_cookies(&g);
    put_values(&g, input);
    return input;
}

void params_settle(struct findings *all, size_t told)
{
    size_t kept = told;
    for (size_t i = told; i < all->count; i++) {
        const struct finding *f = &all->list[i];
        bool known = false;
        const char *at = f->name && strcmp(f->keyword, "required") == 0
                             ? pointer_join(all->arena, f->pointer, f->name)
                             : NULL;
        for (size_t j = 0; at && j < told; j++)
            known = known || strcmp(all->list[j].pointer, at) == 0;
        if (!known)
            all->list[kept++] = *f;
    }
    all->count = kept;
}
