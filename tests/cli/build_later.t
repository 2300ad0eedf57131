#!/usr/bin/env -S tools/cli-test
# What of build.md's first two chapters waits for project files and lint
# TODO_ROW(BLD_003, "the flags of project files are filtered when project files are read")
# TODO_ROW(BLD_009, "/guard:ehcont and /cetcompat are not offered")
# TODO_ROW(BLD_010, "the Spectre properties of project files")
# TODO_ROW(BLD_017, "LTO and precompiled headers of project files")
# TODO_ROW(BLD_019, "each build compiles everything; nothing asks for dependencies")
# TODO_ROW(BLD_031, "no list of APIs per platform")
# TODO_ROW(BLD_033, "message files and manifests")
$ printf 'x' > a.vcxproj; wskit build a.vcxproj
wskit build: a.vcxproj: project files are not read yet; give the sources or their folder
[2]
