/* The table of everything the machine asks of Linux (host.h). A test swaps entries to make a call fail. */
#include "host/host_private.h"

struct host_ops host = {
    .thread_create = host_thread_create,
    .thread_join = host_thread_join,
    .thread_detach = host_thread_detach,
    .thread_stack = host_thread_stack,
    .futex_wait = host_futex_wait,
    .futex_wake = host_futex_wake,
    .yield = host_yield,
    .set_gs_base = host_set_gs_base,
    .cpu_count = host_cpu_count,
    .clock_ns = host_clock_ns,
    .wall_100ns = host_wall_100ns,
    .utc_offset_s = host_utc_offset_s,
    .random = host_random,
    .read_file = host_read_file,
    .release = host_release,
    .memfd = host_memfd,
    .reserve = host_reserve,
    .map_fd = host_map_fd,
    .unmap = host_unmap,
    .release_range = host_release_range,
    .protect = host_protect,
    .discard = host_discard,
    .close_fd = host_close_fd,
};
