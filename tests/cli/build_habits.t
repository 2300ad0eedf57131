#!/usr/bin/env -S tools/cli-test
# BLD-015 a driver written as the samples of the WDK are builds without a warning
# Rows: BLD-015
$ mkdir d; cat > d/public.h <<'X'
> #include <devioctl.h>
> #include <dontuse.h>
> #define IOCTL_ASK CTL_CODE(FILE_DEVICE_CONSOLE, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
> X
$ cat > d/h.c <<'X'
> #include <ntddk.h>
> #include <wsk.h>
> #include "public.h"
> DRIVER_INITIALIZE DriverEntry;
> DRIVER_UNLOAD Unload;
> VOID Unload(_In_ PDRIVER_OBJECT d) { UNREFERENCED_PARAMETER(d); }
> SOCKADDR_IN6 Any = {AF_INET6, 0x479c, 0, IN6ADDR_ANY_INIT, 0};
> NTSTATUS DriverEntry(_In_ PDRIVER_OBJECT d, _In_ PUNICODE_STRING r)
> {
>     NTSTATUS status = STATUS_SUCCESS;
>     PIO_STACK_LOCATION traced;
>     traced = NULL;
>     d->DriverUnload = Unload;
>     try {
>         if (r->Length == 0)
>             leave;
>         if (*(volatile ULONG *)d == IOCTL_ASK)
>             status = STATUS_UNSUCCESSFUL;
>     } except (EXCEPTION_EXECUTE_HANDLER) {
>         status = GetExceptionCode();
>     }
>     try {
>         Any.sin6_flowinfo = 0;
>     } finally {
>         Any.sin6_port = 1;
>     }
>     return status;
> }
> X
$ wskit build d --werror
d.sys (1 source, * s)
$ wskit run d.sys --for 0
d.sys started *
d.sys stopped *
