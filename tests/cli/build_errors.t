#!/usr/bin/env -S tools/cli-test
# BLD-001 BLD-012 BLD-061 what cannot be built is said in a line
# Rows: BLD-001 BLD-012 BLD-061
$ wskit build
wskit build: nothing to build: give C or C++ sources, or a folder of them (`wskit help build`)
[2]
$ wskit build none.c
wskit build: none.c: no such file or folder
[2]
$ mkdir empty; wskit build empty
wskit build: empty has no .c or .cpp file in it (folders below it are not searched: name them too)
[2]
$ echo x > note.txt; wskit build note.txt
wskit build: note.txt: not a source (.c .cpp .cc .cxx), resource script (.rc), module definition (.def), library (.lib) or folder
[2]
$ echo 'int x' > e.c; wskit build e.c
e.c(1,6): error: expected ';' after top level declarator
...
[1]
$ ls
e.c
empty
note.txt
$ wskit build e.c --outt=3
wskit build: unknown option --outt=3; did you mean --out?
[2]
$ wskit build e.c --cflag /arch:AVX2
wskit build: /arch:AVX2: a driver that uses AVX must save that state itself; not for a whole driver
[2]
$ wskit build e.c --type ndis-lfw
wskit build: --type ndis-lfw is not known; did you mean ndis-lwf?; it is one of *
[2]
$ printf '#include <ntdef.h>\nNTSTATUS DriverEntry(PVOID d, PVOID r);\nNTSTATUS DriverEntry(PVOID d, PVOID r) { (void)d; (void)r; return 0; }\n' > i.c; wskit build i.c -o nofolder/i.sys
wskit build: cannot write nofolder/i.sys.debug: No such file or directory
[2]
$ TMPDIR=/nowhere wskit build i.c
wskit build: cannot make a temporary folder /nowhere/wskit-build-*: No such file or directory (set TMPDIR)
[2]
$ WSKIT_KIT=/nowhere wskit build i.c >/dev/null
