/* ntifs.h: ntddk.h and what file systems, filters and security code reach. */
#ifndef _NTIFS_
#define _NTIFS_
#define _NTIFS_INCLUDED_

#include "ntddk.h"

#endif
