/* Security descriptors from their text (EXE-423). For wdmsec.c. */
#ifndef WK_SDDL_H
#define WK_SDDL_H

#include <ntifs.h>

/* One block of pool: the descriptor and what it points to. */
struct sddl {
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_INFORMATION parts;
};

/* STATUS_INVALID_PARAMETER: text that is not understood, all of it. *out is freed with ExFreePool. PASSIVE_LEVEL. */
NTSTATUS sddl_parse(PCUNICODE_STRING text, struct sddl **out);

#endif
