/* Security descriptors of sockets and the sharing of local addresses, for wsk_private.h. */
#ifndef WSK_SECURITY_H
#define WSK_SECURITY_H

struct wsk_sd; /* a descriptor of WSK_CACHE_SD */

struct wsk_owner { /* of a socket: who is checked when it wants to share, whom it lets (WSK-051, WSK-095) */
    PEPROCESS process; /* both referenced, or NULL */
    PETHREAD thread;
    struct wsk_sd *sd; /* NULL: the default, which lets nobody */
    LIST_ENTRY link;   /* among the bound sockets of its port, when `bound` (share.c's lock) */
    bool bound;
};

struct wsk_socket;
/* WSK_CACHE_SD, WSK_RELEASE_SD; buffers of the sizes that the codes want. */
NTSTATUS wsk_sd_cache(SIZE_T in_bytes, const void *in, SIZE_T out_bytes, void *out);
NTSTATUS wsk_sd_release(SIZE_T in_bytes, const void *in);
/* SO_WSK_SECURITY */
NTSTATUS wsk_sd_apply(struct wsk_socket *s, SIZE_T in_bytes, const void *in);
NTSTATUS wsk_sd_query(struct wsk_socket *s, SIZE_T out_bytes, void *out, SIZE_T *returned);
/* May someone with these tokens share an address with the holder of sd? */
bool wsk_sd_lets(struct wsk_sd *sd, const struct wsk_owner *other);

/* When a socket is created: STATUS_INVALID_PARAMETER when descriptor is not one of WSK_CACHE_SD (WSK-070). When it goes. */
NTSTATUS wsk_owner_set(struct wsk_socket *s, PEPROCESS process, PETHREAD thread, PSECURITY_DESCRIPTOR descriptor);
void wsk_owner_drop(struct wsk_socket *s);
/* net_bind by the rules of sharing (WSK-091, WSK-094). s->local is what it is bound to when it succeeds. */
NTSTATUS wsk_share_bind(struct wsk_socket *s, const struct net_addr *address);
void wsk_share_end(struct wsk_socket *s);

#endif
