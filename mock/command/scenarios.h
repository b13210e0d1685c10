/* scenarios.h — the scenarios of a folder, and those that are to run from the start. */
#ifndef COMMAND_SCENARIOS_H
#define COMMAND_SCENARIOS_H

#include "command/load.h"

/* Reads every scenario of the folder, which need not be there, and those that the
 * options name by their files. The APIs are loaded. Mistakes go to l->err. */
void scenarios_load(struct loaded *l, const struct options *o, const char *folder);

#endif
