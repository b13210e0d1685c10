/* reload.h — what is on stage, and how it is loaded anew while calls go on.
 *
 * On SIGHUP, and with --watch when a file that was read changes, everything is loaded
 * beside what is served. When all of it is good, calls wait while the namespaces go
 * over (play/carry.h), and the old one is freed: none is left on it. When something is
 * bad, it is told as at start, and nothing has changed. */
#ifndef COMMAND_RELOAD_H
#define COMMAND_RELOAD_H

#include "base/lookout.h"
#include "command/load.h"
#include "serve/handle.h"

struct show {
    const struct options *options; /* borrowed */
    struct loaded *loaded;         /* what is served; from malloc */
    struct service service;
    struct keep *keep;       /* NULL: memory alone */
    struct lookout *lookout; /* NULL: nothing is watched */
    int signals;             /* a file to read them from */
    bool terminal;           /* it was started from one */
};

/* Loads what the options name and makes everything ready to be served; --watch begins.
 * Blocks the signals that show_wait wants, so it comes before any thread is made. An
 * exit code, EXIT_FINE when all is well; what is wrong was printed. Either way the
 * caller calls show_done. */
int show_open(struct show *s, const struct options *o);
void show_done(struct show *s);

/* One reload. False when nothing has changed. */
bool show_reload(struct show *s);

/* Reloads whenever that is wanted; comes back with the number of the signal that ends
 * the show: SIGTERM, SIGINT, or SIGHUP when the terminal was closed. */
int show_wait(struct show *s);

#endif
