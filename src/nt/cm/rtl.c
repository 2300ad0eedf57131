/* The run-time library's short forms of registry calls (EXE-536 .. EXE-539). */
#include "cm_private.h"

#define BASE_MASK 0xFFu

/* The key that RelativeTo and Path name. *opened: to be closed by the caller. */
static NTSTATUS open_base(ULONG relative, PCWSTR path, bool create, HANDLE *key, bool *opened)
{
    static const PCWSTR bases[] = {u"", u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\", u"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\",
                                   u"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion\\", u"\\Registry\\Machine\\Hardware\\DeviceMap\\",
                                   u"\\Registry\\User\\.Default\\"};
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name, tail;
    ULONG bytes;
    NTSTATUS status;

    *opened = false;
    if (relative & RTL_REGISTRY_HANDLE) {
        *key = (HANDLE)path;
        return STATUS_SUCCESS;
    }
    if ((relative & BASE_MASK) >= RTL_REGISTRY_MAXIMUM)
        return STATUS_INVALID_PARAMETER;
    RtlInitUnicodeString(&tail, path);
    RtlInitUnicodeString(&name, bases[relative & BASE_MASK]);
    bytes = name.Length + tail.Length + (ULONG)sizeof(WCHAR);
    if (bytes > UNICODE_STRING_MAX_BYTES)
        return STATUS_NAME_TOO_LONG;
    tail = name;
    name = (UNICODE_STRING){0, (USHORT)bytes, ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, CM_TAG)};
    if (!name.Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlAppendUnicodeStringToString(&name, &tail);
    RtlAppendUnicodeToString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    status = create ? ZwCreateKey(key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, NULL) : ZwOpenKey(key, KEY_ALL_ACCESS, &attributes);
    ExFreePoolWithTag(name.Buffer, CM_TAG);
    *opened = NT_SUCCESS(status);
    return status;
}

static void close_base(HANDLE key, bool opened)
{
    if (opened)
        ZwClose(key);
}

NTSTATUS NTAPI RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    bool opened;
    HANDLE key;
    NTSTATUS status = open_base(RelativeTo, Path, false, &key, &opened);

    close_base(key, opened);
    return status;
}

NTSTATUS NTAPI RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path)
{
    bool opened;
    HANDLE key;
    NTSTATUS status = open_base(RelativeTo, Path, true, &key, &opened);

    close_base(key, opened);
    return status;
}

NTSTATUS NTAPI RtlWriteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName, ULONG ValueType, PVOID ValueData, ULONG ValueLength)
{
    UNICODE_STRING name;
    bool opened;
    HANDLE key;
    NTSTATUS status = open_base(RelativeTo, Path, true, &key, &opened);

    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&name, ValueName);
    status = ZwSetValueKey(key, &name, 0, ValueType, ValueData, ValueLength);
    close_base(key, opened);
    return status;
}

NTSTATUS NTAPI RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName)
{
    UNICODE_STRING name;
    bool opened;
    HANDLE key;
    NTSTATUS status = open_base(RelativeTo, Path, false, &key, &opened);

    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&name, ValueName);
    status = ZwDeleteValueKey(key, &name);
    close_base(key, opened);
    return status;
}

/* ---- EXE-536: the table ---- */
struct item {
    PWSTR name;
    ULONG type, bytes;
    PVOID data;
};

static bool is_string(ULONG type)
{
    return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

static NTSTATUS direct_string(PUNICODE_STRING to, const struct item *v)
{
    if (!to->Buffer) {
        if (v->bytes > UNICODE_STRING_MAX_BYTES)
            return STATUS_BUFFER_TOO_SMALL;
        to->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, v->bytes ? v->bytes : sizeof(WCHAR), 'vgeR');
        if (!to->Buffer)
            return STATUS_INSUFFICIENT_RESOURCES;
        to->MaximumLength = (USHORT)v->bytes;
    } else if (v->bytes > to->MaximumLength)
        return STATUS_BUFFER_TOO_SMALL;
    __builtin_memcpy(to->Buffer, v->data, v->bytes);
    to->Length = (USHORT)(v->bytes >= sizeof(WCHAR) ? v->bytes - sizeof(WCHAR) : v->bytes);
    return STATUS_SUCCESS;
}

/* EXE-538 */
static NTSTATUS direct(const RTL_QUERY_REGISTRY_TABLE *e, const struct item *v)
{
    PULONG to = e->EntryContext;
    LONG room;

    if (e->Flags & RTL_QUERY_REGISTRY_TYPECHECK) {
        ULONG wanted = e->DefaultType >> RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;

        if (wanted != v->type)
            return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (is_string(v->type))
        return direct_string(e->EntryContext, v);
    if (v->bytes <= sizeof(ULONG)) {
        __builtin_memcpy(to, v->data, v->bytes);
        return STATUS_SUCCESS;
    }
    room = (LONG)*to;
    if (room < 0) {
        if ((ULONG)-room < v->bytes)
            return STATUS_BUFFER_TOO_SMALL;
        __builtin_memcpy(to, v->data, v->bytes);
        return STATUS_SUCCESS;
    }
    if ((ULONG)room < 2 * sizeof(ULONG) + v->bytes)
        return STATUS_BUFFER_TOO_SMALL;
    to[0] = v->bytes;
    to[1] = v->type;
    __builtin_memcpy(to + 2, v->data, v->bytes);
    return STATUS_SUCCESS;
}

static NTSTATUS give_one(const RTL_QUERY_REGISTRY_TABLE *e, const struct item *v, PVOID context)
{
    NTSTATUS status = e->Flags & RTL_QUERY_REGISTRY_DIRECT
                          ? direct(e, v)
                          : guest_call(RTL_QUERY_REGISTRY_ROUTINE, e->QueryRoutine, v->name, v->type, v->data, v->bytes, context, e->EntryContext);

    return status == STATUS_BUFFER_TOO_SMALL && !(e->Flags & RTL_QUERY_REGISTRY_DIRECT) ? STATUS_SUCCESS : status;
}

/* EXE-537: the expanded text goes to a routine as REG_SZ; a direct store keeps the type, which it may have to check. */
static NTSTATUS give_expanded(const RTL_QUERY_REGISTRY_TABLE *e, const struct item *v, PVOID context, PVOID environment)
{
    ULONG chars = v->bytes / (ULONG)sizeof(WCHAR), need = cm_expand(v->data, chars, environment, NULL, 0);
    struct item expanded = {v->name, e->Flags & RTL_QUERY_REGISTRY_DIRECT ? REG_EXPAND_SZ : REG_SZ, need * (ULONG)sizeof(WCHAR), NULL};
    NTSTATUS status;

    expanded.data = ExAllocatePool2(POOL_FLAG_PAGED, expanded.bytes + sizeof(WCHAR), CM_TAG);
    if (!expanded.data)
        return STATUS_INSUFFICIENT_RESOURCES;
    cm_expand(v->data, chars, environment, expanded.data, need);
    status = give_one(e, &expanded, context);
    ExFreePoolWithTag(expanded.data, CM_TAG);
    return status;
}

/* EXE-537: REG_MULTI_SZ is given string by string. */
static NTSTATUS give(const RTL_QUERY_REGISTRY_TABLE *e, const struct item *v, PVOID context, PVOID environment)
{
    PWCH at = v->data, end = at + v->bytes / sizeof(WCHAR);
    NTSTATUS status = STATUS_SUCCESS;

    if (v->type == REG_EXPAND_SZ && v->bytes && !(e->Flags & RTL_QUERY_REGISTRY_NOEXPAND))
        return give_expanded(e, v, context, environment);
    if (v->type != REG_MULTI_SZ || e->Flags & (RTL_QUERY_REGISTRY_NOEXPAND | RTL_QUERY_REGISTRY_DIRECT))
        return give_one(e, v, context);
    while (NT_SUCCESS(status) && at < end && *at) {
        PWCH next = at;

        while (next < end && *next)
            next++;
        if (next < end)
            next++;
        status = give_one(e, &(struct item){v->name, REG_SZ, (ULONG)((PUCHAR)next - (PUCHAR)at), at}, context);
        at = next;
    }
    return status;
}

static NTSTATUS give_default(const RTL_QUERY_REGISTRY_TABLE *e, PVOID context, PVOID environment)
{
    ULONG type = e->DefaultType & ~RTL_QUERY_REGISTRY_TYPECHECK_MASK, bytes = e->DefaultLength;
    PWCH text = e->DefaultData;
    RTL_QUERY_REGISTRY_TABLE unchecked = *e;

    if (e->Flags & RTL_QUERY_REGISTRY_REQUIRED)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (type == REG_NONE)
        return STATUS_SUCCESS;
    if (!bytes && text && is_string(type)) {
        do
            while (text[bytes++])
                ;
        while (type == REG_MULTI_SZ && text[bytes]);
        bytes = (bytes + (type == REG_MULTI_SZ)) * (ULONG)sizeof(WCHAR);
    }
    unchecked.Flags &= ~(ULONG)RTL_QUERY_REGISTRY_TYPECHECK;
    return give(&unchecked, &(struct item){e->Name, type, bytes, e->DefaultData}, context, environment);
}

/* *full: a value with its data in pool; the name, terminated, behind it in *name. */
static NTSTATUS read_value(HANDLE key, PCWSTR name, ULONG index, struct item *v, PVOID *block)
{
    KEY_VALUE_FULL_INFORMATION probe, *full;
    ULONG need = 0, name_at;
    UNICODE_STRING text;
    NTSTATUS status;

    *block = NULL;
    RtlInitUnicodeString(&text, name);
    status = name ? ZwQueryValueKey(key, &text, KeyValueFullInformation, &probe, sizeof(probe), &need)
                  : ZwEnumerateValueKey(key, index, KeyValueFullInformation, &probe, sizeof(probe), &need);
    if (!NT_SUCCESS(status) && status != STATUS_BUFFER_OVERFLOW)
        return status;
    name_at = (ULONG)ALIGN_UP_BY(need, 8);
    full = ExAllocatePool2(POOL_FLAG_NON_PAGED, name_at + probe.NameLength + sizeof(WCHAR), CM_TAG);
    if (!full)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = name ? ZwQueryValueKey(key, &text, KeyValueFullInformation, full, need, &need)
                  : ZwEnumerateValueKey(key, index, KeyValueFullInformation, full, need, &need);
    if (!NT_SUCCESS(status) || full->NameLength > probe.NameLength) {
        ExFreePoolWithTag(full, CM_TAG);
        return NT_SUCCESS(status) ? STATUS_UNSUCCESSFUL : status;
    }
    v->name = (PWSTR)(void *)((PUCHAR)full + name_at);
    __builtin_memcpy(v->name, full->Name, full->NameLength);
    v->type = full->Type;
    v->bytes = full->DataLength;
    v->data = (PUCHAR)full + (full->DataLength ? full->DataOffset : 0);
    *block = full;
    return STATUS_SUCCESS;
}

static NTSTATUS query_named(HANDLE key, const RTL_QUERY_REGISTRY_TABLE *e, PVOID context, PVOID environment)
{
    struct item v;
    PVOID block;
    NTSTATUS status = read_value(key, e->Name, 0, &v, &block);

    if (status == STATUS_OBJECT_NAME_NOT_FOUND)
        return give_default(e, context, environment);
    if (!NT_SUCCESS(status))
        return status;
    status = give(e, &v, context, environment);
    if (NT_SUCCESS(status) && e->Flags & RTL_QUERY_REGISTRY_DELETE) {
        UNICODE_STRING name;

        RtlInitUnicodeString(&name, e->Name);
        ZwDeleteValueKey(key, &name);
    }
    ExFreePoolWithTag(block, CM_TAG);
    return status;
}

static NTSTATUS query_all(HANDLE key, const RTL_QUERY_REGISTRY_TABLE *e, PVOID context, PVOID environment)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG index = 0;

    for (; NT_SUCCESS(status); index++) {
        struct item v;
        PVOID block;

        status = read_value(key, NULL, index, &v, &block);
        if (status == STATUS_NO_MORE_ENTRIES)
            return index == 0 && e->Flags & RTL_QUERY_REGISTRY_REQUIRED ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS;
        if (!NT_SUCCESS(status))
            break;
        status = give(e, &v, context, environment);
        ExFreePoolWithTag(block, CM_TAG);
    }
    return status;
}

NTSTATUS NTAPI RtlQueryRegistryValues(ULONG RelativeTo, PCWSTR Path, PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context, PVOID Environment)
{
    HANDLE top, key, sub = NULL;
    bool opened;
    NTSTATUS status = open_base(RelativeTo, Path, false, &top, &opened);

    if (!NT_SUCCESS(status))
        return status == STATUS_OBJECT_NAME_NOT_FOUND && RelativeTo & RTL_REGISTRY_OPTIONAL ? STATUS_SUCCESS : status;
    key = top;
    for (PRTL_QUERY_REGISTRY_TABLE e = QueryTable;
         NT_SUCCESS(status) && (e->QueryRoutine || e->Flags & (RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_DIRECT)); e++) {
        if (e->Flags & RTL_QUERY_REGISTRY_DIRECT && (!e->Name || e->QueryRoutine || e->Flags & RTL_QUERY_REGISTRY_SUBKEY)) {
            status = STATUS_INVALID_PARAMETER;
            break;
        }
        if (e->Flags & (RTL_QUERY_REGISTRY_TOPKEY | RTL_QUERY_REGISTRY_SUBKEY)) {
            if (sub)
                ZwClose(sub);
            sub = NULL;
            key = top;
        }
        if (e->Flags & RTL_QUERY_REGISTRY_SUBKEY) {
            OBJECT_ATTRIBUTES attributes;
            UNICODE_STRING name;

            if (!e->Name) {
                status = STATUS_INVALID_PARAMETER;
                break;
            }
            RtlInitUnicodeString(&name, e->Name);
            InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, top, NULL);
            status = ZwOpenKey(&sub, KEY_ALL_ACCESS, &attributes);
            if (!NT_SUCCESS(status))
                break;
            key = sub;
            if (e->QueryRoutine)
                status = query_all(key, e, Context, Environment);
        } else if (e->Flags & RTL_QUERY_REGISTRY_NOVALUE)
            status = guest_call(RTL_QUERY_REGISTRY_ROUTINE, e->QueryRoutine, NULL, REG_NONE, NULL, 0, Context, e->EntryContext);
        else
            status = e->Name ? query_named(key, e, Context, Environment) : query_all(key, e, Context, Environment);
    }
    if (sub)
        ZwClose(sub);
    close_base(top, opened);
    return status;
}
