/* The functions behind the `host` table, one group per file. */
#ifndef WK_HOST_PRIVATE_H
#define WK_HOST_PRIVATE_H

#include "host/host.h"

int host_err(int error); /* errno as a negative wk_err */

/* pages.c */
int host_memfd(const char *name, uint64_t bytes);
int host_reserve(uint64_t at, uint64_t bytes);
int host_map_fd(uint64_t at, uint64_t bytes, int fd, uint64_t offset, unsigned prot);
int host_unmap(uint64_t at, uint64_t bytes);
void host_release_range(uint64_t at, uint64_t bytes);
int host_protect(uint64_t at, uint64_t bytes, unsigned prot);
int host_discard(int fd, uint64_t offset, uint64_t bytes);
void host_close_fd(int fd);

#endif
