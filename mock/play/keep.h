/* keep.h — where namespaces are kept beyond the memory of one server: a file (SQLite)
 * or a server that several share (Redis, Valkey).
 *
 * A keep knows nothing of APIs. For each namespace it has entries, a name and a text
 * each, that are changed in transactions: all of a change set or nothing of it. What
 * the names mean stands in keeping.h. Every function may be called by many threads at
 * once, those of one namespace by one at a time. */
#ifndef PLAY_KEEP_H
#define PLAY_KEEP_H

#include "base/error.h"

#include <stdint.h>

struct keep;

enum keep_answer {
    KEEP_OK,
    KEEP_BEHIND,  /* others have changed the namespace meanwhile: pull, and try again */
    KEEP_MISSING, /* it cannot be reached or read at the moment */
    KEEP_UNKNOWN, /* it broke off while it was told; the next pull tells what it did */
    KEEP_FULL     /* it has no room, or the change is larger than it takes */
};

/* What a client is told; not for KEEP_OK. */
const char *keep_answer_text(enum keep_answer answer);

/* How far a copy in memory has come. Zeroed: it knows nothing yet. */
struct keep_place {
    uint64_t version; /* of the namespace; 0: not known */
    uint64_t session; /* of the connection that told */
    char line[24];    /* the name of this line of versions */
};

struct keep_entry {
    const char *name;
    struct str value; /* ptr NULL: the entry goes */
};

struct keep_changes {
    struct arena *arena; /* texts and list are borrowed from here */
    const char *forget;  /* entries whose names start so go first; "": all; or NULL */
    struct keep_entry *list;
    size_t count, room;
};

/* Adds a change; name and value are borrowed. */
void keep_change(struct keep_changes *changes, const char *name, struct str value);

/* `where` is redis://[:PASSWORD@]HOST[:PORT][/DB] (valkey:// is the same), else the
 * name of a file, which is made when it is not there. Owned by the caller, who calls
 * keep_close. NULL and err filled when it cannot be had: no store, another version's,
 * in use by another process, not reached. */
struct keep *keep_open(const char *where, struct err *err);
void keep_close(struct keep *k);

/* Its place, for the where of an error. */
struct where keep_where(const struct keep *k);

/* What a failure was about, in the words of who failed, or ""; for who starts, while
 * nobody else uses it. */
const char *keep_trouble(const struct keep *k);

/* Whether others may change it too, so that a copy has to pull before each use. */
bool keep_is_shared(const struct keep *k);

/* What a pull tells, in any order, each name once. False ends it: KEEP_FULL. */
struct keep_news {
    /* Everything that was known is void; the entries that follow are all there are. */
    bool (*whole)(void *context);
    bool (*entry)(void *context, const char *name, struct str value); /* as above */
    void *context;
};

/* Tells what has changed since *place, and moves *place. Entries are borrowed while
 * they are told. After any other answer than KEEP_OK, *place is zeroed when something
 * was told. */
enum keep_answer keep_pull(struct keep *k, const char *ns, struct keep_place *place,
                           const struct keep_news *news);

/* Makes the changes if *place is still where the namespace is, and moves *place. After
 * any other answer but KEEP_UNKNOWN nothing was changed. */
enum keep_answer keep_commit(struct keep *k, const char *ns, struct keep_place *place,
                             const struct keep_changes *changes);

/* Calls one with the name of each namespace that has entries, in the order of their
 * bytes, from the first one behind `after` on ("": from the first), until it says
 * false. */
enum keep_answer keep_namespaces(struct keep *k, const char *after,
                                 bool (*one)(void *context, const char *ns),
                                 void *context);

/* The value of one entry, "" when it is not there, cut to fit. */
enum keep_answer keep_read(struct keep *k, const char *ns, const char *name,
                           char *value, size_t room);

/* ---- for keep_sqlite.c and keep_redis.c: a struct keep is the first member ---- */

struct keep_kind {
    bool shared;
    void (*close)(struct keep *k);
    enum keep_answer (*pull)(struct keep *k, const char *ns, struct keep_place *place,
                             const struct keep_news *news);
    enum keep_answer (*commit)(struct keep *k, const char *ns, struct keep_place *place,
                               const struct keep_changes *changes);
    enum keep_answer (*namespaces)(struct keep *k, const char *after,
                                   bool (*one)(void *context, const char *ns),
                                   void *context);
    enum keep_answer (*read)(struct keep *k, const char *ns, const char *name,
                             char *value, size_t room);
};

struct keep {
    const struct keep_kind *kind;
    const char
        *where; /* for a sentence: the file, or the server without its password */
    char trouble[160]; /* what the library said last, "" for nothing */
};

struct keep *keep_sqlite_open(const char *file, struct err *err);
struct keep *keep_redis_open(const char *url, struct err *err);

#endif
