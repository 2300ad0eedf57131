#!/usr/bin/env -S tools/cli-test
# BLD-001 an installed wskit builds and runs a driver, away from the source tree
# Rows: BLD-001
$ DESTDIR=$PWD/root meson install -C $BUILD --no-rebuild --quiet --only-changed
$ ls root/usr/local/bin root/usr/local/share/wskit/kit
root/usr/local/bin:
wskit
root/usr/local/share/wskit/kit:
include
lib
rc
$ ls root/usr/local/share/wskit/kit/lib | grep -c -e '^ntoskrnl.lib$' -e '^netio.lib$' -e '^bufferoverflowfastfailk.lib$' -e '^libcntpr.lib$' -e '^uuid.lib$'
5
$ find root -name meson.build
$ find root -xtype l
$ cat > i.c <<'X'
> #include <wdm.h>
> #include <wsk.h>
> DRIVER_INITIALIZE DriverEntry;
> DRIVER_UNLOAD Unload;
> static WSK_REGISTRATION Registration;
> static const WSK_CLIENT_DISPATCH Dispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
> VOID Unload(PDRIVER_OBJECT d) { UNREFERENCED_PARAMETER(d); WskDeregister(&Registration); }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     WSK_CLIENT_NPI npi = {NULL, &Dispatch};
>     UNREFERENCED_PARAMETER(r);
>     d->DriverUnload = Unload;
>     return WskRegister(&npi, &Registration);
> }
> X
$ printf '#include <windows.h>\n#include <ntverp.h>\n#define VER_FILETYPE VFT_DRV\n#define VER_FILESUBTYPE VFT2_DRV_NETWORK\n#define VER_FILEDESCRIPTION_STR "i"\n#define VER_INTERNALNAME_STR "i.sys"\n#define VER_ORIGINALFILENAME_STR "i.sys"\n#include "common.ver"\n' > i.rc
# Nothing of the source tree is needed: its kit is not looked at, and no path of it comes into the image.
$ strace -f -o trace -e trace=open,openat root/usr/local/bin/wskit build i.c i.rc --werror 2>/dev/null || root/usr/local/bin/wskit build i.c i.rc --werror
i.sys (1 source, * s)
$ grep -e "$SOURCE/include" -e "$BUILD/kit" trace 2>/dev/null | head -3
$ root/usr/local/bin/wskit run i.sys --for 0
i.sys started *
i.sys stopped *
$ grep -c "$SOURCE" i.sys i.pdb i.sys.debug
i.sys:0
i.pdb:0
i.sys.debug:0
[1]
