/* A run as it is told: each function one fact, in words or as one JSON object. */
#include "report/report.h"
#include "wskit/ddi.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <signal.h>

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define PLAIN  "\033[0m"

static const char *paint(const struct rep_out *rep, const char *colour)
{
    return rep->colour ? colour : "";
}

void rep_open(struct rep_out *rep, FILE *out, FILE *problems, bool json)
{
    const char *term = getenv("TERM");

    *rep = (struct rep_out){.out = out, .problems = json ? out : problems, .json = json};
    rep->colour = !json && isatty(fileno(out)) && isatty(fileno(problems)) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

static void timed(struct rep_out *rep, const char *event, const char *driver, double ms)
{
    if (rep->json) {
        fprintf(rep->out, "{\"event\":\"%s\",\"driver\":", event);
        rep_json_text(rep->out, driver);
        fprintf(rep->out, ",\"ms\":%.3f}\n", ms);
    } else {
        fprintf(rep->out, "%s%s%s %s %s(%.1f ms)%s\n", paint(rep, BOLD), driver, paint(rep, PLAIN), event, paint(rep, DIM), ms, paint(rep, PLAIN));
    }
    fflush(rep->out);
}

void rep_started(struct rep_out *rep, const char *driver, double ms)
{
    timed(rep, "started", driver, ms);
}

void rep_stopped(struct rep_out *rep, const char *driver, double ms)
{
    timed(rep, "stopped", driver, ms);
}

void rep_failed(struct rep_out *rep, const char *driver, uint32_t status, const char *text)
{
    if (rep->json) {
        fputs("{\"event\":\"failed\",\"driver\":", rep->out);
        rep_json_text(rep->out, driver);
        fprintf(rep->out, ",\"status\":\"0x%08X\",\"name\":", status);
        rep_json_text(rep->out, wskit_status_name(status));
        fputs(",\"text\":", rep->out);
        rep_json_text(rep->out, text);
        fputs("}\n", rep->out);
        fflush(rep->out);
        return;
    }
    fflush(rep->out);
    fprintf(rep->problems, "%swskit run:%s %s\n", paint(rep, RED), paint(rep, PLAIN), text);
}

void rep_note(struct rep_out *rep, const char *text)
{
    if (rep->json) {
        fputs("{\"event\":\"note\",\"text\":", rep->out);
        rep_json_text(rep->out, text);
        fputs("}\n", rep->out);
    } else {
        fprintf(rep->out, "%s%s%s\n", paint(rep, DIM), text, paint(rep, PLAIN));
    }
    fflush(rep->out);
}

void rep_driver_text(struct rep_out *rep, const char *text, size_t bytes)
{
    if (rep->json) {
        fputs("{\"event\":\"print\",\"text\":", rep->out);
        rep_json_string(rep->out, text, bytes);
        fputs("}\n", rep->out);
    } else {
        fwrite(text, 1, bytes, rep->out);
    }
    fflush(rep->out);
}

/* Stack lines, indented, without an empty last one. */
static void print_stack(FILE *out, const char *stack)
{
    while (stack && *stack) {
        size_t n = strcspn(stack, "\n");

        if (n)
            fprintf(out, "    %.*s\n", (int)n, stack);
        stack += n + (stack[n] == '\n');
    }
}

static void json_stack(FILE *out, const char *stack)
{
    bool first = true;

    fputs(",\"stack\":[", out);
    while (stack && *stack) {
        size_t n = strcspn(stack, "\n");
        size_t blank = strspn(stack, " \t");

        if (n > blank) {
            fputs(first ? "" : ",", out);
            rep_json_string(out, stack + blank, n - blank);
            first = false;
        }
        stack += n + (stack[n] == '\n');
    }
    fputs("]", out);
}

void rep_finding(struct rep_out *rep, const char *rule, const char *text, const char *stack)
{
    rep->findings++;
    if (rep->json) {
        fputs("{\"event\":\"finding\",\"rule\":", rep->out);
        rep_json_text(rep->out, rule);
        fputs(",\"text\":", rep->out);
        rep_json_text(rep->out, text);
        json_stack(rep->out, stack);
        fputs("}\n", rep->out);
        fflush(rep->out);
        return;
    }
    fflush(rep->out);
    fprintf(rep->problems, "%sfinding %s:%s %s\n", paint(rep, RED), rule, paint(rep, PLAIN), text);
    print_stack(rep->problems, stack);
    fflush(rep->problems);
}

void rep_bugcheck(struct rep_out *rep, uint32_t code, const uint64_t params[4], const char *text, const char *stack)
{
    const char *name = wskit_bugcheck_name(code);
    const char *meaning = rep_bugcheck_meaning(code);

    rep->findings++;
    if (rep->json) {
        fprintf(rep->out, "{\"event\":\"bugcheck\",\"code\":\"0x%X\",\"name\":", code);
        rep_json_text(rep->out, name);
        fputs(",\"parameters\":[", rep->out);
        for (int i = 0; i < 4; i++)
            fprintf(rep->out, "%s\"0x%llX\"", i ? "," : "", (unsigned long long)params[i]);
        fputs("],\"text\":", rep->out);
        rep_json_text(rep->out, text);
        json_stack(rep->out, stack);
        fputs("}\n", rep->out);
        fflush(rep->out);
        return;
    }
    fflush(rep->out);
    fprintf(rep->problems, "%sbug check 0x%X%s%s:%s %s\n", paint(rep, RED), code, name ? " " : "", name ? name : "", paint(rep, PLAIN), text);
    fprintf(rep->problems, "    parameters: 0x%llX, 0x%llX, 0x%llX, 0x%llX\n", (unsigned long long)params[0], (unsigned long long)params[1],
            (unsigned long long)params[2], (unsigned long long)params[3]);
    if (meaning)
        fprintf(rep->problems, "    %s(%s)%s\n", paint(rep, DIM), meaning, paint(rep, PLAIN));
    print_stack(rep->problems, stack);
    fflush(rep->problems);
}

void rep_died(struct rep_out *rep, int signo, const char *what)
{
    rep->findings++;
    if (rep->json) {
        fprintf(rep->out, "{\"event\":\"died\",\"signal\":%d,\"while\":", signo);
        rep_json_text(rep->out, what);
        fputs("}\n", rep->out);
        fflush(rep->out);
        return;
    }
    fflush(rep->out);
    if (signo)
        fprintf(rep->problems, "%sthe machine process died%s of signal %d (%s) during %s\n", paint(rep, RED), paint(rep, PLAIN), signo,
                strsignal(signo), what);
    else
        fprintf(rep->problems, "%sthe machine process ended%s without a report during %s\n", paint(rep, RED), paint(rep, PLAIN), what);
}

void rep_end(struct rep_out *rep, int status)
{
    if (rep->json)
        fprintf(rep->out, "{\"event\":\"end\",\"findings\":%u,\"status\":%d}\n", rep->findings, status);
    else if (rep->findings)
        fprintf(rep->problems, "%s%u finding%s%s\n", paint(rep, RED), rep->findings, rep->findings == 1 ? "" : "s", paint(rep, PLAIN));
    else if (status == 0 && rep->colour)
        fprintf(rep->out, "%sclean%s\n", paint(rep, GREEN), paint(rep, PLAIN));
    fflush(rep->out);
}
