/* Function tables, unwinding, stack capture (EXE-018, EXE-038, EXE-080, EXE-081, EXE-094). */
#include "wkt.h"

static PVOID frames[16];
static USHORT captured;
static ULONG hash;

TEST_ROWS("EXE-018 EXE-080", functions_are_found_by_address)
{
    ULONG64 base = 0;
    PRUNTIME_FUNCTION entry = RtlLookupFunctionEntry((ULONG64)(ULONG_PTR)_ReturnAddress(), &base, NULL);
    PVOID file = NULL;

    REQUIRE(entry != NULL);
    CHECK_EQ(base, (ULONG_PTR)wkt_driver->DriverStart);
    CHECK(entry->BeginAddress < entry->EndAddress && entry->EndAddress <= wkt_driver->DriverSize);
    CHECK_EQ(RtlPcToFileHeader((PVOID)(ULONG_PTR)&frames, &file), (ULONG_PTR)wkt_driver->DriverStart);
    CHECK_EQ(file, wkt_driver->DriverStart);
}

__declspec(noinline) static void capture(ULONG skip)
{
    captured = RtlCaptureStackBackTrace(skip, 16, frames, &hash);
    wkt_note("captured", captured);
}

__declspec(noinline) static void outer(ULONG skip)
{
    capture(skip);
    wkt_note("skip", skip);
}

static BOOLEAN in_driver(PVOID pc)
{
    return (ULONG_PTR)pc - (ULONG_PTR)wkt_driver->DriverStart < wkt_driver->DriverSize;
}

TEST(EXE_094, back_trace)
{
    PVOID first[16];
    USHORT all;

    outer(0);
    all = captured;
    REQUIRE(all >= 3);
    CHECK(in_driver(frames[0]) && in_driver(frames[1]) && in_driver(frames[2]));
    RtlCopyMemory(first, frames, sizeof(first));
    outer(1);
    CHECK_EQ(captured, all < 16 ? all - 1 : 16);
    CHECK_EQ(frames[0], first[1]);
    CHECK(hash != 0);
}

TEST(EXE_094, back_trace_at_dispatch_level)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    captured = RtlCaptureStackBackTrace(0, 4, frames, NULL);
    KeLowerIrql(irql);
    CHECK_EQ(captured, 4);
    CHECK_EQ(RtlWalkFrameChain(frames, 2, 0), 2);
}

__declspec(noinline) static ULONG64 unwind_once(PVOID *returns_to)
{
    CONTEXT context;
    ULONG64 base, establisher;
    PVOID handler_data;

    *returns_to = _ReturnAddress();
    RtlCaptureContext(&context);
    RtlVirtualUnwind(UNW_FLAG_NHANDLER, (RtlLookupFunctionEntry(context.Rip, &base, NULL), base), context.Rip,
                     RtlLookupFunctionEntry(context.Rip, &base, NULL), &context, &handler_data, &establisher, NULL);
    return context.Rip;
}

TEST_ROWS("EXE-081 EXE-094", one_frame_up_is_the_caller)
{
    PVOID returns_to = NULL;
    ULONG64 caller = unwind_once(&returns_to);

    CHECK_EQ(caller, (ULONG_PTR)returns_to);
    CHECK_EQ(sizeof(CONTEXT), 0x4D0);
}
