/* dontuse.h: drivers include it last, so that the compiler tells of string functions without a size. That is MSVC's
 * `#pragma deprecated`, for which clang has no like; the ones that such drivers mean (strcpy, sprintf, ...) are in ntstrsafe.h
 * in a form with a size. Declares nothing. */
#ifndef _WK_DONTUSE_H
#define _WK_DONTUSE_H
#endif
