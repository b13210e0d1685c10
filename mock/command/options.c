#include "command/options.h"

#include "base/limits.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/*   name           letter takes      where it goes      what it does */
#define OPTIONS(X)                                                                    \
    X(HOST, "host", 0, "ADDRESS", READ(host), "listen on this address (127.0.0.1)")   \
    X(PORT, "port", 'p', "N", READ(port),                                             \
      "listen on this port (4010); 0 picks a free one")                               \
    X(PORT_FILE, "port-file", 0, "FILE", TEXT(port_file),                             \
      "write the port to this file once it listens")                                  \
    X(FIXTURES, "fixtures", 'f', "DIR", TEXT(fixtures),                               \
      "behaviours, seeds and scenarios (fixtures/ beside the specs)")                 \
    X(SPEC, "spec", 0, "NAME=FILE", READ(spec),                                       \
      "serve this document under that name; may be repeated")                         \
    X(ALLOW_FOLDER, "allow-folder", 0, "DIR", LIST(allowed, allowed_count),           \
      "references may also lead to files in here; may be repeated")                   \
    X(OVERLAY, "overlay", 0, "FILE", LIST(overlays, overlay_count),                   \
      "change the documents as this OpenAPI Overlay says; may be repeated")           \
    X(SCENARIO, "scenario", 's', "NAME|FILE", LIST(scenarios, scenario_count),        \
      "start this scenario; may be repeated")                                         \
    X(SEED, "seed", 0, "N", READ(seed), "the number that random draws come from (1)") \
    X(NOW, "now", 0, "TIME", READ(now),                                               \
      "hold the clock still at this time (2026-01-01T00:00:00Z)")                     \
    X(NAMESPACE_IDLE, "namespace-idle", 0, "DURATION", READ(idle),                    \
      "give up a namespace that no call has named for so long (24h); 0: never")       \
    X(MAX_BODY, "max-body", 0, "BYTES", READ(max_body),                               \
      "the longest body that is taken (4194304)")                                     \
    X(STATELESS, "stateless", 0, NULL, FLAG(stateless),                               \
      "answer from examples and schemas; remember nothing")                           \
    X(STORE, "store", 0, "FILE|URL", TEXT(store),                                     \
      "keep what is remembered in this SQLite file, or share it at "                  \
      "redis://HOST:PORT/DB")                                                         \
    X(STRICT, "strict", 0, NULL, FLAG(strict),                                        \
      "refuse what would be a warning, in documents and in calls")                    \
    X(CORS, "cors", 0, NULL, FLAG(cors),                                              \
      "let pages of any origin call, as browsers ask")                                \
    X(WATCH, "watch", 0, NULL, FLAG(watch),                                           \
      "load anew when a file changes, as SIGHUP does")                                \
    X(ALLOW_CALLBACKS, "allow-callbacks", 0, "HOST",                                  \
      LIST(callback_hosts, callback_host_count),                                      \
      "call back to this host, too; * is any; may be repeated")                       \
    X(NO_CALLBACKS, "no-callbacks", 0, NULL, FLAG(no_callbacks), "call nobody back")  \
    X(ADMIN_TOKEN, "admin-token", 0, "TEXT", READ(admin_token),                       \
      "/__admin wants this bearer token; needed off loopback")                        \
    X(JSON, "json", 0, NULL, FLAG(json), "routes: print JSON")                        \
    X(STATE, "state", 0, NULL, FLAG(state),                                           \
      "routes: print what is remembered, what was inferred, and why")                 \
    X(SCHEMA, "schema", 0, "FILE[#PLACE]", TEXT(schema),                              \
      "check: judge --data by this JSON Schema, or by one in an OpenAPI document")    \
    X(DATA, "data", 'd', "FILE", LIST(data, data_count),                              \
      "check: the JSON or YAML to judge; - is standard input; may be repeated")       \
    X(PRINT_SCHEMA, "print-schema", 0, "FILE", READ(print_schema),                    \
      "check: print the JSON Schema of a behaviour or scenario file, for editors")    \
    X(OUTPUT, "output", 0, "FORM", TEXT(output),                                      \
      "check: print JSON Schema's standard output: flag, basic or detailed")          \
    X(FORMATS, "formats", 0, "HOW", READ(formats),                                    \
      "check: assert (a value must have its format) or annotate")                     \
    X(QUIET, "quiet", 'q', NULL, FLAG(quiet), "say nothing but errors")               \
    X(HELP, "help", 'h', NULL, NONE, "print this")                                    \
    X(VERSION, "version", 'V', NULL, NONE, "print the version")

#define ENUM_ITEM(name, text, letter, takes, where, about) OPTION_##name,
enum option { OPTIONS(ENUM_ITEM) OPTION_COUNT };
#undef ENUM_ITEM

static const struct {
    const char *name, *about;
} commands[] = {
    { "serve", "answer calls (also: mock); without SPEC, the bundled APIs" },
    { "check",
      "load everything and report every mistake; or judge --data by --schema" },
    { "routes", "print method, path, operation and who answers" },
};

/* ---- values ---- */

static bool wrong(const char *format, const char *a, const char *b)
{
    fputs("understudy: ", stderr);
    /* format is one of the literals below; each takes both texts. */
    for (const char *p = format; *p; p++) {
        if (*p == '%') {
            fputs(a, stderr);
            a = b;
        } else {
            fputc(*p, stderr);
        }
    }
    fputs("; understudy --help lists what there is\n", stderr);
    return false;
}

static bool number(const char *text, uint64_t most, uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return isdigit((unsigned char)*text) && !*end && !errno && *value <= most;
}

static bool add(const char **list, size_t *count, const char *value, const char *name)
{
    if (*count == OPTION_LIST)
        return wrong("--% stands too often%", name, "");
    list[(*count)++] = value;
    return true;
}

/* "v1=specs/pets.yaml" */
static bool read_spec(struct options *o, const char *value)
{
    size_t n = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789-_.");
    if (!n || value[n] != '=' || !value[n + 1] || value[0] == '_' || value[0] == '.')
        return wrong("--spec wants NAME=FILE, a name of letters, digits, '-', '_' and "
                     "'.', not \"%\"%",
                     value, "");
    if (!add(o->specs, &o->spec_count, value + n + 1, "spec"))
        return false;
    o->spec_names[o->spec_count - 1] = (struct str){ value, n };
    return true;
}

static bool truth(const char *value)
{
    return !value || !*value || strcmp(value, "0") != 0;
}

static bool read_host(struct options *o, const char *value)
{
    o->host = strcmp(value, "localhost") == 0 ? "127.0.0.1" : value;
    return true;
}

static bool read_port(struct options *o, const char *value)
{
    uint64_t n;
    if (!number(value, 65535, &n))
        return wrong("--port wants a number from 0 to 65535, not \"%\"%", value, "");
    o->port = (unsigned)n;
    return true;
}

static bool read_seed(struct options *o, const char *value)
{
    return number(value, UINT64_MAX, &o->seed) ||
           wrong("--seed wants a whole number, not \"%\"%", value, "");
}

static bool read_now(struct options *o, const char *value)
{
    o->clock.still = true;
    return clock_read(str(value), &o->clock.at) ||
           wrong("--now wants a time such as 2026-01-01T00:00:00Z, not \"%\"%", value,
                 "");
}

static bool read_idle(struct options *o, const char *value)
{
    return clock_duration(str(value), &o->namespace_idle) ||
           wrong("--namespace-idle wants a time such as 30m, not \"%\"%", value, "");
}

static bool read_max_body(struct options *o, const char *value)
{
    uint64_t n;
    if (!number(value, LIMIT_FILE_BYTES, &n))
        return wrong("--max-body wants bytes, at most 67108864, not \"%\"%", value, "");
    o->max_body = n;
    return true;
}

static bool read_admin_token(struct options *o, const char *value)
{
    o->admin_token = *value ? value : NULL;
    return true;
}

static bool read_print_schema(struct options *o, const char *value)
{
    o->print_schema = value;
    return strcmp(value, "behaviour") == 0 || strcmp(value, "scenario") == 0 ||
           wrong("--print-schema wants behaviour or scenario, not \"%\"%", value, "");
}

static bool read_formats(struct options *o, const char *value)
{
    o->annotate_formats = strcmp(value, "annotate") == 0;
    return o->annotate_formats || strcmp(value, "assert") == 0 ||
           wrong("--formats wants assert or annotate, not \"%\"%", value, "");
}

/* ---- the table ---- */

/* Where the value of an option goes. */
struct where {
    enum { TAKE_NONE, TAKE_FLAG, TAKE_TEXT, TAKE_LIST, TAKE_READ } kind;
    size_t at, count; /* offsets in struct options */
    bool (*read)(struct options *o, const char *value);
};

#define NONE                  \
    {                         \
        TAKE_NONE, 0, 0, NULL \
    }
#define FLAG(to)                                         \
    {                                                    \
        TAKE_FLAG, offsetof(struct options, to), 0, NULL \
    }
#define TEXT(to)                                         \
    {                                                    \
        TAKE_TEXT, offsetof(struct options, to), 0, NULL \
    }
#define LIST(to, count)                                                                \
    {                                                                                  \
        TAKE_LIST, offsetof(struct options, to), offsetof(struct options, count), NULL \
    }
#define READ(how)                   \
    {                               \
        TAKE_READ, 0, 0, read_##how \
    }

#define TABLE_ROW(name, text, letter, takes, where, about) \
    { text, letter, takes, about, where },
static const struct {
    const char *name;
    char letter;
    const char *takes; /* NULL: nothing */
    const char *about;
    struct where where;
} table[] = { OPTIONS(TABLE_ROW) };
#undef TABLE_ROW

static void help(void)
{
    puts("understudy " UNDERSTUDY_VERSION
         ": stands in for an HTTP API that has an OpenAPI document\n\n"
         "usage: understudy COMMAND [OPTION…] [SPEC|DIR…]\n");
    for (size_t i = 0; i < COUNT(commands); i++)
        printf("  %-8s %s\n", commands[i].name, commands[i].about);
    puts("");
    for (size_t i = 0; i < COUNT(table); i++) {
        char left[64];
        snprintf(left, sizeof(left), "%c%c%s--%s%s%s", table[i].letter ? '-' : ' ',
                 table[i].letter ? table[i].letter : ' ', table[i].letter ? ", " : "  ",
                 table[i].name, table[i].takes ? " " : "",
                 table[i].takes ? table[i].takes : "");
        printf("  %-26s %s\n", left, table[i].about);
    }
    puts("\nEach option is also an environment variable: --max-body is "
         "UNDERSTUDY_MAX_BODY.\n"
         "Exit: 0 fine, 1 a value does not fit its schema, 2 bad arguments, spec, "
         "fixture or\ndata, 10 the address cannot be had.");
}

/* ---- the command line ---- */

static bool apply(struct options *o, enum option which, const char *value)
{
    const struct where *w = &table[which].where;
    void *at = (char *)o + w->at, *count = (char *)o + w->count;
    switch (w->kind) {
    case TAKE_FLAG:
        *(bool *)at = truth(value);
        return true;
    case TAKE_TEXT:
        *(const char **)at = value;
        return true;
    case TAKE_LIST:
        return add(at, count, value, table[which].name);
    case TAKE_READ:
        return w->read(o, value);
    case TAKE_NONE:
        break;
    }
    return true;
}

static bool read_environment(struct options *o)
{
    for (size_t i = 0; i < OPTION_HELP; i++) {
        char name[64] = "UNDERSTUDY_";
        size_t n = strlen(name);
        for (const char *p = table[i].name; *p; p++)
            name[n++] = (char)(*p == '-' ? '_' : toupper((unsigned char)*p));
        name[n] = '\0';
        const char *value = getenv(name);
        if (value && *value && !apply(o, (enum option)i, value))
            return false;
    }
    return true;
}

/* "--port=1", "--port" "1", "-p" "1", "-p1"; OPTION_COUNT when it is none of ours. */
static enum option option_of(const char *arg, const char **value)
{
    *value = NULL;
    for (size_t i = 0; i < COUNT(table); i++) {
        size_t n = strlen(table[i].name);
        if (arg[1] == '-' && strncmp(arg + 2, table[i].name, n) == 0 &&
            (!arg[2 + n] || arg[2 + n] == '=')) {
            *value = arg[2 + n] ? arg + 3 + n : NULL;
            return (enum option)i;
        }
        if (table[i].letter && arg[1] == table[i].letter &&
            (!arg[2] || table[i].takes)) {
            *value = arg[2] ? arg + 2 : NULL;
            return (enum option)i;
        }
    }
    return OPTION_COUNT;
}

static const char *command_of(const char *word)
{
    if (strcmp(word, "mock") == 0)
        return "serve";
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(word, commands[i].name) == 0)
            return commands[i].name;
    return NULL;
}

static const char *nearest(const char *arg)
{
    const char *best = NULL;
    unsigned least = 4;
    for (size_t i = 0; i < COUNT(table); i++) {
        unsigned d = str_distance(str(arg + 2), str(table[i].name));
        if (arg[1] == '-' && d < least) {
            least = d;
            best = table[i].name;
        }
    }
    return best;
}

enum options_answer options_read(struct options *o, int argc, char **argv)
{
    *o = (struct options){ .host = "127.0.0.1",
                           .port = 4010,
                           .seed = 1,
                           .namespace_idle = LIMIT_NAMESPACE_IDLE_MS,
                           .max_body = LIMIT_BODY_BYTES };
    if (!read_environment(o))
        return OPTIONS_WRONG;
    bool words_only = false;
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i], *value;
        if (!words_only && strcmp(arg, "--") == 0) {
            words_only = true;
        } else if (words_only || arg[0] != '-' || !arg[1]) {
            if (!o->command) {
                if (!(o->command = command_of(arg)))
                    return wrong("there is no command \"%\"%", arg, ""), OPTIONS_WRONG;
            } else if (!add(o->specs, &o->spec_count, arg, "SPEC")) {
                return OPTIONS_WRONG;
            }
        } else {
            enum option which = option_of(arg, &value);
            if (which == OPTION_COUNT) {
                const char *near = nearest(arg);
                wrong(near ? "there is no option %; did you mean --%?"
                           : "there is no option %%",
                      arg, near ? near : "");
                return OPTIONS_WRONG;
            }
            if (which == OPTION_HELP)
                return help(), OPTIONS_DONE;
            if (which == OPTION_VERSION)
                return puts("understudy " UNDERSTUDY_VERSION), OPTIONS_DONE;
            if (table[which].takes && !value && !(value = argv[++i]))
                return wrong("--% wants %", table[which].name, table[which].takes),
                       OPTIONS_WRONG;
            if (!apply(o, which, value))
                return OPTIONS_WRONG;
        }
    }
    if (!o->command)
        return help(), OPTIONS_WRONG;
    return OPTIONS_RUN;
}
