/* Control-flow guard (BLD-008) and the load config directory, which tells Windows and our loader where the cookie is.
 * lld fills the __guard_* symbols at link time; the two function pointers are what the loader replaces where the machine
 * checks indirect calls. */
#include "kit.h"

extern char __guard_fids_table, __guard_fids_count, __guard_flags, __guard_iat_table, __guard_iat_count;
extern char __guard_longjmp_table, __guard_longjmp_count, __guard_eh_cont_table, __guard_eh_cont_count;

/* The call's target is in rcx; every other register is the caller's. */
static __attribute__((naked)) void guard_check(void)
{
    __asm__("ret");
}

/* The call's target is in rax. */
static __attribute__((naked)) void guard_dispatch(void)
{
    __asm__("jmp *%rax");
}

#pragma section(".00cfg", read)
__declspec(allocate(".00cfg")) void (*const __guard_check_icall_fptr)(void) = guard_check;
__declspec(allocate(".00cfg")) void (*const __guard_dispatch_icall_fptr)(void) = guard_dispatch;

/* IMAGE_LOAD_CONFIG_DIRECTORY64 as of Windows 11 (0x140 bytes); only what a driver has is filled. */
struct load_config {
    unsigned size, timestamp;
    unsigned short major, minor;
    unsigned flags_clear, flags_set, critical_section_timeout;
    unsigned long long decommit_free_block, decommit_total_free, lock_prefix_table, maximum_allocation, virtual_memory_threshold,
        process_affinity;
    unsigned process_heap_flags;
    unsigned short csd_version, dependent_load_flags;
    unsigned long long edit_list;
    void *security_cookie;
    void *se_handler_table;
    unsigned long long se_handler_count;
    const void *guard_check, *guard_dispatch;
    void *guard_fids;
    void *guard_fids_count;
    void *guard_flags;   /* 32 bits of the value, then the code integrity record, zero */
    unsigned code_integrity[2];
    void *guard_iat, *guard_iat_count, *guard_longjmp, *guard_longjmp_count;
    void *dynamic_value_reloc_table, *chpe_metadata, *guard_rf_failure, *guard_rf_failure_pointer;
    unsigned dynamic_value_reloc_offset;
    unsigned short dynamic_value_reloc_section, reserved2;
    void *guard_rf_verify_stack;
    unsigned hot_patch_offset, reserved3;
    void *enclave, *volatile_metadata, *guard_eh_cont, *guard_eh_cont_count;
    void *guard_xfg_check, *guard_xfg_dispatch, *guard_xfg_table_dispatch, *cast_guard_failure_mode, *guard_memcpy;
};
_Static_assert(sizeof(struct load_config) == 0x140, "IMAGE_LOAD_CONFIG_DIRECTORY64");

const struct load_config _load_config_used = {
    .size = sizeof(struct load_config),
    .security_cookie = &__security_cookie,
    .guard_check = &__guard_check_icall_fptr,
    .guard_dispatch = &__guard_dispatch_icall_fptr,
    .guard_fids = &__guard_fids_table,
    .guard_fids_count = &__guard_fids_count,
    .guard_flags = &__guard_flags,
    .guard_iat = &__guard_iat_table,
    .guard_iat_count = &__guard_iat_count,
    .guard_longjmp = &__guard_longjmp_table,
    .guard_longjmp_count = &__guard_longjmp_count,
    .guard_eh_cont = &__guard_eh_cont_table,
    .guard_eh_cont_count = &__guard_eh_cont_count,
};
