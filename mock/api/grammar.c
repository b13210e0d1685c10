#include "api/load.h"
#include "api/source.h"
#include "base/map.h"

/* The objects of OpenAPI 3.0 to 3.2 (section 4 of each) whose members are told here. */
enum object {
    PLAIN,
    DOCUMENT,
    INFO,
    CONTACT,
    LICENSE,
    SERVER,
    VARIABLE,
    COMPONENTS,
    PATHS,
    PATH_ITEM,
    OPERATION,
    DOCS,
    PARAMETER,
    HEADER,
    BODY,
    MEDIA,
    ENCODING,
    RESPONSES,
    RESPONSE,
    CALLBACK,
    EXAMPLE,
    LINK,
    TAG,
    SCHEME,
    FLOWS,
    FLOW,
    OBJECTS
};

/* What stands in a member: one object, or a list or a map of them. */
enum holds { ONE, LIST, MAP };

struct slot {
    const char *name;
    enum object object;
    enum holds holds;
};

enum { MOST_SLOTS = 12 };

static const struct {
    const char *name;
    const char *plain;             /* members that hold no object of these, by spaces */
    struct slot slots[MOST_SLOTS]; /* and those that do */
    enum object each;              /* of a map: what every member is */
} grammar[OBJECTS] = {
    [DOCUMENT] = { "an OpenAPI document",
                   "openapi $self jsonSchemaDialect security",
                   { { "info", INFO, ONE },
                     { "servers", SERVER, LIST },
                     { "paths", PATHS, ONE },
                     { "webhooks", PATH_ITEM, MAP },
                     { "components", COMPONENTS, ONE },
                     { "tags", TAG, LIST },
                     { "externalDocs", DOCS, ONE } },
                   PLAIN },
    [INFO] = { "info",
               "title summary description termsOfService version",
               { { "contact", CONTACT, ONE }, { "license", LICENSE, ONE } },
               PLAIN },
    [CONTACT] = { "a contact", "name url email", { { NULL, PLAIN, ONE } }, PLAIN },
    [LICENSE] = { "a license", "name identifier url", { { NULL, PLAIN, ONE } }, PLAIN },
    [SERVER] = { "a server",
                 "url description name",
                 { { "variables", VARIABLE, MAP } },
                 PLAIN },
    [VARIABLE] = { "a server's variable",
                   "enum default description",
                   { { NULL, PLAIN, ONE } },
                   PLAIN },
    [COMPONENTS] = { "components",
                     "schemas",
                     { { "responses", RESPONSE, MAP },
                       { "parameters", PARAMETER, MAP },
                       { "examples", EXAMPLE, MAP },
                       { "requestBodies", BODY, MAP },
                       { "headers", HEADER, MAP },
                       { "securitySchemes", SCHEME, MAP },
                       { "links", LINK, MAP },
                       { "callbacks", CALLBACK, MAP },
                       { "pathItems", PATH_ITEM, MAP },
                       { "mediaTypes", MEDIA, MAP } },
                     PLAIN },
    [PATHS] = { "paths", "", { { NULL, PLAIN, ONE } }, PATH_ITEM },
    [PATH_ITEM] = { "a path item",
                    "$ref summary description",
                    { { "get", OPERATION, ONE },
                      { "put", OPERATION, ONE },
                      { "post", OPERATION, ONE },
                      { "delete", OPERATION, ONE },
                      { "options", OPERATION, ONE },
                      { "head", OPERATION, ONE },
                      { "patch", OPERATION, ONE },
                      { "trace", OPERATION, ONE },
                      { "query", OPERATION, ONE },
                      { "additionalOperations", OPERATION, MAP },
                      { "servers", SERVER, LIST },
                      { "parameters", PARAMETER, LIST } },
                    PLAIN },
    [OPERATION] = { "an operation",
                    "tags summary description operationId deprecated security",
                    { { "externalDocs", DOCS, ONE },
                      { "parameters", PARAMETER, LIST },
                      { "requestBody", BODY, ONE },
                      { "responses", RESPONSES, ONE },
                      { "callbacks", CALLBACK, MAP },
                      { "servers", SERVER, LIST } },
                    PLAIN },
    [DOCS] = { "externalDocs", "description url", { { NULL, PLAIN, ONE } }, PLAIN },
    [PARAMETER] = { "a parameter",
                    "name in description required deprecated allowEmptyValue style "
                    "explode allowReserved schema example",
                    { { "examples", EXAMPLE, MAP }, { "content", MEDIA, MAP } },
                    PLAIN },
    [HEADER] = { "a header",
                 "description required deprecated allowEmptyValue style explode "
                 "allowReserved schema example",
                 { { "examples", EXAMPLE, MAP }, { "content", MEDIA, MAP } },
                 PLAIN },
    [BODY] = { "a request body",
               "description required",
               { { "content", MEDIA, MAP } },
               PLAIN },
    [MEDIA] = { "a media type",
                "schema itemSchema example",
                { { "examples", EXAMPLE, MAP },
                  { "encoding", ENCODING, MAP },
                  { "prefixEncoding", ENCODING, LIST },
                  { "itemEncoding", ENCODING, ONE } },
                PLAIN },
    [ENCODING] = { "an encoding",
                   "contentType style explode allowReserved",
                   { { "headers", HEADER, MAP },
                     { "encoding", ENCODING, MAP },
                     { "prefixEncoding", ENCODING, LIST },
                     { "itemEncoding", ENCODING, ONE } },
                   PLAIN },
    [RESPONSES] = { "responses", "", { { NULL, PLAIN, ONE } }, RESPONSE },
    [RESPONSE] = { "a response",
                   "summary description",
                   { { "headers", HEADER, MAP },
                     { "content", MEDIA, MAP },
                     { "links", LINK, MAP } },
                   PLAIN },
    [CALLBACK] = { "a callback", "", { { NULL, PLAIN, ONE } }, PATH_ITEM },
    [EXAMPLE] = { "an example",
                  "summary description value dataValue serializedValue externalValue",
                  { { NULL, PLAIN, ONE } },
                  PLAIN },
    [LINK] = { "a link",
               "operationRef operationId parameters requestBody description",
               { { "server", SERVER, ONE } },
               PLAIN },
    [TAG] = { "a tag",
              "name summary description parent kind",
              { { "externalDocs", DOCS, ONE } },
              PLAIN },
    [SCHEME] = { "a security scheme",
                 "type description name in scheme bearerFormat openIdConnectUrl "
                 "oauth2MetadataUrl deprecated",
                 { { "flows", FLOWS, ONE } },
                 PLAIN },
    [FLOWS] = { "flows",
                "",
                { { "implicit", FLOW, ONE },
                  { "password", FLOW, ONE },
                  { "clientCredentials", FLOW, ONE },
                  { "authorizationCode", FLOW, ONE },
                  { "deviceAuthorization", FLOW, ONE } },
                PLAIN },
    [FLOW] = { "a flow",
               "authorizationUrl deviceAuthorizationUrl tokenUrl refreshUrl scopes",
               { { NULL, PLAIN, ONE } },
               PLAIN },
};

/* A place on the way down; its pointer is made when something is told. */
struct spot {
    const struct spot *up;
    const char *place; /* where the way began, or NULL */
    const char *name;  /* a member, or NULL: an item */
    size_t index;
};

/* A member that an object may have. */
struct word {
    struct str name;
    int hash;
    const struct slot *slot; /* NULL: it holds no object of these */
};

enum { MOST_WORDS = 24 };

struct reading_through {
    struct loading *l;
    struct map *seen; /* address of a node behind a reference → anything */
    struct word words[OBJECTS][MOST_WORDS];
    size_t counts[OBJECTS];
};

static const char *place_of(struct loading *l, const struct spot *s)
{
    if (s->place)
        return s->place;
    const char *up = place_of(l, s->up);
    return s->name ? load_join(l, up, s->name)
                   : arena_printf(l->arena, "%s/%zu", up, s->index);
}

static void add_word(struct reading_through *r, enum object object, struct str name,
                     const struct slot *slot)
{
    r->words[object][r->counts[object]++] =
        (struct word){ name, json_name_hash(name), slot };
}

static void learn(struct reading_through *r)
{
    for (int o = 0; o < OBJECTS; o++) {
        struct str rest = { grammar[o].plain,
                            grammar[o].plain ? strlen(grammar[o].plain) : 0 };
        struct str word;
        for (const struct slot *s = grammar[o].slots;
             s < grammar[o].slots + MOST_SLOTS && s->name; s++)
            add_word(r, (enum object)o, str(s->name), s);
        while (rest.ptr && str_split(&rest, ' ', &word))
            add_word(r, (enum object)o, word, NULL);
    }
}

static const struct word *word_of(const struct reading_through *r, enum object object,
                                  const cJSON *member)
{
    for (size_t i = 0; i < r->counts[object]; i++)
        if (json_is_named(member, r->words[object][i].name, r->words[object][i].hash))
            return &r->words[object][i];
    return NULL;
}

static void tell(const struct reading_through *r, enum object object,
                 const struct spot *at, const char *name)
{
    struct str near = { "", 0 };
    unsigned least = 4; /* edits that make another word */
    for (size_t i = 0; i < r->counts[object]; i++) {
        unsigned d = str_distance(r->words[object][i].name, str(name));
        if (d < least) {
            least = d;
            near = r->words[object][i].name;
        }
    }
    load_warn(r->l, place_of(r->l, at), name,
              "\"%.60s\" is no member of %s and has no effect%s%.*s%s", name,
              grammar[object].name, near.len ? "; did you mean \"" : "", (int)near.len,
              near.ptr, near.len ? "\"?" : "");
}

/* A reference has two members beside it (OpenAPI 3.1, 4.8.23). */
static void tell_beside(const struct reading_through *r, const cJSON *node,
                        const struct spot *at)
{
    for (const cJSON *m = node->child; m; m = m->next)
        if (strcmp(m->string, "$ref") != 0 && strcmp(m->string, "summary") != 0 &&
            strcmp(m->string, "description") != 0 && strncmp(m->string, "x-", 2) != 0)
            load_warn(r->l, place_of(r->l, at), m->string,
                      "\"%.60s\" stands beside a $ref and has no effect", m->string);
}

static void go_through(struct reading_through *r, enum object object, const cJSON *node,
                       const struct spot *at);

/* What stands behind a reference into another document is gone through once; components
 * of this one are anyway. */
static void follow(struct reading_through *r, enum object object, const cJSON *node,
                   const struct spot *at)
{
    const char *ref = json_member_text(node, "$ref"), *place, *why;
    if (!ref || *ref == '#')
        return;
    place = place_of(r->l, at);
    const cJSON *there = source_find(r->l->api->library, r->l->api->document, ref,
                                     &place, r->l->arena, &why);
    struct str key = { (const char *)&there, sizeof(there) };
    if (!there || map_get(r->seen, key))
        return;
    map_put(r->seen, key, r);
    struct spot start = { .place = place };
    go_through(r, object, there, &start);
}

static void go_into(struct reading_through *r, const struct slot *slot,
                    const cJSON *value, const struct spot *at)
{
    size_t index = 0;
    if (slot->holds == ONE) {
        go_through(r, slot->object, value, at);
        return;
    }
    for (const cJSON *one = value->child; one; one = one->next) {
        struct spot below = { .up = at, .name = one->string, .index = index++ };
        go_through(r, slot->object, one, &below);
    }
}

static void go_through(struct reading_through *r, enum object object, const cJSON *node,
                       const struct spot *at)
{
    if (!object || !json_is_object(node))
        return;
    if (json_member(node, "$ref"))
        follow(r, object, node, at);
    if (json_member(node, "$ref") && object != PATH_ITEM) {
        tell_beside(r, node, at);
        return;
    }
    for (const cJSON *m = node->child; m; m = m->next) {
        struct spot below = { .up = at, .name = m->string };
        if (strncmp(m->string, "x-", 2) == 0)
            continue;
        if (grammar[object].each) {
            go_through(r, grammar[object].each, m, &below);
            continue;
        }
        const struct word *word = word_of(r, object, m);
        if (!word)
            tell(r, object, at, m->string);
        else if (word->slot)
            go_into(r, word->slot, m, &below);
    }
}

void load_grammar(struct loading *l)
{
    struct reading_through r = { .l = l, .seen = map_new(l->arena) };
    struct spot start = { .place = "" };
    learn(&r);
    go_through(&r, DOCUMENT, l->api->root, &start);
}
