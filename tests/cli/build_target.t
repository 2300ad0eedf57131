#!/usr/bin/env -S tools/cli-test
# BLD-004 BLD-025 the target's version reaches macros and headers
# Rows: BLD-004 BLD-025
$ cat > v.c <<'X'
> #include <ntdef.h>
> #if defined(WANT) && NTDDI_VERSION != WANT
> #error wrong NTDDI_VERSION
> #endif
> #if !defined(_WIN64) || !defined(_AMD64_) || !defined(AMD64) || WINNT != 1 || _USE_DECLSPECS_FOR_SAL != 1 || DEPRECATE_DDK_FUNCTIONS != 1
> #error a default is missing
> #endif
> #if defined(WANT_DBG) != defined(DBG) || !defined(_KERNEL_MODE) || _MSC_VER < 1940
> #error build kind
> #endif
> NTSTATUS DriverEntry(PVOID d, PVOID r);
> NTSTATUS DriverEntry(PVOID d, PVOID r) { (void)d; (void)r; return 0; }
> X
$ for t in win7:0x06010000 win8:0x06020000 win8.1:0x06030000 win10:0x0A000008 10.0.17763:0x0A000006 10.0.19045:0x0A000008 22621:0x0A00000C 10.0.26100:0x0A000010; do wskit build v.c --target ${t%:*} -DWANT=${t#*:} >/dev/null || echo bad $t; done
$ wskit build v.c --target win7 >/dev/null && llvm-readobj-19 --file-headers v.sys | grep -E 'M(aj|in)or(Sub|Oper)'
  MajorOperatingSystemVersion: 6
  MinorOperatingSystemVersion: 1
  MajorSubsystemVersion: 6
  MinorSubsystemVersion: 1
$ wskit build v.c --debug -DWANT_DBG >/dev/null
$ wskit build v.c -DNTDDI_VERSION=0x06010000
wskit build: NTDDI_VERSION=0x06010000 and _WIN32_WINNT=0x0A00 are two different Windows; set one of them, or --target
[2]
$ wskit build v.c --target win95
wskit build: --target win95 is not known; it is win7, win8, win8.1, win10, win11, or a build such as 10.0.19041
[2]
