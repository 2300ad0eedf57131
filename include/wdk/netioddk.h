/* The Network Module Registrar: clients and providers of a Network Programming Interface find each other. Rows: docs/spec/nmr.md. */
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

/* What a module says of itself. The other side is given this very address (NMR-012). */
typedef struct _NPI_REGISTRATION_INSTANCE {
    USHORT Version;
    USHORT Size;
    PNPIID NpiId;
    PNPI_MODULEID ModuleId;
    ULONG Number;
    const void *NpiSpecificCharacteristics;
} NPI_REGISTRATION_INSTANCE;
typedef const NPI_REGISTRATION_INSTANCE *PNPI_REGISTRATION_INSTANCE;

/* ---- the client's routines ---- */
DDI_CALLBACK("NMR-022 NMR-023", "netioddk/nc-netioddk-npi_client_attach_provider_fn")
_IRQL_requires_(PASSIVE_LEVEL) _Must_inspect_result_
typedef NTSTATUS (NTAPI NPI_CLIENT_ATTACH_PROVIDER_FN)(_In_ HANDLE NmrBindingHandle, _In_ PVOID ClientContext,
                                                       _In_ PNPI_REGISTRATION_INSTANCE ProviderRegistrationInstance);
typedef NPI_CLIENT_ATTACH_PROVIDER_FN *PNPI_CLIENT_ATTACH_PROVIDER_FN;

DDI_CALLBACK("NMR-044", "netioddk/nc-netioddk-npi_client_detach_provider_fn")
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
typedef NTSTATUS (NTAPI NPI_CLIENT_DETACH_PROVIDER_FN)(_In_ PVOID ClientBindingContext);
typedef NPI_CLIENT_DETACH_PROVIDER_FN *PNPI_CLIENT_DETACH_PROVIDER_FN;

DDI_CALLBACK("NMR-049", "netioddk/nc-netioddk-npi_client_cleanup_binding_context_fn")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID (NTAPI NPI_CLIENT_CLEANUP_BINDING_CONTEXT_FN)(_In_ PVOID ClientBindingContext);
typedef NPI_CLIENT_CLEANUP_BINDING_CONTEXT_FN *PNPI_CLIENT_CLEANUP_BINDING_CONTEXT_FN;

/* ---- the provider's ---- */
DDI_CALLBACK("NMR-025", "netioddk/nc-netioddk-npi_provider_attach_client_fn")
_IRQL_requires_(PASSIVE_LEVEL) _Must_inspect_result_
typedef NTSTATUS (NTAPI NPI_PROVIDER_ATTACH_CLIENT_FN)(_In_ HANDLE NmrBindingHandle, _In_ PVOID ProviderContext,
                                                       _In_ PNPI_REGISTRATION_INSTANCE ClientRegistrationInstance,
                                                       _In_ PVOID ClientBindingContext, _In_ const VOID *ClientDispatch,
                                                       _Outptr_ PVOID *ProviderBindingContext, _Outptr_ const VOID **ProviderDispatch);
typedef NPI_PROVIDER_ATTACH_CLIENT_FN *PNPI_PROVIDER_ATTACH_CLIENT_FN;

DDI_CALLBACK("NMR-044", "netioddk/nc-netioddk-npi_provider_detach_client_fn")
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
typedef NTSTATUS (NTAPI NPI_PROVIDER_DETACH_CLIENT_FN)(_In_ PVOID ProviderBindingContext);
typedef NPI_PROVIDER_DETACH_CLIENT_FN *PNPI_PROVIDER_DETACH_CLIENT_FN;

DDI_CALLBACK("NMR-049", "netioddk/nc-netioddk-npi_provider_cleanup_binding_context_fn")
_IRQL_requires_max_(DISPATCH_LEVEL)
typedef VOID (NTAPI NPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN)(_In_ PVOID ProviderBindingContext);
typedef NPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN *PNPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN;

typedef struct _NPI_CLIENT_CHARACTERISTICS {
    USHORT Version;
    USHORT Length;
    PNPI_CLIENT_ATTACH_PROVIDER_FN ClientAttachProvider;
    PNPI_CLIENT_DETACH_PROVIDER_FN ClientDetachProvider;
    PNPI_CLIENT_CLEANUP_BINDING_CONTEXT_FN ClientCleanupBindingContext; /* may be NULL */
    NPI_REGISTRATION_INSTANCE ClientRegistrationInstance;
} NPI_CLIENT_CHARACTERISTICS;
typedef const NPI_CLIENT_CHARACTERISTICS *PNPI_CLIENT_CHARACTERISTICS;

typedef struct _NPI_PROVIDER_CHARACTERISTICS {
    USHORT Version;
    USHORT Length;
    PNPI_PROVIDER_ATTACH_CLIENT_FN ProviderAttachClient;
    PNPI_PROVIDER_DETACH_CLIENT_FN ProviderDetachClient;
    PNPI_PROVIDER_CLEANUP_BINDING_CONTEXT_FN ProviderCleanupBindingContext; /* may be NULL */
    NPI_REGISTRATION_INSTANCE ProviderRegistrationInstance;
} NPI_PROVIDER_CHARACTERISTICS;
typedef const NPI_PROVIDER_CHARACTERISTICS *PNPI_PROVIDER_CHARACTERISTICS;

/* ---- registration ---- */
DDI(netio, "NMR-007", "netioddk/nf-netioddk-nmrregisterclient")
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI NmrRegisterClient(_In_ PNPI_CLIENT_CHARACTERISTICS ClientCharacteristics, _In_opt_ PVOID ClientContext, _Out_ PHANDLE NmrClientHandle);

DDI(netio, "NMR-008", "netioddk/nf-netioddk-nmrregisterprovider")
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI NmrRegisterProvider(_In_ PNPI_PROVIDER_CHARACTERISTICS ProviderCharacteristics, _In_opt_ PVOID ProviderContext,
                                   _Out_ PHANDLE NmrProviderHandle);

DDI(netio, "NMR-042", "netioddk/nf-netioddk-nmrderegisterclient")
_IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI NmrDeregisterClient(_In_ HANDLE NmrClientHandle);

DDI(netio, "NMR-042", "netioddk/nf-netioddk-nmrderegisterprovider")
_IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS NTAPI NmrDeregisterProvider(_In_ HANDLE NmrProviderHandle);

DDI(netio, "NMR-052", "netioddk/nf-netioddk-nmrwaitforclientderegistercomplete")
_IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI NmrWaitForClientDeregisterComplete(_In_ HANDLE NmrClientHandle);

DDI(netio, "NMR-052", "netioddk/nf-netioddk-nmrwaitforproviderderegistercomplete")
_IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI NmrWaitForProviderDeregisterComplete(_In_ HANDLE NmrProviderHandle);

/* ---- bindings ---- */
DDI(netio, "NMR-024", "netioddk/nf-netioddk-nmrclientattachprovider")
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI NmrClientAttachProvider(_In_ HANDLE NmrBindingHandle, _In_opt_ PVOID ClientBindingContext, _In_opt_ const VOID *ClientDispatch,
                                       _Out_ PVOID *ProviderBindingContext, _Out_ const VOID **ProviderDispatch);

DDI(netio, "NMR-047", "netioddk/nf-netioddk-nmrclientdetachprovidercomplete")
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NmrClientDetachProviderComplete(_In_ HANDLE NmrBindingHandle);

DDI(netio, "NMR-047", "netioddk/nf-netioddk-nmrproviderdetachclientcomplete")
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI NmrProviderDetachClientComplete(_In_ HANDLE NmrBindingHandle);

FORCEINLINE BOOLEAN NmrIsEqualNpiid(PNPIID a, PNPIID b)
{
    const ULONGLONG *x = (const ULONGLONG *)(const void *)a;
    const ULONGLONG *y = (const ULONGLONG *)(const void *)b;

    return (BOOLEAN)(x[0] == y[0] && x[1] == y[1]);
}

DDI_INLINE("NMR-002", "netioddk/ns-netioddk-_npi_registration_instance")
FORCEINLINE BOOLEAN NmrIsEqualNpiModuleId(_In_ PNPI_MODULEID ModuleId1, _In_ PNPI_MODULEID ModuleId2)
{
    if (ModuleId1->Type != ModuleId2->Type)
        return FALSE;
    if (ModuleId1->Type == MIT_GUID)
        return NmrIsEqualNpiid(&ModuleId1->Guid, &ModuleId2->Guid);
    return (BOOLEAN)(ModuleId1->Type == MIT_IF_LUID && ModuleId1->IfLuid.LowPart == ModuleId2->IfLuid.LowPart &&
                     ModuleId1->IfLuid.HighPart == ModuleId2->IfLuid.HighPart);
}

WK_EXTERN_C_END

#endif
