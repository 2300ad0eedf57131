/* The DDI table in plain words, for the command line and other clients of libwskit (include/wskit/ddi.h). */
#include "ddi/guest.h"
#include "ddi/sinks.h"
#include "wskit/ddi.h"

size_t wskit_ddi_count(void)
{
    return ddi_count;
}

bool wskit_ddi_at(size_t index, struct wskit_ddi *out)
{
    const struct ddi_info *i;

    if (index >= ddi_count)
        return false;
    i = &ddi_table[index];
    *out = (struct wskit_ddi){i->name, i->module, i->kind, i->irql, i->rows, i->page, i->gap, i->prototype};
    return true;
}

const char *wskit_bugcheck_name(uint32_t code)
{
    return guest_bugcheck_name(code);
}
