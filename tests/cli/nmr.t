#!/usr/bin/env -S tools/cli-test
# Two drivers, client and provider of one NPI: who completes for the other side, and a detach that does not end
# Rows: NMR-003 NMR-053 NMR-059 NMR-061
$ cat > npi.h <<'X'
> #include <ntddk.h>
> #include <netioddk.h>
> DRIVER_INITIALIZE DriverEntry;
> static const NPIID npi = {0x5a1f0002, 0x77aa, 0x4a11, {1, 2, 3, 4, 5, 6, 7, 8}};
> static HANDLE module, binding;
> X
$ cat > provider.c <<'X'
> #include "npi.h"
> static const NPI_MODULEID id = {sizeof(id), MIT_GUID, {{0x22, 0, 0, {0}}}};
> static NTSTATUS NTAPI attach(HANDLE b, PVOID c, PNPI_REGISTRATION_INSTANCE i, PVOID cc, const VOID *cd, PVOID *pc, const VOID **pd)
> {
>     UNREFERENCED_PARAMETER(c); UNREFERENCED_PARAMETER(i); UNREFERENCED_PARAMETER(cc); UNREFERENCED_PARAMETER(cd);
>     binding = b; *pc = NULL; *pd = NULL; return STATUS_SUCCESS;
> }
> static NTSTATUS NTAPI detach(PVOID c) { UNREFERENCED_PARAMETER(c); return STATUS_SUCCESS; }
> static const NPI_PROVIDER_CHARACTERISTICS self = {0, sizeof(self), attach, detach, NULL, {0, sizeof(NPI_REGISTRATION_INSTANCE), &npi, &id, 0, NULL}};
> static VOID Unload(PDRIVER_OBJECT d) { UNREFERENCED_PARAMETER(d); NmrDeregisterProvider(module); NmrWaitForProviderDeregisterComplete(module); DbgPrint("provider: out\n"); }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { UNREFERENCED_PARAMETER(r); d->DriverUnload = Unload; return NmrRegisterProvider(&self, NULL, &module); }
> X
$ cat > client.c <<'X'
> #include "npi.h"
> static const NPI_MODULEID id = {sizeof(id), MIT_GUID, {{0x11, 0, 0, {0}}}};
> static NTSTATUS NTAPI attach(HANDLE b, PVOID c, PNPI_REGISTRATION_INSTANCE i)
> {
>     PVOID pc; const VOID *pd;
>     UNREFERENCED_PARAMETER(c); UNREFERENCED_PARAMETER(i);
>     binding = b;
>     return NmrClientAttachProvider(b, NULL, NULL, &pc, &pd);
> }
> static NTSTATUS NTAPI detach(PVOID c)
> {
>     UNREFERENCED_PARAMETER(c);
> #ifdef WRONG
>     NmrProviderDetachClientComplete(binding);
>     return STATUS_SUCCESS;
> #else
>     return STATUS_PENDING;
> #endif
> }
> static const NPI_CLIENT_CHARACTERISTICS self = {0, sizeof(self), attach, detach, NULL, {0, sizeof(NPI_REGISTRATION_INSTANCE), &npi, &id, 0, NULL}};
> static VOID Unload(PDRIVER_OBJECT d) { UNREFERENCED_PARAMETER(d); NmrDeregisterClient(module); NmrWaitForClientDeregisterComplete(module); DbgPrint("client: out\n"); }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { UNREFERENCED_PARAMETER(r); d->DriverUnload = Unload; return NmrRegisterClient(&self, NULL, &module); }
> X
$ wskit build provider.c >/dev/null && wskit build client.c -DWRONG -o wrong.sys >/dev/null && wskit build client.c >/dev/null; ls *.sys
client.sys
provider.sys
wrong.sys
# The client calls the provider's complete function: it is not taken for the provider's, and both come to their end.
$ wskit run provider.sys wrong.sys --for 0.05
provider.sys started (* ms)
wrong.sys started (* ms)
finding NMR-059: NmrProviderDetachClientComplete(*): the caller is the module at the binding's other end*
...
client: out
...
provider: out
...
1 finding
[1]
$ wskit run provider.sys wrong.sys --for 0.05 --verify-border 2>&1 | grep -o 'finding NMR-059'
finding NMR-059
# A detach that never completes is named while it is waited for; that it does not end is the run's finding.
$ wskit run provider.sys client.sys --for 0.05 --timeout 6 > log 2>&1; echo status $?; grep -o 'NMR: the deregistration of client .* of client.sys,.* after 5 s: .* waits for Nmr.*' log; grep -o 'finding unload-hangs' log
status 1
NMR: the deregistration of client * of client.sys, NPI {5a1f0002-77aa-4a11-0102-030405060708} is not complete after 5 s: binding * waits for NmrClientDetachProviderComplete
finding unload-hangs
