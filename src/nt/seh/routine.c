/* MmGetSystemRoutineAddress (EXE-037): exactly what an import of the kernel would bind to. */
#include "ddi/find.h"
#include "seh_private.h"

PVOID NTAPI MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName)
{
    USHORT count = SystemRoutineName->Length / sizeof(WCHAR);
    char name[128];

    if (!count || count >= sizeof(name))
        return NULL;
    for (USHORT i = 0; i < count; i++) {
        if (SystemRoutineName->Buffer[i] < 0x20 || SystemRoutineName->Buffer[i] > 0x7E)
            return NULL;
        name[i] = (char)SystemRoutineName->Buffer[i];
    }
    name[count] = 0;
    return ddi_bind("ntoskrnl.exe", name);
}
