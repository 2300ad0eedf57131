#!/usr/bin/env -S tools/cli-test
# help, suggestions, version
$ wskit
wskit - build, run and test Windows kernel network drivers (x64 .sys) on Linux
...
[2]
$ wskit --help | head -1
wskit - build, run and test Windows kernel network drivers (x64 .sys) on Linux
$ wskit --version
wskit 0.*
$ wskit buidl
wskit: no command buidl; did you mean build?
[2]
$ wskit xyzzy
wskit: no command xyzzy; `wskit help` lists them
[2]
$ for c in build run ioctl ddi doctor help; do wskit help $c >a && wskit $c --help >b || echo status $c; [ $c = help ] || cmp a b; grep -q '^Examples:' a || [ $c = help ] || echo no examples $c; done
$ wskit ddi --jsn
wskit ddi: unknown option --jsn; did you mean --json?
[2]
$ wskit run x.sys --for
wskit run: x.sys: no such file; build one with `wskit build`
[2]
