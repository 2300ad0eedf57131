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


/* The application's end of a test (wkt_app.c): each thread of the runner asks with WKT_IOCTL_APP for what to do, giving the answer to what
 * it was told before. Input and output are a struct wkt_app; its first use has op WKT_APP_HELLO. */
#define WKT_IOCTL_APP   0x00222408
#define WKT_APP_THREADS 2
#define WKT_APP_FILES   4
#define WKT_APP_DATA    4096
enum wkt_app_op {
    WKT_APP_HELLO, WKT_APP_END,
    WKT_APP_OPEN,   /* data: name; code: access; flags: 1 overlapped */
    WKT_APP_CLOSE,
    WKT_APP_READ, WKT_APP_WRITE, WKT_APP_CONTROL, /* flags: 1 do not wait: WKT_APP_FINISH comes for it */
    WKT_APP_FINISH, /* code: how long to wait, ms */
    WKT_APP_CANCEL, /* all of the file; information: how many */
    WKT_APP_32BIT,  /* code: yes or no */
    WKT_APP_DEVICE, /* a device for the test driver's AddDevice; data: hardware id */
    WKT_APP_DEVICE_DO, /* code: 0 remove, 1 surprise, 2 rebalance */
    WKT_APP_POWER,  /* code: 1 sleep, 4 hibernate, 0 wake */
    WKT_APP_USER    /* data: who the application is from now on (wskit_application_user) */
};
struct wkt_app {
    unsigned int thread, op, file, code, flags, in_bytes, out_bytes;
    unsigned int status;             /* answer; WKT_APP_FINISH: 0x102 when it is not done */
    unsigned long long offset, in_at, out_at; /* in_at, out_at not 0: addresses in place of data */
    unsigned long long information;  /* answer */
    unsigned char data[WKT_APP_DATA]; /* in, then out */
};

#endif
