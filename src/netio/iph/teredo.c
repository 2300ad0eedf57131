/* Teredo (IPH-067, IPH-068): there is none. Its port is not ready, and never changes; a registration hears of it once, when it asks to. */
#include "netio/iph/notify_private.h"

static void call(struct iph_notice *n, union iph_row *row, MIB_NOTIFICATION_TYPE type)
{
    guest_call_void(TEREDO_PORT_CHANGE_CALLBACK, (PTEREDO_PORT_CHANGE_CALLBACK)n->callback, n->context, MIB_INVALID_TEREDO_PORT_NUMBER, type);
}

static void follow(struct iph_notice *n)
{
    while (!n->stopping)
        KeWaitForSingleObject(&n->ready, Executive, KernelMode, FALSE, NULL);
}

static const struct iph_kind teredo = {"NotifyTeredoPortChange", call, follow};

NTSTATUS NTAPI NotifyTeredoPortChange(PTEREDO_PORT_CHANGE_CALLBACK Callback, PVOID CallerContext, BOOLEAN InitialNotification, HANDLE *NotificationHandle)
{
    struct iph_notice *n;
    NTSTATUS status;

    if (iph_at_wrong_level("NotifyTeredoPortChange"))
        return STATUS_INVALID_DEVICE_STATE;
    if (NotificationHandle)
        *NotificationHandle = NULL;
    if (!NotificationHandle || !Callback)
        return STATUS_INVALID_PARAMETER;
    n = iph_notice_new(&teredo, (PVOID)Callback, CallerContext);
    if (!n)
        return STATUS_NO_MEMORY;
    n->initial = InitialNotification;
    status = iph_notice_start(n, NotificationHandle);
    if (!NT_SUCCESS(status))
        iph_notice_end(n);
    return status;
}

NTSTATUS NTAPI GetTeredoPort(USHORT *Port)
{
    if (!Port)
        return STATUS_INVALID_PARAMETER;
    *Port = MIB_INVALID_TEREDO_PORT_NUMBER;
    return STATUS_DEVICE_NOT_READY;
}
