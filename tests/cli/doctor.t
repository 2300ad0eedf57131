#!/usr/bin/env -S tools/cli-test
# wskit doctor each thing with its state, what it is for and how to get it
$ wskit doctor
ok*kernel*everything
...
$ wskit doctor --json | python3 -c "import json,sys; d=json.load(sys.stdin); print(sorted({i['state'] for i in d} - {'ok','note'}), {'epoll','io_uring','IPv6','clang','lld','llvm','namespaces'} <= {i['name'] for i in d})"
[] True
$ wskit doctor now
wskit doctor: takes no now
[2]
