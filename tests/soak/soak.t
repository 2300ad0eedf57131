#!/usr/bin/env python3
"""soak.t [SECONDS]: clients of every manner at echosrv, in both of its styles, and its unload in the middle of them.

Clients echo and compare, close one half and read the rest, send much before they read, reset with data under way, connect and say
nothing. Rounds of a few seconds: each starts the driver, and ends with SIGTERM while the clients are at work. Fails when a byte
differs, when a client waits ten seconds, when the driver does not unload or when a finding is reported. `make soak`: 60 s.
"""
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.environ.get('ROOT') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WSKIT = os.environ.get('WSKIT') or os.path.join(ROOT, os.environ.get('BUILD', 'build'), 'wskit')
CLIENTS = 8
WAIT_S = 10


class Round:
    def __init__(self, port):
        self.port, self.stopping, self.failed, self.wrong, self.done = port, threading.Event(), threading.Event(), [], {}


def connect(r):
    return socket.create_connection(('127.0.0.1', r.port), WAIT_S)


def read(s, size):
    got = bytearray()
    while len(got) < size:
        piece = s.recv(min(65536, size - len(got)))
        if not piece:
            raise ConnectionError(f'closed after {len(got)} of {size} bytes')
        got += piece
    return bytes(got)


def same(got, sent):
    if got != sent:
        raise ValueError(f'{len(sent)} bytes came back changed')


def echo(r, rng):
    with connect(r) as s:
        for _ in range(rng.randrange(1, 30)):
            data = rng.randbytes(rng.choice((1, 64, 2048, 20000)))
            s.sendall(data)
            same(read(s, len(data)), data)


def half_close(r, rng):
    data = rng.randbytes(rng.randrange(0, 60000))
    with connect(r) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        same(read(s, len(data)), data)
        same(s.recv(1), b'')


def send_much(r, rng):
    """More than any buffer on the way holds: the server has to stop reading and to go on."""
    data = rng.randbytes(rng.randrange(1, 6) << 20)
    with connect(r) as s:
        sender = threading.Thread(target=lambda: quiet(s.sendall, data))
        sender.start()
        time.sleep(rng.random() / 5)
        try:
            same(read(s, len(data)), data)
        finally:
            quiet(s.shutdown, socket.SHUT_RDWR)
            sender.join()


def reset(r, rng):
    with connect(r) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        s.setblocking(False)
        quiet(s.send, rng.randbytes(rng.randrange(1, 200000)))


def silent(r, rng):
    with connect(r):
        time.sleep(rng.random() / 20)


def quiet(fn, *args):
    try:
        fn(*args)
    except OSError:
        pass


def client(r, seed):
    rng = random.Random(seed)
    while not r.stopping.is_set():
        way = rng.choice((echo, echo, half_close, half_close, send_much, reset, silent))
        try:
            way(r, rng)
            r.done[way.__name__] = r.done.get(way.__name__, 0) + 1
        except (OSError, ValueError) as e:
            if not r.stopping.is_set() or isinstance(e, (ValueError, TimeoutError)):
                r.wrong.append(f'{way.__name__}: {e}')
                r.failed.set()
                return


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def one_round(image, style, seconds, seed):
    r = Round(free_port())
    server = subprocess.Popen([WSKIT, 'run', image, '--set', f'Port={r.port}', '--set', f'Style={style}'],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = []
    for line in server.stdout: # up to the one that says that it serves
        said.append(line)
        if ' started ' in line:
            break
    reader = threading.Thread(target=lambda: said.extend(server.stdout), daemon=True)
    reader.start()
    try:
        clients = [threading.Thread(target=client, args=(r, seed * 100 + i), daemon=True) for i in range(CLIENTS)]
        for c in clients:
            c.start()
        r.failed.wait(seconds) # the load's time, shorter when it has failed
        r.stopping.set()
        server.send_signal(signal.SIGTERM)
        try:
            if server.wait(40) != 0:
                r.wrong.append(f'wskit run ended with status {server.returncode}')
        except subprocess.TimeoutExpired:
            r.wrong.append('the driver did not unload')
        for c in clients:
            c.join(2 * WAIT_S)
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
    reader.join(WAIT_S)
    text = ''.join(said)
    what = f'style {style}, {seconds:g} s, seed {seed}'
    print('not ok' if r.wrong else 'ok', what)
    if r.wrong:
        print('\n'.join(r.wrong[:10]) + '\n' + text)
    print('# ' + ', '.join(f'{n} {name}' for name, n in sorted(r.done.items())), flush=True)
    return not r.wrong


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, 'echosrv.sys')
        subprocess.run([WSKIT, 'build', '-o', image, os.path.join(ROOT, 'samples/echosrv')], check=True, capture_output=True)
        rounds = 2 if seconds < 10 else 2 * max(1, int(seconds // 12))
        good = [one_round(image, i % 2, seconds / rounds, i + 1) for i in range(rounds)]
    sys.exit(0 if all(good) else 1)


main()
