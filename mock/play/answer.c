#include "play/answer.h"

#include "api/accept.h"
#include "api/body.h"
#include "api/media.h"

void answer_header(struct answer *a, const char *name, struct str value)
{
    for (size_t i = 0; i < a->header_count; i++)
        if (str_equal_nocase(a->headers[i].name, str(name))) {
            a->headers[i].value = value;
            return;
        }
    if (a->header_count < ANSWER_HEADERS)
        a->headers[a->header_count++] = (struct header){ str(name), value };
}

struct str answer_bytes(const struct answer *a, struct arena *arena)
{
    if (a->text.ptr || !a->body)
        return a->text;
    if (json_is_string(a->body) && !media_is_json(str(a->content_type)))
        return str(a->body->valuestring);
    return json_text(a->body, arena);
}

struct str answer_written(const struct operation *op, const struct answer *a,
                          struct arena *arena)
{
    const struct reply *reply = op ? operation_reply(op, a->status) : NULL;
    const struct media *m = reply_media(reply, a->content_type);
    struct str bytes;
    if (a->body && !a->text.ptr && m && !m->json &&
        body_write(m, a->body, arena, &bytes))
        return bytes;
    return answer_bytes(a, arena);
}

void answer_problem(struct answer *a, int status, const char *detail,
                    struct arena *arena)
{
    cJSON *body = json_object(arena);
    json_add(body, "type", json_string(arena, STR("about:blank")));
    json_add(body, "title", json_string(arena, str(status_phrase(status))));
    json_add(body, "status", json_integer(arena, status));
    if (detail)
        json_add(body, "detail", json_string(arena, str(utf8_mended(detail, arena))));
    a->status = status;
    a->body = body;
    a->text = (struct str){ NULL, 0 };
    a->fits = a->unworded = a->single = a->same = a->dated = false;
    a->content_type = "application/problem+json";
}
