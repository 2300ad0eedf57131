#!/usr/bin/env -S tools/cli-test
# BLD-005 C++ works; exceptions and run-time types are refused where they are written
# Rows: BLD-005
$ cat > c.cpp <<'X'
> #include <wdm.h>
> extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> namespace { struct counter { int n; int next() { return ++n; } }; template <typename T> T twice(T v) { return v + v; } }
> extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { (void)d; (void)r; counter c{1}; return twice(c.next()); }
> X
$ wskit build c.cpp --werror
c.sys (1 source, * s)
$ printf '#include <wdm.h>\nint f() { throw 1; }\n' > t.cpp; wskit build t.cpp
t.cpp(2,11): error: cannot use 'throw' with exceptions disabled
...
[1]
$ printf '#include <wdm.h>\nstruct a { virtual int f(); }; struct b : a {}; b *g(a *x) { return dynamic_cast<b *>(x); }\n' > u.cpp; wskit build u.cpp
u.cpp(2,*): error: use of dynamic_cast requires -frtti
...
[1]
