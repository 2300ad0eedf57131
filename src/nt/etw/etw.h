/* What the machine may ask of event tracing. Plain C types. One session exists; it traces every provider. */
#ifndef WK_ETW_H
#define WK_ETW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts (on) or stops the session: events up to `level` (0: all) with any of `keywords` (0: all) are kept and printed as text through the
 * debug sink. Calls the providers' enable callbacks. PASSIVE_LEVEL; may block. */
void etw_trace(bool on, uint8_t level, uint64_t keywords);
/* Events written by all providers since start, also while nothing traced them. Any thread. */
uint64_t etw_written(void);

struct etw_record {
    uint64_t number;      /* counted from 1, over all providers */
    uint64_t time_100ns;  /* as system time */
    uint8_t provider[16]; /* GUID as it lies in memory */
    uint16_t id;
    uint8_t level, channel;
    uint64_t keyword;
    uint32_t bytes;       /* of the whole event; at most sizeof(data) are kept */
    uint8_t data[192];
};
/* The record `number`, if the ring still has it. Any thread. */
bool etw_read(uint64_t number, struct etw_record *out);
/* Registrations made by code in [base, base + bytes): an unloading driver must have none (EXE-575). */
unsigned etw_registrations_of(uint64_t base, size_t bytes);

#endif
