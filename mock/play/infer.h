/* infer.h — state that a document implies, as the records of a behaviour file.
 *
 * Paths (/pets, /pets/{id}), names (pets.create), envelopes and OpenAPI links say which
 * operations speak of the same instances. What is found becomes collections and steps,
 * so that one engine runs what a user wrote and what was inferred. A behaviour file
 * overrides any part. docs/inference.md tells the conventions. */
#ifndef PLAY_INFER_H
#define PLAY_INFER_H

#include "api/api.h"
#include "base/clock.h"
#include "play/fixture.h"

struct behaviour;

/* One collection that was found. */
struct inferred {
    const char *name;
    const char *paths; /* "/pets, /pets/{petId}" */
    const char *key;   /* pointer */
    const char *why;   /* what made it the key, and where new ones come from */
    const char *schema;
    const struct schema *key_plan; /* of a key that is kept aside: what new ones fit,
                                    * where nothing else says what they are; or NULL */
    const char *note; /* what else is known: parents, stamps, owned members; or "" */
    size_t seeds;
    bool own;    /* it is a collection of the behaviour file */
    bool broken; /* the reader refused it; its operations are not inferred */
    const struct group *group;
};

struct inference {
    /* The file's records, and behind them those that were inferred. */
    const struct record_behaviour *record;
    unsigned first_collection, first_operation;
    struct inferred *collections; /* one for each that operations were found for */
    size_t collection_count;
    const char **does; /* for each operation of the API: what it does, or NULL */
    const char **why;  /* why it is not inferred; NULL when it is */
};

/* file is what the behaviour file says (zeroed where there is none); err gets a warning
 * for each link that leads nowhere. Everything is borrowed from arena. The schemas of
 * api are compiled. */
struct inference *infer(const struct api *api, const struct record_behaviour *file,
                        struct arena *arena, struct err *err);

/* The schema at a place of the API's documents; NULL when nothing is there. */
const struct schema *infer_schema(const struct api *api, const char *place);

/* What new keys of a collection whose schema is at place have to fit: the member's
 * schema without its examples, so that samples differ. NULL when no such member is
 * declared. */
const struct schema *infer_key_schema(const struct api *api, const char *place,
                                      const char *key, struct arena *arena);

/* The document's examples become the first instances of b->seed. */
void infer_seed(struct inference *in, struct behaviour *b, clock_ms now);

#endif
