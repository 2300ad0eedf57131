/* Between wkt.c and wkt_help.c. */
#ifndef WKT_PRIVATE_H
#define WKT_PRIVATE_H

#include "wkt.h"

/* Undoes, last first, what the helpers gave to the test. */
void wkt_take_back(void);

#endif
