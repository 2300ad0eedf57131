/* Names of bug checks and statuses that a report shows beside their numbers. */
#include "report/report_private.h"

static const struct {
    uint32_t code;
    const char *name, *meaning;
} bugchecks[] = {
    {0x01, "APC_INDEX_MISMATCH", "address of the system call; ThreadApcDisable; 0; 0"},
    {0x0A, "IRQL_NOT_LESS_OR_EQUAL", "address referenced; IRQL; 0 read, 1 write, 8 execute; address of the instruction"},
    {0x18, "REFERENCE_BY_POINTER", "type of the object; the object; 0; reference count"},
    {0x19, "BAD_POOL_HEADER", "what is wrong; pool block; 0; 0"},
    {0x1E, "KMODE_EXCEPTION_NOT_HANDLED", "exception code; address of the instruction; exception parameters 0 and 1"},
    {0x44, "MULTIPLE_IRP_COMPLETE_REQUESTS", "the IRP; 0; 0; 0"},
    {0x48, "CANCEL_STATE_IN_COMPLETED_IRP", "the IRP; cancel routine; 0; 0"},
    {0x4A, "IRQL_GT_ZERO_AT_SYSTEM_SERVICE", "address; IRQL; 0; 0"},
    {0x4E, "PFN_LIST_CORRUPT", "what is wrong; depends on it"},
    {0x50, "PAGE_FAULT_IN_NONPAGED_AREA", "address referenced; 0 read, 2 write; address of the instruction; 0"},
    {0x76, "PROCESS_HAS_LOCKED_PAGES", "0; process; locked pages; 0"},
    {0x7E, "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED", "exception code; address of the instruction; exception record; context record"},
    {0x7F, "UNEXPECTED_KERNEL_MODE_TRAP", "trap number (8 is a double fault); 0; 0; 0"},
    {0x8E, "KERNEL_MODE_EXCEPTION_NOT_HANDLED", "exception code; address of the instruction; trap frame; 0"},
    {0x96, "INVALID_WORK_QUEUE_ITEM", "the queue entry; queue; worker thread; work routine"},
    {0xA0, "INTERNAL_POWER_ERROR", "depends on the first"},
    {0xB8, "ATTEMPTED_SWITCH_FROM_DPC", "current thread; new thread; stack; 0"},
    {0xBE, "ATTEMPTED_WRITE_TO_READONLY_MEMORY", "address; page table entry; 0; 0"},
    {0xC1, "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION", "address; depends on the fourth; 0; reason"},
    {0xC2, "BAD_POOL_CALLER", "kind of violation; depends on it"},
    {0xC4, "DRIVER_VERIFIER_DETECTED_VIOLATION", "kind of violation; depends on it"},
    {0xC7, "TIMER_OR_DPC_INVALID", "kind of object; address; range of the check"},
    {0xC8, "IRQL_UNEXPECTED_VALUE", "IRQLs; 0; 0; 0"},
    {0xC9, "DRIVER_VERIFIER_IOMANAGER_VIOLATION", "kind of violation; depends on it"},
    {0xCC, "PAGE_FAULT_IN_FREED_SPECIAL_POOL", "address referenced; 0 read, 2 write; address of the instruction; 0"},
    {0xCE, "DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS", "address referenced; 0 read, 2 write, 16 execute; address of the instruction; 0"},
    {0xD1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL", "address referenced; IRQL; 0 read, 1 write, 8 execute; address of the instruction"},
    {0xD3, "DRIVER_PORTION_MUST_BE_NONPAGED", "address referenced; IRQL; 0 read, 1 write; address of the instruction"},
    {0xD5, "DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL", "address referenced; 0 read, 1 write; address of the instruction; 0"},
    {0xDE, "POOL_CORRUPTION_IN_FILE_AREA", "depends on the first"},
    {0xE2, "MANUALLY_INITIATED_CRASH", "0; 0; 0; 0"},
    {0xE3, "RESOURCE_NOT_OWNED", "the resource; thread; owner table; reason"},
    {0xEA, "THREAD_STUCK_IN_DEVICE_DRIVER", "thread; depends on it"},
    {0xF7, "DRIVER_OVERRAN_STACK_BUFFER", "cookie found; cookie expected; its complement; 0"},
    {0xFC, "ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY", "address; page table entry; 0; 0"},
    {0x101, "CLOCK_WATCHDOG_TIMEOUT", "ticks; 0; processor; 0"},
    {0x133, "DPC_WATCHDOG_VIOLATION", "0 one DPC, 1 all time at DISPATCH_LEVEL; ticks; limit; 0"},
    {0x139, "KERNEL_SECURITY_CHECK_FAILURE", "2 stack cookie, 3 list entry, 6 guard, ...; trap frame; exception record; 0"},
    {0x13A, "KERNEL_MODE_HEAP_CORRUPTION", "kind of corruption; heap; address; 0"},
};

const char *rep_bugcheck_name(uint32_t code)
{
    for (size_t i = 0; i < sizeof(bugchecks) / sizeof(bugchecks[0]); i++)
        if (bugchecks[i].code == code)
            return bugchecks[i].name;
    return NULL;
}

const char *rep_bugcheck_meaning(uint32_t code)
{
    for (size_t i = 0; i < sizeof(bugchecks) / sizeof(bugchecks[0]); i++)
        if (bugchecks[i].code == code)
            return bugchecks[i].meaning;
    return NULL;
}

const char *rep_status_name(uint32_t status)
{
    size_t low = 0, high = rep_status_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (rep_statuses[middle].status == status)
            return rep_statuses[middle].name;
        if (rep_statuses[middle].status < status)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
