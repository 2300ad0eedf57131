#!/usr/bin/env -S tools/cli-test
# Rows: IPH-064 IPH-065 IPH-066 IPH-073 samples/ifwatch in a network namespace of its own: what ip changes is printed in order
? unshare -Urn ip link add t0 type veth peer name t1
$ wskit build $SOURCE/samples/ifwatch --quiet 2>/dev/null || wskit build $SOURCE/samples/ifwatch > /dev/null; ls ifwatch.sys
ifwatch.sys
$ cat > changes.sh <<'END'
> set -e
> sysctl -qw net.ipv6.conf.default.disable_ipv6=1 || exit 1
> ip link add t0 type veth peer name t1; ip link set t1 up
> exec 3< <(exec wskit run ifwatch.sys 2>&1); pid=$!
> wait_for() { while IFS= read -r -t 20 line <&3; do echo "$line" >> log; [[ $line =~ $1 ]] && return; done; echo "no: $1"; }
> wait_for 'routes: watching'
> ip addr add 198.51.100.1/24 dev t0; wait_for 'address 198.51.100.1 on t0: add'
> ip link set t0 up; wait_for 'route 198.51.100.0/24 by 0.0.0.0 on t0: add'
> ip link set t0 mtu 1400; wait_for 'mtu 1400'
> ip route add 203.0.113.0/24 via 198.51.100.9; wait_for 'route 203.0.113.0/24 by 198.51.100.9 on t0: add'
> ip route del 203.0.113.0/24; wait_for 'route 203.0.113.0/24 by 198.51.100.9 on t0: delete'
> ip addr del 198.51.100.1/24 dev t0; wait_for 'address 198.51.100.1 on t0: delete'
> ip link del t0; wait_for 'interface .* IPv4: delete'
> kill -INT $pid; cat <&3 >> log; wait $pid; echo "status $?"
> END
$ unshare -Urn bash changes.sh
status 0
$ grep -c 'ifwatch: .*: watching' log
3
$ grep -E 'address 198|route 203' log
ifwatch: address 198.51.100.1 on t0: add
ifwatch: route 203.0.113.0/24 by 198.51.100.9 on t0: add
ifwatch: route 203.0.113.0/24 by 198.51.100.9 on t0: delete
ifwatch: address 198.51.100.1 on t0: delete
$ cat > storm.sh <<'END'
> ip link add t0 type veth peer name t1; ip link set t0 up; ip link set t1 up
> exec 3< <(exec wskit run ifwatch.sys 2>&1); pid=$!
> wait_for() { while IFS= read -r -t 20 line <&3; do echo "$line" >> storm; [[ $line =~ $1 ]] && return; done; echo "no: $1"; }
> wait_for 'routes: watching'
> for i in $(seq 0 4999); do echo "addr add 10.1.$((i / 250)).$((i % 250))/32 dev t0"; done > adds
> sed 's/^addr add/addr del/' adds > dels
> ip -batch adds; ip addr add 10.2.0.1/32 dev t0; wait_for 'address 10.2.0.1 on t0: add'
> ip -batch dels; ip addr add 10.2.0.2/32 dev t0; wait_for 'address 10.2.0.2 on t0: add'
> kill -INT $pid; cat <&3 >> storm; wait $pid; echo "status $?"
> END
$ unshare -Urn bash storm.sh
status 0
$ for what in add delete; do grep "address 10.1.*: $what" storm | sort | uniq | wc -l; grep -c "address 10.1.*: $what" storm; done
5000
5000
5000
5000
