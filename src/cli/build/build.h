/* `wskit build`, in the order it happens: plan (command.c), kit and tools (kit.c), trace macros (wpp.c), overlay (overlay.c), compile
 * (compile.c), resource and link (link.c), what MSVC's /DRIVER does and lld does not (post.c), self check (check.c).
 * Everything between sources and result lies in one temporary folder that is gone when the command ends. */
#ifndef WK_CLI_BUILD_H
#define WK_CLI_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct build_list {
    char **items; /* NULL-terminated */
    size_t count, room;
};
void build_add(struct build_list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
void build_add_list(struct build_list *list, const struct build_list *more);
void build_list_free(struct build_list *list);

struct build_target {
    const char *name;     /* "win10" */
    unsigned build;       /* 19041; 0 where there is none */
    const char *winnt;    /* "0x0A00" */
    const char *ntddi;    /* "0x0A000008" */
    const char *subsystem;/* "10.00" */
    unsigned os_major, os_minor;
};
/* "win7", "win10", "10.0.19041", "19041". NULL when it is none; all of them: build_targets. */
const struct build_target *build_target_find(const char *text);
extern const char build_target_names[];

struct build_tools {
    char clang[256], link[256], lib[256], rc[256], objcopy[256];
    char kit_include[512], kit_lib[512], kit_rc[512];
};
/* 0, or a message is printed: the Debian package of what is missing. */
int build_find_tools(struct build_tools *tools);

struct build_plan {
    struct build_tools tools;
    struct build_list sources;  /* .c .cpp */
    struct build_list resources;/* .rc */
    struct build_list defines, undefines, includes, libraries, extra;
    struct build_list dropped_flags, noted_flags; /* of --cflag */
    struct build_list wpp_functions; /* "Name{...}(LEVEL, MSG, ...)" */
    const char *module_def;     /* .def, NULL */
    const char *entry;          /* GsDriverEntry */
    const char *version;        /* "1.2.3.4", NULL */
    const struct build_target *target;
    char output[1024];          /* echosrv.sys */
    char stem[256];             /* echosrv */
    bool debug, export_driver, network, verbose, json, keep_warnings_fatal, plain_debug, allow_avx, shadow_stack;
    unsigned jobs;
    char folder[512];           /* temporary */
    struct build_list objects;
    char *last_log;             /* of the tool that ended last; NULL */
    double started;
};

/* A tool's run: everything it prints goes to a file in the folder and is shown when it ends, untouched. */
struct build_run {
    int pid;
    char log[600];
    const char *what; /* the source, for the verbose line */
};
/* directory: where the tool runs, NULL for here. */
int build_start(struct build_plan *plan, struct build_run *run, const struct build_list *argv, const char *directory, const char *what);
/* Waits for one run; its exit status, 128 + signal, or -1. Prints the log. */
int build_wait(struct build_plan *plan, struct build_run *run);
int build_command(struct build_plan *plan, const struct build_list *argv, const char *directory, const char *what);

/* A flag for the compiler, in cl's or clang's spelling; 0, or an exit status after its message. */
int build_take_flag(struct build_plan *plan, const char *flag);
void build_tell_flags(const struct build_plan *plan);
/* Each 0, or an exit status after its message. */
int build_wpp(struct build_plan *plan);
int build_write_overlay(struct build_plan *plan, char *path, size_t bytes);
int build_compile(struct build_plan *plan);
int build_link(struct build_plan *plan);
/* Names near to headers that were not found, on standard error (BLD-014). After build_write_overlay. */
void build_header_hints(const struct build_plan *plan, const char *log);
/* Explains undefined symbols in lld's messages, on standard error. */
void build_link_hints(const char *log);
/* Warnings about sources and objects, on standard error. */
void build_lint(const struct build_plan *plan);
int build_self_check(struct build_plan *plan);

/* What MSVC's linker marks under /DRIVER (BLD-022), and the checksum (BLD-024), in place. */
int build_finish_image(const char *path, const struct build_target *target);
uint32_t build_pe_checksum(const uint8_t *data, size_t bytes, size_t field);

/* --json: begin takes standard error away, end gives it back and prints all. */
bool build_json_begin(void);
void build_json_end(const struct build_plan *plan, int status, double seconds);

void *build_read_file(const char *path, size_t *bytes); /* malloc'd, NULL with errno */
int build_write_file(const char *path, const void *data, size_t bytes);

#endif
