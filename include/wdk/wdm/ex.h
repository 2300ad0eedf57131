/* The executive's part of wdm.h: pool, lookaside lists, interlocked lists, locks, work items, callback objects. */
#ifndef _WK_WDM_EX_H
#define _WK_WDM_EX_H

#include "ex_slist.h"
#include "ex_pool.h"
#include "ex_lookaside.h"
#include "ex_lock.h"
#include "ex_work.h"

#endif
