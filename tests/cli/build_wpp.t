#!/usr/bin/env -S tools/cli-test
# BLD-070 BLD-071 BLD-072 BLD-073 BLD-074 BLD-075 BLD-076 BLD-077 BLD-078 BLD-080 BLD-081 trace macros of WPP are made, off until a session starts, and log what they were given
# Rows: BLD-070 BLD-071 BLD-072 BLD-073 BLD-074 BLD-075 BLD-076 BLD-077 BLD-078 BLD-080 BLD-081
$ mkdir d; cat > d/trace.h <<'X'
> #define WPP_CONTROL_GUIDS \
>     WPP_DEFINE_CONTROL_GUID(One, (998bdf51, 0349, 4fbc, 870c, d6130a955a5f), WPP_DEFINE_BIT(RED) WPP_DEFINE_BIT(GREEN)) \
>     WPP_DEFINE_CONTROL_GUID(Two, ( d58c126f , b309, 11d1, 969e, 0000f875a5bc ), WPP_DEFINE_BIT(BLUE))
> #define WPP_LEVEL_FLAGS_LOGGER(level, flags) WPP_LEVEL_LOGGER(flags)
> #define WPP_LEVEL_FLAGS_ENABLED(level, flags) (WPP_LEVEL_ENABLED(flags) && WPP_CONTROL(WPP_BIT_ ## flags).Level >= level)
> #define WPP_LEVEL_FLAGS_RET_LOGGER(level, flags, ret) WPP_LEVEL_LOGGER(flags)
> #define WPP_LEVEL_FLAGS_RET_ENABLED(level, flags, ret) WPP_LEVEL_FLAGS_ENABLED(level, flags)
> #define WPP_LEVEL_FLAGS_RET_PRE(level, flags, ret) { if (!NT_SUCCESS(ret)) {
> #define WPP_LEVEL_FLAGS_RET_POST(level, flags, ret) ; } }
> // begin_wpp config
> // FUNC TraceEvents(LEVEL, FLAGS, MSG, ...);
> // FUNC TraceError{LEVEL=TRACE_LEVEL_ERROR}(FLAGS, MSG, ...);
> // USEPREFIX (TraceError, "%!STDPREFIX! ERROR %!FILE!:%!SPACE!");
> // FUNC TraceReturn{LEVEL=TRACE_LEVEL_ERROR, FLAGS=RED}(RET);
> // USESUFFIX (TraceReturn, " returned %!STATUS!", RET);
> // FUNC Print((LEVEL, FLAGS, MSG, ...));
> // CUSTOM_TYPE(colour, ItemListLong(red, green, blue));
> // end_wpp
> X
$ cat > d/w.c <<'X'
> #include <wdm.h>
> #include "trace.h"
> #include "W.tmh"
> #pragma clang diagnostic ignored "-Wvarargs"
> DRIVER_INITIALIZE DriverEntry;
> DRIVER_UNLOAD Unload;
> static ULONG calls, last_number, sizes[8];
> static UCHAR bytes[64];
> static NTSTATUS __cdecl capture(TRACEHANDLE logger, ULONG options, LPCGUID guid, USHORT number, ...)
> {
>     va_list list;
>     ULONG at = 0, i = 0;
>     (void)options; (void)guid;
>     if (logger != 77)
>         return STATUS_INVALID_HANDLE;
>     calls++;
>     last_number = number;
>     RtlZeroMemory(sizes, sizeof(sizes));
>     va_start(list, number);
>     for (const UCHAR *p; (p = va_arg(list, const UCHAR *)) != NULL; i++) {
>         SIZE_T n = va_arg(list, SIZE_T);
>         sizes[i] = (ULONG)n;
>         for (SIZE_T k = 0; k < n && at < sizeof(bytes); k++)
>             bytes[at++] = p[k];
>     }
>     va_end(list);
>     return STATUS_SUCCESS;
> }
> #define EXPECT(c) if (!(c)) { DbgPrint("line %d\n", __LINE__); return STATUS_UNSUCCESSFUL; }
> VOID Unload(PDRIVER_OBJECT d) { WPP_CLEANUP(d); }
> NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)
> {
>     UNICODE_STRING name = RTL_CONSTANT_STRING(L"ab");
>     const char *none = NULL;
>     d->DriverUnload = Unload;
>     WPP_INIT_TRACING(d, r);
>     DoTraceMessage(RED, "off");
>     EXPECT(WPP_CONTROL_GUID_TABLE[0].Data1 == 0x998bdf51 && WPP_CONTROL_GUID_TABLE[0].Data4[2] == 0xd6 && WPP_CONTROL_GUID_TABLE[1].Data4[7] == 0xbc);
>     EXPECT(WPP_BIT_RED == 0 && WPP_BIT_GREEN == 1 && WPP_BIT_BLUE == 32 && WPP_LAST_CTL == 2);
>     WppTraceMessage = capture;
>     DoTraceMessage(RED, "off still");
>     EXPECT(calls == 0);
>     WPP_CB[0].Control.Logger = WPP_CB[1].Control.Logger = 77;
>     WPP_CB[0].Control.Level = TRACE_LEVEL_WARNING;
>     WPP_CB[0].Control.Flags[0] = 1; /* RED */
>     DoTraceMessage(RED, "two %d and "
>                    "text %s, 100%%", 7, "xyz");
>     EXPECT(calls == 1 && sizes[0] == 4 && bytes[0] == 7 && sizes[1] == 4 && bytes[4] == 'x' && bytes[7] == 0);
>     DoTraceMessage(GREEN, "off");
>     DoTraceMessage(BLUE, "off");
>     EXPECT(calls == 1);
>     TraceEvents(TRACE_LEVEL_INFORMATION, RED, "too fine");
>     EXPECT(calls == 1);
>     TraceEvents(TRACE_LEVEL_WARNING, RED, "%wZ %08I64x %c", &name, 0x1122334455667788, 'q'); /* , "%d" */
>     EXPECT(calls == 2 && sizes[0] == 2 && bytes[0] == 4 && sizes[1] == 4 && bytes[4] == 'b' && sizes[2] == 8 && bytes[6] == 0x88 && sizes[3] == 1);
>     TraceError(RED, "%s %ws %!colour!", none, (PCWSTR)NULL, 2);
>     EXPECT(calls == 3 && sizes[0] == 5 && bytes[0] == 'N' && sizes[1] == 10 && bytes[5] == 'N' && sizes[2] == 4 && bytes[15] == 2);
>     TraceReturn(STATUS_SUCCESS);
>     EXPECT(calls == 3);
>     TraceReturn(STATUS_UNSUCCESSFUL);
>     EXPECT(calls == 4 && sizes[0] == 4 && bytes[3] == 0xc0);
>     Print((TRACE_LEVEL_ERROR, RED, "%hd %p %!STATUS!", (short)5, d, STATUS_PENDING));
>     EXPECT(calls == 5 && sizes[0] == 2 && sizes[1] == 8 && sizes[2] == 4);
>     EXPECT(last_number == 10 + 12 - 2);
>     return STATUS_SUCCESS;
> }
> X
$ wskit build d --werror
d.sys (1 source, * s)
$ wskit run d.sys --for 0
d.sys started *
d.sys stopped *
$ grep -A5 w_c46 d.tmf | sed 's/^#//'
typev w_c46 12 "%0two %10!d! and text %11!s!, 100%%" //   FLAGS=RED FUNC=DriverEntry
{
7, ItemLong -- 10
"xyz", ItemString -- 11
}
...
$ grep -A5 '0 ERROR' d.tmf | sed 's/^#//'
typev w_c56 17 "%0 ERROR w.c: %10!s! %11!s! %12!s!" //   LEVEL=TRACE_LEVEL_ERROR FLAGS=RED FUNC=DriverEntry
{
none, ItemString -- 10
(PCWSTR)NULL, ItemWString -- 11
2, ItemListLong(red, green, blue) -- 12
}
# Two builds are the same, the image and the text.
$ cp d.sys e.sys; cp d.tmf e.tmf; wskit build d >/dev/null && cmp d.sys e.sys && cmp d.tmf e.tmf
# A .tmh of the user's own stays; one that no source makes is said.
$ printf '#define DoTraceMessage(...) THEIRS\n' > d/w.tmh; wskit build d 2>&1 | grep -m1 -o "undeclared identifier 'THEIRS'"
undeclared identifier 'THEIRS'
$ rm d/w.tmh; sed -i 's/W.tmh/other.tmh/' d/w.c; wskit build d
d/w.c(3,10): fatal error: 'other.tmh' file not found
...
wskit build: other.tmh: WPP makes w.tmh for w.c, nothing makes this one
[1]
