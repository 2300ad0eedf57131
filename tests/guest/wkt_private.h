/* Between wkt.c and wkt_help.c. */
#ifndef WKT_PRIVATE_H
#define WKT_PRIVATE_H

#include "wkt.h"

/* Undoes, last first, what the helpers gave to the test. */
void wkt_take_back(void);

/* wkt_app.c: a thread of the runner asks what to do; threads are to come before a test, and are sent away after it. */
NTSTATUS wkt_app_control(PIRP irp);
void wkt_app_initialize(void);
void wkt_app_start(ULONG threads);
void wkt_app_stop(void);

#endif
