#!/usr/bin/env -S tools/cli-test
# BLD-027 the kit has an import library for each system module, named as drivers import it
# Rows: BLD-027
$ for l in ntoskrnl hal netio ndis fwpkclnt wdfldr wpprecorder cng ksecdd fltmgr tdi wmilib; do [ -e "$(dirname "$(command -v wskit)")/kit/lib/$l.lib" ] || echo "no $l"; done
$ printf '#include <wdm.h>\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)r; memset(d, 0, ((volatile char *)d)[1]); return 0; }\n' > m.c; wskit build m.c -l ndis -lfwpkclnt >/dev/null && llvm-readobj-19 --coff-imports m.sys | grep -E 'Name:|Symbol'
  Name: ntoskrnl.exe
  Symbol: memset (*
