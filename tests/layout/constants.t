#!/usr/bin/env -S tools/cli-test
# EXE-L30 EXE-L57 EXE-L74 EXE-L77 EXE-L79 constants and offsets of the layout tables, as guests compile them
# Rows: EXE-L30 EXE-L57 EXE-L74 EXE-L76 EXE-L77 EXE-L79
# What the headers do not have yet, or nothing checks:
# TODO_ROW(EXE_L11, "include/wdk does not declare RTL_DYNAMIC_HASH_TABLE")
# TODO_ROW(EXE_L12, "include/wdk does not declare the entry, context and enumerator of dynamic hash tables")
# TODO_ROW(EXE_L13, "include/wdk does not declare the RTL_BALANCED_NODE of RTL_RB_TREE")
# TODO_ROW(EXE_L39, "CONTEXT is checked by the compiler's dump only where seh uses it")
# TODO_ROW(EXE_L41, "include/wdk does not declare UNWIND_INFO")
# TODO_ROW(EXE_L42, "the scope table is read from images and has no declaration")
# TODO_ROW(EXE_L45, "the KPRCB beyond the fields that seh and ke use")
# TODO_ROW(EXE_L46, "no guard page behind the header of a thread or process")
# TODO_ROW(EXE_L47, "include/wdk does not declare KUSER_SHARED_DATA")
# TODO_ROW(EXE_L55, "opaque objects: their sizes are not compared")
# TODO_ROW(EXE_L59, "include/wdk does not declare SCATTER_GATHER_LIST: there is no DMA")
# TODO_ROW(EXE_L60, "include/wdk does not declare DEVICE_DESCRIPTION: there is no DMA")
# TODO_ROW(EXE_L97, "include/wdk does not declare PS_CREATE_NOTIFY_INFO")
# TODO_ROW(EXE_L98, "include/wdk does not declare IMAGE_INFO")
$ cat > c.c <<'X'
> #include <ntddk.h>
> C_ASSERT(MDL_MAPPED_TO_SYSTEM_VA == 0x1); /* EXE-L57 */
> C_ASSERT(MDL_PAGES_LOCKED == 0x2); /* EXE-L57 */
> C_ASSERT(MDL_SOURCE_IS_NONPAGED_POOL == 0x4); /* EXE-L57 */
> C_ASSERT(MDL_ALLOCATED_FIXED_SIZE == 0x8); /* EXE-L57 */
> C_ASSERT(MDL_PARTIAL == 0x10); /* EXE-L57 */
> C_ASSERT(MDL_PARTIAL_HAS_BEEN_MAPPED == 0x20); /* EXE-L57 */
> C_ASSERT(MDL_IO_PAGE_READ == 0x40); /* EXE-L57 */
> C_ASSERT(MDL_WRITE_OPERATION == 0x80); /* EXE-L57 */
> C_ASSERT(MDL_LOCKED_PAGE_TABLES == 0x100); /* EXE-L57 */
> C_ASSERT(MDL_FREE_EXTRA_PTES == 0x200); /* EXE-L57 */
> C_ASSERT(MDL_DESCRIBES_AWE == 0x400); /* EXE-L57 */
> C_ASSERT(MDL_IO_SPACE == 0x800); /* EXE-L57 */
> C_ASSERT(MDL_NETWORK_HEADER == 0x1000); /* EXE-L57 */
> C_ASSERT(MDL_MAPPING_CAN_FAIL == 0x2000); /* EXE-L57 */
> C_ASSERT(MDL_PAGE_CONTENTS_INVARIANT == 0x4000); /* EXE-L57 */
> C_ASSERT(MDL_INTERNAL == 0x8000); /* EXE-L57 */
> C_ASSERT(DO_VERIFY_VOLUME == 0x2); /* EXE-L74 */
> C_ASSERT(DO_BUFFERED_IO == 0x4); /* EXE-L74 */
> C_ASSERT(DO_EXCLUSIVE == 0x8); /* EXE-L74 */
> C_ASSERT(DO_DIRECT_IO == 0x10); /* EXE-L74 */
> C_ASSERT(DO_MAP_IO_BUFFER == 0x20); /* EXE-L74 */
> C_ASSERT(DO_DEVICE_HAS_NAME == 0x40); /* EXE-L74 */
> C_ASSERT(DO_DEVICE_INITIALIZING == 0x80); /* EXE-L74 */
> C_ASSERT(DO_SHUTDOWN_REGISTERED == 0x800); /* EXE-L74 */
> C_ASSERT(DO_BUS_ENUMERATED_DEVICE == 0x1000); /* EXE-L74 */
> C_ASSERT(DO_POWER_PAGABLE == 0x2000); /* EXE-L74 */
> C_ASSERT(DO_POWER_INRUSH == 0x4000); /* EXE-L74 */
> C_ASSERT(IRP_NOCACHE == 0x1); /* EXE-L77 */
> C_ASSERT(IRP_PAGING_IO == 0x2); /* EXE-L77 */
> C_ASSERT(IRP_SYNCHRONOUS_API == 0x4); /* EXE-L77 */
> C_ASSERT(IRP_ASSOCIATED_IRP == 0x8); /* EXE-L77 */
> C_ASSERT(IRP_BUFFERED_IO == 0x10); /* EXE-L77 */
> C_ASSERT(IRP_DEALLOCATE_BUFFER == 0x20); /* EXE-L77 */
> C_ASSERT(IRP_INPUT_OPERATION == 0x40); /* EXE-L77 */
> C_ASSERT(IRP_CREATE_OPERATION == 0x80); /* EXE-L77 */
> C_ASSERT(IRP_READ_OPERATION == 0x100); /* EXE-L77 */
> C_ASSERT(IRP_WRITE_OPERATION == 0x200); /* EXE-L77 */
> C_ASSERT(IRP_CLOSE_OPERATION == 0x400); /* EXE-L77 */
> C_ASSERT(IRP_DEFER_IO_COMPLETION == 0x800); /* EXE-L77 */
> C_ASSERT(IRP_OB_QUERY_NAME == 0x1000); /* EXE-L77 */
> C_ASSERT(IRP_HOLD_DEVICE_QUEUE == 0x2000); /* EXE-L77 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Create.SecurityContext) == 0x8); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Create.Options) == 0x10); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Create.FileAttributes) == 0x18); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Create.ShareAccess) == 0x1A); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Create.EaLength) == 0x20); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Read.Length) == 0x8); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Read.Key) == 0x10); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Read.ByteOffset) == 0x18); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Write.Length) == 0x8); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Write.Key) == 0x10); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Write.ByteOffset) == 0x18); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.DeviceIoControl.OutputBufferLength) == 0x8); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.DeviceIoControl.InputBufferLength) == 0x10); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.DeviceIoControl.IoControlCode) == 0x18); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.DeviceIoControl.Type3InputBuffer) == 0x20); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Power.SystemContext) == 0x8); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Power.Type) == 0x10); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Power.State) == 0x18); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Power.ShutdownType) == 0x20); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.WMI.ProviderId) == 0x8); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.WMI.DataPath) == 0x10); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.WMI.BufferSize) == 0x18); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.WMI.Buffer) == 0x20); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Others.Argument1) == 0x8); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Others.Argument2) == 0x10); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Others.Argument3) == 0x18); /* EXE-L79 */
> C_ASSERT(FIELD_OFFSET(IO_STACK_LOCATION, Parameters.Others.Argument4) == 0x20); /* EXE-L79 */
> C_ASSERT(sizeof(KSPIN_LOCK) == 8); /* EXE-L30 */
> C_ASSERT(sizeof(EX_SPIN_LOCK) == 4); /* EXE-L30 */
> C_ASSERT(FIELD_OFFSET(IRP, Type) == 0x0); /* EXE-L76 */
> C_ASSERT(FIELD_OFFSET(IRP, Size) == 0x2); /* EXE-L76 */
> C_ASSERT(FIELD_OFFSET(IRP, AllocationProcessorNumber) == 0x4); /* EXE-L76 */
> C_ASSERT(FIELD_OFFSET(IRP, MdlAddress) == 0x8); /* EXE-L76 */
> C_ASSERT(FIELD_OFFSET(IRP, Flags) == 0x10); /* EXE-L76 */
> C_ASSERT(FIELD_OFFSET(IRP, AssociatedIrp.SystemBuffer) == 0x18); /* EXE-L76 */
> C_ASSERT(FIELD_OFFSET(IRP, ThreadListEntry) == 0x20); /* EXE-L76 */
> C_ASSERT(FIELD_OFFSET(IRP, IoStatus) == 0x30); /* EXE-L76 */
> C_ASSERT(FIELD_OFFSET(IRP, RequestorMode) == 0x40); /* EXE-L76 */
> C_ASSERT(FIELD_OFFSET(IRP, PendingReturned) == 0x41); /* EXE-L76 */
> C_ASSERT(FIELD_OFFSET(IRP, StackCount) == 0x42); /* EXE-L76 */
> C_ASSERT(sizeof(IRP) == 0xD0);
> X
$ cc() { clang-19 --driver-mode=cl --target=x86_64-pc-windows-msvc /kernel /X /Zs -imsvc $BUILD/kit/include -imsvc $BUILD/kit/include/crt -- "$@"; }; cc c.c
# Each number that is one off is seen.
$ n=$(grep -c C_ASSERT c.c); sed 's/ == / != /' c.c > wrong.c; [ $(clang-19 --driver-mode=cl --target=x86_64-pc-windows-msvc /kernel /X /Zs -ferror-limit=0 -imsvc $BUILD/kit/include -- wrong.c 2>&1 | grep -c 'error:') = $n ] && echo all
all
