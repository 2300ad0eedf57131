/* Run-time library: lists, strings, memory, bitmaps, tables, time, version, text of addresses. */
#ifndef _WK_WDM_RTL_H
#define _WK_WDM_RTL_H

#include "base.h"
#include "../implicit.h"
#include "../crt/string.h"
#include "../crt/ctype.h"
#include "../guiddef.h"

/* EXE-057: always fatal, bug check 139 with this code. The processor traps; src/image tells which driver it was. */
#define FAST_FAIL_LEGACY_GS_VIOLATION          0
#define FAST_FAIL_VTGUARD_CHECK_FAILURE        1
#define FAST_FAIL_STACK_COOKIE_CHECK_FAILURE   2
#define FAST_FAIL_CORRUPT_LIST_ENTRY           3
#define FAST_FAIL_INCORRECT_STACK              4
#define FAST_FAIL_INVALID_ARG                  5
#define FAST_FAIL_GS_COOKIE_INIT               6
#define FAST_FAIL_FATAL_APP_EXIT               7
#define FAST_FAIL_RANGE_CHECK_FAILURE          8
#define FAST_FAIL_UNSAFE_REGISTRY_ACCESS       9
#define FAST_FAIL_GUARD_ICALL_CHECK_FAILURE    10
#define FAST_FAIL_INVALID_REFERENCE_COUNT      14
#define FAST_FAIL_INVALID_BUFFER_ACCESS        28
#define FAST_FAIL_INVALID_BALANCED_TREE        29
#ifdef WK_HOST_NT
#define RtlFailFast(code) ({ __asm__ volatile("int $0x29" : : "c"(code) : "memory"); __builtin_unreachable(); })
#else
#ifdef __cplusplus
extern "C" DECLSPEC_NORETURN void __fastfail(unsigned int code);
#else
DECLSPEC_NORETURN void __fastfail(unsigned int code);
#endif
#define RtlFailFast(code) __fastfail(code)
#endif

#include "rtl_list.h"
#include "rtl_memory.h"
#include "rtl_string.h"
#include "rtl_bitmap.h"
#include "rtl_table.h"
#include "rtl_misc.h"

#endif
