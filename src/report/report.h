/* Findings, bug checks and what happened in a run, for people (text, colour on a terminal only) or for machines (one JSON
 * object a line). Plain C types; called by src/cli from one thread. */
#ifndef WK_REPORT_H
#define WK_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct rep_out {
    FILE *out;      /* progress and driver text; all of it under json */
    FILE *problems; /* findings, for people */
    bool json;
    bool colour;    /* of both */
    unsigned findings;
};

/* json, and whether both ends are terminals (NO_COLOR and TERM=dumb are respected). */
void rep_open(struct rep_out *rep, FILE *out, FILE *problems, bool json);

void rep_started(struct rep_out *rep, const char *driver, double ms);
void rep_stopped(struct rep_out *rep, const char *driver, double ms);
/* A driver that did not start: text says what and what to do, without a newline at its end. */
void rep_failed(struct rep_out *rep, const char *driver, uint32_t status, const char *text);
void rep_note(struct rep_out *rep, const char *text);                       /* one line of progress */
void rep_driver_text(struct rep_out *rep, const char *text, size_t bytes);  /* DbgPrint */
/* stack: lines, NULL or empty when there is none. */
void rep_finding(struct rep_out *rep, const char *rule, const char *text, const char *stack);
void rep_bugcheck(struct rep_out *rep, uint32_t code, const uint64_t params[4], const char *text, const char *stack);
/* The machine process died without a word. what: "DriverEntry of echosrv.sys". */
void rep_died(struct rep_out *rep, int signal, const char *what);
void rep_end(struct rep_out *rep, int status);

/* JSON text with its quotes; NULL becomes null. Bytes that are no UTF-8 become U+FFFD. */
void rep_json_string(FILE *out, const char *text, size_t bytes);
void rep_json_text(FILE *out, const char *text);

/* What the four parameters of a common code mean, one line each; NULL when not known. */
const char *rep_bugcheck_meaning(uint32_t code);

#endif
