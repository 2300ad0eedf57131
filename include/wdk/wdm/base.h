/* What every other part of wdm.h stands on: opaque objects, IRQL levels, lists. */
#ifndef _WK_WDM_BASE_H
#define _WK_WDM_BASE_H

#include "../ntdef.h"
#include "../ntstatus.h"

/* Objects that one part names and another defines. Drivers see threads and processes as opaque (EXE-L46). */
typedef struct _KTHREAD *PKTHREAD, *PRKTHREAD;
typedef struct _ETHREAD *PETHREAD;
typedef struct _KPROCESS *PKPROCESS, *PRKPROCESS;
typedef struct _EPROCESS *PEPROCESS;
typedef struct _EJOB *PEJOB;
typedef struct _OBJECT_TYPE *POBJECT_TYPE;
typedef struct _MDL MDL, *PMDL;
typedef struct _IRP IRP, *PIRP;
typedef struct _DRIVER_OBJECT DRIVER_OBJECT, *PDRIVER_OBJECT;
typedef struct _DEVICE_OBJECT DEVICE_OBJECT, *PDEVICE_OBJECT;
typedef struct _FILE_OBJECT FILE_OBJECT, *PFILE_OBJECT;
typedef struct _KEVENT KEVENT, *PKEVENT, *PRKEVENT;
typedef struct _KDPC KDPC, *PKDPC, *PRKDPC;
typedef struct _KTIMER KTIMER, *PKTIMER, *PRKTIMER;
typedef struct _KAPC KAPC, *PKAPC, *PRKAPC;
typedef struct _CONTEXT CONTEXT, *PCONTEXT;
typedef struct _EXCEPTION_RECORD EXCEPTION_RECORD, *PEXCEPTION_RECORD;
typedef struct _ACCESS_STATE ACCESS_STATE, *PACCESS_STATE;
typedef PVOID PSECURITY_DESCRIPTOR, PSID, PACCESS_TOKEN;
typedef LONG KPRIORITY;
typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK; /* EXE-L30: zero = free, bit 0 set when owned */

#define PASSIVE_LEVEL  0
#define LOW_LEVEL      0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2
#define CMCI_LEVEL     5
#define CLOCK_LEVEL    13
#define IPI_LEVEL      14
#define DRS_LEVEL      14
#define POWER_LEVEL    14
#define PROFILE_LEVEL  15
#define HIGH_LEVEL     15

typedef enum _MODE { KernelMode, UserMode, MaximumMode } MODE;

#define PAGE_SIZE  0x1000
#define PAGE_SHIFT 12L
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#define MEMORY_ALLOCATION_ALIGNMENT 16
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(SYSTEM_CACHE_ALIGNMENT_SIZE)

#endif
