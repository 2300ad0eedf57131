/* The run-time library's routines over SIDs, ACLs and security descriptors (EXE-422). None checks its pointers. */
#ifndef _WK_WDM_SE_RTL_H
#define _WK_WDM_SE_RTL_H

#include "se.h"

WK_EXTERN_C_BEGIN

/* ---- SIDs ---- */
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtllengthrequiredsid") _IRQL_requires_max_(APC_LEVEL)
ULONG NTAPI RtlLengthRequiredSid(_In_ ULONG SubAuthorityCount);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlinitializesid") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlInitializeSid(_Out_ PSID Sid, _In_ PSID_IDENTIFIER_AUTHORITY IdentifierAuthority, _In_ UCHAR SubAuthorityCount);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlsubauthoritysid") _IRQL_requires_max_(APC_LEVEL)
PULONG NTAPI RtlSubAuthoritySid(_In_ PSID Sid, _In_ ULONG SubAuthority);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlsubauthoritycountsid") _IRQL_requires_max_(APC_LEVEL)
PUCHAR NTAPI RtlSubAuthorityCountSid(_In_ PSID Sid);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtllengthsid") _IRQL_requires_max_(APC_LEVEL)
ULONG NTAPI RtlLengthSid(_In_ PSID Sid);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlvalidsid") _IRQL_requires_max_(APC_LEVEL)
BOOLEAN NTAPI RtlValidSid(_In_ PSID Sid);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlequalsid") _IRQL_requires_max_(APC_LEVEL)
BOOLEAN NTAPI RtlEqualSid(_In_ PSID Sid1, _In_ PSID Sid2);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlequalprefixsid") _IRQL_requires_max_(APC_LEVEL)
BOOLEAN NTAPI RtlEqualPrefixSid(_In_ PSID Sid1, _In_ PSID Sid2);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlcopysid") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlCopySid(_In_ ULONG DestinationSidLength, _Out_ PSID DestinationSid, _In_ PSID SourceSid);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlconvertsidtounicodestring") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlConvertSidToUnicodeString(_Inout_ PUNICODE_STRING UnicodeString, _In_ PSID Sid, _In_ BOOLEAN AllocateDestinationString);

/* ---- ACLs ---- */
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlcreateacl") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlCreateAcl(_Out_ PACL Acl, _In_ ULONG AclLength, _In_ ULONG AclRevision);
DDI(ntoskrnl, "EXE-422", "") _IRQL_requires_max_(APC_LEVEL) BOOLEAN NTAPI RtlValidAcl(_In_ PACL Acl);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtladdaccessallowedace") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlAddAccessAllowedAce(_Inout_ PACL Acl, _In_ ULONG AceRevision, _In_ ACCESS_MASK AccessMask, _In_ PSID Sid);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtladdaccessallowedaceex") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlAddAccessAllowedAceEx(_Inout_ PACL Acl, _In_ ULONG AceRevision, _In_ ULONG AceFlags, _In_ ACCESS_MASK AccessMask, _In_ PSID Sid);
DDI(ntoskrnl, "EXE-422", "") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlAddAccessDeniedAce(_Inout_ PACL Acl, _In_ ULONG AceRevision, _In_ ACCESS_MASK AccessMask, _In_ PSID Sid);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtladdace") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlAddAce(_Inout_ PACL Acl, _In_ ULONG AceRevision, _In_ ULONG StartingAceIndex, _In_ PVOID AceList, _In_ ULONG AceListLength);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlgetace") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlGetAce(_In_ PACL Acl, _In_ ULONG AceIndex, _Outptr_ PVOID *Ace);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtldeleteace") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlDeleteAce(_Inout_ PACL Acl, _In_ ULONG AceIndex);

/* ---- security descriptors ---- */
DDI(ntoskrnl, "EXE-422", "wdm/nf-wdm-rtlcreatesecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlCreateSecurityDescriptor(_Out_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ ULONG Revision);
DDI(ntoskrnl, "EXE-422", "wdm/nf-wdm-rtlvalidsecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
BOOLEAN NTAPI RtlValidSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
DDI(ntoskrnl, "EXE-422", "wdm/nf-wdm-rtlvalidrelativesecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
BOOLEAN NTAPI RtlValidRelativeSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptorInput, _In_ ULONG SecurityDescriptorLength,
                                                 _In_ SECURITY_INFORMATION RequiredInformation);
DDI(ntoskrnl, "EXE-422", "wdm/nf-wdm-rtllengthsecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
ULONG NTAPI RtlLengthSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
DDI(ntoskrnl, "EXE-422", "wdm/nf-wdm-rtlsetdaclsecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ BOOLEAN DaclPresent, _In_opt_ PACL Dacl,
                                            _In_opt_ BOOLEAN DaclDefaulted);
DDI(ntoskrnl, "EXE-422", "") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ BOOLEAN SaclPresent, _In_opt_ PACL Sacl,
                                            _In_opt_ BOOLEAN SaclDefaulted);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlsetownersecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID Owner, _In_opt_ BOOLEAN OwnerDefaulted);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlsetgroupsecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_opt_ PSID Group, _In_opt_ BOOLEAN GroupDefaulted);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlgetdaclsecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _Out_ PBOOLEAN DaclPresent, _Out_ PACL *Dacl,
                                            _Out_ PBOOLEAN DaclDefaulted);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlgetsaclsecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlGetSaclSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _Out_ PBOOLEAN SaclPresent, _Out_ PACL *Sacl,
                                            _Out_ PBOOLEAN SaclDefaulted);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlgetownersecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _Out_ PSID *Owner, _Out_ PBOOLEAN OwnerDefaulted);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlgetgroupsecuritydescriptor") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _Out_ PSID *Group, _Out_ PBOOLEAN GroupDefaulted);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlabsolutetoselfrelativesd") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(_In_ PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor, _Out_opt_ PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                           _Inout_ PULONG BufferLength);
DDI(ntoskrnl, "EXE-422", "ntifs/nf-ntifs-rtlselfrelativetoabsolutesd") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI RtlSelfRelativeToAbsoluteSD(_In_ PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor, _Out_opt_ PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                           _Inout_ PULONG AbsoluteSecurityDescriptorSize, _Out_opt_ PACL Dacl, _Inout_ PULONG DaclSize,
                                           _Out_opt_ PACL Sacl, _Inout_ PULONG SaclSize, _Out_opt_ PSID Owner, _Inout_ PULONG OwnerSize,
                                           _Out_opt_ PSID PrimaryGroup, _Inout_ PULONG PrimaryGroupSize);

/* ---- access masks ---- */
DDI(ntoskrnl, "EXE-421", "ntddk/nf-ntddk-rtlmapgenericmask") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI RtlMapGenericMask(_Inout_ PACCESS_MASK AccessMask, _In_ const GENERIC_MAPPING *GenericMapping);
DDI(ntoskrnl, "EXE-421", "") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlAreAllAccessesGranted(_In_ ACCESS_MASK GrantedAccess, _In_ ACCESS_MASK DesiredAccess);
DDI(ntoskrnl, "EXE-421", "") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlAreAnyAccessesGranted(_In_ ACCESS_MASK GrantedAccess, _In_ ACCESS_MASK DesiredAccess);

WK_EXTERN_C_END

#endif
