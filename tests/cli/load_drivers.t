#!/usr/bin/env -S tools/cli-test
# EXE-013 export drivers, names of modules without case, failures of DriverEntry, drivers that cannot be stopped
# Rows: EXE-007 EXE-013 EXE-014 EXE-030 EXE-031 EXE-032 EXE-783
$ cat > lib.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> NTSTATUS DllInitialize(PUNICODE_STRING r);
> NTSTATUS DllUnload(void);
> __declspec(dllexport) int lib_answer(void);
> int lib_answer(void) { return 42; }
> NTSTATUS DllInitialize(PUNICODE_STRING r) { DbgPrint("lib: initialized for %wZ\n", r); return STATUS_SUCCESS; }
> NTSTATUS DllUnload(void) { DbgPrint("lib: unloaded\n"); return STATUS_SUCCESS; }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; DbgPrint("lib: must not run\n"); return STATUS_SUCCESS; }
> X
$ cat > user.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> __declspec(dllimport) int lib_answer(void);
> static VOID Unload(PDRIVER_OBJECT d) { (void)d; DbgPrint("user: unload, lib still says %d\n", lib_answer()); }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)r; d->DriverUnload = Unload; DbgPrint("user: lib says %d\n", lib_answer()); return STATUS_SUCCESS; }
> X
$ wskit build lib.c --export-driver >/dev/null && wskit build user.c lib.lib >/dev/null && wskit run user.sys --for 0.05
lib: initialized for *lib
user: lib says 42
user.sys started (* ms)
user: unload, lib still says 42
lib: unloaded
user.sys stopped (* ms)
# The folder's path may be long.
$ d=$(printf '%0200d/%0200d/%0200d' 1 2 3); mkdir -p $d && cp user.sys lib.sys $d && wskit run $d/user.sys --for 0.05
lib: initialized for *lib
user: lib says 42
user.sys started (* ms)
user: unload, lib still says 42
lib: unloaded
user.sys stopped (* ms)
# Without the file it needs, the driver is refused by name.
$ mkdir alone && cp user.sys alone/ && wskit run alone/user.sys --for 0.05
wskit run: user.sys imports 1 function that is not there:
  lib.sys: lib_answer
...
[2]
# A failing DriverEntry: no Unload, its status, what it left behind.
$ cat > fail.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> static VOID Unload(PDRIVER_OBJECT d) { (void)d; DbgPrint("must not run\n"); }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     PDEVICE_OBJECT device;
>     (void)r;
>     d->DriverUnload = Unload;
>     (void)IoCreateDevice(d, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
>     return STATUS_DEVICE_CONFIGURATION_ERROR;
> }
> X
$ wskit build fail.c >/dev/null && wskit run fail.sys --for 0.05 > log 2>&1; echo status $?; grep -c 'must not run' log; grep -o 'finding EXE-033' log; grep -o 'STATUS_DEVICE_CONFIGURATION_ERROR' log | head -1
status 2
0
finding EXE-033
STATUS_DEVICE_CONFIGURATION_ERROR
# A driver without Unload cannot be stopped.
$ printf '#include <wdm.h>\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; return STATUS_SUCCESS; }\n' > stay.c
$ wskit build stay.c >/dev/null && wskit run stay.sys --for 0.05 > log 2>&1; echo status $?; grep -o 'has no DriverUnload routine, so it cannot be stopped' log
status 1
has no DriverUnload routine, so it cannot be stopped
