/* Keys and values (EXE-531, EXE-534). Subkeys are in the order of their names, as Windows enumerates them; values in the order of their
 * making. */
#include "cm_private.h"

struct sched_lock cm_lock;
struct cm_key *cm_root;

bool cm_copy(UNICODE_STRING *to, PCUNICODE_STRING from)
{
    *to = (UNICODE_STRING){0};
    if (!from || !from->Length)
        return true;
    to->Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, from->Length, CM_TAG);
    if (!to->Buffer)
        return false;
    __builtin_memcpy(to->Buffer, from->Buffer, from->Length);
    to->Length = to->MaximumLength = from->Length;
    return true;
}

static void free_string(UNICODE_STRING *s)
{
    if (s->Buffer)
        ExFreePoolWithTag(s->Buffer, CM_TAG);
}

static void touch(struct cm_key *key)
{
    key->written.QuadPart = (LONGLONG)sched_wall_100ns();
}

struct cm_key *cm_child(struct cm_key *key, PCUNICODE_STRING name)
{
    for (PLIST_ENTRY e = key->keys.Flink; e != &key->keys; e = e->Flink) {
        struct cm_key *child = CONTAINING_RECORD(e, struct cm_key, entry);

        if (RtlEqualUnicodeString(&child->name, name, TRUE))
            return child;
    }
    return NULL;
}

struct cm_key *cm_add(struct cm_key *parent, PCUNICODE_STRING name, PCUNICODE_STRING class_name, bool is_volatile)
{
    struct cm_key *key = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*key), CM_TAG);
    PLIST_ENTRY before;

    if (!key)
        return NULL;
    if (!cm_copy(&key->name, name) || !cm_copy(&key->class_name, class_name)) {
        free_string(&key->name);
        ExFreePoolWithTag(key, CM_TAG);
        return NULL;
    }
    InitializeListHead(&key->keys);
    InitializeListHead(&key->values);
    key->references = 1;
    key->parent = parent;
    key->is_volatile = is_volatile;
    touch(key);
    if (!parent)
        return key;
    touch(parent);
    cm_changed(parent, REG_NOTIFY_CHANGE_NAME);
    for (before = parent->keys.Flink; before != &parent->keys; before = before->Flink)
        if (RtlCompareUnicodeString(&CONTAINING_RECORD(before, struct cm_key, entry)->name, name, TRUE) > 0)
            break;
    InsertTailList(before, &key->entry);
    return key;
}

void cm_remove_value(struct cm_key *key, struct cm_value *value)
{
    RemoveEntryList(&value->entry);
    free_string(&value->name);
    if (value->data)
        ExFreePoolWithTag(value->data, CM_TAG);
    ExFreePoolWithTag(value, CM_TAG);
    touch(key);
    cm_changed(key, REG_NOTIFY_CHANGE_LAST_SET);
}

void cm_drop(struct cm_key *key)
{
    if (--key->references)
        return;
    while (!IsListEmpty(&key->values))
        cm_remove_value(key, CONTAINING_RECORD(key->values.Flink, struct cm_value, entry));
    free_string(&key->name);
    free_string(&key->class_name);
    ExFreePoolWithTag(key, CM_TAG);
}

void cm_unlink(struct cm_key *key)
{
    WK_ASSERT(IsListEmpty(&key->keys) && key->parent);
    RemoveEntryList(&key->entry);
    touch(key->parent);
    cm_changed(key->parent, REG_NOTIFY_CHANGE_NAME);
    cm_gone(key);
    key->parent = NULL;
    key->deleted = true;
    cm_drop(key);
}

struct cm_value *cm_value(struct cm_key *key, PCUNICODE_STRING name)
{
    static const UNICODE_STRING empty;

    if (!name)
        name = &empty;
    for (PLIST_ENTRY e = key->values.Flink; e != &key->values; e = e->Flink) {
        struct cm_value *value = CONTAINING_RECORD(e, struct cm_value, entry);

        if (RtlEqualUnicodeString(&value->name, name, TRUE))
            return value;
    }
    return NULL;
}

NTSTATUS cm_store(struct cm_key *key, PCUNICODE_STRING name, ULONG type, const void *data, ULONG bytes)
{
    struct cm_value *value = cm_value(key, name);
    PVOID copy = NULL;
    bool same = value && value->type == type && value->bytes == bytes && !__builtin_memcmp(value->data, data, bytes);

    if (bytes) {
        copy = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, CM_TAG);
        if (!copy)
            return STATUS_INSUFFICIENT_RESOURCES;
        __builtin_memcpy(copy, data, bytes);
    }
    if (!value) {
        value = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*value), CM_TAG);
        if (!value || !cm_copy(&value->name, name)) {
            if (value)
                ExFreePoolWithTag(value, CM_TAG);
            if (copy)
                ExFreePoolWithTag(copy, CM_TAG);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        InsertTailList(&key->values, &value->entry);
    } else if (value->data)
        ExFreePoolWithTag(value->data, CM_TAG);
    value->type = type;
    value->bytes = bytes;
    value->data = copy;
    touch(key);
    if (!same) /* EXE-535 */
        cm_changed(key, REG_NOTIFY_CHANGE_LAST_SET);
    return STATUS_SUCCESS;
}

/* Cuts the first element off *left. False: nothing is left. */
static bool cut(UNICODE_STRING *left, UNICODE_STRING *part)
{
    USHORT n = 0;

    while (left->Length && left->Buffer[0] == '\\') {
        left->Buffer++;
        left->Length -= sizeof(WCHAR);
    }
    while (n < left->Length && left->Buffer[n / 2] != '\\')
        n += sizeof(WCHAR);
    *part = (UNICODE_STRING){n, n, left->Buffer};
    left->Buffer += n / 2;
    left->Length = (USHORT)(left->Length - n);
    left->MaximumLength = left->Length;
    return n != 0;
}

NTSTATUS cm_walk(struct cm_key *from, PCUNICODE_STRING rest, struct cm_key **key, UNICODE_STRING *left)
{
    UNICODE_STRING now = *rest, before = now, part;

    *key = from->link ? from->link : from;
    while (cut(&now, &part)) {
        struct cm_key *child;

        if (part.Length > CM_NAME_CHARS * sizeof(WCHAR))
            return STATUS_INVALID_PARAMETER;
        child = cm_child(*key, &part);
        if (!child) {
            if (left)
                *left = before;
            return STATUS_OBJECT_NAME_NOT_FOUND;
        }
        *key = child->link ? child->link : child;
        before = now;
    }
    if (left)
        *left = (UNICODE_STRING){0};
    return STATUS_SUCCESS;
}

NTSTATUS cm_walk_path(PCUNICODE_STRING path, struct cm_key **key, UNICODE_STRING *left)
{
    static WCHAR registry[] = u"\\Registry";
    static const UNICODE_STRING prefix = {sizeof(registry) - sizeof(WCHAR), sizeof(registry), registry};
    UNICODE_STRING rest;

    if (!RtlPrefixUnicodeString(&prefix, path, TRUE) || (path->Length > prefix.Length && path->Buffer[9] != '\\'))
        return STATUS_OBJECT_PATH_NOT_FOUND;
    rest = (UNICODE_STRING){(USHORT)(path->Length - prefix.Length), (USHORT)(path->Length - prefix.Length), path->Buffer + 9};
    return cm_walk(cm_root, &rest, key, left);
}

NTSTATUS cm_make_path(PCUNICODE_STRING path, struct cm_key **key)
{
    UNICODE_STRING left, part;
    NTSTATUS status = cm_walk_path(path, key, &left);

    if (status != STATUS_OBJECT_NAME_NOT_FOUND)
        return status;
    while (cut(&left, &part)) {
        *key = cm_add(*key, &part, NULL, (*key)->is_volatile && (*key)->parent);
        if (!*key)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}
