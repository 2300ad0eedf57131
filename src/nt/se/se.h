/* Security for the other NT-side folders beside the DDIs: tokens of simulated users, checks against the current subject.
 * All at PASSIVE_LEVEL. */
#ifndef WK_SE_H
#define WK_SE_H

#include <stdbool.h>
#include "wdm.h"

/* The simulated users (EXE-419). */
enum se_user { SE_USER_SYSTEM, SE_USER_ADMINISTRATOR, SE_USER_STANDARD, SE_USER_SERVICE, SE_USER_ANONYMOUS, SE_USERS };
enum se_user se_user_by_name(const char *name); /* "system", "administrator", "standard", "service", "anonymous"; SE_USERS: none of them */

int se_start(void); /* after ob_start. 0 or a negative wk_err */

/* A primary token with one reference; NULL when there is no memory. */
PACCESS_TOKEN se_token_create(enum se_user user);

/* May the current subject (the thread's client, or its process) have `desired`? KernelMode: always. Generic bits are mapped first. A NULL
 * descriptor grants all. STATUS_ACCESS_DENIED, STATUS_PRIVILEGE_NOT_HELD ... */
NTSTATUS se_check_current(PSECURITY_DESCRIPTOR descriptor, ACCESS_MASK desired, const GENERIC_MAPPING *mapping, KPROCESSOR_MODE mode, ACCESS_MASK *granted);

/* A self-relative copy in paged pool, of either form; *copy is NULL for NULL. */
NTSTATUS se_copy_descriptor(PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR *copy);

#endif
