/* wskit: finds the command in the table and runs it. */
#include "cli/cli.h"
#include "wskit/wskit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* A pipe whose other end is closed, as by head: none of our business. An earlier write may have met it, so errno does not tell. */
static bool reader_has_enough(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    int was = errno;
    bool gone = was == EPIPE || (poll(&out, 1, 0) == 1 && out.revents & POLLERR);

    errno = was;
    return gone;
}

int main(int argc, char **argv)
{
    int status;

    signal(SIGPIPE, SIG_IGN);
    status = run_command(argc, argv);
    /* What could not be written is no success. */
    errno = 0;
    if ((fflush(stdout) != 0 || ferror(stdout)) && !reader_has_enough()) {
        cli_error(NULL, "cannot write all of the output%s%s", errno ? ": " : "", errno ? strerror(errno) : "");
        if (status == CLI_CLEAN)
            status = CLI_USAGE;
    }
    return status;
}
