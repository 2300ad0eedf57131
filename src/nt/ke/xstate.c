/* The extended state of the processor: what a driver may use beyond SSE, and keeping what it interrupts (EXE-063). Windows' areas are
 * opaque; ours is an XSAVE area as the processor writes it, on a page of its own that is used again and again. */
#include "memory/mem.h"
#include "nt/ke/ke_private.h"

#define OSXSAVE (1u << 27)

static void cpuid(ULONG leaf, ULONG subleaf, ULONG out[4])
{
    __asm__ volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(subleaf));
}

static ULONG64 enabled(void)
{
    static ULONG64 known; /* never 0 once known; the same on all processors */
    ULONG regs[4], low, high;

    if (known)
        return known & ~(1ull << 63);
    cpuid(1, 0, regs);
    if (regs[2] & OSXSAVE) {
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        known = (ULONG64)high << 32 | low;
    }
    known |= 1ull << 63;
    return known & ~(1ull << 63);
}

ULONG64 NTAPI RtlGetEnabledExtendedFeatures(ULONG64 FeatureMask)
{
    return enabled() & FeatureMask;
}

/* The area that XSAVE writes for everything that is enabled, in whole pages. */
static size_t area_pages(void)
{
    ULONG regs[4];

    cpuid(0xD, 0, regs);
    return (regs[1] + PAGE_SIZE - 1) / PAGE_SIZE;
}

/* Areas that are free: pushed by anybody, taken by one at a time. One more than is in use is kept ready, so that nothing is called
 * before the state is saved. */
struct area {
    struct area *next;
};
static struct area *free_areas;
static UCHAR taking;

static inline void give_area(struct area *area)
{
    area->next = __atomic_load_n(&free_areas, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&free_areas, &area->next, area, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

static inline struct area *take_area(void)
{
    struct area *area;

    while (__atomic_exchange_n(&taking, 1, __ATOMIC_ACQUIRE))
        YieldProcessor();
    area = __atomic_load_n(&free_areas, __ATOMIC_ACQUIRE);
    while (area && !__atomic_compare_exchange_n(&free_areas, &area, area->next, true, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
        ;
    __atomic_store_n(&taking, 0, __ATOMIC_RELEASE);
    return area;
}

static __attribute__((noinline)) struct area *NTAPI new_area(void)
{
    return mem_alloc(area_pages(), MEM_PAGES, NULL);
}

static __attribute__((noinline)) VOID NTAPI make_ready(void)
{
    struct area *area = new_area();

    if (area)
        give_area(area);
}

void ke_xstate_start(void)
{
    free_areas = NULL;
    make_ready();
}

static __attribute__((noinline)) VOID NTAPI not_enabled(ULONG64 mask)
{
    guest_finding("EXE-063", "KeSaveExtendedProcessorState(0x%llX): RtlGetEnabledExtendedFeatures says 0x%llX", mask, enabled());
}

static __attribute__((noinline)) VOID NTAPI elsewhere(PXSTATE_SAVE save)
{
    guest_finding("EXE-063", "KeRestoreExtendedProcessorState(%p) in thread %p at IRQL %u; saved in %p at %u", save, ke_thread(), ke_irql(), save->Thread,
                  save->Level);
}

/* Here and in the next one only ms_abi functions are called: calling others keeps and gives back XMM6-15 at the wrong times. */
NTSTATUS NTAPI KeSaveExtendedProcessorState(ULONG64 Mask, PXSTATE_SAVE XStateSave)
{
    ULONG64 mask = Mask & enabled();
    struct area *area = mask ? take_area() : NULL;

    if (mask && !area)
        area = new_area();
    if (area) {
        for (unsigned i = 0; i < 8; i++) /* XSAVE leaves the header's reserved bytes alone */
            ((ULONG64 volatile *)area)[64 + i] = 0;
        __asm__ volatile("xsave64 (%0)" : : "r"(area), "a"((ULONG)mask), "d"((ULONG)(mask >> 32)) : "memory");
    }
    XStateSave->Prev = NULL;
    XStateSave->Thread = ke_thread();
    XStateSave->Level = ke_irql();
    XStateSave->XStateContext = (XSTATE_CONTEXT){.Mask = mask, .Area = area, .Buffer = area};
    if (mask != Mask)
        not_enabled(Mask);
    if (!__atomic_load_n(&free_areas, __ATOMIC_RELAXED))
        make_ready();
    return mask && !area ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

VOID NTAPI KeRestoreExtendedProcessorState(PXSTATE_SAVE XStateSave)
{
    struct area *area = XStateSave->XStateContext.Area;
    ULONG64 mask = XStateSave->XStateContext.Mask;

    if (XStateSave->Thread != ke_thread() || XStateSave->Level != ke_irql())
        elsewhere(XStateSave);
    if (!area)
        return;
    XStateSave->XStateContext.Area = NULL;
    __asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"((ULONG)mask), "d"((ULONG)(mask >> 32)) : "memory");
    give_area(area);
}

/* EXE-064: a stack here is never paged out; the answer is the thread's own last word. */
BOOLEAN NTAPI KeSetKernelStackSwapEnable(BOOLEAN Enable)
{
    PKTHREAD thread = ke_thread();
    BOOLEAN was = !thread->stack_stays;

    thread->stack_stays = !Enable;
    return was;
}
