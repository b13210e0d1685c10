/* api.h — an OpenAPI document as data: operations, what they take, what they answer.
 *
 * Loaded once, reported whole (every mistake with its place, every feature that will
 * not be enforced as a warning), then frozen: everything is read through pointers to
 * const and shared by all threads. Follows OpenAPI 3.0.4, 3.1.1 and 3.2.0.
 */
#ifndef API_API_H
#define API_API_H

#include "api/call.h"
#include "base/error.h"
#include "doc/json.h"
#include "schema/schema.h"

struct callback;
struct encoding;
struct media_type;
struct origins;
struct overlay;
struct param_table;
struct routes;
struct shape;

enum param_in {
    PARAM_PATH,
    PARAM_QUERY,
    PARAM_HEADER,
    PARAM_COOKIE,
    PARAM_QUERYSTRING /* OpenAPI 3.2: one value that is the whole query */
};

/* The member of a request's tree that holds such parameters: "path", "query", … */
const char *param_in_name(enum param_in in);

/*    member       in a document     where (4.8.12, "Style Values") */
#define PARAM_STYLES(X)                                      \
    X(SIMPLE, "simple", 1 << PARAM_PATH | 1 << PARAM_HEADER) \
    X(LABEL, "label", 1 << PARAM_PATH)                       \
    X(MATRIX, "matrix", 1 << PARAM_PATH)                     \
    X(FORM, "form", 1 << PARAM_QUERY | 1 << PARAM_COOKIE)    \
    X(SPACE, "spaceDelimited", 1 << PARAM_QUERY)             \
    X(PIPE, "pipeDelimited", 1 << PARAM_QUERY)               \
    X(DEEP, "deepObject", 1 << PARAM_QUERY)                  \
    X(COOKIE, "cookie", 1 << PARAM_COOKIE)

#define ENUM_ITEM(member, text, where) STYLE_##member,
enum param_style { PARAM_STYLES(ENUM_ITEM) STYLE_COUNT };
#undef ENUM_ITEM

struct param {
    const char *name; /* of a header in small letters */
    enum param_in in;
    enum param_style style;
    bool required, explode, empty_allowed;
    const char *media;          /* of `content`: its type; NULL: the style says */
    const cJSON *schema;        /* as written, or NULL */
    const struct schema *plan;  /* what its value has to fit; NULL: anything */
    const cJSON *assumed;       /* its value when a call has none; NULL: none then */
    unsigned types;             /* of enum schema_type, what the schema allows */
    unsigned item_types;        /* the same for the items of an array */
    bool closed, item_closed;   /* the values are listed by enum or const */
    bool positional;            /* items differ by their place (prefixItems) */
    const char *pointer;        /* of the parameter in the document */
    const char *schema_pointer; /* of its schema; NULL when it has none */
};

/* What an author gives as an answer, ready to be sent. */
struct example {
    const char *name;   /* its key in `examples`; "" for `example` */
    const cJSON *value; /* NULL when there are only bytes */
    struct str text;    /* as they are to be sent; ptr NULL: value is to be written */
    bool fits;          /* the schema, as far as that can be checked */
};

/* How the bytes of a media type are read into the tree and written from it (body.h). */
enum media_kind {
    MEDIA_JSON,      /* application/json, or a +json suffix (RFC 6839) */
    MEDIA_LINES,     /* JSON values, one on a line: application/jsonl, x-ndjson */
    MEDIA_SEQUENCE,  /* application/json-seq (RFC 7464), and a +json-seq suffix */
    MEDIA_FORM,      /* application/x-www-form-urlencoded */
    MEDIA_MULTIPART, /* multipart/form-data (RFC 7578), multipart/mixed, … */
    MEDIA_XML,       /* application/xml, text/xml, a +xml suffix (RFC 7303) */
    MEDIA_TEXT,      /* any text/ type, and what is text by another name */
    MEDIA_BYTES      /* everything else */
};

/* One entry of `content`. */
struct media {
    const char *type; /* as written: "application/json", "text/x; q=1", "image/ *" */
    const struct media_type *parsed;  /* the same in parts (media.h) */
    enum media_kind kind;             /* of the type; of a range, what would be read */
    bool json;                        /* kind is MEDIA_JSON */
    const struct schema *schema;      /* of the whole body; NULL when there is none */
    const struct shape *shape;        /* the same, for reading text; NULL for JSON */
    const struct encoding *encodings; /* of a form's or multipart's members */
    size_t encoding_count;
    const struct encoding *prefix_encodings; /* of the first parts without names */
    size_t prefix_encoding_count;
    const struct encoding *item_encoding; /* of the others; NULL: none */
    const cJSON *node;
    const char *pointer;
    const struct example *examples; /* of a reply's media, in the document's order */
    size_t example_count;
};

/* A header field that a reply declares. */
struct field {
    const char *name;
    bool required;
    bool explode;                /* of an object: a=1,b=2 */
    bool as_json;                /* it has content, not a style */
    const cJSON *given;          /* the example, or NULL */
    const struct schema *schema; /* or NULL */
};

struct reply {
    const char *key;  /* as written: "200", "4XX", "default" */
    int low, high;    /* the statuses it stands for; 0, 999 for default */
    const char *name; /* its description in small letters with '_': "not_found" */
    struct media *media;
    size_t media_count;
    struct field *fields;
    size_t field_count;
    const cJSON *node;
    const char *pointer;
};

enum scheme_kind {
    SCHEME_BEARER,
    SCHEME_BASIC,
    SCHEME_API_KEY,
    SCHEME_OAUTH, /* oauth2 and openIdConnect: a bearer token with scopes */
    SCHEME_OTHER  /* reported at load, always taken as satisfied */
};

struct scheme {
    const char *name; /* in components/securitySchemes */
    const char *pointer;
    enum scheme_kind kind;
    bool jwt;               /* SCHEME_BEARER: bearerFormat is JWT */
    enum param_in in;       /* SCHEME_API_KEY */
    const char *param_name; /* SCHEME_API_KEY */
    const cJSON *flows;     /* SCHEME_OAUTH, or NULL */
};

/* One scheme of an alternative, with the scopes (of 3.1 on, also roles) it needs. */
struct need {
    const struct scheme *scheme;
    const char **scopes;
    size_t scope_count;
};

/* One alternative of `security`: all of its needs have to be met; none: anyone. */
struct requirement {
    struct need *needs;
    size_t count;
};

struct operation {
    const struct api *api;
    const char *id;     /* operationId, else "GET /pets/{id}" */
    const char *method; /* upper case */
    const char *path;   /* the template */
    const char *summary;
    struct param *params;
    size_t param_count;
    const struct param_table *table; /* the same, ready to be read by (param.h) */
    struct media *bodies;            /* what requestBody's content allows */
    size_t body_count;
    bool body_required;
    const struct schema *input;     /* over { path, query, header, cookie, body } */
    const struct media *input_body; /* the one of bodies that input's body is of */
    struct reply *replies;
    size_t reply_count;
    struct requirement *security;
    size_t security_count; /* 0: anyone */
    size_t index;          /* in api->operations */
    bool deprecated;
    const struct callback *callbacks; /* fired once it has answered (callback.h) */
    size_t callback_count;
    const struct operation *item; /* of POST /pets: some operation of /pets/{id} */
    const char *pointer;
};

struct server_url {
    const char *url;  /* as written, variables filled in */
    const char *host; /* without port; "" when relative */
    const char *base; /* path without a slash at its end; "" for the root */
};

struct api {
    const char *name; /* the file's stem: "serial" */
    const char *title, *version;
    const char *file;
    const cJSON *root;
    int minor; /* 0, 1 or 2: OpenAPI 3.0.x, … */
    enum dialect dialect;
    struct library *library; /* the document and all that it refers to */
    const struct document *document;
    const struct origins *origins; /* what overlays brought and moved */
    struct schemas *schemas;
    struct operation *operations;
    size_t operation_count;
    struct server_url *servers; /* one at least */
    size_t server_count;
    struct scheme *schemes;
    size_t scheme_count;
    const struct routes *routes;
};

struct api_options {
    const char *name; /* NULL: as api_name_of says */
    struct str text;  /* of the document; ptr NULL: file is read, else only named */
    /* Folders besides the document's own that references may lead into, ended by NULL;
     * NULL: none. */
    const char *const *allowed;
    /* What is applied to the document before anything else is read from it, in this
     * order, ended by NULL (api/overlay.h); NULL: nothing. */
    const struct overlay *const *overlays;
};

/* What an API is called after its file: the stem, or "stdin" for "-". Borrowed from
 * arena. */
const char *api_name_of(const char *file, struct arena *arena);

/* Reads a document and the files that it refers to. options may be NULL. Everything is
 * borrowed from arena. NULL when err got an error. Who compiles more of its schemas
 * later (a behaviour) adds to the same err, so that lasts as long. */
struct api *api_load(const char *file, const struct api_options *options,
                     struct arena *arena, struct err *err);

/* The operation that a user means by text: an operationId, a path without its first
 * slash ("links.create"), or "POST /links.create". When GET and POST share that path
 * and no method is said, both are meant: next is the index to go on from. NULL at the
 * end. */
const struct operation *api_operation(const struct api *api, struct str text,
                                      size_t *next);

/* The reply that stands for a status: its own, else its range, else default; NULL when
 * the operation declares none. */
const struct reply *operation_reply(const struct operation *op, int status);

/* The first status that an operation declares from low to high, exactly; 0 if none. */
int operation_status(const struct operation *op, int low, int high);

/* The status that a document means for a good call, as Prism reads it: the lowest 2xx,
 * else 2XX and then default (both as 200), else the lowest 3xx. Where it declares only
 * errors a 204 without a body was added at load, with a warning (RFC 9110, 15.3.5). */
int operation_success(const struct operation *op);

/* The path without what some APIs end each of theirs in: a slash, or ".json". */
struct str operation_stem(const char *path);

/* The JSON entry of a reply's content; NULL when it has none. */
const struct media *reply_json(const struct reply *reply);

/* The example of that name; with an empty name the first one that fits. NULL when there
 * is none. */
const struct example *media_example(const struct media *m, struct str name);

/* The operationId (or whatever names an operation) nearest to text, for an error. */
const char *api_nearest_operation(const struct api *api, struct str text);

/* A place in the API's documents: a JSON pointer into the first of them, or
 * "URI#pointer" into another. Every `pointer` in this header is one. */
struct where api_where(const struct api *api, const char *place);

/* The same after loading: where it was written, in a document or in an overlay;
 * borrowed from arena and the API. */
struct where api_written(const struct api *api, const char *place, struct arena *arena);

/* Where the keyword stands that a finding names, in the document or in an overlay;
 * borrowed from arena and the API. */
struct where api_finding_where(const struct api *api, const struct finding *f,
                               struct arena *arena);

#endif
