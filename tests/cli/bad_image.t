#!/usr/bin/env -S tools/cli-test
# EXE-001 EXE-002 wskit run with a file that is no x64 driver: one line says what it is and what to do, before any code of it runs
$ wskit run none.sys
wskit run: none.sys: no such file; build one with `wskit build`
[2]
$ mkdir folder.sys; wskit run folder.sys
wskit run: folder.sys is a folder; build it first: wskit build folder.sys
[2]
$ echo 'hello' > text.sys; wskit run text.sys
wskit run: text.sys is a text file; a driver image (.sys) is expected: `wskit build` makes one from sources
[2]
$ : > empty.sys; wskit run empty.sys
wskit run: empty.sys is empty; a driver image (.sys) is expected
[2]
$ cp /bin/ls elf.sys; wskit run elf.sys
wskit run: elf.sys is a Linux (ELF) file; a Windows driver image is expected: `wskit build` makes one from sources
[2]
$ head -c 5000 /dev/zero > zero.sys; wskit run zero.sys
wskit run: zero.sys is not a driver image: it does not begin with MZ
[2]
$ echo 'int DriverEntry(void *d, void *r) { return d == r; }' > m.c
$ for t in i686 aarch64 x86_64; do clang-19 --target=$t-pc-windows-msvc -c m.c -o $t.obj && lld-link-19 /driver /subsystem:native /entry:DriverEntry /nodefaultlib /out:$t.sys $t.obj; done
$ wskit run i686.sys
wskit run: i686.sys is a 32-bit (x86) image; wskit runs x64 drivers: build it for the x64 platform
[2]
$ wskit run aarch64.sys
wskit run: aarch64.sys is an ARM64 image; wskit runs x64 drivers: build it for the x64 platform
[2]
$ lld-link-19 /subsystem:console /entry:DriverEntry /nodefaultlib /out:program.exe x86_64.obj; wskit run program.exe
wskit run: program.exe: Subsystem is 3, not NATIVE (1): link with /SUBSYSTEM:NATIVE /DRIVER, or is it a user-mode program?
[2]
# Cut anywhere: never started, never without a word.
$ for n in 2 60 64 100 200 300 400 600 1000; do head -c $n x86_64.sys > cut.sys; wskit run cut.sys --for 0.01 > log 2>&1; s=$?; [ $s = 2 ] && [ $(wc -l < log) = 1 ] && grep -q '^wskit run: cut.sys' log || { echo $n $s; cat log; }; done
$ head -c 1100 x86_64.sys > cut.sys; wskit run cut.sys
wskit run: cut.sys is truncated: section .text needs the file up to byte *, it has 0x44C; copy or build it again
[2]
$ echo x > secret.sys; chmod 0 secret.sys; $SOURCE/tools/without --user -- $BUILD/wskit run $PWD/secret.sys 2>&1 | sed "s#$PWD#.#"
wskit run: ./secret.sys: *Permission denied
$ wskit run text.sys --json 2>&1
{"event":"failed","driver":"text.sys","status":"0xC000007B","name":"STATUS_INVALID_IMAGE_FORMAT","text":"*"}
{"event":"end","findings":0,"status":2}
[2]
