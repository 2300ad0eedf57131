/* The driver around the tests of one file: its device, the two requests of the runner (protocol.h), and the record of the
 * test that runs. One test runs at a time; the record may be written from any thread at any IRQL. */
#include "wkt_private.h"
#include "protocol.h"

PDRIVER_OBJECT wkt_driver;
PDEVICE_OBJECT wkt_device;
static WCHAR registry_path_text[256];
PVOID wkt_registry_path_given;
UNICODE_STRING wkt_registry_path = {0, sizeof(registry_path_text), registry_path_text};
PDRIVER_DISPATCH wkt_dispatch;
void (*wkt_unload)(void);

extern const struct wkt_test *const wkt_first, *const wkt_last;
__declspec(allocate(".rdata$wkt_a")) const struct wkt_test *const wkt_first = NULL;
__declspec(allocate(".rdata$wkt_z")) const struct wkt_test *const wkt_last = NULL;

static UNICODE_STRING link_name = RTL_CONSTANT_STRING(L"\\??\\WkTest");

/* The record. `used` is given out in pieces by one interlocked add, so no lock is needed. */
static struct {
    char text[WKT_RESULT_BYTES - 16];
    volatile LONG used;
    volatile LONG failures;
    BOOLEAN skipped;
} record;

struct line {
    char text[512];
    LONG used;
};

static void put_text(struct line *line, const char *text)
{
    while (*text && line->used < (LONG)sizeof(line->text) - 1)
        line->text[line->used++] = *text++;
}

static void put_number(struct line *line, ULONG64 value, ULONG base)
{
    char digits[24];
    int n = sizeof(digits) - 1;

    digits[n] = 0;
    do {
        digits[--n] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    put_text(line, digits + n);
}

static void put_value(struct line *line, ULONG64 value)
{
    put_text(line, "0x");
    put_number(line, value, 16);
    if (value < 1000000 && value > 9) {
        put_text(line, " (");
        put_number(line, value, 10);
        put_text(line, ")");
    } else if ((LONG64)value < 0 && (LONG64)value > -1000000) {
        put_text(line, " (-");
        put_number(line, 0 - value, 10);
        put_text(line, ")");
    }
}

static void put_place(struct line *line, const char *file, int line_number)
{
    const char *name = file;

    for (; *file; file++)
        if ((*file == '/' || *file == '\\') && file[1])
            name = file + 1;
    put_text(line, name);
    put_text(line, ":");
    put_number(line, (ULONG64)line_number, 10);
    put_text(line, ": ");
}

static void keep(struct line *line)
{
    LONG at;

    put_text(line, "\n");
    at = InterlockedExchangeAdd(&record.used, line->used);
    if (at >= 0 && at + line->used < (LONG)sizeof(record.text))
        RtlCopyMemory(record.text + at, line->text, (SIZE_T)line->used);
}

BOOLEAN wkt_check(BOOLEAN held, const char *file, int line_number, const char *expression)
{
    struct line line = {{0}, 0};

    if (held)
        return TRUE;
    put_place(&line, file, line_number);
    put_text(&line, "not so: ");
    put_text(&line, expression);
    keep(&line);
    InterlockedIncrement(&record.failures);
    return FALSE;
}

BOOLEAN wkt_check_eq(ULONG64 left, ULONG64 right, const char *file, int line_number, const char *left_text, const char *right_text)
{
    struct line line = {{0}, 0};

    if (left == right)
        return TRUE;
    put_place(&line, file, line_number);
    put_text(&line, left_text);
    put_text(&line, " is ");
    put_value(&line, left);
    put_text(&line, ", not ");
    put_text(&line, right_text);
    put_text(&line, " = ");
    put_value(&line, right);
    keep(&line);
    InterlockedIncrement(&record.failures);
    return FALSE;
}

BOOLEAN wkt_check_mem(const void *left, const void *right, SIZE_T bytes, const char *file, int line_number, const char *expression)
{
    const UCHAR *a = left, *b = right;
    struct line line = {{0}, 0};
    SIZE_T i;

    for (i = 0; i < bytes && a[i] == b[i]; i++)
        continue;
    if (i == bytes)
        return TRUE;
    put_place(&line, file, line_number);
    put_text(&line, expression);
    put_text(&line, " differ at byte ");
    put_number(&line, i, 10);
    put_text(&line, ": ");
    put_value(&line, a[i]);
    put_text(&line, ", ");
    put_value(&line, b[i]);
    keep(&line);
    InterlockedIncrement(&record.failures);
    return FALSE;
}

void wkt_note(const char *text, ULONG64 value)
{
    struct line line = {{0}, 0};

    put_text(&line, text);
    put_text(&line, " ");
    put_value(&line, value);
    keep(&line);
}

void wkt_skip(const char *why)
{
    struct line line = {{0}, 0};

    put_text(&line, why);
    keep(&line);
    record.skipped = TRUE;
}

/* The index-th test, NULL behind the last. The linker may leave holes between the entries. */
static const struct wkt_test *test_at(ULONG index)
{
    const struct wkt_test *const volatile *entry;

    for (entry = &wkt_first + 1; entry < &wkt_last; entry++)
        if (*entry && index-- == 0)
            return *entry;
    return NULL;
}

static SIZE_T list(ULONG index, char *out, SIZE_T bytes)
{
    const struct wkt_test *test;
    SIZE_T used = 0;

    for (; (test = test_at(index)) != NULL; index++) {
        struct line line = {{0}, 0};

        put_number(&line, test->kind, 10);
        put_text(&line, "\t");
        put_number(&line, test->code, 16);
        put_text(&line, "\t");
        put_text(&line, test->rows);
        put_text(&line, "\t");
        put_text(&line, test->name);
        put_text(&line, "\t");
        put_text(&line, test->text ? test->text : "");
        put_text(&line, "\t");
        put_number(&line, (ULONG64)test->line, 10);
        put_text(&line, test->run ? "\t1\n" : "\t0\n");
        if (used + (SIZE_T)line.used > bytes)
            break;
        RtlCopyMemory(out + used, line.text, (SIZE_T)line.used);
        used += (SIZE_T)line.used;
    }
    return used;
}

static SIZE_T run(const struct wkt_test *test, char *out, SIZE_T bytes)
{
    const char *verdict;
    SIZE_T head, body;

    RtlZeroMemory(&record, sizeof(record));
    if (test->kind == WKT_BUGCHECK ? test->text && strcmp(test->text, "app") == 0 : test->code != 0)
        wkt_app_start(WKT_APP_THREADS);
    test->run();
    wkt_take_back();
    wkt_app_stop();
    wkt_dispatch = NULL;
    verdict = record.failures ? "fail\n" : record.skipped ? "skip\n" : "pass\n";
    head = 5;
    body = record.used > (LONG)sizeof(record.text) ? sizeof(record.text) : (SIZE_T)record.used;
    if (head + body > bytes)
        body = bytes - head;
    RtlCopyMemory(out, verdict, head);
    RtlCopyMemory(out + head, record.text, body);
    return head + body;
}

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS control(PIRP irp, PIO_STACK_LOCATION stack)
{
    ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;
    SIZE_T bytes = stack->Parameters.DeviceIoControl.OutputBufferLength;
    char *buffer = irp->AssociatedIrp.SystemBuffer;
    const struct wkt_test *test;
    ULONG index;

    if (code == WKT_IOCTL_APP)
        return wkt_app_control(irp);
    if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(index) || bytes < WKT_RESULT_BYTES)
        return complete(irp, STATUS_BUFFER_TOO_SMALL, 0);
    RtlCopyMemory(&index, buffer, sizeof(index));
    if (code == WKT_IOCTL_LIST)
        return complete(irp, STATUS_SUCCESS, list(index, buffer, bytes));
    if (code != WKT_IOCTL_RUN)
        return complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    test = test_at(index);
    if (!test || !test->run)
        return complete(irp, STATUS_INVALID_PARAMETER, 0);
    return complete(irp, STATUS_SUCCESS, run(test, buffer, bytes));
}

static DRIVER_DISPATCH dispatch;
static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    if (device != wkt_device) {
        if (wkt_dispatch)
            return wkt_dispatch(device, irp);
        return complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        return control(irp, stack);
    if (stack->MajorFunction == IRP_MJ_CREATE || stack->MajorFunction == IRP_MJ_CLOSE || stack->MajorFunction == IRP_MJ_CLEANUP)
        return complete(irp, STATUS_SUCCESS, 0);
    return complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
}

static DRIVER_UNLOAD unload;
static VOID NTAPI unload(PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
    if (wkt_unload)
        wkt_unload();
    IoDeleteSymbolicLink(&link_name);
    IoDeleteDevice(wkt_device);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\WkTest");
    NTSTATUS status;
    int i;

    wkt_driver = driver;
    wkt_registry_path_given = registry_path->Buffer;
    RtlCopyUnicodeString(&wkt_registry_path, registry_path); /* it is the caller's, and goes when this returns (EXE-030) */
    wkt_app_initialize();
    status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &wkt_device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&link_name, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(wkt_device);
        return status;
    }
    for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver->MajorFunction[i] = dispatch;
    driver->DriverUnload = unload;
    wkt_device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
