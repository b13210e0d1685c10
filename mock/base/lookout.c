#include "base/lookout.h"

#include "base/limits.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

/* What can make a name in a folder mean another file, or the same with other bytes. */
static const uint32_t EVENTS = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM |
                               IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;

struct lookout {
    int fd;
    struct arena *arena; /* of all below; a new one for each lookout_for */
    struct map *folders; /* path → its folder */
    struct map *names;   /* "watch/name" */
    struct ending {
        struct ending *next;
        int watch;
        const char *text; /* that names in the folder end in */
    } * endings;
    int *watches; /* each once */
    size_t count;
};

/* What is known of the path of a folder. */
struct folder {
    int watch; /* -1: it is not there */
};

struct lookout *lookout_new(struct err *err)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    struct lookout *l = fd < 0 ? NULL : calloc(1, sizeof(*l));
    if (l) {
        l->fd = fd;
        return l;
    }
    err_set(err, (struct where){ .file = NULL },
            "files cannot be watched, inotify is not to be had: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return NULL;
}

void lookout_free(struct lookout *l)
{
    if (!l)
        return;
    close(l->fd);
    arena_free(l->arena);
    free(l);
}

static bool has_watch(const int *watches, size_t count, int watch)
{
    for (size_t i = 0; i < count; i++)
        if (watches[i] == watch)
            return true;
    return false;
}

/* The watch of a folder, -1 when it is not there, -2 when it cannot be watched. */
static int watch_of(struct lookout *l, const char *path, struct err *err)
{
    struct folder *f = map_get(l->folders, str(path));
    if (f)
        return f->watch;
    f = arena_take(l->arena, sizeof(*f));
    map_put(l->folders, str(path), f);
    bool full = l->count == LIMIT_WATCHES;
    f->watch = full ? -1 : inotify_add_watch(l->fd, path, EVENTS | IN_ONLYDIR);
    if (f->watch >= 0) {
        if (!has_watch(l->watches, l->count, f->watch))
            l->watches[l->count++] = f->watch;
        return f->watch;
    }
    if (!full && (errno == ENOENT || errno == ENOTDIR))
        return -1;
    f->watch = -2;
    if (full)
        err_warn(err, (struct where){ .file = NULL },
                 "the files are in more than %d folders; the others are not watched",
                 LIMIT_WATCHES);
    else if (errno == ENOSPC)
        err_warn(err, (struct where){ .file = NULL },
                 "the system's bound of watches (fs.inotify.max_user_watches) is "
                 "reached; some folders are not watched");
    else
        err_warn(err, (struct where){ .file = path },
                 "the folder cannot be watched: %s", strerror(errno));
    return f->watch;
}

static const char *name_key(struct arena *arena, int watch, const char *name)
{
    return arena_printf(arena, "%d/%s", watch, name);
}

/* Notes one path: its name in its folder, or, where the folder is not there, the
 * folder's name in the one above. */
static void note(struct lookout *l, const char *path, struct err *err)
{
    char *folder = arena_copy(l->arena, str(path));
    for (;;) {
        char *slash = strrchr(folder, '/');
        const char *name = slash ? slash + 1 : folder;
        const char *above = !slash ? "." : slash == folder ? "/" : folder;
        name = arena_copy(l->arena, str(name));
        if (slash)
            *slash = '\0';
        int watch = watch_of(l, above, err);
        if (watch >= 0) {
            map_put(l->names, str(name_key(l->arena, watch, name)), l);
            if (name[0] == '*') {
                struct ending *e = arena_take(l->arena, sizeof(*e));
                *e = (struct ending){ l->endings, watch, name + 1 };
                l->endings = e;
            }
            return;
        }
        if (watch < -1 || !slash || slash == folder)
            return;
    }
}

void lookout_for(struct lookout *l, const struct map *paths, struct err *err)
{
    struct arena *before = l->arena;
    const int *old = l->watches;
    size_t old_count = l->count;
    l->arena = arena_new(LIMIT_SPEC_MEMORY);
    l->folders = map_new(l->arena);
    l->names = map_new(l->arena);
    l->endings = NULL;
    l->watches = arena_array(l->arena, int, LIMIT_WATCHES);
    l->count = 0;
    struct str path;
    void *value;
    for (size_t i = 0; map_at(paths, i, &path, &value); i++) {
        const char *text = arena_copy(l->arena, path);
        char real[PATH_MAX];
        note(l, text, err);
        /* A link may stay while the folder that it leads into is changed. */
        if (realpath(text, real) && strcmp(real, text) != 0)
            note(l, real, err);
    }
    for (size_t i = 0; i < old_count; i++)
        if (!has_watch(l->watches, l->count, old[i]))
            inotify_rm_watch(l->fd, old[i]);
    arena_free(before);
}

int lookout_fd(const struct lookout *l)
{
    return l->fd;
}

static bool is_asked_for(const struct lookout *l, const struct inotify_event *e)
{
    if (e->mask & IN_Q_OVERFLOW)
        return true; /* anything may have happened */
    if (!l->arena || !has_watch(l->watches, l->count, e->wd) || (e->mask & IN_IGNORED))
        return false;
    if (!e->len)
        return true; /* the folder itself is gone */
    char key[NAME_MAX + 16];
    snprintf(key, sizeof(key), "%d/%s", e->wd, e->name);
    if (map_get(l->names, str(key)))
        return true;
    size_t n = strlen(e->name);
    for (const struct ending *one = l->endings; one; one = one->next) {
        size_t end = strlen(one->text);
        if (one->watch == e->wd && n > end && e->name[0] != '.' &&
            strcmp(e->name + n - end, one->text) == 0)
            return true;
    }
    return false;
}

bool lookout_changed(struct lookout *l)
{
    _Alignas(struct inotify_event) char bytes[16 * 1024];
    bool changed = false;
    ssize_t got;
    while ((got = read(l->fd, bytes, sizeof(bytes))) > 0) {
        for (const char *p = bytes; p < bytes + got;) {
            const struct inotify_event *e = (const void *)p;
            changed = is_asked_for(l, e) || changed;
            p += sizeof(*e) + e->len;
        }
    }
    return changed;
}
