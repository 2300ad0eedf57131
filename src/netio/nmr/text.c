/* Modules in words, and what a callback must leave as it found it. Any thread. */
#include "netio/nmr/nmr_private.h"

#include "ddi/text.h"
#include "image/image.h"
#include "nt/ke/ke.h"

__thread struct nmr_frame *nmr_frames;

const char *nmr_text(const struct nmr_module *module, char text[NMR_TEXT])
{
    const NPIID *g = &module->print.npi;
    const struct img_image *image = img_find((ULONG_PTR)module->print.characteristics.ClientAttachProvider);

    ddi_format(text, NMR_TEXT, "%s %llx of %s, NPI {%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}",
               module->role == NMR_CLIENT ? "client" : "provider", (unsigned long long)module->handle, image ? image->name : "wskit",
               (unsigned)g->Data1, g->Data2, g->Data3, g->Data4[0], g->Data4[1], g->Data4[2], g->Data4[3], g->Data4[4], g->Data4[5], g->Data4[6],
               g->Data4[7]);
    return text;
}

void nmr_enter(struct nmr_frame *frame, const struct nmr_binding *binding)
{
    frame->binding = binding;
    frame->outer = nmr_frames;
    nmr_frames = frame;
}

void nmr_leave(struct nmr_frame *frame)
{
    nmr_frames = frame->outer;
}

LONG nmr_regions(void)
{
    return ke_thread()->critical + ke_thread()->guarded;
}

void nmr_check_level(const struct nmr_module *module, const char *callback, KIRQL irql, LONG regions)
{
    char text[NMR_TEXT];

    if (KeGetCurrentIrql() != irql) {
        guest_finding("NMR-041", "%s of %s was entered at IRQL %u and returned at IRQL %u", callback, nmr_text(module, text), irql,
                      KeGetCurrentIrql());
        if (KeGetCurrentIrql() > irql)
            KeLowerIrql(irql);
    }
    if (nmr_regions() != regions)
        guest_finding("NMR-041", "%s of %s returned with a lock held: %d more critical or guarded regions", callback, nmr_text(module, text),
                      (int)(regions - nmr_regions()));
}
