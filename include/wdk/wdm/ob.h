/* Objects: references, handles, names, symbolic links (EXE-400 .. EXE-406). */
#ifndef _WK_WDM_OB_H
#define _WK_WDM_OB_H

#include "base.h"
#include "arch.h"
#include "se.h"

WK_EXTERN_C_BEGIN

/* ---- the types that drivers name: *IoFileObjectType is the type ---- */
DDI_DATA(ntoskrnl, "EXE-403", "wdm/nf-wdm-obreferenceobjectbyhandle") extern POBJECT_TYPE IoFileObjectType;
DDI_DATA(ntoskrnl, "EXE-403", "") extern POBJECT_TYPE IoDriverObjectType;
DDI_DATA(ntoskrnl, "EXE-403", "") extern POBJECT_TYPE IoDeviceObjectType;
DDI_DATA(ntoskrnl, "EXE-403 EXE-418", "wdm/nf-wdm-obreferenceobjectbyhandle") extern POBJECT_TYPE ExEventObjectType;
DDI_DATA(ntoskrnl, "EXE-403", "wdm/nf-wdm-obreferenceobjectbyhandle") extern POBJECT_TYPE ExSemaphoreObjectType;
DDI_DATA(ntoskrnl, "EXE-403", "wdm/nf-wdm-obreferenceobjectbyhandle") extern POBJECT_TYPE PsThreadType;
DDI_DATA(ntoskrnl, "EXE-403", "wdm/nf-wdm-obreferenceobjectbyhandle") extern POBJECT_TYPE PsProcessType;
DDI_DATA(ntoskrnl, "EXE-403 EXE-419", "wdm/nf-wdm-obreferenceobjectbyhandle") extern POBJECT_TYPE SeTokenObjectType;
DDI_DATA(ntoskrnl, "EXE-403 EXE-531", "wdm/nf-wdm-obreferenceobjectbyhandle") extern POBJECT_TYPE CmKeyObjectType;
#if !defined(WK_HOST_NT) && !defined(WK_DDIGEN)
/* The import slot holds the variable's address, which is what a driver reads under this name. */
#define IoFileObjectType      (&IoFileObjectType)
#define IoDriverObjectType    (&IoDriverObjectType)
#define IoDeviceObjectType    (&IoDeviceObjectType)
#define ExEventObjectType     (&ExEventObjectType)
#define ExSemaphoreObjectType (&ExSemaphoreObjectType)
#define PsThreadType          (&PsThreadType)
#define PsProcessType         (&PsProcessType)
#define SeTokenObjectType     (&SeTokenObjectType)
#define CmKeyObjectType       (&CmKeyObjectType)
#endif

typedef struct _OBJECT_HANDLE_INFORMATION {
    ULONG HandleAttributes;
    ACCESS_MASK GrantedAccess;
} OBJECT_HANDLE_INFORMATION, *POBJECT_HANDLE_INFORMATION;

typedef struct _OBJECT_NAME_INFORMATION {
    UNICODE_STRING Name;
} OBJECT_NAME_INFORMATION, *POBJECT_NAME_INFORMATION;

#define DIRECTORY_QUERY               0x0001
#define DIRECTORY_TRAVERSE            0x0002
#define DIRECTORY_CREATE_OBJECT       0x0004
#define DIRECTORY_CREATE_SUBDIRECTORY 0x0008
#define DIRECTORY_ALL_ACCESS          (STANDARD_RIGHTS_REQUIRED | 0xF)
#define SYMBOLIC_LINK_QUERY           0x0001
#define SYMBOLIC_LINK_ALL_ACCESS      (STANDARD_RIGHTS_REQUIRED | 0x1)

/* ---- EXE-400: references ---- */
DDI(ntoskrnl, "EXE-400 EXE-747 EXE-I02", "wdm/nf-wdm-obfreferenceobject") _IRQL_requires_max_(DISPATCH_LEVEL)
LONG_PTR FASTCALL ObfReferenceObject(_In_ PVOID Object);
DDI(ntoskrnl, "EXE-400 EXE-747", "wdm/nf-wdm-obreferenceobjectwithtag") _IRQL_requires_max_(DISPATCH_LEVEL)
LONG_PTR FASTCALL ObfReferenceObjectWithTag(_In_ PVOID Object, _In_ ULONG Tag);
DDI(ntoskrnl, "EXE-400 EXE-747 EXE-I02", "wdm/nf-wdm-obdereferenceobject") _IRQL_requires_max_(DISPATCH_LEVEL)
LONG_PTR FASTCALL ObfDereferenceObject(_In_ PVOID Object);
DDI(ntoskrnl, "EXE-400 EXE-747", "wdm/nf-wdm-obdereferenceobjectwithtag") _IRQL_requires_max_(DISPATCH_LEVEL)
LONG_PTR FASTCALL ObfDereferenceObjectWithTag(_In_ PVOID Object, _In_ ULONG Tag);
DDI(ntoskrnl, "EXE-400", "wdm/nf-wdm-obdereferenceobjectdeferdelete") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ObDereferenceObjectDeferDelete(_In_ PVOID Object);
DDI(ntoskrnl, "EXE-400", "wdm/nf-wdm-obdereferenceobjectdeferdeletewithtag") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI ObDereferenceObjectDeferDeleteWithTag(_In_ PVOID Object, _In_ ULONG Tag);
DDI(ntoskrnl, "EXE-400", "wdm/nf-wdm-obreferenceobjectsafe") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI ObReferenceObjectSafe(_In_ PVOID Object);
DDI_MACRO(ObReferenceObject, "EXE-400 EXE-I02", "wdm/nf-wdm-obreferenceobject")
#define ObReferenceObject(Object)                ObfReferenceObject(Object)
DDI_MACRO(ObReferenceObjectWithTag, "EXE-400", "wdm/nf-wdm-obreferenceobjectwithtag")
#define ObReferenceObjectWithTag(Object, Tag)    ObfReferenceObjectWithTag(Object, Tag)
DDI_MACRO(ObDereferenceObject, "EXE-400 EXE-I02", "wdm/nf-wdm-obdereferenceobject")
#define ObDereferenceObject(Object)              ObfDereferenceObject(Object)
DDI_MACRO(ObDereferenceObjectWithTag, "EXE-400", "wdm/nf-wdm-obdereferenceobjectwithtag")
#define ObDereferenceObjectWithTag(Object, Tag)  ObfDereferenceObjectWithTag(Object, Tag)

/* ---- EXE-403, EXE-404: handles ---- */
DDI(ntoskrnl, "EXE-403 EXE-401", "wdm/nf-wdm-obreferenceobjectbyhandle") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI ObReferenceObjectByHandle(_In_ HANDLE Handle, _In_ ACCESS_MASK DesiredAccess, _In_opt_ POBJECT_TYPE ObjectType,
                                         _In_ KPROCESSOR_MODE AccessMode, _Out_ PVOID *Object,
                                         _Out_opt_ POBJECT_HANDLE_INFORMATION HandleInformation);
DDI(ntoskrnl, "EXE-403", "wdm/nf-wdm-obreferenceobjectbyhandlewithtag") _IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI ObReferenceObjectByHandleWithTag(_In_ HANDLE Handle, _In_ ACCESS_MASK DesiredAccess, _In_opt_ POBJECT_TYPE ObjectType,
                                                _In_ KPROCESSOR_MODE AccessMode, _In_ ULONG Tag, _Out_ PVOID *Object,
                                                _Out_opt_ POBJECT_HANDLE_INFORMATION HandleInformation);
DDI(ntoskrnl, "EXE-404", "wdm/nf-wdm-obreferenceobjectbypointer") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI ObReferenceObjectByPointer(_In_ PVOID Object, _In_ ACCESS_MASK DesiredAccess, _In_opt_ POBJECT_TYPE ObjectType,
                                          _In_ KPROCESSOR_MODE AccessMode);
DDI(ntoskrnl, "EXE-404", "wdm/nf-wdm-obreferenceobjectbypointerwithtag") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI ObReferenceObjectByPointerWithTag(_In_ PVOID Object, _In_ ACCESS_MASK DesiredAccess, _In_opt_ POBJECT_TYPE ObjectType,
                                                 _In_ KPROCESSOR_MODE AccessMode, _In_ ULONG Tag);
DDI(ntoskrnl, "EXE-404", "ntifs/nf-ntifs-obopenobjectbypointer") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI ObOpenObjectByPointer(_In_ PVOID Object, _In_ ULONG HandleAttributes, _In_opt_ PACCESS_STATE PassedAccessState,
                                     _In_ ACCESS_MASK DesiredAccess, _In_opt_ POBJECT_TYPE ObjectType, _In_ KPROCESSOR_MODE AccessMode,
                                     _Out_ PHANDLE Handle);
DDI(ntoskrnl, "EXE-402", "wdm/nf-wdm-obclosehandle") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI ObCloseHandle(_In_ HANDLE Handle, _In_ KPROCESSOR_MODE PreviousMode);
DDI(ntoskrnl, "EXE-404", "ntifs/nf-ntifs-obquerynamestring") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
NTSTATUS NTAPI ObQueryNameString(_In_ PVOID Object, _Out_opt_ POBJECT_NAME_INFORMATION ObjectNameInfo, _In_ ULONG Length,
                                 _Out_ PULONG ReturnLength);
DDI(ntoskrnl, "EXE-404", "ntifs/nf-ntifs-obmaketemporaryobject") _IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI ObMakeTemporaryObject(_In_ PVOID Object);

/* ---- EXE-405: symbolic links ---- */
DDI(ntoskrnl, "EXE-405 EXE-306", "wdm/nf-wdm-iocreatesymboliclink") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI IoCreateSymbolicLink(_In_ PUNICODE_STRING SymbolicLinkName, _In_ PUNICODE_STRING DeviceName);
DDI(ntoskrnl, "EXE-405 EXE-306", "ntddk/nf-ntddk-iocreateunprotectedsymboliclink") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI IoCreateUnprotectedSymbolicLink(_In_ PUNICODE_STRING SymbolicLinkName, _In_ PUNICODE_STRING DeviceName);
DDI(ntoskrnl, "EXE-405 EXE-306", "wdm/nf-wdm-iodeletesymboliclink") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI IoDeleteSymbolicLink(_In_ PUNICODE_STRING SymbolicLinkName);

WK_EXTERN_C_END

#endif
