/* Key services: open, create, delete, query, enumerate (EXE-531, EXE-533, EXE-534). */
#include "cm_private.h"

void cm_put(struct cm_out *out, ULONG offset, const void *data, ULONG bytes)
{
    if (offset + bytes > out->need)
        out->need = offset + bytes;
    if (offset >= out->length || !bytes)
        return;
    __builtin_memcpy(out->at + offset, data, bytes < out->length - offset ? bytes : out->length - offset);
}

/* EXE-532: the fixed part fits or nothing is written, which the caller has seen to; what does not fit beyond it is cut. */
NTSTATUS cm_out_status(const struct cm_out *out, ULONG fixed, ULONG *result)
{
    *result = out->need;
    return out->length < fixed ? STATUS_BUFFER_TOO_SMALL : out->length < out->need ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS cm_of_handle(HANDLE handle, ACCESS_MASK access, PVOID *object, struct cm_key **key)
{
    OBJECT_HANDLE_INFORMATION information;
    NTSTATUS status = ob_handle_reference(handle, 0, ob_key_type, KernelMode, object, &information);

    if (!NT_SUCCESS(status))
        return status;
    *key = ((struct cm_open *)*object)->key;
    if (access & ~information.GrantedAccess)
        status = STATUS_ACCESS_DENIED;
    if (NT_SUCCESS(status) && __atomic_load_n(&(*key)->deleted, __ATOMIC_RELAXED))
        status = STATUS_KEY_DELETED;
    if (!NT_SUCCESS(status)) {
        ObfDereferenceObject(*object);
        *object = NULL;
    }
    return status;
}

NTSTATUS cm_open_object(struct cm_key *key, PVOID *object)
{
    struct cm_open *open = ob_allocate(ob_key_type, sizeof(*open));

    *object = open;
    if (!open)
        return STATUS_INSUFFICIENT_RESOURCES;
    key->references++;
    open->key = key;
    return STATUS_SUCCESS;
}

/* Finds where OBJECT_ATTRIBUTES begin: a key, and the path from there. Both to be given back. */
static NTSTATUS begin(POBJECT_ATTRIBUTES attributes, PVOID *object, struct cm_key **from, UNICODE_STRING *rest)
{
    NTSTATUS status;

    if (!attributes)
        return STATUS_INVALID_PARAMETER;
    status = ob_lookup_attributes(attributes, KernelMode, object, rest);
    if (!NT_SUCCESS(status))
        return status;
    if (ob_type_of(*object) != ob_key_type) {
        ObfDereferenceObject(*object);
        ob_free_rest(rest);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    *from = ((struct cm_open *)*object)->key;
    return STATUS_SUCCESS;
}

/* Under the lock; the key with this last name under `parent`. */
static NTSTATUS create(struct cm_key *parent, PCUNICODE_STRING left, PCUNICODE_STRING class_name, ULONG options, struct cm_key **key)
{
    UNICODE_STRING name = *left;

    while (name.Length && name.Buffer[0] == '\\') {
        name.Buffer++;
        name.Length -= sizeof(WCHAR);
    }
    while (name.Length && name.Buffer[name.Length / 2 - 1] == '\\')
        name.Length -= sizeof(WCHAR);
    for (USHORT i = 0; i < name.Length / 2; i++)
        if (name.Buffer[i] == '\\')
            return STATUS_OBJECT_NAME_NOT_FOUND; /* EXE-531: the last element alone is made */
    if (parent == cm_root)
        return STATUS_ACCESS_DENIED;
    if (parent->is_volatile && !(options & REG_OPTION_VOLATILE))
        return STATUS_CHILD_MUST_BE_VOLATILE;
    *key = cm_add(parent, &name, class_name, options & REG_OPTION_VOLATILE);
    return *key ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS open_key(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, bool may_create, PCUNICODE_STRING class_name, ULONG options,
                         PULONG disposition)
{
    PVOID start = NULL, object = NULL;
    struct cm_key *from, *key;
    UNICODE_STRING rest, left;
    ULONG what = REG_OPENED_EXISTING_KEY;
    NTSTATUS status;

    *handle = NULL;
    status = begin(attributes, &start, &from, &rest);
    if (!NT_SUCCESS(status))
        return status;
    sched_lock(&cm_lock);
    status = from->deleted ? STATUS_KEY_DELETED : cm_walk(from, &rest, &key, &left);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND && may_create) {
        status = create(key, &left, class_name, options, &key);
        what = REG_CREATED_NEW_KEY;
    }
    if (NT_SUCCESS(status))
        status = cm_open_object(key, &object);
    cm_unlock();
    ob_free_rest(&rest);
    ObfDereferenceObject(start);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_create(object, access, attributes->Attributes, handle);
    ObfDereferenceObject(object);
    if (NT_SUCCESS(status) && disposition)
        *disposition = what;
    return status;
}

NTSTATUS NTAPI ZwOpenKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes)
{
    return open_key(KeyHandle, DesiredAccess, ObjectAttributes, false, NULL, 0, NULL);
}

NTSTATUS NTAPI ZwOpenKeyEx(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes, ULONG OpenOptions)
{
    if (OpenOptions & ~(ULONG)(REG_OPTION_BACKUP_RESTORE | REG_OPTION_OPEN_LINK))
        return STATUS_INVALID_PARAMETER_4;
    return open_key(KeyHandle, DesiredAccess, ObjectAttributes, false, NULL, 0, NULL);
}

NTSTATUS NTAPI ZwCreateKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes, ULONG TitleIndex, PUNICODE_STRING Class,
                           ULONG CreateOptions, PULONG Disposition)
{
    (void)TitleIndex;
    return open_key(KeyHandle, DesiredAccess, ObjectAttributes, true, Class, CreateOptions, Disposition);
}

NTSTATUS NTAPI ZwDeleteKey(HANDLE KeyHandle)
{
    struct cm_key *key;
    PVOID object;
    NTSTATUS status = cm_of_handle(KeyHandle, 0, &object, &key);

    if (!NT_SUCCESS(status))
        return status;
    sched_lock(&cm_lock);
    if (key->deleted)
        status = STATUS_KEY_DELETED;
    else if (!IsListEmpty(&key->keys) || !key->parent || key->parent == cm_root || key->link)
        status = STATUS_CANNOT_DELETE;
    else
        cm_unlink(key);
    cm_unlock();
    ObfDereferenceObject(object);
    return status;
}

/* There is nothing to write to; what was set is there. */
NTSTATUS NTAPI ZwFlushKey(HANDLE KeyHandle)
{
    struct cm_key *key;
    PVOID object;
    NTSTATUS status = cm_of_handle(KeyHandle, 0, &object, &key);

    if (NT_SUCCESS(status))
        ObfDereferenceObject(object);
    return status;
}

/* ---- EXE-533 ---- */
struct counts {
    ULONG keys, name, class_name, values, value_name, value_data;
};

static struct counts count(struct cm_key *key)
{
    struct counts c = {0};

    for (PLIST_ENTRY e = key->keys.Flink; e != &key->keys; e = e->Flink) {
        struct cm_key *child = CONTAINING_RECORD(e, struct cm_key, entry);

        c.keys++;
        c.name = child->name.Length > c.name ? child->name.Length : c.name;
        c.class_name = child->class_name.Length > c.class_name ? child->class_name.Length : c.class_name;
    }
    for (PLIST_ENTRY e = key->values.Flink; e != &key->values; e = e->Flink) {
        struct cm_value *value = CONTAINING_RECORD(e, struct cm_value, entry);

        c.values++;
        c.value_name = value->name.Length > c.value_name ? value->name.Length : c.value_name;
        c.value_data = value->bytes > c.value_data ? value->bytes : c.value_data;
    }
    return c;
}

/* \REGISTRY\Machine\...: from the end. */
static void put_path(struct cm_out *out, ULONG offset, struct cm_key *key, ULONG *bytes)
{
    ULONG need = 0, end;
    static const WCHAR slash = '\\';

    for (struct cm_key *k = key; k; k = k->parent)
        need += k->name.Length + (ULONG)sizeof(WCHAR);
    end = offset + need;
    for (struct cm_key *k = key; k; k = k->parent) {
        end -= k->name.Length;
        cm_put(out, end, k->name.Buffer, k->name.Length);
        end -= sizeof(WCHAR);
        cm_put(out, end, &slash, sizeof(slash));
    }
    *bytes = need;
}

static NTSTATUS query(struct cm_key *key, KEY_INFORMATION_CLASS which, struct cm_out *out, ULONG *result)
{
    ULONG fixed, class_offset = (ULONG)-1, bytes;

    switch (which) {
    case KeyBasicInformation: {
        KEY_BASIC_INFORMATION info = {.LastWriteTime = key->written, .NameLength = key->name.Length};

        fixed = FIELD_OFFSET(KEY_BASIC_INFORMATION, Name);
        if (out->length < fixed)
            out->length = 0;
        cm_put(out, 0, &info, fixed);
        cm_put(out, fixed, key->name.Buffer, key->name.Length);
        break;
    }
    case KeyNodeInformation: {
        KEY_NODE_INFORMATION info = {.LastWriteTime = key->written, .ClassOffset = class_offset, .NameLength = key->name.Length};

        fixed = FIELD_OFFSET(KEY_NODE_INFORMATION, Name);
        if (out->length < fixed)
            out->length = 0;
        if (key->class_name.Length) {
            info.ClassOffset = (ULONG)ALIGN_UP_BY(fixed + key->name.Length, 4);
            info.ClassLength = key->class_name.Length;
            cm_put(out, info.ClassOffset, key->class_name.Buffer, key->class_name.Length);
        }
        cm_put(out, 0, &info, fixed);
        cm_put(out, fixed, key->name.Buffer, key->name.Length);
        break;
    }
    case KeyFullInformation: {
        struct counts c = count(key);
        KEY_FULL_INFORMATION info = {.LastWriteTime = key->written, .ClassOffset = class_offset, .SubKeys = c.keys, .MaxNameLen = c.name,
                                     .MaxClassLen = c.class_name, .Values = c.values, .MaxValueNameLen = c.value_name, .MaxValueDataLen = c.value_data};

        fixed = FIELD_OFFSET(KEY_FULL_INFORMATION, Class);
        if (out->length < fixed)
            out->length = 0;
        if (key->class_name.Length) {
            info.ClassOffset = fixed;
            info.ClassLength = key->class_name.Length;
            cm_put(out, fixed, key->class_name.Buffer, key->class_name.Length);
        }
        cm_put(out, 0, &info, fixed);
        break;
    }
    case KeyNameInformation:
        fixed = FIELD_OFFSET(KEY_NAME_INFORMATION, Name);
        if (out->length < fixed)
            out->length = 0;
        put_path(out, fixed, key, &bytes);
        cm_put(out, 0, &bytes, fixed);
        break;
    case KeyCachedInformation: {
        struct counts c = count(key);
        KEY_CACHED_INFORMATION info = {.LastWriteTime = key->written, .SubKeys = c.keys, .MaxNameLen = c.name, .Values = c.values,
                                       .MaxValueNameLen = c.value_name, .MaxValueDataLen = c.value_data, .NameLength = key->name.Length};

        fixed = sizeof(info);
        if (out->length < fixed)
            out->length = 0;
        cm_put(out, 0, &info, fixed);
        break;
    }
    case KeyHandleTagsInformation: {
        static const KEY_HANDLE_TAGS_INFORMATION info;

        fixed = sizeof(info);
        if (out->length < fixed)
            out->length = 0;
        cm_put(out, 0, &info, fixed);
        break;
    }
    default:
        return STATUS_INVALID_PARAMETER;
    }
    return cm_out_status(out, fixed, result);
}

NTSTATUS NTAPI ZwQueryKey(HANDLE KeyHandle, KEY_INFORMATION_CLASS KeyInformationClass, PVOID KeyInformation, ULONG Length, PULONG ResultLength)
{
    struct cm_out out = {KeyInformation, KeyInformation ? Length : 0, 0};
    struct cm_key *key;
    PVOID object;
    NTSTATUS status = cm_of_handle(KeyHandle, 0, &object, &key);

    if (!NT_SUCCESS(status))
        return status;
    sched_lock(&cm_lock);
    status = key->deleted ? STATUS_KEY_DELETED : query(key, KeyInformationClass, &out, ResultLength);
    sched_unlock(&cm_lock);
    ObfDereferenceObject(object);
    return status;
}

NTSTATUS NTAPI ZwEnumerateKey(HANDLE KeyHandle, ULONG Index, KEY_INFORMATION_CLASS KeyInformationClass, PVOID KeyInformation, ULONG Length,
                              PULONG ResultLength)
{
    struct cm_out out = {KeyInformation, KeyInformation ? Length : 0, 0};
    struct cm_key *key;
    PLIST_ENTRY e;
    PVOID object;
    NTSTATUS status = cm_of_handle(KeyHandle, 0, &object, &key);

    if (!NT_SUCCESS(status))
        return status;
    if ((ULONG)KeyInformationClass > KeyFullInformation) {
        ObfDereferenceObject(object);
        return STATUS_INVALID_PARAMETER;
    }
    sched_lock(&cm_lock);
    for (e = key->keys.Flink; e != &key->keys && Index; e = e->Flink)
        Index--;
    if (key->deleted)
        status = STATUS_KEY_DELETED;
    else if (e == &key->keys)
        status = STATUS_NO_MORE_ENTRIES;
    else
        status = query(CONTAINING_RECORD(e, struct cm_key, entry), KeyInformationClass, &out, ResultLength);
    sched_unlock(&cm_lock);
    ObfDereferenceObject(object);
    return status;
}
