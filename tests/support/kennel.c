#include "kennel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "folder.h"

static struct str text_of_file(const char *folder, const char *name,
                               struct arena *arena)
{
    struct err err = err_in(arena);
    struct str text;
    if (!file_read(arena_printf(arena, "%s/%s", folder, name), arena, &text, &err))
        fail_msg("%s", problem_text(err.first, arena));
    return text;
}

void kennel_put(const char *folder, struct arena *arena)
{
    static const char *const names[] = { "specs/pets.yaml",
                                         "fixtures/pets/behaviour.yaml",
                                         "fixtures/pets/pets.json",
                                         "fixtures/pets/owners.json" };
    for (size_t i = 0; i < COUNT(names); i++)
        folder_put_bytes(folder, names[i],
                         text_of_file("tests/data/kennel", names[i], arena), arena);
}

void kennel_edit(const char *folder, const char *name, const char *from, const char *to,
                 struct arena *arena)
{
    const char *text = text_of_file(folder, name, arena).ptr;
    const char *at = strstr(text, from);
    if (!at)
        fail_msg("%s has no \"%s\"", name, from);
    folder_put(
        folder, name,
        arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)),
        arena);
}
