#include "play/reading.h"

static struct where part(struct reading *r, struct where w, unsigned i, const char *key)
{
    w.pointer = arena_printf(r->places, "%s/%u/%s", w.pointer, i, key);
    return w;
}

/* The verb, and its text; an error unless there is one of them. */
static const char *verb_of(struct reading *r, const struct record_set *from,
                           struct step_set *to, const char **key, struct where w)
{
    const struct {
        const char *key, *text;
        enum set_verb verb;
    } verbs[] = { { "to", from->to, SET_TO },
                  { "add", from->add, SET_ADD },
                  { "remove", from->remove, SET_REMOVE } };
    const char *text = NULL;
    unsigned count = 0;
    *key = "to";
    for (size_t i = 0; i < COUNT(verbs); i++) {
        if (!verbs[i].text)
            continue;
        count++;
        text = verbs[i].text;
        *key = verbs[i].key;
        to->verb = verbs[i].verb;
    }
    if (count != 1)
        err_set(r->err, w, "expected one of to, add or remove, found %s",
                count ? "several" : "none");
    return text;
}

/* What is sent as an object is stored as a key, so a place that references have to do
 * with may hold anything. */
static bool holds_keys(const struct store_collection *c, const char *at)
{
    size_t len = strlen(at);
    for (size_t k = 0; k < c->reference_count; k++) {
        const char *own = c->references[k].at.text;
        if (strncmp(own, at, len) == 0 && (!own[len] || own[len] == '/'))
            return true;
    }
    return false;
}

static void read_list_words(struct reading *r, struct naming *n, struct step_set *to,
                            const struct record_set *from, unsigned types,
                            struct where w, unsigned i)
{
    if (from->position)
        to->position =
            expression_read(n, from->position, TYPE_INTEGER, part(r, w, i, "position"));
    to->by = from->by;
    if (to->verb == SET_TO && (from->by || from->position))
        err_set(r->err, part(r, w, i, from->by ? "by" : "position"),
                "this goes with add or remove");
    if (from->by && *from->by != '/')
        err_set(r->err, part(r, w, i, "by"),
                "expected a JSON pointer such as /id, found \"%.60s\"", from->by);
    if ((to->verb != SET_TO || from->each) && !(types & TYPE_ARRAY))
        err_set(r->err, part(r, w, i, "at"), "%s is no list", from->at);
}

/* A literal that is none of the values which the schema lists would make every answer
 * with it break the document. A warning, since what else an instance holds may decide
 * which list counts. */
static void doubt_literal(struct reading *r, const struct store_collection *c,
                          const struct way *at, const struct expression *e,
                          struct where w)
{
    const cJSON *value = e ? expression_literal(e) : NULL;
    if (!value || json_is_null(value) || !c->schema)
        return;
    struct findings findings = { .arena = r->arena };
    cJSON *alone = json_object(r->arena);
    way_set(r->arena, alone, at, json_copy(r->arena, value));
    schema_check(c->schema, alone, DIRECTION_RESPONSE, "", r->arena, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *f = &findings.list[i];
        if (strcmp(f->pointer, at->text) == 0 &&
            (strcmp(f->keyword, "enum") == 0 || strcmp(f->keyword, "const") == 0)) {
            err_warn(r->err, w, "%s", finding_text(f, r->arena));
            return;
        }
    }
}

struct step_set *reading_sets(struct reading *r, struct naming *n,
                              const struct store_collection *c,
                              const struct record_set *from, unsigned count,
                              struct where w)
{
    struct step_set *list = arena_array(r->arena, struct step_set, count + 1);
    for (unsigned i = 0; i < count; i++) {
        struct step_set *to = &list[i];
        struct schema_place place;
        const char *key;
        reading_member(r, c, from[i].at, part(r, w, i, "at"), &place);
        if (holds_keys(c, from[i].at))
            place.types = TYPE_ANY;
        to->at = way_read(from[i].at, r->arena);
        const char *text = verb_of(r, &from[i], to, &key, part(r, w, i, "at"));
        read_list_words(r, n, to, &from[i], place.types, w, i);
        if (from[i].each)
            to->each =
                expression_read(n, from[i].each, TYPE_ANY, part(r, w, i, "each"));
        if (from[i].when)
            to->when = condition_read(n, from[i].when, part(r, w, i, "when"));
        bool item = from[i].each || to->verb != SET_TO;
        bool each = n->each;
        n->each = from[i].each != NULL;
        to->to = text ? expression_read(n, text, item ? TYPE_ANY : place.types,
                                        part(r, w, i, key))
                      : NULL;
        n->each = each;
        if (to->verb == SET_TO && place.closed && !holds_keys(c, from[i].at))
            doubt_literal(r, c, &to->at, to->to, part(r, w, i, key));
    }
    return list;
}
