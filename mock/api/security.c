#include "api/security.h"

#include "api/jwt.h"
#include "api/param.h"
#include "api/signature.h"
#include "base/base64.h"

/* How far a call came with one scheme, from nothing to all. */
enum step { MISSING, MALFORMED, INVALID, EXPIRED, UNSCOPED, IN };

static const struct {
    const char *kind;
    const char *error; /* RFC 6750, 3.1; NULL when no credentials came (RFC 6750, 3) */
    int status;
} steps[] = {
    [MISSING] = { "unauthenticated", NULL, 401 },
    [MALFORMED] = { "unauthenticated", "invalid_token", 401 },
    [INVALID] = { "invalid_token", "invalid_token", 401 },
    [EXPIRED] = { "token_expired", "invalid_token", 401 },
    [UNSCOPED] = { "insufficient_scope", "insufficient_scope", 403 },
};

struct judging {
    const struct request *request;
    const struct guard *guard;
    struct asked_clock clock;
    struct arena *arena;
    const char *why; /* of the last step that was not IN */
};

static clock_ms now_of(const struct judging *j)
{
    return j->clock.now(j->clock.context);
}

static enum step stop(struct judging *j, enum step step, const char *why)
{
    j->why = why;
    return step;
}

/* ---- what was presented ---- */

/* The credentials behind an auth scheme's word; ptr is NULL when the word is another.
 */
static struct str after_word(struct str value, const char *word)
{
    struct str name;
    value = str_trim(value);
    if (!value.len || !str_split(&value, ' ', &name) ||
        !str_equal_nocase(name, str(word)) || !value.ptr)
        return (struct str){ NULL, 0 };
    return str_trim(value);
}

static bool is_token68(struct str t)
{
    size_t end = t.len;
    while (end && t.ptr[end - 1] == '=')
        end--;
    for (size_t i = 0; i < end; i++) {
        char c = t.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || strchr("-._~+/", c);
        if (!fine || !c)
            return false;
    }
    return end > 0;
}

static enum step present_bearer(struct judging *j, struct str *token)
{
    struct str value = request_header(j->request, "Authorization");
    if (!value.ptr)
        return stop(j, MISSING,
                    "expected \"Authorization: Bearer <token>\", found no "
                    "Authorization");
    *token = after_word(value, "Bearer");
    if (!is_token68(*token))
        return stop(j, MALFORMED,
                    "expected \"Authorization: Bearer <token>\", found another form");
    return IN;
}

static enum step present_basic(struct judging *j, struct str *token)
{
    struct str value = request_header(j->request, "Authorization");
    if (!value.ptr)
        return stop(j, MISSING,
                    "expected \"Authorization: Basic <base64 of user:password>\", "
                    "found no Authorization");
    value = after_word(value, "Basic");
    if (!value.ptr || !base64_read(value, BASE64, j->arena, token) ||
        !memchr(token->ptr, ':', token->len))
        return stop(j, MALFORMED,
                    "expected \"Authorization: Basic <base64 of user:password>\", "
                    "found another form");
    return IN;
}

static enum step present_key(struct judging *j, const struct scheme *s,
                             struct str *token)
{
    struct str value = request_value(j->request, s->in, s->param_name, j->arena);
    *token = value.ptr ? str_trim(value) : STR("");
    /* Many an API writes its bearer tokens down as a key; this is a client without. */
    if (str_equal_nocase(*token, STR("Bearer")))
        return stop(j, MALFORMED, "expected a key, found the word Bearer alone");
    if (token->len)
        return IN;
    return stop(j, MISSING,
                arena_printf(j->arena, "expected the %s \"%s\" with a key, found %s",
                             s->in == PARAM_QUERY    ? "query parameter"
                             : s->in == PARAM_COOKIE ? "cookie"
                                                     : "header",
                             s->param_name, value.ptr ? "it empty" : "none"));
}

static enum step present(struct judging *j, const struct scheme *s, struct str *token)
{
    *token = STR("");
    switch (s->kind) {
    case SCHEME_BEARER:
    case SCHEME_OAUTH:
        return present_bearer(j, token);
    case SCHEME_BASIC:
        return present_basic(j, token);
    case SCHEME_API_KEY:
        return present_key(j, s, token);
    case SCHEME_OTHER:
        break;
    }
    return IN;
}

/* ---- what is known ---- */

static bool takes_bearer(const struct scheme *s)
{
    return s->kind == SCHEME_BEARER || s->kind == SCHEME_OAUTH;
}

static bool key_is_for(const struct known_key *k, const struct scheme *s)
{
    return takes_bearer(s) && (!k->scheme || k->scheme == s);
}

static bool has_keys(const struct guard *g, const struct scheme *s)
{
    for (size_t i = 0; i < g->key_count; i++)
        if (key_is_for(&g->keys[i], s))
            return true;
    return false;
}

static bool has_tokens(const struct guard *g, const struct scheme *s)
{
    for (size_t i = 0; i < g->token_count; i++)
        if (!g->tokens[i].scheme || g->tokens[i].scheme == s)
            return true;
    return false;
}

bool guard_knows(const struct guard *guard, const struct scheme *s)
{
    return has_tokens(guard, s) || has_keys(guard, s);
}

/* An API key in Authorization may come with the word Bearer before it or without. */
static const struct known_token *known(const struct guard *g, const struct scheme *s,
                                       struct str token)
{
    struct str bare = s->kind == SCHEME_API_KEY ? after_word(token, "Bearer") : STR("");
    for (size_t i = 0; i < g->token_count; i++) {
        const struct known_token *t = &g->tokens[i];
        if ((!t->scheme || t->scheme == s) &&
            (str_is(token, t->text) || (bare.len && str_is(bare, t->text))))
            return t;
    }
    return NULL;
}

/* ---- judging ---- */

static enum step lacks_scope(struct judging *j, const char *scope)
{
    const char *why =
        arena_printf(j->arena, "the token does not grant the scope \"%s\"", scope);
    return stop(j, UNSCOPED, why);
}

static enum step judge_known(struct judging *j, const struct need *need,
                             const struct known_token *t)
{
    if (t->expires != INT64_MAX && now_of(j) >= t->expires)
        return stop(j, EXPIRED, "the token has expired");
    for (size_t i = 0; i < need->scope_count; i++) {
        size_t n = 0;
        while (n < t->scope_count && strcmp(t->scopes[n], need->scopes[i]) != 0)
            n++;
        if (n == t->scope_count)
            return lacks_scope(j, need->scopes[i]);
    }
    return IN;
}

static bool is_signed(const struct guard *g, const struct scheme *s,
                      const struct jwt *jwt)
{
    for (size_t i = 0; i < g->key_count; i++) {
        const struct known_key *k = &g->keys[i];
        bool meant = key_is_for(k, s) &&
                     (!k->id || (jwt->key_id && strcmp(k->id, jwt->key_id) == 0));
        if (meant &&
            signature_check(k->key, jwt->algorithm, jwt->signed_part, jwt->signature))
            return true;
    }
    return false;
}

static enum step judge_times(struct judging *j, const struct jwt *jwt)
{
    clock_ms now = now_of(j);
    if (jwt_expired(jwt, now))
        return stop(j, EXPIRED, "the token has expired (exp)");
    return jwt_early(jwt, now) ? stop(j, INVALID, "the token is not valid yet (nbf)")
                               : IN;
}

static enum step judge_jwt(struct judging *j, const struct need *need, struct str token,
                           bool keyed)
{
    struct jwt jwt;
    const char *why;
    if (!jwt_read(token, j->arena, &jwt, &why))
        return stop(j, keyed ? INVALID : MALFORMED,
                    arena_printf(j->arena, "the token is no JSON Web Token: %s", why));
    if (keyed && !is_signed(j->guard, need->scheme, &jwt))
        return stop(j, INVALID, "the token's signature is not of a known key");
    enum step step = judge_times(j, &jwt);
    if (step != IN)
        return step;
    for (size_t i = 0; keyed && i < need->scope_count; i++)
        if (!jwt_grants(&jwt, need->scopes[i]))
            return lacks_scope(j, need->scopes[i]);
    return IN;
}

/* A bearer token that is written down as a key in Authorization: one that is a JSON Web
 * Token is judged by the times in it. */
static enum step judge_key(struct judging *j, struct str token)
{
    struct jwt jwt;
    const char *ignored;
    struct str bare = after_word(token, "Bearer");
    return jwt_read(bare.len ? bare : token, j->arena, &jwt, &ignored)
               ? judge_times(j, &jwt)
               : IN;
}

static enum step judge(struct judging *j, const struct need *need)
{
    const struct scheme *s = need->scheme;
    struct str token;
    enum step step = present(j, s, &token);
    if (step != IN || s->kind == SCHEME_OTHER)
        return step;
    const struct known_token *t = known(j->guard, s, token);
    if (t)
        return judge_known(j, need, t);
    bool keyed = has_keys(j->guard, s);
    if (keyed || (s->jwt && !has_tokens(j->guard, s)))
        return judge_jwt(j, need, token, keyed);
    if (has_tokens(j->guard, s))
        return stop(j, INVALID,
                    s->kind == SCHEME_BASIC ? "these are no known user and password"
                    : s->kind == SCHEME_API_KEY
                        ? "the key is none of the known ones"
                        : "the token is none of the known ones");
    return s->kind == SCHEME_API_KEY ? judge_key(j, token) : IN;
}

/* ---- the challenge ---- */

static void add_text(struct buffer *b, const char *name, const char *text)
{
    buffer_printf(b, "%s=\"", name);
    for (const char *p = text; *p; p++) /* RFC 6750, 3: no quotes, no backslashes */
        buffer_add_char(b, *p == '"' || *p == '\\' ? '\'' : *p < ' ' ? '?' : *p);
    buffer_add_char(b, '"');
}

static void add_bearer(struct buffer *b, const struct need *need, enum step step,
                       const char *why)
{
    buffer_add_text(b, "Bearer realm=\"understudy\"");
    if (need->scope_count) {
        buffer_add_text(b, ", scope=\"");
        for (size_t i = 0; i < need->scope_count; i++)
            buffer_printf(b, "%s%s", i ? " " : "", need->scopes[i]);
        buffer_add_char(b, '"');
    }
    if (!steps[step].error)
        return;
    buffer_add_text(b, ", ");
    add_text(b, "error", steps[step].error);
    buffer_add_text(b, ", ");
    add_text(b, "error_description", why);
}

/* One challenge for each way in; an error is told for the one that came nearest. */
static const char *challenge_of(const struct operation *op, const struct need *nearest,
                                enum step step, const char *why, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    bool basic = false, bearer = false;
    if (nearest && takes_bearer(nearest->scheme)) {
        add_bearer(&b, nearest, step, why);
        bearer = true;
    }
    for (size_t i = 0; i < op->security_count; i++)
        for (size_t n = 0; n < op->security[i].count; n++) {
            const struct need *need = &op->security[i].needs[n];
            bool first = !b.len;
            if (takes_bearer(need->scheme) && !bearer) {
                buffer_add_text(&b, first ? "" : ", ");
                add_bearer(&b, need, MISSING, why);
                bearer = true;
            } else if (need->scheme->kind == SCHEME_BASIC && !basic) {
                buffer_printf(&b, "%sBasic realm=\"understudy\", charset=\"UTF-8\"",
                              first ? "" : ", ");
                basic = true;
            }
        }
    /* RFC 9110 wants a challenge in every 401, and there is no better word for keys. */
    return b.len ? buffer_str(&b).ptr : "ApiKey";
}

bool security_check(const struct operation *op, const struct request *r,
                    const struct guard *guard, struct asked_clock clock,
                    struct arena *arena, struct denial *denial)
{
    struct judging j = { r, guard, clock, arena, NULL };
    const struct need *nearest = NULL;
    const char *why = NULL;
    enum step best = MISSING;
    for (size_t i = 0; i < op->security_count; i++) {
        const struct requirement *q = &op->security[i];
        enum step step = IN;
        size_t n = 0;
        for (; n < q->count && step == IN; n++)
            step = judge(&j, &q->needs[n]);
        if (step == IN)
            return true;
        if (!nearest || step > best) {
            best = step;
            nearest = &q->needs[n - 1];
            why = j.why;
        }
    }
    if (!op->security_count)
        return true;
    *denial =
        (struct denial){ .kind = steps[best].kind,
                         .status = steps[best].status,
                         .why = why,
                         .challenge = challenge_of(op, nearest, best, why, arena) };
    return false;
}
