#include "serve/admin_question.h"
#include "serve/callback.h"

static void say_clock(struct question *q)
{
    cJSON *body = json_object(q->arena);
    char now[CLOCK_TEXT];
    clock_write(namespace_now(q->service->world, q->ns), 3, "Z", now);
    json_add(body, "now", question_word(q, now));
    json_add(body, "still", json_bool(q->arena, q->service->world->clock.still));
    question_reply(q, 200, body);
}

void admin_clock(struct question *q)
{
    LOCKED(q);
    say_clock(q);
    UNLOCKED(q);
}

static void move_clock(struct question *q, bool to, clock_ms ms)
{
    LOCKED(q);
    clock_ms real = clock_now(&q->service->world->clock);
    if (namespace_clock_move(q->service->world, q->ns,
                             to ? ms - real : q->ns->clock_offset + ms))
        say_clock(q);
    else
        question_problem(q, 400, "the clock goes from the year 1 to the year 9998");
    UNLOCKED(q);
    callbacks_look(q->service->callbacks);
}

void admin_clock_set(struct question *q)
{
    const char *advance = json_member_text(q->body, "advance");
    const char *now = json_member_text(q->body, "now");
    clock_ms ms;
    if (now ? clock_read(str(now), &ms) : clock_duration(str(advance), &ms))
        move_clock(q, now != NULL, ms);
    else
        question_problem(
            q, 400,
            arena_printf(
                q->arena, "%s: expected %s, found %s",
                now ? "/body/now" : "/body/advance",
                now ? "a time such as \"2026-01-01T00:00:00Z\""
                    : "a duration such as \"250ms\", \"5s\", \"2m\", \"1h\" or "
                      "\"7d\", at most ten years",
                json_text(json_member(q->body, now ? "now" : "advance"), q->arena)
                    .ptr));
}
