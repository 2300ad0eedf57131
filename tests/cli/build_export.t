#!/usr/bin/env -S tools/cli-test
# BLD-026 BLD-027 entry points, an export driver and a driver that imports from it
# Rows: BLD-026 BLD-027
$ cat > lib.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> NTSTATUS DllInitialize(PUNICODE_STRING r);
> NTSTATUS DllUnload(void);
> __declspec(dllexport) int lib_answer(void);
> int lib_answer(void) { return 42; }
> NTSTATUS DllInitialize(PUNICODE_STRING r) { (void)r; return STATUS_SUCCESS; }
> NTSTATUS DllUnload(void) { return STATUS_SUCCESS; }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; return STATUS_SUCCESS; }
> X
$ cat > user.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> __declspec(dllimport) int lib_answer(void);
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; return lib_answer(); }
> X
$ wskit build lib.c --export-driver >/dev/null && ls lib.*
lib.c
lib.lib
lib.pdb
lib.sys
lib.sys.debug
$ llvm-readobj-19 --coff-exports lib.sys | grep 'Name:'
  Name: DllInitialize
  Name: DllUnload
  Name: lib_answer
$ wskit build user.c lib.lib >/dev/null && llvm-readobj-19 --coff-imports user.sys | grep -A4 lib.sys
  Name: lib.sys
...
  Symbol: lib_answer (*
...
$ printf '#include <ntdef.h>\nNTSTATUS Other(PVOID d, PVOID r);\nNTSTATUS Other(PVOID d, PVOID r) { (void)d; (void)r; return 0; }\n' > e.c
$ wskit build e.c --entry Other >/dev/null
$ printf 'LIBRARY e.sys\nEXPORTS\n    Other\n' > e.def && wskit build e.c e.def --entry Other >/dev/null && llvm-readobj-19 --coff-exports e.sys | grep 'Name:'
  Name: Other
