/* The table that tools/statusgen writes. */
#ifndef WK_RTL_STATUS_NAMES_H
#define WK_RTL_STATUS_NAMES_H

struct rtl_status_entry {
    unsigned value;
    const char *name;
};
extern const struct rtl_status_entry rtl_status_table[]; /* sorted by value */
extern const unsigned rtl_status_count;

#endif
