#!/usr/bin/env -S tools/cli-test
# BLD-013 alloc_text, code_seg, data_seg, const_seg and __declspec(code_seg) put things into their sections
# Rows: BLD-013
$ cat > p.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> NTSTATUS one(int x); NTSTATUS two(int x); NTSTATUS three(int x);
> #pragma alloc_text(PAGEONE, one)
> NTSTATUS one(int x) { return x + 1; }
> #pragma code_seg("PAGETWO")
> NTSTATUS two(int x) { return x + 2; }
> #pragma code_seg()
> __declspec(code_seg("PAGETHR")) NTSTATUS three(int x) { return x + 3; }
> #pragma const_seg("PAGECNST")
> extern const int constant; const int constant = 5;
> #pragma const_seg()
> NTSTATUS (*volatile table[])(int) = {one, two, three};
> volatile const int *volatile where = &constant;
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; return table[1](*where); }
> X
$ wskit build p.c >/dev/null && llvm-readobj-19 --sections p.sys | sed -n 's/^ *Name: \([^ ]*\) .*/\1/p; s/^ *Characteristics \[ (\(.*\))/\1/p' | paste - - | grep PAGE
PAGE*	0x*0
PAGE*	0x*0
PAGE*	0x*0
PAGE*	0x*0
$ printf "#include <wdm.h>\n#pragma alloc_text(PAGE, late)\nint late(void) { return 1; }\n" > q.c; wskit build q.c
q.c(2,26): error: use of undeclared late
...
[1]
