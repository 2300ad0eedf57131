/* The namespace: directories, paths, symbolic links (EXE-405). Entries are in the order of their making. */
#include "base/err.h"
#include "ob_private.h"

#define LINKS_MOST 32

static struct {
    struct sched_lock lock;
    PVOID root;
} names;

static bool same(PCUNICODE_STRING a, PCUNICODE_STRING b, bool any_case)
{
    return RtlEqualUnicodeString(a, b, any_case);
}

/* Under the lock. */
static struct ob_header *entry_of(PVOID directory, PCUNICODE_STRING name, bool any_case)
{
    struct ob_directory *d = directory;

    for (PLIST_ENTRY e = d->entries.Flink; e != &d->entries; e = e->Flink) {
        struct ob_header *h = CONTAINING_RECORD(e, struct ob_header, entry);

        if (same(&h->name, name, any_case))
            return h;
    }
    return NULL;
}

/* The path from *at on: sets *part to the element, *at behind it. False: an element is empty. */
static bool next_part(PCUNICODE_STRING path, USHORT *at, UNICODE_STRING *part)
{
    USHORT from = (USHORT)(*at + sizeof(WCHAR)), to = from;

    while (to < path->Length && path->Buffer[to / 2] != '\\')
        to += sizeof(WCHAR);
    *part = (UNICODE_STRING){(USHORT)(to - from), (USHORT)(to - from), path->Buffer + from / 2};
    *at = to;
    return to > from;
}

static bool copy_string(UNICODE_STRING *to, PCUNICODE_STRING a, PCUNICODE_STRING b)
{
    ULONG bytes = a->Length + (b ? b->Length : 0u);

    *to = (UNICODE_STRING){0};
    if (bytes > UNICODE_STRING_MAX_BYTES - 2)
        return false;
    to->Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes + sizeof(WCHAR), OB_TAG);
    if (!to->Buffer)
        return false;
    __builtin_memcpy(to->Buffer, a->Buffer, a->Length);
    if (b)
        __builtin_memcpy((PUCHAR)to->Buffer + a->Length, b->Buffer, b->Length);
    to->Length = (USHORT)bytes;
    to->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    return true;
}

void ob_free_rest(UNICODE_STRING *rest)
{
    if (rest->Buffer)
        ExFreePoolWithTag(rest->Buffer, OB_TAG);
    *rest = (UNICODE_STRING){0};
}

/* One walk without links. *object: what was reached, referenced; *at: where in the path that ends. Where parent is wanted, the walk
 * ends before the last element, which is *part then. */
struct walk {
    PVOID object;
    USHORT at;
    UNICODE_STRING part;
    bool link; /* object is a link to follow */
};

static NTSTATUS walk(PVOID from, PCUNICODE_STRING path, ULONG attributes, bool parent, struct walk *w)
{
    bool any_case = attributes & OBJ_CASE_INSENSITIVE;
    struct ob_header *h;
    PVOID object = from;

    ObfReferenceObject(object);
    w->at = 0;
    w->link = false;
    while (w->at < path->Length) {
        POBJECT_TYPE type = ob_type_of(object);
        USHORT before = w->at;
        PVOID next = NULL;

        if (type->parses && object != from)
            break;
        if (type->parses) /* the root handle's object itself */
            break;
        if (type == ob_symbolic_link_type) {
            w->link = true;
            break;
        }
        if (type != ob_directory_type) {
            ObfDereferenceObject(object);
            return STATUS_OBJECT_TYPE_MISMATCH;
        }
        if (!next_part(path, &w->at, &w->part)) {
            if (w->at >= path->Length && before > 0 && !parent) { /* a '\' at the end */
                ObfDereferenceObject(object);
                return STATUS_OBJECT_NAME_INVALID;
            }
            if (w->at >= path->Length && before == 0 && !parent) /* "\" */
                break;
            ObfDereferenceObject(object);
            return STATUS_OBJECT_NAME_INVALID;
        }
        if (parent && w->at >= path->Length)
            break;
        sched_lock(&names.lock);
        h = entry_of(object, &w->part, any_case);
        if (h && ob_try_reference(h + 1))
            next = h + 1;
        sched_unlock(&names.lock);
        ObfDereferenceObject(object);
        if (!next)
            return w->at < path->Length ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
        object = next;
    }
    if (ob_type_of(object) == ob_symbolic_link_type && !(attributes & OBJ_OPENLINK && w->at >= path->Length))
        w->link = true;
    w->object = object;
    return STATUS_SUCCESS;
}

/* With links. *rest gets what is left, in memory of its own; for a parent: the last element. */
static NTSTATUS resolve(PVOID root, PCUNICODE_STRING path, ULONG attributes, bool parent, PVOID *object, UNICODE_STRING *rest)
{
    UNICODE_STRING now = {0}, left;
    PCUNICODE_STRING at = path;
    PVOID from = root ? root : names.root;
    NTSTATUS status;
    struct walk w;

    for (unsigned links = 0;; links++) {
        struct ob_link *link;
        UNICODE_STRING joined;

        status = walk(from, at, attributes, parent, &w);
        if (!NT_SUCCESS(status))
            break;
        left = (UNICODE_STRING){(USHORT)(at->Length - w.at), (USHORT)(at->Length - w.at), at->Buffer + w.at / 2};
        if (parent && !w.link && !ob_type_of(w.object)->parses)
            left = w.part;
        if (!w.link) {
            *object = w.object;
            if (left.Length && ob_type_of(w.object) == ob_directory_type && !parent)
                left.Length = 0; /* "\" */
            if (rest && left.Length && !copy_string(rest, &left, NULL)) {
                ObfDereferenceObject(w.object);
                status = STATUS_INSUFFICIENT_RESOURCES;
            }
            break;
        }
        link = w.object;
        status = copy_string(&joined, &link->target, &left) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
        ObfDereferenceObject(w.object);
        ob_free_rest(&now);
        if (!NT_SUCCESS(status))
            return status;
        now = joined;
        at = &now;
        from = names.root;
        if (links == LINKS_MOST || now.Length < 2 || now.Buffer[0] != '\\') {
            status = STATUS_OBJECT_PATH_NOT_FOUND;
            break;
        }
    }
    ob_free_rest(&now);
    return status;
}

/* The checks that come before a walk, and a '\' in front of a relative path, in *owned. */
static NTSTATUS start(PVOID root, PCUNICODE_STRING path, UNICODE_STRING *owned)
{
    static WCHAR backslash[] = u"\\";
    static const UNICODE_STRING slash = {2, 2, backslash};

    *owned = (UNICODE_STRING){0};
    if (path->Length & 1 || (path->Length && !path->Buffer))
        return STATUS_OBJECT_NAME_INVALID;
    if (!root)
        return path->Length && path->Buffer[0] == '\\' ? STATUS_SUCCESS : STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (!path->Length)
        return STATUS_SUCCESS;
    if (path->Buffer[0] == '\\')
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    return copy_string(owned, &slash, path) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS find(PVOID root, PCUNICODE_STRING path, ULONG attributes, bool parent, PVOID *object, UNICODE_STRING *rest)
{
    UNICODE_STRING owned;
    NTSTATUS status = start(root, path, &owned);

    *object = NULL;
    if (rest)
        *rest = (UNICODE_STRING){0};
    if (!NT_SUCCESS(status))
        return status;
    status = resolve(root, owned.Length ? &owned : path, attributes, parent, object, rest);
    ob_free_rest(&owned);
    if (!NT_SUCCESS(status))
        *object = NULL;
    return status;
}

NTSTATUS ob_lookup_from(PVOID root, PCUNICODE_STRING path, ULONG attributes, PVOID *object, UNICODE_STRING *rest)
{
    UNICODE_STRING left;
    NTSTATUS status = find(root, path, attributes, false, object, &left);

    if (rest) {
        *rest = left;
        return status;
    }
    if (NT_SUCCESS(status) && left.Length) {
        ObfDereferenceObject(*object);
        *object = NULL;
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    }
    ob_free_rest(&left);
    return status;
}

NTSTATUS ob_lookup(PCUNICODE_STRING path, ULONG attributes, PVOID *object, POBJECT_TYPE *type, UNICODE_STRING *rest)
{
    NTSTATUS status = ob_lookup_from(NULL, path, attributes, object, rest);

    if (type)
        *type = NT_SUCCESS(status) ? ob_type_of(*object) : NULL;
    return status;
}

static NTSTATUS root_of(POBJECT_ATTRIBUTES attributes, KPROCESSOR_MODE mode, PVOID *root)
{
    *root = NULL;
    if (attributes->Length != sizeof(*attributes)) /* EXE-406 */
        return STATUS_INVALID_PARAMETER;
    return attributes->RootDirectory ? ob_handle_reference(attributes->RootDirectory, 0, NULL, mode, root, NULL) : STATUS_SUCCESS;
}

NTSTATUS ob_lookup_attributes(POBJECT_ATTRIBUTES attributes, KPROCESSOR_MODE mode, PVOID *object, UNICODE_STRING *rest)
{
    static const UNICODE_STRING empty;
    PVOID root;
    NTSTATUS status = root_of(attributes, mode, &root);

    *object = NULL;
    if (NT_SUCCESS(status))
        status = ob_lookup_from(root, attributes->ObjectName ? attributes->ObjectName : &empty, attributes->Attributes, object, rest);
    if (root)
        ObfDereferenceObject(root);
    return status;
}

static NTSTATUS insert_from(PVOID root, PVOID object, PCUNICODE_STRING path)
{
    struct ob_header *h = ob_header(object);
    UNICODE_STRING name;
    PVOID directory;
    NTSTATUS status = find(root, path, OBJ_CASE_INSENSITIVE, true, &directory, &name);

    if (!NT_SUCCESS(status))
        return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_OBJECT_PATH_NOT_FOUND : status;
    if (ob_type_of(directory) != ob_directory_type)
        status = ob_type_of(directory)->parses ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_TYPE_MISMATCH;
    else if (!name.Length)
        status = STATUS_OBJECT_NAME_INVALID;
    if (NT_SUCCESS(status)) {
        struct ob_header *there;

        WK_ASSERT(!h->name.Buffer);
        sched_lock(&names.lock);
        there = entry_of(directory, &name, true);
        if (there)
            status = STATUS_OBJECT_NAME_COLLISION;
        else {
            struct ob_directory *d = directory;

            h->name = name;
            h->directory = directory; /* keeps the walk's reference */
            InsertTailList(&d->entries, &h->entry);
        }
        sched_unlock(&names.lock);
    }
    if (!NT_SUCCESS(status)) {
        ob_free_rest(&name);
        ObfDereferenceObject(directory);
    }
    return status;
}

NTSTATUS ob_insert(PVOID object, PCUNICODE_STRING path)
{
    return insert_from(NULL, object, path);
}

NTSTATUS ob_insert_attributes(PVOID object, POBJECT_ATTRIBUTES attributes, KPROCESSOR_MODE mode)
{
    PVOID root;
    NTSTATUS status;

    if (!attributes)
        return STATUS_SUCCESS;
    status = root_of(attributes, mode, &root);
    if (!NT_SUCCESS(status))
        return status;
    if (attributes->ObjectName && attributes->ObjectName->Length)
        status = insert_from(root, object, attributes->ObjectName);
    if (root)
        ObfDereferenceObject(root);
    if (NT_SUCCESS(status))
        ob_header(object)->temporary = !ob_type_of(object)->permanent && !(attributes->Attributes & OBJ_PERMANENT);
    return status;
}

void ob_remove(PVOID object)
{
    struct ob_header *h = ob_header(object);
    UNICODE_STRING name = {0};
    PVOID directory = NULL;

    if (!__atomic_load_n(&h->directory, __ATOMIC_ACQUIRE))
        return;
    sched_lock(&names.lock);
    if (h->directory) {
        directory = h->directory;
        name = h->name;
        RemoveEntryList(&h->entry);
        h->directory = NULL;
        h->name = (UNICODE_STRING){0};
    }
    sched_unlock(&names.lock);
    ob_free_rest(&name);
    if (directory)
        ObfDereferenceObject(directory);
}

void ob_for_each(PVOID directory, void (*visit)(PCUNICODE_STRING name, PVOID object, void *ctx), void *ctx)
{
    struct ob_directory *d = directory;

    sched_lock(&names.lock);
    for (PLIST_ENTRY e = d->entries.Flink; e != &d->entries; e = e->Flink) {
        struct ob_header *h = CONTAINING_RECORD(e, struct ob_header, entry);

        visit(&h->name, h + 1, ctx);
    }
    sched_unlock(&names.lock);
}

/* From the last element to the first, so that no length is needed before. */
ULONG ob_full_name(PVOID object, PWCH out, ULONG bytes)
{
    ULONG need = 0;

    sched_lock(&names.lock);
    for (struct ob_header *h = ob_header(object); h->directory; h = ob_header(h->directory))
        need += h->name.Length + (ULONG)sizeof(WCHAR);
    if (object == names.root)
        need = sizeof(WCHAR);
    if (need && need <= bytes) {
        PUCHAR end = (PUCHAR)out + need;

        out[0] = '\\';
        for (struct ob_header *h = ob_header(object); h->directory; h = ob_header(h->directory)) {
            end -= h->name.Length;
            __builtin_memcpy(end, h->name.Buffer, h->name.Length);
            end -= sizeof(WCHAR);
            *(PWCH)(void *)end = '\\';
        }
    }
    sched_unlock(&names.lock);
    return need;
}

/* ---- directories, start ---- */
static PVOID new_directory(void)
{
    struct ob_directory *d = ob_allocate(ob_directory_type, sizeof(*d));

    if (d)
        InitializeListHead(&d->entries);
    return d;
}

NTSTATUS ob_create_directory(PCWSTR path)
{
    UNICODE_STRING name;
    PVOID d = new_directory();
    NTSTATUS status;

    if (!d)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlInitUnicodeString(&name, path);
    status = ob_insert(d, &name);
    if (!NT_SUCCESS(status))
        ObfDereferenceObject(d);
    return status; /* what was inserted stays: its reference is the machine's */
}

NTSTATUS NTAPI ZwCreateDirectoryObject(PHANDLE DirectoryHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes)
{
    ULONG attributes = ObjectAttributes ? ObjectAttributes->Attributes : 0;
    PVOID d = new_directory();
    NTSTATUS status;

    *DirectoryHandle = NULL;
    if (!d)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = ob_insert_attributes(d, ObjectAttributes, KernelMode);
    if (status == STATUS_OBJECT_NAME_COLLISION && attributes & OBJ_OPENIF) {
        ObfDereferenceObject(d);
        status = ob_lookup_attributes(ObjectAttributes, KernelMode, &d, NULL);
        if (!NT_SUCCESS(status))
            return status;
        status = ob_type_of(d) == ob_directory_type ? STATUS_OBJECT_NAME_EXISTS : STATUS_OBJECT_TYPE_MISMATCH;
    } else if (NT_SUCCESS(status)) {
        ob_header(d)->temporary = !(attributes & OBJ_PERMANENT);
        if (attributes & OBJ_PERMANENT)
            ObfReferenceObject(d);
    }
    if (NT_SUCCESS(status)) {
        NTSTATUS opened = ob_handle_create(d, DesiredAccess, attributes, DirectoryHandle);

        if (!NT_SUCCESS(opened))
            status = opened;
    }
    ObfDereferenceObject(d);
    return status;
}

int ob_names_start(void)
{
    static const PCWSTR directories[] = {u"\\Device", u"\\Driver", u"\\FileSystem", u"\\ObjectTypes", u"\\GLOBAL??", u"\\BaseNamedObjects",
                                         u"\\Callback", u"\\KernelObjects"};
    static const struct {
        PCWSTR name, target;
    } links[] = {{u"\\??", u"\\GLOBAL??"}, {u"\\DosDevices", u"\\??"}, {u"\\GLOBAL??\\GLOBALROOT", u"\\"}, {u"\\GLOBAL??\\Global", u"\\GLOBAL??"}};

    names.root = new_directory();
    if (!names.root)
        return -WK_ENOMEM;
    for (unsigned i = 0; i < RTL_NUMBER_OF(directories); i++)
        if (!NT_SUCCESS(ob_create_directory(directories[i])))
            return -WK_ENOMEM;
    for (unsigned i = 0; i < RTL_NUMBER_OF(links); i++) {
        UNICODE_STRING name, target;

        RtlInitUnicodeString(&name, links[i].name);
        RtlInitUnicodeString(&target, links[i].target);
        if (!NT_SUCCESS(ob_create_link(&name, &target)))
            return -WK_ENOMEM;
    }
    return 0;
}
