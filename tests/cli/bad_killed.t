#!/usr/bin/env -S tools/cli-test
# the machine's process or its supervisor is killed while a driver serves: said, and nothing is left
$ wskit build $SOURCE/samples/echosrv -o echosrv.sys
echosrv.sys (5 sources, * s)
$ cat > killed.py <<'X'
> # killed.py SIGNAL machine|supervisor: kills one of the two; what is said, and whether the port and the other process are free again
> import os, select, socket, subprocess, sys
> s = socket.socket(); s.bind(('127.0.0.1', 0)); port = s.getsockname()[1]; s.close()
> p = subprocess.Popen(['wskit', 'run', 'echosrv.sys', '--set', f'Port={port}', '--control', 'control'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
> p.stdout.readline()
> c = socket.create_connection(('127.0.0.1', port))
> machine = int(open(f'/proc/{p.pid}/task/{p.pid}/children').read())
> end = os.pidfd_open(machine)
> os.kill(machine if sys.argv[2] == 'machine' else p.pid, int(sys.argv[1]))
> print(p.stdout.read(), 'status', p.wait(10))
> lives = not select.select([end], [], [], 10)[0]
> print('machine', lives, 'listens', socket.socket().connect_ex(('127.0.0.1', port)) == 0)
> X
$ python3 killed.py 9 machine; ls
the machine process died of signal 9 (Killed) during the run of echosrv.sys
1 finding
status 1
machine False listens False
echosrv.pdb
echosrv.sys
echosrv.sys.debug
killed.py
$ python3 killed.py 11 machine
the machine process died of signal 11 (Segmentation fault) during the run of echosrv.sys
1 finding
status 1
machine False listens False
$ python3 killed.py 9 supervisor
status -9
machine False listens False
# The socket file that a killed supervisor leaves is taken over by the next one.
$ ls control; wskit run echosrv.sys --set Port=0 --control control --for 0.05; ls control
control
echosrv.sys started (* ms)
echosrv.sys stopped (* ms)
ls: cannot access 'control': No such file or directory
[2]
