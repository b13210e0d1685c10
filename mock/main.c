/* understudy — stands in for an HTTP API that has an OpenAPI document. */
#include "command/command.h"

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const struct options *o);
    } commands[] = {
        { "serve", command_serve },
        { "check", command_check },
        { "routes", command_routes },
    };
    struct options options;
    switch (options_read(&options, argc, argv)) {
    case OPTIONS_DONE:
        return EXIT_FINE;
    case OPTIONS_WRONG:
        return EXIT_BAD_INPUT;
    case OPTIONS_RUN:
        break;
    }
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(commands[i].name, options.command) == 0)
            return commands[i].run(&options);
    return EXIT_BAD_INPUT;
}
