/* The functions behind the `host` table, one group per file. */
#ifndef WK_HOST_PRIVATE_H
#define WK_HOST_PRIVATE_H

#include "host/host.h"

int host_err(int error); /* errno as a negative wk_err */

/* thread.c */
int host_thread_create(struct host_thread **out, void (*fn)(void *), void *ctx, void *stack, size_t bytes, const char *name);
void host_thread_join(struct host_thread *thread);
void host_thread_detach(struct host_thread *thread);
int host_thread_stack(uint64_t *low, uint64_t *high);
int host_set_gs_base(uint64_t base);
int host_futex_wait(const uint32_t *word, uint32_t expected, uint64_t deadline_ns);
void host_futex_wake(const uint32_t *word, unsigned count);
void host_yield(void);
unsigned host_cpu_count(void);

/* clock.c */
uint64_t host_clock_ns(void);
uint64_t host_wall_100ns(void);
int host_utc_offset_s(void);
int host_random(void *out, size_t bytes);

/* file.c */
int host_read_file(const char *path, void **data, size_t *bytes);
void host_release(void *data);

/* below.c */
int host_folder(const char *path);
int host_open_below(int folder, const char *path, unsigned how);
int host_make_folder(int folder, const char *path);
int host_remove_below(int folder, const char *path, bool is_folder);
int host_rename_below(int folder, const char *from, const char *to, bool replace);
int host_file_info(int fd, struct host_file_info *out);
int host_file_times(int fd, int64_t accessed, int64_t written);
int host_file_readonly(int fd, bool readonly);
int64_t host_file_read(int fd, void *data, size_t bytes, uint64_t offset);
int64_t host_file_write(int fd, const void *data, size_t bytes, uint64_t offset);
int host_file_resize(int fd, uint64_t bytes);
int host_file_sync(int fd);
int host_list_folder(int fd, bool (*each)(void *ctx, const char *name), void *ctx);

/* self.c: the function of our executable that holds the address (as the file has it, without the load bias). */
bool host_self_function(uint64_t address, char *name, size_t room, uint64_t *distance);

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
