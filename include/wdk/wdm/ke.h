#ifndef _WK_WDM_KE_H
#define _WK_WDM_KE_H

#include "base.h"

WK_EXTERN_C_BEGIN

WK_EXTERN_C_END

#endif
