#include "base/error.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/map.h"

#include <stdarg.h>
#include <stdio.h>

struct err err_in(struct arena *arena)
{
    return (struct err){ .arena = arena };
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* A thing that several operations share is looked at for each of them. */
static bool is_known(const struct err *err, const struct where *at, const char *why)
{
    for (const struct problem *p = err->first; p; p = p->next)
        if (p->at.line == at->line && p->at.col == at->col &&
            same(p->at.pointer, at->pointer) && same(p->at.file, at->file) &&
            strcmp(p->why, why) == 0)
            return true;
    return false;
}

void err_add(struct err *err, struct where at, bool warning, const char *why,
             va_list args)
{
    unsigned *count = warning ? &err->warnings : &err->errors;
    if ((*count)++ >= LIMIT_PROBLEMS)
        return;
    char text[LIMIT_PROBLEM_TEXT];
    vsnprintf(text, sizeof(text), why, args);

    if (is_known(err, &at, text)) {
        --*count;
        return;
    }
    struct problem *p = arena_take(err->arena, sizeof(*p));
    p->at = at;
    p->at.file = at.file ? arena_copy(err->arena, str(at.file)) : NULL;
    p->at.pointer = at.pointer ? arena_copy(err->arena, str(at.pointer)) : NULL;
    p->why = arena_copy(err->arena, str(text));
    p->warning = warning;
    *(err->last ? &err->last->next : &err->first) = p;
    err->last = p;
}

bool err_set(struct err *err, struct where at, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    err_add(err, at, false, why, args);
    va_end(args);
    return false;
}

void err_warn(struct err *err, struct where at, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    err_add(err, at, true, why, args);
    va_end(args);
}

void err_join(struct err *err, const struct err *other)
{
    unsigned errors = other->errors, warnings = other->warnings;
    for (const struct problem *p = other->first; p; p = p->next)
        if (p->warning) {
            err_warn(err, p->at, "%s", p->why);
            warnings--;
        } else {
            err_set(err, p->at, "%s", p->why);
            errors--;
        }
    /* Those past LIMIT_PROBLEMS are only counted. */
    err->errors += errors;
    err->warnings += warnings;
    struct str path;
    void *unused;
    for (size_t i = 0; err->files && map_at(other->files, i, &path, &unused); i++)
        map_put(err->files, path, err->files);
}

const char *problem_text(const struct problem *p, struct arena *arena)
{
    struct buffer b = buffer_in(arena, 4 * LIMIT_PROBLEM_TEXT);
    if (p->at.file) {
        buffer_add_text(&b, p->at.file);
        if (p->at.line)
            buffer_printf(&b, ":%u:%u", p->at.line, p->at.col);
        buffer_add_text(&b, ": ");
    }
    if (p->at.pointer && p->at.pointer[0]) {
        buffer_add_text(&b, p->at.pointer);
        buffer_add_text(&b, ": ");
    }
    buffer_add_text(&b, p->why);
    return buffer_str(&b).ptr;
}
