/* Included before the headers whose GUIDs this source file shall define. */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
