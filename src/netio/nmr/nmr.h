/* What the registrar tells our own providers, beside what it tells everybody in netioddk.h. Up to DISPATCH_LEVEL. */
#ifndef WK_NMR_H
#define WK_NMR_H

#include <stdbool.h>
#include "ntddk.h"

/* The client has not said that it is detached: its last calls may be on their way in. false too when there is no such binding. */
bool nmr_client_attached(HANDLE binding);

#endif
