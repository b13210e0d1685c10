#include "play/voice.h"

#include "api/prefer.h"

static bool is_code(const char *text)
{
    return strlen(text) == 3 && strspn(text, "0123456789") == 3;
}

/* "404", or a key of the document: "4XX" is its first status, default the one that the
 * other replies leave it: a good one when there is none, else 500. 0 for others. */
static int status_of_code(const struct operation *op, struct str code,
                          struct arena *arena)
{
    const char *text = arena_copy(arena, code);
    if (is_code(text)) {
        int status = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
        return status >= 200 && status <= 599 ? status : 0;
    }
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *r = &op->replies[i];
        if (!str_equal_nocase(code, str(r->key)))
            continue;
        if (r->low)
            return r->low;
        return operation_success(op) == 200 && operation_reply(op, 200) == r ? 200
                                                                             : 500;
    }
    return 0;
}

/* ---- what there is not ---- */

static cJSON *names_of(const struct reply *reply, struct arena *arena)
{
    cJSON *names = json_array(arena);
    for (size_t i = 0; i < reply->media_count; i++)
        for (size_t n = 0; n < reply->media[i].example_count; n++) {
            const char *name = reply->media[i].examples[n].name;
            if (*name)
                json_push(names, json_string(arena, str(name)));
        }
    return names;
}

static void say_choices(struct call *c, const char *detail, cJSON *declared)
{
    answer_problem(&c->answer, 400, detail, c->arena);
    cJSON *body = json_copy(c->arena, c->answer.body);
    json_add(body, "declared", declared);
    c->answer.body = body;
    c->answer.error = "preference";
}

/* Says what is not declared, and what is: every status with the names of its examples.
 */
static void unknown(struct call *c, const char *what, struct str value)
{
    const struct operation *op = c->route.operation;
    cJSON *declared = json_object(c->arena);
    struct buffer b = buffer_in(c->arena, LIMIT_HEAD_BYTES);
    buffer_printf(&b, "Prefer asks for %s=%.*s, which %s does not declare; it declares",
                  what, (int)(value.len < 100 ? value.len : 100), value.ptr, op->id);
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *reply = &op->replies[i];
        cJSON *names = names_of(reply, c->arena);
        buffer_printf(&b, "%s %s", i ? "," : "", reply->key);
        for (const cJSON *n = names->child; n; n = n->next)
            buffer_printf(&b, "%s%s%s", n == names->child ? " (" : ", ", n->valuestring,
                          n->next ? "" : ")");
        json_set(c->arena, declared, reply->key, names);
    }
    say_choices(c, buffer_str(&b).ptr, declared);
}

/* ---- what there is ---- */

/* An error can also be asked for by its name where no example carries it. */
static bool say_named(struct call *c, int status, struct str name)
{
    const struct reply *reply;
    const cJSON *body;
    const char *text = arena_copy(c->arena, name);
    if (!error_find(c->route.operation, text, status, c->scope.chance, c->arena, &reply,
                    &body))
        return false;
    struct error_plan plan = { .error = text, .status = reply->low };
    speak(c, &plan, reply->low, NULL, "preference");
    return true;
}

/* The example of that name, of whatever good answer has it. */
static bool say_example_of_any(struct call *c, struct str name)
{
    const struct operation *op = c->route.operation;
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *r = &op->replies[i];
        int status = r->low ? r->low : 200;
        if (status >= 200 && status < 400 && reply_answer(c, r, status, name, false))
            return true;
    }
    return false;
}

static bool say_wish(struct call *c, const struct preference *p,
                     const struct reply *reply, int status)
{
    bool named = p->example.len;
    if (p->code.ptr && status >= 400 && named)
        return say_named(c, status, p->example) ||
               reply_answer(c, reply, status, p->example, p->dynamic);
    if (p->code.ptr || !named)
        return reply_answer(c, reply, status, p->example, p->dynamic);
    return (reply && reply_answer(c, reply, status, p->example, p->dynamic)) ||
           say_named(c, 0, p->example) || say_example_of_any(c, p->example);
}

bool say_preference(struct call *c)
{
    const struct operation *op = c->route.operation;
    struct preference p;
    bool chooses = prefer_read(c->request, c->arena, &p);
    c->returns = p.returns;
    if (!chooses)
        return false;
    c->answer.voice = "preference";
    if (p.wrong) {
        answer_problem(&c->answer, 400, p.wrong, c->arena);
        return true;
    }
    int status =
        p.code.ptr ? status_of_code(op, p.code, c->arena) : operation_success(op);
    const struct reply *reply = status ? operation_reply(op, status) : NULL;
    if (p.has_seed) /* whatever came before, the same call gives the same bytes */
        *c->scope.chance = chance_of(p.seed, STR(""), str(op->id), 0);
    bind_limit(c, 1, 0);
    if (!reply && p.code.ptr)
        unknown(c, "code", p.code);
    else if (!say_wish(c, &p, reply, status))
        unknown(c, "example", p.example);
    else if (c->answer.status != 406 || status == 406) {
        if (c->answer.status == 429 || c->answer.status == 503)
            answer_header(&c->answer, "Retry-After", STR("1"));
        answer_header(&c->answer, "Preference-Applied",
                      prefer_applied(&p, c->answer.status, c->arena));
    }
    c->answer.voice = "preference";
    return true;
}
