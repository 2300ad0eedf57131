/* The table of everything the machine asks of Linux (host.h). A test swaps entries to make a call fail. */
#include "host/host_private.h"

struct host_ops host = {
    .memfd = host_memfd,
    .reserve = host_reserve,
    .map_fd = host_map_fd,
    .unmap = host_unmap,
    .release_range = host_release_range,
    .protect = host_protect,
    .discard = host_discard,
    .close_fd = host_close_fd,
};
