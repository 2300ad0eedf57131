#!/usr/bin/env -S tools/cli-test
# Rows: WSK-163 WSK-167 WSK-168 WSK-169 WSK-171 WSK-187 samples/udpecho: every datagram comes back whole, from the address that was asked; unload under load
? python3 -c "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).bind(('::1', 0))"
$ wskit build $SOURCE/samples/udpecho > /dev/null; ls udpecho.sys
udpecho.sys
$ cat > ask.py <<'X'
> import signal, socket, subprocess, sys, threading
> def free_port():
>     with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
>         s.bind(('::', 0))
>         return s.getsockname()[1]
> port = free_port()
> said = []
> def run(*words):
>     p = subprocess.Popen(['wskit', 'run', '--set', f'Port={port}', *words, 'udpecho.sys'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
>     for line in p.stdout:
>         said.append(line)
>         if 'started' in line: break
>     return p
> def stop(p):
>     p.send_signal(signal.SIGINT)
>     said.extend(p.stdout)
>     print('status', p.wait(20))
>     sys.stdout.write(''.join(l for l in said if 'ms)' not in l))
>     said.clear()
> def ask(family, host, data, n=1):
>     with socket.socket(family, socket.SOCK_DGRAM) as s:
>         s.settimeout(5)
>         for i in range(n):
>             s.sendto(data(i), (host, port))
>         for i in range(n):
>             got, peer = s.recvfrom(70000)
>             if got != data(i) or peer[:2] != (host, port):
>                 print('wrong', host, i, len(got), peer)
> def ask_all():
>     for family, host in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET, '127.0.0.2'), (socket.AF_INET6, '::1')):
>         ask(family, host, lambda i: b'x')
>         ask(family, host, lambda i: b'')
>         ask(family, host, lambda i: b'y' * 60000)
>         ask(family, host, lambda i: b'%d' % i * 20, 100)
> flooding = threading.Semaphore(0)
> def flood(until):
>     with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
>         s.bind(('127.0.0.1', 0))
>         s.setblocking(False)
>         while not until.is_set():
>             try:
>                 s.sendto(b'z' * 500, ('127.0.0.1', port))
>                 s.recv(600)
>                 flooding.release()             # answered: the driver is at it
>             except OSError:
>                 pass
> what = sys.argv[1]
> if what == 'echo':
>     p = run(*sys.argv[2:])
>     ask_all()
>     stop(p)
> elif what == 'some':
>     p = run('--set', 'Every=10')
>     with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
>         s.settimeout(5)
>         for i in range(100):
>             s.sendto(b'%d' % i, ('127.0.0.1', port))
>         print([int(s.recv(100)) for i in range(10)])
>     stop(p)
> elif what == 'flood':
>     p = run()
>     until = threading.Event()
>     threads = [threading.Thread(target=flood, args=(until,)) for i in range(3)]
>     for t in threads: t.start()
>     flooding.acquire()
>     stop(p)
>     until.set()
>     for t in threads: t.join()
> elif what == 'taken':
>     with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
>         s.bind(('0.0.0.0', port))
>         stop(run())
> X
$ python3 ask.py echo
status 0
udpecho: IPv4: 206 received, 206 answered, 0 lost
udpecho: IPv6: 103 received, 103 answered, 0 lost
$ python3 ask.py echo --verify-border
status 0
udpecho: IPv4: 206 received, 206 answered, 0 lost
udpecho: IPv6: 103 received, 103 answered, 0 lost
$ python3 ask.py some
[9, 19, 29, 39, 49, 59, 69, 79, 89, 99]
status 0
udpecho: IPv4: 100 received, 10 answered, 0 lost
udpecho: IPv6: 0 received, 0 answered, 0 lost
# Unloaded while three clients send: nothing is left, nobody waits for ever.
$ python3 ask.py flood
status 0
udpecho: IPv4: * received, * answered, * lost
udpecho: IPv6: 0 received, 0 answered, 0 lost
$ python3 ask.py taken
status 2
udpecho: port *: status 0xC000020A (another server has it)
wskit run: DriverEntry of udpecho.sys returned STATUS_ADDRESS_ALREADY_EXISTS (0xC000020A)
