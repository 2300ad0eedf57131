#!/usr/bin/env -S tools/cli-test
# wskit run mistakes in a line, before anything starts
$ wskit run
wskit run: which driver? wskit run DRIVER.sys (`wskit help run`)
[2]
$ wskit run none.sys
wskit run: none.sys: no such file; build one with `wskit build`
[2]
$ mkdir d; wskit run d
wskit run: d is a folder; build it first: wskit build d
[2]
$ touch x.sys; wskit run x.sys --set Port
wskit run: --set takes KEY=VALUE, as in --set Port=40007; not Port
[2]
$ wskit run x.sys --cpus 100
wskit run: --cpus takes a number from 1 to 64, not 100
[2]
$ wskit run x.sys --for soon
wskit run: --for takes seconds, as in --for 1.5; not soon
[2]
