/* Who shares a file with whom (EXE-329). The SHARE_ACCESS and the lock over it are the caller's. */
#include "nt/io/io_private.h"

/* Attribute access alone is not counted. */
static bool counted(PFILE_OBJECT file)
{
    return file->ReadAccess || file->WriteAccess || file->DeleteAccess;
}

static void note(ACCESS_MASK access, ULONG share, PFILE_OBJECT file)
{
    file->ReadAccess = (access & (FILE_READ_DATA | FILE_EXECUTE)) != 0;
    file->WriteAccess = (access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
    file->DeleteAccess = (access & DELETE) != 0;
    file->SharedRead = counted(file) && (share & FILE_SHARE_READ) != 0;
    file->SharedWrite = counted(file) && (share & FILE_SHARE_WRITE) != 0;
    file->SharedDelete = counted(file) && (share & FILE_SHARE_DELETE) != 0;
}

static void add(PFILE_OBJECT file, PSHARE_ACCESS access, ULONG one)
{
    if (!counted(file))
        return;
    access->OpenCount += one;
    access->Readers += file->ReadAccess ? one : 0;
    access->Writers += file->WriteAccess ? one : 0;
    access->Deleters += file->DeleteAccess ? one : 0;
    access->SharedRead += file->SharedRead ? one : 0;
    access->SharedWrite += file->SharedWrite ? one : 0;
    access->SharedDelete += file->SharedDelete ? one : 0;
}

NTSTATUS NTAPI IoCheckShareAccess(ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess, PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess, BOOLEAN Update)
{
    note(DesiredAccess, DesiredShareAccess, FileObject);
    if (!counted(FileObject))
        return STATUS_SUCCESS;
    if ((FileObject->ReadAccess && ShareAccess->SharedRead < ShareAccess->OpenCount) ||
        (FileObject->WriteAccess && ShareAccess->SharedWrite < ShareAccess->OpenCount) ||
        (FileObject->DeleteAccess && ShareAccess->SharedDelete < ShareAccess->OpenCount) || (ShareAccess->Readers && !FileObject->SharedRead) ||
        (ShareAccess->Writers && !FileObject->SharedWrite) || (ShareAccess->Deleters && !FileObject->SharedDelete))
        return STATUS_SHARING_VIOLATION;
    if (Update)
        add(FileObject, ShareAccess, 1);
    return STATUS_SUCCESS;
}

VOID NTAPI IoSetShareAccess(ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess, PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess)
{
    note(DesiredAccess, DesiredShareAccess, FileObject);
    *ShareAccess = (SHARE_ACCESS){0};
    add(FileObject, ShareAccess, 1);
}

VOID NTAPI IoRemoveShareAccess(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess)
{
    add(FileObject, ShareAccess, (ULONG)-1);
}

VOID NTAPI IoUpdateShareAccess(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess)
{
    add(FileObject, ShareAccess, 1);
}
