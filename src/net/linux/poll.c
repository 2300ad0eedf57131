/* Waiting for the network. One epoll set holds all sockets of the machine; the threads of the first crew_polling() processors
 * wait in it (usually one does: crew.c), the others sleep until their processor has work.
 *
 * What a wait returns is put on the ready lists of the sockets' processors. The thread then takes each of these processors and
 * hands over (plane.c); when a processor is owned by somebody else, its owner does. So nothing here waits for a processor, and a
 * callback runs only in the owner of its socket's processor, whichever thread that is.
 *
 * Locks: none. The counter of finished waits tells when a closed socket's memory can go: a wait that begins after the close
 * does not return the socket. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/err.h"
#include "plane_private.h"

#define BATCH 512

struct poller {
    _Alignas(64) uint64_t turns; /* waits finished and put on the lists */
    bool polls;                  /* its thread waits in the epoll set; else for sleep_fd */
    bool waiting;
    bool has_clock;
    clockid_t clock;             /* its thread's processor time */
    int sleep_fd;
    struct epoll_event events[BATCH];
};

static struct poller *pollers;
static unsigned poller_count;
static int wake_fd = -1;  /* in the epoll set: makes one of the waiting threads return */
static bool no_pwait2;    /* an old kernel or a sandbox: milliseconds it is */
int net_epoll = -1;

static int wait_until(struct poller *p, uint64_t deadline_ns, int limit_ms)
{
    uint64_t now, left = UINT64_MAX;

    if (deadline_ns == 0)
        return epoll_wait(net_epoll, p->events, BATCH, 0);
    if (deadline_ns == SCHED_FOREVER)
        return epoll_wait(net_epoll, p->events, BATCH, limit_ms);
    now = sched_now_ns();
    left = deadline_ns > now ? deadline_ns - now : 0;
    if (limit_ms >= 0 && left > (uint64_t)limit_ms * 1000000u)
        left = (uint64_t)limit_ms * 1000000u;
    if (!no_pwait2) {
        struct timespec ts = {.tv_sec = (time_t)(left / 1000000000u), .tv_nsec = (long)(left % 1000000000u)};
        int n = epoll_pwait2(net_epoll, p->events, BATCH, &ts, NULL);

        if (n >= 0 || errno == EINTR)
            return n;
        no_pwait2 = true;
    }
    left = (left + 999999) / 1000000;
    return epoll_wait(net_epoll, p->events, BATCH, left > INT_MAX ? INT_MAX : (int)left);
}

/* Notes what is known now. True: somebody waits for it, and the socket is not on its list yet. */
static bool note(struct net_socket *s, uint32_t events)
{
    uint32_t add = 0, was = __atomic_load_n(&s->flags, __ATOMIC_SEQ_CST), now;

    if (events & (EPOLLIN | EPOLLPRI))
        add |= NET_F_IN;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        add |= NET_F_IN | NET_F_HUP;
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        add |= NET_F_OUT;
    do {
        now = was | add;
        if (was & NET_F_CLOSED)
            return false;
        if ((add & NET_F_IN && was & NET_F_WANT_IN) || (add & NET_F_HUP && was & NET_F_WANT_END) || (add & NET_F_OUT && was & (NET_F_WANT_OUT | NET_F_CONNECTING)))
            now |= NET_F_QUEUED;
        if (now == was)
            return false;
    } while (!__atomic_compare_exchange_n(&s->flags, &was, now, true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    return now & ~was & NET_F_QUEUED;
}

/* To the processors' ready lists, one step for each processor. Returns these processors. */
static uint64_t spread(struct epoll_event *events, int count)
{
    struct net_socket *first[SCHED_CPU_MAX], *last[SCHED_CPU_MAX]; /* valid where found has the bit */
    uint64_t found = 0, woken = 0;

    for (int i = 0; i < count; i++) {
        struct net_socket *s = events[i].data.ptr;

        if (!s) { /* wake_fd, which is edge-triggered and never read: it may have been meant for any thread that polls */
            woken = UINT64_MAX >> (64 - crew_polling());
        } else if (note(s, events[i].events)) {
            uint64_t bit = UINT64_C(1) << s->cpu;

            if (!(found & bit))
                last[s->cpu] = s;
            s->next_ready = found & bit ? first[s->cpu] : NULL;
            first[s->cpu] = s;
            found |= bit;
        }
    }
    for (uint64_t left = found; left; left &= left - 1) {
        unsigned cpu = (unsigned)__builtin_ctzll(left);
        struct net_socket *head = __atomic_load_n(&net_cpus[cpu].ready, __ATOMIC_RELAXED);

        do
            last[cpu]->next_ready = head;
        while (!__atomic_compare_exchange_n(&net_cpus[cpu].ready, &head, first[cpu], true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    }
    return found | woken;
}

/* The caller reads whether its processor has work after this returns, and before it calls again: so a wake that still went to
 * the old place is not lost. */
static bool change_place(struct poller *p, bool polls)
{
    if (p->polls == polls)
        return false;
    __atomic_store_n(&p->polls, polls, __ATOMIC_SEQ_CST);
    return true;
}

/* The alarm may have been this thread's only: one of those that stay looks at it anew. */
static uint64_t leave_crew(void)
{
    net_poll_wake(NULL, 0);
    return 0;
}

static uint64_t sleep_until_woken(struct poller *p, unsigned cpu, uint64_t deadline_ns)
{
    struct pollfd wake = {.fd = p->sleep_fd, .events = POLLIN};
    uint64_t count;

    if (poll(&wake, 1, deadline_ns == 0 ? 0 : crew_patience(cpu)) == 1) {
        if (read(p->sleep_fd, &count, sizeof(count)) < 0)
            WK_ASSERT(errno == EAGAIN || errno == EINTR);
    } else {
        crew_watch(cpu);
    }
    return 0;
}

uint64_t net_poll_wait(void *ctx, unsigned cpu, uint64_t deadline_ns)
{
    struct poller *p = &pollers[cpu];
    uint64_t found;
    int n, limit_ms;

    (void)ctx;
    if (!p->has_clock)
        __atomic_store_n(&p->has_clock, pthread_getcpuclockid(pthread_self(), &p->clock) == 0, __ATOMIC_RELEASE);
    if (cpu >= crew_polling())
        return change_place(p, false) ? leave_crew() : sleep_until_woken(p, cpu, deadline_ns);
    if (change_place(p, true))
        return 0;
    limit_ms = crew_check(cpu);
    __atomic_store_n(&p->waiting, true, __ATOMIC_RELAXED);
    n = wait_until(p, deadline_ns, limit_ms);
    __atomic_store_n(&p->waiting, false, __ATOMIC_RELAXED);
    found = n > 0 ? spread(p->events, n) : 0;
    __atomic_store_n(&p->turns, p->turns + 1, __ATOMIC_SEQ_CST);
    if (found)
        crew_found();
    return found;
}

void net_poll_wake(void *ctx, unsigned cpu)
{
    uint64_t one = 1;
    int fd = __atomic_load_n(&pollers[cpu].polls, __ATOMIC_SEQ_CST) ? wake_fd : pollers[cpu].sleep_fd;

    (void)ctx;
    if (write(fd, &one, sizeof(one)) < 0)
        WK_ASSERT(errno == EAGAIN || errno == EINTR);
}

void net_poll_turns(uint64_t *out)
{
    for (unsigned i = 0; i < poller_count; i++)
        out[i] = __atomic_load_n(&pollers[i].turns, __ATOMIC_SEQ_CST);
}

bool net_poll_turned(const uint64_t *since)
{
    for (unsigned i = 0; i < poller_count; i++) {
        if (__atomic_load_n(&pollers[i].polls, __ATOMIC_SEQ_CST) && __atomic_load_n(&pollers[i].turns, __ATOMIC_SEQ_CST) == since[i])
            return false;
    }
    return true;
}

void net_poll_state(unsigned cpu, struct poll_state *out)
{
    struct poller *p = &pollers[cpu];
    struct timespec used = {0};

    out->waiting = __atomic_load_n(&p->waiting, __ATOMIC_RELAXED);
    out->turns = __atomic_load_n(&p->turns, __ATOMIC_RELAXED);
    if (__atomic_load_n(&p->has_clock, __ATOMIC_ACQUIRE))
        clock_gettime(p->clock, &used);
    out->cpu_ns = (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

int net_poll_add(struct net_socket *s)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = s};

    s->polled = true;
    if (s->listener)
        e.events = EPOLLIN | EPOLLET;
    return epoll_ctl(net_epoll, EPOLL_CTL_ADD, s->fd, &e) == 0 ? NET_OK : (int)net_from_errno(errno);
}

int net_poll_start(void)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLET};
    size_t bytes = net_cpu_total * sizeof(*pollers);

    pollers = aligned_alloc(64, bytes);
    if (!pollers)
        return -WK_ENOMEM;
    memset(pollers, 0, bytes);
    poller_count = net_cpu_total;
    for (unsigned i = 0; i < poller_count; i++)
        pollers[i].sleep_fd = -1;
    net_epoll = epoll_create1(EPOLL_CLOEXEC);
    wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (net_epoll < 0 || wake_fd < 0 || epoll_ctl(net_epoll, EPOLL_CTL_ADD, wake_fd, &e) != 0)
        return -WK_EMFILE;
    for (unsigned i = 0; i < poller_count; i++) {
        pollers[i].sleep_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (pollers[i].sleep_fd < 0)
            return -WK_EMFILE;
    }
    return 0;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void net_poll_stop(void)
{
    for (unsigned i = 0; i < poller_count; i++)
        close_one(&pollers[i].sleep_fd);
    close_one(&wake_fd);
    close_one(&net_epoll);
    free(pollers);
    pollers = NULL;
    poller_count = 0;
}
