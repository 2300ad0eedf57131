/* wdm.h: the kernel as drivers see it, one part of it per file in wdm/. */
#ifndef _WDMDDK_
#define _WDMDDK_

#include "wdm/base.h"
#include "wdm/arch.h"
#include "wdm/seh.h"
#include "wdm/ke.h"
#include "wdm/ex.h"
#include "wdm/mm.h"
#include "wdm/ob.h"
#include "wdm/se.h"
#include "wdm/se_token.h"
#include "wdm/io.h"
#include "wdm/ps.h"
#include "wdm/rtl.h"
#include "wdm/zw.h"
#include "wdm/zw_file.h"
#include "wdm/zw_info.h"
#include "wdm/dbg.h"
#include "wdm/etw.h"
#include "wdm/pnp.h"
#include "wdm/po.h"

#endif
