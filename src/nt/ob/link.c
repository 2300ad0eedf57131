/* Symbolic links (EXE-405) and what the handle count does to an object's name. */
#include "ob_private.h"

static void destroy_link(void *body)
{
    struct ob_link *link = body;

    ExFreePoolWithTag(link->target.Buffer, OB_TAG);
}

static NTSTATUS create(PCUNICODE_STRING path, PCUNICODE_STRING target, const void *maker)
{
    struct ob_link *link;
    NTSTATUS status;
    PWCH text;

    if (target->Length & 1 || !target->Length)
        return STATUS_INVALID_PARAMETER;
    text = ExAllocatePool2(POOL_FLAG_NON_PAGED, target->Length + sizeof(WCHAR), OB_TAG);
    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    ob_symbolic_link_type->destroy = destroy_link;
    link = ob_allocate(ob_symbolic_link_type, sizeof(*link));
    if (!link) {
        ExFreePoolWithTag(text, OB_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(text, target->Buffer, target->Length);
    link->target = (UNICODE_STRING){target->Length, (USHORT)(target->Length + sizeof(WCHAR)), text};
    link->maker = maker;
    status = ob_insert(link, path);
    if (!NT_SUCCESS(status))
        ObfDereferenceObject(link);
    return status; /* what was inserted stays until IoDeleteSymbolicLink */
}

NTSTATUS ob_create_link(PCUNICODE_STRING path, PCUNICODE_STRING target)
{
    return create(path, target, NULL);
}

struct links_of {
    ULONG64 low, high;
    void (*visit)(PCUNICODE_STRING name, void *ctx);
    void *ctx;
};

static void visit_link(PCUNICODE_STRING name, PVOID object, void *ctx)
{
    struct links_of *l = ctx;
    ULONG64 maker = ob_type_of(object) == ob_symbolic_link_type ? (ULONG64)(ULONG_PTR)((struct ob_link *)object)->maker : 0;

    if (maker >= l->low && maker < l->high)
        l->visit(name, l->ctx);
}

void ob_links_of(ULONG64 low, ULONG64 high, void (*visit)(PCUNICODE_STRING name, void *ctx), void *ctx)
{
    static const UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\GLOBAL??");
    struct links_of l = {low, high, visit, ctx};
    PVOID directory;

    if (!NT_SUCCESS(ob_lookup(&path, OBJ_CASE_INSENSITIVE, &directory, NULL, NULL)))
        return;
    ob_for_each(directory, visit_link, &l);
    ObfDereferenceObject(directory);
}

NTSTATUS NTAPI IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName)
{
    return create(SymbolicLinkName, DeviceName, ddi_caller(__builtin_return_address(0)));
}

NTSTATUS NTAPI IoCreateUnprotectedSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName)
{
    return create(SymbolicLinkName, DeviceName, ddi_caller(__builtin_return_address(0)));
}

NTSTATUS NTAPI IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
    POBJECT_TYPE type;
    PVOID link;
    NTSTATUS status = ob_lookup(SymbolicLinkName, OBJ_CASE_INSENSITIVE | OBJ_OPENLINK, &link, &type, NULL);

    if (!NT_SUCCESS(status))
        return status;
    if (type != ob_symbolic_link_type) {
        ObfDereferenceObject(link);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    ob_remove(link);
    ObfDereferenceObject(link); /* its maker's */
    ObfDereferenceObject(link);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwOpenSymbolicLinkObject(PHANDLE LinkHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes)
{
    OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;
    PVOID link;

    *LinkHandle = NULL;
    if (!ObjectAttributes)
        return STATUS_INVALID_PARAMETER;
    attributes = *ObjectAttributes;
    attributes.Attributes |= OBJ_OPENLINK;
    status = ob_lookup_attributes(&attributes, KernelMode, &link, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_type_of(link) == ob_symbolic_link_type ? ob_handle_create(link, DesiredAccess, attributes.Attributes, LinkHandle)
                                                       : STATUS_OBJECT_TYPE_MISMATCH;
    ObfDereferenceObject(link);
    return status;
}

/* EXE-405: the target without its terminator; STATUS_BUFFER_TOO_SMALL tells its bytes. */
NTSTATUS NTAPI ZwQuerySymbolicLinkObject(HANDLE LinkHandle, PUNICODE_STRING LinkTarget, PULONG ReturnedLength)
{
    struct ob_link *link;
    PVOID object;
    NTSTATUS status = ob_handle_reference(LinkHandle, SYMBOLIC_LINK_QUERY, ob_symbolic_link_type, KernelMode, &object, NULL);

    if (!NT_SUCCESS(status))
        return status;
    link = object;
    if (ReturnedLength)
        *ReturnedLength = link->target.Length;
    if (link->target.Length > LinkTarget->MaximumLength)
        status = STATUS_BUFFER_TOO_SMALL;
    else {
        __builtin_memcpy(LinkTarget->Buffer, link->target.Buffer, link->target.Length);
        LinkTarget->Length = link->target.Length;
    }
    ObfDereferenceObject(object);
    return status;
}

/* ---- handle counts ---- */
void ob_handle_opened(PVOID object)
{
    __atomic_fetch_add(&ob_header(object)->handles, 1, __ATOMIC_RELAXED);
}

void ob_handle_closed(PVOID object)
{
    struct ob_header *h = ob_header(object);
    bool last = __atomic_sub_fetch(&h->handles, 1, __ATOMIC_ACQ_REL) == 0;

    if (last && h->temporary)
        ob_remove(object);
    if (h->type->close)
        h->type->close(object, last);
}

VOID NTAPI ObMakeTemporaryObject(PVOID Object)
{
    struct ob_header *h = ob_header(Object);

    h->temporary = true;
    if (__atomic_load_n(&h->handles, __ATOMIC_ACQUIRE) == 0)
        ob_remove(Object);
}

/* EXE-404: the structure, then the text with its terminator. */
NTSTATUS NTAPI ObQueryNameString(PVOID Object, POBJECT_NAME_INFORMATION ObjectNameInfo, ULONG Length, PULONG ReturnLength)
{
    ULONG head = sizeof(OBJECT_NAME_INFORMATION), text = ob_full_name(Object, NULL, 0);
    ULONG need = head + (text ? text + (ULONG)sizeof(WCHAR) : 0);

    *ReturnLength = need;
    if (Length < need || !ObjectNameInfo)
        return Length < head || !ObjectNameInfo ? STATUS_INFO_LENGTH_MISMATCH : STATUS_BUFFER_OVERFLOW;
    ObjectNameInfo->Name = (UNICODE_STRING){0};
    if (text && ob_full_name(Object, (PWCH)(ObjectNameInfo + 1), text) == text) {
        ObjectNameInfo->Name = (UNICODE_STRING){(USHORT)text, (USHORT)(text + sizeof(WCHAR)), (PWCH)(ObjectNameInfo + 1)};
        ObjectNameInfo->Name.Buffer[text / 2] = 0;
    }
    return STATUS_SUCCESS;
}
