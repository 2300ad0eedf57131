/* What the machine asks of single parts before it starts. */
#include "host/host.h"
#include "machine/machine_private.h"

extern unsigned ddi_hooks; /* ddi/guest.h, which is NT's side */
enum { HOOK_VERIFY = 2 };

unsigned machine_host_cpus(void)
{
    return host.cpu_count();
}

void machine_set_hooks(bool on)
{
    ddi_hooks = on ? HOOK_VERIFY : 0;
}
