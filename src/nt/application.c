/* The simulated application's calls (nt.h): opens devices, sends them requests, closes them, as UserMode in the application's process. Its
 * buffers are copied into and out of pages of the user window, so that a driver sees addresses and protection of user memory. */
#include "nt/nt_private.h"

#include "memory/mem.h"
#include "nt/io/io.h"
#include "nt/ke/ke.h"
#include "nt/mm/mm.h"
#include "nt/ob/ob.h"
#include "nt/ps/ps.h"

#define TAG_FILE 0x656C6946 /* "File" */

struct nt_file {
    HANDLE handle; /* of the application */
};

NTSTATUS nt_name_set(struct nt_name *name, PCWSTR prefix, const char *text)
{
    ULONG used = 0, bytes = 0, length = 0;
    NTSTATUS status;

    for (; prefix[used]; used++)
        name->buffer[used] = prefix[used];
    while (text[length])
        length++;
    status = RtlUTF8ToUnicodeN(name->buffer + used, (NT_NAME_CHARS - 1 - used) * sizeof(WCHAR), &bytes, text, length);
    if (status == STATUS_BUFFER_TOO_SMALL)
        return STATUS_NAME_TOO_LONG;
    used += bytes / sizeof(WCHAR);
    name->buffer[used] = 0;
    name->text = (UNICODE_STRING){(USHORT)(used * sizeof(WCHAR)), (USHORT)sizeof(name->buffer), name->buffer};
    return STATUS_SUCCESS;
}

static NTSTATUS open(const char *name, ACCESS_MASK access, struct nt_file *file)
{
    bool dos = name[0] == '\\' && name[1] == '\\' && name[2] == '.' && name[3] == '\\';
    struct io_open how = {.access = access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, .share = FILE_SHARE_READ | FILE_SHARE_WRITE,
                          .options = FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, .disposition = FILE_OPEN,
                          .file_attributes = FILE_ATTRIBUTE_NORMAL, .mode = UserMode};
    struct nt_name path;
    PFILE_OBJECT object;
    NTSTATUS status = nt_name_set(&path, dos ? L"\\??\\" : L"", dos ? name + 4 : name);

    if (NT_SUCCESS(status))
        status = io_open_path(&path.text, &how, &object, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_create(object, how.access, 0, &file->handle);
    if (NT_SUCCESS(status))
        object->Flags |= FO_HANDLE_CREATED;
    ObfDereferenceObject(object);
    return status;
}

struct open_call {
    const char *name;
    ACCESS_MASK access;
    struct nt_file *file;
    NTSTATUS status;
};

static VOID NTAPI open_call(PVOID context)
{
    struct open_call *call = context;

    call->file = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*call->file), TAG_FILE);
    call->status = call->file ? open(call->name, call->access, call->file) : STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(call->status) && call->file) {
        ExFreePoolWithTag(call->file, TAG_FILE);
        call->file = NULL;
    }
}

/* The application's mode ends where the kernel's stack begins: what runs below is on a stack that a driver may lock and share. */
uint32_t nt_open(const char *name, uint32_t access, struct nt_file **out)
{
    struct open_call call = {.name = name, .access = access, .status = STATUS_INSUFFICIENT_RESOURCES};

    *out = NULL;
    if (ps_enter_application() != 0)
        return (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
    ke_run_on_kernel_stack(open_call, &call);
    ps_leave_application();
    *out = call.file;
    return (uint32_t)call.status;
}

static VOID NTAPI close_call(PVOID context)
{
    struct nt_file *file = context;

    ob_handle_close(file->handle, UserMode);
    ExFreePoolWithTag(file, TAG_FILE);
}

void nt_close(struct nt_file *file)
{
    if (ps_enter_application() != 0)
        return;
    ke_run_on_kernel_stack(close_call, file);
    ps_leave_application();
}

/* ---- requests ---- */
struct user_buffer {
    void *at; /* NULL when it has no bytes */
    size_t pages;
};

static bool user_buffer(struct user_buffer *user, const void *data, size_t bytes)
{
    user->pages = (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    user->at = NULL;
    if (!bytes)
        return true;
    user->at = mem_user_alloc(0, user->pages, MEM_RW);
    if (user->at && data)
        __builtin_memcpy(user->at, data, bytes);
    return user->at != NULL;
}

static void user_buffer_free(struct user_buffer *user)
{
    if (user->at)
        mem_user_free(user->at, user->pages);
}

struct request {
    struct nt_file *file;
    void *in, *out; /* the application's */
    IO_STATUS_BLOCK iosb;
    NTSTATUS status;
    UCHAR major;
    ULONG code;
    ULONG in_bytes, out_bytes;
    LONGLONG offset;
    ACCESS_MASK needs;
};

static VOID NTAPI send(PVOID context)
{
    struct request *r = context;
    PVOID object;

    r->status = ob_handle_reference(r->file->handle, r->needs, ob_file_type, UserMode, &object, NULL);
    if (!NT_SUCCESS(r->status))
        return;
    if (r->major == IRP_MJ_DEVICE_CONTROL)
        r->status = io_device_control(object, r->major, r->code, r->in, r->in_bytes, r->out, r->out_bytes, UserMode, &r->iosb);
    else
        r->status = io_read_write(object, r->major, r->in ? r->in : r->out, r->in ? r->in_bytes : r->out_bytes, r->offset, 0, UserMode, &r->iosb);
    ObfDereferenceObject(object);
}

static struct nt_io_result request(struct request *r, const void *in, void *out)
{
    struct nt_io_result result = {.status = (uint32_t)STATUS_INSUFFICIENT_RESOURCES};
    struct user_buffer user_in = {0}, user_out = {0};

    if (ps_enter_application() != 0)
        return result;
    /* What is in the output buffer before goes in too: METHOD_IN_DIRECT reads it. */
    if (user_buffer(&user_in, in, r->in_bytes) && user_buffer(&user_out, out, r->out_bytes)) {
        r->in = user_in.at;
        r->out = user_out.at;
        r->status = STATUS_INSUFFICIENT_RESOURCES;
        ke_run_on_kernel_stack(send, r);
        result.status = (uint32_t)r->status;
        result.information = r->iosb.Information;
        if (user_out.at)
            __builtin_memcpy(out, user_out.at, r->out_bytes);
    }
    user_buffer_free(&user_in);
    user_buffer_free(&user_out);
    ps_leave_application();
    return result;
}

/* Access bits in the code are those of the handle: FILE_READ_ACCESS is FILE_READ_DATA (EXE-307). */
struct nt_io_result nt_ioctl(struct nt_file *file, uint32_t code, const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
    struct request r = {.file = file, .major = IRP_MJ_DEVICE_CONTROL, .code = code, .in_bytes = (ULONG)in_bytes, .out_bytes = (ULONG)out_bytes,
                        .needs = code >> 14 & 3};

    return request(&r, in, out);
}

struct nt_io_result nt_read(struct nt_file *file, void *out, size_t bytes, uint64_t offset)
{
    struct request r = {.file = file, .major = IRP_MJ_READ, .out_bytes = (ULONG)bytes, .offset = (LONGLONG)offset, .needs = FILE_READ_DATA};

    return request(&r, NULL, out);
}

struct nt_io_result nt_write(struct nt_file *file, const void *in, size_t bytes, uint64_t offset)
{
    struct request r = {.file = file, .major = IRP_MJ_WRITE, .in_bytes = (ULONG)bytes, .offset = (LONGLONG)offset, .needs = FILE_WRITE_DATA};

    return request(&r, in, NULL);
}
