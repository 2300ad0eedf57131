/* A device of the root bus from AddDevice to REMOVE, as its function driver sees it; interfaces, properties, notification, power. */
#include "wkt.h"
#include <initguid.h>
#include <wdmguid.h>

DEFINE_GUID(GUID_WKT_INTERFACE, 0x12345678, 0x1234, 0x5678, 0x9a, 0xbc, 0xde, 0xf0, 0x12, 0x34, 0x56, 0x78);

static PDEVICE_OBJECT fdo, pdo, below;
static UNICODE_STRING link;
static UCHAR minors[64];
static volatile LONG minor_count;
static LONG arrivals, removals, device_powers, completions;
static NTSTATUS veto_query_remove, fail_start, fail_add, stop_answer;
static BOOLEAN keep_attached, ask_device_power;
static BOOLEAN keep_power; /* power IRPs pend for ever */
static SYSTEM_POWER_STATE system_state = PowerSystemSleeping3; /* that a test asks for */
static PIRP power_irp;
static WCHAR opened_as[32]; /* the name of the file that was opened last */

static void forget(PIRP irp)
{
    IoSkipCurrentIrpStackLocation(irp);
}

static VOID NTAPI powered(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state, PVOID context, PIO_STATUS_BLOCK iosb)
{
    CHECK(device == pdo && context == &completions);
    CHECK_EQ(minor, IRP_MN_SET_POWER);
    CHECK_EQ(state.DeviceState, PowerDeviceD3);
    CHECK_STATUS(iosb->Status, STATUS_SUCCESS);
    InterlockedIncrement(&completions);
    if (power_irp) {
        PIRP irp = power_irp;

        power_irp = NULL;
        IoSkipCurrentIrpStackLocation(irp);
        PoCallDriver(below, irp);
    }
}

static NTSTATUS power(PIRP irp, PIO_STACK_LOCATION stack)
{
    POWER_STATE d3;

    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK_STATUS(irp->IoStatus.Status, STATUS_NOT_SUPPORTED);
    if (stack->Parameters.Power.Type == DevicePowerState)
        device_powers++;
    if (keep_power) {
        IoMarkIrpPending(irp);
        return STATUS_PENDING;
    }
    if (stack->MinorFunction == IRP_MN_SET_POWER && stack->Parameters.Power.Type == SystemPowerState &&
        stack->Parameters.Power.State.SystemState == system_state && ask_device_power) {
        CHECK_EQ(stack->Parameters.Power.ShutdownType, system_state == PowerSystemHibernate ? PowerActionHibernate : PowerActionSleep);
        IoMarkIrpPending(irp);
        power_irp = irp;
        d3.DeviceState = PowerDeviceD3;
        CHECK_STATUS(PoRequestPowerIrp(pdo, IRP_MN_SET_POWER, d3, powered, &completions, NULL), STATUS_PENDING);
        return STATUS_PENDING;
    }
    PoStartNextPowerIrp(irp);
    IoSkipCurrentIrpStackLocation(irp);
    return PoCallDriver(below, irp);
}

static NTSTATUS finish(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS remove(PIRP irp)
{
    NTSTATUS status;

    CHECK_STATUS(IoSetDeviceInterfaceState(&link, FALSE), STATUS_OBJECT_NAME_NOT_FOUND); /* it is off already */
    irp->IoStatus.Status = STATUS_SUCCESS;
    forget(irp);
    status = IoCallDriver(below, irp);
    if (!keep_attached)
        IoDetachDevice(below);
    RtlFreeUnicodeString(&link);
    if (!keep_attached)
        IoDeleteDevice(fdo);
    return status;
}

static NTSTATUS plug_and_play(PIRP irp, PIO_STACK_LOCATION stack)
{
    NTSTATUS status;

    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK_STATUS(irp->IoStatus.Status, STATUS_NOT_SUPPORTED);
    CHECK(stack->FileObject == NULL);
    CHECK(PsIsSystemThread(PsGetCurrentThread()));
    minors[minor_count++ & 63] = stack->MinorFunction;
    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        CHECK(IoForwardIrpSynchronously(below, irp));
        CHECK_STATUS(irp->IoStatus.Status, STATUS_SUCCESS);
        status = NT_SUCCESS(fail_start) ? IoSetDeviceInterfaceState(&link, TRUE) : fail_start;
        CHECK_EQ(arrivals, 0); /* nobody hears of it before START has completed */
        return finish(irp, NT_SUCCESS(status) || status == STATUS_OBJECT_NAME_EXISTS ? STATUS_SUCCESS : status);
    case IRP_MN_QUERY_REMOVE_DEVICE:
        if (!NT_SUCCESS(veto_query_remove))
            return finish(irp, veto_query_remove);
        break;
    case IRP_MN_QUERY_STOP_DEVICE:
        if (!NT_SUCCESS(stop_answer))
            return finish(irp, stop_answer);
        break;
    case IRP_MN_REMOVE_DEVICE:
        return remove(irp);
    default:
        forget(irp);
        return IoCallDriver(below, irp);
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    forget(irp);
    return IoCallDriver(below, irp);
}

static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    CHECK(device == fdo);
    if (stack->MajorFunction == IRP_MJ_PNP)
        return plug_and_play(irp, stack);
    if (stack->MajorFunction == IRP_MJ_POWER)
        return power(irp, stack);
    if (stack->MajorFunction == IRP_MJ_CREATE) {
        RtlZeroMemory(opened_as, sizeof(opened_as));
        if (CHECK(stack->FileObject->FileName.Length < sizeof(opened_as)))
            RtlCopyMemory(opened_as, stack->FileObject->FileName.Buffer, stack->FileObject->FileName.Length);
    }
    irp->IoStatus.Information = 0;
    return finish(irp, STATUS_SUCCESS);
}

static NTSTATUS NTAPI add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT its_pdo)
{
    CHECK(driver == wkt_driver);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    CHECK(its_pdo->Flags & DO_BUS_ENUMERATED_DEVICE);
    if (!NT_SUCCESS(fail_add))
        return fail_add;
    pdo = its_pdo;
    if (!CHECK(NT_SUCCESS(IoCreateDevice(driver, 16, NULL, FILE_DEVICE_NETWORK, 0, FALSE, &fdo))))
        return STATUS_UNSUCCESSFUL;
    below = IoAttachDeviceToDeviceStack(fdo, pdo);
    CHECK(below == pdo);
    CHECK_STATUS(IoRegisterDeviceInterface(pdo, &GUID_WKT_INTERFACE, NULL, &link), STATUS_SUCCESS);
    fdo->Flags |= DO_POWER_PAGABLE;
    fdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static NTSTATUS app(ULONG op, ULONG code)
{
    struct wkt_app *c = wkt_alloc(sizeof(*c));

    if (!c)
        return STATUS_INSUFFICIENT_RESOURCES;
    c->op = op;
    c->code = code;
    RtlCopyMemory(c->data, "WKT\\Device1", 12);
    return wkt_app(0, c);
}

static void unplug(void *context)
{
    NTSTATUS status = app(WKT_APP_DEVICE_DO, 0);

    UNREFERENCED_PARAMETER(context);
    CHECK(status == STATUS_SUCCESS || status == STATUS_NO_SUCH_DEVICE);
}

static NTSTATUS plug(void)
{
    wkt_at_end(unplug, NULL);
    wkt_driver->DriverExtension->AddDevice = add_device;
    wkt_dispatch = dispatch;
    return app(WKT_APP_DEVICE, 0);
}

static void check_minors(const UCHAR *wanted, LONG count)
{
    CHECK_EQ(minor_count, count);
    CHECK_MEM(minors, wanted, (SIZE_T)count);
    minor_count = 0;
}
#define MINORS(...)                                                                                                    \
    do {                                                                                                               \
        static const UCHAR wanted_[] = {__VA_ARGS__};                                                                  \
        check_minors(wanted_, (LONG)sizeof(wanted_));                                                                  \
    } while (0)
#define STARTED IRP_MN_START_DEVICE, IRP_MN_QUERY_CAPABILITIES, IRP_MN_QUERY_PNP_DEVICE_STATE, IRP_MN_QUERY_DEVICE_RELATIONS

TEST_APP(EXE_337, started_and_removed_in_order)
{
    REQUIRE(plug() == STATUS_SUCCESS);
    MINORS(IRP_MN_FILTER_RESOURCE_REQUIREMENTS, STARTED);
    CHECK_STATUS(app(WKT_APP_DEVICE_DO, 2), STATUS_SUCCESS);
    MINORS(IRP_MN_QUERY_STOP_DEVICE, IRP_MN_STOP_DEVICE, STARTED);
    stop_answer = STATUS_UNSUCCESSFUL;
    CHECK_STATUS(app(WKT_APP_DEVICE_DO, 2), STATUS_UNSUCCESSFUL);
    MINORS(IRP_MN_QUERY_STOP_DEVICE, IRP_MN_CANCEL_STOP_DEVICE);
    veto_query_remove = STATUS_UNSUCCESSFUL;
    CHECK_STATUS(app(WKT_APP_DEVICE_DO, 0), STATUS_UNSUCCESSFUL);
    MINORS(IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_CANCEL_REMOVE_DEVICE);
    veto_query_remove = STATUS_SUCCESS;
    CHECK_STATUS(app(WKT_APP_DEVICE_DO, 0), STATUS_SUCCESS);
    MINORS(IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_REMOVE_DEVICE);
    CHECK_STATUS(app(WKT_APP_DEVICE_DO, 0), STATUS_NO_SUCH_DEVICE);
    CHECK(wkt_driver->DeviceObject == wkt_device);
}

TEST_APP(EXE_336, a_failed_start_is_removed)
{
    fail_start = STATUS_DEVICE_CONFIGURATION_ERROR;
    CHECK_STATUS(plug(), STATUS_DEVICE_CONFIGURATION_ERROR);
    MINORS(IRP_MN_FILTER_RESOURCE_REQUIREMENTS, IRP_MN_START_DEVICE, IRP_MN_REMOVE_DEVICE);
    fail_add = STATUS_NO_SUCH_DEVICE;
    CHECK_STATUS(plug(), STATUS_NO_SUCH_DEVICE);
    CHECK_EQ(minor_count, 0);
}

TEST_APP_FINDING(EXE_337, left_attached, "EXE-337")
{
    REQUIRE(plug() == STATUS_SUCCESS);
    keep_attached = TRUE;
    CHECK_STATUS(app(WKT_APP_DEVICE_DO, 0), STATUS_SUCCESS);
    IoDeleteDevice(fdo);
}

static void open_it(UCHAR *name)
{
    struct wkt_app *c = wkt_alloc(sizeof(*c));
    USHORT i;

    if (!c)
        return;
    c->op = WKT_APP_OPEN;
    c->code = GENERIC_READ;
    for (i = 0; i < link.Length / sizeof(WCHAR); i++)
        c->data[i] = (UCHAR)link.Buffer[i];
    UNREFERENCED_PARAMETER(name);
    CHECK_STATUS(wkt_app(1, c), STATUS_SUCCESS);
}

TEST_APP(EXE_340, opened_through_its_interface)
{
    WCHAR *list = NULL;

    REQUIRE(plug() == STATUS_SUCCESS);
    CHECK_STATUS(IoGetDeviceInterfaces(&GUID_WKT_INTERFACE, pdo, 0, &list), STATUS_SUCCESS);
    REQUIRE(list != NULL);
    CHECK_MEM(list, link.Buffer, link.Length);
    CHECK_MEM(list, L"\\??\\ROOT#NET#000", 32);
    ExFreePool(list);
    open_it(NULL);
    minor_count = 0;
    CHECK_STATUS(app(WKT_APP_DEVICE_DO, 0), STATUS_UNSUCCESSFUL); /* a file is open */
    MINORS(IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_CANCEL_REMOVE_DEVICE);
    CHECK_STATUS(app(WKT_APP_DEVICE_DO, 1), STATUS_SUCCESS);
    MINORS(IRP_MN_SURPRISE_REMOVAL);
    {
        struct wkt_app *c = wkt_alloc(sizeof(*c));

        REQUIRE(c != NULL);
        c->op = WKT_APP_CLOSE;
        wkt_app(1, c);
    }
    CHECK(wkt_until(&minor_count, 1));
    CHECK_EQ(minors[0], IRP_MN_REMOVE_DEVICE);
}

static void free_link(void *name)
{
    RtlFreeUnicodeString(name);
}

static PUNICODE_STRING with_reference(PCWSTR reference)
{
    PUNICODE_STRING name = wkt_alloc(sizeof(*name));
    UNICODE_STRING text;

    RtlInitUnicodeString(&text, reference);
    CHECK_STATUS(IoRegisterDeviceInterface(pdo, &GUID_WKT_INTERFACE, &text, name), STATUS_SUCCESS);
    wkt_at_end(free_link, name);
    return name;
}

static NTSTATUS try_open(PUNICODE_STRING name)
{
    PDEVICE_OBJECT device;
    PFILE_OBJECT file;
    NTSTATUS status = IoGetDeviceObjectPointer(name, FILE_READ_DATA, &file, &device);

    if (NT_SUCCESS(status))
        ObDereferenceObject(file);
    return status;
}

TEST_APP(EXE_340, the_reference_string_is_the_files_name)
{
    PUNICODE_STRING first, second;
    UNICODE_STRING bad, again;

    REQUIRE(plug() == STATUS_SUCCESS);
    RtlInitUnicodeString(&bad, L"a/b");
    CHECK_STATUS(IoRegisterDeviceInterface(pdo, &GUID_WKT_INTERFACE, &bad, &again), STATUS_INVALID_DEVICE_REQUEST);
    CHECK_STATUS(IoRegisterDeviceInterface(fdo, &GUID_WKT_INTERFACE, NULL, &again), STATUS_INVALID_DEVICE_REQUEST);
    first = with_reference(L"first");
    second = with_reference(L"second");
    CHECK_STATUS(IoSetDeviceInterfaceState(&link, FALSE), STATUS_SUCCESS);
    CHECK_STATUS(try_open(first), STATUS_OBJECT_PATH_NOT_FOUND);
    CHECK_STATUS(IoSetDeviceInterfaceState(first, TRUE), STATUS_SUCCESS);
    CHECK_STATUS(IoSetDeviceInterfaceState(second, TRUE), STATUS_SUCCESS);
    CHECK_STATUS(try_open(second), STATUS_SUCCESS);
    CHECK_MEM(opened_as, L"\\second", 16);
    CHECK_STATUS(IoSetDeviceInterfaceState(second, FALSE), STATUS_SUCCESS);
    CHECK_STATUS(try_open(first), STATUS_SUCCESS);
    CHECK_MEM(opened_as, L"\\first", 14);
    CHECK_STATUS(IoSetDeviceInterfaceState(first, FALSE), STATUS_SUCCESS);
    CHECK_STATUS(IoSetDeviceInterfaceState(first, FALSE), STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK_STATUS(try_open(first), STATUS_OBJECT_PATH_NOT_FOUND);
}

TEST_APP(EXE_340, a_link_that_cannot_be_made)
{
    UNICODE_STRING target;

    REQUIRE(plug() == STATUS_SUCCESS);
    RtlInitUnicodeString(&target, L"\\Device\\Null");
    CHECK_STATUS(IoSetDeviceInterfaceState(&link, FALSE), STATUS_SUCCESS);
    CHECK_STATUS(IoCreateSymbolicLink(&link, &target), STATUS_SUCCESS);
    CHECK_STATUS(IoSetDeviceInterfaceState(&link, TRUE), STATUS_OBJECT_NAME_COLLISION);
    CHECK_STATUS(IoSetDeviceInterfaceState(&link, FALSE), STATUS_OBJECT_NAME_NOT_FOUND); /* it is not enabled */
    CHECK_STATUS(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
    CHECK_STATUS(IoSetDeviceInterfaceState(&link, TRUE), STATUS_SUCCESS);
}

TEST_APP(EXE_339, properties)
{
    WCHAR text[64];
    ULONG needed = 0;
    HANDLE key;

    REQUIRE(plug() == STATUS_SUCCESS);
    CHECK_STATUS(IoGetDeviceProperty(pdo, DevicePropertyHardwareID, 0, NULL, &needed), STATUS_BUFFER_TOO_SMALL);
    CHECK_EQ(needed, 26);
    CHECK_STATUS(IoGetDeviceProperty(pdo, DevicePropertyHardwareID, sizeof(text), text, &needed), STATUS_SUCCESS);
    CHECK_MEM(text, L"WKT\\Device1\0", 26);
    CHECK_STATUS(IoGetDeviceProperty(pdo, DevicePropertyPhysicalDeviceObjectName, sizeof(text), text, &needed), STATUS_SUCCESS);
    CHECK_MEM(text, L"\\Device\\", 16);
    CHECK_STATUS(IoGetDeviceProperty(pdo, DevicePropertyClassName, sizeof(text), text, &needed), STATUS_SUCCESS);
    CHECK_MEM(text, L"Net", 8);
    CHECK_STATUS(IoGetDeviceProperty(pdo, (DEVICE_REGISTRY_PROPERTY)99, sizeof(text), text, &needed), STATUS_INVALID_PARAMETER_2);
    CHECK_STATUS(IoGetDeviceProperty(fdo, DevicePropertyClassName, sizeof(text), text, &needed), STATUS_INVALID_DEVICE_REQUEST);
    CHECK_STATUS(IoOpenDeviceRegistryKey(pdo, PLUGPLAY_REGKEY_DRIVER, KEY_READ, &key), STATUS_SUCCESS);
    ZwClose(key);
    CHECK_STATUS(IoOpenDeviceRegistryKey(pdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key), STATUS_SUCCESS);
    ZwClose(key);
    CHECK_STATUS(IoOpenDeviceRegistryKey(fdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key), STATUS_INVALID_DEVICE_REQUEST);
}

/* ---- notification ---- */
static NTSTATUS NTAPI changed(PVOID notification, PVOID context)
{
    PDEVICE_INTERFACE_CHANGE_NOTIFICATION n = notification;

    CHECK(context == &arrivals);
    CHECK_EQ(n->Version, 1);
    CHECK_EQ(n->Size, sizeof(*n));
    CHECK(IsEqualGUID(&n->InterfaceClassGuid, &GUID_WKT_INTERFACE));
    CHECK(RtlEqualUnicodeString(n->SymbolicLinkName, &link, TRUE));
    if (IsEqualGUID(&n->Event, &GUID_DEVICE_INTERFACE_ARRIVAL))
        arrivals++;
    else if (IsEqualGUID(&n->Event, &GUID_DEVICE_INTERFACE_REMOVAL))
        removals++;
    return STATUS_SUCCESS;
}

TEST_APP(EXE_341, told_of_interfaces)
{
    PVOID first, second;

    CHECK_STATUS(IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0, (PVOID)&GUID_WKT_INTERFACE, wkt_driver, changed, &arrivals, &first),
                 STATUS_SUCCESS);
    REQUIRE(plug() == STATUS_SUCCESS);
    CHECK_EQ(arrivals, 1);
    CHECK_STATUS(IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES,
                                                (PVOID)&GUID_WKT_INTERFACE, wkt_driver, changed, &arrivals, &second), STATUS_SUCCESS);
    CHECK_EQ(arrivals, 2);
    CHECK_STATUS(IoUnregisterPlugPlayNotificationEx(second), STATUS_SUCCESS);
    CHECK_STATUS(IoSetDeviceInterfaceState(&link, TRUE), STATUS_OBJECT_NAME_EXISTS);
    CHECK_STATUS(app(WKT_APP_DEVICE_DO, 0), STATUS_SUCCESS);
    CHECK_EQ(removals, 1);
    CHECK_STATUS(IoUnregisterPlugPlayNotification(first), STATUS_SUCCESS);
    CHECK_STATUS(IoRegisterPlugPlayNotification((IO_NOTIFICATION_EVENT_CATEGORY)77, 0, NULL, wkt_driver, changed, NULL, &first), STATUS_INVALID_PARAMETER);
}

TEST_APP(EXE_342, asks_of_the_driver)
{
    REQUIRE(plug() == STATUS_SUCCESS);
    minor_count = 0;
    IoInvalidateDeviceState(pdo);
    CHECK(wkt_until(&minor_count, 1));
    CHECK_EQ(minors[0], IRP_MN_QUERY_PNP_DEVICE_STATE);
    IoInvalidateDeviceRelations(pdo, BusRelations);
    CHECK(wkt_until(&minor_count, 2));
    CHECK_EQ(minors[1], IRP_MN_QUERY_DEVICE_RELATIONS);
    IoRequestDeviceEject(pdo);
    CHECK(wkt_until(&minor_count, 4));
    CHECK_EQ(minors[3], IRP_MN_REMOVE_DEVICE);
}

TEST_APP(EXE_342, asked_at_dispatch_level_and_at_once)
{
    KIRQL irql;

    REQUIRE(plug() == STATUS_SUCCESS);
    minor_count = 0;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoInvalidateDeviceState(pdo);
    IoInvalidateDeviceRelations(pdo, BusRelations);
    IoRequestDeviceEject(pdo);
    KeLowerIrql(irql);
    CHECK(wkt_until(&minor_count, 4));
    MINORS(IRP_MN_QUERY_PNP_DEVICE_STATE, IRP_MN_QUERY_DEVICE_RELATIONS, IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_REMOVE_DEVICE);
}

TEST_BUGCHECK(EXE_342, state_of_a_device_that_is_no_pdo, 0xCA)
{
    IoInvalidateDeviceState(wkt_device);
}

/* ---- the root bus ---- */
TEST_APP(EXE_338, the_pdo_answers)
{
    DEVICE_CAPABILITIES caps = {0};
    PIRP irp = wkt_irp();

    REQUIRE(irp && plug() == STATUS_SUCCESS);
    caps.Size = sizeof(caps);
    caps.Version = 1;
    CHECK_EQ(sizeof(caps), 0x40);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_PNP;
    IoGetNextIrpStackLocation(irp)->MinorFunction = IRP_MN_QUERY_CAPABILITIES;
    IoGetNextIrpStackLocation(irp)->Parameters.DeviceCapabilities.Capabilities = &caps;
    CHECK_STATUS(IoCallDriver(pdo, irp), STATUS_SUCCESS);
    CHECK_EQ(caps.DeviceState[PowerSystemWorking], PowerDeviceD0);
    CHECK_EQ(caps.DeviceState[PowerSystemSleeping3], PowerDeviceD3);
    wkt_irp_reuse(irp);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_PNP;
    IoGetNextIrpStackLocation(irp)->MinorFunction = IRP_MN_QUERY_ID;
    IoGetNextIrpStackLocation(irp)->Parameters.QueryId.IdType = BusQueryDeviceID;
    CHECK_STATUS(IoCallDriver(pdo, irp), STATUS_SUCCESS);
    CHECK_MEM((PVOID)irp->IoStatus.Information, L"ROOT\\NET", 18);
    ExFreePool((PVOID)irp->IoStatus.Information);
    wkt_irp_reuse(irp);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_PNP;
    IoGetNextIrpStackLocation(irp)->MinorFunction = IRP_MN_QUERY_DEVICE_RELATIONS;
    IoGetNextIrpStackLocation(irp)->Parameters.QueryDeviceRelations.Type = TargetDeviceRelation;
    CHECK_STATUS(IoCallDriver(pdo, irp), STATUS_SUCCESS);
    REQUIRE(irp->IoStatus.Information != 0);
    CHECK(((PDEVICE_RELATIONS)irp->IoStatus.Information)->Objects[0] == pdo);
    ObDereferenceObject(pdo);
    ExFreePool((PVOID)irp->IoStatus.Information);
    wkt_irp_reuse(irp);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_PNP;
    IoGetNextIrpStackLocation(irp)->MinorFunction = 0x33;
    CHECK_STATUS(IoCallDriver(pdo, irp), STATUS_NOT_SUPPORTED); /* as it came */
}

/* ---- power ---- */
TEST_APP(EXE_343, suspend_and_resume)
{
    REQUIRE(plug() == STATUS_SUCCESS);
    ask_device_power = TRUE;
    CHECK_STATUS(app(WKT_APP_POWER, 1), STATUS_SUCCESS);
    CHECK_EQ(completions, 1);
    CHECK_EQ(device_powers, 1);
    CHECK_STATUS(app(WKT_APP_POWER, 0), STATUS_SUCCESS);
}

TEST_APP(EXE_344, power_requests)
{
    POWER_STATE state, was;

    REQUIRE(plug() == STATUS_SUCCESS);
    state.DeviceState = PowerDeviceD3;
    CHECK_STATUS(PoRequestPowerIrp(pdo, IRP_MN_POWER_SEQUENCE, state, NULL, NULL, NULL), STATUS_INVALID_PARAMETER_2);
    CHECK_STATUS(PoRequestPowerIrp(pdo, IRP_MN_SET_POWER, state, powered, &completions, NULL), STATUS_PENDING);
    CHECK(wkt_until(&completions, 1));
    was = PoSetPowerState(fdo, DevicePowerState, state);
    CHECK_EQ(was.DeviceState, PowerDeviceD0);
    state.DeviceState = PowerDeviceD0;
    was = PoSetPowerState(fdo, DevicePowerState, state);
    CHECK_EQ(was.DeviceState, PowerDeviceD3);
}

static LONG left_s0, in_s0;

static VOID NTAPI state_lock(PVOID context, PVOID what, PVOID value)
{
    CHECK(context == &left_s0);
    CHECK_EQ(what, PO_CB_SYSTEM_STATE_LOCK);
    if (value)
        in_s0++;
    else
        left_s0++;
}

TEST_APP(EXE_345, the_power_state_callback)
{
    UNICODE_STRING text = RTL_CONSTANT_STRING(L"\\Callback\\PowerState");
    OBJECT_ATTRIBUTES attributes;
    PCALLBACK_OBJECT object;
    PVOID registration;

    InitializeObjectAttributes(&attributes, &text, OBJ_CASE_INSENSITIVE, NULL, NULL);
    REQUIRE(NT_SUCCESS(ExCreateCallback(&object, &attributes, FALSE, TRUE)));
    registration = ExRegisterCallback(object, state_lock, &left_s0);
    REQUIRE(registration != NULL);
    REQUIRE(plug() == STATUS_SUCCESS);
    ask_device_power = TRUE;
    CHECK_STATUS(app(WKT_APP_POWER, 1), STATUS_SUCCESS);
    CHECK(left_s0 == 1 && in_s0 == 0);
    CHECK_STATUS(app(WKT_APP_POWER, 0), STATUS_SUCCESS);
    CHECK(left_s0 == 1 && in_s0 == 1);
    system_state = PowerSystemHibernate;
    CHECK_STATUS(app(WKT_APP_POWER, 4), STATUS_SUCCESS);
    CHECK(left_s0 == 2 && in_s0 == 1);
    CHECK_EQ(completions, 2);
    CHECK_STATUS(app(WKT_APP_POWER, 0), STATUS_SUCCESS);
    CHECK_STATUS(app(WKT_APP_POWER, 2), STATUS_INVALID_PARAMETER);
    ExUnregisterCallback(registration);
    ObDereferenceObject(object);
}

TEST_APP_BUGCHECK(EXE_766, a_power_irp_that_is_kept, 0x9F)
{
    REQUIRE(plug() == STATUS_SUCCESS);
    keep_power = TRUE;
    app(WKT_APP_POWER, 1);
}
