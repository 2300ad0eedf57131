/* ProbeForRead, ProbeForWrite (EXE-092). */
#include "wkt.h"

static NTSTATUS read_status(ULONG64 address, SIZE_T bytes, ULONG alignment)
{
    __try {
        ProbeForRead((PVOID)address, bytes, alignment);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS write_status(ULONG64 address, SIZE_T bytes, ULONG alignment)
{
    __try {
        ProbeForWrite((PVOID)address, bytes, alignment);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

TEST_ROWS("EXE-092 EXE-789", read_probe_checks_the_range_only)
{
    CHECK_STATUS(read_status(0x10000, 8, 1), STATUS_SUCCESS); /* nothing is there, and it does not look */
    CHECK_STATUS(read_status(0x10001, 8, 4), STATUS_DATATYPE_MISALIGNMENT);
    CHECK_STATUS(read_status(0xFFFF800000000000ull, 0, 1), STATUS_SUCCESS);
    CHECK_STATUS(read_status(0x10000, (SIZE_T)-1, 1), STATUS_ACCESS_VIOLATION);
    CHECK_STATUS(read_status(MM_USER_PROBE_ADDRESS - 4, 8, 1), STATUS_ACCESS_VIOLATION);
}

TEST_ROWS("EXE-092 EXE-789", write_probe_touches_the_pages)
{
    CHECK_STATUS(write_status(0x10000, 8, 1), STATUS_ACCESS_VIOLATION);
    CHECK_STATUS(write_status(0x10002, 8, 8), STATUS_DATATYPE_MISALIGNMENT);
    CHECK_STATUS(write_status(0x10002, 0, 8), STATUS_SUCCESS);
}
