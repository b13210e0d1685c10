#include "api/clash.h"
#include "command/command.h"
#include "command/load.h"
#include "serve/handle.h"
#include "serve/server.h"

#include <errno.h>
#include <signal.h>

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

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

/* Answers calls until SIGTERM or SIGINT comes; the signal's number. */
static int run(struct loaded *l, const struct options *o, struct service *service)
{
    sigset_t stop;
    int signal_number = 0;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    /* Before any thread is made, so that all of them leave the signals to us. */
    pthread_sigmask(SIG_BLOCK, &stop, NULL);

    struct server_options options = { .host = o->host,
                                      .port = o->port,
                                      .max_body = o->max_body,
                                      .handle = handle,
                                      .context = service };
    struct server *server = server_start(&options, &l->err);
    if (!server) {
        load_print(l, true, stderr);
        return -1;
    }
    if (o->port_file && !write_port(o->port_file, server_port(server))) {
        server_stop(server);
        return -1;
    }
    if (!o->quiet)
        print_started(l, o, server_port(server));
    sigwait(&stop, &signal_number);
    server_stop(server);
    if (o->port_file)
        remove(o->port_file);
    return signal_number;
}

int command_serve(const struct options *o)
{
    struct loaded l;
    int code = EXIT_BAD_INPUT;
    struct service service = { .admin_token = o->admin_token,
                               .admin_off = !is_loopback(o->host) && !o->admin_token,
                               .cors = o->cors,
                               .quiet = o->quiet };
    if (!load(&l, o)) {
        load_print(&l, true, stderr);
        goto out;
    }
    service.world = &l.world;
    service.journal = journal_new();
    code = EXIT_ENVIRONMENT;
    if (!service.journal || !world_open(&l.world)) {
        fputs("understudy: out of memory\n", stderr);
        goto out;
    }
    int signal_number = run(&l, o, &service);
    if (signal_number > 0)
        code = signal_number == SIGINT ? 130 : 143;
out:
    load_done(&l);
    journal_free(service.journal);
    return code;
}
