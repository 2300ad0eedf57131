/* WPP software tracing: what `wskit build` makes of the trace calls in a source before it is compiled (BLD-070 .. BLD-082).
 * wpp.c finds the sources that include their .tmh and runs the rest for each; wpp_config.c reads the functions and types that
 * configuration blocks declare; wpp_scan.c finds the calls; wpp_types.c knows what %d and %!STATUS! stand for; wpp_emit.c
 * writes the .tmh and the .tmf. One thread, before the compilers start. */
#ifndef WK_CLI_BUILD_WPP_H
#define WK_CLI_BUILD_WPP_H

#include "cli/build/build.h"

#include <stdio.h>

enum { WPP_CONDITIONS = 8, WPP_ARGUMENTS = 32 };

/* What one conversion of a message takes and how it is written down. */
struct wpp_type {
    char name[48];  /* "STATUS"; "ld" */
    char ctype[96]; /* of the parameter: "LONG" */
    char macro[64]; /* WPP_LOGASTR, or "" for the value itself */
    char item[128]; /* ItemNTSTATUS */
    char format[8]; /* 's' of %10!s!; "" for the conversion's own letter */
    char sign[48];  /* its part of WPP_SF_... */
};

struct wpp_function {
    char name[64];
    struct {
        char name[48], value[96]; /* value: given in the declaration's braces; "" when the call gives it */
    } conditions[WPP_CONDITIONS];
    unsigned count;
    bool message;       /* MSG is among the parameters */
    bool two_brackets;  /* Name((...)) */
    char prefix[256], suffix[256];
    char prefix_args[WPP_CONDITIONS][96], suffix_args[WPP_CONDITIONS][96];
    unsigned prefix_count, suffix_count;
    char where[300];    /* file(line) of the declaration */
};

struct wpp_call {
    const struct wpp_function *function;
    unsigned line, number;
    char *text;         /* prefix, message and suffix as a TMF has them */
    char *given;        /* as in the source, to tell two calls on a line apart */
    unsigned passed;    /* arguments after MSG */
    char args[WPP_ARGUMENTS][96];  /* of the call macro: what its parameters are called, in the order logged */
    char shown[WPP_ARGUMENTS][96]; /* as the source has them */
    struct wpp_type types[WPP_ARGUMENTS];
    unsigned count;
    char inside[96];    /* the function it is in */
    char values[WPP_CONDITIONS][96];
};

struct wpp_source {
    const char *path;
    char id[128];       /* echo_c */
    char guid[40];
    struct wpp_call *calls;
    size_t count, room;
};

struct wpp_config {
    struct wpp_function *functions;
    size_t function_count;
    struct wpp_type *types;
    size_t type_count;
    struct build_list flags; /* -DNAME(x)=text of WPP_FLAGS */
};

/* Each false after its message on standard error. */
bool build_wpp_config_text(struct wpp_config *config, const char *file, const char *text);
bool build_wpp_config_statement(struct wpp_config *config, const char *file, unsigned line, const char *statement);
void build_wpp_config_free(struct wpp_config *config);
bool build_wpp_scan(const struct wpp_config *config, struct wpp_source *source, const char *text);
/* Takes apart a message: appends its TMF text to text and its conversions to call. first: number of the first argument. */
bool build_wpp_format(const struct wpp_config *config, const struct wpp_source *source, struct wpp_call *call, const char *message, FILE *text,
                      unsigned *conversions);
const struct wpp_type *build_wpp_type(const struct wpp_config *config, const char *name, struct wpp_type *room);
bool build_wpp_emit(const struct wpp_config *config, const struct wpp_source *source, FILE *out);
void build_wpp_tmf(const struct wpp_source *source, const char *module, FILE *out);

/* s behind blanks and comments. */
const char *build_wpp_blank(const char *s);
/* The end of an argument that begins at s: its comma or bracket, outside strings and inner brackets; NULL when the text ends. */
const char *build_wpp_argument(const char *s);
void build_wpp_copy(char *out, size_t room, const char *from, const char *to); /* without blanks at both ends */

#endif
