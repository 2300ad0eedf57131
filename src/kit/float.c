/* What compilers name without a header and ntoskrnl does not export (BLD-011). */

/* Referenced by every object that uses floating point; its value means nothing. */
int _fltused = 0x9875;
