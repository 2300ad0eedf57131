/* wskit: finds the command in the table and runs it. */
#include "cli/cli.h"
#include "wskit/wskit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

const struct cli_command *const cli_commands[] = {&cli_build, &cli_run, &cli_ioctl, &cli_ddi, &cli_doctor, &cli_help, NULL};

static int run_command(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return cli_help.run(1, argv) | (argc < 2 ? CLI_USAGE : CLI_CLEAN);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("wskit %s\n", WSKIT_VERSION);
        return CLI_CLEAN;
    }
    for (const struct cli_command *const *c = cli_commands; *c; c++)
        if (strcmp((*c)->name, argv[1]) == 0)
            return (*c)->run(argc - 1, argv + 1);
    return cli_help.run(argc, argv);
}

int main(int argc, char **argv)
{
    int status;

    signal(SIGPIPE, SIG_IGN);
    status = run_command(argc, argv);
    /* What could not be written is no success. A reader that has had enough (head) is none of our business. */
    if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE && status == CLI_CLEAN) {
        cli_error(NULL, "cannot write the output: %s", errno ? strerror(errno) : "an error");
        status = CLI_USAGE;
    }
    return status;
}
