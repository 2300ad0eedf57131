/* Start and stop, the lock, and the host's own tables. */
#include "mem_private.h"
#include "base/err.h"
#include "host/host.h"

struct mem_state mem;

void mem_lock(void)
{
    uint32_t state = 0;

    if (__atomic_compare_exchange_n(&mem.lock, &state, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&mem.lock, 2, __ATOMIC_ACQUIRE) != 0) {
        if (host.futex_wait)
            host.futex_wait(&mem.lock, 2, UINT64_MAX);
    }
}

void mem_unlock(void)
{
    if (__atomic_exchange_n(&mem.lock, 0, __ATOMIC_RELEASE) == 2 && host.futex_wake)
        host.futex_wake(&mem.lock, 1);
}

void *mem_table(size_t bytes)
{
    uint64_t at, size = (bytes + MEM_PAGE - 1) & ~(uint64_t)(MEM_PAGE - 1);

    at = __atomic_fetch_add(&mem.table_next, size, __ATOMIC_RELAXED);
    if (at + size > MEM_TABLE_LOW + MEM_TABLE_BYTES)
        return NULL;
    if (host.protect(at, size, HOST_R | HOST_W) < 0)
        return NULL;
    return (void *)(uintptr_t)at;
}

int mem_start(uint64_t size_bytes)
{
    uint32_t total = (uint32_t)(size_bytes / MEM_PAGE), quarantine = total / 4;
    int err;

    WK_ASSERT(!mem.started);
    if (size_bytes < 16u << 20 || size_bytes > MEM_WINDOW_BYTES)
        return -WK_EINVAL;
    mem = (struct mem_state){.fd = -1, .total = total, .table_next = MEM_TABLE_LOW};
    if (quarantine > 65536)
        quarantine = 65536;
    err = host.reserve(MEM_SYSTEM_LOW, MEM_WINDOW_BYTES * 2 + MEM_TABLE_BYTES);
    if (err < 0)
        return err;
    err = host.reserve(MEM_USER_LOW, MEM_USER_BYTES);
    if (err < 0)
        goto unreserve;
    mem.fd = err = host.memfd("wskit-memory", (uint64_t)total * MEM_PAGE);
    if (err < 0)
        goto unreserve_all;
    err = host.map_fd(MEM_SYSTEM_LOW, (uint64_t)total * MEM_PAGE, mem.fd, 0, HOST_NONE);
    if (err < 0)
        goto close;
    err = -WK_ENOMEM;
    mem.page = mem_table(total * sizeof(struct mem_page));
    if (!mem.page || mem_runs_start(&mem.runs, total, quarantine) < 0 || mem_windows_start() < 0)
        goto close;
    mem.started = true;
    return 0;
close:
    host.close_fd(mem.fd);
unreserve_all:
    host.release_range(MEM_USER_LOW, MEM_USER_BYTES);
unreserve:
    host.release_range(MEM_SYSTEM_LOW, MEM_WINDOW_BYTES * 2 + MEM_TABLE_BYTES);
    return err;
}

void mem_stop(void)
{
    WK_ASSERT(mem.started);
    mem.started = false;
    host.close_fd(mem.fd);
    host.release_range(MEM_USER_LOW, MEM_USER_BYTES);
    host.release_range(MEM_SYSTEM_LOW, MEM_WINDOW_BYTES * 2 + MEM_TABLE_BYTES);
}

uint64_t mem_pages_total(void)
{
    return mem.total;
}
