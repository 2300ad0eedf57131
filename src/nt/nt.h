/* What the machine may ask of NT, in plain words (no NT type): start, drivers, requests of simulated applications, stop. Implemented
 * on the NT side; called by src/machine on any adopted sched_thread at PASSIVE_LEVEL. All may block. Statuses are NTSTATUS values. */
#ifndef WK_NT_H
#define WK_NT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct img_resolver;

struct nt_config {
    unsigned cpu_count;
    uint64_t memory_bytes; /* physical memory at most */
    uint32_t os_major, os_minor, os_build;
    unsigned dpc_limit_s;  /* how long a processor may stay at DISPATCH_LEVEL; 0: 20 */
    const char *root;        /* of the volume C:; NULL: none */
    unsigned cancel_limit_s; /* how long a cancelled IRP of a thread that ends may take; 0: 300 */
    unsigned power_limit_s;  /* how long a system power IRP may take; 0: 600 */
    void (*debug_print)(void *ctx, const char *text, size_t bytes);                  /* DbgPrint's text, not terminated */
    void (*finding)(void *ctx, const char *rule, const char *text, const char *stack); /* one finding, stack symbolised */
    void (*bugcheck)(void *ctx, uint32_t code, const uint64_t params[4], const char *text, const char *stack); /* then the process ends */
    void *ctx;
};

int nt_start(const struct nt_config *config); /* 0 or a negative wk_err */
bool nt_stop(void);                            /* false: threads run on; memory and network must stay, the process had better end */

struct nt_driver;
/* Services key \Registry\Machine\System\CurrentControlSet\Services\<service> with Parameters; before nt_driver_start. type: REG_SZ 1,
 * REG_BINARY 3, REG_DWORD 4, REG_MULTI_SZ 7, REG_QWORD 11. data: bytes as the registry holds them (strings UTF-16). */
uint32_t nt_registry_set(const char *key_path, const char *name, uint32_t type, const void *data, size_t bytes);
/* Loads the image at path as service `service` (NULL: the file's name), runs DriverEntry on a system thread. message: why not, for people. */
uint32_t nt_driver_start(const char *path, const char *service, struct nt_driver **out, char *message, size_t message_bytes);
/* Stops it: Unload and everything it must wait for (EXE-032, 033). After a success (also when another driver has unloaded it) `driver` is
 * gone. */
uint32_t nt_driver_stop(struct nt_driver *driver, char *message, size_t message_bytes);

/* The threads that are in driver code, what each waits for, their stacks (EXE-191): text for people. Any thread, also a foreign one. */
size_t nt_where(char *text, size_t bytes);

/* ---- Plug and Play and power ---- */
struct nt_device;
/* Makes a device of the root bus, which the driver's AddDevice gets, and starts it. nt_device_forget *out, whatever becomes of the device. */
uint32_t nt_device_add(struct nt_driver *driver, const char *hardware_id, struct nt_device **out, char *message, size_t message_bytes);
enum nt_device_action { NT_DEVICE_REMOVE, NT_DEVICE_SURPRISE, NT_DEVICE_REBALANCE };
uint32_t nt_device_do(struct nt_device *device, enum nt_device_action action); /* STATUS_NO_SUCH_DEVICE: it is gone */
void nt_device_forget(struct nt_device *device);
uint32_t nt_power(unsigned state); /* S3, S4, or back to S0: the first refusal */

/* ---- a simulated application ---- */
struct nt_file;
struct nt_io_result {
    uint32_t status;
    uint64_t information;
};
/* name: "\\\\.\\EchoSrv" or "\\Device\\EchoSrv", UTF-8. access: GENERIC_READ 0x80000000 | GENERIC_WRITE 0x40000000. */
uint32_t nt_open(const char *name, uint32_t access, struct nt_file **out);
/* As DeviceIoControl: both buffers are copied into and out of the simulated process, the request is sent as UserMode. */
struct nt_io_result nt_ioctl(struct nt_file *file, uint32_t code, const void *in, size_t in_bytes, void *out, size_t out_bytes);
struct nt_io_result nt_read(struct nt_file *file, void *out, size_t bytes, uint64_t offset);
struct nt_io_result nt_write(struct nt_file *file, const void *in, size_t bytes, uint64_t offset);
void nt_close(struct nt_file *file);

/* The same in parts, for an application with several requests under way. overlapped: requests do not wait for each other. */
struct nt_request;
struct nt_submit {
    uint8_t major; /* 3 read, 4 write, 14 device control */
    uint32_t code;
    const void *in;
    void *out; /* what is in it goes along; the result comes with nt_finish */
    size_t in_bytes, out_bytes;
    uint64_t offset;
    uint64_t in_at, out_at; /* not 0: addresses to give in place of a copy, good or bad */
};
uint32_t nt_open_as(const char *name, uint32_t access, bool overlapped, struct nt_file **out);
/* STATUS_PENDING (0x103) or the final status; *out must be finished in both cases, NULL when there is no memory. */
uint32_t nt_submit(struct nt_file *file, const struct nt_submit *what, struct nt_request **out);
/* False: not within timeout_ms (UINT32_MAX: for ever). True: *result and out are filled, the request is gone. */
bool nt_finish(struct nt_request *request, uint32_t timeout_ms, struct nt_io_result *result, void *out);
/* As CancelIoEx: one request, or (NULL) all of the file. How many were asked. */
unsigned nt_cancel(struct nt_file *file, struct nt_request *request);
void nt_application_32bit(bool yes); /* IoIs32bitProcess (EXE-327) */
bool nt_application_user(const char *user); /* EXE-419: by its name (nt/se/se.h); false: none, or no memory */

/* NTSTATUS for people: "STATUS_DEVICE_NOT_READY (0xC00000A3)". */
const char *nt_status_text(uint32_t status);

#endif
