/* Between the files of src/machine. Plain C types. */
#ifndef WK_MACHINE_PRIVATE_H
#define WK_MACHINE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nt_file;
struct wskit_file;
/* True: the thread was foreign and is adopted; machine_leave undoes it. */
bool machine_enter(void);
void machine_leave(bool adopted);
struct nt_driver;
struct wskit_driver;
struct nt_driver *machine_driver(struct wskit_driver *driver);
struct nt_file *machine_file(struct wskit_file *file);

unsigned machine_host_cpus(void);
/* The border's checks on or off; before the first image. */
void machine_set_hooks(bool on);
/* "dir/echosrv.sys" -> "echosrv" */
void machine_service_name(const char *path, char *out, size_t bytes);
/* "Port=40007" ... into the service's Parameters key. 0 or an NTSTATUS with a message. An adopted thread. */
uint32_t machine_set_parameters(const char *service, const char *const *parameters, char *message, size_t bytes);
/* UTF-16 without a terminator; how many units there are, also when they do not fit. */
size_t machine_utf16(const char *text, uint16_t *out, size_t room);

#endif
