/* Requests of the simulated application that do not wait for each other (include/wskit/wskit.h): a record per request over nt.h. */
#include "machine/machine_private.h"
#include "nt/nt.h"
#include "wskit/wskit.h"

#include <stdlib.h>

struct wskit_request {
    struct nt_request *nt;
    void *out;
};

uint32_t wskit_submit(struct wskit_file *file, const struct wskit_io *io, struct wskit_request **out)
{
    struct wskit_request *r = calloc(1, sizeof(*r));
    struct nt_submit what = {.major = (uint8_t)io->operation, .code = io->code, .in = io->in, .out = io->out, .in_bytes = io->in_bytes,
                             .out_bytes = io->out_bytes, .offset = io->offset, .in_at = io->in_at, .out_at = io->out_at};
    uint32_t status = 0xC000009A;
    bool adopted;

    *out = NULL;
    if (!r)
        return status;
    adopted = machine_enter();
    status = nt_submit(machine_file(file), &what, &r->nt);
    machine_leave(adopted);
    r->out = io->out;
    if (!r->nt) {
        free(r);
        return status;
    }
    *out = r;
    return status;
}

int wskit_finish(struct wskit_request *request, uint32_t timeout_ms, uint32_t *status, size_t *returned)
{
    bool adopted = machine_enter();
    struct nt_io_result result;
    bool done = nt_finish(request->nt, timeout_ms, &result, request->out);

    machine_leave(adopted);
    if (!done)
        return 0;
    *status = result.status;
    if (returned)
        *returned = (size_t)result.information;
    free(request);
    return 1;
}

unsigned wskit_cancel(struct wskit_file *file, struct wskit_request *request)
{
    bool adopted = machine_enter();
    unsigned count = nt_cancel(machine_file(file), request ? request->nt : NULL);

    machine_leave(adopted);
    return count;
}

void wskit_application_32bit(struct wskit_machine *machine, bool yes)
{
    (void)machine;
    nt_application_32bit(yes);
}

bool wskit_application_user(struct wskit_machine *machine, const char *user)
{
    bool adopted = machine_enter(), done = nt_application_user(user);

    (void)machine;
    machine_leave(adopted);
    return done;
}
