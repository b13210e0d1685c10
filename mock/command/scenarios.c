#include "command/scenarios.h"

#include "base/file.h"
#include "play/fixture.h"
#include "schema/near.h"

static bool is_served(const struct cast *cast, const char *api)
{
    for (size_t i = 0; api && i < cast->count; i++)
        if (strcmp(cast->apis[i]->name, api) == 0)
            return true;
    return !api;
}

/* An API that is not served may be one that is, with a slip. */
static void doubt_api(struct loaded *l, const char *path, const char *name)
{
    struct near near = near_to(str(name));
    for (size_t i = 0; i < l->world.cast.count; i++)
        near_try(&near, l->world.cast.apis[i]->name);
    if (near.best)
        err_warn(&l->err, (struct where){ .file = path, .pointer = "/api" },
                 "no API is called \"%.60s\"%s", name,
                 near_question(&near, "", l->arena));
}

/* One file. A scenario of an API that is not served is passed over, unless it was asked
 * for. */
static struct scenario *load_scenario(struct loaded *l, const char *path, bool asked)
{
    struct record_scenario *record = fixture_scenario(path, l->arena, &l->err);
    if (!record)
        return NULL;
    if (!asked && !is_served(&l->world.cast, record->api)) {
        doubt_api(l, path, record->api);
        return NULL;
    }
    if (!record->name) {
        char *stem = arena_copy(l->arena, str(file_stem(path, l->arena)));
        record->name = stem;
    }
    return scenario_read(path, record, &l->world.cast, l->arena, &l->err);
}

static void read_folder(struct loaded *l, const char *folder, size_t more)
{
    const char **paths = NULL;
    size_t count = 0;
    struct world *w = &l->world;
    file_saw(&l->err, arena_printf(l->arena, "%s/*.yaml", folder));
    if (file_is_folder(folder))
        file_list(folder, ".yaml", l->arena, &paths, &count, &l->err);
    w->scenarios = arena_array(l->arena, struct scenario *, count + more + 1);
    for (size_t i = 0; i < count; i++) {
        struct scenario *s = load_scenario(l, paths[i], false);
        if (!s)
            continue;
        const struct scenario *before = world_scenario(w, s->name);
        if (before)
            err_set(&l->err, (struct where){ .file = paths[i], .pointer = "/name" },
                    "%s has the same name, \"%s\"", before->file, s->name);
        w->scenarios[w->scenario_count++] = s;
    }
}

static const char *nearest_scenario(const struct world *w, const char *name)
{
    const char *best = NULL;
    unsigned least = 6;
    for (size_t i = 0; i < w->scenario_count; i++) {
        unsigned d = str_distance(str(w->scenarios[i]->name), str(name));
        if (d < least) {
            least = d;
            best = w->scenarios[i]->name;
        }
    }
    return best;
}

static void start_scenarios(struct loaded *l, const struct options *o)
{
    struct world *w = &l->world;
    w->started = arena_array(l->arena, const struct scenario *, o->scenario_count + 1);
    for (size_t i = 0; i < o->scenario_count; i++) {
        const char *name = o->scenarios[i];
        const struct scenario *s = world_scenario(w, name);
        if (!s && file_exists(name)) {
            struct scenario *own = load_scenario(l, name, true);
            if (own)
                w->scenarios[w->scenario_count++] = own;
            s = own;
        } else if (!s) {
            file_saw(&l->err, name);
            const char *near = nearest_scenario(w, name);
            err_set(&l->err, (struct where){ .file = NULL },
                    "there is no scenario or file \"%s\"%s%s%s", name,
                    near ? "; did you mean \"" : "", near ? near : "",
                    near ? "\"?" : "");
        }
        if (s)
            w->started[w->started_count++] = s;
    }
}

void scenarios_load(struct loaded *l, const struct options *o, const char *folder)
{
    read_folder(l, folder, o->scenario_count);
    start_scenarios(l, o);
}
