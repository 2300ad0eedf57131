#!/usr/bin/env -S tools/cli-test
# BLD-008 BLD-020 BLD-021 BLD-022 BLD-023 BLD-024 headers, sections, guard tables and checksum of an image
# Rows: BLD-008 BLD-020 BLD-021 BLD-022 BLD-023 BLD-024
$ cat > d.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> NTSTATUS paged(int x);
> static volatile int state;
> int (*volatile target)(int);
> static int callee(int x) { return x + 1; }
> #pragma alloc_text(INIT, DriverEntry)
> #pragma alloc_text(PAGE, paged)
> #pragma data_seg("PAGEDATA")
> int paged_data = 3;
> #pragma data_seg()
> NTSTATUS paged(int x) { return target(x) + paged_data; }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; target = callee; state = paged(1); return STATUS_SUCCESS; }
> X
$ wskit build d.c >/dev/null && llvm-readobj-19 --sections d.sys | sed -n 's/^ *Name: \([^ ]*\) .*/\1/p; s/^ *Characteristics \[ (\(.*\))/\1/p' | paste - -
.text	0x68000020
.rdata	0x48000040
.data	0xC8000040
.pdata	0x48000040
INIT	0x62000020
PAGE	0x60000020
PAGEDATA	0xC0000040
.rsrc	0x42000040
.reloc	0x42000040
$ llvm-readobj-19 --file-headers d.sys | grep -E '^  (Subsystem|Major(Sub|Oper)|Minor(Sub|Oper)|SizeOfStackR|Characteristics \[ \(0x4|Major[IL])'
...
  MajorOperatingSystemVersion: 10
  MinorOperatingSystemVersion: 0
  MajorImageVersion: 10
  MajorSubsystemVersion: 10
  MinorSubsystemVersion: 0
  Subsystem: IMAGE_SUBSYSTEM_NATIVE (0x1)
  Characteristics [ (0x4160)
  SizeOfStackReserve: 262144
$ llvm-readobj-19 --coff-load-config d.sys | grep -E 'GuardFlags|^  Size:|GuardCFFunctionCount'
  Size: 0x140
  GuardCFFunctionCount: *
  GuardFlags * (0x10500)
$ python3 - <<'X'
> import struct
> d = open('d.sys', 'rb').read(); pe = struct.unpack_from('<I', d, 60)[0]; f = pe + 88; s = 0
> for i in range(0, len(d), 2):
>     if i not in (f, f + 2):
>         s += struct.unpack('<H', d[i:i + 2].ljust(2, b'\0'))[0]
> while s >> 16: s = (s & 0xffff) + (s >> 16)
> print(s + len(d) == struct.unpack_from('<I', d, f)[0] != 0)
> X
True
