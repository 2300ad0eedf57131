/* DbgPrint's filter and assertions (EXE-474, EXE-570..572). */
#include "wkt.h"

TEST(EXE_570, levels_are_bits)
{
    CHECK_EQ(DbgQueryDebugFilterState(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL), TRUE); /* WIN2000's mask is 1 */
    CHECK_EQ(DbgQueryDebugFilterState(DPFLTR_IHVNETWORK_ID, DPFLTR_TRACE_LEVEL), FALSE);
    CHECK_STATUS(DbgSetDebugFilterState(DPFLTR_IHVNETWORK_ID, DPFLTR_TRACE_LEVEL, TRUE), STATUS_SUCCESS);
    CHECK_EQ(DbgQueryDebugFilterState(DPFLTR_IHVNETWORK_ID, DPFLTR_TRACE_LEVEL), TRUE);
    CHECK_EQ(DbgQueryDebugFilterState(DPFLTR_IHVNETWORK_ID, 0x80000004), TRUE); /* 32 and above: the mask itself */
    CHECK_EQ(DbgQueryDebugFilterState(DPFLTR_IHVNETWORK_ID, 0x80000000), FALSE);
    CHECK_STATUS(DbgSetDebugFilterState(DPFLTR_IHVNETWORK_ID, DPFLTR_TRACE_LEVEL, FALSE), STATUS_SUCCESS);
}

TEST(EXE_571, any_length_prints)
{
    char *text = wkt_alloc(4096);

    RtlFillMemory(text, 4095, 'x');
    CHECK_EQ(DbgPrint("%s\n", text), STATUS_SUCCESS);
    CHECK_EQ(DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "wkt %d\n", 5), STATUS_SUCCESS);
    CHECK_EQ(DbgPrintEx(9999, DPFLTR_TRACE_LEVEL, "hidden\n"), STATUS_SUCCESS);
}

TEST(EXE_572, no_debugger)
{
    CHECK(!KD_DEBUGGER_ENABLED);
    CHECK(KD_DEBUGGER_NOT_PRESENT);
    CHECK(KdRefreshDebuggerNotPresent());
}

TEST_BUGCHECK(EXE_474, a_failed_assertion_breaks, 0x3B)
{
    RtlAssert((PVOID)(ULONG_PTR)"1 == 2", (PVOID)(ULONG_PTR)"print.c", 1, NULL);
}
