/* A call on a larger stack (EXE-065), and the limits of the stack (EXE-064). Kernel stacks here are already larger than Windows'
 * by the host's share, so most calls fit where they are; the rest run on a segment of their own. */
#include "memory/mem.h"
#include "nt/ke/ke_private.h"
#include "nt/seh/seh.h"

#define RESERVE_BYTES 0x8000u /* kept for our own frames below the callout */

static ULONG_PTR stack_pointer(void)
{
    return (ULONG_PTR)__builtin_frame_address(0);
}

void ke_stack_limits(ULONG_PTR *low, ULONG_PTR *high)
{
    PKTHREAD thread = ke_thread();

    *high = thread->stack_high;
    *low = thread->stack_high - thread->stack_low > KE_STACK_GUEST_BYTES ? thread->stack_high - KE_STACK_GUEST_BYTES : thread->stack_low;
    if (stack_pointer() < *low) /* our own frames have used the host's share: the guest has none left */
        *low = thread->stack_low;
}

ULONG_PTR NTAPI IoGetRemainingStackSize(VOID)
{
    ULONG_PTR low, high, here = stack_pointer();

    ke_stack_limits(&low, &high);
    return here > low ? here - low : 0;
}

VOID NTAPI IoGetStackLimits(PULONG_PTR LowLimit, PULONG_PTR HighLimit)
{
    ke_stack_limits(LowLimit, HighLimit);
}

ULONG NTAPI IoWithinStackLimits(ULONG_PTR RegionStart, SIZE_T RegionSize)
{
    PKTHREAD thread = ke_thread();

    return RegionStart >= thread->stack_low && RegionStart + RegionSize >= RegionStart && RegionStart + RegionSize <= thread->stack_high;
}

/* Calls fn(arg), ms_abi, on the stack that ends at top. rbp keeps the old stack, so that a debugger walks across. */
void ke_call_on_stack(void *fn, void *arg, void *top);
__asm__(".text\n"
        ".globl ke_call_on_stack\n"
        ".type ke_call_on_stack, @function\n"
        "ke_call_on_stack:\n"
        "    .cfi_startproc\n"
        "    push %rbp\n"
        "    .cfi_def_cfa_offset 16\n"
        "    .cfi_offset %rbp, -16\n"
        "    mov %rsp, %rbp\n"
        "    .cfi_def_cfa_register %rbp\n"
        "    mov %rdx, %rsp\n"
        "    mov %rsi, %rcx\n"
        "    sub $32, %rsp\n"
        "    call *%rdi\n"
        "    mov %rbp, %rsp\n"
        "    pop %rbp\n"
        "    .cfi_def_cfa %rsp, 8\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size ke_call_on_stack, . - ke_call_on_stack\n");

static NTSTATUS call_on_segment(PEXPAND_STACK_CALLOUT callout, PVOID parameter, SIZE_T bytes)
{
    size_t pages = (bytes + RESERVE_BYTES + PAGE_SIZE - 1) / PAGE_SIZE;
    PKTHREAD thread = ke_thread();
    UCHAR *stack = mem_alloc_guarded(pages, MEM_STACK, thread);
    ULONG_PTR low = thread->stack_low, high = thread->stack_high;

    if (!stack)
        return STATUS_NO_MEMORY;
    thread->stack_low = (ULONG_PTR)stack;
    thread->stack_high = (ULONG_PTR)stack + pages * PAGE_SIZE;
    ke_call_on_stack((void *)(ULONG_PTR)callout, parameter, stack + pages * PAGE_SIZE);
    thread->stack_low = low;
    thread->stack_high = high;
    mem_free_guarded(stack, pages);
    return STATUS_SUCCESS;
}

struct border_call {
    VOID(NTAPI *fn)(PVOID);
    PVOID arg;
};

/* The frames below are the application's: an exception of the kernel's is not looked for there. */
static SEH_BOUNDARY VOID NTAPI call_at_border(PVOID context)
{
    struct border_call *call = context;

    call->fn(call->arg);
    __asm__ volatile("" ::: "memory"); /* no tail call: the frame stays */
}

NTSTATUS ke_run_on_kernel_stack(VOID (NTAPI *fn)(PVOID), PVOID arg)
{
    struct border_call call = {fn, arg};

    if (mem_find(stack_pointer()).kind != MEM_STACK)
        return call_on_segment(call_at_border, &call, KE_STACK_BYTES - RESERVE_BYTES);
    fn(arg);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter, SIZE_T Size, BOOLEAN Wait, PVOID Context)
{
    if (Size > MAXIMUM_EXPANSION_SIZE)
        return STATUS_INVALID_PARAMETER_3;
    if (Wait && ke_irql() >= DISPATCH_LEVEL)
        return STATUS_INVALID_PARAMETER_4;
    if (stack_pointer() - ke_thread()->stack_low >= Size + RESERVE_BYTES) {
        guest_call_void(EXPAND_STACK_CALLOUT, Callout, Parameter);
        return STATUS_SUCCESS;
    }
    return call_on_segment(Callout, Parameter, Size);
}

NTSTATUS NTAPI KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter, SIZE_T Size)
{
    return KeExpandKernelStackAndCalloutEx(Callout, Parameter, Size, FALSE, NULL);
}
