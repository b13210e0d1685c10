/* plan.h — what a schema is compiled to; shared by those who compile, check, describe,
 * sample and mutate, and nobody else.
 *
 * A plan is a flat list of rules. Each rule says for which types of value it is meant,
 * so a string never looks at the rules for objects. */
#ifndef SCHEMA_PLAN_H
#define SCHEMA_PLAN_H

#include "base/map.h"
#include "schema/format.h"
#include "schema/pattern.h"
#include "schema/resource.h"
#include "schema/schema.h"

#include <stdint.h>

enum rule_kind {
    /* Up to RULE_LAST_ALONE the value decides, with no schema below. */
    RULE_ENUM,
    RULE_CONST,
    RULE_MAXIMUM,
    RULE_EXCLUSIVE_MAXIMUM,
    RULE_MINIMUM,
    RULE_EXCLUSIVE_MINIMUM,
    RULE_MULTIPLE_OF,
    RULE_MAX_LENGTH,
    RULE_MIN_LENGTH,
    RULE_MAX_ITEMS,
    RULE_MIN_ITEMS,
    RULE_UNIQUE_ITEMS,
    RULE_MAX_PROPERTIES,
    RULE_MIN_PROPERTIES,
    RULE_LAST_ALONE = RULE_MIN_PROPERTIES,
    RULE_PATTERN,
    RULE_FORMAT,
    RULE_ITEMS, /* prefixItems and items */
    RULE_CONTAINS,
    RULE_OBJECT, /* properties, patternProperties, additionalProperties, required */
    RULE_PROPERTY_NAMES,
    RULE_DEPENDENT, /* dependentRequired, dependentSchemas, dependencies */
    RULE_REF,
    RULE_DYNAMIC_REF,
    RULE_ALL_OF,
    RULE_ANY_OF,
    RULE_ONE_OF,
    RULE_NOT,
    RULE_IF,
    RULE_DISCRIMINATOR,
    /* Last, when all others have said what they looked at. */
    RULE_UNEVALUATED_ITEMS,
    RULE_UNEVALUATED_PROPERTIES
};

/* Where a $dynamicRef leads while a resource is the outermost that has its anchor. */
struct dynamic_target {
    const struct resource *resource;
    const struct schema *schema;
};

/* One declared or required member name of an object. */
struct property {
    struct str name;
    const struct schema *schema; /* NULL when it is only required */
    int hash;                    /* json_name_hash */
    int required;                /* index into the required names, or -1 */
    uint8_t plain;               /* the schema's, where that is all there is to ask */
};

struct object_rule {
    struct property *list; /* as declared: members mostly come in that order */
    size_t count;
    struct property **table; /* open addressing by hash; a free slot is NULL */
    size_t slots;            /* a power of two; 0 when there are no names */
    const char **required;
    size_t required_count;
    struct {
        const struct pattern *pattern;
        const struct schema *schema;
    } * patterns;
    size_t pattern_count;
    const struct schema *additional; /* NULL: anything */
    bool open;                       /* `additionalProperties: true` says so */
};

/* One value of an enum. */
struct choice {
    const cJSON *value; /* NULL: a free slot */
    struct str text;    /* of a string */
    int hash;           /* json_name_hash of that; of json_hash otherwise */
};

struct rule {
    uint8_t kind;
    uint8_t types; /* values of other types are not its business */
    const char *keyword;
    const cJSON *value; /* the keyword's value in the document */
    union {
        size_t size; /* max/min of lengths and counts */
        const struct pattern *pattern;
        const struct format *format;
        const struct schema *schema; /* RULE_REF, RULE_NOT, RULE_PROPERTY_NAMES,
                                        RULE_UNEVALUATED_* */
        struct object_rule *object;
        struct {
            const struct schema **prefix;
            size_t prefix_count;
            const struct schema *rest; /* NULL: anything */
        } items;
        struct {
            const struct schema *schema;
            size_t min, max;
            bool looks; /* what fits counts as looked at: since 2020-12 */
        } contains;
        struct {
            const struct schema *first; /* where it leads by itself */
            struct dynamic_target *list;
            size_t count;
        } dynamic;
        struct {
            const struct schema **list;
            size_t count;
        } branches; /* RULE_ALL_OF, RULE_ANY_OF, RULE_ONE_OF */
        struct {
            const struct schema *test, *then, *otherwise;
        } choice;
        struct {
            const char *property;
            const struct map *by_value;     /* of const struct schema * */
            const cJSON *values;            /* an array of the names that exist */
            bool optional;                  /* the member need not be there */
            const struct schema *otherwise; /* for no value or one that is not known */
        } discriminator;
        const struct map *dependents; /* name → const struct schema *; or names */
        struct {
            struct choice *slots; /* open addressing by hash */
            size_t count;         /* a power of two */
            bool brief;           /* a few of a text's bytes are hashed, not all */
        } set;
    } u;
};

/* Beside cJSON's type bits: of a whole number nothing more is asked. */
enum { PLAIN_WHOLE = cJSON_Raw };

struct schema {
    const char *pointer; /* in the document of the resource */
    const cJSON *node;
    const struct resource *resource;
    const struct resource *scope; /* the resource, when it has dynamic anchors */
    size_t number;                /* in order of being added */
    uint64_t mark;                /* not 0; no plan of this process has, or had, the
                                     same: what was asked of one outlives it */
    const struct schema *alias;   /* the plan that is meant, when this is only a $ref */
    bool never;                   /* `false` */
    bool boolean;                 /* may be true or false in every dialect */
    uint8_t hidden;               /* directions in which it must not be sent */
    bool unevaluated;             /* has a RULE_UNEVALUATED_* */
    bool ring;      /* leads back to itself without a step into the value */
    uint8_t plain;  /* cJSON's type bits: of such a value nothing more is asked; and
                       PLAIN_WHOLE */
    uint8_t single; /* such bits: of such a value one rule is asked, and no more: */
    uint8_t only_kind;
    const struct rule *only;
    unsigned types; /* of enum schema_type; TYPE_ANY when not restricted */
    struct rule *rules;
    size_t rule_count;
    const struct map *declared; /* name → const struct schema *, for describe.c */
};

/* The hash by which any other value is looked for there: nobody but the document puts
 * something into that table. */
static inline int listed_hash(const cJSON *value)
{
    static const struct salt none = { { 0 } };
    return (int)json_hash(value, &none);
}

/* The hash by which a text is looked for in an enum's table: most are told apart by
 * their length and four bytes of them. */
static inline int choice_hash(struct str text, bool brief)
{
    if (!brief || !text.len)
        return json_name_hash(text);
    const unsigned char *p = (const unsigned char *)text.ptr;
    size_t len = text.len;
    uint32_t h = (uint32_t)len * 0x9e3779b1u ^ p[0];
    h = (h ^ (uint32_t)p[len / 2] << 8 ^ (uint32_t)p[len - 1] << 16 ^
         (uint32_t)p[len - 1 - len / 4] << 24) *
        0x85ebca6bu;
    return (int)(h ^ h >> 15);
}

static inline unsigned type_of(const cJSON *n)
{
    static const uint8_t types[] = {
        [cJSON_False] = TYPE_BOOLEAN, [cJSON_True] = TYPE_BOOLEAN,
        [cJSON_NULL] = TYPE_NULL,     [cJSON_Number] = TYPE_NUMBER,
        [cJSON_String] = TYPE_STRING, [cJSON_Array] = TYPE_ARRAY,
        [cJSON_Object] = TYPE_OBJECT,
    };
    return types[n->type & (2 * cJSON_Object - 1)];
}

#endif
