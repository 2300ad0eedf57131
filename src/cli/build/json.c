/* `wskit build --json`: what the tools and the build itself say, and the result, as one JSON object a line on standard output.
 * While it builds, standard error is a file in memory; its lines are sorted when the end is known: the tools know of no JSON. */
#include "cli/build/build.h"
#include "report/report.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int kept = -1; /* the real standard error */

bool build_json_begin(void)
{
    int file = memfd_create("wskit-build", MFD_CLOEXEC);

    fflush(stderr);
    kept = file < 0 ? -1 : dup(STDERR_FILENO);
    if (kept >= 0)
        dup2(file, STDERR_FILENO);
    if (file >= 0)
        close(file);
    return kept >= 0;
}

struct diagnostic {
    const char *severity;
    char file[512];
    unsigned long line, column; /* 0: not known */
    const char *text;
};

/* "FILE(3,5): warning: text", "FILE(3): error: text", "lld-link-19: error: text", "wskit build: text". */
static bool take_apart(char *line, struct diagnostic *d)
{
    static const char *const severities[] = {"fatal error", "error", "warning", "note"};
    size_t n;
    char *mark = NULL;

    memset(d, 0, sizeof(*d));
    if (strncmp(line, "wskit build: ", 13) == 0) {
        d->severity = "message";
        d->text = line + 13;
        return true;
    }
    if (strncmp(line, "  ", 2) == 0 && (isalpha((unsigned char)line[2]) || line[2] == '_') && strstr(line, ": ")) {
        d->severity = "message"; /* what the build knows about an undefined symbol */
        d->text = line + 2;
        return true;
    }
    for (size_t i = 0; i < 4 && !mark; i++) {
        char what[32];

        n = (size_t)snprintf(what, sizeof(what), ": %s: ", severities[i]);
        mark = strstr(line, what);
        if (mark) {
            d->severity = severities[i == 0 ? 1 : i];
            d->text = mark + n;
        }
    }
    if (!mark || isspace((unsigned char)line[0]))
        return false;
    if (mark > line && mark[-1] == ')') {
        char *open = mark - 1, *end;

        while (open > line && *open != '(')
            open--;
        d->line = strtoul(open + 1, &end, 10);
        if (*end == ',')
            d->column = strtoul(end + 1, NULL, 10);
        mark = d->line ? open : mark;
        snprintf(d->file, sizeof(d->file), "%.*s", (int)(mark - line), line);
    }
    return true;
}

static void print_line(char *line)
{
    struct diagnostic d;

    if (!take_apart(line, &d))
        return; /* a source line, a caret, "1 warning generated." */
    printf("{\"event\":\"diagnostic\",\"severity\":\"%s\",\"file\":", d.severity);
    rep_json_text(stdout, d.file[0] ? d.file : NULL);
    printf(d.line ? ",\"line\":%lu" : ",\"line\":null", d.line);
    printf(d.column ? ",\"column\":%lu" : ",\"column\":null", d.column);
    printf(",\"text\":");
    rep_json_text(stdout, d.text);
    printf("}\n");
}

void build_json_end(const struct build_plan *plan, int status, double seconds)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    FILE *in;
    int file;

    fflush(stderr);
    file = dup(STDERR_FILENO);
    dup2(kept, STDERR_FILENO);
    close(kept);
    in = file < 0 ? NULL : fdopen(file, "r");
    if (in) {
        rewind(in);
        while ((n = getline(&line, &room, in)) >= 0) {
            line[strcspn(line, "\r\n")] = 0;
            print_line(line);
        }
        free(line);
        fclose(in);
    }
    printf("{\"event\":\"end\",\"status\":%d,\"image\":", status);
    rep_json_text(stdout, status == 0 ? plan->output : NULL);
    printf(",\"sources\":%zu,\"seconds\":%.2f}\n", plan->sources.count, seconds);
}
