/* The registry in memory: what other folders may do with it beside the DDIs. */
#ifndef WK_CM_H
#define WK_CM_H

#include <stdint.h>
#include "wdm.h"

/* After ob_start and rtl_set_version, on an NT thread: makes \Registry and what a driver expects there (EXE-530). 0 or a negative wk_err. */
int cm_start(void);
void cm_stop(void);
/* Sets a value, making every key on the way. name NULL: makes the key alone. An NTSTATUS. PASSIVE_LEVEL. */
uint32_t cm_set(PCUNICODE_STRING key_path, PCUNICODE_STRING name, ULONG type, const void *data, SIZE_T bytes);
/* The same for callers with literals, u"\\Registry\\Machine\\..."; strings with their terminator. */
uint32_t cm_set_string(PCWSTR key_path, PCWSTR name, PCWSTR value);
uint32_t cm_set_dword(PCWSTR key_path, PCWSTR name, ULONG value);
/* A copy of a value in pool (ExFreePool), NULL when there is none. */
PVOID cm_get(PCUNICODE_STRING key_path, PCUNICODE_STRING name, ULONG *type, ULONG *bytes);

#endif
