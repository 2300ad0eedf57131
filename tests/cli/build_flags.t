#!/usr/bin/env -S tools/cli-test
# BLD-002 BLD-020 the WDK's meaning on the tools' command lines
# Rows: BLD-002 BLD-020
$ printf '#include <ntdef.h>\nNTSTATUS DriverEntry(PVOID d, PVOID r);\nNTSTATUS DriverEntry(PVOID d, PVOID r) { (void)d; (void)r; return 0; }\n' > i.c
$ wskit build -v i.c 2>log >/dev/null; for f in /kernel /W4 /O2 /Oy- /GF /Zp8 /GS /guard:cf /Gy /fp:precise /Zc:wchar_t- /GR- /Gz /driver /nodefaultlib /manifest:no /incremental:no /release /opt:ref /opt:icf /stack:0x40000,0x1000 /version:10.0 /section:INIT,ERD /merge:_TEXT=.text /merge:_PAGE=PAGE /debug /wx /subsystem:native,10.00 /entry:GsDriverEntry bufferoverflowfastfailk.lib ntoskrnl.lib hal.lib wmilib.lib; do grep -q -e " $f\( \|$\)" log || echo "no $f"; done
$ wskit build -v --debug i.c 2>&1 | grep -c -e ' /Od .* /DDBG=1 '
1
