#!/usr/bin/env -S tools/cli-test
# wskit ioctl mistakes in a line
$ wskit ioctl
wskit ioctl: which device and code? *
[2]
$ wskit ioctl '\\.\X' code
wskit ioctl: code is no control code; give the number CTL_CODE makes, as 0x222000
[2]
$ wskit ioctl '\\.\X' 0x222000 --in 123
wskit ioctl: --in takes pairs of hex digits, or @FILE; not 123
[2]
$ wskit ioctl '\\.\X' 0x222000 --control ./none.sock
wskit ioctl: no machine listens at ./none.sock: No such file or directory
[2]
$ wskit ioctl '\\.\X' 0x222000 --pid 1
wskit ioctl: no machine of this user has pid 1 (it is the pid of `wskit run`): Connection refused
[2]
