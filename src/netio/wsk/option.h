/* Options and I/O controls of sockets. Included by wsk_private.h. */
#ifndef WSK_OPTION_H
#define WSK_OPTION_H

struct wsk_options { /* what the transport does not keep as Windows does */
    bool exclusive, reuse, dual; /* dual: IPV6_V6ONLY is 0 (WSK-098) */
    ULONG receive_buffer, send_buffer; /* as set; 0: not set (WSK-190) */
    ULONG before_bind[4];        /* accepted and without effect (WSK-193) */
};

struct wsk_socket;
/* Both for wsk_control_socket; *returned: bytes in `out`, or that it would need. Any IRQL <= DISPATCH_LEVEL, never pend. */
NTSTATUS wsk_option(struct wsk_socket *s, bool set, ULONG level, ULONG code, SIZE_T in_bytes, const void *in, SIZE_T out_bytes, void *out, SIZE_T *returned);
NTSTATUS wsk_ioctl(struct wsk_socket *s, ULONG code, SIZE_T in_bytes, const void *in, SIZE_T out_bytes, void *out, SIZE_T *returned);

#endif
