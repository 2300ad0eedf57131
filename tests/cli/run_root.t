#!/usr/bin/env -S tools/cli-test
# EXE-540 --root: a folder of the host as C:
# Rows: EXE-540
$ cat > reader.c <<'X'
> #include <wdm.h>
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r);
> static VOID Unload(PDRIVER_OBJECT d) { (void)d; }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\SystemRoot\\Hello.txt");
>     OBJECT_ATTRIBUTES a;
>     IO_STATUS_BLOCK iosb;
>     HANDLE file;
>     char text[64] = "";
>     NTSTATUS status;
>     (void)r;
>     d->DriverUnload = Unload;
>     InitializeObjectAttributes(&a, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
>     status = ZwOpenFile(&file, FILE_GENERIC_READ, &a, &iosb, FILE_SHARE_READ, FILE_SYNCHRONOUS_IO_NONALERT);
>     if (NT_SUCCESS(status)) {
>         status = ZwReadFile(file, NULL, NULL, NULL, &iosb, text, sizeof(text) - 1, NULL, NULL);
>         ZwClose(file);
>     }
>     DbgPrint("reader: 0x%08X %s\n", status, text);
>     return STATUS_SUCCESS;
> }
> X
$ wskit build reader.c >/dev/null; mkdir -p disk/Windows; printf 'from the host' > disk/Windows/hello.TXT; wskit run reader.sys --root disk --for 0.05
reader: 0x00000000 from the host
reader.sys started (* ms)
reader.sys stopped (* ms)
$ wskit run reader.sys --for 0.05
reader: 0xC000003A*
reader.sys started (* ms)
reader.sys stopped (* ms)
$ wskit run reader.sys --root nowhere --for 0.05
wskit run: nowhere cannot be the machine's C:: not found
[2]
