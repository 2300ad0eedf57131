/* The resolve table for the image loader's resolver. Plain C types. */
#ifndef WK_DDI_FIND_H
#define WK_DDI_FIND_H

#include <stdbool.h>

/* A system module's name, without case: ntoskrnl.exe, hal.dll, netio.sys ... and the kernel's API set names. */
bool ddi_module(const char *module);
/* What an import binds to: the function (its thunk when hooks are on) or the variable; NULL when it is not implemented. */
void *ddi_bind(const char *module, const char *name);

#endif
