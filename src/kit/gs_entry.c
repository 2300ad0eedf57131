/* The entry point of a driver that does not name another one (BLD-007): seeds the cookie, then calls DriverEntry. */
#include "kit.h"

NTSTATUS DriverEntry(void *DriverObject, void *RegistryPath);
NTSTATUS GsDriverEntry(void *DriverObject, void *RegistryPath);

/* A cookie nobody randomised (0 or the default) gets the one source of chance that needs no import: the time stamp
 * counter with the address of this frame. */
static void security_init_cookie(void)
{
    unsigned long long cookie = __security_cookie;

    if (cookie == 0 || cookie == KIT_COOKIE_DEFAULT) {
        cookie = (__rdtsc() ^ (unsigned long long)&cookie) & 0x0000FFFFFFFFFFFFULL;
        if (cookie == 0 || cookie == KIT_COOKIE_DEFAULT)
            cookie = KIT_COOKIE_DEFAULT + 1;
        __security_cookie = cookie;
    }
    __security_cookie_complement = ~cookie;
}

NTSTATUS GsDriverEntry(void *DriverObject, void *RegistryPath)
{
    security_init_cookie();
    return DriverEntry(DriverObject, RegistryPath);
}
