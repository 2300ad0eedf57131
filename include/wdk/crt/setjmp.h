/* <setjmp.h> for kernel mode (EXE-095). Compilers call _setjmp or _setjmpex with the frame of the function as a second argument; a longjmp to
 * there runs the __finally blocks on the way. */
#ifndef _INC_SETJMP
#define _INC_SETJMP

#include "../ntdef.h"

WK_EXTERN_C_BEGIN

typedef struct DECLSPEC_ALIGN(16) _SETJMP_FLOAT128 {
    ULONG64 Part[2];
} SETJMP_FLOAT128;

#define _JBLEN 16
typedef SETJMP_FLOAT128 _JBTYPE;
typedef _JBTYPE jmp_buf[_JBLEN];

/* How a jmp_buf is laid out. */
typedef struct _JUMP_BUFFER {
    ULONG64 Frame; /* 0: longjmp runs no handlers */
    ULONG64 Rbx;
    ULONG64 Rsp;
    ULONG64 Rbp;
    ULONG64 Rsi;
    ULONG64 Rdi;
    ULONG64 R12;
    ULONG64 R13;
    ULONG64 R14;
    ULONG64 R15;
    ULONG64 Rip;
    ULONG MxCsr;
    USHORT FpCsr;
    USHORT Spare;
    SETJMP_FLOAT128 Xmm6[10]; /* XMM6 .. XMM15 */
} _JUMP_BUFFER;

DDI_CRT(ntoskrnl, "EXE-041 EXE-095", "exception-handling-x64") DDI_NO_THUNK int __cdecl WK_CRT(_setjmp)(jmp_buf buffer);
DDI_CRT(ntoskrnl, "EXE-041 EXE-095", "exception-handling-x64") DDI_NO_THUNK int __cdecl WK_CRT(_setjmpex)(jmp_buf buffer);
DDI_CRT(ntoskrnl, "EXE-041 EXE-095", "exception-handling-x64") DDI_NO_THUNK
DECLSPEC_NORETURN void __cdecl WK_CRT(longjmp)(jmp_buf buffer, int value);
#ifndef WK_HOST_NT
#define setjmp _setjmp
#endif

WK_EXTERN_C_END

#endif
