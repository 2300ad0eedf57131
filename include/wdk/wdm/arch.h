#ifndef _WK_WDM_ARCH_H
#define _WK_WDM_ARCH_H

#include "base.h"

WK_EXTERN_C_BEGIN

WK_EXTERN_C_END

#endif
