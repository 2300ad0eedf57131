/* The simulated application's calls (nt.h): opens devices, sends them requests, closes them, as UserMode in the application's process. Its
 * buffers are copied into and out of pages of the user window, so that a driver sees addresses and protection of user memory. */
#include "nt/nt_private.h"

#include "memory/mem.h"
#include "nt/io/io.h"
#include "nt/ke/ke.h"
#include "nt/mm/mm.h"
#include "nt/ob/ob.h"
#include "nt/ps/ps.h"
#include "nt/se/se.h"

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

static NTSTATUS open(const char *name, ACCESS_MASK access, bool overlapped, struct nt_file *file)
{
    bool dos = name[0] == '\\' && name[1] == '\\' && name[2] == '.' && name[3] == '\\';
    struct io_open how = {.access = access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, .share = FILE_SHARE_READ | FILE_SHARE_WRITE,
                          .options = (overlapped ? 0 : FILE_SYNCHRONOUS_IO_NONALERT) | FILE_NON_DIRECTORY_FILE, .disposition = FILE_OPEN,
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
    bool overlapped;
    struct nt_file *file;
    NTSTATUS status;
};

static VOID NTAPI open_call(PVOID context)
{
    struct open_call *call = context;

    call->file = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*call->file), TAG_FILE);
    call->status = call->file ? open(call->name, call->access, call->overlapped, call->file) : STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(call->status) && call->file) {
        ExFreePoolWithTag(call->file, TAG_FILE);
        call->file = NULL;
    }
}

/* The application's mode ends where the kernel's stack begins: what runs below is on a stack that a driver may lock and share. */
uint32_t nt_open_as(const char *name, uint32_t access, bool overlapped, struct nt_file **out)
{
    struct open_call call = {.name = name, .access = access, .overlapped = overlapped, .status = STATUS_INSUFFICIENT_RESOURCES};

    *out = NULL;
    if (ps_enter_application() != 0)
        return (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
    ke_run_on_kernel_stack(open_call, &call);
    ps_leave_application();
    *out = call.file;
    return (uint32_t)call.status;
}

uint32_t nt_open(const char *name, uint32_t access, struct nt_file **out)
{
    return nt_open_as(name, access, false, out);
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

/* A request from its sending to nt_finish; in pool, since it may outlive the call that sent it. */
struct nt_request {
    struct io_transfer transfer;
    struct io_args args;
    struct user_buffer in, out;
    ACCESS_MASK needs;
    HANDLE handle;
    NTSTATUS status; /* of a request that was not sent: an error */
    bool sent;
};

static VOID NTAPI send(PVOID context)
{
    struct nt_request *r = context;
    PVOID object;

    r->status = ob_handle_reference(r->handle, r->needs, ob_file_type, UserMode, &object, NULL);
    if (!NT_SUCCESS(r->status))
        return;
    r->status = io_begin(object, &r->args, &r->transfer);
    r->sent = true;
    ObfDereferenceObject(object);
}

/* Access bits in a control code are those of the handle: FILE_READ_ACCESS is FILE_READ_DATA (EXE-307). */
static ACCESS_MASK needed(const struct nt_submit *what)
{
    return what->major == IRP_MJ_READ ? FILE_READ_DATA : what->major == IRP_MJ_WRITE ? FILE_WRITE_DATA : what->code >> 14 & 3;
}

/* What is in the output buffer before goes in too: METHOD_IN_DIRECT reads it. */
static void fill(struct nt_request *r, const struct nt_submit *what)
{
    r->args = (struct io_args){.major = what->major, .mode = UserMode, .code = what->code, .in_bytes = (ULONG)what->in_bytes,
                               .out_bytes = (ULONG)what->out_bytes, .offset = (LONGLONG)what->offset};
    r->needs = needed(what);
    r->status = STATUS_INSUFFICIENT_RESOURCES;
    r->args.in = what->in_at ? (PVOID)(ULONG_PTR)what->in_at : NULL;
    r->args.out = what->out_at ? (PVOID)(ULONG_PTR)what->out_at : NULL;
    if ((what->in_at || user_buffer(&r->in, what->in, what->in_bytes)) && (what->out_at || user_buffer(&r->out, what->out, what->out_bytes))) {
        r->args.in = what->in_at ? r->args.in : r->in.at;
        r->args.out = what->out_at ? r->args.out : r->out.at;
        ke_run_on_kernel_stack(send, r);
    }
}

uint32_t nt_submit(struct nt_file *file, const struct nt_submit *what, struct nt_request **out)
{
    struct nt_request *r;

    *out = NULL;
    if (ps_enter_application() != 0)
        return (uint32_t)STATUS_INSUFFICIENT_RESOURCES;
    r = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*r), TAG_FILE);
    if (r) {
        r->handle = file->handle;
        fill(r, what);
    }
    ps_leave_application();
    *out = r;
    return (uint32_t)(r ? r->status : STATUS_INSUFFICIENT_RESOURCES);
}

struct finish_call {
    struct nt_request *request;
    uint32_t timeout_ms;
    IO_STATUS_BLOCK iosb;
    bool done;
};

static VOID NTAPI finish(PVOID context)
{
    struct finish_call *call = context;
    struct nt_request *r = call->request;
    LARGE_INTEGER timeout = {.QuadPart = -10000LL * call->timeout_ms};

    call->iosb.Status = r->status;
    call->done = !r->sent;
    if (call->done || KeWaitForSingleObject(&r->transfer.wait.done, Executive, KernelMode, FALSE, call->timeout_ms == UINT32_MAX ? NULL : &timeout) ==
                          STATUS_TIMEOUT)
        return;
    io_end(&r->transfer, &call->iosb);
    call->done = true;
}

bool nt_finish(struct nt_request *request, uint32_t timeout_ms, struct nt_io_result *result, void *out)
{
    struct finish_call call = {.request = request, .timeout_ms = timeout_ms};

    if (ps_enter_application() != 0)
        return false;
    ke_run_on_kernel_stack(finish, &call);
    if (call.done) {
        *result = (struct nt_io_result){(uint32_t)call.iosb.Status, call.iosb.Information};
        if (request->out.at && out)
            __builtin_memcpy(out, request->out.at, request->args.out_bytes);
        user_buffer_free(&request->in);
        user_buffer_free(&request->out);
        ExFreePoolWithTag(request, TAG_FILE);
    }
    ps_leave_application();
    return call.done;
}

struct cancel_call {
    HANDLE handle;
    PIRP irp;
    unsigned count;
};

static VOID NTAPI cancel(PVOID context)
{
    struct cancel_call *call = context;
    PVOID object;

    if (!NT_SUCCESS(ob_handle_reference(call->handle, 0, ob_file_type, UserMode, &object, NULL)))
        return;
    call->count = io_cancel_irps(NULL, object, call->irp);
    ObfDereferenceObject(object);
}

unsigned nt_cancel(struct nt_file *file, struct nt_request *request)
{
    struct cancel_call call = {.handle = file->handle, .irp = request ? request->transfer.wait.irp : NULL};

    if ((request && (!request->sent || !call.irp)) || ps_enter_application() != 0)
        return 0;
    ke_run_on_kernel_stack(cancel, &call);
    ps_leave_application();
    return call.count;
}

static struct nt_io_result request(struct nt_file *file, const struct nt_submit *what)
{
    struct nt_io_result result = {.status = (uint32_t)STATUS_INSUFFICIENT_RESOURCES};
    struct nt_request *r;

    nt_submit(file, what, &r);
    if (r)
        nt_finish(r, UINT32_MAX, &result, what->out);
    return result;
}

struct nt_io_result nt_ioctl(struct nt_file *file, uint32_t code, const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
    return request(file, &(struct nt_submit){.major = IRP_MJ_DEVICE_CONTROL, .code = code, .in = in, .in_bytes = in_bytes, .out = out,
                                             .out_bytes = out_bytes});
}

struct nt_io_result nt_read(struct nt_file *file, void *out, size_t bytes, uint64_t offset)
{
    return request(file, &(struct nt_submit){.major = IRP_MJ_READ, .out = out, .out_bytes = bytes, .offset = offset});
}

struct nt_io_result nt_write(struct nt_file *file, const void *in, size_t bytes, uint64_t offset)
{
    return request(file, &(struct nt_submit){.major = IRP_MJ_WRITE, .in = in, .in_bytes = bytes, .offset = offset});
}

void nt_application_32bit(bool yes)
{
    PEPROCESS process = ps_application_process();

    if (process)
        process->is_32bit = yes;
}

bool nt_application_user(const char *user)
{
    PEPROCESS process = ps_application_process();
    enum se_user who = se_user_by_name(user);
    bool done;

    if (!process || who == SE_USERS || ps_enter_system() != 0)
        return false;
    done = ps_set_user(process, who);
    ps_leave_system();
    return done;
}
