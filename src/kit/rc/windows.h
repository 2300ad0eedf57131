/* As much of windows.h as resource scripts of drivers include it for. */
#ifndef _WINDOWS_
#define _WINDOWS_

#include "winver.h"

#define LANG_NEUTRAL 0x00
#define LANG_ENGLISH 0x09
#define SUBLANG_NEUTRAL 0x00
#define SUBLANG_DEFAULT 0x01
#define SUBLANG_ENGLISH_US 0x01

#endif
