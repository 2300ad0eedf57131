/* What the machine tells the run-time library. Plain C types. */
#ifndef WK_RTL_H
#define WK_RTL_H

#include <stdint.h>

/* The Windows version that every answer gives (EXE-040): RtlGetVersion, RtlVerifyVersionInfo. Default 10.0.19045. Before the first guest
 * runs. The shared page, PsGetVersion and the registry take theirs from nt_config too. */
void rtl_set_version(uint32_t major, uint32_t minor, uint32_t build);
/* "STATUS_DEVICE_NOT_READY", or NULL for a value that ntstatus.h does not name. Static. */
const char *rtl_status_name(uint32_t status);

#endif
