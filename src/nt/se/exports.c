/* SeExports (EXE-422, EXE-L96): the privileges and SIDs that the kernel knows by name. */
#include "se_private.h"

#define SID1(name, authority, a)                                                                                       \
    static struct {                                                                                                    \
        UCHAR revision, count, value[6];                                                                               \
        ULONG sub[1];                                                                                                  \
    } name = {SID_REVISION, 1, {0, 0, 0, 0, 0, authority}, {a}}
#define SID2(name, authority, a, b)                                                                                    \
    static struct {                                                                                                    \
        UCHAR revision, count, value[6];                                                                               \
        ULONG sub[2];                                                                                                  \
    } name = {SID_REVISION, 2, {0, 0, 0, 0, 0, authority}, {a, b}}
#define BUILTIN(name, rid) SID2(name, 5, SECURITY_BUILTIN_DOMAIN_RID, rid)

SID1(null_sid, 0, SECURITY_NULL_RID);
SID1(world, 1, SECURITY_WORLD_RID);
SID1(local, 2, SECURITY_LOCAL_RID);
SID1(creator_owner, 3, SECURITY_CREATOR_OWNER_RID);
SID1(creator_group, 3, SECURITY_CREATOR_GROUP_RID);
SID1(owner_rights, 3, SECURITY_CREATOR_OWNER_RIGHTS_RID);
SID1(dialup, 5, SECURITY_DIALUP_RID);
SID1(network, 5, SECURITY_NETWORK_RID);
SID1(batch, 5, SECURITY_BATCH_RID);
SID1(interactive, 5, SECURITY_INTERACTIVE_RID);
SID1(anonymous, 5, SECURITY_ANONYMOUS_LOGON_RID);
SID1(authenticated, 5, SECURITY_AUTHENTICATED_USER_RID);
SID1(restricted, 5, SECURITY_RESTRICTED_CODE_RID);
SID1(iuser, 5, SECURITY_IUSER_RID);
SID1(local_system, 5, SECURITY_LOCAL_SYSTEM_RID);
SID1(local_service, 5, SECURITY_LOCAL_SERVICE_RID);
SID1(network_service, 5, SECURITY_NETWORK_SERVICE_RID);
BUILTIN(admins, DOMAIN_ALIAS_RID_ADMINS);
BUILTIN(users, DOMAIN_ALIAS_RID_USERS);
BUILTIN(guests, DOMAIN_ALIAS_RID_GUESTS);
BUILTIN(power_users, DOMAIN_ALIAS_RID_POWER_USERS);
BUILTIN(account_ops, DOMAIN_ALIAS_RID_ACCOUNT_OPS);
BUILTIN(system_ops, DOMAIN_ALIAS_RID_SYSTEM_OPS);
BUILTIN(print_ops, DOMAIN_ALIAS_RID_PRINT_OPS);
BUILTIN(backup_ops, DOMAIN_ALIAS_RID_BACKUP_OPS);
SID2(all_packages, 15, 2, 1);
SID1(untrusted_label, 16, SECURITY_MANDATORY_UNTRUSTED_RID);
SID1(low_label, 16, SECURITY_MANDATORY_LOW_RID);
SID1(medium_label, 16, SECURITY_MANDATORY_MEDIUM_RID);
SID1(high_label, 16, SECURITY_MANDATORY_HIGH_RID);
SID1(system_label, 16, SECURITY_MANDATORY_SYSTEM_RID);
/* NT AUTHORITY itself, S-1-5; and NT SERVICE\TrustedInstaller. */
static struct {
    UCHAR revision, count, value[6];
} nt_authority __attribute__((aligned(4))) = {SID_REVISION, 0, {0, 0, 0, 0, 0, 5}};
static struct {
    UCHAR revision, count, value[6];
    ULONG sub[6];
} user_mode_drivers = {SID_REVISION, 6, {0, 0, 0, 0, 0, 5}, {84, 0, 0, 0, 0, 0}},
  trusted_installer = {SID_REVISION, 6, {0, 0, 0, 0, 0, 5}, {80, 956008885, 3418522649, 1831038044, 1853292631, 2271478464}};

#define PRIVILEGE(number) {number, 0}

/* SIDs of silos and of process trust stay NULL: no page tells them (DDI_GAP). */
static SE_EXPORTS exports = {
    .SeCreateTokenPrivilege = PRIVILEGE(SE_CREATE_TOKEN_PRIVILEGE),
    .SeAssignPrimaryTokenPrivilege = PRIVILEGE(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE),
    .SeLockMemoryPrivilege = PRIVILEGE(SE_LOCK_MEMORY_PRIVILEGE),
    .SeIncreaseQuotaPrivilege = PRIVILEGE(SE_INCREASE_QUOTA_PRIVILEGE),
    .SeUnsolicitedInputPrivilege = PRIVILEGE(6),
    .SeTcbPrivilege = PRIVILEGE(SE_TCB_PRIVILEGE),
    .SeSecurityPrivilege = PRIVILEGE(SE_SECURITY_PRIVILEGE),
    .SeTakeOwnershipPrivilege = PRIVILEGE(SE_TAKE_OWNERSHIP_PRIVILEGE),
    .SeLoadDriverPrivilege = PRIVILEGE(SE_LOAD_DRIVER_PRIVILEGE),
    .SeCreatePagefilePrivilege = PRIVILEGE(SE_CREATE_PAGEFILE_PRIVILEGE),
    .SeIncreaseBasePriorityPrivilege = PRIVILEGE(SE_INC_BASE_PRIORITY_PRIVILEGE),
    .SeSystemProfilePrivilege = PRIVILEGE(SE_SYSTEM_PROFILE_PRIVILEGE),
    .SeSystemtimePrivilege = PRIVILEGE(SE_SYSTEMTIME_PRIVILEGE),
    .SeProfileSingleProcessPrivilege = PRIVILEGE(SE_PROF_SINGLE_PROCESS_PRIVILEGE),
    .SeCreatePermanentPrivilege = PRIVILEGE(SE_CREATE_PERMANENT_PRIVILEGE),
    .SeBackupPrivilege = PRIVILEGE(SE_BACKUP_PRIVILEGE),
    .SeRestorePrivilege = PRIVILEGE(SE_RESTORE_PRIVILEGE),
    .SeShutdownPrivilege = PRIVILEGE(SE_SHUTDOWN_PRIVILEGE),
    .SeDebugPrivilege = PRIVILEGE(SE_DEBUG_PRIVILEGE),
    .SeAuditPrivilege = PRIVILEGE(SE_AUDIT_PRIVILEGE),
    .SeSystemEnvironmentPrivilege = PRIVILEGE(SE_SYSTEM_ENVIRONMENT_PRIVILEGE),
    .SeChangeNotifyPrivilege = PRIVILEGE(SE_CHANGE_NOTIFY_PRIVILEGE),
    .SeRemoteShutdownPrivilege = PRIVILEGE(SE_REMOTE_SHUTDOWN_PRIVILEGE),
    .SeNullSid = &null_sid,
    .SeWorldSid = &world,
    .SeLocalSid = &local,
    .SeCreatorOwnerSid = &creator_owner,
    .SeCreatorGroupSid = &creator_group,
    .SeNtAuthoritySid = &nt_authority,
    .SeDialupSid = &dialup,
    .SeNetworkSid = &network,
    .SeBatchSid = &batch,
    .SeInteractiveSid = &interactive,
    .SeLocalSystemSid = &local_system,
    .SeAliasAdminsSid = &admins,
    .SeAliasUsersSid = &users,
    .SeAliasGuestsSid = &guests,
    .SeAliasPowerUsersSid = &power_users,
    .SeAliasAccountOpsSid = &account_ops,
    .SeAliasSystemOpsSid = &system_ops,
    .SeAliasPrintOpsSid = &print_ops,
    .SeAliasBackupOpsSid = &backup_ops,
    .SeAuthenticatedUsersSid = &authenticated,
    .SeRestrictedSid = &restricted,
    .SeAnonymousLogonSid = &anonymous,
    .SeUndockPrivilege = PRIVILEGE(SE_UNDOCK_PRIVILEGE),
    .SeSyncAgentPrivilege = PRIVILEGE(SE_SYNC_AGENT_PRIVILEGE),
    .SeEnableDelegationPrivilege = PRIVILEGE(SE_ENABLE_DELEGATION_PRIVILEGE),
    .SeLocalServiceSid = &local_service,
    .SeNetworkServiceSid = &network_service,
    .SeManageVolumePrivilege = PRIVILEGE(SE_MANAGE_VOLUME_PRIVILEGE),
    .SeImpersonatePrivilege = PRIVILEGE(SE_IMPERSONATE_PRIVILEGE),
    .SeCreateGlobalPrivilege = PRIVILEGE(SE_CREATE_GLOBAL_PRIVILEGE),
    .SeTrustedCredManAccessPrivilege = PRIVILEGE(SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE),
    .SeRelabelPrivilege = PRIVILEGE(SE_RELABEL_PRIVILEGE),
    .SeIncreaseWorkingSetPrivilege = PRIVILEGE(SE_INC_WORKING_SET_PRIVILEGE),
    .SeTimeZonePrivilege = PRIVILEGE(SE_TIME_ZONE_PRIVILEGE),
    .SeCreateSymbolicLinkPrivilege = PRIVILEGE(SE_CREATE_SYMBOLIC_LINK_PRIVILEGE),
    .SeIUserSid = &iuser,
    .SeUntrustedMandatorySid = &untrusted_label,
    .SeLowMandatorySid = &low_label,
    .SeMediumMandatorySid = &medium_label,
    .SeHighMandatorySid = &high_label,
    .SeSystemMandatorySid = &system_label,
    .SeOwnerRightsSid = &owner_rights,
    .SeAllAppPackagesSid = &all_packages,
    .SeUserModeDriversSid = &user_mode_drivers,
    .SeTrustedInstallerSid = &trusted_installer,
    .SeDelegateSessionUserImpersonatePrivilege = PRIVILEGE(SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE),
};
PSE_EXPORTS SeExports = &exports;

_Static_assert(FIELD_OFFSET(SE_EXPORTS, SeNullSid) == 0xB8 && FIELD_OFFSET(SE_EXPORTS, SeLocalSystemSid) == 0x108, "EXE-L96");
