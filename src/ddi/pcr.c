/* The calling thread's KPCR (arch.h). It is here because all of NT above reads it; ke gives it its value (thread.c). */
#include "wdm.h"

__thread UCHAR *wk_pcr;
