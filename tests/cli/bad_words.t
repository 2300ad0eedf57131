#!/usr/bin/env -S tools/cli-test
# mistyped commands, options and values: the nearest right one is named
$ wskit rnu x.sys
wskit: no command rnu; did you mean run?
[2]
$ touch x.sys; wskit run x.sys --jsno
wskit run: unknown option --jsno; did you mean --json?
[2]
$ wskit run x.sys --start-timout 3
wskit run: unknown option --start-timout; did you mean --start-timeout?
[2]
$ wskit run x.sys --sett Port=5
wskit run: unknown option --sett; did you mean --set?
[2]
$ wskit run x.sys --set Port 5
wskit run: --set takes KEY=VALUE, as in --set Port=40007; not Port
[2]
$ wskit run x.sys --set =5
wskit run: --set takes KEY=VALUE, as in --set Port=40007; not =5
[2]
$ wskit run x.sys Port=5
wskit run: Port=5: no such file; a parameter is given with --set Port=5
[2]
$ wskit run --set
wskit run: --set needs a value: --set KEY=VALUE
[2]
$ wskit run x.sys --json=yes
wskit run: --json takes no value
[2]
$ wskit run x.c
wskit run: x.c: no such file; build one with `wskit build`
[2]
$ echo > y.c; wskit run y.c
wskit run: y.c is a source file; build it first: wskit build y.c
[2]
$ wskit run x.sys --windows vista
wskit run: --windows takes a build number such as 19045 or 22631, not vista
[2]
