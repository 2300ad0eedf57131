/* Security for the other NT-side folders beside the DDIs: tokens of simulated users. Devices carry a descriptor once somebody sets
 * one (object.c); no other object does. All at PASSIVE_LEVEL. */
#ifndef WK_SE_H
#define WK_SE_H

#include <stdbool.h>
#include "wdm.h"

/* The simulated users (EXE-419). */
enum se_user { SE_USER_SYSTEM, SE_USER_ADMINISTRATOR, SE_USER_STANDARD, SE_USER_SERVICE, SE_USER_ANONYMOUS, SE_USERS };
enum se_user se_user_by_name(const char *name); /* "system", "administrator", "standard", "service", "anonymous"; SE_USERS: none of them */

/* A primary token with one reference; NULL when there is no memory. */
PACCESS_TOKEN se_token_create(enum se_user user);

/* May the calling application open the device? `below`: by a name below it. *access (mapped) becomes what is granted. STATUS_ACCESS_DENIED
 * and its like (EXE-304). */
NTSTATUS se_check_open(PDEVICE_OBJECT device, bool below, ACCESS_MASK *access);

#endif
