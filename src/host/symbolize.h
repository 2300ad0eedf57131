/* Names for addresses, for reports. Plain C types. Both may block and start a child process. */
#ifndef WK_HOST_SYMBOLIZE_H
#define WK_HOST_SYMBOLIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The function and line of an address of this very process (code of wskit): "KeSetEvent+0x12". false when nothing is known. */
bool host_symbolize_self(uint64_t address, char *text, size_t bytes);
#define HOST_SYMBOL_BYTES 320

/* "OnReceive (server.c:88)" for each of `count` addresses from the PDB or DWARF of the PE file at path; "" where nothing is known. address: as if
 * loaded at its preferred base. false when llvm-symbolizer or the symbols are missing; then texts are not written. */
bool host_symbolize_pe(const char *path, const uint64_t *addresses, unsigned count, char (*texts)[HOST_SYMBOL_BYTES]);

#endif
