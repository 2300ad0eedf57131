#!/usr/bin/env -S tools/cli-test
# BLD-007 the cookie is where the load config says, with its default, and the entry point seeds it
# Rows: BLD-007
$ cat > g.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> static __declspec(noinline) int fill(volatile char *from) { char b[64]; for (int i = 0; from[i]; i++) b[i] = from[i]; return b[from[1] & 63]; }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)r; return fill((volatile char *)d); }
> X
$ wskit build g.c >/dev/null && llvm-pdbutil-19 dump --publics g.pdb | grep -o -E '`(__security_check_cookie|__security_cookie|__report_gsfailure|GsDriverEntry)`' | tr -d '`' | sort
GsDriverEntry
__report_gsfailure
__security_check_cookie
__security_cookie
$ python3 - <<'X'
> import struct
> d = open('g.sys', 'rb').read(); pe = struct.unpack_from('<I', d, 60)[0]; o = pe + 24
> n, = struct.unpack_from('<H', d, pe + 6); base, = struct.unpack_from('<Q', d, o + 24); t = o + struct.unpack_from('<H', d, pe + 20)[0]
> def at(rva):
>     for i in range(n):
>         vs, va, rs, ro = struct.unpack_from('<4I', d, t + 40 * i + 8)
>         if va <= rva < va + max(vs, rs): return ro + rva - va
> lc = at(struct.unpack_from('<I', d, o + 112 + 80)[0])
> print(hex(struct.unpack_from('<Q', d, at(struct.unpack_from('<Q', d, lc + 88)[0] - base))[0]))
> X
0x2b992ddfa232
$ llvm-objdump-19 -d g.sys.debug | grep -c -E 'int\s+\$0x29'
1
