/* __chkstk, called by a function whose frame is larger than a page, with the size in rax and every register the caller's
 * (BLD-011). A kernel stack is there in whole, so what counts is that a frame too large faults at the guard page. */
__attribute__((naked)) void __chkstk(void);
__attribute__((naked)) void __chkstk(void)
{
    __asm__("pushq %rcx\n"
            "pushq %rax\n"
            "leaq 24(%rsp), %rcx\n" /* the caller's rsp */
            "0: cmpq $0x1000, %rax\n"
            "jb 1f\n"
            "subq $0x1000, %rcx\n"
            "testq %rcx, (%rcx)\n"
            "subq $0x1000, %rax\n"
            "jmp 0b\n"
            "1: subq %rax, %rcx\n"
            "testq %rcx, (%rcx)\n"
            "popq %rax\n"
            "popq %rcx\n"
            "ret\n");
}
