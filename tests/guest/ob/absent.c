/* Rows of the executive's other imports of which nothing is there; a driver that imports them is told so at its load (EXE-009). */
#include "wkt.h"

TODO_ROW(EXE_263, "sections are not there: ZwCreateSection and its like are missing imports");
TODO_ROW(EXE_267, "ZwAllocateVirtualMemory is not there");
TODO_ROW(EXE_402, "no 0x93 with the handle check on; a handle that is closed twice is a finding (EXE-748, handle.c)");
TODO_ROW(EXE_574, "an image that unloads with a record of its own is not seen; registration and the calls are tested in tests/cli");
TODO_ROW(EXE_580, "wpprecorder.sys is not there");
TODO_ROW(EXE_582, "IoWriteErrorLogEntry prints a line that no test can read back (EXE-334 tests its checks); NdisWriteErrorLogEntry is not there");
TODO_ROW(EXE_583, "MmIsDriverVerifying and its like are not there");
TODO_ROW(EXE_616, "the kit has no aux_klib library");
TODO_ROW(EXE_617, "wdfldr.sys is not there");
TODO_ROW(EXE_620, "the counter and the stall are tested (EXE-137, EXE-174); the other leftovers of the HAL are not there");
TODO_ROW(EXE_621, "each part has tests of its own; none puts that load on all of them at once");
TODO_ROW(EXE_781, "checksums and signatures are not enforced; an image that is loaded already is tested by tests/guest/io/zwfile.c");
TODO_ROW(EXE_794, "notify routines are not there");
