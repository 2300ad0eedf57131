#!/usr/bin/env -S tools/cli-test
# EXE-009 EXE-619 every import that is not there is named at once, with the how-to; nothing of the driver runs
$ printf 'LIBRARY ntoskrnl.exe\nEXPORTS\nKeNoSuchOne\nIoNoSuchTwo\n' > a.def; printf 'LIBRARY NDIS.SYS\nEXPORTS\nNdisNoSuchThree\n' > b.def; printf 'LIBRARY FLTMGR.SYS\nEXPORTS\nFltNoSuchFour\n' > c.def; printf 'LIBRARY TDI.SYS\nEXPORTS\nTdiNoSuchFive\n' > d.def; printf 'LIBRARY MSRPC.SYS\nEXPORTS\nNdrNoSuchSix\n' > e.def
$ for l in a b c d e; do llvm-lib-19 /nologo /def:$l.def /machine:x64 /out:$l.lib; done
$ cat > i.c <<'X'
> __declspec(dllimport) void KeNoSuchOne(void);
> __declspec(dllimport) void IoNoSuchTwo(void);
> __declspec(dllimport) void NdisNoSuchThree(void);
> __declspec(dllimport) void FltNoSuchFour(void), TdiNoSuchFive(void), NdrNoSuchSix(void);
> int DriverEntry(void *d, void *r) { KeNoSuchOne(); IoNoSuchTwo(); NdisNoSuchThree(); FltNoSuchFour(); TdiNoSuchFive(); NdrNoSuchSix(); return d == r; }
> X
$ clang-19 --target=x86_64-pc-windows-msvc -c i.c -o i.obj && lld-link-19 /driver /subsystem:native /entry:DriverEntry /nodefaultlib /out:i.sys i.obj a.lib b.lib c.lib d.lib e.lib
$ wskit run i.sys 2> log; echo status $?; cat log
status 2
wskit run: i.sys imports 6 functions that are not there:
...
*IoNoSuchTwo, KeNoSuchOne*
...
To add a function: docs/howto/add-a-ddi.md
$ grep -c NdisNoSuchThree log; grep -cE 'FltNoSuchFour|TdiNoSuchFive|NdrNoSuchSix' log
1
3
