/* The last words of the process, for what cannot be reported in any better way. Linux side. */
#include <string.h>
#include <unistd.h>

#include "host/die.h"

void host_say(const char *text)
{
    size_t left = strlen(text);

    while (left) {
        ssize_t n = write(STDERR_FILENO, text, left);

        if (n <= 0)
            return;
        text += n;
        left -= (size_t)n;
    }
}

void host_die(const char *text, int status)
{
    host_say(text);
    _exit(status);
}
