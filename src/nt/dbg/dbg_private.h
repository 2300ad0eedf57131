/* Shared inside src/nt/dbg. Lock order: print.c's output lock is innermost, also below every lock of a caller. */
#ifndef WK_DBG_PRIVATE_H
#define WK_DBG_PRIVATE_H

#include "nt/dbg/dbg.h"

#endif
