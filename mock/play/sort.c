#include "play/sort.h"

#include "base/limits.h"
#include "doc/pointer.h"
#include "play/script.h"

struct word {
    struct str name;
    bool down;
};

static bool is_one_of(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(word, str(words[i])))
            return true;
    return false;
}

static bool goes_down(struct str word)
{
    static const char *const words[] = { "desc", "descending", "-1", "down" };
    return is_one_of(word, words, COUNT(words));
}

/* `order` stands alone where a list has no `sort`. */
static bool is_direction(struct str word)
{
    static const char *const words[] = { "asc", "ascending", "1", "up" };
    return goes_down(word) || is_one_of(word, words, COUNT(words));
}

/* The next of the words between commas; an empty name is none. */
static bool next_word(struct str *rest, bool down, struct word *w)
{
    struct str word;
    if (!str_split(rest, ',', &word))
        return false;
    word = str_trim(word);
    if (word.len && (*word.ptr == '-' || *word.ptr == '+')) {
        down = *word.ptr == '-';
        word = str_from(word, 1);
    }
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] == ':' || word.ptr[i] == ' ') {
            down = goes_down(str_trim(str_from(word, i + 1)));
            word.len = i;
        }
    if (!utf8_valid(word))
        word.len = 0;
    *w = (struct word){ word, down };
    return true;
}

/* "stage.name" is the name in the stage. */
static const char *dotted(struct arena *arena, struct str word)
{
    const char *at = "";
    struct str rest = word, part;
    while (rest.ptr && str_split(&rest, '.', &part))
        at = pointer_join(arena, at, arena_copy(arena, part));
    return at;
}

/* The member that a word means: created may be short for created_at. In JSON:API (1.1,
 * 7.2) members stand in the attributes. NULL: there is none. */
static const char *member_of(const struct store_collection *plan, struct str word,
                             struct arena *arena)
{
    static const char *const ends[] = { "", "_at", "At" };
    static const char *const within[] = { "", "/attributes" };
    for (size_t i = 0; i < COUNT(ends) * COUNT(within); i++) {
        const char *at = pointer_join(arena, within[i / COUNT(ends)],
                                      arena_printf(arena, "%.*s%s", (int)word.len,
                                                   word.ptr, ends[i % COUNT(ends)]));
        if (schema_types(plan->schema, at, NULL))
            return at;
        for (size_t h = 0; h < plan->hidden_count; h++)
            if (strcmp(plan->hidden[h].text, at) == 0)
                return at;
    }
    if (!memchr(word.ptr, '.', word.len))
        return NULL;
    const char *at = dotted(arena, word);
    return schema_types(plan->schema, at, NULL) ? at : NULL;
}

/* The word that was likely meant, or NULL. */
static const char *near_of(const struct store_collection *plan, struct str word,
                           struct arena *arena)
{
    struct schema_place place = { 0 };
    size_t head = word.len;
    while (head && word.ptr[head - 1] != '.')
        head--;
    const struct str before = { word.ptr, head ? head - 1 : 0 };
    const bool inside = head && schema_types(plan->schema, dotted(arena, before), NULL);
    schema_describe(plan->schema, dotted(arena, word), &place);
    if (!place.nearest && !head)
        schema_describe(plan->schema,
                        pointer_join(arena, "/attributes", arena_copy(arena, word)),
                        &place);
    return place.nearest && inside
               ? arena_printf(arena, "%.*s%s", (int)head, word.ptr, place.nearest)
               : place.nearest;
}

static const struct store_collection *plan_of(const struct behaviour *b,
                                              const struct step *list)
{
    return &b->plan.collections[list->of[0]];
}

/* ---- in a call ---- */

/* The first and the next of a text, or of the texts of an array. */
static const cJSON *first_text(const cJSON *value)
{
    return json_is_array(value) ? value->child : value;
}

static const cJSON *next_text(const cJSON *value, const cJSON *one)
{
    return json_is_array(value) ? one->next : NULL;
}

size_t sort_read(const struct behaviour *b, const struct step *list, struct scope *s,
                 struct store_sort *by, bool *round)
{
    const cJSON *value = list->sort ? expression_value(list->sort, s) : NULL;
    const cJSON *order = list->order ? expression_value(list->order, s) : NULL;
    const bool down = json_is_string(order) && goes_down(str(order->valuestring));
    size_t count = 0;
    *round = down && !value;
    for (const cJSON *one = first_text(value); one; one = next_text(value, one)) {
        struct str rest = str(json_is_string(one) ? one->valuestring : "");
        struct word w;
        while (count < STORE_SORTS && next_word(&rest, down, &w)) {
            const char *at =
                w.name.len ? member_of(plan_of(b, list), w.name, s->arena) : NULL;
            if (at)
                by[count++] = (struct store_sort){ at, w.down };
            else
                *round = *round || goes_down(w.name);
        }
    }
    *round = *round && !count;
    return count;
}

/* ---- what a client is told ---- */

static bool sorts_by(const struct step *step, const char *place, struct scope *s)
{
    const char *its =
        step->kind == STEP_LIST && step->sort ? expression_place(step->sort, s) : NULL;
    return its && strcmp(its, place) == 0;
}

/* Of several lists in an operation, only some may know it. */
static bool is_known(const struct behaviour *b, struct scope *s, const char *place,
                     struct str word)
{
    const struct script *script = b->scripts[s->operation->index];
    for (size_t i = 0; i < script->count; i++)
        if (sorts_by(&script->steps[i], place, s) &&
            member_of(plan_of(b, &script->steps[i]), word, s->arena))
            return true;
    return is_direction(word);
}

/* Whether a parameter or a schema, as written, gives that value. */
static bool gives(const cJSON *node, const cJSON *value)
{
    static const char *const ones[] = { "default", "example" };
    const cJSON *many = json_member(node, "examples"), *given;
    for (size_t i = 0; i < COUNT(ones); i++)
        if ((given = json_member(node, ones[i])) && json_equal(given, value))
            return true;
    for (const cJSON *one = many ? many->child : NULL; one; one = one->next) {
        given = json_is_object(many) ? json_member(one, "value") : one;
        if (given && json_equal(given, value))
            return true;
    }
    return false;
}

static bool document_gives(const struct operation *op, const char *place,
                           const cJSON *value, struct arena *arena)
{
    const struct schema *at = op->input;
    const char *rest = place, *token = NULL, *name = NULL;
    while (at && (token = pointer_token(&rest, arena))) {
        at = schema_member(at, token);
        name = token;
    }
    if (at && gives(schema_node(at), value))
        return true;
    for (size_t i = 0; name && i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        if (p->in == PARAM_QUERY && strcmp(p->name, name) == 0)
            return gives(p->schema, value) ||
                   gives(pointer_get(op->api->root, p->pointer), value);
    }
    return false;
}

/* text, which stands at `at`, is the value or one of its items. */
static void examine_text(const struct behaviour *b, const struct step *list,
                         struct scope *s, const char *place, const cJSON *value,
                         const cJSON *text, const char *at, struct findings *told)
{
    struct str rest = str(json_is_string(text) ? text->valuestring : "");
    struct word w;
    bool closed = false;
    schema_types(s->operation->input, at, &closed);
    while (!closed && next_word(&rest, false, &w))
        if (w.name.len && !is_known(b, s, place, w.name) &&
            !document_gives(s->operation, place, value, s->arena))
            findings_add(told, (struct finding){
                                   .pointer = at,
                                   .keyword = "sort",
                                   .schema_pointer = s->operation->pointer,
                                   .found = json_string(s->arena, w.name),
                                   .name = arena_copy(s->arena, w.name),
                                   .near = near_of(plan_of(b, list), w.name, s->arena),
                                   .note = "a member to sort by" });
}

static void examine(const struct behaviour *b, const struct step *list, struct scope *s,
                    struct findings *told)
{
    const char *place = expression_place(list->sort, s);
    const cJSON *value = place ? expression_value(list->sort, s) : NULL;
    size_t i = 0;
    for (const cJSON *one = first_text(value); one; one = next_text(value, one), i++)
        examine_text(b, list, s, place, value, one,
                     json_is_array(value) ? arena_printf(s->arena, "%s/%zu", place, i)
                                          : place,
                     told);
}

void sort_examine(const struct behaviour *b, struct scope *s, struct findings *told)
{
    const struct script *script = b->scripts[s->operation->index];
    for (size_t i = 0; script && i < script->count; i++)
        if (script->steps[i].kind == STEP_LIST && script->steps[i].sort)
            examine(b, &script->steps[i], s, told);
}

/* ---- what an author is told ---- */

void sort_check(const struct behaviour *b, const struct step *list, struct arena *arena,
                struct err *err, struct where at)
{
    const cJSON *text = list->sort ? expression_literal(list->sort) : NULL;
    struct str rest = str(json_is_string(text) ? text->valuestring : "");
    struct word w;
    while (next_word(&rest, false, &w)) {
        if (!w.name.len || member_of(plan_of(b, list), w.name, arena))
            continue;
        const char *near = near_of(plan_of(b, list), w.name, arena);
        err_set(err, at, "\"%.*s\" is no member to sort by%s%s%s", (int)w.name.len,
                w.name.ptr, near ? "; did you mean \"" : "", near ? near : "",
                near ? "\"?" : "");
    }
}
