#include "case.h"

#include "api/media.h"
#include "compare.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "stage.h"

enum { MOST_OPTIONS = 32, BIG = 16 * 1024 * 1024 };

/* ---- reading ---- */

/* A misspelt key would be a wish that nobody checks. */
static const char *unknown_key(const cJSON *object, const char *const *known,
                               size_t count)
{
    for (const cJSON *m = object ? object->child : NULL; m; m = m->next) {
        size_t i = 0;
        while (i < count && strcmp(known[i], m->string) != 0)
            i++;
        if (i == count)
            return m->string;
    }
    return NULL;
}

static const char *wrong_in(const cJSON *tree, struct arena *arena)
{
    static const char *const whole[] = { "about", "options", "spec", "steps" };
    static const char *const in_step[] = { "send",       "header",        "body",
                                           "raw",        "repeat",        "expect",
                                           "answer",     "expect_header", "connection",
                                           "text",       "delay",         "keep",
                                           "keep_header" };
    const char *key = unknown_key(tree, whole, COUNT(whole));
    const cJSON *steps = json_member(tree, "steps");
    if (key)
        return arena_printf(arena, "there is no key \"%s\"", key);
    if (!json_member_text(tree, "about") || !json_is_array(steps) || !steps->child)
        return "a case has about and steps";
    for (const cJSON *s = steps->child; s; s = s->next) {
        if ((key = unknown_key(s, in_step, COUNT(in_step))))
            return arena_printf(arena, "a step has no key \"%s\"", key);
        if (!json_member_text(s, "send") || !strchr(json_member_text(s, "send"), ' '))
            return "a step sends METHOD and path";
        if (!json_member(s, "expect") && !json_member(s, "connection"))
            return arena_printf(arena, "%s expects nothing",
                                json_member_text(s, "send"));
    }
    return NULL;
}

void case_read(struct test_case *c, const char *path, struct arena *arena)
{
    struct err err = err_in(arena);
    *c = (struct test_case){ .path = path, .about = path };
    cJSON *tree = document_read(path, arena, &err);
    if (!tree) {
        c->why = err.first ? problem_text(err.first, arena) : "cannot be read";
        return;
    }
    c->why = wrong_in(tree, arena);
    if (c->why)
        return;
    c->about = json_member_text(tree, "about");
    c->tree = tree;
}

/* ---- what was kept ---- */

static struct str plain(const cJSON *value, struct arena *arena)
{
    return json_is_string(value) ? str(value->valuestring) : json_text(value, arena);
}

static void add_encoded(struct buffer *b, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            (c >= '0' && c <= '9') || (c && strchr("-._~", c)))
            buffer_add_char(b, (char)c);
        else
            buffer_printf(b, "%%%02X", c);
    }
}

/* The name in "{name}" at the start of text, when something was kept under it. */
static const cJSON *kept_at(const char *text, const cJSON *kept, size_t *len)
{
    const char *end = *text == '{' ? strchr(text, '}') : NULL;
    if (!end)
        return NULL;
    *len = (size_t)(end - text) + 1;
    return json_member_str(kept, (struct str){ text + 1, *len - 2 });
}

static struct str filled(const char *text, const cJSON *kept, bool encode,
                         struct arena *arena)
{
    struct buffer b = buffer_in(arena, BIG);
    while (*text) {
        size_t len = 1;
        const cJSON *value = kept_at(text, kept, &len);
        if (value && encode)
            add_encoded(&b, plain(value, arena));
        else if (value)
            buffer_add(&b, plain(value, arena));
        else
            buffer_add_char(&b, *text);
        text += value ? len : 1;
    }
    return buffer_str(&b);
}

/* A copy of tree (NULL: none). A text that is one "{name}" becomes what was kept, type
 * included. */
static cJSON *fill(const cJSON *tree, const cJSON *kept, struct arena *arena)
{
    size_t len;
    if (!tree)
        return NULL;
    if (json_is_string(tree)) {
        const cJSON *value = kept_at(tree->valuestring, kept, &len);
        return value && !tree->valuestring[len]
                   ? json_copy(arena, value)
                   : json_string(arena, filled(tree->valuestring, kept, false, arena));
    }
    if (!json_is_object(tree) && !json_is_array(tree))
        return json_copy(arena, tree);
    cJSON *out = json_is_object(tree) ? json_object(arena) : json_array(arena);
    for (const cJSON *m = tree->child; m; m = m->next) {
        if (json_is_object(tree))
            json_add(out, m->string, fill(m, kept, arena));
        else
            json_push(out, fill(m, kept, arena));
    }
    return out;
}

static const char *keep(const cJSON *step, struct str text, const cJSON *body,
                        cJSON *kept, struct arena *arena)
{
    const cJSON *wishes = json_member(step, "keep");
    for (const cJSON *w = wishes ? wishes->child : NULL; w; w = w->next) {
        const char *at = w->valuestring;
        const cJSON *value =
            strcmp(at, "$text") == 0 ? json_string(arena, text) : pointer_get(body, at);
        if (!value)
            return arena_printf(arena, "there is nothing to keep at \"%s\"", at);
        json_set(arena, kept, w->string, json_copy(arena, value));
    }
    return NULL;
}

/* ---- sending ---- */

static void add_header(struct request *r, const char *name, struct str value)
{
    if (r->header_count < LIMIT_HEADERS)
        r->headers[r->header_count++] = (struct header){ str(name), value };
}

/* An array is one field line for each item, null is no line. */
static void add_headers(struct request *r, const cJSON *headers, struct arena *arena)
{
    for (const cJSON *h = headers ? headers->child : NULL; h; h = h->next) {
        if (json_is_array(h))
            for (const cJSON *one = h->child; one; one = one->next)
                add_header(r, h->string, plain(one, arena));
        else if (!json_is_null(h))
            add_header(r, h->string, plain(h, arena));
    }
}

static bool says(const cJSON *headers, const char *name)
{
    for (const cJSON *h = headers ? headers->child : NULL; h; h = h->next)
        if (str_equal_nocase(str(h->string), str(name)))
            return true;
    return false;
}

static void make_request(struct request *r, const cJSON *step, const cJSON *kept,
                         struct arena *arena)
{
    const cJSON *headers = fill(json_member(step, "header"), kept, arena);
    const cJSON *body = json_member(step, "body");
    const char *raw = json_member_text(step, "raw");
    struct str rest = filled(json_member_text(step, "send"), kept, true, arena);
    *r = (struct request){ .header_count = 0 };
    str_split(&rest, ' ', &r->method);
    str_split(&rest, '?', &r->path);
    r->query = rest;
    if (!says(headers, "authorization"))
        add_header(r, "authorization", STR("Bearer me"));
    if (body && !says(headers, "content-type"))
        add_header(r, "content-type", STR("application/json"));
    add_headers(r, headers, arena);
    if (body)
        r->body = json_text(fill(body, kept, arena), arena);
    else if (raw)
        r->body = filled(raw, kept, false, arena);
}

/* ---- checking ---- */

static const char *connection_word(enum connection c)
{
    switch (c) {
    case CONNECTION_KEEP:
        return "keep";
    case CONNECTION_CLOSE:
        return "close";
    case CONNECTION_RESET:
        return "reset";
    case CONNECTION_DROP:
        return "drop";
    case CONNECTION_CUT:
        return "cut";
    }
    return "";
}

static const char *keep_headers(const cJSON *step, const struct response *r,
                                cJSON *kept, struct arena *arena)
{
    const cJSON *names = json_member(step, "keep_header");
    for (const cJSON *n = names ? names->child : NULL; n; n = n->next) {
        struct str value = response_header_of(r, n->valuestring);
        if (!value.ptr)
            return arena_printf(arena, "nothing to keep in %s", n->valuestring);
        json_set(arena, kept, n->string, json_string(arena, value));
    }
    return NULL;
}

static const char *check_connection(const cJSON *step, const struct delivery *d,
                                    struct arena *arena)
{
    const char *wanted = json_member_text(step, "connection");
    const char *found = connection_word(d->connection);
    const cJSON *delay = json_member(step, "delay");
    if (strcmp(wanted ? wanted : "keep", found) != 0)
        return arena_printf(arena, "wanted the connection to be %s, found %s",
                            wanted ? wanted : "keep", found);
    if (!delay)
        delay = json_integer(arena, 0);
    return compare(delay, json_integer(arena, d->delay_ms), "delay in ms", arena);
}

static const char *check_headers(const cJSON *wanted, const struct response *r,
                                 struct arena *arena)
{
    const char *why = NULL;
    if (response_header_of(r, "Understudy-Contract").ptr &&
        !says(wanted, "understudy-contract"))
        return "the mock broke its own contract";
    for (const cJSON *h = wanted ? wanted->child : NULL; h && !why; h = h->next) {
        struct str value = response_header_of(r, h->string);
        cJSON *found = value.ptr ? json_string(arena, value) : NULL;
        const cJSON *want =
            json_is_string(h) ? h : json_string(arena, json_text(h, arena));
        why = compare(want, found, arena_printf(arena, "header %s", h->string), arena);
    }
    return why;
}

static const cJSON *body_of(const struct response *r, struct arena *arena,
                            const char **why)
{
    struct str type = response_header_of(r, "Content-Type");
    struct json_error error;
    if (!r->body.len || !media_is_json(type))
        return NULL;
    const cJSON *body = json_read(r->body, LIMIT_BODY_NODES, arena, &error);
    if (!body)
        *why = arena_printf(arena, "the answer is not JSON: %s", error.why);
    return body;
}

static const char *check(const cJSON *step, const struct delivery *d, cJSON *kept,
                         struct arena *arena)
{
    const struct response *r = &d->response;
    const cJSON *expect = json_member(step, "expect");
    const char *why = check_connection(step, d, arena);
    if (why || d->connection == CONNECTION_DROP)
        return why;
    const cJSON *body = body_of(r, arena, &why);
    if (why)
        return why;
    if (expect &&
        (why = compare(expect, json_integer(arena, r->status), "status", arena)))
        return why;
    cJSON *headers = fill(json_member(step, "expect_header"), kept, arena);
    if ((why = check_headers(headers, r, arena)))
        return why;
    const cJSON *answer = json_member(step, "answer"),
                *text = json_member(step, "text");
    if (answer && (why = compare(fill(answer, kept, arena), body, "", arena)))
        return why;
    if (text && (why = compare(fill(text, kept, arena), json_string(arena, r->body),
                               "text", arena)))
        return why;
    why = keep_headers(step, r, kept, arena);
    return why ? why : keep(step, r->body, body, kept, arena);
}

/* ---- running ---- */

static const char *told(const char *send, size_t step, size_t time, const char *why,
                        const struct delivery *d, struct arena *arena)
{
    struct buffer b = buffer_in(arena, BIG);
    buffer_printf(&b, "step %zu (%s), time %zu: %s\nthe answer was %d %s\n", step, send,
                  time, why, d->response.status, connection_word(d->connection));
    for (size_t i = 0; i < d->response.header_count; i++) {
        const struct header *h = &d->response.headers[i];
        buffer_printf(&b, "%.*s: %.*s\n", (int)h->name.len, h->name.ptr,
                      (int)h->value.len, h->value.ptr);
    }
    buffer_add(&b, d->response.body);
    return buffer_str(&b).ptr;
}

static const char *run_step(struct stage *stage, const cJSON *step, size_t number,
                            cJSON *kept, struct arena *arena)
{
    const cJSON *repeat = json_member(step, "repeat");
    int times = repeat ? (int)repeat->valuedouble : 1;
    for (int time = 1; time <= times; time++) {
        struct request r;
        struct delivery d;
        make_request(&r, step, kept, arena);
        stage_send(stage, &r, arena, &d);
        const char *why = check(step, &d, kept, arena);
        if (why)
            return told(json_member_text(step, "send"), number, (size_t)time, why, &d,
                        arena);
    }
    return NULL;
}

static int command_line(const struct test_case *c, char **words, struct arena *arena)
{
    const cJSON *options = json_member(c->tree, "options");
    const char *spec = json_member_text(c->tree, "spec");
    int count = 0;
    words[count++] = arena_copy(arena, STR("understudy"));
    words[count++] = arena_copy(arena, STR("serve"));
    for (const cJSON *o = options ? options->child : NULL; o && count < MOST_OPTIONS;
         o = o->next)
        words[count++] = arena_copy(arena, plain(o, arena));
    if (spec) {
        words[count++] = arena_copy(arena, str(spec));
    } else {
        words[count++] = arena_copy(arena, STR("--fixtures=fixtures"));
        words[count++] = arena_copy(arena, STR("specs"));
    }
    return count;
}

const char *case_run(const struct test_case *c, struct arena *arena)
{
    struct stage stage;
    char *words[MOST_OPTIONS + 3] = { NULL };
    const char *why = c->why;
    cJSON *kept = json_object(arena);
    if (!c->tree)
        return why;
    int count = command_line(c, words, arena);
    bool open = stage_open(&stage, words, count, arena, &why);
    if (open) {
        size_t number = 1;
        const cJSON *step = json_member(c->tree, "steps")->child;
        for (why = NULL; step && !why; step = step->next)
            why = run_step(&stage, step, number++, kept, arena);
    }
    stage_done(&stage);
    return why;
}
