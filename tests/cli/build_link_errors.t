#!/usr/bin/env -S tools/cli-test
# BLD-007 BLD-026 BLD-027 an undefined name is explained
# Rows: BLD-007 BLD-026 BLD-027
$ printf '#include <wdm.h>\nvoid KeSetEvnt(int);\nNTSTATUS Driverentry(void);\nNTSTATUS Driverentry(void) { KeSetEvnt(1); return 0; }\n' > bad.c; wskit build bad.c
lld-link-19: error: undefined symbol: KeSetEvnt
...
lld-link-19: error: undefined symbol: DriverEntry
...
wskit build: what is undefined:
  KeSetEvnt: not in the kernel's table*
  DriverEntry: no source defines DriverEntry *
[1]
$ ls
bad.c
$ printf '#include <wdm.h>\nextern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r); struct g { int x; g(); ~g(); }; int f(); g::g() : x(f()) {} g::~g() { x = 0; } int f() { return 3; }\nextern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; static g one; return one.x; }\n' > s.cpp; wskit build s.cpp
...
wskit build: what is undefined:
...
[1]
