/* Structured exception handling, the compiler's side: what __try, __except and __finally need in a source file. */
#ifndef _INC_EXCPT
#define _INC_EXCPT

#include "ntdef.h"

WK_EXTERN_C_BEGIN

typedef enum _EXCEPTION_DISPOSITION {
    ExceptionContinueExecution,
    ExceptionContinueSearch,
    ExceptionNestedException,
    ExceptionCollidedUnwind
} EXCEPTION_DISPOSITION;

#define EXCEPTION_EXECUTE_HANDLER    1
#define EXCEPTION_CONTINUE_SEARCH    0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#if !defined(__cplusplus) && !defined(WK_HOST_NT)
#define try     __try
#define except  __except
#define finally __finally
#define leave   __leave
#endif

#ifndef WK_HOST_NT
unsigned long __cdecl _exception_code(void);
void *__cdecl _exception_info(void);
int __cdecl _abnormal_termination(void);

#define GetExceptionCode            _exception_code
#define exception_code              _exception_code
#define GetExceptionInformation     (struct _EXCEPTION_POINTERS *)_exception_info
#define exception_info              (struct _EXCEPTION_POINTERS *)_exception_info
#define AbnormalTermination         _abnormal_termination
#define abnormal_termination        _abnormal_termination
#endif

WK_EXTERN_C_END

#endif
