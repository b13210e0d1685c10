/* expression.h — values that fixtures name: OpenAPI's runtime expressions (4.8.20.3),
 * with names bound by a behaviour's steps.
 *
 *     $request.body#/source  $request.query.limit  $request.path.id  $request.header.x
 *     $request.cookie.x  $part.file#/size  $part[$input#/file]#/size  $method  $url
 *     $input#/id  $parent#/id  $item#/id  $each#/id  $now  $now+1h  $now[VALUE]  $uuid
 *     $random  $sequence.NAME  $sequence[VALUE]  $table.NAME[VALUE]  $segment[VALUE]
 *     $base  $target  $namespace  $null
 *
 * A text that is one expression has that value with its type; inside {…} it is put into
 * the text: "ISS-{$sequence.issue}". An array or object in JSON is a value whose
 * strings may be expressions. Any other text is a literal. An expression is made once,
 * at load, and then read by many threads. */
#ifndef PLAY_EXPRESSION_H
#define PLAY_EXPRESSION_H

#include "api/api.h"
#include "base/chance.h"
#include "base/clock.h"
#include "play/store.h"

struct expression;
struct condition;
struct body_template;

/* How `$now` is written. */
struct timestamps {
    unsigned digits;
    const char *utc;
};

/* A name bound while a behaviour runs. */
struct binding {
    const char *name;
    const cJSON *value; /* as stored; NULL when nothing was found */
    bool instances;     /* value is an instance, or an array of them when list */
    bool list;
    bool before; /* it is an instance as it was before the call */
    size_t collection;
    size_t slot; /* of one instance: where it was found, and mostly still is */
};

enum { SCOPE_BINDINGS = 48 };

/* What an expression can see during one call. All borrowed. */
struct scope {
    struct arena *arena;
    const struct operation *operation;
    const struct request *request;
    struct str body; /* the request's, without Content-Encoding */
    const cJSON *input;
    const cJSON *asked, *asked_in; /* $input, once it was asked for in that input */
    uint64_t asked_names;          /* json_names of it */
    struct store *store;           /* NULL: sequences are not to be had */
    struct timestamps format;
    clock_ms now;
    struct chance *chance;
    const char *namespace;
    struct binding bindings[SCOPE_BINDINGS];
    size_t binding_count;
    const cJSON *item;     /* $item */
    const cJSON *each;     /* $each */
    int64_t *drawn;        /* one per sequence: drawn in this step, or -1 */
    const char *part_name; /* of the part that was asked for last, and what it is */
    const cJSON *part;
    bool rendered; /* instances as a client sees them, not as stored */
    bool nulls;    /* in a body, what is absent is null */
    bool broken;   /* an instance that is broken on purpose was rendered */
};

/* Values by name, as $table.NAME[…] finds them. */
struct table {
    const char *name;
    const cJSON *rows; /* an object */
};

/* What may be named while a text is read at load; every mistake goes to err at `at`. */
struct naming {
    struct arena *arena;
    struct err *err;
    const struct api *api;
    const struct operation *const *operations; /* that share the behaviour */
    size_t operation_count;
    const struct store_plan *plan; /* NULL: no collections, no sequences */
    const char *const *sequences;
    struct {
        const char *name;
        const struct store_collection *collection; /* NULL: free-form */
        const char *words;  /* its members, between spaces; NULL: whatever it has */
        const char *seldom; /* those that are noted, in *asked, when asked for */
        bool *asked;
    } names[SCOPE_BINDINGS];
    size_t name_count;
    const struct store_collection *item; /* what $item is; NULL: not to be had */
    const struct table *tables;
    size_t table_count;
    bool each; /* $each is to be had */
};

/* Reads a text. types (of enum schema_type) is what the place it goes to may hold: a
 * literal takes that type ("false" for a boolean). NULL and err filled on a mistake. */
struct expression *expression_read(struct naming *n, const char *text, unsigned types,
                                   struct where at);

/* How far an expression at the start of text goes: to one of ends, which may stand in
 * the brackets of $table.NAME[…]. */
size_t expression_length(const char *text, const char *ends);

/* Makes e a URL, and returns it: what `{…}` puts behind the text's beginning is
 * percent-encoded (RFC 3986, 2.1); what the text begins with is a URL already. */
struct expression *expression_url(struct expression *e);

/* The text itself, whatever it looks like. */
struct expression *expression_text(struct naming *n, const char *text);

/* The value of a literal, borrowed; NULL for any other expression. */
const cJSON *expression_literal(const struct expression *e);

/* The value, borrowed from the scope or its arena; NULL when there is none. */
const cJSON *expression_value(const struct expression *e, struct scope *s);

/* Whether that is a place of the call, from which its value comes as it was sent. */
bool expression_asks(const struct expression *e);

/* Where in s->input that value stands, as a pointer; NULL for an expression that is no
 * place of the call. Borrowed from the expression or the scope's arena. */
const char *expression_place(const struct expression *e, struct scope *s);

/* JSON whose strings may be expressions. */
struct body_template *template_read(struct naming *n, const char *json,
                                    struct where at);

/* The same for a tree that was read already. */
struct body_template *template_of(struct naming *n, const cJSON *tree, struct where at);

/* A new tree from the scope's arena. Members and items whose value is absent are left
 * out; NULL when the whole is absent. */
cJSON *template_value(const struct body_template *t, struct scope *s);

/* Arazzo's simple condition: == != < <= > >= && || ! ( ), 'text', numbers, true, false,
 * null. Text compares without case, as Arazzo 1.0 (4.6.11) says. Beside these: SQL's
 * `in (…)`, and the functions match, search and length of JSONPath (RFC 9535, 2.4). */
struct condition *condition_read(struct naming *n, const char *text, struct where at);
bool condition_holds(const struct condition *c, struct scope *s);

/* Binds a name, in place of an earlier binding of that name. */
void scope_bind(struct scope *s, struct binding b);
struct binding *scope_binding(struct scope *s, const char *name);

#endif
