#!/usr/bin/env -S tools/cli-test
# a full disk under the output is an error; a reader that has had enough is not
$ for c in help ddi 'ddi --json' doctor --version; do wskit $c >/dev/full && echo $c was taken for a success; done; true
wskit: cannot write all of the output: No space left on device
wskit: cannot write all of the output: No space left on device
wskit: cannot write all of the output: No space left on device
wskit: cannot write all of the output: No space left on device
wskit: cannot write all of the output: No space left on device
$ wskit ddi | head -1 >/dev/null; echo ${PIPESTATUS[0]}
0
$ wskit --hlep
wskit: no option --hlep; did you mean --help?
[2]
