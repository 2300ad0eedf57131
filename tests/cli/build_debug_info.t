#!/usr/bin/env -S tools/cli-test
# BLD-016 BLD-028 BLD-029 CodeView and DWARF 5, a PDB that matches, and no debug data in the shipped image
# Rows: BLD-016 BLD-028 BLD-029
$ printf '#include <ntdef.h>\nNTSTATUS DriverEntry(PVOID d, PVOID r);\nNTSTATUS DriverEntry(PVOID d, PVOID r) { (void)d; (void)r; return 0; }\n' > i.c
$ wskit build i.c >/dev/null
$ llvm-readobj-19 --sections i.sys.debug | grep -c 'Name: .debug_info'
1
$ llvm-dwarfdump-19 --debug-info i.sys.debug | grep -c 'version = 0x0005'
*
$ llvm-readobj-19 --sections i.sys | grep -c -E 'debug|Name: /'
0
[1]
$ llvm-nm-19 i.sys 2>&1 | grep -c DriverEntry
0
[1]
$ llvm-pdbutil-19 dump --symbols i.pdb | grep -c 'S_GPROC32.*`DriverEntry`'
1
$ a=$(llvm-readobj-19 --coff-debug-directory i.sys | sed -n 's/.*PDBGUID: //p'); b=$(llvm-pdbutil-19 dump --summary i.pdb | sed -n 's/.*GUID: //p'); [ -n "$a" ] && [ "$a" = "$b" ] && echo same
same
$ llvm-readobj-19 --coff-debug-directory i.sys | grep PDBFileName
*PDBFileName: i.pdb
