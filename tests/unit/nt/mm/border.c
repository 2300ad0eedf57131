#include "border.h"
#include "wdm.h"
#include "nt/ke/ke.h"

unsigned ddi_hooks;
ULONG stop_code;
ULONG64 stop_params[4];
NTSTATUS raised;
jmp_buf stop_jump;
unsigned findings;
__thread UCHAR *wk_pcr;
__thread uint8_t border_kpcr[0x200] __attribute__((aligned(64)));

void guest_bugcheck(ULONG code, ULONG64 p1, ULONG64 p2, ULONG64 p3, ULONG64 p4, const char *format, ...)
{
    (void)format;
    stop_code = code;
    stop_params[0] = p1, stop_params[1] = p2, stop_params[2] = p3, stop_params[3] = p4;
    longjmp(stop_jump, 1);
}

void guest_finding(const char *rule, const char *format, ...)
{
    (void)rule, (void)format;
    findings++;
}

VOID NTAPI ExRaiseStatus(NTSTATUS Status)
{
    raised = Status;
    longjmp(stop_jump, 2);
}

void border_thread(void)
{
    wk_pcr = border_kpcr;
}

void border_reset(void)
{
    border_kpcr[0x50] = 0;
    ddi_hooks = 0;
    findings = 0;
}

/* ke's: nobody here reads the shared page. */
void ke_shared_page_read(ULONG offset, void *out, ULONG bytes)
{
    (void)offset;
    __builtin_memset(out, 0, bytes);
}
