#!/usr/bin/env -S tools/cli-test
# BLD-003 BLD-009 BLD-010 BLD-017 flags of MSVC's build files: taken, left out or said; no empty table of exception continuations; shadow stacks
# Rows: BLD-003 BLD-009 BLD-010 BLD-017
$ printf '#include <wdm.h>\nDRIVER_INITIALIZE DriverEntry;\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)r; __try { return *(volatile NTSTATUS *)d; } __except (1) { return 1; } }\n' > i.c
$ f=; for x in /kernel /GS /guard:cf /Gy /Gw /GF /Zp8 /Zc:wchar_t- /Zl /ZH:SHA_256 /hotpatch /Gz /GR- /EHs-c- /Oy- /wd4603 /volatile:ms /Brepro /std:c17 /sdl /fp:fast; do f="$f --cflag $x"; done; wskit build i.c --werror $f
i.sys (1 source, * s)
$ f=; for x in -cbstring /analyze /analyze:plugin /Gm- /d1nodatetime /d1import_no_registry /d1trimfile:C:\\src /d2AllowCompatibleILVersions /d2epilogunwind /homeparams /await /Yustdafx.h /Fpx.pch; do f="$f --cflag $x"; done; wskit build i.c --werror $f
i.sys (1 source, * s)
$ wskit build i.c --cflag /Gm- --cflag /Gm- --cflag -cbstring -v 2>&1 | grep 'left out'
wskit build: left out /Gm-, which means nothing to clang
wskit build: left out -cbstring, which means nothing to clang
$ wskit build i.c --cflag /Qspectre --cflag /GL --cflag /Qspectre
wskit build: /Qspectre: not applied by clang: the image has no Spectre mitigation (*)
wskit build: /GL: no whole-program optimisation: each source is compiled by itself
i.sys (1 source, * s)
$ wskit build i.c --cflag /nosuchflag
clang-19: error: no such file or directory: '/nosuchflag'
...
[1]
$ wskit build i.c --cflag Od
wskit build: --cflag takes a flag of the compiler, as in --cflag /Od, not Od
[2]
$ wskit build i.c --cflag -flto=thin
wskit build: -flto=thin: whole-program optimisation is not offered
[2]
# An image that says that it has the table and has an empty one would have its handlers refused.
$ wskit build i.c --cflag /guard:ehcont --cetcompat --werror; llvm-readobj-19 --coff-load-config i.sys | grep -c -e EH_CONT; llvm-readobj-19 --coff-debug-directory i.sys | grep -c ExtendedDLLCharacteristics
wskit build: /guard:ehcont: not applied: clang lists no __except as a continuation, and an image with an empty list may catch nothing
i.sys (1 source, * s)
0
1
$ wskit build i.c >/dev/null; llvm-readobj-19 --coff-debug-directory i.sys | grep -c ExtendedDLLCharacteristics
0
[1]
