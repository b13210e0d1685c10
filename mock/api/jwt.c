#include "api/jwt.h"

#include "base/base64.h"
#include "base/limits.h"

static const cJSON *read_part(struct str part, struct arena *arena)
{
    struct json_error error;
    struct str bytes;
    if (!part.len || !base64_read(part, BASE64_URL, arena, &bytes))
        return NULL;
    const cJSON *tree = json_read(bytes, LIMIT_BODY_NODES, arena, &error);
    return json_is_object(tree) ? tree : NULL;
}

static bool is_time(const cJSON *claims, const char *name)
{
    const cJSON *t = json_member(claims, name);
    return !t || json_is_number(t);
}

bool jwt_read(struct str token, struct arena *arena, struct jwt *jwt, const char **why)
{
    struct str rest = token, parts[3];
    size_t count = 0;
    *jwt = (struct jwt){ .header = NULL };
    while (count < COUNT(parts) && str_split(&rest, '.', &parts[count]))
        count++;
    if (count < COUNT(parts) || rest.ptr) {
        *why = "expected three parts with dots between them";
        return false;
    }
    jwt->header = read_part(parts[0], arena);
    jwt->claims = read_part(parts[1], arena);
    jwt->algorithm = json_member_text(jwt->header, "alg");
    jwt->key_id = json_member_text(jwt->header, "kid");
    jwt->signed_part = (struct str){ token.ptr, parts[0].len + 1 + parts[1].len };
    *why = !jwt->header ? "expected the first part to be a JSON object in base64url"
           : !jwt->algorithm ? "expected \"alg\" in the first part"
           : !jwt->claims ? "expected the second part to be a JSON object in base64url"
           : !base64_read(parts[2], BASE64_URL, arena, &jwt->signature)
               ? "expected the third part to be base64url"
           : !is_time(jwt->claims, "exp") || !is_time(jwt->claims, "nbf")
               ? "expected exp and nbf to be numbers"
               : NULL;
    return !*why;
}

/* Seconds, with parts of one; a number that no date reaches is far away. */
static bool reached(const struct jwt *jwt, const char *claim, clock_ms now)
{
    const cJSON *t = json_member(jwt->claims, claim);
    return t && t->valuedouble * 1000 <= (double)now;
}

bool jwt_expired(const struct jwt *jwt, clock_ms now)
{
    return reached(jwt, "exp", now);
}

bool jwt_early(const struct jwt *jwt, clock_ms now)
{
    return json_member(jwt->claims, "nbf") && !reached(jwt, "nbf", now);
}

bool jwt_grants(const struct jwt *jwt, const char *scope)
{
    static const char *const names[] = { "scope", "scp", "roles", "permissions" };
    for (size_t i = 0; i < COUNT(names); i++) {
        const cJSON *claim = json_member(jwt->claims, names[i]);
        struct str rest = str(json_is_string(claim) ? claim->valuestring : ""), word;
        while (str_split(&rest, ' ', &word))
            if (str_is(word, scope))
                return true;
        for (const cJSON *one = json_is_array(claim) ? claim->child : NULL; one;
             one = one->next)
            if (json_is_string(one) && strcmp(one->valuestring, scope) == 0)
                return true;
    }
    return false;
}
