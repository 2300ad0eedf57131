/* What holds for every call with an IRP, and for WSK_BUFs (WSK section 2). */
#include "wsk_kit.h"

TEST_ROWS("WSK-024 WSK-025 WSK-027 WSK-029", failure_completes_inline)
{
    struct kit_pair p;
    WSK_BUF buf;
    PIRP irp;
    NTSTATUS status;

    REQUIRE(kit_pair(&p));
    buf = kit_buf("x", 1);
    irp = wkt_irp();
    status = KIT_CONN(p.a)->WskSend(p.a, &buf, 0x80000000, irp);
    CHECK_STATUS(status, STATUS_NOT_SUPPORTED);
    CHECK_EQ(wkt_completions(irp), 1);
    CHECK_STATUS(irp->IoStatus.Status, status);
    CHECK_EQ(wkt_pending_returned(irp), FALSE);
}

TEST_ROWS("WSK-028 WSK-029 WSK-030", pending_is_exact)
{
    struct kit_pair p;
    WSK_BUF buf;
    PIRP irp;

    REQUIRE(kit_pair(&p));
    buf = kit_buf(NULL, 4);
    irp = kit_receive_later(p.b, &buf, 0);
    CHECK_EQ(wkt_completions(irp), 0);
    CHECK_STATUS(kit_send(p.a, "abcd", 4), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
    CHECK_EQ(irp->IoStatus.Information, 4);
    CHECK_EQ(wkt_pending_returned(irp), TRUE);
    CHECK(wkt_completion_irql(irp) <= DISPATCH_LEVEL);
    CHECK_EQ(wkt_completions(irp), 1);
}

TEST(WSK_031, cancelled_receive_completes_once)
{
    struct kit_pair p;
    WSK_BUF buf;
    PIRP irp;

    REQUIRE(kit_pair(&p));
    buf = kit_buf(NULL, 16);
    irp = kit_receive_later(p.b, &buf, 0);
    IoCancelIrp(irp);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_CANCELLED);
    CHECK_EQ(irp->IoStatus.Information, 0);
    CHECK_EQ(wkt_completions(irp), 1);
    /* the connection goes on */
    CHECK_STATUS(kit_send(p.a, "go on", 5), STATUS_SUCCESS);
    CHECK_STATUS(kit_receive(p.b, &buf, 0), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 5);
}

TEST(WSK_031, cancelled_waitall_says_what_came)
{
    struct kit_pair p;
    WSK_BUF buf;
    PIRP irp;
    ULONG i;

    REQUIRE(kit_pair(&p));
    buf = kit_buf(NULL, 16);
    irp = kit_receive_later(p.b, &buf, WSK_FLAG_WAITALL);
    CHECK_STATUS(kit_send(p.a, "part", 4), STATUS_SUCCESS);
    for (i = 0; i < WKT_TIMEOUT_MS && kit_bytes(&buf)[3] != 't'; i++) {
        LARGE_INTEGER step;

        step.QuadPart = -10000;
        KeDelayExecutionThread(KernelMode, FALSE, &step);
    }
    IoCancelIrp(irp);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_CANCELLED);
    CHECK_EQ(irp->IoStatus.Information, 4);
    CHECK_MEM(kit_bytes(&buf), "part", 4);
}

static IO_COMPLETION_ROUTINE signal_event;
static NTSTATUS NTAPI signal_event(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    KeSetEvent((PKEVENT)context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* On the stack, by IoInitializeIrp, with the one location that WSK uses; then again after IoReuseIrp. */
TEST(WSK_024, initialized_and_reused_irp)
{
    struct {
        IRP irp;
        IO_STACK_LOCATION location;
    } own;
    struct kit_pair p;
    WSK_BUF buf;
    KEVENT done;

    REQUIRE(kit_pair(&p));
    KeInitializeEvent(&done, SynchronizationEvent, FALSE);
    buf = kit_buf("x", 1);
    IoInitializeIrp(&own.irp, IoSizeOfIrp(1), 1);
    IoSetCompletionRoutine(&own.irp, signal_event, &done, TRUE, TRUE, TRUE);
    KIT_CONN(p.a)->WskSend(p.a, &buf, 0, &own.irp);
    CHECK_STATUS(wkt_wait(&done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_STATUS(own.irp.IoStatus.Status, STATUS_SUCCESS);
    CHECK_EQ(own.irp.IoStatus.Information, 1);
    IoReuseIrp(&own.irp, STATUS_UNSUCCESSFUL);
    IoSetCompletionRoutine(&own.irp, signal_event, &done, TRUE, TRUE, TRUE);
    KIT_CONN(p.a)->WskSend(p.a, &buf, 0, &own.irp);
    CHECK_STATUS(wkt_wait(&done, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_STATUS(own.irp.IoStatus.Status, STATUS_SUCCESS);
}

/* WSK-032: three MDLs, the first entered at an offset, the last longer than needed. */
TEST(WSK_032, chain_with_offset)
{
    struct kit_pair p;
    WSK_BUF buf, in;
    PMDL second, third;

    REQUIRE(kit_pair(&p));
    buf.Mdl = wkt_mdl("..abc", 5);
    second = wkt_mdl("defg", 4);
    third = wkt_mdl("hij....", 7);
    REQUIRE(buf.Mdl && second && third);
    buf.Mdl->Next = second;
    second->Next = third;
    buf.Offset = 2;
    buf.Length = 10;
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSend(p.a, &buf, 0, kit_irp())), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 10);
    CHECK(buf.Offset == 2 && buf.Length == 10 && buf.Mdl->Next == second);

    in = kit_buf(NULL, 3);
    second = wkt_mdl(NULL, 20);
    in.Mdl->Next = second;
    in.Offset = 1;
    in.Length = 10;
    CHECK_STATUS(kit_receive(p.b, &in, WSK_FLAG_WAITALL), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 10);
    CHECK_MEM(kit_bytes(&in), "ab", 2);
    CHECK_MEM(MmGetSystemAddressForMdlSafe(second, NormalPagePriority), "cdefghij\0", 9);
}

TEST(WSK_033, wsk_buf_may_go_once_the_call_returned)
{
    struct kit_pair p;
    WSK_BUF in, *buf;
    PIRP irp;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 3);
    buf = wkt_alloc(sizeof(*buf));
    *buf = in;
    irp = wkt_irp();
    CHECK_STATUS(KIT_CONN(p.b)->WskReceive(p.b, buf, 0, irp), STATUS_PENDING);
    RtlFillMemory(buf, sizeof(*buf), 0xDB);
    CHECK_STATUS(kit_send(p.a, "xyz", 3), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&in), "xyz", 3);
}

TEST(WSK_034, nothing_to_send_needs_no_mdl)
{
    struct kit_pair p;
    WSK_BUF buf = {NULL, 0, 0};

    REQUIRE(kit_pair(&p));
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSend(p.a, &buf, 0, kit_irp())), STATUS_SUCCESS);
    CHECK_EQ(kit.irp->IoStatus.Information, 0);
}

TEST(WSK_035, addresses_of_16_and_28_bytes)
{
    SOCKADDR_IN at;
    UCHAR room[40];
    PWSK_SOCKET s;

    KIT_START();
    s = kit_listener(NULL, NULL, &at);
    REQUIRE(s);
    RtlFillMemory(room, sizeof(room), 0x5A);
    CHECK_STATUS(KIT(KIT_LISTEN(s)->WskGetLocalAddress(s, (PSOCKADDR)room, kit_irp())), STATUS_SUCCESS);
    CHECK(room[16] == 0x5A);
    CHECK(((PSOCKADDR_IN)room)->sin_family == AF_INET && ((PSOCKADDR_IN)room)->sin_port == at.sin_port);
}

TEST(WSK_039, receives_are_filled_in_posting_order)
{
    struct kit_pair p;
    WSK_BUF first, later;
    PIRP a, b;

    REQUIRE(kit_pair(&p));
    first = kit_buf(NULL, 2);
    later = kit_buf(NULL, 2);
    a = wkt_irp();
    b = wkt_irp();
    CHECK_STATUS(KIT_CONN(p.b)->WskReceive(p.b, &first, 0, a), STATUS_PENDING);
    CHECK_STATUS(KIT_CONN(p.b)->WskReceive(p.b, &later, 0, b), STATUS_PENDING);
    CHECK_STATUS(kit_send(p.a, "1234", 4), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(a), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(b), STATUS_SUCCESS);
    CHECK_MEM(kit_bytes(&first), "12", 2);
    CHECK_MEM(kit_bytes(&later), "34", 2);
}

TEST_FINDING(WSK_040, irp_is_null, "WSK-040")
{
    KIT_START();
    CHECK_STATUS(KIT_PROVIDER->WskSocket(kit.npi.Client, AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL, NULL, NULL, NULL,
                                         NULL),
                 STATUS_INVALID_PARAMETER);
}

TEST_FINDING(WSK_040, address_without_irp, "WSK-040")
{
    SOCKADDR_IN at;
    PWSK_SOCKET s;

    KIT_START();
    s = kit_listener(NULL, NULL, &at);
    REQUIRE(s);
    CHECK_STATUS(KIT_LISTEN(s)->WskGetLocalAddress(s, (PSOCKADDR)&at, NULL), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(WSK_044, length_that_wraps, "WSK-044")
{
    struct kit_pair p;
    WSK_BUF buf;

    REQUIRE(kit_pair(&p));
    buf = kit_buf("abc", 3);
    buf.Offset = 1;
    buf.Length = (SIZE_T)-1;
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSend(p.a, &buf, 0, kit_irp())), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(WSK_044, buffer_beyond_its_chain, "WSK-044")
{
    struct kit_pair p;
    WSK_BUF buf;

    REQUIRE(kit_pair(&p));
    buf = kit_buf("abc", 3);
    buf.Length = 4;
    CHECK_STATUS(KIT(KIT_CONN(p.a)->WskSend(p.a, &buf, 0, kit_irp())), STATUS_INVALID_PARAMETER);
}

TEST_BUGCHECK(WSK_042, no_stack_location_left, 0x35)
{
    PIRP irp;
    int i;

    KIT_START();
    irp = wkt_irp();
    for (i = 0; i < 4; i++)
        IoSetNextIrpStackLocation(irp);
    KIT_PROVIDER->WskSocket(kit.npi.Client, AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL, NULL, NULL, NULL, irp);
}

static BOOLEAN pending_receive(struct kit_pair *p, PIRP *irp, WSK_BUF *in)
{
    if (!kit_pair(p))
        return FALSE;
    *in = kit_buf(NULL, 2);
    *irp = IoAllocateIrp(1, FALSE);
    return (BOOLEAN)(*irp != NULL);
}

static IO_COMPLETION_ROUTINE must_not_run, keeps, answers_success;
static volatile LONG ran;
static NTSTATUS NTAPI must_not_run(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    UNREFERENCED_PARAMETER(context);
    CHECK(!"the routine of an IRP that was freed is called");
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS NTAPI keeps(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    UNREFERENCED_PARAMETER(context);
    InterlockedIncrement(&ran);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Freed too early: that is a finding, and the request still has its IRP. */
TEST_FINDING(WSK_041, freed_while_pending, "EXE-755")
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(pending_receive(&p, &irp, &in));
    IoSetCompletionRoutine(irp, must_not_run, NULL, TRUE, TRUE, TRUE);
    CHECK_STATUS(KIT_CONN(p.b)->WskReceive(p.b, &in, 0, irp), STATUS_PENDING);
    IoFreeIrp(irp);
    CHECK_STATUS(kit_send(p.a, "ab", 2), STATUS_SUCCESS); /* it is served, or cancelled by the close */
    CHECK_STATUS(kit_close(p.b), STATUS_SUCCESS);
    CHECK_EQ(ran, 0);
}

TEST_FINDING(WSK_041, reused_while_pending, "EXE-755")
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 2);
    irp = kit_receive_later(p.b, &in, 0);
    IoReuseIrp(irp, STATUS_SUCCESS);
    CHECK_STATUS(kit_send(p.a, "ab", 2), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS); /* nothing was changed */
    CHECK_EQ(irp->IoStatus.Information, 2);
}

TEST_FINDING(WSK_041, given_twice, "WSK-041")
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(kit_pair(&p));
    in = kit_buf(NULL, 2);
    irp = kit_receive_later(p.b, &in, 0);
    CHECK_STATUS(KIT_CONN(p.b)->WskReceive(p.b, &in, 0, irp), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT_CONN(p.b)->WskSend(p.b, &in, 0, irp), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(KIT_CONN(p.b)->WskCloseSocket(p.b, irp), STATUS_INVALID_PARAMETER);
    CHECK_EQ(wkt_completions(irp), 0);
    CHECK_STATUS(kit_send(p.a, "ab", 2), STATUS_SUCCESS);
    CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS); /* the first is as it was */
    CHECK_MEM(kit_bytes(&in), "ab", 2);
    CHECK_EQ(wkt_completions(irp), 1);
}

TEST_FINDING(WSK_041, used_again_without_io_reuse_irp, "WSK-041")
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(pending_receive(&p, &irp, &in));
    IoSetCompletionRoutine(irp, keeps, NULL, TRUE, TRUE, TRUE);
    CHECK_STATUS(KIT_CONN(p.a)->WskSend(p.a, &in, 0, irp), STATUS_SUCCESS);
    IoSetCompletionRoutine(irp, keeps, NULL, TRUE, TRUE, TRUE);
    CHECK_STATUS(KIT_CONN(p.a)->WskSend(p.a, &in, 0, irp), STATUS_SUCCESS); /* carried out nevertheless */
    CHECK_EQ(ran, 2);
    IoFreeIrp(irp);
}

TEST_FINDING(WSK_043, routine_that_is_not_called_on_cancel, "WSK-043")
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(pending_receive(&p, &irp, &in));
    IoSetCompletionRoutine(irp, keeps, NULL, TRUE, TRUE, FALSE);
    CHECK_STATUS(KIT_CONN(p.a)->WskSend(p.a, &in, 0, irp), STATUS_SUCCESS);
    CHECK_EQ(ran, 1);
    IoFreeIrp(irp);
}

static NTSTATUS NTAPI answers_success(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    if (context)
        IoFreeIrp(irp);
    InterlockedIncrement(&ran);
    return STATUS_SUCCESS;
}

static void answer_of_a_routine(BOOLEAN frees)
{
    struct kit_pair p;
    WSK_BUF in;
    PIRP irp;

    REQUIRE(pending_receive(&p, &irp, &in));
    IoSetCompletionRoutine(irp, answers_success, frees ? irp : NULL, TRUE, TRUE, TRUE);
    CHECK_STATUS(KIT_CONN(p.b)->WskReceive(p.b, &in, 0, irp), STATUS_PENDING);
    CHECK_STATUS(kit_send(p.a, "ab", 2), STATUS_SUCCESS);
    REQUIRE(wkt_until(&ran, 1));
    CHECK_MEM(kit_bytes(&in), "ab", 2);
    CHECK_STATUS(kit_close(p.b), STATUS_SUCCESS); /* after the completion's end */
    if (!frees)
        IoFreeIrp(irp);
}

TEST_FINDING(WSK_043, routine_that_answers_success, "EXE-755")
{
    answer_of_a_routine(FALSE);
}

TEST_FINDING(WSK_043, routine_that_frees_and_answers_success, "EXE-755")
{
    answer_of_a_routine(TRUE);
}

/* ---- an IRP of a driver above goes on to WSK ---- */
static struct {
    PWSK_SOCKET socket;
    WSK_BUF buf;
    PIO_COMPLETION_ROUTINE routine;
    PIRP held;
    volatile LONG ran;
} below;

static IO_COMPLETION_ROUTINE goes_on_up, holds_it;
static NTSTATUS NTAPI goes_on_up(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(context);
    if (irp->PendingReturned)
        IoMarkIrpPending(irp);
    InterlockedIncrement(&below.ran);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI holds_it(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(context);
    if (irp->PendingReturned)
        IoMarkIrpPending(irp);
    below.held = irp;
    InterlockedIncrement(&below.ran);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static DRIVER_DISPATCH receives_below;
static NTSTATUS NTAPI receives_below(PDEVICE_OBJECT device, PIRP irp)
{
    UNREFERENCED_PARAMETER(device);
    if (below.routine)
        IoSetCompletionRoutine(irp, below.routine, NULL, TRUE, TRUE, TRUE);
    return KIT_CONN(below.socket)->WskReceive(below.socket, &below.buf, 0, irp);
}

/* Once pending, once with the data there already. */
static void passed_down(PIO_COMPLETION_ROUTINE routine)
{
    PDEVICE_OBJECT device;
    struct kit_pair p;
    int pending;
    PIRP irp;

    REQUIRE(kit_pair(&p));
    REQUIRE(NT_SUCCESS(IoCreateDevice(wkt_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device)));
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    irp = wkt_irp();
    wkt_dispatch = receives_below;
    for (pending = 1; pending >= 0; pending--) {
        RtlZeroMemory(&below, sizeof(below));
        below.socket = p.b;
        below.buf = kit_buf(NULL, 2);
        below.routine = routine;
        wkt_irp_reuse(irp);
        IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
        if (!pending)
            CHECK_STATUS(kit_send(p.a, "ab", 2), STATUS_SUCCESS);
        CHECK_STATUS(IoCallDriver(device, irp), pending ? STATUS_PENDING : STATUS_SUCCESS);
        if (pending)
            CHECK_STATUS(kit_send(p.a, "ab", 2), STATUS_SUCCESS);
        if (routine)
            REQUIRE(wkt_until(&below.ran, 1));
        if (routine == holds_it) {
            CHECK_EQ(wkt_completions(irp), 1 - pending);
            REQUIRE(below.held == irp);
            IoCompleteRequest(irp, IO_NO_INCREMENT);
        }
        CHECK_STATUS(wkt_irp_wait(irp), STATUS_SUCCESS);
        CHECK_EQ(wkt_completions(irp), 2 - pending);
        CHECK_EQ(wkt_pending_returned(irp), pending);
        CHECK_EQ(irp->IoStatus.Information, 2);
        CHECK_MEM(kit_bytes(&below.buf), "ab", 2);
    }
    wkt_dispatch = NULL;
    IoDeleteDevice(device);
}

TEST(WSK_026, passed_down_without_a_routine)
{
    passed_down(NULL);
}

TEST(WSK_026, passed_down_and_completed_further_up)
{
    passed_down(goes_on_up);
}

TEST(WSK_026, passed_down_and_completed_later)
{
    passed_down(holds_it);
}

TODO_ROW(WSK_036, "needs a transport that is withdrawn");
TODO_ROW(WSK_037, "waits in callbacks are not watched yet");
TODO_ROW(WSK_045, "waits for the verifier");
TODO_ROW(WSK_046, "waits for the verifier");
