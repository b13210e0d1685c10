/* command.h — what understudy can be told to do; one file each. Each returns the exit
 * code: 0 fine, 1 a value that does not fit, 2 bad arguments, spec or fixture, 10 the
 * environment. */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include "command/options.h"
#include "play/world.h"

enum { EXIT_FINE = 0, EXIT_BROKEN = 1, EXIT_BAD_INPUT = 2, EXIT_ENVIRONMENT = 10 };

int command_serve(const struct options *o);
int command_check(const struct options *o);
/* What check does with --schema. */
int command_judge(const struct options *o);
int command_routes(const struct options *o);
/* What routes prints with --state. */
void state_print(const struct world *w, struct arena *arena);

#endif
