#!/usr/bin/env -S tools/cli-test
# ZwLoadDriver and ZwUnloadDriver: a driver starts another one by its service, whose ImagePath says where the image is
# Rows: EXE-035 EXE-036
$ cat > loader.c <<'X'
> #include <ntddk.h>
> #define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"
> DRIVER_INITIALIZE DriverEntry;
> static UNICODE_STRING service = RTL_CONSTANT_STRING(SERVICES L"Second");
> static void install(PCWSTR image)
> {
>     UNICODE_STRING type = RTL_CONSTANT_STRING(L"Type"), start = RTL_CONSTANT_STRING(L"Start"), path = RTL_CONSTANT_STRING(L"ImagePath"), text;
>     OBJECT_ATTRIBUTES attributes;
>     ULONG one = 1, two = 2;
>     HANDLE key;
>     InitializeObjectAttributes(&attributes, &service, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
>     if (!NT_SUCCESS(ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, REG_OPTION_NON_VOLATILE, NULL)))
>         return;
>     ZwSetValueKey(key, &type, 0, REG_DWORD, &one, sizeof(one));
>     ZwSetValueKey(key, &start, 0, REG_DWORD, &two, sizeof(two));
>     RtlInitUnicodeString(&text, image);
>     if (image)
>         ZwSetValueKey(key, &path, 0, REG_EXPAND_SZ, text.Buffer, text.Length + sizeof(WCHAR));
>     ZwClose(key);
> }
> static void attempt(PCWSTR image)
> {
>     NTSTATUS status;
>     install(image);
>     status = ZwLoadDriver(&service);
>     DbgPrint("loader: %ws: 0x%08X\n", image ? image : L"no ImagePath", status);
>     if (NT_SUCCESS(status)) {
>         DbgPrint("loader: again: 0x%08X\n", ZwLoadDriver(&service));
>         DbgPrint("loader: unload: 0x%08X\n", ZwUnloadDriver(&service));
>     }
> }
> static VOID Unload(PDRIVER_OBJECT d) { UNREFERENCED_PARAMETER(d); }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     UNREFERENCED_PARAMETER(r);
>     d->DriverUnload = Unload;
>     attempt(NULL);
>     attempt(L"\\SystemRoot\\System32\\drivers\\other.sys");
>     attempt(L"system32\\DRIVERS\\other.sys");
>     attempt(L"\\??\\C:\\Windows\\System32\\drivers\\other.sys");
>     attempt(L"\\SystemRoot\\System32\\drivers\\missing.sys");
>     attempt(L"\\SystemRoot\\System32\\other.sys");
>     attempt(L"\\??\\D:\\other.sys");
>     attempt(L"System32\\drivers\\..\\other.sys");
>     attempt(L"other.sys");
>     return STATUS_SUCCESS;
> }
> X
$ cat > other.c <<'X'
> #include <ntddk.h>
> DRIVER_INITIALIZE DriverEntry;
> static ULONG value(PUNICODE_STRING r, PCWSTR name)
> {
>     RTL_QUERY_REGISTRY_TABLE q[2] = {{NULL, RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK, (PWSTR)name, NULL, (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_NONE, NULL, 0}};
>     ULONG result = 77;
>     q[0].EntryContext = &result;
>     RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, r->Buffer, q, NULL, NULL);
>     return result;
> }
> static VOID Unload(PDRIVER_OBJECT d) { UNREFERENCED_PARAMETER(d); DbgPrint("other: unload\n"); }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     d->DriverUnload = Unload;
>     DbgPrint("other: %wZ, Start %u\n", &d->DriverName, value(r, L"Start"));
>     return STATUS_SUCCESS;
> }
> X
$ mkdir sub && wskit build loader.c >/dev/null && wskit build other.c -o sub/other.sys >/dev/null && cp sub/other.sys sub/first.sys && ls *.sys sub/*.sys
loader.sys
sub/first.sys
sub/other.sys
# The image lies with the first driver, not with the last one; the service and the file have different names.
$ wskit run sub/first.sys loader.sys --for 0.05
other: \Driver\first, Start 3
first.sys started (* ms)
loader: no ImagePath: 0xC0000034
other: \Driver\Second, Start 2
loader: \SystemRoot\System32\drivers\other.sys: 0x00000000
loader: again: 0xC000010E
other: unload
loader: unload: 0x00000000
other: \Driver\Second, Start 2
loader: system32\DRIVERS\other.sys: 0x00000000
loader: again: 0xC000010E
other: unload
loader: unload: 0x00000000
other: \Driver\Second, Start 2
loader: \??\C:\Windows\System32\drivers\other.sys: 0x00000000
loader: again: 0xC000010E
other: unload
loader: unload: 0x00000000
loader: \SystemRoot\System32\drivers\missing.sys: 0xC0000034
loader: \SystemRoot\System32\other.sys: 0xC0000034
loader: \??\D:\other.sys: 0xC0000034
loader: System32\drivers\..\other.sys: 0xC0000034
loader: other.sys: 0xC0000034
loader.sys started (* ms)
loader.sys stopped (* ms)
other: unload
first.sys stopped (* ms)
# Without ImagePath it is the service's name.
$ cp sub/other.sys sub/Second.sys && wskit run sub/first.sys loader.sys --for 0.05 | sed -n '3,6p'
other: \Driver\Second, Start 2
loader: no ImagePath: 0x00000000
loader: again: 0xC000010E
other: unload
# A driver of the command line that another one has unloaded: nothing is left to be stopped.
$ cat > killer.c <<'X'
> #include <ntddk.h>
> DRIVER_INITIALIZE DriverEntry;
> static VOID Unload(PDRIVER_OBJECT d) { UNREFERENCED_PARAMETER(d); }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     UNICODE_STRING first = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\first");
>     UNREFERENCED_PARAMETER(r);
>     d->DriverUnload = Unload;
>     DbgPrint("killer: unload: 0x%08X\n", ZwUnloadDriver(&first));
>     DbgPrint("killer: and again: 0x%08X\n", ZwUnloadDriver(&first));
>     if (d->DriverName.Length == 2 * (sizeof("\\Driver\\reloads") - 1))
>         DbgPrint("killer: load: 0x%08X\n", ZwLoadDriver(&first));
>     return STATUS_SUCCESS;
> }
> X
$ wskit build killer.c >/dev/null; cp killer.sys reloads.sys; wskit run sub/first.sys killer.sys --for 0.05
other: \Driver\first, Start 3
first.sys started (* ms)
other: unload
killer: unload: 0x00000000
killer: and again: 0xC0000034
killer.sys started (* ms)
killer.sys stopped (* ms)
first.sys stopped (* ms)
$ wskit run sub/first.sys reloads.sys --for 0.05 | tail -6
other: \Driver\first, Start 3
killer: load: 0x00000000
reloads.sys started (* ms)
reloads.sys stopped (* ms)
other: unload
first.sys stopped (* ms)
