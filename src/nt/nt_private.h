/* Between the files of src/nt itself: names from the client's UTF-8. */
#ifndef WK_NT_PRIVATE_H
#define WK_NT_PRIVATE_H

#include "nt/nt.h"
#include "wdm.h"

#define NT_NAME_CHARS 512
struct nt_name {
    UNICODE_STRING text;
    WCHAR buffer[NT_NAME_CHARS];
};
/* prefix, then text from UTF-8. STATUS_NAME_TOO_LONG. */
NTSTATUS nt_name_set(struct nt_name *name, PCWSTR prefix, const char *text);

#endif
