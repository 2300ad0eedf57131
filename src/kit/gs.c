/* The buffer-overflow library of a driver (BLD-007): the /GS cookie and its check. Linked into every guest; runs in the
 * guest, on the thread that returns from a function. */
#include "kit.h"

/* The loader randomises this through the load config (loadconfig.c) before the entry point runs. */
unsigned long long __security_cookie = KIT_COOKIE_DEFAULT;
unsigned long long __security_cookie_complement = ~KIT_COOKIE_DEFAULT;

__declspec(noreturn) void __report_gsfailure(unsigned long long StackCookie);

/* int 29h, code 2: bug check 0x139 with P1 = 2. */
__declspec(noreturn) void __report_gsfailure(unsigned long long StackCookie)
{
    (void)StackCookie;
    __fastfail(2);
}

/* Called with the cookie in rcx, just before a function returns: rax and the vector registers hold its result, so this
 * touches nothing but rcx. The cookie's upper 16 bits are zero by construction; anything else is an overrun too. */
__attribute__((naked)) void __security_check_cookie(unsigned long long StackCookie);
__attribute__((naked)) void __security_check_cookie(__attribute__((unused)) unsigned long long StackCookie)
{
    __asm__("cmpq __security_cookie(%rip), %rcx\n"
            "jne 1f\n"
            "rolq $16, %rcx\n"
            "testw $0xffff, %cx\n"
            "jne 0f\n"
            "ret\n"
            "0: rorq $16, %rcx\n"
            "1: jmp __report_gsfailure\n");
}
