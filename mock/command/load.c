#include "command/load.h"

#include "api/clash.h"
#include "api/overlay.h"
#include "base/file.h"
#include "base/map.h"
#include "command/parts.h"
#include "command/scenarios.h"
#include "doc/document.h"

#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

/* The folder that holds the bundled specs/ and fixtures/. */
static const char *bundle(struct arena *arena)
{
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
    const char *folder = ".";
    if (n > 0) {
        program[n] = '\0';
        char *slash = strrchr(program, '/');
        *slash = '\0';
        folder = program;
    }
    const char *const tries[] = {
        arena_printf(arena, "%s/../share/understudy", folder), /* installed */
        arena_printf(arena, "%s/../..", folder),               /* build/release/ */
        arena_printf(arena, "%s", UNDERSTUDY_SHARE),
    };
    for (size_t i = 0; i < COUNT(tries); i++) {
        char real[PATH_MAX];
        if (file_is_folder(arena_printf(arena, "%s/specs", tries[i])) &&
            realpath(tries[i], real))
            return arena_copy(arena, str(real));
    }
    return NULL;
}

/* A path under the working folder is shown as a user would write it. */
static const char *shortened(const char *path, struct arena *arena)
{
    char here[PATH_MAX];
    if (!getcwd(here, sizeof(here)))
        return path;
    size_t n = strlen(here);
    bool inside = strncmp(path, here, n) == 0 && path[n] == '/';
    return inside ? arena_copy(arena, str(path + n + 1)) : path;
}

struct spec_list {
    const char *paths[OPTION_LIST], *names[OPTION_LIST];
    size_t count;
};

static bool add_spec(struct loaded *l, struct spec_list *list, const char *path,
                     const char *name)
{
    if (list->count == OPTION_LIST)
        return err_set(&l->err, (struct where){ .file = path },
                       "expected at most %d specs", OPTION_LIST);
    list->names[list->count] = name;
    list->paths[list->count++] = path;
    return true;
}

/* A folder may also hold the parts that its documents refer to. */
static bool is_part(struct loaded *l, const char *path)
{
    struct str text;
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err ignored = err_in(arena);
    bool read = file_read(path, arena, &text, &ignored);
    bool part = read && !strstr(text.ptr, "openapi") && !strstr(text.ptr, "swagger");
    arena_free(arena);
    if (part)
        err_warn(
            &l->err, (struct where){ .file = path },
            "this is no OpenAPI document by itself; it is read where one refers to "
            "it");
    return part;
}

static bool add_folder(struct loaded *l, struct spec_list *list, const char *folder)
{
    static const char *const suffixes[] = { ".yaml", ".yml", ".json" };
    size_t before = list->count;
    for (size_t s = 0; s < COUNT(suffixes); s++) {
        const char **paths;
        size_t count;
        if (!file_list(folder, suffixes[s], l->arena, &paths, &count, &l->err))
            return false;
        for (size_t i = 0; i < count; i++)
            if (!is_part(l, paths[i]) && !add_spec(l, list, paths[i], NULL))
                return false;
    }
    if (list->count == before)
        return err_set(&l->err, (struct where){ .file = folder },
                       "expected OpenAPI documents (.yaml, .yml, .json) in the folder, "
                       "found none");
    return true;
}

static bool find_specs(struct loaded *l, const struct options *o,
                       struct spec_list *list, const char **fixtures)
{
    *fixtures = o->fixtures;
    if (!o->spec_count) {
        const char *home = bundle(l->arena);
        if (!home)
            return err_set(&l->err, (struct where){ .file = NULL },
                           "the bundled specs are not beside the program; name a SPEC");
        home = shortened(home, l->arena);
        char here[PATH_MAX];
        bool at_home = getcwd(here, sizeof(here)) && strcmp(here, home) == 0;
        if (!*fixtures)
            *fixtures =
                at_home ? "fixtures" : arena_printf(l->arena, "%s/fixtures", home);
        return add_folder(l, list,
                          at_home ? "specs" : arena_printf(l->arena, "%s/specs", home));
    }
    bool ok = true;
    for (size_t i = 0; i < o->spec_count; i++) {
        struct str name = o->spec_names[i];
        ok = (file_is_folder(o->specs[i])
                  ? add_folder(l, list, o->specs[i])
                  : add_spec(l, list, o->specs[i],
                             name.len ? arena_copy(l->arena, name) : NULL)) &&
             ok;
    }
    return ok;
}

static const char *folder_of(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_copy(arena, (struct str){ path, (size_t)(slash - path) })
                 : ".";
}

/* Where a spec's behaviour is when nobody says: fixtures/ beside the document, or
 * beside the folder that it is in. */
static const char *fixtures_of(struct loaded *l, const char *spec)
{
    const char *folder = folder_of(spec, l->arena),
               *above = folder_of(folder, l->arena);
    if (strcmp(folder, ".") == 0)
        above = "..";
    const char *const tries[] = {
        arena_printf(l->arena, "%s/fixtures", folder),
        strcmp(above, ".") == 0 ? "fixtures"
                                : arena_printf(l->arena, "%s/fixtures", above),
    };
    for (size_t i = 0; i < COUNT(tries); i++)
        if (file_is_folder(tries[i]))
            return tries[i];
    return tries[0];
}

/* Every overlay that can be read, ended by NULL. */
static struct overlay **read_overlays(struct loaded *l, const struct options *o)
{
    struct overlay **all =
        arena_array(l->arena, struct overlay *, o->overlay_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < o->overlay_count; i++)
        if ((all[count] = overlay_read(o->overlays[i], l->arena, &l->err)))
            count++;
    return all;
}

/* Those for the spec at path, ended by NULL. One that extends a spec which is loaded is
 * for that one only; any other is for all of them. */
static const struct overlay **overlays_of(struct loaded *l, struct overlay **all,
                                          const struct spec_list *list,
                                          const char *path)
{
    size_t count = 0;
    while (all[count])
        count++;
    const struct overlay **own =
        arena_array(l->arena, const struct overlay *, count + 1);
    for (count = 0; *all; all++) {
        bool named = false;
        for (size_t i = 0; i < list->count; i++)
            named = named || overlay_names(*all, list->paths[i], l->arena);
        if (!named || overlay_names(*all, path, l->arena))
            own[count++] = *all;
    }
    return own;
}

/* What is to be loaded; a document that has the name of another is an error. How many
 * there are. */
static size_t ask(struct loaded *l, const struct options *o,
                  const struct spec_list *list, const char *fixtures,
                  struct part *parts)
{
    struct overlay **overlays = read_overlays(l, o);
    struct map *names = map_new(l->arena);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const char *path = list->paths[i];
        const char *name =
            list->names[i] ? list->names[i] : api_name_of(path, l->arena);
        const char *before = map_put(names, str(name), (void *)(uintptr_t)path);
        if (before) {
            err_set(&l->err, (struct where){ .file = path },
                    "%s has the same name, \"%s\"; give one another with --spec "
                    "NAME=FILE",
                    before, name);
            continue;
        }
        parts[count++] = (struct part){
            .path = path,
            .fixtures = fixtures ? fixtures : fixtures_of(l, path),
            .options = { .name = name,
                         .allowed = o->allowed,
                         .overlays = overlays_of(l, overlays, list, path) },
            .seeded_at = l->seeded_at,
            .spare = o->spare,
        };
    }
    return count;
}

static bool load_apis(struct loaded *l, const struct options *o,
                      const struct spec_list *list, const char *fixtures)
{
    struct world *w = &l->world;
    struct part *parts = arena_array(l->arena, struct part, list->count + 1);
    size_t count = ask(l, o, list, fixtures, parts);
    const struct api **apis = arena_array(l->arena, const struct api *, count + 1);
    size_t *first = arena_array(l->arena, size_t, count + 1);
    w->behaviours = arena_array(l->arena, struct behaviour *, count + 1);
    w->cast.apis = apis;
    w->cast.first = first;
    l->parts = arena_array(l->arena, struct arena *, count + 1);
    parts_load(parts, count);
    for (size_t i = 0; i < count; i++) {
        struct part *p = &parts[i];
        l->parts[i] = p->arena;
        l->too_large = l->too_large || p->too_large;
        err_join(&l->err, &p->err);
        if (!p->behaviour)
            continue;
        apis[w->cast.count] = p->api;
        first[w->cast.count] = w->cast.operations;
        w->behaviours[w->cast.count++] = p->behaviour;
        w->cast.operations += p->api->operation_count;
    }
    return !l->err.errors;
}

static void warn_of_clashes(struct loaded *l)
{
    size_t count;
    const struct cast *cast = &l->world.cast;
    const struct clash *list = clashes_find(cast->apis, cast->count, l->arena, &count);
    for (size_t i = 0; i < count; i++)
        err_warn(&l->err, (struct where){ .file = list[i].other->file }, "%s",
                 clash_text(&list[i], l->arena));
}

bool load(struct loaded *l, const struct options *o)
{
    return load_again(l, o, NULL);
}

static void load_all(struct loaded *l, const struct options *o)
{
    struct spec_list list = { .count = 0 };
    const char *fixtures;
    if (!find_specs(l, o, &list, &fixtures) || !load_apis(l, o, &list, fixtures))
        return;
    const char *folder = fixtures ? fixtures : fixtures_of(l, list.paths[0]);
    scenarios_load(l, o, arena_printf(l->arena, "%s/scenarios", folder));
    warn_of_clashes(l);
}

bool load_again(struct loaded *l, const struct options *o, const struct loaded *before)
{
    *l = (struct loaded){ .arena = arena_new(LIMIT_SPEC_MEMORY) };
    l->err = err_in(l->arena);
    l->err.files = map_new(l->arena);
    l->seeded_at = before ? before->seeded_at : clock_now(&o->clock);
    l->world.arena = l->arena;
    l->world.seed = o->seed;
    l->world.clock = o->clock;
    l->world.stateless = o->stateless;
    l->world.strict = o->strict;
    l->world.idle = o->namespace_idle;
    if (setjmp(*arena_guard(l->arena))) {
        l->too_large = true;
        l->err.errors++;
        return false;
    }
    load_all(l, o);
    arena_unguard(l->arena);
    malloc_trim(0); /* what loading alone has needed goes back to the system */
    return !l->err.errors && !(o->strict && l->err.warnings);
}

void load_done(struct loaded *l)
{
    world_close(&l->world);
    for (size_t i = 0; i < l->world.cast.count; i++)
        behaviour_done(l->world.behaviours[i]);
    for (size_t i = 0; l->parts && l->parts[i]; i++)
        arena_free(l->parts[i]);
    arena_free(l->arena);
}

uint64_t load_hash(const struct loaded *l)
{
    uint64_t hash = str_hash(STR(UNDERSTUDY_VERSION));
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct str path, text;
    void *unused;
    for (size_t i = 0; map_at(l->err.files, i, &path, &unused); i++) {
        const char *name = arena_copy(arena, path);
        struct err unheard = err_in(arena);
        if (file_exists(name) && file_read(name, arena, &text, &unheard))
            hash = hash * 0x9e3779b97f4a7c15ull ^ str_hash(text);
        arena_reset(arena);
    }
    arena_free(arena);
    return hash;
}

void problems_print(const struct err *found, bool errors_only, FILE *to)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = *found;
    err.arena = arena;
    struct map *said = map_new(arena);
    size_t more = 0;
    document_place(&err);
    for (const struct problem *p = err.first; p; p = p->next) {
        if (p->warning && errors_only)
            continue;
        /* The same slip at a hundred places is one line: the first. */
        if (p->warning && map_put(said, str(p->why), arena_take(arena, 1))) {
            more++;
            continue;
        }
        fprintf(to, "%s%s\n", p->warning ? "warning: " : "", problem_text(p, arena));
    }
    if (more)
        fprintf(to, "(the same warnings at %zu more places)\n", more);
    unsigned shown = err.errors > LIMIT_PROBLEMS ? LIMIT_PROBLEMS : err.errors;
    if (shown < err.errors)
        fprintf(to, "(and %u more errors)\n", err.errors - shown);
    arena_free(arena);
}

void load_print(const struct loaded *l, bool errors_only, FILE *to)
{
    problems_print(&l->err, errors_only && !l->world.strict, to);
    if (l->too_large)
        fprintf(to, "understudy: the documents need more than %zu bytes of memory\n",
                LIMIT_SPEC_MEMORY);
}
