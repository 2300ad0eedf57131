/* The command line: one table of commands (main.c), one file per command, and what they share. A command parses its own
 * words with cli_next, so that an option is declared once, in the table its help is printed from. */
#ifndef WK_CLI_H
#define WK_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_exit { CLI_CLEAN = 0, CLI_FINDINGS = 1, CLI_USAGE = 2 };

struct cli_option {
    const char *name;  /* "--out", also "-v" alone */
    const char *brief; /* "-o", NULL when there is none */
    const char *value; /* "FILE", NULL for a switch */
    const char *help;
    bool attached;     /* -Idir and -I dir both */
};

struct cli_command {
    const char *name;
    const char *summary;
    const char *usage;    /* "wskit build [OPTION]... SOURCE|FOLDER..." */
    const char *text;     /* what it does, in a few lines */
    const char *examples;
    const char *related;  /* "run, ddi" */
    const struct cli_option *options; /* ends with a NULL name; every command also has --help */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};
extern const struct cli_command *const cli_commands[]; /* NULL-terminated */

extern const struct cli_command cli_build, cli_run, cli_ioctl, cli_ddi, cli_doctor, cli_help;

struct cli_args {
    const struct cli_command *command;
    int argc, at;
    char **argv;
    bool only_words;      /* after "--" */
    const char *value;    /* of the option just returned; or the word */
};
enum { CLI_WORD = -1, CLI_END = -2, CLI_BAD = -3, CLI_HELP = -4 };
/* Next option as its index in command->options, CLI_WORD for a plain word, CLI_END, CLI_BAD (message printed) or CLI_HELP
 * (help printed: return CLI_CLEAN). */
int cli_next(struct cli_args *args);

/* One line to standard error, "wskit build: ..." */
void cli_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The name among names (NULL-terminated) that `word` was most likely meant to be, NULL when none is near. */
const char *cli_nearest(const char *word, const char *const *names);
void cli_print_help(const struct cli_command *command);
/* A whole decimal or 0x number within [low, high]. */
bool cli_number(const char *text, uint64_t low, uint64_t high, uint64_t *out);

#endif
