#include "play/keep.h"

#include "base/limits.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

/* "UNDY": what makes a database one of ours, and the version of what stands in it. */
enum { APPLICATION = 0x554e4459, VERSION = 1 };

/*    name      one statement, made ready once */
#define STATEMENTS(X)                                                           \
    X(BEGIN, "BEGIN IMMEDIATE")                                                 \
    X(COMMIT, "COMMIT")                                                         \
    X(PUT, "INSERT INTO entry VALUES (?1, ?2, ?3) "                             \
           "ON CONFLICT DO UPDATE SET value = ?3")                              \
    X(TAKE, "DELETE FROM entry WHERE namespace = ?1 AND name = ?2")             \
    X(FORGET, "DELETE FROM entry WHERE namespace = ?1 AND name >= ?2 "          \
              "AND substr(name, 1, length(?2)) = ?2")                           \
    X(ALL, "SELECT name, value FROM entry WHERE namespace = ?1")                \
    X(READ, "SELECT value FROM entry WHERE namespace = ?1 AND name = ?2")       \
    /* From one to the next, past all of its entries. */                        \
    X(NAMES, "WITH RECURSIVE one(ns) AS ("                                      \
             "SELECT min(namespace) FROM entry WHERE namespace > ?1 UNION ALL " \
             "SELECT (SELECT min(namespace) FROM entry WHERE namespace > ns) "  \
             "FROM one WHERE ns NOT NULL) "                                     \
             "SELECT ns FROM one WHERE ns NOT NULL")

#define ENUM_ITEM(name, text) SQL_##name,
enum statement { STATEMENTS(ENUM_ITEM) STATEMENT_COUNT };
#undef ENUM_ITEM

#define TEXT_ITEM(name, text) text,
static const char *const texts[] = { STATEMENTS(TEXT_ITEM) };
#undef TEXT_ITEM

struct keep_sqlite {
    struct keep keep;
    sqlite3 *db;
    char *file;
    pthread_mutex_t lock; /* over the connection, and what follows */
    size_t names;         /* namespaces that have entries */
    sqlite3_stmt *statements[STATEMENT_COUNT];
};

/* ---- open and close ---- */

static void sqlite_close(struct keep *keep)
{
    struct keep_sqlite *k = (struct keep_sqlite *)keep;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(k->statements[i]);
    sqlite3_close(k->db);
    free(k->file);
    pthread_mutex_destroy(&k->lock);
    free(k);
}

/* The number that a pragma or a query gives; -1 when it gives none. */
static int64_t number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    int64_t n = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static bool tell_sqlite(struct keep_sqlite *k, struct where at, struct err *err)
{
    switch (sqlite3_errcode(k->db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, at, "another process uses this store");
    case SQLITE_NOTADB:
        return err_set(err, at,
                       "expected a store that --store made, found another file");
    default:
        return err_set(err, at, "cannot use the store: %s", sqlite3_errmsg(k->db));
    }
}

/* Held from here until the file is closed: two servers on one file would each believe
 * their own memory. */
static bool take_over(struct keep_sqlite *k)
{
    return sqlite3_exec(k->db,
                        "PRAGMA locking_mode = EXCLUSIVE;"
                        "PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = NORMAL;"
                        "BEGIN IMMEDIATE; COMMIT;",
                        NULL, NULL, NULL) == SQLITE_OK;
}

#define TABLE                                                           \
    "CREATE TABLE entry (namespace TEXT NOT NULL, name TEXT NOT NULL, " \
    "value TEXT NOT NULL, PRIMARY KEY (namespace, name)) WITHOUT ROWID"

static bool make_tables(struct keep_sqlite *k)
{
    return sqlite3_exec(k->db,
                        "BEGIN;" TABLE ";"
                        "PRAGMA application_id = 1431192665;" /* APPLICATION */
                        "PRAGMA user_version = 1;"            /* VERSION */
                        "COMMIT;",
                        NULL, NULL, NULL) == SQLITE_OK;
}

/* A file that was cut or written over would lose entries without a word. Reads all of
 * it, as those who come next do. */
static bool is_whole(struct keep_sqlite *k, struct where at, struct err *err)
{
    sqlite3_stmt *s = NULL;
    const char *why =
        sqlite3_prepare_v2(k->db, "PRAGMA quick_check(1)", -1, &s, NULL) == SQLITE_OK &&
                sqlite3_step(s) == SQLITE_ROW
            ? (const char *)sqlite3_column_text(s, 0)
            : sqlite3_errmsg(k->db);
    bool whole = why && strcmp(why, "ok") == 0;
    if (!whole)
        err_set(err, at, "the store is damaged: %s", why ? why : "");
    sqlite3_finalize(s);
    return whole;
}

/* Past this many bytes a change is refused as on a full disk. */
static bool bound_file(struct keep_sqlite *k)
{
    char sql[64];
    int64_t page = number_of(k->db, "PRAGMA page_size");
    if (page <= 0)
        return false;
    snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld",
             (long long)(LIMIT_KEEP_FILE_BYTES / page));
    return sqlite3_exec(k->db, sql, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_wal_autocheckpoint(k->db, LIMIT_KEEP_LOG_PAGES) == SQLITE_OK;
}

static bool open_database(struct keep_sqlite *k, const char *file, struct err *err)
{
    struct where at = { .file = file };
    if (sqlite3_open_v2(file, &k->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL))
        return err_set(
            err, at, "cannot open the store: %s%s%s", sqlite3_errmsg(k->db),
            sqlite3_system_errno(k->db) ? ": " : "",
            sqlite3_system_errno(k->db) ? strerror(sqlite3_system_errno(k->db)) : "");
    sqlite3_limit(k->db, SQLITE_LIMIT_LENGTH, (int)LIMIT_KEEP_VALUE);
    /* Asked before anything is written: another program's file stays as it is. */
    int64_t tables = number_of(k->db, "SELECT count(*) FROM sqlite_schema");
    if (tables < 0)
        return tell_sqlite(k, at, err);
    if (tables && number_of(k->db, "PRAGMA application_id") != APPLICATION)
        return err_set(err, at,
                       "expected a store that --store made, found another program's "
                       "database");
    int64_t version = number_of(k->db, "PRAGMA user_version");
    if (tables && version != VERSION)
        return err_set(err, at, "expected a store of version %d, found version %lld",
                       VERSION, (long long)version);
    /* A trigger or a view would run here whatever its author wants. */
    if (tables &&
        (tables != 1 ||
         number_of(k->db,
                   "SELECT count(*) FROM sqlite_schema WHERE sql = '" TABLE "'") != 1))
        return err_set(err, at,
                       "expected the one table that --store made, found other tables, "
                       "indexes, views or triggers");
    if (!take_over(k) || (!tables && !make_tables(k)))
        return tell_sqlite(k, at, err);
    if (!is_whole(k, at, err))
        return false;
    if (!bound_file(k))
        return tell_sqlite(k, at, err);
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v3(k->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &k->statements[i], NULL) != SQLITE_OK)
            return tell_sqlite(k, at, err);
    return true;
}

/* ---- entries ---- */

/* The version of a place: nobody else writes the file, so a copy that knows it once
 * knows it for ever. */
enum { HAS_NONE = 1, HAS_ENTRIES };

static sqlite3_stmt *bound(struct keep_sqlite *k, enum statement which, const char *a,
                           const char *b)
{
    sqlite3_stmt *s = k->statements[which];
    sqlite3_bind_text(s, 1, a, -1, SQLITE_STATIC);
    if (b)
        sqlite3_bind_text(s, 2, b, -1, SQLITE_STATIC);
    return s;
}

static bool done(sqlite3_stmt *s)
{
    int code = sqlite3_step(s);
    sqlite3_reset(s);
    return code == SQLITE_DONE;
}

static enum keep_answer failure(struct keep_sqlite *k)
{
    snprintf(k->keep.trouble, sizeof(k->keep.trouble), "%s", sqlite3_errmsg(k->db));
    switch (sqlite3_errcode(k->db) & 0xff) {
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
    case SQLITE_IOERR: /* among others: larger than a file may be */
        return KEEP_FULL;
    default:
        return KEEP_MISSING;
    }
}

static bool change(struct keep_sqlite *k, const char *ns, const struct keep_entry *e)
{
    sqlite3_stmt *s = bound(k, e->value.ptr ? SQL_PUT : SQL_TAKE, ns, e->name);
    if (e->value.ptr)
        sqlite3_bind_text64(s, 3, e->value.ptr, e->value.len, SQLITE_STATIC,
                            SQLITE_UTF8);
    return done(s);
}

static bool change_all(struct keep_sqlite *k, const char *ns,
                       const struct keep_changes *c)
{
    if (!done(k->statements[SQL_BEGIN]))
        return false;
    bool ok = !c->forget || done(bound(k, SQL_FORGET, ns, c->forget));
    for (size_t i = 0; ok && i < c->count; i++)
        ok = change(k, ns, &c->list[i]);
    return ok && done(k->statements[SQL_COMMIT]);
}

static enum keep_answer sqlite_commit(struct keep *keep, const char *ns,
                                      struct keep_place *place,
                                      const struct keep_changes *changes)
{
    struct keep_sqlite *k = (struct keep_sqlite *)keep;
    enum keep_answer answer = KEEP_OK;
    bool all = changes->forget && !*changes->forget, puts = false;
    for (size_t i = 0; i < changes->count && !puts; i++)
        puts = changes->list[i].value.ptr != NULL;
    pthread_mutex_lock(&k->lock);
    bool had = place->version == HAS_ENTRIES, has = puts || (had && !all);
    if (has && !had && k->names >= LIMIT_KEPT_NAMESPACES) {
        answer = KEEP_FULL;
    } else if (change_all(k, ns, changes)) {
        k->names = k->names + has - had;
        place->version = has ? HAS_ENTRIES : HAS_NONE;
    } else {
        answer = failure(k);
        if (!sqlite3_get_autocommit(k->db))
            sqlite3_exec(k->db, "ROLLBACK", NULL, NULL, NULL);
    }
    pthread_mutex_unlock(&k->lock);
    return answer;
}

/* False also when there was no memory for a text. */
static bool tell_entry(sqlite3_stmt *s, const struct keep_news *news)
{
    const char *name = (const char *)sqlite3_column_text(s, 0);
    const char *value = (const char *)sqlite3_column_text(s, 1);
    struct str text = { value, (size_t)sqlite3_column_bytes(s, 1) };
    return name && value && news->entry(news->context, name, text);
}

static enum keep_answer sqlite_pull(struct keep *keep, const char *ns,
                                    struct keep_place *place,
                                    const struct keep_news *news)
{
    struct keep_sqlite *k = (struct keep_sqlite *)keep;
    if (place->version)
        return KEEP_OK;
    pthread_mutex_lock(&k->lock);
    sqlite3_stmt *s = bound(k, SQL_ALL, ns, NULL);
    bool taken = news->whole(news->context), any = false;
    int code;
    while (taken && (code = sqlite3_step(s)) == SQLITE_ROW) {
        taken = tell_entry(s, news);
        any = true;
    }
    enum keep_answer answer = !taken                ? KEEP_FULL
                              : code == SQLITE_DONE ? KEEP_OK
                                                    : failure(k);
    sqlite3_reset(s);
    pthread_mutex_unlock(&k->lock);
    place->version = answer != KEEP_OK ? 0 : any ? HAS_ENTRIES : HAS_NONE;
    return answer;
}

static enum keep_answer sqlite_namespaces(struct keep *keep, const char *after,
                                          bool (*one)(void *context, const char *ns),
                                          void *context)
{
    struct keep_sqlite *k = (struct keep_sqlite *)keep;
    bool more = true;
    pthread_mutex_lock(&k->lock);
    sqlite3_stmt *s = bound(k, SQL_NAMES, after, NULL);
    int code = SQLITE_ROW;
    while (more && (code = sqlite3_step(s)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(s, 0);
        more = name && one(context, name);
    }
    enum keep_answer answer =
        code == SQLITE_ROW || code == SQLITE_DONE ? KEEP_OK : failure(k);
    sqlite3_reset(s);
    pthread_mutex_unlock(&k->lock);
    return answer;
}

static enum keep_answer sqlite_read(struct keep *keep, const char *ns, const char *name,
                                    char *value, size_t room)
{
    struct keep_sqlite *k = (struct keep_sqlite *)keep;
    pthread_mutex_lock(&k->lock);
    sqlite3_stmt *s = bound(k, SQL_READ, ns, name);
    int code = sqlite3_step(s);
    const char *text =
        code == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;
    snprintf(value, room, "%s", text ? text : "");
    enum keep_answer answer =
        code == SQLITE_ROW || code == SQLITE_DONE ? KEEP_OK : failure(k);
    sqlite3_reset(s);
    pthread_mutex_unlock(&k->lock);
    return answer;
}

static bool count_name(void *context, const char *ns)
{
    size_t *count = context;
    (void)ns;
    ++*count;
    return true;
}

struct keep *keep_sqlite_open(const char *file, struct err *err)
{
    static const struct keep_kind kind = { .shared = false,
                                           .close = sqlite_close,
                                           .pull = sqlite_pull,
                                           .commit = sqlite_commit,
                                           .namespaces = sqlite_namespaces,
                                           .read = sqlite_read };
    struct keep_sqlite *k = calloc(1, sizeof(*k));
    if (!k) {
        err_set(err, (struct where){ .file = file }, "out of memory");
        return NULL;
    }
    k->keep.kind = &kind;
    k->keep.where = k->file = strdup(file);
    pthread_mutex_init(&k->lock, NULL);
    if (open_database(k, file, err)) {
        /* The default one is not among those that have a name. */
        k->names =
            number_of(k->db, "SELECT 1 FROM entry WHERE namespace = '' LIMIT 1") == 1;
        if (sqlite_namespaces(&k->keep, "", count_name, &k->names) == KEEP_OK)
            return &k->keep;
        tell_sqlite(k, keep_where(&k->keep), err);
    }
    sqlite_close(&k->keep);
    return NULL;
}
