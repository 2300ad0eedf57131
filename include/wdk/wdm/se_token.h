/* Tokens, subject contexts, access checks (EXE-419 .. EXE-421). A token is opaque; what SeQueryInformationToken gives is not. */
#ifndef _WK_WDM_SE_TOKEN_H
#define _WK_WDM_SE_TOKEN_H

#include "ex.h"
#include "ob.h"
#include "se.h"

WK_EXTERN_C_BEGIN

#define TOKEN_ASSIGN_PRIMARY    0x0001
#define TOKEN_DUPLICATE         0x0002
#define TOKEN_IMPERSONATE       0x0004
#define TOKEN_QUERY             0x0008
#define TOKEN_QUERY_SOURCE      0x0010
#define TOKEN_ADJUST_PRIVILEGES 0x0020
#define TOKEN_ADJUST_GROUPS     0x0040
#define TOKEN_ADJUST_DEFAULT    0x0080
#define TOKEN_ADJUST_SESSIONID  0x0100
#define TOKEN_ALL_ACCESS        (STANDARD_RIGHTS_REQUIRED | 0x1FF)

typedef enum _TOKEN_TYPE { TokenPrimary = 1, TokenImpersonation } TOKEN_TYPE, *PTOKEN_TYPE;
typedef enum _SECURITY_IMPERSONATION_LEVEL {
    SecurityAnonymous,
    SecurityIdentification,
    SecurityImpersonation,
    SecurityDelegation
} SECURITY_IMPERSONATION_LEVEL, *PSECURITY_IMPERSONATION_LEVEL;

typedef BOOLEAN SECURITY_CONTEXT_TRACKING_MODE, *PSECURITY_CONTEXT_TRACKING_MODE;
#define SECURITY_DYNAMIC_TRACKING (TRUE)
#define SECURITY_STATIC_TRACKING  (FALSE)
typedef struct _SECURITY_QUALITY_OF_SERVICE {
    ULONG Length;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    SECURITY_CONTEXT_TRACKING_MODE ContextTrackingMode;
    BOOLEAN EffectiveOnly;
} SECURITY_QUALITY_OF_SERVICE, *PSECURITY_QUALITY_OF_SERVICE;

typedef struct _SECURITY_SUBJECT_CONTEXT { /* EXE-L94 */
    PACCESS_TOKEN ClientToken;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    PACCESS_TOKEN PrimaryToken;
    PVOID ProcessAuditId;
} SECURITY_SUBJECT_CONTEXT, *PSECURITY_SUBJECT_CONTEXT;

/* ---- privileges ---- */
typedef struct _LUID_AND_ATTRIBUTES {
    LUID Luid;
    ULONG Attributes;
} LUID_AND_ATTRIBUTES, *PLUID_AND_ATTRIBUTES;
#define SE_PRIVILEGE_ENABLED_BY_DEFAULT 0x00000001L
#define SE_PRIVILEGE_ENABLED            0x00000002L
#define SE_PRIVILEGE_REMOVED            0x00000004L
#define SE_PRIVILEGE_USED_FOR_ACCESS    0x80000000L
#define PRIVILEGE_SET_ALL_NECESSARY     1
typedef struct _PRIVILEGE_SET {
    ULONG PrivilegeCount;
    ULONG Control;
    LUID_AND_ATTRIBUTES Privilege[1];
} PRIVILEGE_SET, *PPRIVILEGE_SET;
#define INITIAL_PRIVILEGE_COUNT 3
typedef struct _INITIAL_PRIVILEGE_SET {
    ULONG PrivilegeCount;
    ULONG Control;
    LUID_AND_ATTRIBUTES Privilege[INITIAL_PRIVILEGE_COUNT];
} INITIAL_PRIVILEGE_SET, *PINITIAL_PRIVILEGE_SET;

#define SE_MIN_WELL_KNOWN_PRIVILEGE       2L
#define SE_CREATE_TOKEN_PRIVILEGE         2L
#define SE_ASSIGNPRIMARYTOKEN_PRIVILEGE   3L
#define SE_LOCK_MEMORY_PRIVILEGE          4L
#define SE_INCREASE_QUOTA_PRIVILEGE       5L
#define SE_MACHINE_ACCOUNT_PRIVILEGE      6L
#define SE_TCB_PRIVILEGE                  7L
#define SE_SECURITY_PRIVILEGE             8L
#define SE_TAKE_OWNERSHIP_PRIVILEGE       9L
#define SE_LOAD_DRIVER_PRIVILEGE          10L
#define SE_SYSTEM_PROFILE_PRIVILEGE       11L
#define SE_SYSTEMTIME_PRIVILEGE           12L
#define SE_PROF_SINGLE_PROCESS_PRIVILEGE  13L
#define SE_INC_BASE_PRIORITY_PRIVILEGE    14L
#define SE_CREATE_PAGEFILE_PRIVILEGE      15L
#define SE_CREATE_PERMANENT_PRIVILEGE     16L
#define SE_BACKUP_PRIVILEGE               17L
#define SE_RESTORE_PRIVILEGE              18L
#define SE_SHUTDOWN_PRIVILEGE             19L
#define SE_DEBUG_PRIVILEGE                20L
#define SE_AUDIT_PRIVILEGE                21L
#define SE_SYSTEM_ENVIRONMENT_PRIVILEGE   22L
#define SE_CHANGE_NOTIFY_PRIVILEGE        23L
#define SE_REMOTE_SHUTDOWN_PRIVILEGE      24L
#define SE_UNDOCK_PRIVILEGE               25L
#define SE_SYNC_AGENT_PRIVILEGE           26L
#define SE_ENABLE_DELEGATION_PRIVILEGE    27L
#define SE_MANAGE_VOLUME_PRIVILEGE        28L
#define SE_IMPERSONATE_PRIVILEGE          29L
#define SE_CREATE_GLOBAL_PRIVILEGE        30L
#define SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE 31L
#define SE_RELABEL_PRIVILEGE              32L
#define SE_INC_WORKING_SET_PRIVILEGE      33L
#define SE_TIME_ZONE_PRIVILEGE            34L
#define SE_CREATE_SYMBOLIC_LINK_PRIVILEGE 35L
#define SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE 36L
#define SE_MAX_WELL_KNOWN_PRIVILEGE       SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE

/* ---- what SeQueryInformationToken gives ---- */
typedef enum _TOKEN_INFORMATION_CLASS {
    TokenUser = 1,
    TokenGroups,
    TokenPrivileges,
    TokenOwner,
    TokenPrimaryGroup,
    TokenDefaultDacl,
    TokenSource,
    TokenType,
    TokenImpersonationLevel,
    TokenStatistics,
    TokenRestrictedSids,
    TokenSessionId,
    TokenGroupsAndPrivileges,
    TokenSessionReference,
    TokenSandBoxInert,
    TokenAuditPolicy,
    TokenOrigin,
    TokenElevationType,
    TokenLinkedToken,
    TokenElevation,
    TokenHasRestrictions,
    TokenAccessInformation,
    TokenVirtualizationAllowed,
    TokenVirtualizationEnabled,
    TokenIntegrityLevel,
    TokenUIAccess,
    TokenMandatoryPolicy,
    TokenLogonSid,
    TokenIsAppContainer
} TOKEN_INFORMATION_CLASS, *PTOKEN_INFORMATION_CLASS;

typedef struct _SID_AND_ATTRIBUTES {
    PSID Sid;
    ULONG Attributes;
} SID_AND_ATTRIBUTES, *PSID_AND_ATTRIBUTES;
#define SE_GROUP_MANDATORY          0x00000001L
#define SE_GROUP_ENABLED_BY_DEFAULT 0x00000002L
#define SE_GROUP_ENABLED            0x00000004L
#define SE_GROUP_OWNER              0x00000008L
#define SE_GROUP_USE_FOR_DENY_ONLY  0x00000010L
#define SE_GROUP_INTEGRITY          0x00000020L
#define SE_GROUP_INTEGRITY_ENABLED  0x00000040L
typedef struct _TOKEN_USER {
    SID_AND_ATTRIBUTES User;
} TOKEN_USER, *PTOKEN_USER;
typedef struct _TOKEN_GROUPS {
    ULONG GroupCount;
    SID_AND_ATTRIBUTES Groups[1];
} TOKEN_GROUPS, *PTOKEN_GROUPS;
typedef struct _TOKEN_PRIVILEGES {
    ULONG PrivilegeCount;
    LUID_AND_ATTRIBUTES Privileges[1];
} TOKEN_PRIVILEGES, *PTOKEN_PRIVILEGES;
typedef struct _TOKEN_OWNER {
    PSID Owner;
} TOKEN_OWNER, *PTOKEN_OWNER;
typedef struct _TOKEN_PRIMARY_GROUP {
    PSID PrimaryGroup;
} TOKEN_PRIMARY_GROUP, *PTOKEN_PRIMARY_GROUP;
typedef struct _TOKEN_DEFAULT_DACL {
    PACL DefaultDacl;
} TOKEN_DEFAULT_DACL, *PTOKEN_DEFAULT_DACL;
typedef struct _TOKEN_SOURCE {
    CHAR SourceName[8];
    LUID SourceIdentifier;
} TOKEN_SOURCE, *PTOKEN_SOURCE;
typedef struct _TOKEN_STATISTICS {
    LUID TokenId;
    LUID AuthenticationId;
    LARGE_INTEGER ExpirationTime;
    TOKEN_TYPE TokenType;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    ULONG DynamicCharged;
    ULONG DynamicAvailable;
    ULONG GroupCount;
    ULONG PrivilegeCount;
    LUID ModifiedId;
} TOKEN_STATISTICS, *PTOKEN_STATISTICS;
typedef struct _TOKEN_MANDATORY_LABEL {
    SID_AND_ATTRIBUTES Label;
} TOKEN_MANDATORY_LABEL, *PTOKEN_MANDATORY_LABEL;

#define SYSTEM_LUID          {0x3E7, 0x0}
#define ANONYMOUS_LOGON_LUID {0x3E6, 0x0}
#define LOCALSERVICE_LUID    {0x3E5, 0x0}
#define NETWORKSERVICE_LUID  {0x3E4, 0x0}

/* ---- EXE-419: tokens ---- */
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-psreferenceprimarytoken") _IRQL_requires_max_(PASSIVE_LEVEL)
PACCESS_TOKEN NTAPI PsReferencePrimaryToken(_Inout_ PEPROCESS Process);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-psdereferenceprimarytoken") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI PsDereferencePrimaryToken(_In_ PACCESS_TOKEN PrimaryToken);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-psreferenceimpersonationtoken") _IRQL_requires_max_(PASSIVE_LEVEL)
PACCESS_TOKEN NTAPI PsReferenceImpersonationToken(_Inout_ PETHREAD Thread, _Out_ PBOOLEAN CopyOnOpen, _Out_ PBOOLEAN EffectiveOnly,
                                                  _Out_ PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-psdereferenceimpersonationtoken") _IRQL_requires_max_(APC_LEVEL)
VOID NTAPI PsDereferenceImpersonationToken(_In_ PACCESS_TOKEN ImpersonationToken);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-psimpersonateclient") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI PsImpersonateClient(_Inout_ PETHREAD Thread, _In_opt_ PACCESS_TOKEN Token, _In_ BOOLEAN CopyOnOpen, _In_ BOOLEAN EffectiveOnly,
                                   _In_ SECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-psreverttoself") _IRQL_requires_max_(PASSIVE_LEVEL) VOID NTAPI PsRevertToSelf(VOID);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-psisthreadimpersonating") BOOLEAN NTAPI PsIsThreadImpersonating(_In_ PETHREAD Thread);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-sequeryauthenticationidtoken") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI SeQueryAuthenticationIdToken(_In_ PACCESS_TOKEN Token, _Out_ PLUID AuthenticationId);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-sequerysessionidtoken") _IRQL_requires_max_(APC_LEVEL)
NTSTATUS NTAPI SeQuerySessionIdToken(_In_ PACCESS_TOKEN Token, _Out_ PULONG SessionId);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-sequeryinformationtoken") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
DDI_GAP("the page's classes and TokenElevation; TokenRestrictedSids, TokenGroupsAndPrivileges, TokenAccessInformation and the others: STATUS_INVALID_INFO_CLASS")
NTSTATUS NTAPI SeQueryInformationToken(_In_ PACCESS_TOKEN Token, _In_ TOKEN_INFORMATION_CLASS TokenInformationClass, _Outptr_ PVOID *TokenInformation);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-setokentype") _IRQL_requires_max_(APC_LEVEL) TOKEN_TYPE NTAPI SeTokenType(_In_ PACCESS_TOKEN Token);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-setokenisadmin") _IRQL_requires_max_(APC_LEVEL) BOOLEAN NTAPI SeTokenIsAdmin(_In_ PACCESS_TOKEN Token);
DDI(ntoskrnl, "EXE-419", "ntifs/nf-ntifs-setokenisrestricted") _IRQL_requires_max_(APC_LEVEL)
DDI_GAP("always FALSE: no simulated user has restricting SIDs")
BOOLEAN NTAPI SeTokenIsRestricted(_In_ PACCESS_TOKEN Token);

/* ---- EXE-420: subject contexts ---- */
DDI(ntoskrnl, "EXE-420", "wdm/nf-wdm-secapturesubjectcontext") _IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI SeCaptureSubjectContext(_Out_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
DDI(ntoskrnl, "EXE-420", "wdm/nf-wdm-selocksubjectcontext") _IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI SeLockSubjectContext(_In_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
DDI(ntoskrnl, "EXE-420", "wdm/nf-wdm-seunlocksubjectcontext") _IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI SeUnlockSubjectContext(_In_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
DDI(ntoskrnl, "EXE-420", "wdm/nf-wdm-sereleasesubjectcontext") _IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI SeReleaseSubjectContext(_Inout_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
DDI_MACRO(SeQuerySubjectContextToken, "EXE-420", "ntifs/nf-ntifs-sequerysubjectcontexttoken")
#define SeQuerySubjectContextToken(SubjectContext)                                                                     \
    (((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->ClientToken ? ((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->ClientToken \
                                                                : ((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->PrimaryToken)

/* ---- EXE-421: checks ---- */
DDI(ntoskrnl, "EXE-421", "wdm/nf-wdm-seaccesscheck") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
DDI_GAP("object ACEs and restricted SIDs are not looked at")
BOOLEAN NTAPI SeAccessCheck(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                            _In_ BOOLEAN SubjectContextLocked, _In_ ACCESS_MASK DesiredAccess, _In_ ACCESS_MASK PreviouslyGrantedAccess,
                            _Outptr_opt_ PPRIVILEGE_SET *Privileges, _In_ PGENERIC_MAPPING GenericMapping, _In_ KPROCESSOR_MODE AccessMode,
                            _Out_ PACCESS_MASK GrantedAccess, _Out_ PNTSTATUS AccessStatus);
DDI(ntoskrnl, "EXE-421", "ntifs/nf-ntifs-sefreeprivileges") _IRQL_requires_max_(PASSIVE_LEVEL) VOID NTAPI SeFreePrivileges(_In_ PPRIVILEGE_SET Privileges);
DDI(ntoskrnl, "EXE-421", "ntifs/nf-ntifs-seprivilegecheck") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI SePrivilegeCheck(_Inout_ PPRIVILEGE_SET RequiredPrivileges, _In_ PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                               _In_ KPROCESSOR_MODE AccessMode);
DDI(ntoskrnl, "EXE-421", "ntddk/nf-ntddk-sesingleprivilegecheck") _IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_
BOOLEAN NTAPI SeSinglePrivilegeCheck(_In_ LUID PrivilegeValue, _In_ KPROCESSOR_MODE PreviousMode);
DDI(ntoskrnl, "EXE-422", "wdm/nf-wdm-sevalidsecuritydescriptor") _IRQL_requires_max_(PASSIVE_LEVEL)
BOOLEAN NTAPI SeValidSecurityDescriptor(_In_ ULONG Length, _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
DDI(ntoskrnl, "EXE-422", "wdm/nf-wdm-seassignsecurity") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI SeAssignSecurity(_In_opt_ PSECURITY_DESCRIPTOR ParentDescriptor, _In_opt_ PSECURITY_DESCRIPTOR ExplicitDescriptor,
                                _Out_ PSECURITY_DESCRIPTOR *NewDescriptor, _In_ BOOLEAN IsDirectoryObject, _In_ PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                _In_ PGENERIC_MAPPING GenericMapping, _In_ POOL_TYPE PoolType);
DDI(ntoskrnl, "EXE-422", "wdm/nf-wdm-sedeassignsecurity") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI SeDeassignSecurity(_Inout_ PSECURITY_DESCRIPTOR *SecurityDescriptor);
DDI(ntoskrnl, "EXE-422", "") DDI_GAP("an application's descriptor (UserMode): STATUS_NOT_SUPPORTED") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI SeCaptureSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR OriginalSecurityDescriptor, _In_ KPROCESSOR_MODE CurrentMode, _In_ POOL_TYPE PoolType,
                                           _In_ BOOLEAN CaptureIfKernel, _Outptr_ PSECURITY_DESCRIPTOR *CapturedSecurityDescriptor);
DDI(ntoskrnl, "EXE-422", "") _IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI SeReleaseSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR CapturedSecurityDescriptor, _In_ KPROCESSOR_MODE CurrentMode,
                                           _In_ BOOLEAN CaptureIfKernel);

/* ---- EXE-422, EXE-L96: what the kernel knows by name ---- */
typedef struct _SE_EXPORTS {
    LUID SeCreateTokenPrivilege;
    LUID SeAssignPrimaryTokenPrivilege;
    LUID SeLockMemoryPrivilege;
    LUID SeIncreaseQuotaPrivilege;
    LUID SeUnsolicitedInputPrivilege;
    LUID SeTcbPrivilege;
    LUID SeSecurityPrivilege;
    LUID SeTakeOwnershipPrivilege;
    LUID SeLoadDriverPrivilege;
    LUID SeCreatePagefilePrivilege;
    LUID SeIncreaseBasePriorityPrivilege;
    LUID SeSystemProfilePrivilege;
    LUID SeSystemtimePrivilege;
    LUID SeProfileSingleProcessPrivilege;
    LUID SeCreatePermanentPrivilege;
    LUID SeBackupPrivilege;
    LUID SeRestorePrivilege;
    LUID SeShutdownPrivilege;
    LUID SeDebugPrivilege;
    LUID SeAuditPrivilege;
    LUID SeSystemEnvironmentPrivilege;
    LUID SeChangeNotifyPrivilege;
    LUID SeRemoteShutdownPrivilege;
    PSID SeNullSid;
    PSID SeWorldSid;
    PSID SeLocalSid;
    PSID SeCreatorOwnerSid;
    PSID SeCreatorGroupSid;
    PSID SeNtAuthoritySid;
    PSID SeDialupSid;
    PSID SeNetworkSid;
    PSID SeBatchSid;
    PSID SeInteractiveSid;
    PSID SeLocalSystemSid;
    PSID SeAliasAdminsSid;
    PSID SeAliasUsersSid;
    PSID SeAliasGuestsSid;
    PSID SeAliasPowerUsersSid;
    PSID SeAliasAccountOpsSid;
    PSID SeAliasSystemOpsSid;
    PSID SeAliasPrintOpsSid;
    PSID SeAliasBackupOpsSid;
    PSID SeAuthenticatedUsersSid;
    PSID SeRestrictedSid;
    PSID SeAnonymousLogonSid;
    LUID SeUndockPrivilege;
    LUID SeSyncAgentPrivilege;
    LUID SeEnableDelegationPrivilege;
    PSID SeLocalServiceSid;
    PSID SeNetworkServiceSid;
    LUID SeManageVolumePrivilege;
    LUID SeImpersonatePrivilege;
    LUID SeCreateGlobalPrivilege;
    LUID SeTrustedCredManAccessPrivilege;
    LUID SeRelabelPrivilege;
    LUID SeIncreaseWorkingSetPrivilege;
    LUID SeTimeZonePrivilege;
    LUID SeCreateSymbolicLinkPrivilege;
    PSID SeIUserSid;
    PSID SeUntrustedMandatorySid;
    PSID SeLowMandatorySid;
    PSID SeMediumMandatorySid;
    PSID SeHighMandatorySid;
    PSID SeSystemMandatorySid;
    PSID SeOwnerRightsSid;
    PSID SeAllAppPackagesSid;
    PSID SeUserModeDriversSid;
    PSID SeProcTrustWinTcbSid;
    PSID SeTrustedInstallerSid;
    LUID SeDelegateSessionUserImpersonatePrivilege;
    PSID SeAppSiloSid;
    PSID SeAppSiloVolumeRootMinimalCapabilitySid;
    PSID SeAppSiloProfilesRootMinimalCapabilitySid;
} SE_EXPORTS, *PSE_EXPORTS;
DDI_DATA(ntoskrnl, "EXE-422", "ntifs/ns-ntifs-_se_exports")
DDI_GAP("SeProcTrustWinTcbSid and the three SeAppSilo SIDs are NULL: no page tells their values") extern PSE_EXPORTS SeExports;

WK_EXTERN_C_END

#endif
