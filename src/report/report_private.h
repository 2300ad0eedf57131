/* The generated table of status names. */
#ifndef WK_REPORT_PRIVATE_H
#define WK_REPORT_PRIVATE_H

#include "report/report.h"

struct rep_status {
    uint32_t status;
    const char *name;
};
extern const struct rep_status rep_statuses[]; /* sorted by status */
extern const size_t rep_status_count;

#endif
