#!/usr/bin/env -S tools/cli-test
# Rows: IPH-092 ParseNetworkString is no export of netio.sys here: the load names it
$ printf 'LIBRARY NETIO.SYS\nEXPORTS\nParseNetworkString\nFreeMibTable\n' > n.def; llvm-lib-19 /nologo /def:n.def /machine:x64 /out:n.lib
$ cat > i.c <<'X'
> __declspec(dllimport) unsigned ParseNetworkString(const unsigned short *, unsigned, void *, void *, void *);
> __declspec(dllimport) void FreeMibTable(void *);
> int DriverEntry(void *d, void *r) { FreeMibTable(0); return ParseNetworkString(r, 1, 0, 0, d); }
> X
$ clang-19 --target=x86_64-pc-windows-msvc -c i.c -o i.obj && lld-link-19 /driver /subsystem:native /entry:DriverEntry /nodefaultlib /out:i.sys i.obj n.lib
$ wskit run i.sys 2>&1; echo status $?
wskit run: i.sys imports 1 function that is not there:
  NETIO.SYS: ParseNetworkString
To add a function: docs/howto/add-a-ddi.md
status 2
