#!/usr/bin/env -S tools/cli-test
# wskit build --json: each diagnostic and the end, also of a build that cannot begin
$ cat > show.py <<'X'
> import json, sys
> for d in map(json.loads, sys.stdin):
>     print(d.pop('event'), *(f'{k}={v}' for k, v in d.items() if k != 'seconds'))
> X
$ printf '#include <wdm.h>\nDRIVER_INITIALIZE DriverEntry;\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)\n{\n    int x;\n    return x;\n}\n' > 'a (1).c'
$ wskit build 'a (1).c' --json 2>err | python3 show.py; cat err
diagnostic severity=warning file=a (1).c line=6 column=12 text=variable 'x' is uninitialized when used here [-Wuninitialized]
diagnostic severity=note file=a (1).c line=5 column=10 text=initialize the variable 'x' to silence this warning
end status=0 image=a (1).sys sources=1
$ printf 'int f(void) { return nothing; }\n' > e.c; wskit build --json e.c >out 2>err; echo $?; python3 show.py <out; cat err
1
diagnostic severity=error file=e.c line=1 column=22 text=use of undeclared identifier 'nothing'
end status=1 image=None sources=1
$ printf '#include <wdm.h>\nvoid KeFoo(void);\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);\nNTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; KeFoo(); return 0; }\n' > l.c; wskit build --json l.c 2>&1 | python3 show.py
diagnostic severity=error file=None line=None column=None text=undefined symbol: KeFoo
diagnostic severity=message file=None line=None column=None text=what is undefined:
diagnostic severity=message file=None line=None column=None text=KeFoo: not in the kernel's table*
end status=1 image=None sources=1
$ wskit build --json none.c 2>&1 | python3 show.py
diagnostic severity=message file=None line=None column=None text=none.c: no such file or folder
end status=2 image=None sources=0
$ wskit build --json --nosuch e.c 2>&1 | python3 show.py
diagnostic severity=message file=None line=None column=None text=unknown option --nosuch; *
end status=2 image=None sources=0
