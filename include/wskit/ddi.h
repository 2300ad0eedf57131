/* What this machine gives to drivers: the table behind `wskit ddi`, of every kind (style: one declaration per DDI). */
#ifndef WSKIT_DDI_H
#define WSKIT_DDI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wskit_ddi {
    const char *name;
    const char *module;    /* "ntoskrnl.exe"; NULL for callbacks and inlines */
    const char *kind;      /* "import", "slot", "callback", "data", "inline", "macro" */
    const char *irql;      /* "<= DISPATCH_LEVEL", "" when not limited */
    const char *rows;      /* "KE-031, KE-032" */
    const char *page;      /* "wdm/nf-wdm-kesetevent" */
    const char *gap;       /* what of it is missing; NULL when nothing is */
    const char *prototype; /* "" for macros */
};

size_t wskit_ddi_count(void);
/* By index, sorted by module and name; false past the end. The strings live as long as the process. */
bool wskit_ddi_at(size_t index, struct wskit_ddi *out);
/* "STATUS_ADDRESS_ALREADY_EXISTS", "IRQL_NOT_LESS_OR_EQUAL"; NULL for a number without a name here. */
const char *wskit_status_name(uint32_t status);
const char *wskit_bugcheck_name(uint32_t code);

#ifdef __cplusplus
}
#endif
#endif
