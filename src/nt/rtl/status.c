/* Names of statuses, for people (rtl.h). */
#include <stddef.h>
#include "rtl.h"
#include "status_names.h"
#include "wskit/ddi.h"

const char *rtl_status_name(uint32_t status)
{
    unsigned low = 0, high = rtl_status_count;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (rtl_status_table[middle].value == status)
            return rtl_status_table[middle].name;
        if (rtl_status_table[middle].value < status)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *wskit_status_name(uint32_t status)
{
    return rtl_status_name(status);
}
