#!/usr/bin/env -S tools/cli-test
# BLD-030 BLD-034 an image that Windows or the loader would refuse fails its build
# Rows: BLD-022 BLD-030 BLD-034
$ cat > w.c <<'X'
> #include <ntdef.h>
> __attribute__((section("BOTH"))) int both = 1;
> __attribute__((section("BOTH2"))) int code(void);
> __attribute__((section("BOTH2"))) int code(void) { return both; }
> __asm__(".section BOTH3, \"dwx\"\n.globl there\nthere: .long 3\n.text\n");
> extern int there;
> NTSTATUS DriverEntry(PVOID d, PVOID r);
> NTSTATUS DriverEntry(PVOID d, PVOID r) { (void)d; (void)r; return *(volatile int *)&there + code(); }
> X
$ wskit build w.c
wskit build: section BOTH3 is both writable and executable: memory integrity (HVCI) refuses such a driver
[1]
$ ls
w.c
$ printf 'LIBRARY ntoskrnl.exe\nEXPORTS\n    KeNobodyHasThis\n    KeNorThis\n' > own.def && llvm-lib-19 /nologo /machine:x64 /def:own.def /out:own.lib && rm own.def
$ printf '#include <ntdef.h>\n__declspec(dllimport) int KeNobodyHasThis(void);\n__declspec(dllimport) int KeNorThis(void);\nNTSTATUS DriverEntry(PVOID d, PVOID r);\nNTSTATUS DriverEntry(PVOID d, PVOID r) { (void)d; (void)r; return KeNobodyHasThis() + KeNorThis(); }\n' > m.c
$ wskit build m.c own.lib
wskit build: self check BLD-034: m.sys: m.sys imports 2 functions that are not there:
  ntoskrnl.exe: KeNobodyHasThis, KeNorThis
*docs/howto/add-a-ddi.md
[1]
$ ls m.sys
ls: cannot access 'm.sys': No such file or directory
[2]
