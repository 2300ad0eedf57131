/* Start and stop of the I/O manager: its object types, its directories; and the system thread on which drivers are started and
 * stopped (EXE-028, EXE-032). */
#include "nt/io/io_private.h"

#include "base/err.h"
#include "nt/ke/ke.h"
#include "nt/ps/ps.h"

struct job {
    void (*fn)(void *context);
    void *context;
    KEVENT done;
};

static VOID NTAPI run_job(PVOID context)
{
    struct job *job = context;

    job->fn(job->context);
    KeSetEvent(&job->done, IO_NO_INCREMENT, FALSE);
}

NTSTATUS io_on_system_thread(void (*fn)(void *context), void *context)
{
    struct job job = {.fn = fn, .context = context};
    NTSTATUS status;

    KeInitializeEvent(&job.done, NotificationEvent, FALSE);
    status = ps_create_worker(run_job, &job);
    if (NT_SUCCESS(status))
        KeWaitForSingleObject(&job.done, Executive, KernelMode, FALSE, NULL);
    return status;
}

/* A wait on a file's handle is for the end of its last request. */
static PVOID file_event(void *body)
{
    return &((PFILE_OBJECT)body)->Event;
}

int io_start(unsigned cancel_limit_s)
{
    static const GENERIC_MAPPING mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};

    io_threaded_start(cancel_limit_s);
    io_folders_start();
    ob_driver_type->name = "Driver";
    ob_driver_type->destroy = io_driver_destroy;
    ob_driver_type->permanent = true;
    ob_device_type->name = "Device";
    ob_device_type->destroy = io_device_destroy;
    ob_device_type->parses = true;
    ob_device_type->permanent = true;
    ob_device_type->mapping = mapping;
    ob_device_type->valid = FILE_ALL_ACCESS;
    ob_file_type->name = "File";
    ob_file_type->close = io_file_close;
    ob_file_type->destroy = io_file_destroy;
    ob_file_type->mapping = mapping;
    ob_file_type->valid = FILE_ALL_ACCESS;
    ob_file_type->wait_object = file_event;
    return 0;
}
