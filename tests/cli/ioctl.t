#!/usr/bin/env -S tools/cli-test
# wskit ioctl reaches the devices of a running machine, by its socket, its pid, or because there is only one
$ echo > a.sys; mkfifo out; ln -s $BUILD/tests/unit/cli/wskit-fake wskit-fake; cat > with <<'X'
> # with OPTIONS -- COMMAND: runs COMMAND while a machine runs; $pid is its supervisor
> ./wskit-fake run a.sys $1 > out 2>&1 & pid=$!; exec 3< out; read started <&3; echo "$started" > log
> eval "$2"; echo "status $?"
> kill -INT $pid 2>/dev/null; wait $pid; echo "run status $?"; cat <&3 >> log
> X
$ . ./with "" './wskit-fake ioctl "\\\\.\\Fake" 0x222000 --in "01 02 03 41" --out 16 --pid $pid'
0x00000000 STATUS_SUCCESS, 4 bytes
00000000  41 03 02 01*A...
status 0
run status 0
$ . ./with "--control ./c.sock" './wskit-fake ioctl "\\\\.\\Fake" 2236416 --in 616263 --out 2 --save - --control ./c.sock'; ls c.sock
bastatus 0
run status 0
ls: cannot access 'c.sock': No such file or directory
[2]
$ . ./with "" './wskit-fake ioctl "\\\\.\\Fake" 0x222000 --in 0102030405060708090a0b0c0d0e0f1011121314 --out 20 --pid $pid >/dev/null; ./wskit-fake ioctl "\\\\.\\Fake" 0x22200c --out 16 --pid $pid'
0x00000000 STATUS_SUCCESS, 16 bytes
00000000  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
status 0
run status 0
$ . ./with "" './wskit-fake ioctl "\\\\.\\Fake" 0x222008 --pid $pid'
0xC0000010 STATUS_INVALID_DEVICE_REQUEST, 0 bytes
status 1
run status 0
$ . ./with "" './wskit-fake ioctl "\\\\.\\Gone" 0x222008 --json --pid $pid'
{"status":"0xC0000034","name":"STATUS_SOMETHING","information":0,"text":"\\\\.\\Gone: no such device","out":""}
status 1
run status 0
$ . ./with "" './wskit-fake ioctl "\\\\.\\Fake" 0x222004 --pid $pid'; cat log
wskit ioctl: the machine ended before it answered; `wskit run` says why
status 2
run status 1
a.sys started (* ms)
the machine process died of signal 6 (Aborted) during the run of a.sys
1 finding
# A socket of a machine that was killed is taken over; a file is not.
$ python3 -c "import socket; s=socket.socket(socket.AF_UNIX); s.bind('old.sock')"; ./wskit-fake run a.sys --control old.sock --for 0.01 >/dev/null
$ echo data > file; ./wskit-fake run a.sys --control file; cat file
wskit run: --control file: exists already; another machine uses it, or it is a file
data
