#!/usr/bin/env -S tools/cli-test
# Rows: WSK-062 WSK-063 WSK-066 WSK-067 WSK-173 samples/wskclient: finds, loses and finds again its server; limits and unload in every state
$ wskit build $SOURCE/samples/wskclient > /dev/null; ls wskclient.sys
wskclient.sys
$ cat > server.py <<'X'
> import signal, socket, subprocess, sys
> TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
> def open_server(kind, port=0):
>     s = socket.socket(socket.AF_INET, kind)
>     s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
>     s.settimeout(10)
>     s.bind(('127.0.0.1', port))
>     if kind == TCP: s.listen()
>     return s
> def free_port(kind):
>     with open_server(kind) as s: return s.getsockname()[1]
> def run(**values):
>     sets = [a for k, v in values.items() for a in ('--set', f'{k}={v}')]
>     return subprocess.Popen(['wskit', 'run', '--verify-border', *sets, 'wskclient.sys'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
> said = []
> def wait(p, text):
>     for line in p.stdout:
>         said.append(line)
>         if text in line: return
> def stop(p, signalled=True):
>     if signalled: p.send_signal(signal.SIGINT)
>     said.extend(p.stdout)
>     print('status', p.wait(20))
>     sys.stdout.write(''.join(l for l in said if 'ms)' not in l))
>     said.clear()
> def echo(c, n):
>     for i in range(n): c.sendall(c.recv(64, socket.MSG_WAITALL))
> def tcp():
>     port = free_port(TCP)
>     p = run(Server='127.0.0.1', Port=port, IntervalMs=5, TimeoutMs=400)
>     wait(p, 'connect:')                       # nobody is there
>     s = open_server(TCP, port)
>     c = s.accept()[0]; echo(c, 5); c.close()
>     c = s.accept()[0]
>     for i in range(3):                     # an answer in two pieces
>         data = c.recv(64, socket.MSG_WAITALL); c.sendall(data[:30]); c.sendall(data[30:])
>     c.recv(64)                             # and one that does not come
>     old, c = c, s.accept()[0]
>     c.sendall(bytes(len(c.recv(64))))      # a wrong one
>     c = s.accept()[0]; echo(c, 2); c.recv(64)
>     stop(p)                                # with a receive under way
> def udp():
>     s = open_server(UDP)
>     p = run(Server='127.0.0.1', Port=s.getsockname()[1], Transport=1, IntervalMs=5, TimeoutMs=200)
>     s.recv(64); s.recv(64)                 # lost, and lost again
>     data, peer = s.recvfrom(64)
>     with open_server(UDP) as stranger: stranger.sendto(data, peer)
>     for i in range(3): s.sendto(data, peer)    # one answer, and two that are late
>     again, peer = s.recvfrom(64)
>     s.sendto(again, peer)
>     for i in range(3): s.recv(64)          # a question that is given up
>     wait(p, 'session ended')
>     data, peer = s.recvfrom(64); s.sendto(data, peer); s.recv(64)
>     stop(p)
> def away():
>     p = run(Server='no.such.name.invalid', TimeoutMs=400)
>     wait(p, 'look-up:')
>     stop(p)
> def bad():
>     for values in ({'Port': 65536}, {'Server': 'x' * 300}):
>         stop(run(**values), False)
> if __name__ == "__main__": globals()[sys.argv[1]]()
> X
$ python3 server.py tcp
status 0
wskclient: connect: status 0xC0000236
...
wskclient: session 1 with 127.0.0.1 port *
wskclient: session ended: status 0xC000020C
wskclient: session 2 with 127.0.0.1 port *
wskclient: session ended: status 0xC00000B5 (too late)
wskclient: session 3 with 127.0.0.1 port *
wskclient: session ended: status 0xC000003E
wskclient: session 4 with 127.0.0.1 port *
wskclient: 10 answers in 4 sessions
$ python3 server.py udp
status 0
wskclient: session 1 with 127.0.0.1 port *
wskclient: session ended: status 0xC00000B5 (too late)
wskclient: session 2 with 127.0.0.1 port *
wskclient: 3 answers in 2 sessions
$ python3 server.py away
status 0
wskclient: look-up: status 0x*
...
wskclient: 0 answers in 0 sessions
$ python3 server.py bad
status 2
wskclient: Parameters: a value is out of range: status 0xC000000D
wskit run: DriverEntry of wskclient.sys returned STATUS_INVALID_PARAMETER (0xC000000D)
status 2
wskclient: Parameters: a value is out of range: status 0xC000000D
wskit run: DriverEntry of wskclient.sys returned STATUS_INVALID_PARAMETER (0xC000000D)
# With the servers of the other samples, in one machine: names, both families (a first colon says that text follows), and unload of all.
$ wskit build $SOURCE/samples/echosrv > /dev/null; wskit build $SOURCE/samples/udpecho > /dev/null
> port=$(python3 -c "import server; print(server.free_port(server.TCP))")
> for t in 0 1; do for server in localhost 127.0.0.1 :::1; do
>     wskit run echosrv.sys --set Port=$port udpecho.sys --set Port=$port wskclient.sys --set Port=$port --set Server=$server --set Transport=$t --set IntervalMs=1 --for 0.2 > log 2>&1
>     echo "status $?: $(sed -n 's/wskclient: [1-9][0-9]* answers in/answers in/p' log)"
> done; done
status 0: answers in 1 sessions
status 0: answers in 1 sessions
status 0: answers in 1 sessions
status 0: answers in 1 sessions
status 0: answers in 1 sessions
status 0: answers in 1 sessions
