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
# MSVC takes a completion routine with a context of its own type; clang's error for it is a warning here.
$ cat > c.c <<'X'
> #include <ntddk.h>
> #include <intrin.h>
> #include <emmintrin.h>
> #include <wsk.h>
> #include <ip2string.h>
> #include <stdlib.h>
> DRIVER_INITIALIZE DriverEntry;
> static NTSTATUS NTAPI Done(PDEVICE_OBJECT d, PIRP irp, PKEVENT event) { (void)d; (void)irp; KeSetEvent(event, 0, FALSE); return STATUS_MORE_PROCESSING_REQUIRED; }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     int id[4];
>     KEVENT event;
>     PIRP irp = IoAllocateIrp(1, FALSE);
>     __m128i two = _mm_add_epi32(_mm_set1_epi32(1), _mm_set1_epi32(1));
>     (void)r;
>     __cpuid(id, 0);
>     if (!irp || _countof(id) != 4 || _mm_cvtsi128_si32(two) != 2 || !(__readeflags() & 2) ||
>         Int32x32To64(0x10000, -0x10000) != -0x100000000 || UInt32x32To64(0x80000000, 2) != 0x100000000 || !RtlIpv4AddressToString)
>         return STATUS_UNSUCCESSFUL;
>     IoSetCompletionRoutine(irp, Done, &event, TRUE, TRUE, TRUE);
>     IoFreeIrp(irp);
>     (void)d;
>     return STATUS_SUCCESS;
> }
> X
$ wskit build c.c
c.c(*,*): warning: incompatible function pointer types *
...
c.sys (1 source, * s)
