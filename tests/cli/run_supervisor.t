#!/usr/bin/env -S tools/cli-test
# wskit run tells what the machine's process did, whatever it did
$ echo 'print=hello' > a.sys; echo 'print=world' > b.sys; ln -s $BUILD/tests/unit/cli/wskit-fake wskit-fake
$ ./wskit-fake run a.sys b.sys --for 0.05
hello
a.sys started (* ms)
world
b.sys started (* ms)
b.sys stopped (* ms)
a.sys stopped (* ms)
$ ./wskit-fake run a.sys --for 0
hello
a.sys started (* ms)
a.sys stopped (* ms)
$ ./wskit-fake run --set All=1 a.sys --service alpha --set Port=5 b.sys --for 0.01 | grep -e All -e Port
alpha: All=1
alpha: Port=5
-: All=1
$ echo finding > f.sys; ./wskit-fake run f.sys --for 0.01
finding EXE-756: something "quoted" is wrong
    fake!DriverEntry+0x12 (fake.c:8)
    fake!GsDriverEntry+0x3
f.sys started (* ms)
f.sys stopped (* ms)
1 finding
[1]
$ echo bugcheck > x.sys; ./wskit-fake run a.sys x.sys
hello
a.sys started (* ms)
bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL: read of 0x10 at DISPATCH_LEVEL
    parameters: 0x10, 0x2, 0x0, 0xFFFFF80000001234
    (address referenced; IRQL; *)
    fake!OnReceive+0x12 (fake.c:8)
1 finding
[1]
$ echo crash=11 > x.sys; ./wskit-fake run x.sys
the machine process died of signal 11 (Segmentation fault) during the start of x.sys
1 finding
[1]
$ echo exit > x.sys; ./wskit-fake run x.sys
the machine process ended without a report during the start of x.sys
1 finding
[1]
$ echo assert > x.sys; ./wskit-fake run x.sys
finding wskit: *fake.c:*: wskit_driver_start: assertion failed: w == NULL
the machine process died of signal 4 (Illegal instruction) during the start of x.sys
2 findings
[1]
$ echo refuse=C000020A > x.sys; ./wskit-fake run a.sys x.sys
hello
a.sys started (* ms)
wskit run: x.sys: DriverEntry failed with 0xC000020A (STATUS_ADDRESS_ALREADY_EXISTS)
a.sys stopped (* ms)
[2]
$ echo unload-crash > x.sys; ./wskit-fake run x.sys --for 0.01
x.sys started (* ms)
the machine process died of signal 6 (Aborted) during the unload of x.sys
1 finding
[1]
$ echo unload-finding > x.sys; ./wskit-fake run x.sys --for 0.01
x.sys started (* ms)
finding EXE-033: a timer is still set
x.sys stopped (* ms)
1 finding
[1]
