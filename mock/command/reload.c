#include "command/reload.h"

#include "base/gate.h"
#include "command/command.h"
#include "play/carry.h"
#include "play/keeping.h"
#include "serve/admin.h"
#include "serve/callback.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Programs write several files, or one in several steps: a change counts when nothing
 * else follows for so long, and at the latest after the second. */
enum { QUIET_MS = 100, LATEST_MS = 1000 };

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

static void print_warnings(const struct err *err)
{
    problems_print(err, false, stderr);
}

/* ---- open and done ---- */

static void watch_files(struct show *s, const struct loaded *l)
{
    if (!s->lookout)
        return;
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    lookout_for(s->lookout, l->err.files, &err);
    print_warnings(&err);
    arena_free(arena);
}

/* Without it SIGHUP still reloads, so the show goes on. */
static void watch_begin(struct show *s)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    s->lookout = lookout_new(&err);
    if (!s->lookout)
        fprintf(stderr, "understudy: --watch: %s; SIGHUP reloads\n", err.first->why);
    arena_free(arena);
    watch_files(s, s->loaded);
}

static int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

/* False when memory or threads ran out. */
static bool open_callbacks(struct service *service, const struct options *o)
{
    struct callbacks_options options = {
        .service = service,
        .reach = { .allowed = o->callback_hosts,
                   .allowed_count = o->callback_host_count },
        .quiet = o->quiet,
    };
    if (!o->no_callbacks)
        service->callbacks = callbacks_new(&options);
    return o->no_callbacks || service->callbacks;
}

static void forget_journal(void *journal, size_t index)
{
    journal_clear(journal, index);
}

/* What is kept under these documents is not asked again whether it fits them. */
static bool open_keep(struct show *s)
{
    struct loaded *l = s->loaded;
    signal(SIGPIPE, SIG_IGN); /* a link to it that breaks is an error like others */
    s->keep = l->world.keep = keep_open(s->options->store, &l->err);
    l->world.documents = load_hash(l);
    if (!s->keep)
        load_print(l, true, stderr);
    return s->keep != NULL;
}

static bool resume(struct show *s)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    bool ok = world_resume(&s->loaded->world, &err);
    problems_print(&err, s->options->quiet, stderr);
    arena_free(arena);
    return ok;
}

int show_open(struct show *s, const struct options *o)
{
    *s = (struct show){ .options = o,
                        .loaded = calloc(1, sizeof(*s->loaded)),
                        .signals = signals_open(),
                        .terminal = isatty(STDIN_FILENO) };
    s->service = (struct service){
        .admin_token = o->admin_token,
        .admin_off = !is_loopback(o->host) && !o->admin_token,
        .cors = o->cors,
        .quiet = o->quiet,
        .journal = journal_new(),
        .gate = gate_new(),
        .admin = admin_new(),
    };
    if (!s->loaded || s->signals < 0 || !s->service.journal || !s->service.gate) {
        fputs("understudy: out of memory\n", stderr);
        return EXIT_ENVIRONMENT;
    }
    if (!load(s->loaded, o)) {
        load_print(s->loaded, true, stderr);
        return EXIT_BAD_INPUT;
    }
    if (o->store && !open_keep(s))
        return EXIT_ENVIRONMENT;
    if (!world_open(&s->loaded->world) || !open_callbacks(&s->service, o)) {
        fputs("understudy: out of memory\n", stderr);
        return EXIT_ENVIRONMENT;
    }
    s->service.world = &s->loaded->world;
    namespaces_on_free(s->service.world, forget_journal, s->service.journal);
    if (s->keep && !resume(s))
        return EXIT_ENVIRONMENT;
    if (o->watch)
        watch_begin(s);
    return EXIT_FINE;
}

static void loaded_free(struct loaded *l)
{
    if (l && l->arena)
        load_done(l);
    free(l);
}

void show_done(struct show *s)
{
    callbacks_free(s->service.callbacks);
    loaded_free(s->loaded);
    keep_close(s->keep);
    lookout_free(s->lookout);
    journal_free(s->service.journal);
    admin_free(s->service.admin);
    gate_free(s->service.gate);
    if (s->signals >= 0)
        close(s->signals);
}

/* ---- reload ---- */

/* Puts next in the place of what is served, with the namespaces. False when memory ran
 * out. */
static bool change_over(struct show *s, struct loaded *next, struct err *lost)
{
    next->world.keep = s->keep;
    if (s->keep)
        next->world.documents = load_hash(next);
    gate_close(s->service.gate);
    bool ok = world_carry(&next->world, &s->loaded->world, lost);
    if (ok) {
        s->service.world = &next->world;
        callbacks_forget(s->service.callbacks);
    }
    gate_open(s->service.gate);
    return ok;
}

static void tell_good(const struct show *s, const struct err *lost)
{
    const struct world *w = &s->loaded->world;
    if (s->options->quiet)
        return;
    print_warnings(lost);
    printf("reloaded: %zu API%s, %zu operation%s, %zu scenario%s", w->cast.count,
           w->cast.count == 1 ? "" : "s", w->cast.operations,
           w->cast.operations == 1 ? "" : "s", w->scenario_count,
           w->scenario_count == 1 ? "" : "s");
    if (s->loaded->err.warnings)
        printf(", %u warning%s (understudy check lists them)", s->loaded->err.warnings,
               s->loaded->err.warnings == 1 ? "" : "s");
    puts("");
    fflush(stdout);
}

static void tell_bad(const struct loaded *next)
{
    load_print(next, true, stderr);
    fputs("understudy: not reloaded; what was there is served as before\n", stderr);
}

bool show_reload(struct show *s)
{
    struct loaded *next = calloc(1, sizeof(*next)), *before = s->loaded;
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err lost = err_in(arena);
    bool ok = false;
    if (!next) {
        fputs("understudy: not reloaded: out of memory\n", stderr);
        goto out;
    }
    /* What happens from here on may be too late for this load and counts for the next.
     */
    if (s->lookout)
        lookout_changed(s->lookout);
    bool good = load_again(next, s->options, before);
    watch_files(s, next);
    if (!good) {
        tell_bad(next);
    } else if (!change_over(s, next, &lost)) {
        fputs("understudy: not reloaded: out of memory\n", stderr);
    } else {
        s->loaded = next;
        next = before;
        tell_good(s, &lost);
        ok = true;
    }
out:
    loaded_free(next);
    arena_free(arena);
    return ok;
}

/* ---- waiting ---- */

static int read_signal(int fd)
{
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}

/* How long to wait before idle namespaces are looked for again, one second to one
 * minute: a part of how long they may be idle. -1: for ever. */
static int sweep_ms(const struct show *s)
{
    clock_ms part = s->options->namespace_idle / 4;
    if (!s->options->namespace_idle)
        return -1;
    return part < 1000 ? 1000 : part > 60000 ? 60000 : (int)part;
}

/* The next signal; SIGHUP also when files have changed. Meanwhile namespaces that
 * nobody uses are given up. */
static int next_signal(struct show *s)
{
    struct pollfd files[] = {
        { .fd = s->signals, .events = POLLIN },
        { .fd = s->lookout ? lookout_fd(s->lookout) : -1, .events = POLLIN },
    };
    uint64_t quiet = 0, latest = 0; /* when to act; 0: nothing has changed */
    for (;;) {
        uint64_t now = clock_monotonic_us() / 1000;
        uint64_t until = quiet < latest ? quiet : latest;
        if (until && now >= until)
            return SIGHUP;
        namespaces_expire(s->service.world);
        if (poll(files, COUNT(files), until ? (int)(until - now) : sweep_ms(s)) <= 0)
            continue; /* time to act, or a debugger came by */
        int signal_number = files[0].revents ? read_signal(s->signals) : 0;
        if (signal_number)
            return signal_number;
        if (!files[1].revents || !lookout_changed(s->lookout))
            continue;
        quiet = clock_monotonic_us() / 1000 + QUIET_MS;
        if (!latest)
            latest = quiet - QUIET_MS + LATEST_MS;
    }
}

int show_wait(struct show *s)
{
    for (;;) {
        int signal_number = next_signal(s);
        if (signal_number != SIGHUP)
            return signal_number;
        /* The same signal says that the terminal was closed: nobody is there to end
         * the program, and it would keep its port for ever. */
        if (s->terminal && !isatty(STDIN_FILENO))
            return SIGHUP;
        show_reload(s);
    }
}
