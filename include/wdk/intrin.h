/* The compiler's intrinsics as drivers know them. Found before clang's own intrin.h, which needs a C library and leaves
 * out the privileged ones (EXE-067). */
#ifndef _WK_INTRIN_H
#define _WK_INTRIN_H

#include "wdm/arch.h"

#endif
