#!/usr/bin/env -S tools/cli-test
# BLD-011 what compilers call without a header is there
# Rows: BLD-011
$ cat > h.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> static volatile unsigned long long sink; static volatile double d; 
> static __declspec(noinline) void use(volatile char *p) { p[5000] = 1; sink += (unsigned char)p[1]; }
> struct big { char b[200]; };
> static struct big volatile one; static struct big two;
> NTSTATUS DriverEntry(PDRIVER_OBJECT o, PUNICODE_STRING r)
> {
>     char frame[6000];
>     unsigned __int128 n = ((unsigned __int128)sink << 64) + 7, m = n / (sink + 3), k = n % (sink + 5);
>     (void)o; (void)r;
>     d = d * 3.5; use(frame); two = *(struct big *)&one;
>     sink = (unsigned long long)(m + k) + (unsigned)two.b[3];
>     return STATUS_SUCCESS;
> }
> X
$ wskit build h.c
h.sys (1 source, * s)
