/* wkt: tests that are drivers. The same image runs under wskit's runner and on Windows.
 *
 * A test driver is one file tests/guest/<part>/<object>.c:
 *
 *   #include "wkt.h"
 *
 *   TEST(EXE_161, set_event_returns_previous)            shown as "EXE-161 set_event_returns_previous"
 *   {
 *       KEVENT event;
 *
 *       KeInitializeEvent(&event, NotificationEvent, FALSE);
 *       CHECK(KeSetEvent(&event, 0, FALSE) == 0);
 *       CHECK_EQ(KeReadStateEvent(&event), 1);
 *   }
 *   TEST_ROWS("EXE-161 EXE-162", name) { }               one test for several rows
 *   TEST_BUGCHECK(EXE_739, name, 0xC2) { }               must end in this bug check
 *   TEST_FINDING(EXE_754, name, "EXE-754") { }           must report this finding (and no other), and its checks hold
 *   TODO_ROW(EXE_123, "why it is missing");              a row known to be missing
 *   TODO_TEST(EXE_123, name, "why") { }                  the same with a body: it may fail, and fails the build once it passes
 *
 * Each test runs in a machine of its own, at PASSIVE_LEVEL in the thread of the request. What wkt_* helpers give is taken
 * back when the test ends. CHECK goes on after a failure, REQUIRE leaves the function; both may be used in every thread, callback
 * and at every IRQL. A finding in a test that expects none is a failure. */
#ifndef WKT_H
#define WKT_H

#include <ntddk.h>

/* ---- declaring tests ---- */
enum wkt_kind { WKT_PASS, WKT_BUGCHECK, WKT_FINDING, WKT_TODO };

struct wkt_test {
    const char *rows; /* "EXE_161" or "EXE-161 EXE-162" */
    const char *name;
    void (*run)(void); /* NULL: a TODO_ROW */
    const char *text;  /* the finding's rule, why it is missing, or what a bug check needs: "hooks", "app" */
    ULONG code;        /* the bug check */
    enum wkt_kind kind;
    const char *file;
    int line;
};

/* Pointers to the tests lie in one piece of .rdata: the linker sorts what follows the '$'. */
#pragma section(".rdata$wkt_a", read)
#pragma section(".rdata$wkt_m", read)
#pragma section(".rdata$wkt_z", read)

#define WKT_ENTRY(rows_, id, fn_, text_, code_, kind_)                                                                 \
    static const struct wkt_test wkt_test_##id = {rows_, #id, fn_, text_, code_, kind_, __FILE__, __LINE__};           \
    extern const struct wkt_test *const wkt_entry_##id;                                                                \
    __declspec(allocate(".rdata$wkt_m")) const struct wkt_test *const wkt_entry_##id = &wkt_test_##id

#define WKT_DECLARE(rows_, id, text_, code_, kind_)                                                                    \
    static void id(void);                                                                                              \
    WKT_ENTRY(rows_, id, id, text_, code_, kind_);                                                                     \
    static void id(void)

#define TEST(row, id)                WKT_DECLARE(#row, id, NULL, 0, WKT_PASS)
#define TEST_ROWS(rows, id)          WKT_DECLARE(rows, id, NULL, 0, WKT_PASS)
#define TEST_BUGCHECK(row, id, code) WKT_DECLARE(#row, id, NULL, code, WKT_BUGCHECK)
/* The same with the border's hooks on, as `wskit run --verify-border`. */
#define TEST_VERIFY_BUGCHECK(row, id, code) WKT_DECLARE(#row, id, "hooks", code, WKT_BUGCHECK)
#define TEST_FINDING(row, id, rule)  WKT_DECLARE(#row, id, rule, 0, WKT_FINDING)
#define TODO_TEST(row, id, why)      WKT_DECLARE(#row, id, why, 0, WKT_TODO)
#define TODO_ROW(row, why)           WKT_ENTRY(#row, todo_##row, NULL, why, 0, WKT_TODO)

/* With threads of the application at work: wkt_app. */
#define TEST_APP(row, id)               WKT_DECLARE(#row, id, NULL, 1, WKT_PASS)
#define TEST_APP_BUGCHECK(row, id, code) WKT_DECLARE(#row, id, "app", code, WKT_BUGCHECK)
#define TEST_APP_FINDING(row, id, rule) WKT_DECLARE(#row, id, rule, 1, WKT_FINDING)

/* ---- checking ---- */
BOOLEAN wkt_check(BOOLEAN held, const char *file, int line, const char *expression);
BOOLEAN wkt_check_eq(ULONG64 left, ULONG64 right, const char *file, int line, const char *left_text, const char *right_text);
BOOLEAN wkt_check_mem(const void *left, const void *right, SIZE_T bytes, const char *file, int line, const char *expression);

#define CHECK(expression) wkt_check((expression) ? TRUE : FALSE, __FILE__, __LINE__, #expression)
/* Two integers or two pointers; their values are shown when they differ. */
#define CHECK_EQ(left, right) wkt_check_eq((ULONG64)(left), (ULONG64)(right), __FILE__, __LINE__, #left, #right)
#define CHECK_STATUS(expression, status)                                                                               \
    wkt_check_eq((ULONG)(expression), (ULONG)(status), __FILE__, __LINE__, #expression, #status)
#define CHECK_MEM(left, right, bytes) wkt_check_mem(left, right, bytes, __FILE__, __LINE__, #left " and " #right)
#define REQUIRE(expression)                                                                                            \
    do {                                                                                                               \
        if (!CHECK(expression))                                                                                        \
            return;                                                                                                    \
    } while (0)
/* A line in the result, shown when the test fails. */
void wkt_note(const char *text, ULONG64 value);
/* Ends the test as skipped when the machine lacks something (no IPv6, one processor): use before the first CHECK. */
void wkt_skip(const char *why);

/* ---- the driver around the test ---- */
extern PDRIVER_OBJECT wkt_driver;
extern PDEVICE_OBJECT wkt_device; /* \Device\WkTest */
extern PVOID wkt_registry_path_given; /* where DriverEntry found it */
extern UNICODE_STRING wkt_registry_path;
/* Every request to a device that the test made, when not NULL. Completes the request or passes it on. */
extern PDRIVER_DISPATCH wkt_dispatch;
/* Called first in the driver's Unload, for what a test wants to happen there. */
extern void (*wkt_unload)(void);

/* ---- helpers; each needs PASSIVE_LEVEL unless it says otherwise ---- */
#define WKT_TIMEOUT_MS 5000 /* for what must happen; only a failing test waits that long */

/* Zeroed nonpaged memory, 16-byte aligned. */
void *wkt_alloc(SIZE_T bytes);
/* An MDL over nonpaged memory that holds `data` (or zeros when NULL). */
PMDL wkt_mdl(const void *data, SIZE_T bytes);
/* Calls fn(context) when the test ends, last given first called. */
void wkt_at_end(void (*fn)(void *context), void *context);

/* An IRP with four stack locations whose completion routine counts, remembers and keeps the IRP. */
PIRP wkt_irp(void);
/* How often it completed, in what state. Any IRQL. */
LONG wkt_completions(PIRP irp);
BOOLEAN wkt_pending_returned(PIRP irp); /* Irp->PendingReturned in the completion routine */
KIRQL wkt_completion_irql(PIRP irp);
/* Waits for its next completion: its status, or STATUS_TIMEOUT (and a failed check) after WKT_TIMEOUT_MS. */
NTSTATUS wkt_irp_wait(PIRP irp);
/* IoReuseIrp, and the routine in place again; the count goes on. */
void wkt_irp_reuse(PIRP irp);

struct wkt_thread;
typedef void wkt_thread_fn(void *context);
struct wkt_thread *wkt_thread(wkt_thread_fn *fn, void *context); /* a system thread */
PKTHREAD wkt_thread_object(struct wkt_thread *thread);
BOOLEAN wkt_join(struct wkt_thread *thread); /* FALSE (and a failed check) after WKT_TIMEOUT_MS; at the test's end all are joined */

/* KeWaitForSingleObject with a timeout in milliseconds: STATUS_SUCCESS or STATUS_TIMEOUT. */
NTSTATUS wkt_wait(void *object, ULONG timeout_ms);
/* Waits until *value is `wanted`; FALSE (and a failed check) after WKT_TIMEOUT_MS. For what has no object to wait on. */
BOOLEAN wkt_until(volatile LONG *value, LONG wanted);

/* ---- the application's end: WKT_APP_THREADS threads of the runner do as they are told, with their own files 0 .. WKT_APP_FILES - 1 ---- */
#include "protocol.h"
/* Fills call->status, information and data; the status is returned too. What must not take long. */
NTSTATUS wkt_app(ULONG thread, struct wkt_app *call);
/* The same in two steps. FALSE: no answer within timeout_ms, ask again. */
void wkt_app_begin(ULONG thread, struct wkt_app *call);
BOOLEAN wkt_app_end(ULONG thread, struct wkt_app *call, ULONG timeout_ms);
/* Opens `name` ("\\\\.\\X") as the thread's file. */
NTSTATUS wkt_app_open(ULONG thread, ULONG file, const char *name, ULONG access, BOOLEAN overlapped);

#endif
