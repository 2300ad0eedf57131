#!/usr/bin/env -S tools/cli-test
# BLD-071 BLD-072 BLD-075 BLD-076 BLD-077 BLD-078 what WPP cannot make sense of is said with its line
# Rows: BLD-071 BLD-072 BLD-075 BLD-076 BLD-077 BLD-078
$ cat > head.h <<'X'
> #include <wdm.h>
> #define WPP_CONTROL_GUIDS WPP_DEFINE_CONTROL_GUID(One, (998bdf51,0349,4fbc,870c,d6130a955a5f), WPP_DEFINE_BIT(RED))
> X
$ try() { printf '#include "head.h"\n#include "t.tmh"\nvoid f(int a)\n{\n(void)a;\n%s\n}\n' "$1" > t.c; wskit build t.c; }; declare -f try > try.sh
$ . ./try.sh; try 'DoTraceMessage(RED, "%d %d", a);'
t.c(6): error: WPP: 1 argument for 2 conversions in: %d %d
[1]
$ . ./try.sh; try 'DoTraceMessage(RED, "%!STATSU!", a);'
t.c(6): error: WPP: no such conversion: %STATSU
[1]
$ . ./try.sh; try 'DoTraceMessage(RED, text);'
t.c(6): error: WPP: the message is no string literal in a call of DoTraceMessage
[1]
$ . ./try.sh; try 'DoTraceMessage(RED, "a"); DoTraceMessage(RED, "b");'
t.c(6): error: WPP: two messages on one line: DoTraceMessage
[1]
$ . ./try.sh; try 'DoTraceMessage(RED, "a'
t.c(6): error: WPP: the message is no string literal in a call of DoTraceMessage
[1]
$ . ./try.sh; try 'DoTraceMessage(RED);'
t.c(6): error: WPP: the message is no string literal in a call of DoTraceMessage
[1]
$ . ./try.sh; try '// begin_wpp config'
t.c(6): error: WPP: begin_wpp config without end_wpp:
[1]
$ . ./try.sh; try '/* begin_wpp config
> FUNC T(MSG, ...)
> end_wpp */'
t.c(7): error: WPP: no ; at the end of the statement: FUNC T(MSG, ...)
[1]
$ . ./try.sh; try '/* begin_wpp config
> FUNC T(FLAGS, MSG, ...);
> FUNC T(LEVEL, FLAGS, MSG, ...);
> end_wpp */'
t.c(8): error: WPP: T is declared with other parameters at t.c(7)
[1]
$ . ./try.sh; try '/* begin_wpp config
> FUNKTION T(FLAGS, MSG, ...);
> end_wpp */'
t.c(7): error: WPP: not a statement of a WPP configuration: FUNKTION T(FLAGS, MSG, ...)
[1]
$ wskit build t.c --wpp-func 'T(FLAGS'
--wpp-func(1): error: WPP: (...) of FUNC is not closed: T
[2]
$ printf '#include <wdm.h>\n#include "n.tmh"\n' > n.c; wskit build n.c 2>&1 | grep -o '"define WPP_CONTROL_GUIDS before.*"' | head -1
"define WPP_CONTROL_GUIDS before the .tmh is included"
