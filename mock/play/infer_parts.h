/* infer_parts.h — what the files of infer share. */
#ifndef PLAY_INFER_PARTS_H
#define PLAY_INFER_PARTS_H

#include "base/map.h"
#include "play/infer.h"

enum {
    MOST_MEMBERS = 256, /* of one schema */
    MOST_PARENTS = 8,   /* of one path */
    MOST_INPUTS = 256,  /* of one call */
    /* Conditions of one list: whose it is, and what it filters by. */
    INFER_CONDITIONS = MOST_PARENTS + 64
};

/* ---- infer_view.c: schemas as they are written ---- */

/* A schema behind its references; node is NULL when there is none. */
struct view {
    const cJSON *node;
    const char *place;
};

struct member {
    const char *name;
    struct view view;
    bool required, read_only;
    const cJSON *given; /* its default; NULL: none, or not in every instance */
};

struct members {
    struct member *list;
    size_t count;
};

struct look {
    const struct api *api;
    struct arena *arena;
    struct map *known;       /* node → struct members */
    struct members *filling; /* room for MOST_MEMBERS, used again and again */
};

struct view view_of(const struct look *l, const cJSON *node, const char *place);

/* The members that the schema, or any part of a composition, declares. */
const struct members *view_members(const struct look *l, struct view v);
const struct member *view_member(const struct look *l, struct view v, const char *name);
struct view view_items(const struct look *l, struct view v);

/* The member that holds what an instance is like in JSON:API (1.1, 7.2), or beside an
 * id and no more; NULL: its members stand in the instance itself. */
const struct member *view_attributes(const struct look *l, struct view v);

/* Of enum schema_type; 0 when nothing is said. */
/* The member that alone is in v and wraps the instance, which has none called so: pet
 * in
 * {"pet": {…}}. NULL: nothing does. */
const struct member *view_wrapper(const struct look *l, struct view v,
                                  struct view instance);

unsigned view_types(const struct look *l, struct view v);
bool view_is_object(const struct look *l, struct view v);
bool view_is_array(const struct look *l, struct view v);
bool view_is_same(struct view a, struct view b);

/* A schema without its examples, so that samples differ. */
const struct schema *infer_unexampled(const struct look *l, struct view v);

/* The schema of the JSON answer of that status, and of the JSON request body. */
struct view view_answer(const struct look *l, const struct operation *op, int status);
struct view view_body(const struct look *l, const struct operation *op);

/* ---- infer_name.c: what names have in common ---- */

/* Small letters and digits alone: "pet_id", "petId" and "Pet-ID" are "petid". */
const char *name_plain(struct arena *arena, struct str name);

/* The plain name of one: "categories" is "category". */
const char *name_singular(struct arena *arena, struct str name);

/* Whether both mean the same thing, one or many of it. */
bool name_is_same(struct arena *arena, struct str a, struct str b);
bool name_is_one_of(const char *plain, const char *const *list, size_t count);

/* ---- infer_group.c: operations that speak of the same instances ---- */

enum role {
    ROLE_CREATE,
    ROLE_GET,
    ROLE_LIST,
    ROLE_REPLACE,
    ROLE_UPDATE,
    ROLE_DELETE,
    ROLE_ACT /* does something to one that nobody tells, and answers with it */
};

/* A value in the path that says whose the instances are. */
struct parent {
    const char *param;  /* of this operation */
    const char *member; /* where it is kept: a pointer, the same in the whole group */
    const char *item;   /* the item path that ends with it: its group's */
};

/* ---- infer_path.c ---- */

/* A path taken apart. /tasks/{id}:close (Google AIP-136) is read as /tasks/{id}/:close,
 * /tasks('{id}') (OData 4.01 URL Conventions, 4.3.1) as /tasks/{id}, and
 * /tasks/{id}.json as that without its ending. */
struct trail {
    const char *path; /* with {} for values, without a last one */
    const char *noun; /* the last word; NULL when there is none */
    const char *last; /* the value behind it, or NULL */
    struct parent parents[MOST_PARENTS];
    size_t parent_count;
    bool strange; /* a value behind a value, or beside a word in another way */
};

void trail_read(struct look *l, const char *path, struct trail *w);

/* What stands in item, the path of an instance, behind its collection's, with `key` in
 * braces for the value: "/{key}", "('{key}')". NULL when it does not begin with that,
 * or has more than one value there. */
char *trail_tail(struct arena *arena, const char *collection, const char *item,
                 const char *key);

struct deed {
    const struct operation *op;
    enum role role;
    bool claimed; /* the behaviour file says what it does */
    struct parent parents[MOST_PARENTS];
    size_t parent_count;
    const char *param; /* of the path: the key; NULL: it is in the query or the body */
    struct view whole; /* the answer; the instance or the rows in it, and where */
    struct view part;
    const char *at;
    int status;
    struct deed *next;
};

struct group {
    const char *name;
    const char *noun; /* the last word of the path */
    const char *path; /* of the collection, with {} for values; NULL: by name alone */
    struct deed *deeds, **last;
    struct view schema;
    const char *key, *key_why, *key_default;
    const char *self; /* where an instance tells its own URL; NULL: nowhere */
    bool key_hidden;
    const struct schema *key_plan; /* of one kept aside: what samples of it fit */
    bool within; /* the key is one among those of a parent: kept by all, "ann/one" */
    bool single; /* there is one, or one for each parent: /settings */
    const struct map *listed; /* what lists ask of a member by default; or NULL */
    const struct record_collection *own; /* of the behaviour file */
    struct inferred *told;
    struct group *next;
};

/* What a link says: that parameter of op is that member of an answer of from. */
struct hint {
    const struct operation *from, *op;
    const char *param, *pointer;
    struct hint *next;
};

struct finding_out {
    struct look look;
    const struct record_behaviour *file;
    struct err *err;
    struct inference *in;
    struct group *groups, **last_group;
    struct map *by_path; /* collection path → struct group */
    struct hint *hints;
    bool *claimed; /* operations that the file speaks of */
    struct record_behaviour *record;
};

void infer_links(struct finding_out *f);
void infer_groups(struct finding_out *f);

/* The file's own collection of these instances, by its schema or name; or NULL. */
const struct record_collection *infer_own(struct finding_out *f, const struct group *g);

/* Takes the instance (or, of a list, the rows) out of an answer: part and at. */
void infer_unwrap(struct finding_out *f, const struct group *g, struct deed *d);

/* The schema of the instances: what reading one gives, or the nearest to it. */
void infer_find_schema(struct finding_out *f, struct group *g);

/* infer_join.c: finds what belongs to the group of another path, and what there is one
 * of. */
void infer_join(struct finding_out *f);

/* The deeds of one role; NULL past the last. */
struct deed *deed_of(const struct group *g, enum role role);

/* Whether the answer of d is an instance of g, or a view of one. */
bool infer_is_instance(struct finding_out *f, const struct group *g,
                       const struct deed *d);

/* infer_key.c: how the group's instances are found. */
void infer_key(struct finding_out *f, struct group *g);

/* The plain name by which answers call an instance that they wrap: {"sink": {…}}; else
 * its noun. */
const char *infer_called(struct finding_out *f, const struct group *g);

/* What the store keeps them by, where that is no member: hidden. */
#define INFER_ASIDE "/path.key"

/* infer_collection.c: whether some call of the group may set the member. */
bool infer_is_writable(struct finding_out *f, const struct group *g, const char *name);

/* infer_collection.c: what a member is when nobody gives it, as a fixture writes it;
 * NULL: nothing is said. */
char *infer_default(struct finding_out *f, const struct group *g,
                    const struct member *m);

/* infer_collection.c: what stands at `at` (copied) when nobody gives it; to is taken.
 */
void infer_add_default(struct arena *arena, struct record_collection *c, const char *at,
                       char *to);

/* infer_collection.c: the list with one more text (copied), in a place of its own. */
char **infer_one_more(struct arena *arena, char **list, unsigned *count,
                      const char *text);

/* infer_collection.c: adds the record. */
void infer_collection(struct finding_out *f, struct group *g);

/* infer_steps.c: adds the record of one operation; the reason when it cannot. */
const char *infer_steps(struct finding_out *f, struct group *g, const struct deed *d);

/* What a list call does. */
struct listing {
    struct record_step *step, *answer; /* to fill */
    char *last_body;  /* of the answer that no page follows; NULL: as any other */
    char *back;       /* where the caller wants a page to end; NULL: cannot be said */
    const char *idle; /* what the call may carry without an effect; NULL: nothing */
};

/* infer_page.c: adds to `into` what an envelope of that schema tells of a page, and
 * notes in the step what has to be counted for it. */
void infer_page(struct finding_out *f, struct view v, struct record_step *step,
                cJSON *into);

/* infer_page.c: takes out of that what is about a next page. False: it has nothing of
 * that kind. */
bool infer_last_page(struct finding_out *f, struct view v, cJSON *tree);

/* infer_page.c: the fields that the answer to a list declares, and Link. */
void infer_page_fields(struct finding_out *f, const struct group *g,
                       const struct deed *d, struct record_step *step,
                       struct record_step *answer);

/* infer_list.c: fills the step of the list, and the body and the fields of its answer.
 */
void infer_list(struct finding_out *f, const struct group *g, const struct deed *d,
                struct listing *l);

/* infer_reply.c: what a good answer of that schema says of itself ("ok": true,
 * "errors":
 * []), where `into` does not say it yet. */
void infer_say_well(struct finding_out *f, struct view v, cJSON *into);

/* One value that a list call may carry. */
struct input {
    const char *plain, *name;
    char *expression;
    struct view view;
    unsigned types;
    const char *query; /* its name in the query, or NULL */
    char *unless;      /* the condition under which it is no value to compare with */
    bool assumed;      /* a call without it has its default already (api/param.h) */
};

struct inputs {
    struct input *list;
    size_t count;
};

/* infer_filter.c: the query's parameters and the body's members, and those of objects
 * in it (created.after). */
const struct inputs *infer_inputs(struct finding_out *f, const struct operation *op);

/* infer_filter.c: a condition for each input that is about a member; l->idle lists the
 * others, for people. */
void infer_filters(struct finding_out *f, const struct group *g,
                   const struct inputs *all, struct listing *l);

/* infer_filter.c: the member of the instances that an input is called as, and where it
 * stands; NULL: none. */
const struct member *infer_named(struct finding_out *f, const struct group *g,
                                 const struct input *in, const char **at);

/* ---- infer_self.c: what answers say of where they are, in `_links` (HAL, 4.1.1) or
 * `links` (JSON:API 1.1, 7.6) ---- */

bool infer_is_links(struct finding_out *f, const struct member *m);

/* The collection's instances tell their own URL, where they have a place for it and can
 * be read one by one. */
void infer_self(struct finding_out *f, struct group *g, struct record_collection *c);

/* What a list says in m, a member that holds links: where it is, and its neighbours. */
void infer_page_links(struct finding_out *f, const struct member *m,
                      const struct record_step *list, cJSON *links);

/* The same of an answer around one instance, in what its body is made from. */
void infer_own_links(struct finding_out *f, const struct group *g, const struct deed *d,
                     cJSON *into);

/* infer_list.c: whether an input turns pages or sorts, by its name. */
bool infer_is_paging(const struct input *in);

/* The expression of a member of the call: "$request.query.NAME" or
 * "$request.body#/NAME"; NULL when the operation declares none of the plain names. */
char *infer_input(struct finding_out *f, const struct operation *op,
                  const char *const *names, size_t count);

#endif
