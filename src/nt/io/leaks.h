/* What a driver has left behind when its image goes, and the image's end (EXE-030, EXE-033). */
#ifndef WK_IO_LEAKS_H
#define WK_IO_LEAKS_H

struct nt_driver;

/* Findings for what is left, bug checks for what would still call into the image; then image, driver object and name go. */
void io_driver_remove(struct nt_driver *driver);

#endif
