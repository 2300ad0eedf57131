/* `wskit help`, --help and what `wskit` alone prints. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static void print_overview(void)
{
    puts("wskit - build, run and test Windows kernel network drivers (x64 .sys) on Linux\n"
         "\n"
         "  wskit COMMAND [OPTION]...     wskit help COMMAND     wskit --version\n");
    for (const struct cli_command *const *c = cli_commands; *c; c++)
        printf("  %-8s %s\n", (*c)->name, (*c)->summary);
    puts("\n"
         "A first minute:\n"
         "  wskit doctor                            what this machine has, and what is missing\n"
         "  wskit build samples/echosrv             sources -> echosrv.sys, echosrv.pdb\n"
         "  wskit run echosrv.sys --set Port=40007  loads the driver and starts it; Ctrl-C unloads it\n"
         "\n"
         "Exit status: 0 clean, 1 findings (the driver did something wrong), 2 usage or environment.");
}

void cli_print_help(const struct cli_command *command)
{
    printf("wskit %s - %s\n\n  %s\n\n%s\n", command->name, command->summary, command->usage, command->text);
    if (command->options && command->options->name) {
        puts("\nOptions:");
        for (const struct cli_option *o = command->options; o->name; o++) {
            char left[64];

            snprintf(left, sizeof(left), "%s%s%s%s%s", o->brief ? o->brief : "", o->brief ? ", " : "", o->name,
                     o->value ? (o->name[1] == '-' ? "=" : " ") : "", o->value ? o->value : "");
            if (strlen(left) > 24)
                printf("  %s\n  %-24s %s\n", left, "", o->help);
            else
                printf("  %-24s %s\n", left, o->help);
        }
    }
    if (command->examples)
        printf("\nExamples:\n%s\n", command->examples);
    if (command->related)
        printf("\nSee also: %s\n", command->related);
}

static int help_run(int argc, char **argv)
{
    const char *names[32];
    const char *near;
    size_t count = 0;

    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        print_overview();
        return CLI_CLEAN;
    }
    for (const struct cli_command *const *c = cli_commands; *c && count < 31; c++) {
        if (strcmp((*c)->name, argv[1]) == 0) {
            cli_print_help(*c);
            return CLI_CLEAN;
        }
        names[count++] = (*c)->name;
    }
    if (argv[1][0] == '-' && count + 2 < sizeof(names) / sizeof(names[0])) {
        count = 0; /* an option was meant */
        names[count++] = "--help";
        names[count++] = "--version";
    }
    names[count] = NULL;
    near = cli_nearest(argv[1], names);
    if (near)
        cli_error(NULL, argv[1][0] == '-' ? "no option %s; did you mean %s?" : "no command %s; did you mean %s?", argv[1], near);
    else
        cli_error(NULL, "no command %s; `wskit help` lists them", argv[1]);
    return CLI_USAGE;
}

const struct cli_command cli_help = {
    .name = "help",
    .summary = "what a command does, with examples",
    .usage = "wskit help [COMMAND]",
    .text = "Without a command: the list of them.",
    .run = help_run,
};
