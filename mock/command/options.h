/* options.h — the words of the command line, one table.
 *
 * Every long option has an environment variable: --max-body is UNDERSTUDY_MAX_BODY. The
 * command line beats it. Texts are borrowed from argv and the environment. */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include "base/clock.h"

#include <stdio.h>

enum { OPTION_LIST = 64 };

struct options {
    const char *command;                /* "serve", "check", "routes" */
    const char *specs[OPTION_LIST];     /* files and folders; "-": standard input */
    struct str spec_names[OPTION_LIST]; /* of the API; empty: the file's stem */
    size_t spec_count;
    const char *scenarios[OPTION_LIST];
    size_t scenario_count;
    const char *allowed[OPTION_LIST + 1]; /* folders, ended by NULL */
    size_t allowed_count;
    const char *overlays[OPTION_LIST];
    size_t overlay_count;
    const char *fixtures; /* NULL: found beside the specs */
    const char *host;
    unsigned port;
    const char *port_file;
    uint64_t seed;
    struct clock clock;
    clock_ms namespace_idle; /* 0: for ever */
    size_t max_body;
    bool stateless, strict, cors, watch, quiet, json, state;
    bool no_callbacks;
    bool spare; /* also look at components that no operation leads to; check does */
    const char *callback_hosts[OPTION_LIST]; /* besides this machine; "*": any */
    size_t callback_host_count;
    const char *schema; /* "FILE" or "FILE#PLACE"; NULL: APIs are checked */
    const char *data[OPTION_LIST];
    size_t data_count;
    const char *print_schema; /* "behaviour" or "scenario"; NULL: none */
    const char *output;       /* "flag", "basic", "detailed"; NULL: sentences */
    bool annotate_formats;
    const char *admin_token;
    const char *store; /* a file or a URL; NULL: memory alone */
};

enum options_answer { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* Fills *o. OPTIONS_DONE: --help or --version was printed; OPTIONS_WRONG: a sentence
 * went to standard error. */
enum options_answer options_read(struct options *o, int argc, char **argv);

#endif
