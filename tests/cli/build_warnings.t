#!/usr/bin/env -S tools/cli-test
# BLD-015 MSVC's own pragmas and habits make no noise; real warnings do, and stop with --werror
# Rows: BLD-015
$ cat > w.c <<'X'
> #include <wdm.h>
> #pragma prefast(disable: 28118)
> #pragma warning(disable: 4201)
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> typedef struct { union { int a; short b; }; int tail[]; } nameless;
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { nameless *n = (nameless *)d; return n->a + (int)'abcd'; }
> X
$ wskit build w.c --werror
w.sys (1 source, * s)
$ printf '#include <wdm.h>\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { int x; (void)d; (void)r; return x; }\n' > u.c; wskit build u.c
u.c(3,*): warning: variable 'x' is uninitialized when used here *
...
u.sys (1 source, * s)
$ wskit build u.c --werror
u.c(3,*): error: variable 'x' is uninitialized when used here *
...
[1]
