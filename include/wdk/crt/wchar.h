/* <wchar.h> for kernel mode. */
#ifndef _INC_WCHAR
#define _INC_WCHAR

#include "string.h"
#include "stdio.h"
#include "stdlib.h"
#include "ctype.h"

#endif
