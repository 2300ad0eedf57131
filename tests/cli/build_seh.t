#!/usr/bin/env -S tools/cli-test
# BLD-006 a handler around a plain memory access survives, in C and in C++
# Rows: BLD-006
$ cat > s.c <<'X'
> #include <wdm.h>
> #ifdef __cplusplus
> extern "C"
> #endif
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> static int poke(volatile int *p) { int r = 0; __try { *p = 1; r = 1; } __except (1) { r = -1; } return r; }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)r; return poke((volatile int *)d); }
> X
$ cp s.c t.cpp
$ for f in s.c t.cpp; do wskit build $f >/dev/null; llvm-readobj-19 --coff-imports ${f%.*}.sys | grep -c __C_specific_handler; llvm-readobj-19 --unwind ${f%.*}.sys | grep -c 'Handler: (0x'; done
1
1
1
1
