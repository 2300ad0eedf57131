/* The name service. getaddrinfo blocks, so it has threads of its own: at most two, made with the first questions. They touch
 * nothing but the question; its `done` is called by a processor's dispatch loop.
 *
 * Lock: resolver.lock, for the queue; nothing is called with it held. */
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "plane_private.h"

#define RESOLVER_THREADS 2

static struct {
    pthread_mutex_t lock;
    pthread_cond_t ask;
    struct net_question *first;
    pthread_t threads[RESOLVER_THREADS];
    unsigned thread_count, idle;
    bool stopping;
} resolver = {.lock = PTHREAD_MUTEX_INITIALIZER, .ask = PTHREAD_COND_INITIALIZER};

enum { ASK_ADDRESS, ASK_NAME };

static enum net_err from_gai(int error)
{
    switch (error) {
    case 0: return NET_OK;
    case EAI_MEMORY: return NET_NOMEM;
    case EAI_BADFLAGS: case EAI_FAMILY: case EAI_SOCKTYPE: return NET_INVAL;
    case EAI_OVERFLOW: return NET_TOO_BIG;
    default: return NET_NO_NAME;
    }
}

static enum net_err find_address(struct net_question *q)
{
    static const int types[] = {0, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW};
    struct addrinfo hints = {.ai_socktype = types[q->type & 3], .ai_protocol = q->protocol}, *list, *a;
    int error;

    hints.ai_family = q->family == NET_IPV4 ? AF_INET : q->family == NET_IPV6 ? AF_INET6 : AF_UNSPEC;
    hints.ai_flags = (q->flags & NET_RESOLVE_PASSIVE ? AI_PASSIVE : 0) | (q->flags & NET_RESOLVE_CANONNAME && q->node[0] ? AI_CANONNAME : 0) |
                     (q->flags & NET_RESOLVE_NUMERICHOST ? AI_NUMERICHOST : 0) | (q->flags & NET_RESOLVE_NUMERICSERV ? AI_NUMERICSERV : 0);
    error = getaddrinfo(q->node[0] ? q->node : NULL, q->service[0] ? q->service : NULL, &hints, &list);
    if (error)
        return from_gai(error);
    if (list->ai_canonname)
        snprintf(q->canonical, sizeof(q->canonical), "%s", list->ai_canonname);
    for (a = list; a && q->count < sizeof(q->results) / sizeof(q->results[0]); a = a->ai_next) {
        struct net_resolved *r = &q->results[q->count];
        union net_sockaddr sa;

        if (a->ai_addrlen > sizeof(sa))
            continue;
        memcpy(&sa, a->ai_addr, a->ai_addrlen);
        net_from_sockaddr(&sa, &r->addr);
        r->type = a->ai_socktype == SOCK_STREAM ? NET_STREAM : a->ai_socktype == SOCK_DGRAM ? NET_DGRAM : NET_RAW;
        r->protocol = (uint8_t)a->ai_protocol;
        if (r->addr.family)
            q->count++;
    }
    freeaddrinfo(list);
    return q->count ? NET_OK : NET_NO_NAME;
}

static enum net_err find_name(struct net_question *q)
{
    union net_sockaddr sa;
    socklen_t bytes = net_to_sockaddr(&q->address, q->address.family, &sa);
    int flags = (q->flags & NET_NAME_NOFQDN ? NI_NOFQDN : 0) | (q->flags & NET_NAME_NUMERICHOST ? NI_NUMERICHOST : 0) |
                (q->flags & NET_NAME_REQUIRED ? NI_NAMEREQD : 0) | (q->flags & NET_NAME_NUMERICSERV ? NI_NUMERICSERV : 0) |
                (q->flags & NET_NAME_DGRAM ? NI_DGRAM : 0);

    return bytes ? from_gai(getnameinfo(&sa.any, bytes, q->node, sizeof(q->node), q->service, sizeof(q->service), flags)) : NET_INVAL;
}

static void tell(struct net_work *work)
{
    struct net_question *q = (struct net_question *)((char *)work - offsetof(struct net_question, work));

    q->done(q, q->result);
}

static void *resolver_main(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&resolver.lock);
    while (!resolver.stopping) {
        struct net_question *q = resolver.first;

        if (!q) {
            resolver.idle++;
            pthread_cond_wait(&resolver.ask, &resolver.lock);
            resolver.idle--;
            continue;
        }
        resolver.first = q->next;
        pthread_mutex_unlock(&resolver.lock);
        q->result = q->kind == ASK_NAME ? find_name(q) : find_address(q);
        q->work.fn = tell;
        net_post_on(0, &q->work);
        pthread_mutex_lock(&resolver.lock);
    }
    pthread_mutex_unlock(&resolver.lock);
    return NULL;
}

static void ask(struct net_question *q, uint8_t kind)
{
    struct net_question **last;

    q->kind = kind;
    q->next = NULL;
    q->count = 0;
    q->canonical[0] = 0;
    pthread_mutex_lock(&resolver.lock);
    for (last = &resolver.first; *last; last = &(*last)->next)
        ;
    *last = q;
    if (!resolver.idle && resolver.thread_count < RESOLVER_THREADS &&
        pthread_create(&resolver.threads[resolver.thread_count], NULL, resolver_main, NULL) == 0)
        resolver.thread_count++;
    pthread_cond_signal(&resolver.ask);
    pthread_mutex_unlock(&resolver.lock);
}

void net_resolve(struct net_question *question)
{
    ask(question, ASK_ADDRESS);
}

void net_name(struct net_question *question)
{
    ask(question, ASK_NAME);
}

void net_resolver_stop(void)
{
    unsigned count;

    pthread_mutex_lock(&resolver.lock);
    resolver.stopping = true;
    count = resolver.thread_count;
    resolver.thread_count = 0;
    pthread_cond_broadcast(&resolver.ask);
    pthread_mutex_unlock(&resolver.lock);
    for (unsigned i = 0; i < count; i++)
        pthread_join(resolver.threads[i], NULL);
    resolver.stopping = false;
    resolver.first = NULL;
}
