/* reading.h — a behaviour while it is read; for the files behaviour*.c and reading.c.
 *
 * behaviour.c reads the whole, behaviour_collection.c what is remembered,
 * behaviour_reference.c what of it refers to what, behaviour_step.c what calls do,
 * behaviour_webhook.c who is told of it, behaviour_where.c and behaviour_set.c parts of
 * that. Every mistake goes to the reading's err, with the place in behaviour.yaml that
 * reading_at and reading_below name. */
#ifndef PLAY_READING_H
#define PLAY_READING_H

#include "play/fixture.h"
#include "play/script.h"

struct reading {
    const struct api *api;
    const char *file, *folder;
    struct arena *arena;
    struct arena *places; /* of the names that errors have for places; goes when all is
                           * read */
    struct err *err;
    const struct record_behaviour *record;
    struct behaviour *b;
    struct collection_rules *rules;
    struct inference *inference; /* NULL: nothing is to be inferred */
    const struct table *tables;
    size_t table_count;
    const struct schema **sent; /* one for each webhook, or NULL */
    bool shared; /* steps of several operations: an error need not be one of each */
};

/* format is a pointer with a % for each index: "/operations/%/steps/%". */
struct where reading_at(struct reading *r, const char *format, unsigned i, unsigned j);
struct where reading_below(struct reading *r, struct where w, const char *key);

/* What may be named before any step has bound anything. */
struct naming reading_naming(struct reading *r);
void reading_bind(struct naming *n, const char *name,
                  const struct store_collection *collection);

/* The same for what is always made alike: its members, between spaces. Whether any of
 * those in seldom is asked for is known, in what is returned, when all is read; NULL:
 * there is no room for the name. */
const bool *reading_bind_words(struct naming *n, const char *name, const char *words,
                               const char *seldom);

const char **reading_texts(struct reading *r, char **from, unsigned count);
struct way *reading_pointers(struct reading *r, char **from, unsigned count);

/* The fields of an answer, or of what is sent. */
struct step_header *reading_headers(struct reading *r, struct naming *n,
                                    const struct record_header *from, unsigned count,
                                    struct where w);

/* Whether a pointer names a member that instances may have. */
bool reading_member(struct reading *r, const struct store_collection *c,
                    const char *pointer, struct where w, struct schema_place *place);

/* The collection of that name; SIZE_MAX when there is none. */
size_t reading_collection(const struct reading *r, const char *name);

/* The collections that a name means: itself, or those of a group. */
const size_t *reading_collections(struct reading *r, const char *name, size_t *count,
                                  struct where w);

/* The error of an `otherwise`; NULL when there is none. */
const struct error_plan *reading_otherwise(struct reading *r, struct naming *n,
                                           const struct record_error *e,
                                           struct where w);
const struct error_plan *reading_error(struct reading *r, struct naming *n,
                                       const struct record_error *e, struct where w);

/* A slip in what was inferred is no mistake of the user's: its errors go to an err of
 * its own, and what has any is dropped. */
struct err *reading_aside(struct reading *r, bool inferred, struct err *own);

/* ---- behaviour_collection.c ---- */

/* False when the schemas cannot be compiled; nothing can be looked at then. */
bool read_collections(struct reading *r);

/* Wants an index over the values at some pointers, unless there is one. */
void reading_index(struct reading *r, struct store_collection *c, const char **pointers,
                   size_t count, bool unique);

/* ---- behaviour_reference.c ---- */

/* The references of the collection with that index, once all have their names. */
void reading_references(struct reading *r, struct store_collection *c,
                        const struct record_collection *record, unsigned index);

/* The pointers to what a summary keeps: members' names, or pointers into members. */
struct way *reading_kept(struct reading *r, char **from, unsigned count);

/* Whether the members of the collection's own summary are there. */
void reading_check_summary(struct reading *r, const struct store_collection *c,
                           unsigned index);

/* ---- behaviour_where.c ---- */

/* The conditions of a `where` or `until` that is said of one collection or several. */
struct step_wheres reading_wheres(struct reading *r, struct naming *n, const size_t *of,
                                  size_t of_count, const struct record_where *from,
                                  unsigned count, struct where w);

/* NULL when the step follows nothing. */
const struct step_follow *reading_follow(struct reading *r, struct naming *n,
                                         const struct step *step,
                                         const struct record_step *from,
                                         struct where w);

/* What a step's conditions look for gets an index, so that finding does not walk
 * through all instances. */
void reading_want_indexes(struct reading *r, const struct step *step);

/* ---- behaviour_set.c ---- */

/* The `set` of a step, or the `defaults` of a collection. */
struct step_set *reading_sets(struct reading *r, struct naming *n,
                              const struct store_collection *c,
                              const struct record_set *from, unsigned count,
                              struct where w);

/* ---- behaviour_step.c ---- */

void read_operations(struct reading *r, const struct script **scripts);

/* ---- behaviour_webhook.c ---- */

void read_webhooks(struct reading *r, struct script_book *book);

#endif
