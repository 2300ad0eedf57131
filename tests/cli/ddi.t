#!/usr/bin/env -S tools/cli-test
# wskit ddi the table, one entry, JSON
$ wskit ddi memcpy
memcpy
    *memcpy(*
    import of ntoskrnl.exe
...
$ wskit ddi RtlInitUnicodeStrin
wskit ddi: RtlInitUnicodeStrin is not implemented; did you mean RtlInitUnicodeString?
[2]
$ wskit ddi --json | python3 -c "import json,sys; d=json.load(sys.stdin); assert all(set(i) >= {'name','module','kind','irql','rows','gap'} for i in d); print(len(d) > 100, any(i['kind']=='macro' for i in d))"
True True
$ wskit ddi --module NTOSKRNL.EXE --kind data --json | python3 -c "import json,sys; print(all(i['kind']=='data' for i in json.load(sys.stdin)))"
True
