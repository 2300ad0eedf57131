#!/usr/bin/env -S tools/cli-test
# BLD-018 two builds in two places give the same bytes, without a path of this machine
# Rows: BLD-018
$ mkdir one two && printf '#include <wdm.h>\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; return 0; }\n' > one/i.c && cp one/i.c two
$ (cd one && wskit build i.c >/dev/null) && (cd two && wskit build i.c >/dev/null) && cmp one/i.sys two/i.sys && cmp one/i.pdb two/i.pdb && cmp one/i.sys.debug two/i.sys.debug && echo same
same
$ grep -a -c -F -e "$PWD" -e "$TMPDIR" -e "$SOURCE" one/i.sys one/i.pdb one/i.sys.debug
one/i.sys:0
one/i.pdb:0
one/i.sys.debug:0
[1]
