#include "play/expression_parts.h"

#include "doc/pointer.h"
#include "play/member.h"
#include "schema/near.h"

static void unknown_property(struct naming *n, struct where at, const char *what,
                             const char *pointer, const struct schema_place *place)
{
    err_set(n->err, at, "%s has no %s%s%s%s", what, *pointer ? pointer : "value",
            place->nearest ? "; did you mean \"" : "",
            place->nearest ? place->nearest : "", place->nearest ? "\"?" : "");
}

/* in_input is the pointer in what the last of the operations takes. */
static void unknown_in_request(struct naming *n, struct where at, const char *text,
                               const char *pointer, const char *in_input)
{
    struct schema_place place;
    schema_describe(n->operations[n->operation_count - 1]->input, in_input, &place);
    unknown_property(n, at, arena_printf(n->arena, "%s: the request", text), pointer,
                     &place);
}

void expression_check_request(struct naming *n, const char *pointer, const char *text,
                              struct where at)
{
    for (size_t i = 0; i < n->operation_count; i++)
        if (schema_declares(n->operations[i]->input, pointer))
            return;
    if (n->operation_count)
        unknown_in_request(n, at, text, pointer, pointer);
}

static const char *input_pointer(struct arena *arena, const struct operation *op,
                                 const char *pointer)
{
    return arena_printf(arena, "%s%s", expression_takes_body(op) ? "/body" : "/query",
                        pointer);
}

void expression_check_input(struct naming *n, const char *pointer, const char *dotted,
                            const char *text, struct where at)
{
    const char *in_input = NULL;
    for (size_t i = 0; i < n->operation_count; i++) {
        in_input = input_pointer(n->arena, n->operations[i], pointer);
        if (schema_declares(n->operations[i]->input, in_input))
            return;
    }
    for (size_t i = 0; dotted && i < n->operation_count; i++)
        if (!expression_takes_body(n->operations[i]) &&
            schema_declares(n->operations[i]->input,
                            pointer_join(n->arena, "/query", dotted)))
            return;
    if (n->operation_count)
        unknown_in_request(n, at, text, pointer, in_input);
}

void expression_check_member(struct naming *n, const struct store_collection *c,
                             const char *pointer, const char *text, struct where at)
{
    struct schema_place place;
    if (!c || !*pointer || member_describe(n->plan, c, pointer, &place))
        return;
    unknown_property(n, at,
                     arena_printf(n->arena, "%s: the schema of %s", text, c->name),
                     pointer, &place);
}

void expression_check_word(struct naming *n, const char *words, const char *pointer,
                           const char *text, struct where at)
{
    struct str rest = str(words ? words : ""), word;
    const char *token = words && *pointer ? pointer_token(&pointer, n->arena) : NULL;
    struct near near = near_to(str(token ? token : ""));
    while (token && rest.ptr && str_split(&rest, ' ', &word)) {
        if (str_is(word, token))
            return;
        near_try(&near, arena_copy(n->arena, word));
    }
    if (token)
        err_set(n->err, at, "%s: there is no \"%.60s\" in it%s", text, token,
                near.best ? near_question(&near, "", n->arena)
                          : arena_printf(n->arena, "; it has %s", words));
}
