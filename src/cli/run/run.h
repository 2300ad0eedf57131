/* `wskit run`: a supervisor (command.c) that outlives the process with the machine in it (machine.c). What happens there
 * comes back as records over a socket pair, one datagram each, and is told by src/report; the supervisor says "stop" the
 * same way. Applications' requests (`wskit ioctl`) come over a second, listening socket that the machine serves
 * (control.c); it lives in the abstract name space unless --control gives a path, so that nothing is left behind. */
#ifndef WK_CLI_RUN_H
#define WK_CLI_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RUN_DRIVERS_MAX = 32, RUN_PARAMETERS_MAX = 128, RUN_DEVICES_MAX = 16, RUN_TEXT_MAX = 48 * 1024 };

enum run_event {
    RUN_STARTING, RUN_STARTED, RUN_FAILED, RUN_STOPPING, RUN_STOPPED, RUN_PRINT, RUN_FINDING, RUN_BUGCHECK, RUN_ASSERT, RUN_ERROR, RUN_ALL_STARTED,
    RUN_DONE, RUN_WHERE
};

/* WHERE answers SIGUSR1: the stacks of the threads that are in driver code.
 * The machine fills what the event needs, and text in parts: FINDING has rule, text and stack, BUGCHECK text and stack. */
struct run_header {
    uint32_t event;
    uint32_t driver;   /* index; DONE: the exit status */
    uint32_t status;   /* NTSTATUS, bug check code */
    uint64_t params[4];
    double ms;
};

struct run_driver {
    const char *path;
    const char *service;
    const char *name;                                 /* echosrv.sys */
    const char *parameters[RUN_PARAMETERS_MAX + 1];
    unsigned parameter_count;
    const char *devices[RUN_DEVICES_MAX]; /* hardware ids */
    unsigned device_count;
};

struct run_plan {
    struct run_driver drivers[RUN_DRIVERS_MAX];
    unsigned driver_count;
    unsigned cpu_count, os_build;
    double for_seconds;                  /* below 0: until a signal */
    double start_timeout, stop_timeout;  /* 0: for ever */
    bool hooks, json;
    const char *root;    /* NULL: no C: */
    const char *control; /* path, NULL: abstract */
    int supervisor;      /* its pid */
    int channel;         /* supervisor's or machine's end */
    int listener;
};

/* The machine's process from fork to end. Does not return. */
_Noreturn void run_machine(struct run_plan *plan);

struct wskit_machine;
/* Serves applications until the process ends; starts its own threads. */
void run_control_serve(int listener, struct wskit_machine *machine);
/* A listening socket for pid; negative with a message. path NULL: the abstract name. */
int run_control_listen(const char *path, int pid);
/* The other end: path, or pid, or (0) the only machine of this user. Negative with a message. */
int run_control_connect(const char *command, const char *path, int pid);

/* One request on the control socket, then one reply; both followed by their bytes. */
struct run_request {
    uint32_t magic, code;
    uint32_t device_bytes, in_bytes, out_bytes;
};
struct run_reply {
    uint32_t status;     /* NTSTATUS */
    int32_t result;      /* of wskit_open / wskit_ioctl */
    uint32_t text_bytes; /* why, when result < 0 */
    uint32_t out_bytes;
    uint64_t returned;   /* IoStatus.Information */
};
enum { RUN_MAGIC = 0x57534b31, RUN_BYTES_MAX = 16 << 20 };
bool run_read_all(int fd, void *data, size_t bytes);
bool run_write_all(int fd, const void *data, size_t bytes);

#endif
