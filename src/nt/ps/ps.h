/* What processes and threads give to the other NT-side folders beside the DDIs: start, workers, simulated applications.
 *
 * Every KTHREAD begins an ETHREAD; those of system threads and applications are objects. */
#ifndef WK_PS_H
#define WK_PS_H

#include <stdbool.h>
#include <stdint.h>
#include "nt/ke/ke.h"
#include "nt/ob/ob.h"

struct _KPROCESS {
    DISPATCHER_HEADER Header; /* signaled when the process has ended (EXE-165) */
};

struct _EPROCESS {
    struct _KPROCESS pcb;
    HANDLE id;
    struct ob_handle_table *table; /* NULL: the System process */
    char image[16];
    UNICODE_STRING path;
    LONGLONG create_time; /* 100 ns since 1601, UTC */
    ULONGLONG start_key;
    NTSTATUS exit_status;
    PVOID token;   /* referenced: token.c */
    LIST_ENTRY entry;
    bool listed;
    bool is_32bit; /* EXE-327: what IoIs32bitProcess says */
};

struct _ETHREAD {
    KTHREAD tcb;
    HANDLE id;
    PEPROCESS process; /* its own; tcb.process is the attached one */
    LONGLONG create_time;
    KPROCESSOR_MODE previous_mode;
    bool system;       /* made by PsCreateSystemThread or a worker */
    bool object;       /* is in the list of threads */
    LONG attached;
    unsigned depth;    /* ps_enter_application */
    PEPROCESS outer_process;
    KPROCESSOR_MODE outer_mode;
    PKSTART_ROUTINE start;
    PVOID context;
    PVOID io_object;   /* IoCreateSystemThread */
    PIRP top_level_irp; /* IoSetTopLevelIrp */
    PVOID token;       /* impersonated, referenced; NULL: none. token.c */
    UCHAR token_level; /* SECURITY_IMPERSONATION_LEVEL */
    BOOLEAN token_copy_on_open, token_effective_only;
    LIST_ENTRY entry;
    struct _ETHREAD *next;
};
_Static_assert(sizeof(struct _ETHREAD) + 256 <= PAGE_SIZE, "an idle thread has one page");

/* Before all else of NT: memory for the thread that starts the machine, to give to ke_thread_adopt. */
PKTHREAD ps_boot_thread(void);
/* After ob_start, on an NT thread. 0 or a negative wk_err. */
int ps_start(void);
void ps_stop(void); /* nobody but the caller is left */
/* For ex_start. */
NTSTATUS ps_create_worker(VOID (NTAPI *routine)(PVOID), PVOID context);

PEPROCESS ps_system_process(void);
PEPROCESS ps_application_process(void); /* the simulated application that callers of nt.h are in */
/* Another one; its handles are its own. Referenced; NULL when there is no memory. ps_process_end closes its handles, signals it and drops
 * the reference. PASSIVE_LEVEL. */
PEPROCESS ps_application_create(const char *image);
void ps_process_end(PEPROCESS process, NTSTATUS status);
/* Gives the process the token of a simulated user (enum se_user). False: no memory. PASSIVE_LEVEL. */
bool ps_set_user(PEPROCESS process, int user);

/* Around an application's call: the calling thread (foreign, adopted, or an NT thread already) is one of the application process until
 * ps_leave_application, with the previous mode UserMode. Nests. 0 or a negative wk_err. PASSIVE_LEVEL. */
int ps_enter_application(void);
void ps_leave_application(void);
/* Returns what it was. Of the calling thread. */
KPROCESSOR_MODE ps_set_previous_mode(KPROCESSOR_MODE mode);
/* For work of the machine's own on a foreign thread: as above, but in the System process and with KernelMode. */
int ps_enter_system(void);
void ps_leave_system(void);

#endif
