/* The page that Windows maps at 0xFFFFF78000000000, KUSER_SHARED_DATA (EXE-056, EXE-L47).
 *
 * No Linux process can map that address. Code that has it as a constant is made to use the view, an address of the system window, as its
 * image is loaded (src/image/constant.c); what the loader does not find traps, and the fault handler asks ke_shared_page_read.
 *
 * Three values on the page move: interrupt time, system time, tick count. Nobody writes them while the view is closed (inaccessible): a read
 * of it traps too and is served. When traps come often the view opens for a while, reads are plain loads, and a thread moves the values each
 * TICK_NS, as Windows' clock interrupt does. Whoever else learns the time from us moves them first, so that all sources agree: a value that
 * was seen anywhere is on the page. ke_shared_trap and ke_shared_page_read run in signal context; no lock is taken here. */
#include "base/err.h"
#include "memory/mem.h"
#include "nt/ke/ke_private.h"

#define TICK_NS     UINT64_C(1000000)
#define OPEN_NS     UINT64_C(100000000) /* then it closes, and shows whether anybody still reads */
#define OFTEN_NS    UINT64_C(10000000)  /* OFTEN traps in that time open it */
#define OFTEN       16u

#define AT_INTERRUPT_TIME 0x8
#define AT_SYSTEM_TIME    0x14 /* not on a multiple of 8, but within one cache line: a locked access is one */
#define AT_TICK_COUNT     0x320

uint32_t ke_shared_state;
static struct {
    UCHAR *page;      /* ours, writable */
    ULONG64 view;     /* the drivers' */
    struct sched_thread *thread;
    bool stopping;
    uint32_t traps;
    uint64_t first_trap_ns, close_ns;
} shared;

static bool change(uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(&ke_shared_state, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* ---- the values ---- */
/* KSYSTEM_TIME: 8 bytes, and the high half again for those who read halves; they look until both are the same. */
static void move(ULONG offset, ULONG64 to)
{
    ULONG64 was = *(volatile ULONG64 *)(shared.page + offset), seen;
    ULONG high = (ULONG)(to >> 32);

    if (__atomic_load_n((ULONG *)(shared.page + offset + 8), __ATOMIC_RELAXED) != high)
        __atomic_store_n((ULONG *)(shared.page + offset + 8), high, __ATOMIC_RELEASE);
    for (; was < to; was = seen) { /* never back */
        __asm__ volatile("lock cmpxchgq %2, %1" : "=a"(seen), "+m"(*(volatile ULONG64 *)(shared.page + offset)) : "r"(to), "0"(was) : "memory", "cc");
        if (seen == was)
            break;
    }
}

/* The interrupt time last: who finds that there need not look at the others. */
void ke_shared_move(void)
{
    ULONG64 ticked = ke_now_100ns() / KE_GRAIN_100NS * KE_GRAIN_100NS, up = KE_BOOT_100NS + ticked;

    if (__atomic_load_n((ULONG64 *)(shared.page + AT_INTERRUPT_TIME), __ATOMIC_ACQUIRE) >= up)
        return;
    move(AT_SYSTEM_TIME, (ULONG64)ke_time_at_start() + ticked);
    move(AT_TICK_COUNT, up / KE_TICK_100NS);
    move(AT_INTERRUPT_TIME, up);
}

void ke_shared_page_read(ULONG offset, void *out, ULONG bytes)
{
    WK_ASSERT(shared.page && offset + bytes <= PAGE_SIZE);
    ke_shared_move();
    __builtin_memcpy(out, shared.page + offset, bytes);
}

/* ---- the view ---- */
ULONG64 ke_shared_view(void)
{
    return shared.view;
}

static bool often(void)
{
    uint64_t now = sched_now_ns();

    if (now - __atomic_load_n(&shared.first_trap_ns, __ATOMIC_RELAXED) > OFTEN_NS) {
        __atomic_store_n(&shared.first_trap_ns, now, __ATOMIC_RELAXED);
        __atomic_store_n(&shared.traps, 0, __ATOMIC_RELAXED);
    }
    return __atomic_add_fetch(&shared.traps, 1, __ATOMIC_RELAXED) >= OFTEN;
}

bool ke_shared_trap(bool at_once)
{
    uint32_t state = __atomic_load_n(&ke_shared_state, __ATOMIC_ACQUIRE);

    if (state == KE_SHARED_OPEN)
        return true; /* since the trap */
    if (state == KE_SHARED_NEVER || (!at_once && (state != KE_SHARED_CLOSED || !often())))
        return false;
    if (!change(KE_SHARED_CLOSED, KE_SHARED_CHANGING))
        return at_once; /* another thread is at it: this one traps again until that is done */
    ke_shared_move();
    __atomic_store_n(&shared.close_ns, sched_now_ns() + OPEN_NS, __ATOMIC_RELAXED);
    if (mem_protect((void *)shared.view, 1, MEM_R) != 0) {
        __atomic_store_n(&ke_shared_state, KE_SHARED_NEVER, __ATOMIC_SEQ_CST);
        return false;
    }
    __atomic_store_n(&ke_shared_state, KE_SHARED_OPEN, __ATOMIC_SEQ_CST);
    sched_unpark(shared.thread);
    return true;
}

static void keep_moving(void *ctx)
{
    (void)ctx;
    while (!__atomic_load_n(&shared.stopping, __ATOMIC_ACQUIRE)) {
        uint64_t now = sched_now_ns();

        if (__atomic_load_n(&ke_shared_state, __ATOMIC_ACQUIRE) == KE_SHARED_OPEN && now >= __atomic_load_n(&shared.close_ns, __ATOMIC_RELAXED) &&
            change(KE_SHARED_OPEN, KE_SHARED_CHANGING)) {
            bool closed = mem_protect((void *)shared.view, 1, MEM_NONE) == 0;

            __atomic_store_n(&shared.traps, 0, __ATOMIC_RELAXED);
            __atomic_store_n(&shared.close_ns, now + OPEN_NS, __ATOMIC_RELAXED);
            __atomic_store_n(&ke_shared_state, closed ? KE_SHARED_CLOSED : KE_SHARED_OPEN, __ATOMIC_SEQ_CST);
        }
        if (__atomic_load_n(&ke_shared_state, __ATOMIC_ACQUIRE) == KE_SHARED_OPEN) {
            ke_shared_move();
            sched_park(now + TICK_NS);
        } else {
            sched_park(SCHED_FOREVER);
        }
    }
}

/* ---- what does not move ---- */
static void put(ULONG offset, const void *value, ULONG bytes)
{
    __builtin_memcpy(shared.page + offset, value, bytes);
}

static void put32(ULONG offset, ULONG value)
{
    put(offset, &value, 4);
}

static void put64(ULONG offset, ULONG64 value)
{
    put(offset, &value, 8);
}

static void fill(const struct ke_config *config)
{
    static const UCHAR features[] = {3, 6, 8, 10, 12, 13, 14, 17}; /* MMX, SSE, RDTSC, SSE2, NX, SSE3, CMPXCHG16B, XSAVE */
    LONGLONG bias = ke_time_bias();

    put32(0x4, 0x0FA00000);           /* TickCountMultiplier: 15.625 ms */
    put64(0x20, (ULONG64)bias);       /* TimeZoneBias: LowPart, High1Time */
    put32(0x28, (ULONG)((ULONG64)bias >> 32));
    put(0x2C, (USHORT[]){0x8664, 0x8664}, 4); /* ImageNumberLow, High */
    put(0x30, L"C:\\Windows", sizeof(L"C:\\Windows"));
    put32(0x260, config->os_build);
    put32(0x264, 1);                  /* NtProductWinNt */
    put(0x268, &(UCHAR){1}, 1);       /* ProductTypeIsValid */
    put32(0x26C, config->os_major);
    put32(0x270, config->os_minor);
    for (unsigned i = 0; i < sizeof(features); i++)
        put(0x274 + features[i], &(UCHAR){1}, 1);
    put32(0x2D0, 0x110);              /* SuiteMask: single user terminal server */
    put32(0x2D8, 1);                  /* ActiveConsoleId */
    put32(0x2E8, (ULONG)(config->memory_pages > MAXULONG ? MAXULONG : config->memory_pages));
    put64(0x300, KE_QPC_HZ);
    put32(0x330, (ULONG)sched_random()); /* Cookie */
    put32(0x3C0, config->cpu_count);
    put(0x3C4, &(UCHAR){1}, 1);       /* ActiveGroupCount */
}

int ke_shared_start(const struct ke_config *config)
{
    void *view = mem_alloc(1, MEM_SHARED, NULL);
    uint64_t pfn = view ? mem_pfn(view) : 0;

    __builtin_memset(&shared, 0, sizeof(shared));
    ke_shared_state = KE_SHARED_CLOSED;
    shared.view = (ULONG64)view;
    shared.page = view ? mem_map_alias(&pfn, 1, MEM_RW) : NULL;
    if (!shared.page || mem_protect(view, 1, MEM_NONE) != 0)
        return -WK_ENOMEM;
    fill(config);
    shared.thread = sched_thread_create(keep_moving, NULL, NULL, 0, "shared page");
    return shared.thread ? 0 : -WK_ENOMEM;
}

void ke_shared_stop(void)
{
    __atomic_store_n(&shared.stopping, true, __ATOMIC_RELEASE);
    if (shared.thread) {
        sched_unpark(shared.thread);
        sched_thread_join(shared.thread);
    }
    ke_shared_state = KE_SHARED_NEVER;
    if (shared.page)
        mem_unmap_alias(shared.page, 1);
    if (shared.view)
        mem_free((void *)shared.view, 1);
    __builtin_memset(&shared, 0, sizeof(shared));
}
