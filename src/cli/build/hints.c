/* What the linker could not find, explained (BLD-007, BLD-011, BLD-026): which construct made the compiler ask for it, or
 * that the kernel function is not in the table. */
#include "cli/build/build.h"
#include "cli/cli.h"
#include "wskit/ddi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *symbol, *hint;
} known[] = {
    {"DriverEntry", "no source defines DriverEntry (in C++: as extern \"C\"); with another entry point, say --entry NAME"},
    {"DllInitialize", "an export driver defines DllInitialize and DllUnload; leave --export-driver out if it is none"},
    {"DllUnload", "an export driver defines DllInitialize and DllUnload; leave --export-driver out if it is none"},
    {"__security_cookie", "/GS code needs bufferoverflowfastfailk.lib"},
    {"__security_check_cookie", "/GS code needs bufferoverflowfastfailk.lib"},
    {"__guard_dispatch_icall_fptr", "/guard:cf code needs bufferoverflowfastfailk.lib"},
    {"__guard_check_icall_fptr", "/guard:cf code needs bufferoverflowfastfailk.lib"},
    {"_fltused", "floating point is used; libcntpr.lib has it"},
    {"__chkstk", "a function has more than 4 KiB of local variables: take them from pool"},
    {"__udivti3", "a 128-bit division; libcntpr.lib has it"},
    {"_Init_thread_header", "a static variable in a C++ function is initialised at run time; give /Zc:threadSafeInit- with --cflag, or make it constant"},
    {"_Init_thread_epoch", "a static variable in a C++ function is initialised at run time; give /Zc:threadSafeInit- with --cflag, or make it constant"},
    {"_tls_index", "thread-local variables do not exist in the kernel"},
    {"atexit", "a C++ object with static lifetime and a destructor: the kernel runs neither"},
    {"_purecall", "a pure virtual function; define _purecall in the driver"},
    {"__CxxFrameHandler3", "C++ exceptions do not exist in the kernel; use __try or return a status"},
    {"__CxxFrameHandler4", "C++ exceptions do not exist in the kernel; use __try or return a status"},
    {"_CxxThrowException", "C++ exceptions do not exist in the kernel; return a status"},
};

static void hint(const char *symbol)
{
    const char *name = strncmp(symbol, "__imp_", 6) == 0 ? symbol + 6 : symbol;
    const char **names;
    const char *near;
    struct wskit_ddi d;
    size_t count = wskit_ddi_count();

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(known[i].symbol, name) == 0) {
            fprintf(stderr, "  %s: %s\n", name, known[i].hint);
            return;
        }
    if (strncmp(name, "void * __cdecl operator new", 27) == 0 || strncmp(name, "void __cdecl operator delete", 28) == 0) {
        fprintf(stderr, "  %s: define it in the driver, over ExAllocatePool2 and ExFreePoolWithTag\n", name);
        return;
    }
    for (size_t i = 0; wskit_ddi_at(i, &d); i++)
        if (d.module && strcmp(d.name, name) == 0) {
            fprintf(stderr, "  %s: is in %s; link its library with -l %.*s\n", name, d.module, (int)strcspn(d.module, "."), d.module);
            return;
        }
    names = calloc(count + 1, sizeof(*names));
    for (size_t i = 0; names && i < count && wskit_ddi_at(i, &d); i++)
        names[i] = d.name;
    near = names ? cli_nearest(name, names) : NULL;
    fprintf(stderr, "  %s: not in the kernel's table%s%s%s; `wskit ddi` lists it, docs/howto/add-a-ddi.md says how to add\n", name,
            near ? " (near: " : "", near ? near : "", near ? ")" : "");
    free(names);
}

void build_link_hints(const char *log)
{
    static const char mark[] = "undefined symbol: ";
    bool said = false;

    while ((log = strstr(log, mark)) != NULL) {
        char symbol[256];
        size_t n = strcspn(log += sizeof(mark) - 1, "\r\n");

        snprintf(symbol, sizeof(symbol), "%.*s", (int)(n < 255 ? n : 255), log);
        if (strncmp(symbol, "__declspec(dllimport) ", 22) == 0)
            memmove(symbol, symbol + 22, strlen(symbol + 22) + 1);
        if (!said)
            cli_error("build", "what is undefined:");
        said = true;
        hint(symbol);
    }
}
