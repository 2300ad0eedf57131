/* Entries of the event log (EXE-334): in pool until they are written, then one line of text beside DbgPrint's, with what Event Viewer shows:
 * who, code, insertion strings, dump data. Called by drivers at up to DISPATCH_LEVEL. */
#include "nt/io/io_private.h"

#include "ddi/text.h"
#include "nt/dbg/dbg.h"
#include "nt/mm/mm.h"
#include "nt/rtl/rtl.h"

#define TAG_ENTRY  0x724C6F49 /* "IoLr" */
#define LINE_BYTES 512

struct entry {
    PVOID object; /* device or driver, referenced */
    UCHAR bytes;
    IO_ERROR_LOG_PACKET packet; /* what the driver fills in, `bytes` long */
};

static struct entry *entry_of(PVOID packet)
{
    return CONTAINING_RECORD(packet, struct entry, packet);
}

PVOID NTAPI IoAllocateErrorLogEntry(PVOID IoObject, UCHAR EntrySize)
{
    struct entry *entry;

    if (EntrySize < FIELD_OFFSET(IO_ERROR_LOG_PACKET, DumpData) || EntrySize > ERROR_LOG_MAXIMUM_SIZE || !IoObject)
        return NULL;
    entry = mm_pool_allocate(POOL_FLAG_NON_PAGED, FIELD_OFFSET(struct entry, packet) + (EntrySize < sizeof(entry->packet) ? sizeof(entry->packet) : EntrySize),
                             TAG_ENTRY, __builtin_return_address(0));
    if (!entry)
        return NULL;
    ObfReferenceObject(IoObject);
    entry->object = IoObject;
    entry->bytes = EntrySize;
    return &entry->packet;
}

VOID NTAPI IoFreeErrorLogEntry(PVOID ElEntry)
{
    struct entry *entry = entry_of(ElEntry);

    ObfDereferenceObject(entry->object);
    ExFreePoolWithTag(entry, TAG_ENTRY);
}

static unsigned put_name(char *line, unsigned used, PCUNICODE_STRING name)
{
    for (USHORT i = 0; i < name->Length / sizeof(WCHAR) && used < LINE_BYTES - 1; i++)
        line[used++] = name->Buffer[i] < 128 ? (char)name->Buffer[i] : '?';
    return used;
}

/* The strings end where the entry ends, whatever their count says. */
static unsigned put_strings(char *line, unsigned used, const struct entry *entry)
{
    const UCHAR *base = (const UCHAR *)&entry->packet;
    ULONG at = entry->packet.StringOffset;

    for (USHORT i = 0; i < entry->packet.NumberOfStrings && at + sizeof(WCHAR) <= entry->bytes; i++) {
        if (used + 4 >= LINE_BYTES)
            break;
        line[used++] = ' ';
        line[used++] = '"';
        for (; at + sizeof(WCHAR) <= entry->bytes; at += sizeof(WCHAR)) {
            WCHAR c = *(const WCHAR *)(base + at);

            if (!c || used + 2 >= LINE_BYTES)
                break;
            line[used++] = c < 128 && c >= 32 ? (char)c : '?';
        }
        at += sizeof(WCHAR);
        line[used++] = '"';
    }
    return used;
}

static unsigned put_dump(char *line, unsigned used, const struct entry *entry)
{
    ULONG room = entry->bytes - FIELD_OFFSET(IO_ERROR_LOG_PACKET, DumpData), words = entry->packet.DumpDataSize / sizeof(ULONG);

    if (words > room / sizeof(ULONG)) {
        guest_finding("EXE-334", "an error log entry of %u bytes says it has %u bytes of dump data", entry->bytes, entry->packet.DumpDataSize);
        words = room / sizeof(ULONG);
    }
    for (ULONG i = 0; i < words && used + 12 < LINE_BYTES; i++)
        used += (unsigned)ddi_format(line + used, LINE_BYTES - used, "%s%08X", i ? " " : ", data ", entry->packet.DumpData[i]);
    return used;
}

VOID NTAPI IoWriteErrorLogEntry(PVOID ElEntry)
{
    struct entry *entry = entry_of(ElEntry);
    const IO_ERROR_LOG_PACKET *packet = &entry->packet;
    PDRIVER_OBJECT driver = ob_type_of(entry->object) == ob_device_type ? ((PDEVICE_OBJECT)entry->object)->DriverObject : entry->object;
    static const char *const severity[] = {"success", "information", "warning", "error"};
    char line[LINE_BYTES];
    unsigned used = (unsigned)ddi_format(line, sizeof(line), "event log: %s from ", severity[(ULONG)packet->ErrorCode >> 30]);

    used = put_name(line, used, &driver->DriverName);
    used += (unsigned)ddi_format(line + used, sizeof(line) - used, ": code 0x%08X, unique value %u, status 0x%08X", (unsigned)packet->ErrorCode,
                                 (unsigned)packet->UniqueErrorValue, (unsigned)packet->FinalStatus);
    used = put_strings(line, used, entry);
    used = put_dump(line, used, entry);
    if (used > LINE_BYTES - 1)
        used = LINE_BYTES - 1;
    line[used++] = '\n';
    dbg_write(line, used);
    IoFreeErrorLogEntry(ElEntry);
}
