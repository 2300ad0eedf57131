#!/usr/bin/env -S tools/cli-test
# EXE-574 bug check callbacks: a record is registered once, taken back once, and called at HIGH_LEVEL when the machine stops
$ cat > c.c <<'X'
> #include <ntddk.h>
> DRIVER_INITIALIZE DriverEntry;
> static KBUGCHECK_CALLBACK_RECORD kept, taken_back;
> static KBUGCHECK_REASON_CALLBACK_RECORD reason;
> static UCHAR buffer[16];
> static VOID NTAPI called(PVOID data, ULONG bytes)
> {
>     DbgPrint("callback: %d %lu bytes at IRQL %u\n", data == buffer, bytes, KeGetCurrentIrql());
> }
> static VOID NTAPI never(PVOID data, ULONG bytes)
> {
>     DbgPrint("never: %p %lu\n", data, bytes);
> }
> static VOID NTAPI why(KBUGCHECK_CALLBACK_REASON r, PKBUGCHECK_REASON_CALLBACK_RECORD record, PVOID data, ULONG bytes)
> {
>     DbgPrint("reason %d: %d, %d bytes or more, %d\n", r, record == &reason, bytes >= sizeof(KBUGCHECK_SECONDARY_DUMP_DATA), data != NULL);
> }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     UCHAR *name = (UCHAR *)"c";
>     (void)d; (void)r;
>     KeInitializeCallbackRecord(&kept);
>     KeInitializeCallbackRecord(&taken_back);
>     KeInitializeCallbackRecord(&reason);
>     DbgPrint("registered %d\n", KeRegisterBugCheckCallback(&kept, called, buffer, sizeof(buffer), name));
>     DbgPrint("registered again %d\n", KeRegisterBugCheckCallback(&kept, called, buffer, sizeof(buffer), name));
>     KeRegisterBugCheckCallback(&taken_back, never, NULL, 0, name);
>     DbgPrint("taken back %d\n", KeDeregisterBugCheckCallback(&taken_back));
>     DbgPrint("taken back again %d\n", KeDeregisterBugCheckCallback(&taken_back));
>     DbgPrint("reason %d\n", KeRegisterBugCheckReasonCallback(&reason, why, KbCallbackSecondaryDumpData, name));
>     DbgPrint("reason again %d\n", KeRegisterBugCheckReasonCallback(&reason, why, KbCallbackSecondaryDumpData, name));
>     KeBugCheckEx(0xE2, 1, 2, 3, 4);
> }
> X
$ wskit build --type wdm c.c -o c.sys >/dev/null; wskit run c.sys > log 2>&1; echo status $?; grep -E 'registered|taken|reason|callback:|never|^bug check' log
status 1
registered 1
registered again 0
taken back 1
taken back again 0
reason 1
reason again 0
callback: 1 16 bytes at IRQL 15
reason 2: 1, 1 bytes or more, 1
bug check 0xE2*
