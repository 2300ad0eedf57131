/* WskSendEx and WskReceiveEx (WSK-155): as the plain ones; connections carry no control data. */
#include "netio/wsk/wsk_private.h"

NTSTATUS WSKAPI wsk_send_ex(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, ULONG ControlInfoLength, PCMSGHDR ControlInfo, PIRP Irp)
{
    return wsk_send(Socket, Buffer, Flags, Irp);
}

NTSTATUS WSKAPI wsk_receive_ex(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PULONG ControlInfoLength, PCMSGHDR ControlInfo, PULONG ControlFlags, PIRP Irp)
{
    if (ControlInfoLength)
        *ControlInfoLength = 0;
    if (ControlFlags)
        *ControlFlags = 0;
    return wsk_receive(Socket, Buffer, Flags, Irp);
}
