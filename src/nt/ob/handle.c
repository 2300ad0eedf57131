/* Handle tables (EXE-401 .. EXE-404). Handles are multiples of 4 from 4 on; those of the kernel's table have all bits from 31 up set.
 * The System process shares the kernel's table, so there both forms name the same entry. A closed entry is used again as late as
 * possible, so that a second close is seen as such. */
#include "base/err.h"
#include "ob_private.h"

#define KERNEL_BITS ((ULONG_PTR)0xFFFFFFFF80000000)
#define FIRST_COUNT 256u
#define MOST        0x400000u
#define PROTECTED   1u /* OBJ_PROTECT_CLOSE in the handle's attributes */

struct entry {
    PVOID object; /* NULL: free */
    ACCESS_MASK access;
    ULONG attributes;
    bool used; /* once, at least */
};
struct ob_handle_table {
    struct sched_lock lock;
    struct entry *entries;
    ULONG count, open, next;
};
static struct ob_handle_table kernel_table;

int ob_handles_start(void)
{
    kernel_table = (struct ob_handle_table){0};
    return 0;
}

struct ob_handle_table *ob_table_create(void)
{
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(struct ob_handle_table), OB_TAG);
}

unsigned ob_kernel_handles(void)
{
    return kernel_table.open;
}

static bool is_kernel(HANDLE handle)
{
    return (LONG_PTR)handle < 0;
}

static struct ob_handle_table *current_table(void)
{
    struct ob_handle_table *table = ob_ps.table ? ob_ps.table() : NULL;

    return table ? table : &kernel_table;
}

static struct ob_handle_table *table_of(HANDLE handle, KPROCESSOR_MODE mode)
{
    if (is_kernel(handle))
        return mode == KernelMode && ((ULONG_PTR)handle & KERNEL_BITS) == KERNEL_BITS ? &kernel_table : NULL; /* EXE-403 */
    return current_table();
}

static struct entry *find(struct ob_handle_table *table, HANDLE handle)
{
    ULONG_PTR index = ((ULONG_PTR)handle & ~(is_kernel(handle) ? KERNEL_BITS : 0)) >> 2;

    return index > 0 && index < table->count ? &table->entries[index] : NULL;
}

/* Under the lock. */
static bool grow(struct ob_handle_table *table)
{
    ULONG count = table->count ? table->count * 2 : FIRST_COUNT;
    struct entry *entries;

    if (count > MOST)
        return false;
    entries = ExAllocatePool2(POOL_FLAG_NON_PAGED, count * sizeof(*entries), OB_TAG);
    if (!entries)
        return false;
    if (table->entries) {
        __builtin_memcpy(entries, table->entries, table->count * sizeof(*entries));
        ExFreePoolWithTag(table->entries, OB_TAG);
    }
    table->next = table->count ? table->count : 1;
    table->entries = entries;
    table->count = count;
    return true;
}

static ULONG take_index(struct ob_handle_table *table)
{
    if (table->open + 1 >= table->count - table->count / 4 && !grow(table) && table->open + 2 > table->count)
        return 0;
    for (;;) {
        ULONG i = table->next++;

        if (table->next >= table->count)
            table->next = 1;
        if (i > 0 && !table->entries[i].object)
            return i;
    }
}

NTSTATUS ob_handle_create(PVOID object, ACCESS_MASK access, ULONG attributes, HANDLE *handle)
{
    struct ob_handle_table *table = attributes & OBJ_KERNEL_HANDLE ? &kernel_table : current_table();
    ULONG index;

    *handle = NULL;
    ObfReferenceObject(object);
    ob_handle_opened(object);
    sched_lock(&table->lock);
    index = take_index(table);
    if (index) {
        table->entries[index] = (struct entry){object, ob_map_access(ob_type_of(object), access), attributes & (OBJ_INHERIT | PROTECTED), true};
        table->open++;
    }
    sched_unlock(&table->lock);
    if (!index) {
        ob_handle_closed(object);
        ObfDereferenceObject(object);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *handle = (HANDLE)((ULONG_PTR)index << 2 | (attributes & OBJ_KERNEL_HANDLE ? KERNEL_BITS : 0));
    return STATUS_SUCCESS;
}

static NTSTATUS reference_current(HANDLE handle, POBJECT_TYPE type, PVOID *object, POBJECT_HANDLE_INFORMATION information)
{
    bool thread = handle == (HANDLE)(LONG_PTR)-2;

    if (type && type != (thread ? ob_thread_type : ob_process_type))
        return STATUS_OBJECT_TYPE_MISMATCH;
    *object = thread ? (ob_ps.current_thread ? ob_ps.current_thread() : NULL) : ob_ps.current_process ? ob_ps.current_process() : NULL;
    if (!*object)
        return STATUS_INVALID_HANDLE;
    ObfReferenceObject(*object);
    if (information)
        *information = (OBJECT_HANDLE_INFORMATION){0, 0x1FFFFF};
    return STATUS_SUCCESS;
}

NTSTATUS ob_handle_reference(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type, KPROCESSOR_MODE mode, PVOID *object,
                             POBJECT_HANDLE_INFORMATION information)
{
    struct ob_handle_table *table;
    struct entry *e, found = {0};

    *object = NULL;
    if (handle == (HANDLE)(LONG_PTR)-1 || handle == (HANDLE)(LONG_PTR)-2)
        return reference_current(handle, type, object, information);
    table = table_of(handle, mode);
    if (!table)
        return STATUS_INVALID_HANDLE;
    sched_lock(&table->lock);
    e = find(table, handle);
    if (e && e->object) {
        found = *e;
        ObfReferenceObject(found.object);
    }
    sched_unlock(&table->lock);
    if (!found.object)
        return STATUS_INVALID_HANDLE;
    if (type && ob_type_of(found.object) != type) {
        ObfDereferenceObject(found.object);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    access = ob_map_access(ob_type_of(found.object), access);
    if (mode != KernelMode && access & ~found.access) {
        ObfDereferenceObject(found.object);
        return STATUS_ACCESS_DENIED;
    }
    if (information)
        *information = (OBJECT_HANDLE_INFORMATION){found.attributes, found.access};
    *object = found.object;
    return STATUS_SUCCESS;
}

NTSTATUS ob_handle_close(HANDLE handle, KPROCESSOR_MODE mode)
{
    struct ob_handle_table *table = table_of(handle, mode);
    struct entry *e, was = {0};

    if (handle == (HANDLE)(LONG_PTR)-1 || handle == (HANDLE)(LONG_PTR)-2)
        return STATUS_INVALID_HANDLE;
    if (table) {
        sched_lock(&table->lock);
        e = find(table, handle);
        if (e) {
            was = *e;
            if (e->object && !(e->attributes & PROTECTED)) {
                e->object = NULL;
                table->open--;
            }
        }
        sched_unlock(&table->lock);
    }
    if (was.object && was.attributes & PROTECTED)
        return STATUS_HANDLE_NOT_CLOSABLE;
    if (!was.object) {
        if (mode == KernelMode)
            guest_finding("EXE-748", "handle %p is closed, which %s", handle, was.used ? "was closed before" : "never was one");
        return STATUS_INVALID_HANDLE;
    }
    ob_handle_closed(was.object);
    ObfDereferenceObject(was.object);
    return STATUS_SUCCESS;
}

void ob_table_destroy(struct ob_handle_table *table)
{
    for (ULONG i = 1; i < table->count; i++) {
        PVOID object = table->entries[i].object;

        if (!object)
            continue;
        table->entries[i].object = NULL;
        ob_handle_closed(object);
        ObfDereferenceObject(object);
    }
    if (table->entries)
        ExFreePoolWithTag(table->entries, OB_TAG);
    ExFreePoolWithTag(table, OB_TAG);
}

/* ---- the DDIs ---- */
/* EXE-403: a driver takes a value from user input for a kernel's handle. Calls that Zw functions make on the way do not come here. */
static void check_origin(HANDLE handle, KPROCESSOR_MODE mode)
{
    if (mode == KernelMode && !is_kernel(handle) && current_table() != &kernel_table && ob_ps.previous_mode && ob_ps.previous_mode() == UserMode)
        guest_finding("EXE-403", "handle %p of an application is referenced with KernelMode", handle);
}

NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode, PVOID *Object,
                                         POBJECT_HANDLE_INFORMATION HandleInformation)
{
    check_origin(Handle, AccessMode);
    return ob_handle_reference(Handle, DesiredAccess, ObjectType, AccessMode, Object, HandleInformation);
}

NTSTATUS NTAPI ObReferenceObjectByHandleWithTag(HANDLE Handle, ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode, ULONG Tag,
                                                PVOID *Object, POBJECT_HANDLE_INFORMATION HandleInformation)
{
    (void)Tag;
    check_origin(Handle, AccessMode);
    return ob_handle_reference(Handle, DesiredAccess, ObjectType, AccessMode, Object, HandleInformation);
}

NTSTATUS NTAPI ObOpenObjectByPointer(PVOID Object, ULONG HandleAttributes, PACCESS_STATE PassedAccessState, ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
                                     KPROCESSOR_MODE AccessMode, PHANDLE Handle)
{
    NTSTATUS status;

    (void)PassedAccessState;
    *Handle = NULL;
    status = ObReferenceObjectByPointer(Object, DesiredAccess, ObjectType, AccessMode);
    if (!NT_SUCCESS(status))
        return status;
    if (AccessMode != KernelMode && HandleAttributes & OBJ_KERNEL_HANDLE)
        HandleAttributes &= ~(ULONG)OBJ_KERNEL_HANDLE;
    status = ob_handle_create(Object, DesiredAccess, HandleAttributes, Handle);
    ObfDereferenceObject(Object);
    return status;
}

NTSTATUS NTAPI ObCloseHandle(HANDLE Handle, KPROCESSOR_MODE PreviousMode)
{
    return ob_handle_close(Handle, PreviousMode);
}

NTSTATUS NTAPI ZwClose(HANDLE Handle)
{
    return ob_handle_close(Handle, KernelMode);
}
