#include "api/clash.h"
#include "command/command.h"
#include "command/reload.h"
#include "serve/server.h"

#include <errno.h>

/* A call that can be tried at once: the first GET that needs nothing. */
static const struct operation *easy_call(const struct api *api)
{
    for (size_t i = 0; i < api->operation_count; i++) {
        const struct operation *op = &api->operations[i];
        bool easy = strcmp(op->method, "GET") == 0;
        for (size_t p = 0; p < op->param_count; p++)
            easy = easy && !op->params[p].required;
        if (easy)
            return op;
    }
    return NULL;
}

static void print_clashes(const struct loaded *l)
{
    size_t count;
    const struct cast *cast = &l->world.cast;
    const struct clash *list = clashes_find(cast->apis, cast->count, l->arena, &count);
    for (size_t i = 0; i < count; i++)
        printf("%s  %s\n", i ? "" : "\n", clash_text(&list[i], l->arena));
}

static void print_started(const struct loaded *l, const struct options *o,
                          unsigned port)
{
    const struct world *w = &l->world;
    bool six = strchr(o->host, ':') != NULL;
    char base[128];
    snprintf(base, sizeof(base), "http://%s%s%s:%u", six ? "[" : "", o->host,
             six ? "]" : "", port);
    printf("understudy " UNDERSTUDY_VERSION " is on stage at %s\n\n", base);
    for (size_t i = 0; i < w->cast.count; i++)
        printf("  %-24s %s/%s  (%zu operations)\n", w->cast.apis[i]->title, base,
               w->cast.apis[i]->name, w->cast.apis[i]->operation_count);
    print_clashes(l);
    printf("\n  scenarios:");
    for (size_t i = 0; i < w->scenario_count; i++) {
        bool on = false;
        for (size_t j = 0; j < w->started_count; j++)
            on = on || w->started[j] == w->scenarios[i];
        printf("%s %s%s", i ? "," : "", w->scenarios[i]->name, on ? " (on)" : "");
    }
    puts(w->scenario_count ? "" : " none");
    for (size_t i = 0; i < w->cast.count; i++) {
        const struct operation *op = easy_call(w->cast.apis[i]);
        if (!op)
            continue;
        printf("  try:       curl %s%s/%s%s\n",
               op->security_count ? "-H 'Authorization: Bearer me' " : "", base,
               w->cast.apis[i]->name, op->path);
        break;
    }
    if (l->err.warnings)
        printf("  warnings:  %u (understudy check lists them)\n", l->err.warnings);
    fflush(stdout);
}

static bool write_port(const char *path, unsigned port)
{
    /* Written beside and renamed: who waits for the file never reads half of it. */
    char beside[4096];
    int n = snprintf(beside, sizeof(beside), "%s.new", path);
    FILE *f = n > 0 && (size_t)n < sizeof(beside) ? fopen(beside, "w") : NULL;
    bool ok = f && fprintf(f, "%u\n", port) > 0;
    if (f && fclose(f) != 0)
        ok = false;
    if (ok && rename(beside, path) == 0)
        return true;
    fprintf(stderr, "understudy: %s: cannot write the port: %s\n", path,
            strerror(errno));
    return false;
}

/* Answers calls until a signal ends it; the signal's number. */
static int run(struct show *s)
{
    const struct options *o = s->options;
    struct server_options options = { .host = o->host,
                                      .port = o->port,
                                      .max_body = o->max_body,
                                      .handle = handle,
                                      .enter = service_enter,
                                      .leave = service_leave,
                                      .context = &s->service };
    struct server *server = server_start(&options, &s->loaded->err);
    if (!server) {
        load_print(s->loaded, true, stderr);
        return -1;
    }
    if (o->port_file && !write_port(o->port_file, server_port(server))) {
        server_stop(server);
        return -1;
    }
    if (!o->quiet)
        print_started(s->loaded, o, server_port(server));
    int signal_number = show_wait(s);
    server_stop(server);
    if (o->port_file)
        remove(o->port_file);
    return signal_number;
}

int command_serve(const struct options *o)
{
    struct show show;
    int code = show_open(&show, o);
    if (code == EXIT_FINE) {
        int signal_number = run(&show);
        code = signal_number > 0 ? 128 + signal_number : EXIT_ENVIRONMENT;
    }
    show_done(&show);
    return code;
}
