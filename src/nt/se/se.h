/* Security for the other NT-side folders beside the DDIs: tokens of simulated users. No object of ours carries a descriptor, so nobody but
 * drivers checks one (SeAccessCheck). All at PASSIVE_LEVEL. */
#ifndef WK_SE_H
#define WK_SE_H

#include <stdbool.h>
#include "wdm.h"

/* The simulated users (EXE-419). */
enum se_user { SE_USER_SYSTEM, SE_USER_ADMINISTRATOR, SE_USER_STANDARD, SE_USER_SERVICE, SE_USER_ANONYMOUS, SE_USERS };
enum se_user se_user_by_name(const char *name); /* "system", "administrator", "standard", "service", "anonymous"; SE_USERS: none of them */

/* A primary token with one reference; NULL when there is no memory. */
PACCESS_TOKEN se_token_create(enum se_user user);

#endif
