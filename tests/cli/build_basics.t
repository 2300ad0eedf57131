#!/usr/bin/env -S tools/cli-test
# BLD-001 BLD-061 sources or a folder become an image, its PDB and its debug twin
# Rows: BLD-001 BLD-061
$ cat > one.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
> {
>     UNREFERENCED_PARAMETER(DriverObject);
>     UNREFERENCED_PARAMETER(RegistryPath);
>     return STATUS_SUCCESS;
> }
> X
$ wskit build one.c
one.sys (1 source, * s)
$ ls
one.c
one.pdb
one.sys
one.sys.debug
$ mkdir -p folder out && cp one.c folder/a.c && echo 'int other(void); int other(void) { return 1; }' > folder/b.c && echo text > folder/README
$ wskit build folder/ -o out/mine.sys && ls out
out/mine.sys (2 sources, * s)
mine.pdb
mine.sys
mine.sys.debug
$ cd / && wskit build "$OLDPWD/one.c" -o "$OLDPWD/abs.sys"
*/abs.sys (1 source, * s)
$ wskit build -v one.c 2>&1 | grep -c -e --driver-mode=cl -e lld-link
2
# No tool: its Debian package, before anything is written.
$ PATH=/nowhere WSKIT_KIT=/nowhere $(command -v wskit) build nothing.c
wskit build: nothing.c: no such file or folder
[2]
