/* The resolve table: what an import of a system module binds to (EXE-007, EXE-037). The table is sorted by module, then
 * name; modules are few, so it is searched once per candidate module. */
#include "ddi/guest.h"
#include "ddi/find.h"

unsigned ddi_hooks;

static int compare_text(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

static bool same_name(const char *a, const char *b)
{
    for (; *a || *b; a++, b++)
        if (lower(*a) != lower(*b))
            return false;
    return true;
}

static bool begins(const char *text, const char *prefix)
{
    for (; *prefix; text++, prefix++)
        if (lower(*text) != *prefix)
            return false;
    return true;
}

/* Known names of system modules that export nothing yet are known all the same: their functions are missing, not they. */
static const char *const modules[] = {"ntoskrnl.exe", "HAL.dll",    "NDIS.SYS",    "NETIO.SYS", "fwpkclnt.sys",    "WDFLDR.SYS", "cng.sys",
                                      "ksecdd.sys",   "msrpc.sys",  "tdi.sys",     "WMILIB.SYS", "WppRecorder.sys", "usbd.sys",   "fltmgr.sys"};

/* EXE-007: API set contract names of the kernel mean ntoskrnl. */
static const char *canonical(const char *module)
{
    if (begins(module, "ext-ms-win-ntos-") || begins(module, "api-ms-win-ntos-"))
        return "ntoskrnl.exe";
    for (unsigned i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
        if (same_name(module, modules[i]))
            return modules[i];
    return NULL;
}

static const struct ddi_info *find_in(const char *module, const char *name)
{
    for (unsigned i = 0; i < ddi_count; i++) {
        const struct ddi_info *d = &ddi_table[i];
        unsigned low, high;

        if (!d->module || !same_name(d->module, module) || (i && d->module == d[-1].module))
            continue;
        for (low = i, high = ddi_count; low < high;) { /* names of one module are sorted and follow each other */
            unsigned middle = low + (high - low) / 2;
            const struct ddi_info *m = &ddi_table[middle];
            int order = !m->module || !same_name(m->module, module) ? -1 : compare_text(name, m->name);

            if (!order) /* macros and inlines are listed, but nothing binds to them */
                return m->address ? m : NULL;
            if (order < 0)
                high = middle;
            else
                low = middle + 1;
        }
        return NULL;
    }
    return NULL;
}

bool ddi_module(const char *module)
{
    return canonical(module) != NULL;
}

const struct ddi_info *ddi_find(const char *module, const char *name)
{
    const struct ddi_info *d;

    module = canonical(module);
    if (!module)
        return NULL;
    d = find_in(module, name);
    /* EXE-007: what one of the two is asked for, the other may have */
    if (!d && same_name(module, "hal.dll"))
        d = find_in("ntoskrnl.exe", name);
    else if (!d && same_name(module, "ntoskrnl.exe"))
        d = find_in("hal.dll", name);
    else if (!d && same_name(module, "ksecdd.sys")) /* EXE-610: older links */
        d = find_in("cng.sys", name);
    return d;
}

void *ddi_bind(const char *module, const char *name)
{
    const struct ddi_info *d = ddi_find(module, name);

    if (!d)
        return NULL;
    return ddi_hooks && d->thunk ? d->thunk : d->address;
}
