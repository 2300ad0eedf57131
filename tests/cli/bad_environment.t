#!/usr/bin/env -S tools/cli-test
# a machine without io_uring, IPv6, privilege or room on the disk
? unshare -Urnm true
$ wskit build $SOURCE/samples/echosrv -o echosrv.sys
echosrv.sys (5 sources, * s)
$ cat > echo.py <<'X'
> # echo.py HOST COMMAND...: starts the server, sends it something, stops it
> import socket, subprocess, sys, time
> with socket.socket() as s:
>     s.bind(('127.0.0.1', 0)); port = s.getsockname()[1]
> p = subprocess.Popen([*sys.argv[2:], 'run', 'echosrv.sys', '--set', f'Port={port}'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
> said = p.stdout.readline()
> c = socket.create_connection((sys.argv[1], port))
> c.sendall(b'hello'); print(c.recv(5)); c.close()
> p.terminate(); print((said + p.communicate()[0]).replace('\n', '; '), p.returncode)
> X
$ python3 echo.py 127.0.0.1 $SOURCE/tools/without io_uring_setup io_uring_enter io_uring_register -- $BUILD/wskit
b'hello'
echosrv.sys started (* ms); echosrv.sys stopped (* ms);  0
# No IPv6 in this network, then none in the kernel: the driver's IPv4 listener serves.
$ unshare -Urn sh -c 'ip link set lo up; echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; ! ip -6 addr show dev lo | grep inet6; python3 echo.py 127.0.0.1 $BUILD/wskit'
b'hello'
echosrv.sys started (* ms); echosrv.sys stopped (* ms);  0
$ python3 echo.py 127.0.0.1 $SOURCE/tools/without AF_INET6 -- $BUILD/wskit
b'hello'
echosrv.sys started (* ms); echosrv.sys stopped (* ms);  0
# Nobody, without capabilities and without new ones, with what container runtimes refuse.
$ chmod 755 .; cp $BUILD/wskit w; python3 echo.py 127.0.0.1 $SOURCE/tools/without --user io_uring_setup ptrace perf_event_open bpf unshare mount personality -- ./w
b'hello'
echosrv.sys started (* ms); echosrv.sys stopped (* ms);  0
# A full disk: said, and no half of a result is left.
$ mkdir small; unshare -Urm sh -c 'mount -t tmpfs -o size=16k small small; wskit build $SOURCE/samples/echosrv -o small/x.sys; echo status $?; ls small'
wskit build: cannot write small/x.sys.debug: No space left on device
status 2
$ unshare -Urm sh -c 'mount -t tmpfs -o size=200k small small; wskit build $SOURCE/samples/echosrv -o small/x.sys; echo status $?; ls small'
wskit build: cannot write small/x.pdb: No space left on device
status 2
$ unshare -Urm sh -c 'mount -t tmpfs -o size=32k small small; TMPDIR=$PWD/small wskit build $SOURCE/samples/echosrv -o y.sys 2>&1 | tail -1; ls small; test -e y.sys'; echo status $?
wskit build: *.c failed*: is there no room left for temporary files in */small? (set TMPDIR)
status 1
$ ls -l /dev/full | cut -c1; wskit build $SOURCE/samples/echosrv -o /dev/full; echo status $?; ls -l /dev/full | cut -c1
c
wskit build: /dev/full is not a plain file; --out takes the image's name, as in --out NAME.sys
status 2
c
$ wskit build $SOURCE/samples/echosrv -o small
wskit build: small is a folder; --out takes the image's name, as in --out small/NAME.sys
[2]
# Nobody reads what it prints any more.
$ wskit run echosrv.sys --set Port=0 --for 0.05 > /dev/full; echo status $?
wskit: cannot write all of the output
status 2
$ wskit run echosrv.sys --set Port=0 --for 0.05 | true; echo status ${PIPESTATUS[0]}
status 0
