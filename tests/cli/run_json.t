#!/usr/bin/env -S tools/cli-test
# wskit run --json: one object a line for each event
$ printf 'print=a"b\\ finding' > a.sys; ln -s $BUILD/tests/unit/cli/wskit-fake wskit-fake
$ ./wskit-fake run a.sys --json --for 0.01 | python3 -c "import json,sys; [print(d.pop('event'), sorted(d)) for d in map(json.loads, sys.stdin)]"
print ['text']
finding ['rule', 'stack', 'text']
started ['driver', 'ms']
stopped ['driver', 'ms']
end ['findings', 'status']
$ echo bugcheck > b.sys; ./wskit-fake run b.sys --json | tee log | python3 -c "import json,sys; d=json.loads(sys.stdin.readline()); print(d['code'], d['name'], d['parameters'], d['stack'])"
0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL ['0x10', '0x2', '0x0', '0xFFFFF80000001234'] ['fake!OnReceive+0x12 (fake.c:8)']
$ echo refuse=C000020A > c.sys; ./wskit-fake run c.sys --json
{"event":"failed","driver":"c.sys","status":"0xC000020A","name":"STATUS_ADDRESS_ALREADY_EXISTS","text":"*"}
{"event":"end","findings":0,"status":2}
[2]
