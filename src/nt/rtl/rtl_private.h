/* Shared inside src/nt/rtl. The run-time library takes no locks of its own, other than the seed's and the filter's. */
#ifndef WK_RTL_PRIVATE_H
#define WK_RTL_PRIVATE_H

#include "wdm.h"
#include "crt/stdio.h"
#include "crt/stdlib.h"
#include "ddi/guest.h"

/* errno values as Microsoft's C library has them */
#define RTL_EINVAL    22
#define RTL_ERANGE    34
#define RTL_STRUNCATE 80

#endif
