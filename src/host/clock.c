/* Clocks and randomness. Times that NT counts from 1601 are made here, once. */
#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "base/err.h"
#include "host/host_private.h"

#define NS_PER_S 1000000000u
#define S_1601_TO_1970 UINT64_C(11644473600)

uint64_t host_clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t host_wall_100ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec + S_1601_TO_1970) * 10000000u + (uint64_t)now.tv_nsec / 100;
}

int host_utc_offset_s(void)
{
    time_t now = time(NULL);
    struct tm local;

    tzset();
    return localtime_r(&now, &local) ? (int)local.tm_gmtoff : 0;
}

int host_random(void *out, size_t bytes)
{
    unsigned char *to = out;

    while (bytes) {
        ssize_t got = getrandom(to, bytes, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return host_err(errno);
        to += got;
        bytes -= (size_t)got;
    }
    return 0;
}
