/* ntddk.h: wdm.h and what only non-WDM drivers reach. The parts in wdm/ hold both, so nothing is left to add but names. */
#ifndef _NTDDK_
#define _NTDDK_
#define _NTDDK_INCLUDED_

#include "wdm.h"

#endif
