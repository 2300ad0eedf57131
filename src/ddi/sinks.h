/* Where findings and bug checks go: the machine fills this in before it starts. Plain C types. */
#ifndef WK_DDI_SINKS_H
#define WK_DDI_SINKS_H

#include <stdint.h>

struct guest_sinks {
    /* Called in the thread that broke the rule, at any IRQL, on its stack or (bug check) on the report's stack; one at a time. */
    void (*finding)(void *ctx, const char *rule, const char *text, const char *stack);
    /* Then the process ends with status 1, if the sink has not ended it. */
    void (*bugcheck)(void *ctx, uint32_t code, const uint64_t params[4], const char *text, const char *stack);
    void *ctx;
};

/* NULL members: text on standard error. Before any guest runs. */
void guest_set_sinks(const struct guest_sinks *sinks);
unsigned guest_finding_count(void);
/* "DRIVER_IRQL_NOT_LESS_OR_EQUAL" for 0xD1; NULL when the code has no name here. */
const char *guest_bugcheck_name(uint32_t code);

#endif
