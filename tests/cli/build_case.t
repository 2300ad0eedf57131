#!/usr/bin/env -S tools/cli-test
# BLD-014 includes in any letter case and with backslashes
# Rows: BLD-014
$ mkdir -p drv/inc/sub && cat > drv/a.c <<'X'
> #include <NtDdk.h>
> #include "Local.H"
> #include "inc\SUB\Deep.h"
> #include <sub/OTHER.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; return LOCAL + DEEP + OTHER; }
> X
$ echo '#define LOCAL 1' > drv/local.h; echo '#define DEEP 2' > drv/inc/sub/deep.h; echo '#define OTHER 3' > drv/inc/sub/other.h
$ wskit build drv
drv/a.c(4,10): fatal error: 'sub/OTHER.h' file not found
...
wskit build: other.h is there, in another folder: add it with -I
[1]
$ wskit build drv -I drv/INC >/dev/null
$ wskit build drv -I drv/inc --werror
drv.sys (1 source, * s)
$ printf '#include <ntsd.h>\n' > e.c; wskit build e.c; printf '#include "completely_else.h"\n' > e.c; wskit build e.c
e.c(1,10): fatal error: 'ntsd.h' file not found
...
wskit build: no ntsd.h in the folders of the sources, -I or the kit; did you mean *.h?
e.c(1,10): fatal error: 'completely_else.h' file not found
...
wskit build: no completely_else.h in the folders of the sources, -I or the kit
[1]
