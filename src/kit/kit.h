/* What the guest-side libraries share. They are compiled for Windows by clang in cl mode, without any WDK header, so that
 * they can be linked below every driver. */
#ifndef WK_KIT_H
#define WK_KIT_H

typedef long NTSTATUS;

unsigned long long __rdtsc(void);
__declspec(noreturn) void __fastfail(unsigned int code);
#pragma intrinsic(__rdtsc)
#pragma intrinsic(__fastfail)

#define KIT_COOKIE_DEFAULT 0x00002B992DDFA232ULL
extern unsigned long long __security_cookie, __security_cookie_complement;

#endif
