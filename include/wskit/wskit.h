/* libwskit: a Windows machine in this process. The command line is a client of it; so can be a test program of yours.
 *
 *   struct wskit_machine *m;
 *   wskit_machine_open(&(struct wskit_options){.cpu_count = 2}, &m);
 *   wskit_driver_start(m, "echosrv.sys", NULL, &driver, &error);
 *   ...
 *   wskit_driver_stop(driver, &error);
 *   wskit_machine_close(m);
 *
 * One machine per process at a time. Functions may be called from any thread, block as long as the driver does, and return
 * 0 or a negative number with `error` filled. A guest's bug check ends the process after the report (exit status 1): run the machine in a child
 * process where that matters, as the command line does. */
#ifndef WSKIT_H
#define WSKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wskit_machine;
struct wskit_driver;
struct wskit_file;

struct wskit_error {
    uint32_t status;   /* NTSTATUS, 0 when the failure is not NT's */
    char text[4096];   /* what, where, what to do; may have several lines */
};

struct wskit_options {
    unsigned cpu_count;      /* virtual processors; 0: the host's, 64 at most */
    uint64_t memory_bytes;   /* physical memory at most; 0: 16 GiB, sparse */
    uint32_t os_build;       /* 0: 22631 */
    unsigned dpc_limit_s;    /* seconds that a processor may stay at DISPATCH_LEVEL before the machine stops with 0x133; 0: 20 */
    unsigned cancel_limit_s; /* seconds that a cancelled IRP of a thread that has ended may take before it is a finding; 0: Windows' 300 */
    unsigned power_limit_s;  /* seconds that a system power IRP may take before the machine stops with 0x9F; 0: Windows' 600 */
    const char *root;        /* a folder of this computer that is the machine's C:, or NULL: it has none */
    bool hooks;              /* call through thunks, with the border's checks (design: observe at the border) */
    void (*debug_print)(void *ctx, const char *text, size_t bytes); /* NULL: standard output */
    void (*finding)(void *ctx, const char *rule, const char *text, const char *stack); /* NULL: standard error */
    void (*bugcheck)(void *ctx, uint32_t code, const uint64_t params[4], const char *text, const char *stack); /* NULL: standard error */
    void *ctx;
};

struct wskit_driver_options {
    const char *service;             /* NULL: the file's name */
    const char *const *parameters;   /* "Port=40007", "Name=text": Parameters values, NULL-terminated; numbers become REG_DWORD */
};

int wskit_machine_open(const struct wskit_options *options, struct wskit_machine **out, struct wskit_error *error);
void wskit_machine_close(struct wskit_machine *machine); /* stops what still runs */
unsigned wskit_findings(const struct wskit_machine *machine); /* how many so far */

/* A machine that does not go on: the threads that are in driver code, what each waits for, their stacks, as text of `bytes` at most. May be
 * called while another thread is in any other function of these. Returns its length. */
size_t wskit_where(struct wskit_machine *machine, char *text, size_t bytes);

int wskit_driver_start(struct wskit_machine *machine, const char *path, const struct wskit_driver_options *options, struct wskit_driver **out,
                       struct wskit_error *error);
int wskit_driver_stop(struct wskit_driver *driver, struct wskit_error *error);

int wskit_open(struct wskit_machine *machine, const char *device, uint32_t access, struct wskit_file **out, struct wskit_error *error);
/* As DeviceIoControl. *returned: IoStatus.Information. The NTSTATUS is the result in error->status. */
int wskit_ioctl(struct wskit_file *file, uint32_t code, const void *in, size_t in_bytes, void *out, size_t out_bytes, size_t *returned,
                struct wskit_error *error);
int wskit_read(struct wskit_file *file, void *out, size_t bytes, uint64_t offset, size_t *returned, struct wskit_error *error);
int wskit_write(struct wskit_file *file, const void *in, size_t bytes, uint64_t offset, size_t *returned, struct wskit_error *error);
void wskit_file_close(struct wskit_file *file);

/* Several requests at a time: an overlapped file takes the next while one is under way (as FILE_FLAG_OVERLAPPED). */
enum wskit_operation { WSKIT_READ = 3, WSKIT_WRITE = 4, WSKIT_CONTROL = 14 };
struct wskit_io {
    enum wskit_operation operation;
    uint32_t code;
    const void *in;
    void *out; /* what is in it goes along too */
    size_t in_bytes, out_bytes;
    uint64_t offset;
    uint64_t in_at, out_at; /* not 0: the address that the driver gets, good or bad */
};
struct wskit_request;
int wskit_open_overlapped(struct wskit_machine *machine, const char *device, uint32_t access, struct wskit_file **out, struct wskit_error *error);
/* The NTSTATUS it had at once, 0x103 while it is under way. *out is to be finished in any case; NULL: out of memory. */
uint32_t wskit_submit(struct wskit_file *file, const struct wskit_io *io, struct wskit_request **out);
/* 1: done, *status and *returned are its result; 0: not within timeout_ms (UINT32_MAX: for ever). */
int wskit_finish(struct wskit_request *request, uint32_t timeout_ms, uint32_t *status, size_t *returned);
/* As CancelIoEx: one request or (NULL) all of the file; how many it asked. */
unsigned wskit_cancel(struct wskit_file *file, struct wskit_request *request);
/* Is the simulated application a 32-bit one? */
void wskit_application_32bit(struct wskit_machine *machine, bool yes);
/* Who runs it: "system", "administrator" (until told), "standard", "service", "anonymous". False: no such user, or no memory. */
bool wskit_application_user(struct wskit_machine *machine, const char *user);

/* Plug and Play: a device of the root bus for a driver with an AddDevice routine; and the system's sleep. */
struct wskit_device;
enum wskit_device_action { WSKIT_DEVICE_REMOVE, WSKIT_DEVICE_SURPRISE, WSKIT_DEVICE_REBALANCE };
int wskit_device_add(struct wskit_driver *driver, const char *hardware_id, struct wskit_device **out, struct wskit_error *error);
uint32_t wskit_device_do(struct wskit_device *device, enum wskit_device_action action); /* NTSTATUS; 0xC000000E: it is gone */
void wskit_device_forget(struct wskit_device *device); /* the handle, not the device */
/* state: 3 sleeps, 4 hibernates (S3, S4), 0 wakes. NTSTATUS: the first refusal. */
uint32_t wskit_power(struct wskit_machine *machine, unsigned state);

const char *wskit_version(void);

#ifdef __cplusplus
}
#endif
#endif
