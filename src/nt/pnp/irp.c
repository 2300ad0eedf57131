/* PnP IRPs as the manager sends them (EXE-336): to the top of the stack, on a system thread, without a file, with STATUS_NOT_SUPPORTED in them
 * before. */
#include "pnp_private.h"

struct send {
    struct pnp_node *node;
    const IO_STACK_LOCATION *parameters;
    UCHAR minor;
    NTSTATUS status;
    ULONG_PTR information;
};

static void send(void *context)
{
    struct send *s = context;
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(s->node->pdo);
    PIRP irp = io_request(top, NULL, IRP_MJ_PNP, KernelMode);
    PIO_STACK_LOCATION next;
    struct io_wait wait;

    s->status = STATUS_INSUFFICIENT_RESOURCES;
    if (irp) {
        next = IoGetNextIrpStackLocation(irp);
        next->MinorFunction = s->minor;
        if (s->parameters)
            next->Parameters = s->parameters->Parameters;
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
        s->status = io_send_and_wait(top, irp, &wait);
        s->information = wait.iosb.Information;
    }
    ObfDereferenceObject(top);
}

NTSTATUS pnp_send(struct pnp_node *node, UCHAR minor, const IO_STACK_LOCATION *parameters, ULONG_PTR *information)
{
    struct send s = {.node = node, .parameters = parameters, .minor = minor};
    NTSTATUS status = io_on_system_thread(send, &s);

    if (information)
        *information = s.information;
    return NT_SUCCESS(status) ? s.status : status;
}
