#include "base/limits.h"
#include "command/command.h"
#include "command/load.h"
#include "play/fixture.h"

static int print_schema(const char *which)
{
    bool behaviour = strcmp(which, "behaviour") == 0;
    struct arena *arena = arena_new(LIMIT_FAULT_MEMORY);
    if (!arena)
        return EXIT_BAD_INPUT;
    const struct outline *o =
        fixture_outline(behaviour ? FIXTURE_BEHAVIOUR : FIXTURE_SCENARIO, arena);
    const char *title =
        behaviour ? "behaviour.yaml of Understudy" : "A scenario of Understudy";
    puts(json_text(outline_schema(o, title, arena), arena).ptr);
    arena_free(arena);
    return EXIT_FINE;
}

int command_check(const struct options *o)
{
    if (o->print_schema)
        return print_schema(o->print_schema);
    if (o->schema || o->data_count || o->output)
        return command_judge(o);
    struct options all = *o;
    struct loaded l;
    all.spare = true;
    bool ok = load(&l, &all);
    load_print(&l, false, stderr);
    if (!o->quiet) {
        for (size_t i = 0; ok && i < l.world.cast.count; i++) {
            const struct api *api = l.world.cast.apis[i];
            printf("%s: %s %s, %zu operation%s, fine\n", api->file, api->title,
                   api->version, api->operation_count,
                   api->operation_count == 1 ? "" : "s");
        }
        printf("%u error%s, %u warning%s\n", l.err.errors, l.err.errors == 1 ? "" : "s",
               l.err.warnings, l.err.warnings == 1 ? "" : "s");
    }
    load_done(&l);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
}
