/* json.h — the one kind of tree: every document, body, instance and answer is cJSON.
 *
 * cJSON's structure and its readers (cJSON_IsString, cJSON_ArrayForEach, …) are used
 * everywhere; making, reading and writing trees goes through here, because here its
 * traps are handled once:
 *
 *   - reading is strict (RFC 8259): no bytes after the value, no 01, no 1., no control
 *     characters, valid UTF-8 only, bounded depth and size, no member name twice;
 *   - members are looked up case-sensitively;
 *   - a number whose written text a double does not give back (9007199254740993, 1e400,
 *     1.0) keeps that text in valuestring, so that what was sent is what is judged,
 *     stored and sent back (see number.h);
 *   - U+0000 in a string is held as the two bytes C0 80, which strict UTF-8 never
 *     contains, so strings stay NUL-terminated and it is written back as \u0000;
 *   - a member keeps the hash of its name in valueint, which nothing else uses, so that
 * a name is looked for without comparing texts;
 *   - nodes come from an arena (never cJSON_Delete them), or from json_pack.
 *
 * Constant keys: the pointer `string` of a member may be shared between nodes. */
#ifndef DOC_JSON_H
#define DOC_JSON_H

#include "base/buffer.h"

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

/* Why a text is not JSON, and where: offset in bytes from 0, line and col from 1. */
struct json_error {
    size_t offset;
    unsigned line, col;
    const char *why; /* borrowed from the arena that json_read was given */
};

/* The place of a byte of a text; why is left NULL. Columns count characters. */
struct json_error json_place(struct str text, size_t offset);

/* The tree of a whole text, borrowed from arena; NULL and *error filled when the text
 * is not one JSON value, is deeper than LIMIT_DEPTH or has more than max_nodes values.
 */
cJSON *json_read(struct str text, size_t max_nodes, struct arena *arena,
                 struct json_error *error);

/* Appends compact JSON text. */
void json_write(struct buffer *b, const cJSON *tree);

/* Compact JSON text, borrowed from arena. */
struct str json_text(const cJSON *tree, struct arena *arena);

/* New nodes, borrowed from arena; text is copied. */
cJSON *json_null(struct arena *arena);
cJSON *json_bool(struct arena *arena, bool value);
cJSON *json_integer(struct arena *arena, int64_t value);
cJSON *json_number(struct arena *arena, double value);
cJSON *json_string(struct arena *arena, struct str text);
cJSON *json_array(struct arena *arena);
cJSON *json_object(struct arena *arena);

/* Reads text as a JSON number with its written text kept; NULL when it is none. */
cJSON *json_number_read(struct arena *arena, struct str text);

/* Adds item (taken) at the end of an array. */
void json_push(cJSON *array, cJSON *item);

/* item (taken) stands where old stood in an object, under its name, or in an array. */
void json_replace(cJSON *parent, cJSON *old, cJSON *item);

/* Puts item (taken) under name (copied) in place of an earlier member of that name, or
 * at the end. */
void json_set(struct arena *arena, cJSON *object, const char *name, cJSON *item);

/* As json_set, for a name that outlives the tree and has that hash (json_name_hash). */
void json_put(cJSON *object, struct str name, int hash, cJSON *item);

/* As json_set, for a name that is known to be new and outlives the tree. */
void json_add(cJSON *object, const char *name, cJSON *item);

/* The same under the name of another member, which outlives the tree. */
void json_add_as(cJSON *object, const cJSON *other, cJSON *item);

/* The member or item, borrowed; NULL when it is not there or parent is of another type
 * (NULL too). */
cJSON *json_member(const cJSON *object, const char *name);
cJSON *json_member_str(const cJSON *object, struct str name);

/* What a member of that name has in valueint: a hash, and in the low eight bits how
 * long the name is, 255 for all that are longer. */
static inline int json_name_hash(struct str name)
{
    uint32_t len = name.len < 255 ? (uint32_t)name.len : 255;
    return (int)((uint32_t)str_hash(name) << 8 | len);
}

/* Where to begin in a table of so many slots, a power of two. */
static inline size_t json_name_slot(int hash, size_t slots)
{
    return (uint32_t)hash >> 8 & (slots - 1);
}

/* Whether m is called name, which has that hash. */
static inline bool json_is_named(const cJSON *m, struct str name, int hash)
{
    return m->valueint == hash &&
           (name.len < 255 ? str_same_bytes(m->string, name) : str_is(name, m->string));
}

/* The member of an object that is called as another one is. */
cJSON *json_member_as(const cJSON *object, const cJSON *other);

/* A bit for each name of an object's members: where many names are looked for, most of
 * them in vain, whose bit is not there need not be looked for. */
uint64_t json_names(const cJSON *object);

static inline bool json_may_have(uint64_t names, int hash)
{
    return names >> ((uint32_t)hash >> 8 & 63) & 1;
}

/* The text of a string member; NULL when there is none or it is no string. */
const char *json_member_text(const cJSON *object, const char *name);

/* Gives at the value that from has (its children are taken); at keeps its name and its
 * neighbours. */
void json_become(cJSON *at, const cJSON *from);

/* Takes a child out of its parent. */
void json_detach(cJSON *parent, cJSON *child);

/* A deep copy, borrowed from arena. */
cJSON *json_copy(struct arena *arena, const cJSON *tree);

/* ---- what is lent ----
 *
 * An object or array that many trees show, such as an instance in answers, has
 * JSON_LENT in its type, and valuestring leads to what is known of it. Such a node is
 * only looked at: neither it nor anything below it ever changes, and whoever made it
 * says how long it is there. json_copy makes an ordinary tree of it. */
enum { JSON_LENT = 1 << 10 };

struct json_lent {
    /* The mark of the plan (schema/schema.h) that an answer with this value was found
     * to fit last; any thread may set it. 0: none yet. */
    _Atomic(uint64_t) fits;
    struct str text; /* as json_write writes it; NULL: that is not known */
};

static inline bool json_is_lent(const cJSON *n)
{
    return n->type & JSON_LENT;
}

static inline struct json_lent *json_lent_of(const cJSON *n)
{
    return (struct json_lent *)(void *)n->valuestring;
}

/* Makes node, an object or array, one that is lent; as, zeroed but for text, is there
 * as long as the node and all nodes that are the same (json_same). */
void json_lend(cJSON *node, struct json_lent *as);

/* A node that has the value of another: its children and texts are those of the other
 * one, which has to stay. */
cJSON *json_same(struct arena *arena, const cJSON *value);

/* A tree that can be changed as a copy can, of new nodes: their texts and names are
 * those of the other one, which has to stay. */
cJSON *json_borrow(struct arena *arena, const cJSON *tree);

/* As json_copy, but what is lent is not copied. */
cJSON *json_share(struct arena *arena, const cJSON *tree);

/* A deep copy in one block of memory, behind as many bytes as the caller wants for
 * itself (aligned as a pointer is). Owned by the caller, who calls free. NULL when
 * memory ran out. */
void *json_pack(const cJSON *tree, size_t before);

/* Equal as JSON Schema 2020-12 (core, 4.2.2) says: numbers by value, objects without
 * order. */
bool json_equal(const cJSON *a, const cJSON *b);

/* A hash with json_equal(a, b) → json_hash(a, s) == json_hash(b, s). */
uint64_t json_hash(const cJSON *tree, const struct salt *s);

size_t json_count(const cJSON *tree);

/* "an object", "a string", …, as a sentence wants it. */
const char *json_kind(const cJSON *tree);
/* "object", "string", "integer" (for a whole number), "boolean", "null", … */
const char *json_type_name(const cJSON *tree);

static inline bool json_is_object(const cJSON *n)
{
    return n && (n->type & 0xff) == cJSON_Object;
}
static inline bool json_is_array(const cJSON *n)
{
    return n && (n->type & 0xff) == cJSON_Array;
}
static inline bool json_is_string(const cJSON *n)
{
    return n && (n->type & 0xff) == cJSON_String;
}
static inline bool json_is_number(const cJSON *n)
{
    return n && (n->type & 0xff) == cJSON_Number;
}
/* A number cut to a whole one, at most JSON_WHOLE either way, so that a little more can
 * be added to it; otherwise for what is no number. */
#define JSON_WHOLE ((int64_t)1 << 53)
static inline int64_t json_whole(const cJSON *n, int64_t otherwise)
{
    if (!json_is_number(n))
        return otherwise;
    return n->valuedouble > -(double)JSON_WHOLE ? n->valuedouble < (double)JSON_WHOLE
                                                      ? (int64_t)n->valuedouble
                                                      : JSON_WHOLE
                                                : -JSON_WHOLE;
}
static inline bool json_is_bool(const cJSON *n)
{
    return n && (n->type & (cJSON_True | cJSON_False));
}
static inline bool json_is_true(const cJSON *n)
{
    return n && (n->type & 0xff) == cJSON_True;
}
static inline bool json_is_null(const cJSON *n)
{
    return n && (n->type & 0xff) == cJSON_NULL;
}

/* Counts code points of UTF-8 text (C0 80 counts as one). */
size_t utf8_length(const char *text);

/* Whether bytes are valid UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool utf8_valid(struct str text);

/* The first bytes of valid text, at most that many, with no character cut in two. */
struct str utf8_cut(struct str text, size_t most);

/* Puts '?' for every byte that belongs to no character, as where a text was cut. */
void utf8_mend(char *text);

/* text, or where that is none, a mended copy from arena. */
const char *utf8_mended(const char *text, struct arena *arena);

/* Whether held, in which U+0000 is C0 80, is text, in which it may stand as such. */
bool utf8_is(const char *held, struct str text);

/* Writes one code point, at most four bytes, and says how many; U+0000 becomes C0 80.
 */
size_t utf8_put(char *to, uint32_t code_point);

/* The same at the end of a buffer. */
void utf8_add(struct buffer *b, uint32_t code_point);

#endif
