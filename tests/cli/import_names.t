#!/usr/bin/env -S tools/cli-test
# EXE-I02..I09 EXE-I21..I23 EXE-I27 EXE-I30 what the names of a source become in the image: exactly these imports
# Rows: EXE-I02 EXE-I03 EXE-I04 EXE-I05 EXE-I06 EXE-I07 EXE-I08 EXE-I09 EXE-I21 EXE-I22 EXE-I23 EXE-I27 EXE-I30
# TODO_ROW(EXE_I24, "AuxKlib has no kit library yet; IoCreateDeviceSecure is tested by tests/guest/se/sddl.c")
# TODO_ROW(EXE_I25, "no WPP headers: they come with the tracing of the kernel")
# TODO_ROW(EXE_I26, "no TraceLoggingProvider.h")
# TODO_ROW(EXE_I28, "NDIS is a later part")
# TODO_ROW(EXE_I29, "KMDF is a later part")
$ cat > names.c <<'X'
> #include <ntifs.h>
> #include <ntstrsafe.h>
> #include <ntintsafe.h>
> DRIVER_INITIALIZE DriverEntry;
> typedef struct { KSPIN_LOCK lock; KMUTANT mutex; PVOID object; PIRP irp; PDEVICE_OBJECT device; PACCESS_TOKEN token; LARGE_INTEGER time; ULONG a, b; UCHAR x[64], y[64]; WCHAR text[32]; } STATE, *PSTATE;
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING path)
> {
>     volatile PSTATE s = (PSTATE)d->DriverExtension;
>     KIRQL irql, raised;
>     SECURITY_SUBJECT_CONTEXT subject = {0};
>     LARGE_INTEGER time;
>     SIZE_T sum;
>     UNREFERENCED_PARAMETER(path);
>     /* I02 */ ObReferenceObject(s->object); ObDereferenceObject(s->object);
>     /* I03 I04 */ KeInitializeSpinLock(&s->lock); KeAcquireSpinLock(&s->lock, &irql); KeReleaseSpinLock(&s->lock, irql);
>     KeMemoryBarrier(); YieldProcessor(); InterlockedIncrement((LONG *)&s->a);
>     /* I05 I06 */ KeRaiseIrql(APC_LEVEL, &irql); KeLowerIrql(irql); raised = KeRaiseIrqlToDpcLevel(); KeLowerIrql(raised); s->a += KeGetCurrentIrql();
>     /* I07 I08 */ s->object = KeGetCurrentThread(); s->token = (PACCESS_TOKEN)PsGetCurrentThread(); s->a += KeGetCurrentProcessorNumber();
>     /* I09 */ KeQueryTickCount(&time); s->time = time; KeQuerySystemTime(&s->time); s->a += (ULONG)KeQueryInterruptTime();
>     /* I21 */ KeWaitForMutexObject(&s->mutex, Executive, KernelMode, FALSE, NULL);
>     /* I22 */ RtlCopyMemory(s->x, s->y, s->a); RtlMoveMemory(s->x, s->y, s->a); RtlFillMemory(s->x, s->a, 3); RtlZeroMemory(s->y, s->a); s->b = RtlEqualMemory(s->x, s->y, s->a);
>     /* I23 */ RtlStringCchPrintfW(s->text, 32, L"%d", s->a); RtlStringCbPrintfA((char *)s->x, 64, "%d", s->a); if (NT_SUCCESS(RtlSizeTAdd(s->a, s->b, &sum))) s->a = (ULONG)sum;
>     /* I27 */ __try { s->a = *(volatile ULONG *)s->object; } __except (EXCEPTION_EXECUTE_HANDLER) { s->a = 0; }
>     /* I30 */ s->token = SeQuerySubjectContextToken(&subject); s->b = IoIsErrorUserInduced(s->irp->IoStatus.Status); PsDereferencePrimaryToken(s->token); ExInterlockedAddLargeStatistic(&s->time, s->a);
>     return STATUS_UNSUCCESSFUL;
> }
> X
$ wskit build names.c > /dev/null; llvm-readobj-19 --coff-imports names.sys | awk '/Name:/{m=$2} /Symbol:/{print m, $2}' | sort
ntoskrnl.exe KeAcquireSpinLockRaiseToDpc
ntoskrnl.exe KeGetCurrentIrql
ntoskrnl.exe KeLowerIrql
ntoskrnl.exe KeRaiseIrqlToDpcLevel
ntoskrnl.exe KeReleaseSpinLock
ntoskrnl.exe KeWaitForSingleObject
ntoskrnl.exe KfRaiseIrql
ntoskrnl.exe ObfDereferenceObject
ntoskrnl.exe ObfReferenceObject
ntoskrnl.exe PsDereferencePrimaryToken
ntoskrnl.exe __C_specific_handler
ntoskrnl.exe _vsnprintf
ntoskrnl.exe _vsnwprintf
ntoskrnl.exe memcmp
ntoskrnl.exe memcpy
ntoskrnl.exe memmove
ntoskrnl.exe memset
# Names that other compilers' headers leave as imports are exported too; those that are inline everywhere are not.
$ cat > plain.py <<'X'
> import json, subprocess
> kinds = {d['name']: d['kind'] for d in json.loads(subprocess.check_output(['wskit', 'ddi', '--json']))}
> for name in 'KeGetCurrentThread PsGetCurrentThread KeGetCurrentProcessorNumberEx KeReleaseSpinLock KeQueryTickCount KeWaitForMutexObject'.split():
>     print(name, kinds.get(name))
> X
$ python3 plain.py
KeGetCurrentThread import
PsGetCurrentThread import
KeGetCurrentProcessorNumberEx import
KeReleaseSpinLock import
KeQueryTickCount macro
KeWaitForMutexObject macro
