/* Where DbgPrint's text goes and which of it is shown. Plain C types; called by nt_start and the machine. */
#ifndef WK_DBG_H
#define WK_DBG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text of one call, at most 512 bytes, not terminated. Called with the order lock held, at the guest's IRQL: may write, must not park or
 * call a guest. NULL: nowhere. Before the first guest runs. */
void dbg_set_sink(void (*sink)(void *ctx, const char *text, size_t bytes), void *ctx);
/* Sends text past the filter, as from the kernel itself. Any IRQL. */
void dbg_write(const char *text, size_t bytes);
/* The filter mask of a component by its registry name ("IHVNETWORK", "WIN2000"); false when there is none such (EXE-570). */
bool dbg_set_mask(const char *component, uint32_t mask);
/* Real systems hide DbgPrint (DEFAULT, INFO) unless the filter says otherwise; wskit shows it unless strict (EXE-571). */
void dbg_set_strict(bool strict);
/* After an assertion's text: break (STATUS_BREAKPOINT, the default) or go on (EXE-474). */
void dbg_set_assert_continues(bool go_on);
/* The last 4 KB of text, oldest first; returns the bytes stored. */
size_t dbg_history(char *text, size_t bytes);

#endif
