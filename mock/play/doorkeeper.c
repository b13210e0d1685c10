#include "play/doorkeeper.h"

#include "api/signature.h"
#include "base/file.h"

struct reading {
    const struct api *api;
    const char *folder, *file;
    struct arena *arena;
    struct err *err;
};

static struct where at(struct reading *r, const char *list, unsigned i, const char *key)
{
    const char *pointer =
        arena_printf(r->arena, "/%s/%u%s%s", list, i, key ? "/" : "", key ? key : "");
    return (struct where){ .file = r->file, .pointer = pointer };
}

/* NULL for no name, and for a name that is reported. */
static const struct scheme *scheme_of(struct reading *r, const char *name,
                                      struct where w)
{
    const char *near = NULL;
    unsigned least = 6;
    for (size_t i = 0; name && i < r->api->scheme_count; i++) {
        const struct scheme *s = &r->api->schemes[i];
        unsigned d = str_distance(str(s->name), str(name));
        if (d == 0)
            return s;
        if (d < least) {
            least = d;
            near = s->name;
        }
    }
    if (name)
        err_set(r->err, w, "%s has no security scheme \"%.60s\"%s%s%s", r->api->file,
                name, near ? "; did you mean \"" : "", near ? near : "",
                near ? "\"?" : "");
    return NULL;
}

static void read_token(struct reading *r, struct known_token *t,
                       const struct record_token *from, unsigned i)
{
    *t = (struct known_token){ .text = from->token,
                               .scheme = scheme_of(r, from->scheme,
                                                   at(r, "tokens", i, "scheme")),
                               .scopes = from->scopes,
                               .scope_count = from->scopes_count,
                               .expires = INT64_MAX };
    if (from->expires && !clock_read(str(from->expires), &t->expires))
        err_set(r->err, at(r, "tokens", i, "expires"),
                "expected a time such as 2026-01-01T00:00:00Z, found \"%.60s\"",
                from->expires);
}

static struct signature_key *read_public(struct reading *r, const char *name,
                                         struct where w)
{
    struct str pem;
    const char *path = arena_printf(r->arena, "%s/%s", r->folder, name);
    file_saw(r->err, path);
    if (!file_exists(path)) {
        err_set(r->err, w, "there is no file %s", path);
        return NULL;
    }
    if (!file_read(path, r->arena, &pem, r->err))
        return NULL;
    struct signature_key *key = signature_key_public(pem);
    if (!key)
        err_set(r->err, w,
                "expected an RSA or EC public key in PEM, found another file");
    return key;
}

static void read_key(struct reading *r, struct known_key *k,
                     const struct record_key *from, unsigned i)
{
    *k = (struct known_key){ .scheme =
                                 scheme_of(r, from->scheme, at(r, "keys", i, "scheme")),
                             .id = from->id };
    if (!from->secret == !from->public)
        err_set(r->err, at(r, "keys", i, NULL),
                "expected either a secret or the file of a public key");
    else if (from->public)
        k->key = read_public(r, from->public, at(r, "keys", i, "public"));
    else if (!(k->key = signature_key_secret(str(from->secret))))
        err_set(r->err, at(r, "keys", i, NULL), "out of memory");
    if (k->scheme && k->scheme->kind != SCHEME_BEARER &&
        k->scheme->kind != SCHEME_OAUTH)
        err_set(r->err, at(r, "keys", i, "scheme"),
                "the scheme \"%.60s\" takes no bearer tokens, so none are signed",
                from->scheme);
}

/* One warning for each scheme whose scopes would be asked for. */
static void warn_of_scopes(struct reading *r, const struct guard *guard)
{
    for (size_t s = 0; s < r->api->scheme_count; s++) {
        const struct scheme *scheme = &r->api->schemes[s];
        bool asked = false;
        for (size_t i = 0; i < r->api->operation_count && !asked; i++) {
            const struct operation *op = &r->api->operations[i];
            for (size_t q = 0; q < op->security_count; q++)
                for (size_t n = 0; n < op->security[q].count; n++) {
                    const struct need *need = &op->security[q].needs[n];
                    asked = asked || (need->scheme == scheme && need->scope_count);
                }
        }
        if (asked && scheme->kind != SCHEME_OTHER && !guard_knows(guard, scheme))
            err_warn(r->err, api_written(r->api, scheme->pointer, r->err->arena),
                     "the scopes of \"%.60s\" are not asked for: no fixture says which "
                     "token grants which (tokens, keys)",
                     scheme->name);
    }
}

void guard_read(struct guard *guard, const struct api *api,
                const struct record_behaviour *record, const char *folder,
                const char *file, struct arena *arena, struct err *err)
{
    struct reading r = { api, folder, file, arena, err };
    guard->tokens = arena_array(arena, struct known_token, record->tokens_count + 1);
    guard->keys = arena_array(arena, struct known_key, record->keys_count + 1);
    for (unsigned i = 0; i < record->tokens_count; i++)
        read_token(&r, &guard->tokens[guard->token_count++], &record->tokens[i], i);
    for (unsigned i = 0; i < record->keys_count; i++)
        read_key(&r, &guard->keys[guard->key_count++], &record->keys[i], i);
    warn_of_scopes(&r, guard);
}

void guard_done(struct guard *guard)
{
    for (size_t i = 0; i < guard->key_count; i++)
        signature_key_free(guard->keys[i].key);
    guard->key_count = 0;
}
