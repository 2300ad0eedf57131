/* What the runner and a test driver say to each other: two IOCTLs, METHOD_BUFFERED, text. */
#ifndef WKT_PROTOCOL_H
#define WKT_PROTOCOL_H

#define WKT_IOCTL_LIST 0x00222400 /* CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS) */
#define WKT_IOCTL_RUN  0x00222404
/* Both: the first four bytes of input are an index of a test.
 * LIST answers with the tests from it on that fit, a line each:   kind TAB code TAB rows TAB name TAB text TAB line TAB runnable
 * RUN answers "pass", "fail" or "skip", a newline, and what was noted, a line each. */
#define WKT_LIST_BYTES   65536
#define WKT_RESULT_BYTES 32768

#endif
