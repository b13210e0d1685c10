/* schema.h — JSON Schema compiled once to a plan, and values checked against it.
 *
 * All schemas of one document share a struct schemas. At load, schemas_add names the
 * ones that are wanted and schemas_compile makes a plan for each and for all they refer
 * to; the work list is keyed by node, so recursion costs nothing. Afterwards everything
 * is read-only and shared by threads without a lock.
 *
 * A schema that is no schema (type: strnig, minLength: -1, a pattern or $ref that leads
 * nowhere) is an error with its place; a keyword or format that will not be enforced is
 * a warning with its place: nothing passes in silence.
 *
 * References may lead into other documents of the library, and each resource is read in
 * the dialect that its $schema names.
 *
 * Follows JSON Schema 2020-12, 2019-09 and drafts 7, 6 and 4, and OpenAPI 3.0.4
 * (4.7.24) and 3.1.1 (4.8.24). */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include "base/error.h"
#include "doc/json.h"
#include "schema/dialect.h"

struct schemas;
struct schema;

struct schemas_options {
    enum dialect dialect; /* where no $schema says which */
    /* `format` only says something to people, unless the format-assertion vocabulary
     * is in force; otherwise it is judged. */
    bool annotate_formats;
};

/* For the schemas of document and all that they refer to in the library. Everything is
 * borrowed and must outlive the schemas. */
struct schemas *schemas_new(struct library *library, const struct document *document,
                            const struct schemas_options *options, struct arena *arena,
                            struct err *err);

/* The plan to be for node, which stands at pointer in the document (pointer is copied).
 * The same node gives the same plan. Not to be used before schemas_compile. A made-up
 * node, outside the document, may be added too, with the pointer that an error should
 * name. */
const struct schema *schemas_add(struct schemas *all, const cJSON *node,
                                 const char *pointer);

/* The same for a node of another document of the library. */
const struct schema *schemas_add_in(struct schemas *all,
                                    const struct document *document, const cJSON *node,
                                    const char *pointer);

/* The same for what a reference leads to, as if it stood at the root of the document:
 * "#/components/schemas/Pet", "#anchor", "other.yaml". NULL with *why (borrowed from
 * the arena) when it leads nowhere. */
const struct schema *schemas_find(struct schemas *all, const char *reference,
                                  const char **why);

/* Makes every plan that was added and has none yet. False when err got an error. */
bool schemas_compile(struct schemas *all);

/* Which way a value goes: `readOnly` members are not for requests, `writeOnly` ones not
 * for responses (OpenAPI 3.0.4, 4.7.24.1), and are not required there either. */
enum direction { DIRECTION_NONE = 0, DIRECTION_REQUEST = 1, DIRECTION_RESPONSE = 2 };

/* One schema that was asked on the way to a finding. */
struct schema_step {
    const struct schema_step *up; /* the one that asked it; NULL for the first */
    const char *way;              /* a pointer from up's schema: "/items", "/$ref" */
    const struct schema *schema;  /* where that led */
    const char *pointer;          /* the value it was asked about, as in a finding */
};

/* One way in which a value breaks its schema: data first, the sentence is made from it
 * by finding_text. All borrowed from the arena of the check or from the schema. */
struct finding {
    const char *pointer;        /* RFC 6901, into the value; starts with the prefix */
    const char *keyword;        /* "required", "type", …; "false" for that schema */
    const char *schema_pointer; /* where that keyword stands in its document */
    const struct document *document; /* of the schema; NULL when there is none */
    const struct schema_step *step;  /* the schema it is of; where the findings are
                                        whole, else NULL */
    const cJSON *expected;           /* the keyword's value, or the values that exist */
    const cJSON *found;              /* the value there; NULL when it is missing */
    const char *name;     /* the member that is missing or not known, or NULL */
    const char *near;     /* the name or word that is like it: a slip? or NULL */
    const char *note;     /* what a sentence should add, or NULL */
    const char *as;       /* "type" or "enum" when `expected` is of that kind: an anyOf
                             of nothing but types; or NULL */
    size_t count;         /* branches that there are; items that fit contains */
    const char *nearest;  /* the branch that came nearest: its place, or NULL */
    const cJSON *fitting; /* places of the branches when too many fit, or NULL */
    bool of_name;         /* a member's name was judged, not its value */
};

struct findings {
    struct arena *arena;
    struct finding *list;
    size_t count;
    size_t limit; /* how many are kept; 0: LIMIT_FINDINGS */
    bool full;    /* there may be more */
    bool whole; /* tell of every branch, and all that follows from another finding, and
                   how each was reached; else the nearest branch speaks, and nothing is
                   said twice */
};

/* Whether value fits s when it goes that way. With findings (which start zeroed but for
 * arena, limit and whole) every way in which it does not is told, and prefix stands
 * before their pointers; with NULL the first one ends the check. What the check needs
 * is taken from arena. */
bool schema_check(const struct schema *s, const cJSON *value, enum direction direction,
                  const char *prefix, struct arena *arena, struct findings *findings);

/* What a value that is lent (doc/json.h) is noted to fit the plan by: not 0, and of this
 * plan alone as long as the program runs. */
uint64_t schema_mark(const struct schema *s);

/* Adds one finding, unless the same is there already (and whole is not set). Past the
 * limit only full is set. */
void findings_add(struct findings *all, struct finding f);

/* One sentence: what was wanted, then what was found. Borrowed from arena. */
const char *finding_text(const struct finding *f, struct arena *arena);

/* The same in two halves, for problem+json's `expected` and `found`. */
const char *finding_expected(const struct finding *f, struct arena *arena);
const char *finding_found(const struct finding *f, struct arena *arena);

/* Bits of schema_describe: the types that a place may have. */
enum schema_type {
    TYPE_NULL = 1,
    TYPE_BOOLEAN = 2,
    TYPE_OBJECT = 4,
    TYPE_ARRAY = 8,
    TYPE_NUMBER = 16,
    TYPE_STRING = 32,
    TYPE_INTEGER = 64,
    TYPE_ANY = 127
};

struct schema_place {
    unsigned types;      /* of enum schema_type */
    bool closed;         /* the values are listed by enum or const */
    const char *nearest; /* when not described: the declared name that is nearest */
};

/* What s declares at pointer (through references, compositions and array items, where a
 * token that is an index, "-" or "*" means an item). False when no declared property
 * leads there. Strings of place are borrowed from the schema. */
bool schema_describe(const struct schema *s, const char *pointer,
                     struct schema_place *place);

/* Whether that is so, where it need not be: no nearest name is looked for. */
bool schema_declares(const struct schema *s, const char *pointer);

/* The types alone, as every call may ask for them: no nearest name is looked for. 0
 * when nothing is declared there. closed may be NULL. */
unsigned schema_types(const struct schema *s, const char *pointer, bool *closed);

/* The schema as written, after references; borrowed from its document. */
const cJSON *schema_node(const struct schema *s);

/* The plan that s, or what it is composed of, declares for its member of that name: of
 * several, the first. NULL when none is declared. */
const struct schema *schema_member(const struct schema *s, const char *name);

/* The declared member, of s or of what it is composed of, whose enum or const allows
 * the text; NULL when none does. Borrowed from the schema. */
const char *schema_member_allowing(const struct schema *s, const char *text);

/* Whether the word is a keyword of JSON Schema or OpenAPI that a finding can name. */
bool schema_has_keyword(const char *word);

#endif
