#!/usr/bin/env -S tools/cli-test
# wskit run ends a driver that does not: by --timeout, or by a second signal
$ echo hang > x.sys; echo print=up hang > p.sys; echo unload-hang > u.sys; mkfifo out; ln -s $BUILD/tests/unit/cli/wskit-fake wskit-fake
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
$ ./wskit-fake run p.sys > out 2>&1 & pid=$!; exec 3< out; read up <&3; kill -INT $pid; read said <&3; kill -INT $pid; wait $pid; echo status $?; echo "$said"; cat <&3
status 1
the start of p.sys still runs; it is unloaded when it ends (once more: kill it)
finding start-hangs: DriverEntry of p.sys did not return before the second signal: it waits or loops; the machine was killed (--start-timeout 0: waits for ever, for gdb)
...
1 finding
$ echo > a.sys; for s in INT TERM HUP; do ./wskit-fake run a.sys > out & pid=$!; exec 3< out; read started <&3; kill -$s $pid; wait $pid; echo status $?; tail -1 <&3; done
status 0
a.sys stopped (* ms)
status 0
a.sys stopped (* ms)
status 0
a.sys stopped (* ms)
# The supervisor killed: its machine does not stay behind.
$ ./wskit-fake run a.sys > out & pid=$!; exec 3< out; read started <&3; python3 -c "import os, select, sys; it = os.pidfd_open(int(sys.argv[2])); os.kill(int(sys.argv[1]), 9); print('ended' if select.select([it], [], [], 10)[0] else 'lives')" $pid $(cat /proc/$pid/task/$pid/children)
ended
