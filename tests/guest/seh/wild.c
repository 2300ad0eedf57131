/* NULL and wild pointers that a driver gives to the kernel (EXE-797, EXE-701): an exception or a failing status where Windows raises one, else
 * a bug check of the driver's; never a crash of the host. */
#include "wkt.h"

#define BAD ((PVOID)(ULONG_PTR)0x10)
/* In the system range, and nothing is there. */
#define WILD ((PVOID)((ULONG_PTR)MmSystemRangeStart + ((ULONG_PTR)1 << 39)))

static UNICODE_STRING text = RTL_CONSTANT_STRING(L"\\Device\\WkWild");
static volatile NTSTATUS status;
static ULONG quiet;

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        NTSTATUS code_ = 0;                                                                                            \
        status = STATUS_SUCCESS;                                                                                       \
        __try {                                                                                                        \
            call;                                                                                                      \
        } __except (code_ = GetExceptionCode(), EXCEPTION_EXECUTE_HANDLER) {                                           \
        }                                                                                                              \
        if (code_ != STATUS_ACCESS_VIOLATION && NT_SUCCESS(status)) {                                                  \
            quiet++;                                                                                                   \
            wkt_note(#call, (ULONG)code_);                                                                             \
        }                                                                                                              \
        CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);                                                                   \
    } while (0)

TEST(EXE_797, null_pointers_to_the_library)
{
    UNICODE_STRING bad_text = {4, 4, BAD}, out = {0, 64, BAD};
    ANSI_STRING ansi = {4, 4, BAD}, ansi_out = {0, 64, BAD};
    LARGE_INTEGER time = {.QuadPart = 1};
    ULONG number;

    TRY(RtlInitUnicodeString(BAD, L"x"));
    TRY(RtlInitUnicodeString(&bad_text, BAD));
    bad_text = (UNICODE_STRING){4, 4, BAD};
    TRY(RtlCopyUnicodeString(BAD, &text));
    TRY(RtlCopyUnicodeString(&out, &text));
    TRY(RtlEqualUnicodeString(&bad_text, &bad_text, TRUE));
    TRY(RtlCompareUnicodeString(&text, &bad_text, FALSE));
    TRY(status = RtlAppendUnicodeStringToString(&out, &text));
    TRY(status = RtlUpcaseUnicodeString(&out, &text, FALSE));
    TRY(status = RtlUnicodeStringToInteger(&bad_text, 10, &number));
    TRY(status = RtlUnicodeStringToAnsiString(&ansi_out, &text, FALSE));
    TRY(status = RtlAnsiStringToUnicodeString(&out, &ansi, FALSE));
    TRY(status = RtlGetVersion(BAD));
    TRY(status = RtlCreateSecurityDescriptor(BAD, SECURITY_DESCRIPTOR_REVISION));
    TRY(RtlLengthSid(BAD));
    TRY(RtlTimeToTimeFields(&time, BAD));
    TRY(RtlCompareMemory(BAD, &text, 8));
    CHECK_EQ(quiet, 0);
}

TEST(EXE_797, null_pointers_to_objects)
{
    OBJECT_ATTRIBUTES attributes;
    PDEVICE_OBJECT device;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)BAD, OBJ_KERNEL_HANDLE, NULL, NULL);
    TRY(KeInitializeEvent(BAD, NotificationEvent, FALSE));
    TRY(KeInitializeTimer(BAD));
    TRY(KeInitializeDpc(BAD, NULL, NULL));
    TRY(KeInitializeMutex(BAD, 0));
    TRY(KeInitializeSemaphore(BAD, 0, 1));
    TRY(ExInitializeRundownProtection(BAD));
    TRY(status = ExInitializeResourceLite(BAD));
    TRY(KeQuerySystemTimePrecise(BAD));
    TRY(IoInitializeIrp(BAD, IoSizeOfIrp(1), 1));
    TRY(MmBuildMdlForNonPagedPool(BAD));
    TRY(status = ZwOpenKey(&handle, KEY_READ, &attributes));
    TRY(status = ZwOpenKey(&handle, KEY_READ, BAD));
    TRY(status = IoCreateDevice(wkt_driver, 0, BAD, FILE_DEVICE_UNKNOWN, 0, FALSE, &device));
    TRY(status = IoCreateSymbolicLink(BAD, &text));
    TRY(status = IoDeleteSymbolicLink(BAD));
    TRY(KeReadStateEvent(BAD));
    TRY(status = KeWaitForSingleObject(BAD, Executive, KernelMode, FALSE, NULL));
    CHECK_EQ(quiet, 0);
}

TEST_BUGCHECK(EXE_797, a_wild_string, 0x50)
{
    UNICODE_STRING wild = {4, 4, WILD};

    __try {
        RtlCompareUnicodeString(&text, &wild, FALSE);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
    }
}

TEST_BUGCHECK(EXE_797, a_wild_event, 0x50)
{
    KeInitializeEvent(WILD, NotificationEvent, FALSE);
}

TEST_BUGCHECK(EXE_797, a_wild_attribute_name, 0x50)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)WILD, OBJ_KERNEL_HANDLE, NULL, NULL);
    ZwOpenKey(&handle, KEY_READ, &attributes);
}

TEST_BUGCHECK(EXE_797, a_spin_lock_at_null, 0x0A)
{
    KIRQL old;

    KeAcquireSpinLock((PKSPIN_LOCK)BAD, &old);
}

TEST_BUGCHECK(EXE_797, a_wild_dpc_at_dispatch_level, 0x0A)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeInitializeDpc(WILD, NULL, NULL);
}

TEST_BUGCHECK(EXE_797, a_wild_block_is_freed, 0xC2)
{
    ExFreePoolWithTag((PUCHAR)WILD + 16, 0);
}

TEST_BUGCHECK(EXE_797, a_wild_irp_is_completed, 0x50)
{
    IoCompleteRequest((PIRP)WILD, IO_NO_INCREMENT);
}

TEST_BUGCHECK(EXE_797, a_wild_device_is_called, 0x50)
{
    IoCallDriver((PDEVICE_OBJECT)WILD, wkt_irp());
}
