/* The registry's start content (EXE-530), and setting values from our own side. */
#include "cm_private.h"

#define MACHINE u"\\Registry\\Machine"
#define CONTROL MACHINE u"\\System\\CurrentControlSet\\Control"
#define NT      MACHINE u"\\Software\\Microsoft\\Windows NT\\CurrentVersion"

uint32_t cm_set(PCUNICODE_STRING key_path, PCUNICODE_STRING name, ULONG type, const void *data, SIZE_T bytes)
{
    struct cm_key *key;
    NTSTATUS status;

    if (bytes > MAXLONG)
        return (uint32_t)STATUS_INVALID_PARAMETER;
    sched_lock(&cm_lock);
    status = cm_make_path(key_path, &key);
    if (NT_SUCCESS(status) && name)
        status = cm_store(key, name, type, data, (ULONG)bytes);
    cm_unlock();
    return (uint32_t)status;
}

uint32_t cm_set_string(PCWSTR key_path, PCWSTR name, PCWSTR value)
{
    UNICODE_STRING path, n, v;

    RtlInitUnicodeString(&path, key_path);
    RtlInitUnicodeString(&n, name);
    RtlInitUnicodeString(&v, value);
    return cm_set(&path, &n, REG_SZ, value, v.Length + sizeof(WCHAR));
}

uint32_t cm_set_dword(PCWSTR key_path, PCWSTR name, ULONG value)
{
    UNICODE_STRING path, n;

    RtlInitUnicodeString(&path, key_path);
    RtlInitUnicodeString(&n, name);
    return cm_set(&path, &n, REG_DWORD, &value, sizeof(value));
}

PVOID cm_get(PCUNICODE_STRING key_path, PCUNICODE_STRING name, ULONG *type, ULONG *bytes)
{
    struct cm_value *value = NULL;
    struct cm_key *key;
    PVOID copy = NULL;

    sched_lock(&cm_lock);
    if (NT_SUCCESS(cm_walk_path(key_path, &key, NULL)))
        value = cm_value(key, name);
    if (value) {
        copy = ExAllocatePool2(POOL_FLAG_NON_PAGED, value->bytes ? value->bytes : 1, CM_TAG);
        if (copy && value->bytes)
            __builtin_memcpy(copy, value->data, value->bytes);
        *type = value->type;
        *bytes = value->bytes;
    }
    sched_unlock(&cm_lock);
    return copy;
}

static bool make(PCWSTR path)
{
    UNICODE_STRING p;

    RtlInitUnicodeString(&p, path);
    return NT_SUCCESS((NTSTATUS)cm_set(&p, NULL, 0, NULL, 0));
}

/* CurrentControlSet opens ControlSet001. */
static bool make_link(void)
{
    UNICODE_STRING path;
    struct cm_key *set, *link;
    bool ok;

    RtlInitUnicodeString(&path, MACHINE u"\\System\\ControlSet001");
    sched_lock(&cm_lock);
    ok = NT_SUCCESS(cm_make_path(&path, &set));
    RtlInitUnicodeString(&path, MACHINE u"\\System\\CurrentControlSet");
    ok = ok && NT_SUCCESS(cm_make_path(&path, &link));
    if (ok)
        link->link = set;
    cm_unlock();
    return ok;
}

static void number_text(ULONG value, WCHAR text[16])
{
    UNICODE_STRING s = {0, 16 * sizeof(WCHAR), text};

    RtlIntegerToUnicodeString(value, 10, &s);
    text[s.Length / 2 < 15 ? s.Length / 2 : 15] = 0;
}

static bool fill(void)
{
    static const PCWSTR keys[] = {
        MACHINE u"\\Hardware\\DeviceMap", MACHINE u"\\System\\CurrentControlSet\\Services", MACHINE u"\\System\\CurrentControlSet\\Enum\\ROOT",
        CONTROL u"\\Class", CONTROL u"\\Session Manager\\Debug Print Filter", CONTROL u"\\Session Manager\\Kernel", NT,
        MACHINE u"\\Software\\Microsoft\\Cryptography", u"\\Registry\\User\\.Default"};
    RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};
    WCHAR build[16];

    if (!make_link())
        return false;
    for (unsigned i = 0; i < RTL_NUMBER_OF(keys); i++)
        if (!make(keys[i]))
            return false;
    RtlGetVersion(&version);
    number_text(version.dwBuildNumber, build);
    return NT_SUCCESS((NTSTATUS)cm_set_string(NT, u"CurrentBuildNumber", build)) && NT_SUCCESS((NTSTATUS)cm_set_string(NT, u"CurrentBuild", build)) &&
           NT_SUCCESS((NTSTATUS)cm_set_dword(NT, u"CurrentMajorVersionNumber", version.dwMajorVersion)) &&
           NT_SUCCESS((NTSTATUS)cm_set_dword(NT, u"CurrentMinorVersionNumber", version.dwMinorVersion)) &&
           NT_SUCCESS((NTSTATUS)cm_set_string(NT, u"CurrentVersion", u"6.3")) && NT_SUCCESS((NTSTATUS)cm_set_string(NT, u"ProductName", u"Windows 10 Pro")) &&
           NT_SUCCESS((NTSTATUS)cm_set_string(NT, u"SystemRoot", u"C:\\Windows")) &&
           NT_SUCCESS((NTSTATUS)cm_set_string(MACHINE u"\\Software\\Microsoft\\Cryptography", u"MachineGuid", u"77736b69-7400-4000-8000-000000000001"));
}

static void destroy(void *body)
{
    struct cm_open *open = body;

    sched_lock(&cm_lock);
    cm_watch_free(open);
    cm_drop(open->key);
    sched_unlock(&cm_lock);
}

int cm_start(void)
{
    static WCHAR registry[] = u"\\Registry", name[] = u"REGISTRY", machine[] = u"\\Registry\\Machine", user[] = u"\\Registry\\User";
    static const UNICODE_STRING path = {sizeof(registry) - 2, sizeof(registry), registry}, root = {sizeof(name) - 2, sizeof(name), name};
    PVOID object;

    ob_key_type->destroy = destroy;
    ob_key_type->close = cm_close;
    cm_notify_start();
    cm_root = cm_add(NULL, &root, NULL, true);
    if (!cm_root || !NT_SUCCESS(cm_open_object(cm_root, &object)) || !NT_SUCCESS(ob_insert(object, &path)))
        return -WK_ENOMEM;
    return make(machine) && make(user) && fill() ? 0 : -WK_ENOMEM;
}

/* The pool takes it all with it. */
void cm_stop(void)
{
    cm_root = NULL;
}
