/* Last words. Plain C types; async-signal-safe. */
#ifndef WK_HOST_DIE_H
#define WK_HOST_DIE_H

/* To standard error, unbuffered. */
void host_say(const char *text);
/* Says it and ends the process at once, without running anything at exit. */
_Noreturn void host_die(const char *text, int status);

#endif
