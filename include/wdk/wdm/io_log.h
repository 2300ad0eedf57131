/* The event log as drivers write it (EXE-334), part of io.h. */
#ifndef _WK_WDM_IO_LOG_H
#define _WK_WDM_IO_LOG_H

#define ERROR_LOG_MAXIMUM_SIZE 0xF0
#define PORT_MAXIMUM_MESSAGE_LENGTH 512
typedef struct _IO_ERROR_LOG_PACKET { /* EXE-L84 */
    UCHAR MajorFunctionCode;
    UCHAR RetryCount;
    USHORT DumpDataSize;
    USHORT NumberOfStrings;
    USHORT StringOffset;
    USHORT EventCategory;
    NTSTATUS ErrorCode;
    ULONG UniqueErrorValue;
    NTSTATUS FinalStatus;
    ULONG SequenceNumber;
    ULONG IoControlCode;
    LARGE_INTEGER DeviceOffset;
    ULONG DumpData[1];
} IO_ERROR_LOG_PACKET, *PIO_ERROR_LOG_PACKET;

DDI(ntoskrnl, "EXE-334", "wdm/nf-wdm-ioallocateerrorlogentry") _IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI IoAllocateErrorLogEntry(_In_ PVOID IoObject, _In_ UCHAR EntrySize);
DDI(ntoskrnl, "EXE-334", "wdm/nf-wdm-iowriteerrorlogentry") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoWriteErrorLogEntry(_In_ PVOID ElEntry);
DDI(ntoskrnl, "EXE-334", "wdm/nf-wdm-iofreeerrorlogentry") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI IoFreeErrorLogEntry(_In_ PVOID ElEntry);

#endif
