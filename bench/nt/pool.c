/* The pool beside glibc's malloc and calloc, one thread, one run: allocate and free at once, then in batches of 64. One line per
 * size: nanoseconds per pair and the ratio to the native twin. Smaller ratios are better; 2 is the bar for blocks up to 256 bytes. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "ddi/guest.h"
#include "memory/mem.h"
#include "nt/mm/mm.h"

#define TAG   'hcnB'
#define TURNS(bytes) ((bytes) > 4096 ? 4096u : 131072u)
#define BATCH 64

/* The border, of which the pool needs these names only. */
unsigned ddi_hooks;
static uint8_t kpcr[0x200] __attribute__((aligned(64)));

void guest_bugcheck(ULONG code, ULONG64 p1, ULONG64 p2, ULONG64 p3, ULONG64 p4, const char *format, ...)
{
    (void)p1, (void)p2, (void)p3, (void)p4, (void)format;
    fprintf(stderr, "bug check %x\n", code);
    abort();
}

void guest_finding(const char *rule, const char *format, ...)
{
    fprintf(stderr, "%s: %s\n", rule, format);
    abort();
}

VOID NTAPI ExRaiseStatus(NTSTATUS Status)
{
    fprintf(stderr, "raised %x\n", (unsigned)Status);
    abort();
}

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

typedef void *take_fn(size_t bytes);
typedef void give_fn(void *p);

static void *take_malloc(size_t bytes) { return malloc(bytes); }
static void *take_calloc(size_t bytes) { return calloc(1, bytes); }
static void *take_pool(size_t bytes) { return ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, bytes, TAG); }
static void *take_zeroed(size_t bytes) { return ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, TAG); }
static void give_pool(void *p) { ExFreePoolWithTag(p, TAG); }

static double pair_ns(take_fn *take, give_fn *give, size_t bytes, unsigned batch)
{
    static void *volatile p[BATCH];
    double best = 1e18;

    for (unsigned turn = 0; turn < 3; turn++) {
        double start = now_ns(), each;

        for (unsigned i = 0; i < TURNS(bytes) / batch; i++) {
            for (unsigned n = 0; n < batch; n++)
                p[n] = take(bytes);
            for (unsigned n = 0; n < batch; n++)
                give(p[n]);
        }
        each = (now_ns() - start) / (double)(TURNS(bytes) / batch * batch);
        if (each < best)
            best = each;
    }
    return best;
}

int main(void)
{
    static const size_t sizes[] = {32, 64, 256, 1024, 4096, 65536};

    wk_pcr = kpcr;
    if (mem_start(UINT64_C(4) << 30) < 0 || mm_start() < 0)
        return 2;
    printf("%8s %6s %10s %10s %6s %10s %10s %6s\n", "bytes", "batch", "malloc", "pool", "ratio", "calloc", "zeroed", "ratio");
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (unsigned batch = 1; batch <= BATCH; batch *= BATCH) {
            double m = pair_ns(take_malloc, free, sizes[i], batch), p = pair_ns(take_pool, give_pool, sizes[i], batch);
            double c = pair_ns(take_calloc, free, sizes[i], batch), z = pair_ns(take_zeroed, give_pool, sizes[i], batch);

            printf("%8zu %6u %7.1f ns %7.1f ns %6.2f %7.1f ns %7.1f ns %6.2f\n", sizes[i], batch, m, p, p / m, c, z, z / c);
        }
    }
    return 0;
}
