#!/usr/bin/env -S tools/cli-test
# wskit run ends a driver that does not: by --timeout, or by a second signal
$ echo hang > x.sys; echo unload-hang > u.sys; ln -s $BUILD/tests/unit/cli/wskit-fake wskit-fake
$ ./wskit-fake run x.sys --timeout 0.1
finding start-hangs: DriverEntry of x.sys did not return within 0.1 s: it waits or loops; the machine was killed (--start-timeout 0: waits for ever, for gdb)
...
1 finding
[1]
$ ./wskit-fake run u.sys --for 0.01 --timeout 0.1
u.sys started (* ms)
finding unload-hangs: DriverUnload of u.sys did not return within 0.1 s: it waits or loops; the machine was killed (--timeout 0: waits for ever, for gdb)
...
1 finding
[1]
$ ./wskit-fake run x.sys > log 2>&1 & pid=$!; sleep 0.3; kill -INT $pid; sleep 0.1; kill -INT $pid; wait $pid; echo status $?; cat log
status 1
the start of x.sys still runs; it is unloaded when it ends (once more: kill it)
finding start-hangs: DriverEntry of x.sys did not return before the second signal: it waits or loops; the machine was killed (--start-timeout 0: waits for ever, for gdb)
...
1 finding
$ echo > a.sys; for s in INT TERM HUP; do ./wskit-fake run a.sys > log & pid=$!; for i in $(seq 100); do grep -q started log && break; sleep 0.02; done; kill -$s $pid; wait $pid; echo status $?; tail -1 log; done
status 0
a.sys stopped (* ms)
status 0
a.sys stopped (* ms)
status 0
a.sys stopped (* ms)
# The supervisor killed: its machine does not stay behind.
$ ./wskit-fake run a.sys > log & pid=$!; for i in $(seq 100); do grep -q started log && break; sleep 0.02; done; child=$(cat /proc/$pid/task/$pid/children); kill -KILL $pid; wait $pid 2>/dev/null; sleep 0.2; grep -s '^State:.*[RSD] ' /proc/$child/status; true
