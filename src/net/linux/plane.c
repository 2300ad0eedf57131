/* The Linux plane: readiness of all sockets of the machine, through epoll.
 *
 * Principle of operation: each virtual processor has one epoll instance. The processor's own thread waits in it when it has nothing
 * else to do (sched_set_poller), not owning the processor; then takes the processor and hands over what it found. So the
 * packet's arrival, WSK's part and the driver's callback happen on one thread, with the system calls of a native epoll
 * server: epoll_wait, recv, send. Sockets are registered once, edge-triggered, for everything.
 *
 * A socket that was closed may still be in the batch that its processor is handing over. Its memory therefore goes when that
 * batch is over: net_close puts it on the processor's dead list, which the end of each dispatch empties.
 *
 * Locks: none. Lists that other threads add to are stacks with one compare-and-swap. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/err.h"
#include "plane_private.h"
#include "sched/sched.h"

struct net_cpu *net_cpus;
unsigned net_cpu_total;
__thread int net_this_cpu = -1;
static unsigned next_cpu;
static bool no_pwait2; /* an old kernel or a sandbox: milliseconds it is */

static int wait_until(struct net_cpu *c, uint64_t deadline_ns)
{
    uint64_t now, left;

    if (deadline_ns == 0)
        return epoll_wait(c->epoll_fd, c->events, 512, 0);
    if (deadline_ns == SCHED_FOREVER)
        return epoll_wait(c->epoll_fd, c->events, 512, -1);
    now = sched_now_ns();
    left = deadline_ns > now ? deadline_ns - now : 0;
    if (!no_pwait2) {
        struct timespec ts = {.tv_sec = (time_t)(left / 1000000000u), .tv_nsec = (long)(left % 1000000000u)};
        int n = epoll_pwait2(c->epoll_fd, c->events, 512, &ts, NULL);

        if (n >= 0 || errno == EINTR)
            return n;
        no_pwait2 = true;
    }
    left = (left + 999999) / 1000000;
    return epoll_wait(c->epoll_fd, c->events, 512, left > INT_MAX ? INT_MAX : (int)left);
}

static bool plane_wait(void *ctx, unsigned cpu, uint64_t deadline_ns)
{
    struct net_cpu *c = &net_cpus[cpu];
    int n;

    if (__atomic_load_n(&c->dead, __ATOMIC_SEQ_CST) || __atomic_load_n(&c->posted, __ATOMIC_SEQ_CST))
        deadline_ns = 0;
    n = wait_until(c, deadline_ns);
    c->ready = n > 0 ? n : 0;
    return c->ready > 0 || __atomic_load_n(&c->dead, __ATOMIC_RELAXED) || __atomic_load_n(&c->posted, __ATOMIC_RELAXED);
}

static void finish_connect(struct net_socket *s)
{
    int error = 0;
    socklen_t bytes = sizeof(error);

    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &bytes) != 0)
        error = errno;
    if (error) {
        /* Its epoll entry goes, so that another attempt starts from nothing. */
        epoll_ctl(net_cpus[s->cpu].epoll_fd, EPOLL_CTL_DEL, s->fd, NULL);
        s->polled = false;
        __atomic_fetch_and(&s->flags, NET_F_NODELAY | NET_F_CLOSED, __ATOMIC_SEQ_CST);
    }
    if (s->events->connected)
        s->events->connected(s->ctx, net_from_errno(error));
}

static void hand_over(struct net_socket *s, uint32_t events)
{
    uint32_t add = 0, was;

    if (events & (EPOLLIN | EPOLLPRI))
        add |= NET_F_IN;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        add |= NET_F_IN | NET_F_HUP;
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        add |= NET_F_OUT;
    was = __atomic_load_n(&s->flags, __ATOMIC_SEQ_CST);
    if ((was & add) != add)
        was = __atomic_fetch_or(&s->flags, add, __ATOMIC_SEQ_CST);
    if (was & NET_F_CONNECTING) {
        if (!(add & NET_F_OUT) || was & NET_F_CLOSED)
            return;
        __atomic_fetch_and(&s->flags, ~NET_F_CONNECTING, __ATOMIC_SEQ_CST);
        finish_connect(s);
        was = __atomic_load_n(&s->flags, __ATOMIC_SEQ_CST);
    }
    if (add & NET_F_OUT && was & NET_F_WANT_OUT && !(was & NET_F_CLOSED)) {
        was = __atomic_fetch_and(&s->flags, ~NET_F_WANT_OUT, __ATOMIC_SEQ_CST);
        if (was & NET_F_WANT_OUT && !(was & NET_F_CLOSED))
            s->events->writable(s->ctx);
    }
    if (!(add & NET_F_IN))
        return;
    was = __atomic_load_n(&s->flags, __ATOMIC_SEQ_CST);
    if (!(was & NET_F_WANT_IN) || was & NET_F_CLOSED)
        return;
    was = __atomic_fetch_and(&s->flags, ~NET_F_WANT_IN, __ATOMIC_SEQ_CST);
    if (was & NET_F_WANT_IN && !(was & NET_F_CLOSED))
        s->events->readable(s->ctx);
}

static void run_posted(struct net_cpu *c)
{
    struct net_work *w = __atomic_exchange_n(&c->posted, NULL, __ATOMIC_SEQ_CST);
    struct net_work *in_order = NULL;

    while (w) {
        struct net_work *next = w->next;

        w->next = in_order;
        in_order = w;
        w = next;
    }
    while (in_order) {
        w = in_order;
        in_order = w->next; /* fn may free or post it again */
        w->fn(w);
    }
}

static void bury(struct net_socket *s)
{
    while (s) {
        struct net_socket *next = s->next_dead;

        if (s->listener && s->cpu + 1u < net_cpu_total) { /* every processor may hold it in a batch */
            s->cpu++;
            net_bury(s);
        } else {
            if (s->events && s->events->closed)
                s->events->closed(s->ctx);
            free(s);
        }
        s = next;
    }
}

static void plane_dispatch(void *ctx, unsigned cpu)
{
    struct net_cpu *c = &net_cpus[cpu];
    struct net_socket *dead;
    int n = c->ready;

    net_this_cpu = (int)cpu;
    c->ready = 0;
    for (int i = 0; i < n; i++) {
        if (c->events[i].data.ptr) /* NULL: the event descriptor; edge-triggered, so it is never read */
            hand_over(c->events[i].data.ptr, c->events[i].events);
    }
    /* The dead are taken before posted work is run: what was posted for a socket before it was closed still finds it. */
    dead = __atomic_load_n(&c->dead, __ATOMIC_RELAXED) ? __atomic_exchange_n(&c->dead, NULL, __ATOMIC_SEQ_CST) : NULL;
    if (__atomic_load_n(&c->posted, __ATOMIC_RELAXED))
        run_posted(c);
    bury(dead);
    net_this_cpu = -1;
}

static void plane_wake(void *ctx, unsigned cpu)
{
    uint64_t one = 1;

    if (write(net_cpus[cpu].event_fd, &one, sizeof(one)) < 0)
        WK_ASSERT(errno == EAGAIN || errno == EINTR);
}

unsigned net_any_cpu(void)
{
    if (net_this_cpu >= 0)
        return (unsigned)net_this_cpu;
    return __atomic_fetch_add(&next_cpu, 1, __ATOMIC_RELAXED) % net_cpu_total;
}

int net_poll_add(struct net_socket *s)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = s};

    s->polled = true;
    if (!s->listener)
        return epoll_ctl(net_cpus[s->cpu].epoll_fd, EPOLL_CTL_ADD, s->fd, &e) == 0 ? NET_OK : (int)net_from_errno(errno);
    e.events = EPOLLIN | EPOLLET | EPOLLEXCLUSIVE;
    for (unsigned i = 0; i < net_cpu_total; i++) {
        if (epoll_ctl(net_cpus[i].epoll_fd, EPOLL_CTL_ADD, s->fd, &e) != 0)
            return net_from_errno(errno);
    }
    return NET_OK;
}

void net_bury(struct net_socket *s)
{
    unsigned cpu = s->cpu; /* once it is in the list another thread may free it, or send it on */
    struct net_cpu *c = &net_cpus[cpu];
    struct net_socket *head = __atomic_load_n(&c->dead, __ATOMIC_RELAXED);

    do
        s->next_dead = head;
    while (!__atomic_compare_exchange_n(&c->dead, &head, s, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    if (net_this_cpu != (int)cpu)
        plane_wake(NULL, cpu);
}

void net_post_on(unsigned cpu, struct net_work *work)
{
    struct net_cpu *c = &net_cpus[cpu];
    struct net_work *head = __atomic_load_n(&c->posted, __ATOMIC_RELAXED);

    do
        work->next = head;
    while (!__atomic_compare_exchange_n(&c->posted, &head, work, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    if (net_this_cpu != (int)cpu)
        plane_wake(NULL, cpu);
}

void net_post(struct net_work *work)
{
    net_post_on(net_any_cpu(), work);
}

void net_post_to(struct net_socket *s, struct net_work *work)
{
    net_post_on(s->listener ? 0 : s->cpu, work);
}

int net_start(unsigned cpu_count)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLET};

    net_cpus = calloc(cpu_count, sizeof(*net_cpus));
    if (!net_cpus)
        return -WK_ENOMEM;
    net_cpu_total = cpu_count;
    for (unsigned i = 0; i < cpu_count; i++)
        net_cpus[i].epoll_fd = net_cpus[i].event_fd = -1;
    for (unsigned i = 0; i < cpu_count; i++) {
        struct net_cpu *c = &net_cpus[i];

        c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        c->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (c->epoll_fd < 0 || c->event_fd < 0 || epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, c->event_fd, &e) != 0) {
            net_stop();
            return -WK_EMFILE;
        }
    }
    sched_set_poller(&(struct sched_poller){.wait = plane_wait, .dispatch = plane_dispatch, .wake = plane_wake});
    return 0;
}

void net_stop(void)
{
    net_resolver_stop();
    for (unsigned i = 0; i < net_cpu_total; i++) {
        if (net_cpus[i].epoll_fd >= 0)
            close(net_cpus[i].epoll_fd);
        if (net_cpus[i].event_fd >= 0)
            close(net_cpus[i].event_fd);
    }
    free(net_cpus);
    net_cpus = NULL;
    net_cpu_total = 0;
}
