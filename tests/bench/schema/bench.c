/* bench.c — our side of `make bench-schema`.
 *
 *     bench ROWS              answers the questions that bench.mjs asks on stdin
 *     bench load PROGRAM FILE what `PROGRAM check FILE` takes: milliseconds, kilobytes
 *
 * A question is "ROW VALUE WHAT MS": the number of a row in the file ROWS, `valid` or
 * `invalid`, what to do with that value, and for how long. The answer is how often it
 * was done, and the nanoseconds that took. */
#include "base/file.h"
#include "base/limits.h"
#include "schema/schema.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    COPIES = 4,
    TURNS = 64 /* of the copies, between two looks at the clock */
};

struct task {
    const struct schema *schema;
    const cJSON *values[COPIES]; /* the same, asked about in turn */
    struct str text;
    struct arena *arena; /* of one call, reset after it as a worker's is */
};

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * (int64_t)1000000000 + t.tv_nsec;
}

static bool judge(struct task *t, const cJSON *value)
{
    bool fits = schema_check(t->schema, value, DIRECTION_NONE, "", t->arena, NULL);
    arena_reset(t->arena);
    return fits;
}

/* Every finding is wanted. */
static bool tell(struct task *t, const cJSON *value)
{
    struct findings all = { .arena = t->arena };
    bool fits = schema_check(t->schema, value, DIRECTION_NONE, "", t->arena, &all);
    arena_reset(t->arena);
    return fits;
}

/* From the bytes on. */
static bool read_and_judge(struct task *t, const cJSON *value)
{
    struct json_error why;
    value = json_read(t->text, LIMIT_BODY_NODES, t->arena, &why);
    bool fits =
        value && schema_check(t->schema, value, DIRECTION_NONE, "", t->arena, NULL);
    arena_reset(t->arena);
    return fits;
}

static const struct {
    const char *name;
    bool (*once)(struct task *t, const cJSON *value);
} whats[] = { { "check", judge }, { "tell", tell }, { "read", read_and_judge } };

static int load(const char *program, const char *file)
{
    int64_t from = now();
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        execl(program, program, "check", file, (char *)NULL);
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0)
        return 1;
    int64_t took = now() - from;
    struct rusage use;
    getrusage(RUSAGE_CHILDREN, &use);
    printf("%.2f %ld\n", (double)took / 1e6, use.ru_maxrss);
    return 0;
}

static bool answer(const struct task *tasks, size_t count, struct arena *arena)
{
    unsigned row, ms;
    char value[16], what[16];
    if (scanf("%u %15s %15s %u", &row, value, what, &ms) != 4 || row >= count / 2)
        return false;
    struct task t = tasks[row * 2 + (strcmp(value, "invalid") == 0)];
    t.arena = arena;
    for (size_t i = 0; i < COUNT(whats); i++) {
        if (strcmp(what, whats[i].name) != 0)
            continue;
        bool wanted = strcmp(value, "valid") == 0;
        int64_t from = now(), end = from + ms * (int64_t)1000000, at;
        long done = 0;
        do {
            for (int k = 0; k < COPIES * TURNS; k++, done++)
                if (whats[i].once(&t, t.values[k % COPIES]) != wanted) {
                    fprintf(stderr, "bench: row %u: the %s value is not\n", row, value);
                    return false;
                }
        } while ((at = now()) < end);
        printf("%ld %lld\n", done, (long long)(at - from));
        fflush(stdout);
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "load") == 0)
        return load(argv[2], argv[3]);
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY),
                 *call = arena_new(LIMIT_CALL_MEMORY);
    struct err err = err_in(arena);
    struct json_error why;
    struct str text;
    if (argc != 2 || !file_read(argv[1], arena, &text, &err)) {
        fputs("usage: bench ROWS | bench load PROGRAM FILE\n", stderr);
        return 2;
    }
    const cJSON *rows = json_read(text, LIMIT_YAML_NODES, arena, &why);
    size_t count = 0;
    struct task *tasks = arena_array(arena, struct task, 2 * json_count(rows) + 1);
    for (const cJSON *row = rows ? rows->child : NULL; row; row = row->next) {
        const cJSON *node = json_member(row, "schema");
        struct library *library = library_new(NULL, NULL, arena);
        const struct document *document =
            library_add(library, "file:///rows.json", argv[1], node);
        struct schemas_options options = { .dialect = DIALECT_2020_12 };
        struct schemas *all = schemas_new(library, document, &options, arena, &err);
        const struct schema *schema = schemas_add(all, node, "");
        if (!schemas_compile(all))
            return 1;
        for (int invalid = 0; invalid < 2; invalid++) {
            const cJSON *value = json_member(row, invalid ? "invalid" : "valid");
            struct task *t = &tasks[count++];
            *t = (struct task){ .schema = schema, .text = json_text(value, arena) };
            for (int k = 0; k < COPIES; k++)
                t->values[k] = json_read(t->text, LIMIT_YAML_NODES, arena, &why);
        }
    }
    while (answer(tasks, count, call))
        continue;
    arena_free(call);
    arena_free(arena);
    return 0;
}
