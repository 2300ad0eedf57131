#!/usr/bin/env -S tools/cli-test
# BLD-032 a version resource, made up or from a script with common.ver
# Rows: BLD-032
$ printf '#include <ntdef.h>\nNTSTATUS DriverEntry(PVOID d, PVOID r);\nNTSTATUS DriverEntry(PVOID d, PVOID r) { (void)d; (void)r; return 0; }\n' > i.c
$ wskit build i.c --file-version 3.1.4.1 >/dev/null && llvm-readobj-19 --coff-resources i.sys | grep -E 'Type:|Language'
  Type: VERSIONINFO (ID 16) *
    Language: (ID 1033) *
...
$ python3 -c "d=open('i.sys','rb').read(); i=d.index(b'\xbd\x04\xef\xfe'); import struct; v=struct.unpack_from('<13I', d, i); print(hex(v[2]), hex(v[3]), v[9], v[10])"
0x30001 0x40001 3 6
$ cat > v.rc <<'X'
> #include <windows.h>
> #include <ntverp.h>
> #define VER_FILETYPE VFT_DRV
> #define VER_FILESUBTYPE VFT2_DRV_SYSTEM
> #define VER_FILEDESCRIPTION_STR "A description"
> #define VER_INTERNALNAME_STR "i.sys"
> #define VER_ORIGINALFILENAME_STR "i.sys"
> #include "common.ver"
> X
$ wskit build i.c v.rc >/dev/null && python3 -c "d=open('i.sys','rb').read(); print('A description'.encode('utf-16le') in d)"
True
$ echo 'VERSIONINFO oops' > bad.rc; wskit build i.c bad.rc
llvm-rc: Error *
...
[1]
