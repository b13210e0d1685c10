#include "play/mistake.h"

static cJSON *mistake(const char *pointer, const char *keyword, const char *expected,
                      const char *found, struct arena *arena)
{
    cJSON *e = json_object(arena);
    const char *in = pointer + (*pointer == '/');
    json_add(e, "pointer", json_string(arena, str(pointer)));
    json_add(e, "in", json_string(arena, (struct str){ in, strcspn(in, "/") }));
    json_add(e, "keyword", json_string(arena, str(keyword)));
    json_add(e, "expected", json_string(arena, str(expected)));
    json_add(e, "found", json_string(arena, str(found)));
    return e;
}

cJSON *mistake_of_finding(const struct finding *f, const char *prefix,
                          const struct api *api, struct places *places,
                          struct arena *arena)
{
    const char *pointer = arena_printf(arena, "%s%s", prefix, f->pointer);
    cJSON *e = mistake(pointer, f->keyword, finding_expected(f, arena),
                       finding_found(f, arena), arena);
    const char *place = places_text(places, api_finding_where(api, f, arena), arena);
    if (place)
        json_add(e, "spec", json_string(arena, str(place)));
    return e;
}

void mistake_add(cJSON *errors, struct arena *arena, const char *pointer,
                 const char *keyword, const char *expected, const char *found)
{
    if (json_count(errors) < LIMIT_FINDINGS)
        json_push(errors, mistake(pointer, keyword, expected, found, arena));
}
