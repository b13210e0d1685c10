#include "schemas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "text.h"

struct schemas *schemas_of(struct arena *a, const cJSON *root, enum dialect dialect,
                           struct err *err)
{
    struct library *library = library_new(NULL, NULL, a);
    struct schemas_options options = { .dialect = dialect };
    const struct document *d =
        library_add(library, "file:///spec.json", "spec.json", root);
    return schemas_new(library, d, &options, a, err);
}

const struct schema *compile(struct arena *a, const cJSON *root, enum dialect dialect,
                             struct err *err)
{
    *err = err_in(a);
    struct schemas *all = schemas_of(a, root, dialect, err);
    const struct schema *s = schemas_add(all, root, "");
    return schemas_compile(all) ? s : NULL;
}

const struct schema *must_compile(struct arena *a, const char *text,
                                  enum dialect dialect)
{
    struct err err;
    const struct schema *s = compile(a, must_json(a, text), dialect, &err);
    if (err.errors || !s)
        fail_msg("%s was refused: %s", text, problem_text(err.first, a));
    return s;
}

void check_fits(struct arena *a, const struct fit_row *rows, size_t count,
                enum dialect dialect)
{
    for (size_t i = 0; i < count; i++) {
        const struct schema *s = must_compile(a, rows[i].schema, dialect);
        const cJSON *value = must_json(a, rows[i].value);
        struct findings findings = { .arena = a };
        bool fits = schema_check(s, value, DIRECTION_NONE, "", a, &findings);
        if (fits != rows[i].fits ||
            fits != schema_check(s, value, DIRECTION_NONE, "", a, NULL))
            fail_msg("%s %s %s", rows[i].value, fits ? "fits" : "does not fit",
                     rows[i].schema);
        if (fits != (findings.count == 0))
            fail_msg("%s against %s: %zu findings", rows[i].value, rows[i].schema,
                     findings.count);
    }
}
