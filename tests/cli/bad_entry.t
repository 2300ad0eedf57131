#!/usr/bin/env -S tools/cli-test
# a DriverEntry that faults, fails, never returns or finds its port taken
$ cat > d.c <<'X'
> #include <wdm.h>
> DRIVER_INITIALIZE DriverEntry;
> static DRIVER_UNLOAD Unload;
> static VOID Unload(PDRIVER_OBJECT d) { (void)d; }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     KEVENT never;
>     (void)r;
>     d->DriverUnload = Unload;
> #ifdef FAULT
>     *(volatile int *)(ULONG_PTR)FAULT = 1;
> #endif
> #ifdef LOOP
>     for (;;)
>         YieldProcessor();
> #endif
>     KeInitializeEvent(&never, NotificationEvent, FALSE);
> #ifdef WAIT
>     KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, NULL);
> #endif
>     return RESULT;
> }
> X
$ build() { wskit build --type wdm "$@" d.c >/dev/null; }; build -o fails.sys -DRESULT=STATUS_INSUFFICIENT_RESOURCES; build -o null.sys -DRESULT=0 -DFAULT=16; build -o wild.sys -DRESULT=0 -DFAULT=0x7ff000000000; build -o loop.sys -DRESULT=0 -DLOOP; build -o waits.sys -DRESULT=0 -DWAIT
$ wskit run fails.sys
wskit run: DriverEntry of fails.sys returned STATUS_INSUFFICIENT_RESOURCES (0xC000009A)
[2]
$ wskit run null.sys
bug check 0x7E SYSTEM_THREAD_EXCEPTION_NOT_HANDLED: access violation, write of 0x10 (a NULL pointer), and no handler took it
parameters: 0xC0000005, *
...
driver * null!DriverEntry (d.c:11)
driver * null!GsDriverEntry
...
1 finding
[1]
$ wskit run wild.sys 2>&1 | grep -v kernel
bug check 0x50 PAGE_FAULT_IN_NONPAGED_AREA: wild.sys writes 0x7ff000000000 (memory that belongs to nobody)
parameters: 0x7FF000000000, 0x2, *
...
driver * wild!DriverEntry (d.c:11)
...
1 finding
# Nothing of ours in a stack is a bare number.
$ wskit run null.sys 2>&1 | grep -c -e 'wskit+0x' -e ' 0x[0-9a-f]*$'
0
[1]
$ for d in loop waits; do timeout 20 wskit run $d.sys --start-timeout 0.5; echo status $?; done
...
finding start-hangs: DriverEntry of loop.sys did not return within 0.5 s: it waits or loops; the machine was killed (--start-timeout 0: waits for ever, for gdb)
...
status 1
...
finding start-hangs: DriverEntry of waits.sys did not return within 0.5 s: it waits or loops; the machine was killed (--start-timeout 0: waits for ever, for gdb)
...
status 1
$ wskit run waits.sys --start-timeout soon
wskit run: --start-timeout takes seconds, as in --start-timeout 1.5; not soon
[2]
# --timeout is for both, unless the start has its own.
$ timeout 20 wskit run waits.sys --start-timeout 0.3 --timeout 15 2>&1 | grep -o 'within [0-9.]* s'
within 0.3 s
$ timeout 20 wskit run waits.sys --timeout 0.4 2>&1 | grep -o 'within [0-9.]* s'
within 0.4 s
$ wskit build $SOURCE/samples/echosrv -o echosrv.sys
echosrv.sys (5 sources, * s)
$ cat > taken.py <<'X'
> import socket, subprocess
> s = socket.socket(socket.AF_INET6); s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0); s.bind(('::', 0)); s.listen()
> p = subprocess.run(['wskit', 'run', 'echosrv.sys', '--set', f'Port={s.getsockname()[1]}', '--for', '0.1'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
> print(p.stdout, 'status', p.returncode)
> X
$ python3 taken.py
echosrv: port *: status 0xC000020A (another server has it)
wskit run: DriverEntry of echosrv.sys returned STATUS_ADDRESS_ALREADY_EXISTS (0xC000020A)
status 2
