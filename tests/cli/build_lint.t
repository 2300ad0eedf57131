#!/usr/bin/env -S tools/cli-test
# BLD-006 BLD-013 BLD-016 what clang is silent about is a warning
# Rows: BLD-006 BLD-013 BLD-016
$ cat > l.c <<'X'
> #include <ntdef.h>
> NTSTATUS DriverEntry(PVOID d, PVOID r);
> int late(int x); /* __try alloc_text(PAGE, DriverEntry) */
> int in_time(int x);
> #pragma alloc_text(PAGE, in_time)
> int in_time(int x) { return x + 2; }
> __declspec(noinline) int late(int x) { return x + (int)sizeof("__try"); }
> #pragma alloc_text(PAGE, in_time, late)
> NTSTATUS DriverEntry(PVOID d, PVOID r) { (void)d; return late((int)(ULONG_PTR)r) + in_time(1); }
> X
$ wskit build l.c
l.c(8): warning: alloc_text comes after the definition of late, which stays in .text [BLD-013]
l.sys (1 source, * s)
$ printf '#include <ntdef.h>\nNTSTATUS DriverEntry(PVOID d, PVOID r);\nNTSTATUS DriverEntry(PVOID d, PVOID r) { int n = 0; (void)d; (void)r; __try { n = 1; } __except (1) { n = 2; } return n; }\n' > t.c; wskit build t.c '-D__try=if (1)' '-D__except(x)=if (0)' 2>&1 | grep -v -e '#define' -e 'warning: kw' -e '^ '
t.c(3): warning: exception handler lost: the object has none for this __try [BLD-006]
t.sys (1 source, * s)
$ wskit build l.c --cflag /clang:-g0 2>&1 | grep BLD-016
l.c: warning: the object lacks one of its two debug formats; is there a --cflag against it? [BLD-016]
# No false alarm: a pragma that is not compiled, and one whose function another file defines.
$ cat > n.c <<'X'
> #include <wdm.h>
> DRIVER_INITIALIZE DriverEntry;
> int other(int x);
> __declspec(noinline) static int local(int x) { return x; }
> #if 0
> #pragma alloc_text(PAGE, local)
> #if 1
> #endif
> #pragma alloc_text(PAGE, local)
> #endif
> #ifdef NEVER
> #pragma alloc_text(INIT, DriverEntry)
> #endif
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; return local((int)(ULONG_PTR)r); }
> X
$ wskit build n.c
n.sys (1 source, * s)
