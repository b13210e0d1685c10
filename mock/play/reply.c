#include "play/voice.h"

#include "api/accept.h"
#include "play/declared.h"
#include "play/echo.h"
#include "play/member.h"

/* The types that a reply has, in place of an answer that the client takes. */
static void answer_not_acceptable(struct call *c, const char *types)
{
    answer_problem(
        &c->answer, 406,
        arena_printf(c->arena, "/header/accept: this answer can be had as %s", types),
        c->arena);
    c->answer.error = "not_acceptable";
}

static void say_example(struct answer *a, const struct example *e)
{
    a->body = e->value;
    a->text = e->text;
    a->fits = e->fits;
    a->voice = "example";
}

/* A sample of a good answer says that it went well: clients believe it. */
static void say_well(cJSON *value, const struct schema *schema, struct arena *arena)
{
    for (cJSON *flag = json_is_object(value) ? value->child : NULL; flag;
         flag = flag->next) {
        if (!cJSON_IsFalse(flag) || !member_says_well(flag->string))
            continue;
        cJSON before = *flag;
        json_become(flag, json_bool(arena, true));
        if (schema && !schema_check(schema, value, DIRECTION_RESPONSE, "", arena, NULL))
            json_become(flag, &before);
    }
}

static void say_sample(struct call *c, const struct media *m)
{
    const struct operation *op = c->route.operation;
    cJSON *value =
        declared_sample(m, NULL, NULL, SAMPLE_TYPICAL, c->scope.chance, c->arena);
    if (value)
        value =
            echo_input(value, m->schema, DIRECTION_RESPONSE, op, c->input, c->arena);
    if (value && c->answer.status >= 200 && c->answer.status <= 299)
        say_well(value, m->schema, c->arena);
    c->answer.body = value;
}

/* The example of that name: of the type that the client wants most, else of any that it
 * takes; *offer is that type then. */
static const struct example *find_named(struct call *c, const struct reply *reply,
                                        struct str name, struct offer *offer)
{
    const struct example *e = media_example(offer->media, name);
    for (size_t i = 0; i < reply->media_count && !e; i++) {
        struct reply one = *reply;
        struct offer other;
        one.media = &reply->media[i];
        one.media_count = 1;
        e = media_example(one.media, name);
        if (e && accept_choose(c->request, &one, c->arena, &other))
            *offer = other;
        else
            e = NULL;
    }
    return e;
}

bool reply_answer(struct call *c, const struct reply *reply, int status,
                  struct str example, bool dynamic)
{
    struct offer offer;
    struct answer *a = &c->answer;
    bool suits = accept_choose(c->request, reply, c->arena, &offer);
    const struct example *e = NULL;
    a->status = status;
    a->body = NULL;
    a->text = (struct str){ NULL, 0 };
    a->fits = false;
    a->voice = "sample";
    if (!suits && status < 400) {
        answer_not_acceptable(c, reply_types(reply, c->arena));
        return true;
    }
    if (!offer.media)
        return !example.len;
    if (example.len)
        e = find_named(c, reply, example, &offer);
    else if (!dynamic)
        e = media_example(offer.media, example);
    if (example.len && !e)
        return false;
    a->content_type = offer.type;
    if (e)
        say_example(a, e);
    else
        say_sample(c, offer.media);
    return true;
}

bool say_declared(struct call *c)
{
    const struct operation *op = c->route.operation;
    const int status = operation_success(op);
    reply_answer(c, operation_reply(op, status), status, STR(""), false);
    return true;
}
