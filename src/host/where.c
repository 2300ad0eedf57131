/* Where another thread of this process is: its registers, taken by a signal to it (host.h). Linux side. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/err.h"
#include "host/host.h"

#define WHERE_SIGNAL (SIGRTMIN + 3)
#define PATIENCE_NS  UINT64_C(500000000)

static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;
static struct host_regs answer;
static uint32_t wanted; /* a futex: thread id; 0 once it has answered */

static void on_where(int sig, siginfo_t *info, void *context)
{
    const greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
    int saved = errno;

    (void)sig, (void)info;
    if (__atomic_load_n(&wanted, __ATOMIC_ACQUIRE) == host_thread_id()) {
        answer = (struct host_regs){
            .rax = (uint64_t)g[REG_RAX], .rcx = (uint64_t)g[REG_RCX], .rdx = (uint64_t)g[REG_RDX], .rbx = (uint64_t)g[REG_RBX],
            .rsp = (uint64_t)g[REG_RSP], .rbp = (uint64_t)g[REG_RBP], .rsi = (uint64_t)g[REG_RSI], .rdi = (uint64_t)g[REG_RDI],
            .r8 = (uint64_t)g[REG_R8], .r9 = (uint64_t)g[REG_R9], .r10 = (uint64_t)g[REG_R10], .r11 = (uint64_t)g[REG_R11],
            .r12 = (uint64_t)g[REG_R12], .r13 = (uint64_t)g[REG_R13], .r14 = (uint64_t)g[REG_R14], .r15 = (uint64_t)g[REG_R15],
            .rip = (uint64_t)g[REG_RIP], .eflags = (uint64_t)g[REG_EFL],
        };
        __atomic_store_n(&wanted, 0, __ATOMIC_RELEASE);
        host.futex_wake(&wanted, 1);
    }
    errno = saved;
}

uint32_t host_thread_id(void)
{
    return (uint32_t)syscall(SYS_gettid);
}

/* The signal interrupts a wait of the other thread for a moment; futex waits go on by themselves (the caller's loop). */
int host_thread_regs(uint32_t thread_id, struct host_regs *out)
{
    struct sigaction action = {.sa_sigaction = on_where, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    uint64_t deadline_ns = host.clock_ns() + PATIENCE_NS;
    int err = 0;

    pthread_mutex_lock(&asking);
    sigemptyset(&action.sa_mask);
    sigaction(WHERE_SIGNAL, &action, NULL);
    __atomic_store_n(&wanted, thread_id, __ATOMIC_RELEASE);
    if (syscall(SYS_tgkill, getpid(), thread_id, WHERE_SIGNAL) != 0)
        err = -WK_EINVAL;
    while (!err && __atomic_load_n(&wanted, __ATOMIC_ACQUIRE) && host.clock_ns() < deadline_ns)
        host.futex_wait(&wanted, thread_id, deadline_ns);
    if (__atomic_exchange_n(&wanted, 0, __ATOMIC_ACQ_REL))
        err = -WK_ETIMEDOUT;
    else if (!err)
        *out = answer;
    pthread_mutex_unlock(&asking);
    return err;
}
