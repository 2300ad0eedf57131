/* The Network Module Registrar, inside. A module is one registration, a binding is one client with one provider.
 *
 * Who calls: drivers, in any thread, and our own providers (WSK). Callbacks run in the thread whose call made them due: attach in that of the
 * later registration, detach in that of the deregistration, cleanup in that of the last detach's end (NMR-045, NMR-049).
 *
 * Lock: nmr_lock guards all lists, states and counts; it is never held across a callback, a wait or an allocation. A module's `holds` are
 * the reasons why its deregistration is not complete: its registration, each binding, each call of ours that works for it (NMR-051). The
 * last one sets `complete`, after which only the wait, which frees it, may touch it. A binding belongs to the thread that attaches it, then to
 * whoever moved it to NMR_DETACHING, then to whoever moved it to NMR_CLEANING; that one frees it.
 *
 * Handles are numbers that are never used again, so that one that has died is told from every other (NMR-034, NMR-057, NMR-058). */
#ifndef WK_NMR_PRIVATE_H
#define WK_NMR_PRIVATE_H

#include <stdbool.h>
#include "ntddk.h"
#include "netioddk.h"
#include "base/assert.h"
#include "ddi/guest.h"
#include "netio/nmr/nmr.h"
#include "sched/sched.h"

enum nmr_role { NMR_CLIENT, NMR_PROVIDER };
#define NMR_OTHER(role) ((enum nmr_role)!(role))

/* What was registered, as it was then: NMR-020. */
struct nmr_print {
    NPI_CLIENT_CHARACTERISTICS characteristics; /* a provider's has the same shape */
    NPIID npi;
    NPI_MODULEID id;
};

struct nmr_module {
    LIST_ENTRY link; /* all modules, in the order of their registration */
    ULONG64 handle;
    enum nmr_role role;
    const void *registered; /* the driver's structure; handed out are pointers into it (NMR-012) */
    struct nmr_print print;
    PVOID context;
    LIST_ENTRY bindings;
    LONG holds;
    bool ours; /* of this program, not of a driver */
    bool deregistering, waiting, changed_told;
    KEVENT complete;
};

enum nmr_state { NMR_ATTACHING, NMR_ATTACHED, NMR_DETACHING, NMR_CLEANING };

struct nmr_side {
    struct nmr_module *module;
    LIST_ENTRY link; /* in the module's bindings */
    PVOID context;
    bool called;    /* its detach callback has returned */
    bool completed; /* its complete function has been called (NMR-048: may be before) */
    bool detached;
};

struct nmr_binding {
    ULONG64 handle;
    enum nmr_state state;
    bool connecting, connected; /* ProviderAttachClient runs; has returned STATUS_SUCCESS */
    PKTHREAD attacher;          /* the thread inside ClientAttachProvider */
    struct nmr_side side[2];    /* by nmr_role */
};

/* The callbacks under way on a thread, for who would wait for itself (NMR-064). */
struct nmr_frame {
    const struct nmr_binding *binding;
    struct nmr_frame *outer;
};
extern __thread struct nmr_frame *nmr_frames;

extern struct sched_lock nmr_lock;
extern LIST_ENTRY nmr_modules;
#define NMR_HANDLE(n) ((HANDLE)(ULONG_PTR)(n))
ULONG64 nmr_new_handle(void);
struct nmr_binding *nmr_binding_of(HANDLE handle);               /* lock held; NULL: there is none */
void nmr_hold(struct nmr_module *module);                        /* lock held */
void nmr_unhold(struct nmr_module *module);                      /* no lock; the module may be gone afterwards */
void nmr_check_unchanged(struct nmr_module *module);             /* NMR-020; no lock; the caller holds the module */
struct nmr_binding *nmr_new_binding(void); /* NULL: no memory */
void nmr_free_spares(PLIST_ENTRY spares);  /* bindings that have met nobody, linked by the client's side */
/* The pair meets: the client is asked. Takes b. PASSIVE_LEVEL; the caller holds both modules. */
void nmr_attach(struct nmr_binding *b, struct nmr_module *client, struct nmr_module *provider);
void nmr_unbind(struct nmr_binding *binding); /* takes it off both modules and frees it; no lock */
/* The binding is in NMR_DETACHING and the caller's. Up to DISPATCH_LEVEL. */
void nmr_detach(struct nmr_binding *binding);

/* "client {npi} of echosrv.sys" for findings. */
#define NMR_TEXT 128
const char *nmr_text(const struct nmr_module *module, char text[NMR_TEXT]);

/* A callback of a binding's module. What it left of IRQL or regions is a finding, before the border's own check stops on it (NMR-041). */
void nmr_enter(struct nmr_frame *frame, const struct nmr_binding *binding);
void nmr_leave(struct nmr_frame *frame);
void nmr_check_level(const struct nmr_module *module, const char *callback, KIRQL irql, LONG regions);
LONG nmr_regions(void);
#define NMR_CALL(binding, module, name, fn, ...)                                                                       \
    ({                                                                                                                 \
        __auto_type nmr_fn_ = (fn);                                                                                    \
        struct guest_frame nmr_border_;                                                                                \
        struct nmr_frame nmr_frame_;                                                                                   \
        KIRQL nmr_irql_ = KeGetCurrentIrql();                                                                          \
        LONG nmr_regions_ = nmr_regions();                                                                             \
        nmr_enter(&nmr_frame_, binding);                                                                               \
        if (ddi_hooks)                                                                                                 \
            guest_enter(&nmr_border_, #name, (const void *)nmr_fn_);                                                   \
        NTSTATUS nmr_result_ = nmr_fn_(__VA_ARGS__);                                                                   \
        nmr_check_level(module, #name, nmr_irql_, nmr_regions_);                                                       \
        if (ddi_hooks)                                                                                                 \
            guest_leave(&nmr_border_);                                                                                 \
        nmr_leave(&nmr_frame_);                                                                                        \
        nmr_result_;                                                                                                   \
    })

#endif
