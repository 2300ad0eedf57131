/* Options, suggestions and messages: what every command's argument loop needs. */
#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_error(const char *command, const char *format, ...)
{
    char text[8192];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    fprintf(stderr, command ? "wskit %s: %s\n" : "wskit%.0s: %s\n", command ? command : "", text);
}

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Edits (insert, delete, change, swap neighbours; letter case is none) from a to b; words of a command line are short. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[3][64];
    size_t n = strlen(a), m = strlen(b);

    if (n > 62 || m > 62)
        return 99;
    for (size_t j = 0; j <= m; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = row[i % 3], *above = row[(i - 1) % 3], *before = row[(i + 1) % 3];

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned best = above[j - 1] + !same(a[i - 1], b[j - 1]);

            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]) && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[n % 3][m];
}

const char *cli_nearest(const char *word, const char *const *names)
{
    const char *best = NULL;
    unsigned best_distance = 99;

    for (; *names; names++) {
        unsigned d = distance(word, *names);

        if (strlen(word) >= 3 && strncasecmp(word, *names, strlen(word)) == 0 && d > 1)
            d = 1; /* the beginning of a name counts as near */
        if (d < best_distance) {
            best_distance = d;
            best = *names;
        }
    }
    return best && best_distance <= 1 + strlen(word) / 3 ? best : NULL;
}

static int unknown_option(const struct cli_args *args, const char *word)
{
    const char *names[64];
    const char *near;
    size_t count = 0;

    for (const struct cli_option *o = args->command->options; o && o->name && count < 62; o++)
        names[count++] = o->name;
    names[count++] = "--help";
    names[count] = NULL;
    near = cli_nearest(word, names);
    if (near)
        cli_error(args->command->name, "unknown option %s; did you mean %s?", word, near);
    else
        cli_error(args->command->name, "unknown option %s; `wskit help %s` lists them", word, args->command->name);
    return CLI_BAD;
}

/* The value of option o: attached by = (or directly), or the next word. */
static bool take_value(struct cli_args *args, const struct cli_option *o, const char *attached)
{
    if (attached) {
        args->value = attached;
        return true;
    }
    if (args->at >= args->argc) {
        cli_error(args->command->name, "%s needs a value: %s %s", args->argv[args->at - 1], args->argv[args->at - 1], o->value);
        return false;
    }
    args->value = args->argv[args->at++];
    return true;
}

int cli_next(struct cli_args *args)
{
    const char *word;

    if (args->at == 0)
        args->at = 1;
    args->value = NULL;
    if (args->at >= args->argc)
        return CLI_END;
    word = args->argv[args->at++];
    if (!args->only_words && strcmp(word, "--") == 0) {
        args->only_words = true;
        return cli_next(args);
    }
    if (args->only_words || word[0] != '-' || !word[1]) {
        args->value = word;
        return CLI_WORD;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        cli_print_help(args->command);
        return CLI_HELP;
    }
    for (int i = 0; args->command->options && args->command->options[i].name; i++) {
        const struct cli_option *o = &args->command->options[i];
        size_t n = strlen(o->name);

        if (strcmp(word, o->name) == 0 || (o->brief && strcmp(word, o->brief) == 0)) {
            if (o->value && !take_value(args, o, NULL))
                return CLI_BAD;
            return i;
        }
        if (strncmp(word, o->name, n) == 0 && word[n] == '=') {
            if (!o->value) {
                cli_error(args->command->name, "%s takes no value", o->name);
                return CLI_BAD;
            }
            args->value = word + n + 1;
            return i;
        }
        if (o->attached && o->brief && strncmp(word, o->brief, strlen(o->brief)) == 0) {
            args->value = word + strlen(o->brief);
            return i;
        }
    }
    return unknown_option(args, word);
}

bool cli_number(const char *text, uint64_t low, uint64_t high, uint64_t *out)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 0);
    if (errno || end == text || *end || text[0] == '-' || value < low || value > high)
        return false;
    *out = value;
    return true;
}
