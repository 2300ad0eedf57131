#!/usr/bin/env -S tools/cli-test
# Rows: NMR-004 NMR-009 NMR-043 NMR-044 NMR-053 samples/nmrpair: its drivers meet in either order, and part while calls are under way
$ wskit build -o lampprov.sys $SOURCE/samples/nmrpair/provider > log && wskit build -o lampcli.sys $SOURCE/samples/nmrpair/client >> log; ls *.sys
lampcli.sys
lampprov.sys
$ same() { a=$(sed -n 's/.*told of \([0-9]*\) changes/\1/p' out); b=$(sed -n 's/.*has changed \([0-9]*\) times/\1/p' out); [ "$a" -gt 0 ] && [ "$a" = "$b" ] && echo "each change was told"; }
> for order in 'lampprov.sys lampcli.sys' 'lampcli.sys lampprov.sys'; do for border in '' --verify-border; do
>     wskit run $border $order --for 0.2 > out 2>&1; echo "status $?"; grep -v ' ms)' out; same
> done; done
status 0
lampprov: a client is attached
lampcli: attached to a lamp
lampcli: detached, told of * changes
lampprov: a client is detached, its lamp has changed * times
each change was told
status 0
lampprov: a client is attached
lampcli: attached to a lamp
lampcli: detached, told of * changes
lampprov: a client is detached, its lamp has changed * times
each change was told
status 0
lampprov: a client is attached
lampcli: attached to a lamp
lampcli: detached, told of * changes
lampprov: a client is detached, its lamp has changed * times
each change was told
status 0
lampprov: a client is attached
lampcli: attached to a lamp
lampcli: detached, told of * changes
lampprov: a client is detached, its lamp has changed * times
each change was told
# A client alone waits for its provider, a provider for clients: both unload without having met anybody.
$ for one in lampprov.sys lampcli.sys; do wskit run $one --for 0.05 2>&1 | grep -v ' ms)'; echo "status ${PIPESTATUS[0]}"; done
status 0
status 0
