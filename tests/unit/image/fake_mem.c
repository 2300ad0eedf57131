/* The functions of mem.h and one of host.h that the image loader calls, over malloc: so that a sanitizer sees a read or a write
 * outside the image, and so that the loader's tests need no machine. */
#include <stdlib.h>
#include <string.h>

#include "host/host.h"
#include "host/symbolize.h"
#include "memory/mem.h"

void *mem_alloc(size_t pages, enum mem_kind kind, const void *owner)
{
    void *p = pages <= 4096 ? aligned_alloc(MEM_PAGE, pages * MEM_PAGE) : NULL; /* 16 MB: a mutated SizeOfImage may be huge */

    if (p)
        memset(p, 0, pages * MEM_PAGE);
    return p;
}

void *mem_alloc_within(size_t pages, enum mem_kind kind, const void *owner, uint64_t pfn_low, uint64_t pfn_high, uint64_t boundary_pages)
{
    return NULL;
}

uint64_t mem_pages_total(void)
{
    return 0;
}

uint64_t mem_pfn(const void *va)
{
    return 0;
}

void mem_free(void *base, size_t pages)
{
    free(base);
}

int mem_protect(void *base, size_t pages, enum mem_prot prot)
{
    return (uintptr_t)base % MEM_PAGE ? -1 : 0;
}

static int fixed_random(void *out, size_t bytes)
{
    memset(out, 0x5A, bytes);
    return 0;
}

bool host_symbolize_self(uint64_t address, char *text, size_t bytes)
{
    return false;
}

bool host_symbolize_pe(const char *path, const uint64_t *addresses, unsigned count, char (*texts)[HOST_SYMBOL_BYTES])
{
    return false;
}

struct host_ops host = {.random = fixed_random};
