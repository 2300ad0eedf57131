/* Requests of an application, as its driver sees them: opens, reads and writes, bad addresses, several at a time, cancelling.
 * Rows: EXE-348 */
#include "wkt.h"

#define CODE(method, access) ((ULONG)CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, method, access))
static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\WkApp"), link = RTL_CONSTANT_STRING(L"\\DosDevices\\WkApp");
static PDEVICE_OBJECT device;
static volatile LONG calls, pending, cleanups, closes;
static BOOLEAN hold;
static NTSTATUS answer;
static ULONG_PTR information;
static PIRP held[4];
static struct {
    UCHAR major;
    PVOID system, user, mdl_data;
    ULONG length, key, mdl_bytes;
    LONGLONG offset;
    KPROCESSOR_MODE mode;
    UCHAR first;
    BOOLEAN is_32bit, own_process;
} seen;

static VOID NTAPI cancel(PDEVICE_OBJECT its, PIRP irp)
{
    UNREFERENCED_PARAMETER(its);
    IoReleaseCancelSpinLock(irp->CancelIrql);
    InterlockedDecrement(&pending);
    irp->IoStatus.Status = STATUS_CANCELLED;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static void look(PIRP irp, PIO_STACK_LOCATION stack)
{
    seen.major = stack->MajorFunction;
    seen.system = irp->AssociatedIrp.SystemBuffer;
    seen.user = irp->UserBuffer;
    seen.length = stack->Parameters.Read.Length;
    seen.key = stack->Parameters.Read.Key;
    seen.offset = stack->Parameters.Read.ByteOffset.QuadPart;
    seen.mode = irp->RequestorMode;
    seen.is_32bit = IoIs32bitProcess(irp);
    seen.own_process = IoGetRequestorProcess(irp) == PsGetCurrentProcess();
    seen.mdl_data = NULL;
    seen.first = 0;
    if (irp->MdlAddress) {
        seen.mdl_bytes = MmGetMdlByteCount(irp->MdlAddress);
        seen.mdl_data = MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority);
    }
    if (stack->MajorFunction == IRP_MJ_WRITE && (seen.mdl_data || seen.system))
        seen.first = *(PUCHAR)(seen.mdl_data ? seen.mdl_data : seen.system);
    if (stack->MajorFunction == IRP_MJ_READ && (seen.mdl_data || seen.system))
        RtlFillMemory(seen.mdl_data ? seen.mdl_data : seen.system, seen.length, 0x5A);
}

static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT its, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(its);
    irp->IoStatus.Information = 0;
    if (stack->MajorFunction == IRP_MJ_CLEANUP) {
        CHECK_EQ(closes, 0);
        InterlockedIncrement(&cleanups);
    } else if (stack->MajorFunction == IRP_MJ_CLOSE) {
        InterlockedIncrement(&closes);
    } else if (stack->MajorFunction != IRP_MJ_CREATE) {
        look(irp, stack);
        InterlockedIncrement(&calls);
        if (hold) {
            held[pending & 3] = irp;
            IoMarkIrpPending(irp);
            IoSetCancelRoutine(irp, cancel);
            InterlockedIncrement(&pending);
            return STATUS_PENDING;
        }
        status = answer;
        irp->IoStatus.Information = information;
    }
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static void gone(void *its)
{
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(its);
}

static BOOLEAN make(ULONG flags, BOOLEAN overlapped)
{
    if (!CHECK(NT_SUCCESS(IoCreateDevice(wkt_driver, 16, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device))))
        return FALSE;
    wkt_at_end(gone, device);
    CHECK(NT_SUCCESS(IoCreateSymbolicLink(&link, &name)));
    wkt_dispatch = dispatch;
    device->Flags = (device->Flags & ~(ULONG)DO_DEVICE_INITIALIZING) | flags;
    return CHECK_STATUS(wkt_app_open(0, 0, "\\\\.\\WkApp", GENERIC_READ | GENERIC_WRITE, overlapped), STATUS_SUCCESS);
}

static struct wkt_app *call(ULONG op, ULONG in_bytes, ULONG out_bytes)
{
    struct wkt_app *c = wkt_alloc(sizeof(*c));

    if (c) {
        c->op = op;
        c->in_bytes = in_bytes;
        c->out_bytes = out_bytes;
        c->data[0] = 0x77;
        c->offset = 0x123456789;
    }
    return c;
}

static void close_file(ULONG thread)
{
    struct wkt_app *c = call(WKT_APP_CLOSE, 0, 0);

    if (c)
        wkt_app(thread, c);
}

TEST_APP(EXE_306, buffered_read_and_write)
{
    struct wkt_app *c = call(WKT_APP_READ, 0, 100);

    REQUIRE(c && make(DO_BUFFERED_IO, FALSE));
    information = 40;
    CHECK_STATUS(wkt_app(0, c), STATUS_SUCCESS);
    CHECK_EQ(c->information, 40);
    CHECK_EQ(c->data[39], 0x5A);
    CHECK_EQ(c->data[40], 0xEE); /* beyond Information nothing is copied: EXE-316 */
    CHECK_EQ(seen.length, 100);
    CHECK_EQ(seen.offset, 0x123456789);
    CHECK_EQ(seen.mode, UserMode);
    CHECK(seen.own_process);
    CHECK(seen.system != NULL && seen.mdl_data == NULL);
    CHECK((ULONG_PTR)seen.user < MmUserProbeAddress);
    c = call(WKT_APP_WRITE, 10, 0);
    REQUIRE(c != NULL);
    information = 10;
    CHECK_STATUS(wkt_app(0, c), STATUS_SUCCESS);
    CHECK_EQ(seen.major, IRP_MJ_WRITE);
    CHECK_EQ(seen.first, 0x77);
    close_file(0);
}

TEST_APP(EXE_306, direct_read_and_write)
{
    struct wkt_app *c = call(WKT_APP_READ, 0, 3000);

    REQUIRE(c && make(DO_DIRECT_IO, FALSE));
    information = 3000;
    CHECK_STATUS(wkt_app(0, c), STATUS_SUCCESS);
    CHECK_EQ(c->data[2999], 0x5A);
    CHECK_EQ(seen.mdl_bytes, 3000);
    CHECK(seen.system == NULL);
    c = call(WKT_APP_WRITE, 10, 0);
    REQUIRE(c != NULL);
    information = 0;
    CHECK_STATUS(wkt_app(0, c), STATUS_SUCCESS);
    CHECK_EQ(seen.first, 0x77);
    c = call(WKT_APP_WRITE, 0, 0);
    REQUIRE(c != NULL);
    CHECK_STATUS(wkt_app(0, c), STATUS_SUCCESS);
    CHECK(seen.mdl_data == NULL); /* NULL when Length is 0 */
    close_file(0);
}

TEST_APP(EXE_306, neither)
{
    struct wkt_app *c = call(WKT_APP_READ, 0, 64);

    REQUIRE(c && make(0, FALSE));
    information = 0;
    CHECK_STATUS(wkt_app(0, c), STATUS_SUCCESS);
    CHECK(seen.system == NULL && seen.mdl_data == NULL);
    CHECK((ULONG_PTR)seen.user >= 0x10000 && (ULONG_PTR)seen.user < MmUserProbeAddress);
    close_file(0);
}

static void bad_addresses(ULONG op, ULONG code)
{
    static const ULONG64 bad[] = {0x10, 0xFFFFF80000000000, (ULONG64)-16, 0x00007FFFFFFF0000};
    unsigned i;

    for (i = 0; i < 4 + 1; i++) {
        struct wkt_app *c = call(op, op == WKT_APP_READ ? 0 : 32, op == WKT_APP_WRITE ? 0 : 32);
        ULONG64 at = i < 4 ? bad[i] : (ULONG64)(ULONG_PTR)device;

        if (!c)
            return;
        c->code = code;
        if (op == WKT_APP_READ || (i & 1 && op == WKT_APP_CONTROL))
            c->out_at = at;
        else
            c->in_at = at;
        CHECK_STATUS(wkt_app(0, c), STATUS_ACCESS_VIOLATION);
    }
}

TEST_APP(EXE_786, bad_addresses_fail_before_the_driver)
{
    REQUIRE(make(DO_BUFFERED_IO, FALSE));
    bad_addresses(WKT_APP_READ, 0);
    bad_addresses(WKT_APP_WRITE, 0);
    bad_addresses(WKT_APP_CONTROL, CODE(METHOD_BUFFERED, FILE_ANY_ACCESS));
    bad_addresses(WKT_APP_CONTROL, CODE(METHOD_OUT_DIRECT, FILE_ANY_ACCESS));
    bad_addresses(WKT_APP_CONTROL, CODE(METHOD_IN_DIRECT, FILE_ANY_ACCESS));
    CHECK_EQ(calls, 0);
    device->Flags = (device->Flags & ~(ULONG)DO_BUFFERED_IO) | DO_DIRECT_IO;
    bad_addresses(WKT_APP_READ, 0);
    bad_addresses(WKT_APP_WRITE, 0);
    CHECK_EQ(calls, 0);
    close_file(0);
}

TEST_APP(EXE_787, access_in_the_code)
{
    struct wkt_app *c = call(WKT_APP_CONTROL, 0, 0);

    REQUIRE(c && make(0, FALSE));
    CHECK_STATUS(wkt_app_open(0, 1, "\\\\.\\WkApp", GENERIC_READ, FALSE), STATUS_SUCCESS);
    c->file = 1;
    c->code = CODE(METHOD_BUFFERED, FILE_WRITE_ACCESS);
    CHECK_STATUS(wkt_app(0, c), STATUS_ACCESS_DENIED);
    CHECK_EQ(calls, 0);
    c->code = CODE(METHOD_BUFFERED, FILE_READ_ACCESS);
    information = 0;
    CHECK_STATUS(wkt_app(0, c), STATUS_SUCCESS);
    CHECK_EQ(calls, 1);
}

TEST_APP(EXE_316, what_goes_back)
{
    struct wkt_app *c;

    REQUIRE(make(DO_BUFFERED_IO, FALSE));
    c = call(WKT_APP_READ, 0, 16);
    REQUIRE(c != NULL);
    answer = STATUS_BUFFER_OVERFLOW;
    information = 8;
    CHECK_STATUS(wkt_app(0, c), STATUS_BUFFER_OVERFLOW);
    CHECK_EQ(c->data[7], 0x5A);
    c = call(WKT_APP_READ, 0, 16);
    REQUIRE(c != NULL);
    answer = STATUS_BUFFER_TOO_SMALL;
    CHECK_STATUS(wkt_app(0, c), STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(c->data[7], 0xEE);
}

TEST_APP_FINDING(EXE_756, more_information_than_room, "EXE-756")
{
    struct wkt_app *c = call(WKT_APP_READ, 0, 16);

    REQUIRE(c && make(DO_BUFFERED_IO, FALSE));
    information = 17;
    CHECK_STATUS(wkt_app(0, c), STATUS_SUCCESS);
    CHECK_EQ(c->information, 16);
}

TEST_APP(EXE_317, an_overlapped_file_has_several_under_way)
{
    struct wkt_app *one = call(WKT_APP_READ, 0, 8), *two = call(WKT_APP_FINISH, 0, 0);
    PIRP irp;

    REQUIRE(one && two && make(DO_BUFFERED_IO, TRUE));
    hold = TRUE;
    one->flags = 1;
    CHECK_STATUS(wkt_app(0, one), STATUS_PENDING);
    two->code = 20;
    CHECK_STATUS(wkt_app(0, two), STATUS_TIMEOUT);
    CHECK_EQ(pending, 1);
    irp = held[0];
    CHECK(IoSetCancelRoutine(irp, NULL) == cancel);
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 8;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    two->op = WKT_APP_FINISH;
    two->code = WKT_TIMEOUT_MS;
    CHECK_STATUS(wkt_app(0, two), STATUS_SUCCESS);
    CHECK_EQ(two->information, 8);
    CHECK_EQ(two->data[7], 0x5A);
}

TEST_APP(EXE_317, a_synchronous_file_has_one)
{
    struct wkt_app *one = call(WKT_APP_READ, 0, 8);
    PIRP irp;

    REQUIRE(one && make(DO_BUFFERED_IO, FALSE));
    hold = TRUE;
    wkt_app_begin(0, one);
    REQUIRE(wkt_until(&pending, 1));
    CHECK(!wkt_app_end(0, one, 20));
    irp = held[0];
    CHECK(irp->Flags & IRP_SYNCHRONOUS_API);
    CHECK(IoGetCurrentIrpStackLocation(irp)->FileObject->Flags & FO_SYNCHRONOUS_IO);
    IoSetCancelRoutine(irp, NULL);
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 8;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    CHECK(wkt_app_end(0, one, WKT_TIMEOUT_MS));
    CHECK_STATUS(one->status, STATUS_SUCCESS);
}

TEST_APP(EXE_323, cancel_io)
{
    struct wkt_app *one = call(WKT_APP_READ, 0, 8), *two = call(WKT_APP_CANCEL, 0, 0), *three = call(WKT_APP_FINISH, 0, 0);

    REQUIRE(one && two && three && make(DO_BUFFERED_IO, TRUE));
    hold = TRUE;
    one->flags = 1;
    CHECK_STATUS(wkt_app(0, one), STATUS_PENDING);
    wkt_app(0, two);
    CHECK_EQ(two->information, 1);
    three->code = WKT_TIMEOUT_MS;
    CHECK_STATUS(wkt_app(0, three), STATUS_CANCELLED);
    CHECK_EQ(pending, 0);
}

TEST_APP(EXE_305, close_waits_for_what_is_pending)
{
    struct wkt_app *one = call(WKT_APP_READ, 0, 8), *two = call(WKT_APP_FINISH, 0, 0);

    REQUIRE(one && two && make(DO_BUFFERED_IO, TRUE));
    hold = TRUE;
    one->flags = 1;
    CHECK_STATUS(wkt_app(0, one), STATUS_PENDING);
    close_file(0);
    CHECK_EQ(cleanups, 1);
    CHECK_EQ(closes, 0);
    IoCancelIrp(held[0]);
    two->code = WKT_TIMEOUT_MS;
    CHECK_STATUS(wkt_app(0, two), STATUS_CANCELLED);
    CHECK_EQ(closes, 1);
}

TEST_APP(EXE_327, a_32_bit_application)
{
    struct wkt_app *c = call(WKT_APP_32BIT, 0, 0), *r = call(WKT_APP_READ, 0, 8);

    REQUIRE(c && r && make(DO_BUFFERED_IO, FALSE));
    information = 0;
    CHECK_STATUS(wkt_app(0, r), STATUS_SUCCESS);
    CHECK(!seen.is_32bit);
    c->code = 1;
    wkt_app(0, c);
    r->op = WKT_APP_READ;
    CHECK_STATUS(wkt_app(0, r), STATUS_SUCCESS);
    CHECK(seen.is_32bit);
}

/* ---- EXE-335 ---- */
static FAST_IO_DISPATCH fast;
static BOOLEAN fast_takes;
static LONG fast_calls;

static BOOLEAN NTAPI fast_control(PFILE_OBJECT file, BOOLEAN wait, PVOID in, ULONG in_bytes, PVOID out, ULONG out_bytes, ULONG code, PIO_STATUS_BLOCK iosb,
                                  PDEVICE_OBJECT its)
{
    if (its != device)
        return FALSE;
    fast_calls++;
    CHECK(wait && file->DeviceObject == device);
    CHECK(in_bytes == 4 && out_bytes == 8 && out != NULL && in != NULL);
    CHECK_EQ(code, CODE(METHOD_BUFFERED, FILE_ANY_ACCESS));
    iosb->Status = STATUS_DEVICE_BUSY;
    iosb->Information = 3;
    return fast_takes;
}

TEST_APP(EXE_335, fast_device_control)
{
    struct wkt_app *c = call(WKT_APP_CONTROL, 4, 8);

    REQUIRE(c && make(0, FALSE));
    fast.SizeOfFastIoDispatch = sizeof(fast);
    fast.FastIoDeviceControl = fast_control;
    wkt_driver->FastIoDispatch = &fast;
    fast_takes = TRUE;
    c->code = CODE(METHOD_BUFFERED, FILE_ANY_ACCESS);
    CHECK_STATUS(wkt_app(0, c), STATUS_DEVICE_BUSY);
    CHECK_EQ(calls, 0);
    fast_takes = FALSE;
    c->op = WKT_APP_CONTROL;
    CHECK_STATUS(wkt_app(0, c), STATUS_SUCCESS);
    CHECK_EQ(calls, 1);
    CHECK_EQ(fast_calls, 2);
    wkt_driver->FastIoDispatch = NULL;
}

TEST_APP(EXE_785, opens_that_fail)
{
    REQUIRE(make(0, FALSE));
    device->Flags |= DO_DEVICE_INITIALIZING;
    CHECK_STATUS(wkt_app_open(1, 0, "\\\\.\\WkApp", GENERIC_READ, FALSE), STATUS_NO_SUCH_DEVICE);
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    CHECK_STATUS(wkt_app_open(1, 0, "\\\\.\\NoSuchThing", GENERIC_READ, FALSE), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(wkt_app_open(1, 0, "\\Device\\WkApp\\deep", GENERIC_READ, FALSE), STATUS_SUCCESS);
}

TODO_ROW(EXE_349, "no sweep of lengths, addresses and unknown codes over a driver's dispatch is there");
TODO_ROW(EXE_757, "bytes of an output buffer that the driver did not write are not told from those that it did");
