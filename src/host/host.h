/* All of Linux that the machine uses, in plain C types. Every call goes through `host`, a table of functions, so that a
 * test can make any of them fail. Do not include any header here but freestanding ones. */
#ifndef WK_HOST_H
#define WK_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum host_prot { HOST_NONE = 0, HOST_R = 1, HOST_W = 2, HOST_X = 4 };

struct host_thread;

enum host_open { HOST_OPEN_READ = 1, HOST_OPEN_WRITE = 2, HOST_OPEN_CREATE = 4 /* a new file */, HOST_OPEN_READONLY = 8 /* is what it becomes */,
                 HOST_OPEN_PROBE = 16 /* for file_info only: needs no right to the file */ };
#define HOST_PATH_BYTES 4096
struct host_file_info {
    uint64_t device, inode, bytes, allocated;
    int64_t created, accessed, written, changed; /* 100 ns since 1601 */
    uint32_t links;
    bool is_folder, is_readonly;
};

struct host_ops {
    /* threads and futexes */
    int (*thread_create)(struct host_thread **out, void (*fn)(void *), void *ctx, void *stack, size_t bytes, const char *name);
    void (*thread_join)(struct host_thread *thread);
    void (*thread_detach)(struct host_thread *thread);
    /* The calling thread's stack, whoever made it. 0 or a negative wk_err. */
    int (*thread_stack)(uint64_t *low, uint64_t *high);
    /* Sleeps while *word == expected, up to deadline_ns (absolute, clock_ns; UINT64_MAX = none). 0, or -WK_ETIMEDOUT. */
    int (*futex_wait)(const uint32_t *word, uint32_t expected, uint64_t deadline_ns);
    void (*futex_wake)(const uint32_t *word, unsigned count);
    void (*yield)(void);
    int (*set_gs_base)(uint64_t base); /* the calling thread's */
    unsigned (*cpu_count)(void);

    /* clocks and chance */
    uint64_t (*clock_ns)(void);      /* CLOCK_MONOTONIC */
    uint64_t (*wall_100ns)(void);    /* since 1601-01-01 UTC */
    int (*utc_offset_s)(void);       /* local time minus UTC, seconds */
    int (*random)(void *out, size_t bytes);

    /* pages */
    int (*memfd)(const char *name, uint64_t bytes);                                       /* fd or negative wk_err */
    int (*reserve)(uint64_t at, uint64_t bytes);                                          /* inaccessible, exactly at `at` */
    int (*map_fd)(uint64_t at, uint64_t bytes, int fd, uint64_t offset, unsigned prot);   /* shared, exactly at `at` */
    int (*unmap)(uint64_t at, uint64_t bytes);                                            /* back to reserved */
    void (*release_range)(uint64_t at, uint64_t bytes);                                   /* no longer reserved either */
    int (*protect)(uint64_t at, uint64_t bytes, unsigned prot);
    int (*discard)(int fd, uint64_t offset, uint64_t bytes);                              /* punches a hole: reads zero */
    void (*close_fd)(int fd);

    /* files */
    int (*read_file)(const char *path, void **data, size_t *bytes); /* malloc'd; free with release */
    void (*release)(void *data);

    /* files below a folder (below.c). folder: from .folder. Paths: relative, '/' between their parts, "" the folder itself; what leads out of
     * it is -WK_EXDEV. File descriptors or 0 or a negative wk_err; close_fd ends them. */
    int (*folder)(const char *path);
    int (*open_below)(int folder, const char *path, unsigned how); /* HOST_OPEN_xxx; regular files and folders only */
    int (*make_folder)(int folder, const char *path);
    int (*remove_below)(int folder, const char *path, bool is_folder);
    int (*rename_below)(int folder, const char *from, const char *to, bool replace);
    int (*file_info)(int fd, struct host_file_info *out);
    int (*file_times)(int fd, int64_t accessed, int64_t written); /* 100 ns since 1601; 0 or less: as it is */
    int (*file_readonly)(int fd, bool readonly);
    int64_t (*file_read)(int fd, void *data, size_t bytes, uint64_t offset); /* fewer bytes: the end */
    int64_t (*file_write)(int fd, const void *data, size_t bytes, uint64_t offset);
    int (*file_resize)(int fd, uint64_t bytes);
    int (*file_sync)(int fd);
    /* Every name in an open folder but "." and "..", until each says no. */
    int (*list_folder)(int fd, bool (*each)(void *ctx, const char *name), void *ctx);
};

extern struct host_ops host;

/* ---- faults: SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP of the calling thread, in plain words ---- */
enum host_fault_kind { HOST_FAULT_ACCESS, HOST_FAULT_GP, HOST_FAULT_ILLEGAL, HOST_FAULT_DIVIDE, HOST_FAULT_FLOAT, HOST_FAULT_TRAP, HOST_FAULT_BUS, HOST_FAULT_ALIGN };

struct host_regs {
    uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15, rip, eflags;
    uint8_t xmm[16][16];
    uint32_t mxcsr;
};

struct host_fault {
    enum host_fault_kind kind;
    uint64_t address;   /* ACCESS, BUS: the address touched */
    bool is_write;
    bool is_execute;
    bool is_single_step; /* TRAP: not a breakpoint */
    uint32_t error;     /* GP: the processor's error code; int n is n * 8 + 2 */
    struct host_regs regs; /* may be changed; the thread goes on with them when the handler returns true */
};

/* Called on the thread's alternate stack in signal context. true: resume with fault->regs. false: the next handler in
 * the chain, and in the end the default action (the process dies). Async-signal-safe code only. */
typedef bool host_fault_fn(struct host_fault *fault, void *ctx);
/* The calling thread's number, and where the thread of that number is now: integer registers, rip, rsp. Async-signal-safe is only the
 * first. 0, or negative: it is gone or does not answer within half a second. Any thread. */
uint32_t host_thread_id(void);
int host_thread_regs(uint32_t thread_id, struct host_regs *out);

int host_fault_install(host_fault_fn *fn, void *ctx);
/* The calling thread gets an alternate stack for faults (each sched_thread does this at its start). */
int host_fault_thread_start(void);
void host_fault_thread_stop(void);

#endif
