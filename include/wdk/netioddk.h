/* Types of the Network Module Registrar. WSK uses the identifiers (WSK-015, WSK-188); the registrar's functions are not here yet. */
#ifndef _NETIODDK_
#define _NETIODDK_

#include "wdm.h"

WK_EXTERN_C_BEGIN

typedef GUID NPIID;
typedef const NPIID *PNPIID;

typedef enum _NPI_MODULEID_TYPE { MIT_GUID = 1, MIT_IF_LUID } NPI_MODULEID_TYPE;

typedef struct _NPI_MODULEID {
    USHORT Length;
    NPI_MODULEID_TYPE Type;
    union {
        GUID Guid;
        LUID IfLuid;
    };
} NPI_MODULEID;
typedef const NPI_MODULEID *PNPI_MODULEID;

typedef struct _NPI_REGISTRATION_INSTANCE {
    USHORT Version;
    USHORT Size;
    PNPIID NpiId;
    PNPI_MODULEID ModuleId;
    ULONG Number;
    const void *NpiSpecificCharacteristics;
} NPI_REGISTRATION_INSTANCE;
typedef const NPI_REGISTRATION_INSTANCE *PNPI_REGISTRATION_INSTANCE;

FORCEINLINE BOOLEAN NmrIsEqualNpiid(PNPIID a, PNPIID b)
{
    const ULONGLONG *x = (const ULONGLONG *)(const void *)a;
    const ULONGLONG *y = (const ULONGLONG *)(const void *)b;

    return (BOOLEAN)(x[0] == y[0] && x[1] == y[1]);
}

WK_EXTERN_C_END

#endif
