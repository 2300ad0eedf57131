/* Value services (EXE-532 .. EXE-534). */
#include "cm_private.h"

static NTSTATUS query(const struct cm_value *value, KEY_VALUE_INFORMATION_CLASS which, struct cm_out *out, ULONG *result)
{
    ULONG fixed;

    switch (which) {
    case KeyValueBasicInformation: {
        KEY_VALUE_BASIC_INFORMATION info = {.Type = value->type, .NameLength = value->name.Length};

        fixed = FIELD_OFFSET(KEY_VALUE_BASIC_INFORMATION, Name);
        if (out->length < fixed)
            out->length = 0;
        cm_put(out, 0, &info, fixed);
        cm_put(out, fixed, value->name.Buffer, value->name.Length);
        break;
    }
    case KeyValueFullInformation:
    case KeyValueFullInformationAlign64: {
        KEY_VALUE_FULL_INFORMATION info = {.Type = value->type, .DataOffset = (ULONG)-1, .DataLength = value->bytes, .NameLength = value->name.Length};

        fixed = FIELD_OFFSET(KEY_VALUE_FULL_INFORMATION, Name);
        if (out->length < fixed)
            out->length = 0;
        if (value->bytes) {
            info.DataOffset = (ULONG)ALIGN_UP_BY(fixed + value->name.Length, which == KeyValueFullInformation ? 4 : 8);
            cm_put(out, info.DataOffset, value->data, value->bytes);
        }
        cm_put(out, 0, &info, fixed);
        cm_put(out, fixed, value->name.Buffer, value->name.Length);
        break;
    }
    case KeyValuePartialInformation: {
        KEY_VALUE_PARTIAL_INFORMATION info = {.Type = value->type, .DataLength = value->bytes};

        fixed = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data);
        if (out->length < fixed)
            out->length = 0;
        cm_put(out, 0, &info, fixed);
        cm_put(out, fixed, value->data, value->bytes);
        break;
    }
    case KeyValuePartialInformationAlign64: {
        KEY_VALUE_PARTIAL_INFORMATION_ALIGN64 info = {.Type = value->type, .DataLength = value->bytes};

        fixed = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION_ALIGN64, Data);
        if (out->length < fixed)
            out->length = 0;
        cm_put(out, 0, &info, fixed);
        cm_put(out, fixed, value->data, value->bytes);
        break;
    }
    default:
        return STATUS_INVALID_PARAMETER;
    }
    return cm_out_status(out, fixed, result);
}

NTSTATUS NTAPI ZwQueryValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                               PVOID KeyValueInformation, ULONG Length, PULONG ResultLength)
{
    struct cm_out out = {KeyValueInformation, KeyValueInformation ? Length : 0, 0};
    struct cm_value *value;
    struct cm_key *key;
    PVOID object;
    NTSTATUS status = cm_of_handle(KeyHandle, 0, &object, &key);

    if (!NT_SUCCESS(status))
        return status;
    sched_lock(&cm_lock);
    value = cm_value(key, ValueName);
    if (key->deleted)
        status = STATUS_KEY_DELETED;
    else if ((ULONG)KeyValueInformationClass > KeyValuePartialInformationAlign64)
        status = STATUS_INVALID_PARAMETER;
    else
        status = value ? query(value, KeyValueInformationClass, &out, ResultLength) : STATUS_OBJECT_NAME_NOT_FOUND;
    sched_unlock(&cm_lock);
    ObfDereferenceObject(object);
    return status;
}

NTSTATUS NTAPI ZwEnumerateValueKey(HANDLE KeyHandle, ULONG Index, KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass, PVOID KeyValueInformation,
                                   ULONG Length, PULONG ResultLength)
{
    struct cm_out out = {KeyValueInformation, KeyValueInformation ? Length : 0, 0};
    struct cm_key *key;
    PLIST_ENTRY e;
    PVOID object;
    NTSTATUS status = cm_of_handle(KeyHandle, 0, &object, &key);

    if (!NT_SUCCESS(status))
        return status;
    sched_lock(&cm_lock);
    for (e = key->values.Flink; e != &key->values && Index; e = e->Flink)
        Index--;
    if (key->deleted)
        status = STATUS_KEY_DELETED;
    else if (e == &key->values)
        status = STATUS_NO_MORE_ENTRIES;
    else
        status = query(CONTAINING_RECORD(e, struct cm_value, entry), KeyValueInformationClass, &out, ResultLength);
    sched_unlock(&cm_lock);
    ObfDereferenceObject(object);
    return status;
}

/* Any type number, and strings as they are: EXE-534. */
NTSTATUS NTAPI ZwSetValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, ULONG TitleIndex, ULONG Type, PVOID Data, ULONG DataSize)
{
    struct cm_key *key;
    PVOID object;
    NTSTATUS status = cm_of_handle(KeyHandle, KEY_SET_VALUE, &object, &key);

    (void)TitleIndex;
    if (!NT_SUCCESS(status))
        return status;
    sched_lock(&cm_lock);
    if (key->deleted)
        status = STATUS_KEY_DELETED;
    else if (ValueName->Length > CM_VALUE_CHARS * sizeof(WCHAR))
        status = STATUS_INVALID_PARAMETER;
    else
        status = cm_store(key, ValueName, Type, Data, DataSize);
    cm_unlock();
    ObfDereferenceObject(object);
    return status;
}

NTSTATUS NTAPI ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName)
{
    struct cm_value *value;
    struct cm_key *key;
    PVOID object;
    NTSTATUS status = cm_of_handle(KeyHandle, KEY_SET_VALUE, &object, &key);

    if (!NT_SUCCESS(status))
        return status;
    sched_lock(&cm_lock);
    value = cm_value(key, ValueName);
    if (key->deleted)
        status = STATUS_KEY_DELETED;
    else if (!value)
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    else
        cm_remove_value(key, value);
    cm_unlock();
    ObfDereferenceObject(object);
    return status;
}
