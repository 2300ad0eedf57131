/* The Linux plane: what the sockets of the machine have for their processors, handed over in the processors' owners.
 *
 * Principle of operation: the thread of a virtual processor waits for the network when it has nothing else to do (poll.c), then takes the
 * processors it found something for and calls net_dispatch on each. So the packet's arrival, WSK's part and the driver's callback
 * happen on one thread, with the system calls of a native epoll server: epoll_wait, recv, send.
 *
 * The end of a socket: net_close takes it out of the epoll set and puts it on its processor's dead list; that processor's owner calls
 * `closed`, after which nothing looks at ctx. Its memory stays until each thread that polls has finished a wait that
 * it was in meanwhile: such a wait may still return the socket.
 *
 * Locks: none. Lists that other threads add to are stacks with one compare-and-swap. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/err.h"
#include "plane_private.h"

struct net_cpu *net_cpus;
unsigned net_cpu_total;
__thread int net_this_cpu = -1;
static unsigned next_cpu;

static void finish_connect(struct net_socket *s)
{
    int error = 0;
    socklen_t bytes = sizeof(error);

    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &bytes) != 0)
        error = errno;
    if (error) {
        /* Its epoll entry goes, so that another attempt starts from nothing. */
        epoll_ctl(net_epoll, EPOLL_CTL_DEL, s->fd, NULL);
        s->polled = false;
        __atomic_fetch_and(&s->flags, NET_F_NODELAY | NET_F_CLOSED, __ATOMIC_SEQ_CST);
    }
    if (s->events->connected)
        s->events->connected(s->ctx, net_from_errno(error));
}

static bool may_read(uint32_t flags)
{
    return (flags & NET_F_IN && flags & NET_F_WANT_IN) || (flags & NET_F_HUP && flags & NET_F_WANT_END);
}

/* What is known and waited for is told, once. Receiving comes after sending and asks again: `writable` may have taken the wish back. */
static void hand_over(struct net_socket *s)
{
    uint32_t was = __atomic_load_n(&s->flags, __ATOMIC_SEQ_CST), now;
    bool in, out;

    do {
        now = was & ~NET_F_QUEUED;
        out = was & NET_F_OUT && was & NET_F_WANT_OUT && !(was & NET_F_CONNECTING);
        in = !out && may_read(was) && !(was & NET_F_CONNECTING);
        if (out)
            now &= ~NET_F_WANT_OUT;
        if (in)
            now &= ~(NET_F_WANT_IN | NET_F_WANT_END);
        if (was & NET_F_CONNECTING && was & NET_F_OUT)
            now &= ~NET_F_CONNECTING;
    } while (!__atomic_compare_exchange_n(&s->flags, &was, now, true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    if (was & NET_F_CLOSED)
        return;
    if (was & NET_F_CONNECTING) {
        if (!(was & NET_F_OUT))
            return;
        finish_connect(s);
        out = true; /* look again for what came with it */
    } else if (out) {
        s->events->writable(s->ctx);
    }
    if (out) {
        was = __atomic_load_n(&s->flags, __ATOMIC_SEQ_CST);
        if (!may_read(was) || was & NET_F_CLOSED)
            return;
        was = __atomic_fetch_and(&s->flags, ~(NET_F_WANT_IN | NET_F_WANT_END), __ATOMIC_SEQ_CST);
        in = may_read(was) && !(was & NET_F_CLOSED);
    }
    if (in)
        s->events->readable(s->ctx);
}

static void hand_over_ready(struct net_cpu *c)
{
    struct net_socket *s = __atomic_exchange_n(&c->ready, NULL, __ATOMIC_SEQ_CST), *in_order = NULL;

    while (s) {
        struct net_socket *next = s->next_ready;

        s->next_ready = in_order;
        in_order = s;
        s = next;
    }
    while (in_order) {
        s = in_order;
        in_order = s->next_ready; /* once it is handed over it may be put on the list again */
        hand_over(s);
    }
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

static void free_all(struct net_socket **list)
{
    while (*list) {
        struct net_socket *s = *list;

        *list = s->next_dead;
        free(s);
    }
}

static void end_sockets(struct net_cpu *c, struct net_socket *dead)
{
    while (dead) {
        struct net_socket *s = dead;

        dead = s->next_dead;
        if (!(__atomic_load_n(&s->flags, __ATOMIC_RELAXED) & NET_F_DISCARDED) && s->events && s->events->closed)
            s->events->closed(s->ctx);
        s->next_dead = c->leaving;
        c->leaving = s;
    }
}

/* Two generations: those of `left` go once all threads have turned since; those that die meanwhile are `leaving`. */
static void let_go(struct net_cpu *c, bool turned)
{
    if (turned)
        free_all(&c->left);
    if (!c->left) {
        c->left = c->leaving;
        c->leaving = NULL;
        net_poll_turns(c->left_at);
    }
}

static bool net_dispatch(void *ctx, unsigned cpu)
{
    struct net_cpu *c = &net_cpus[cpu];
    struct net_socket *dead;
    bool turned;

    (void)ctx;
    net_this_cpu = (int)cpu;
    /* Asked before the ready list is taken: a thread that has turned has put on it what it had. */
    turned = c->left && net_poll_turned(c->left_at);
    if (__atomic_load_n(&c->ready, __ATOMIC_RELAXED))
        hand_over_ready(c);
    /* The dead are taken before posted work is run: what was posted for a socket before it was closed still finds it. */
    dead = __atomic_load_n(&c->dead, __ATOMIC_RELAXED) ? __atomic_exchange_n(&c->dead, NULL, __ATOMIC_SEQ_CST) : NULL;
    if (__atomic_load_n(&c->posted, __ATOMIC_RELAXED))
        run_posted(c);
    end_sockets(c, dead);
    if (c->left || c->leaving)
        let_go(c, turned);
    net_this_cpu = -1;
    /* What was put there meanwhile: who did it here told nobody (tell). */
    return __atomic_load_n(&c->posted, __ATOMIC_RELAXED) || __atomic_load_n(&c->dead, __ATOMIC_RELAXED);
}

unsigned net_next_cpu(void)
{
    return __atomic_fetch_add(&next_cpu, 1, __ATOMIC_RELAXED) % net_cpu_total;
}

unsigned net_any_cpu(void)
{
    return net_this_cpu >= 0 ? (unsigned)net_this_cpu : net_next_cpu();
}

/* On the processor itself the end of the dispatch that runs finds it; else its owner or its thread is told. */
static void tell(unsigned cpu)
{
    if (net_this_cpu != (int)cpu)
        sched_cpu_interrupt(cpu);
}

void net_bury(struct net_socket *s)
{
    unsigned cpu = s->cpu; /* once it is on the list it may be gone */
    struct net_cpu *c = &net_cpus[cpu];
    struct net_socket *head = __atomic_load_n(&c->dead, __ATOMIC_RELAXED);

    do
        s->next_dead = head;
    while (!__atomic_compare_exchange_n(&c->dead, &head, s, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    tell(cpu);
}

void net_post_on(unsigned cpu, struct net_work *work)
{
    struct net_cpu *c = &net_cpus[cpu];
    struct net_work *head = __atomic_load_n(&c->posted, __ATOMIC_RELAXED);

    do
        work->next = head;
    while (!__atomic_compare_exchange_n(&c->posted, &head, work, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    tell(cpu);
}

void net_post(struct net_work *work)
{
    net_post_on(net_any_cpu(), work);
}

void net_post_to(struct net_socket *s, struct net_work *work)
{
    net_post_on(s->cpu, work);
}

int net_start(unsigned cpu_count)
{
    size_t bytes = cpu_count * sizeof(*net_cpus);
    int err;

    net_cpus = aligned_alloc(64, bytes);
    if (!net_cpus)
        return -WK_ENOMEM;
    memset(net_cpus, 0, bytes);
    net_cpu_total = cpu_count;
    crew_start();
    err = net_poll_start();
    if (err) {
        net_stop();
        return err;
    }
    sched_set_poller(&(struct sched_poller){.wait = net_poll_wait, .dispatch = net_dispatch, .wake = net_poll_wake});
    return 0;
}

void net_stop(void)
{
    net_resolver_stop();
    net_poll_stop();
    for (unsigned i = 0; i < net_cpu_total; i++) {
        free_all(&net_cpus[i].left);
        free_all(&net_cpus[i].leaving);
    }
    free(net_cpus);
    net_cpus = NULL;
    net_cpu_total = 0;
}
