/* Attachment: NMR-023 .. NMR-041. */
#include "nmr_kit.h"

static NTSTATUS NTAPI null_provider_attach(HANDLE b, PVOID context, PNPI_REGISTRATION_INSTANCE i, PVOID cc, const VOID *cd, PVOID *pc, const VOID **pd)
{
    struct kit_module *m = context;

    UNREFERENCED_PARAMETER(b);
    UNREFERENCED_PARAMETER(i);
    UNREFERENCED_PARAMETER(pc);
    UNREFERENCED_PARAMETER(pd);
    CHECK(cc == NULL && cd == NULL);
    m->attaches++;
    return STATUS_SUCCESS; /* NMR-039: nothing written */
}
static NTSTATUS NTAPI null_client_attach(HANDLE binding, PVOID context, PNPI_REGISTRATION_INSTANCE instance)
{
    struct kit_module *m = context;

    UNREFERENCED_PARAMETER(instance);
    m->other_context = m;
    m->other_dispatch = m;
    return NmrClientAttachProvider(binding, NULL, NULL, &m->other_context, &m->other_dispatch);
}
static NTSTATUS NTAPI null_detach(PVOID context)
{
    CHECK(context == NULL);
    kit_clock++;
    return STATUS_SUCCESS;
}

TEST_ROWS("NMR-026 NMR-039", null_tables_and_contexts_pass_through)
{
    struct kit_module *c = kit_module(), *p = kit_module();

    c->client.ClientAttachProvider = null_client_attach;
    c->client.ClientDetachProvider = null_detach;
    c->client.ClientCleanupBindingContext = NULL;
    p->provider.ProviderAttachClient = null_provider_attach;
    p->provider.ProviderDetachClient = null_detach;
    p->provider.ProviderCleanupBindingContext = NULL;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_EQ(p->attaches, 1);
    CHECK(c->other_context == NULL && c->other_dispatch == NULL);
    kit_client_down(c);
    CHECK_EQ(kit_clock, 2);
    kit_provider_down(p);
}

static struct kit_module *peer;
static void retry(struct kit_module *c)
{
    CHECK_STATUS(c->attached, STATUS_DEVICE_NOT_READY); /* NMR-025: as the provider said */
    CHECK(c->other_context == NULL && c->other_dispatch == NULL);
    peer->attach = STATUS_SUCCESS;
    c->attached = NmrClientAttachProvider(c->binding, c, &kit_provider_table, &c->other_context, &c->other_dispatch);
}

TEST_ROWS("NMR-025 NMR-028", a_second_attempt_in_one_callback)
{
    struct kit_module *c = kit_module();

    peer = kit_module();
    peer->attach = STATUS_DEVICE_NOT_READY;
    c->after_attach = retry;
    kit_provider_up(peer);
    kit_client_up(c);
    CHECK_STATUS(c->attached, STATUS_SUCCESS);
    CHECK_EQ(peer->attaches, 2);
    CHECK_EQ(peer->other_dispatch, &kit_provider_table);
    kit_client_down(c);
    CHECK_EQ(peer->detaches, 1);
    kit_provider_down(peer);
}

TEST_ROWS("NMR-011 NMR-023 NMR-029", a_failed_attachment_has_no_detach_and_no_cleanup)
{
    struct kit_module *c = kit_module(), *p = kit_module();

    p->attach = STATUS_NOINTERFACE;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_STATUS(c->attached, STATUS_NOINTERFACE);
    kit_client_down(c);
    kit_provider_down(p);
    CHECK_EQ(c->detaches + c->cleanups + p->detaches + p->cleanups, 0);
}

static void call_back(struct kit_module *p)
{
    struct kit_module *c = p->other_context;

    CHECK_EQ(c->other_context, p); /* already where the client will look for it */
    CHECK_EQ(c->other_dispatch, &kit_provider_table);
}

TEST(NMR_027, the_provider_may_call_before_the_attach_returns)
{
    struct kit_module *c = kit_module(), *p = kit_module();

    p->in_attach = call_back;
    kit_client_up(c);
    kit_provider_up(p);
    kit_client_down(c);
    kit_provider_down(p);
}

static struct kit_module *inner;
static const NPIID inner_npi = {0x5a1f0002, 0, 0, {0}};
static void register_inner(struct kit_module *m)
{
    UNREFERENCED_PARAMETER(m);
    kit_provider_up(inner);
    kit_provider_down(inner); /* of another registration: waiting is legal here */
}

TEST(NMR_031, callbacks_may_register_and_wait_for_other_modules)
{
    struct kit_module *c = kit_module(), *p = kit_module();

    inner = kit_module();
    inner->provider.ProviderRegistrationInstance.NpiId = &inner_npi;
    c->in_attach = register_inner;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_STATUS(c->attached, STATUS_SUCCESS);
    kit_client_down(c);
    kit_provider_down(p);
}

static void deregister_self(struct kit_module *c)
{
    CHECK_STATUS(NmrDeregisterClient(c->handle), STATUS_PENDING);
    CHECK_EQ(c->detaches, 0);
}

TEST_ROWS("NMR-032 NMR-054", deregistered_inside_its_attach_before_it_attaches)
{
    struct kit_module *c = kit_module(), *p = kit_module(), *p2 = kit_module();

    kit_provider_up(p);
    kit_provider_up(p2);
    c->in_attach = deregister_self;
    kit_client_up(c);
    CHECK_STATUS(c->attached, STATUS_NOINTERFACE);
    CHECK_EQ(c->attaches, 1); /* p2 is not offered */
    CHECK_EQ(p->attaches + c->detaches + p->detaches, 0);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(c->handle), STATUS_SUCCESS);
    kit_provider_down(p);
    kit_provider_down(p2);
}

TEST(NMR_032, deregistered_inside_its_attach_after_it_attached)
{
    struct kit_module *c = kit_module(), *p = kit_module();

    kit_provider_up(p);
    c->after_attach = deregister_self;
    kit_client_up(c);
    CHECK_STATUS(c->attached, STATUS_SUCCESS);
    CHECK_EQ(c->detaches, 1);
    CHECK_EQ(p->cleanups, 1);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(c->handle), STATUS_SUCCESS);
    kit_provider_down(p);
}

static KEVENT in_attach, go_on;
static void stand(struct kit_module *c)
{
    UNREFERENCED_PARAMETER(c);
    KeSetEvent(&in_attach, 0, FALSE);
    CHECK_STATUS(wkt_wait(&go_on, WKT_TIMEOUT_MS), STATUS_SUCCESS);
}
static void client_up_thread(void *context)
{
    kit_client_up(context);
}

TEST(NMR_032, provider_deregisters_while_the_attach_runs_elsewhere)
{
    struct kit_module *c = kit_module(), *p = kit_module();
    struct kit_wait w = {p, TRUE, 0};
    struct wkt_thread *t, *waiter;

    KeInitializeEvent(&in_attach, NotificationEvent, FALSE);
    KeInitializeEvent(&go_on, NotificationEvent, FALSE);
    kit_provider_up(p);
    c->after_attach = stand;
    t = wkt_thread(client_up_thread, c);
    CHECK_STATUS(wkt_wait(&in_attach, WKT_TIMEOUT_MS), STATUS_SUCCESS);
    CHECK_STATUS(NmrDeregisterProvider(p->handle), STATUS_PENDING);
    waiter = wkt_thread(kit_wait_thread, &w);
    CHECK_EQ(p->detaches, 0);
    CHECK_EQ(w.done, 0);
    KeSetEvent(&go_on, 0, FALSE);
    CHECK(wkt_join(t));
    CHECK(wkt_join(waiter));
    CHECK_EQ(w.done, 1);
    CHECK_EQ(c->detaches, 1);
    CHECK_EQ(p->detaches, 1);
    kit_client_down(c);
}

TEST_FINDING(NMR_034, attach_after_the_callback, "NMR-034")
{
    struct kit_module *c = kit_module(), *p = kit_module();

    c->decline = STATUS_NOINTERFACE;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_STATUS(NmrClientAttachProvider(c->binding, c, NULL, &c->other_context, &c->other_dispatch), STATUS_INVALID_PARAMETER);
    CHECK_EQ(p->attaches, 0);
    kit_client_down(c);
    kit_provider_down(p);
}

static void attach_elsewhere(void *context)
{
    struct kit_module *c = context;

    CHECK_STATUS(NmrClientAttachProvider(c->binding, c, NULL, &c->other_context, &c->other_dispatch), STATUS_INVALID_PARAMETER);
}
static void from_another_thread(struct kit_module *c)
{
    CHECK(wkt_join(wkt_thread(attach_elsewhere, c)));
}

TEST_FINDING(NMR_034, attach_in_another_thread, "NMR-034")
{
    struct kit_module *c = kit_module(), *p = kit_module();

    c->in_attach = from_another_thread;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_EQ(p->attaches, 1);
    kit_client_down(c);
    kit_provider_down(p);
}

static void attach_again(struct kit_module *c)
{
    PVOID context;
    const void *dispatch;

    CHECK_STATUS(NmrClientAttachProvider(c->binding, NULL, NULL, &context, &dispatch), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(NMR_035, attach_again_after_success, "NMR-035")
{
    struct kit_module *c = kit_module(), *p = kit_module();

    c->after_attach = attach_again;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_EQ(p->attaches, 1);
    kit_client_down(c);
    CHECK_EQ(c->cleanups, 1);
    kit_provider_down(p);
}

static NTSTATUS NTAPI only_says_so(HANDLE binding, PVOID context, PNPI_REGISTRATION_INSTANCE instance)
{
    PVOID out;

    UNREFERENCED_PARAMETER(instance);
    CHECK_STATUS(NmrClientAttachProvider(binding, context, NULL, NULL, NULL), STATUS_INVALID_PARAMETER); /* NMR-040 */
    CHECK_STATUS(NmrClientAttachProvider(binding, context, NULL, &out, NULL), STATUS_INVALID_PARAMETER);
    return STATUS_SUCCESS;
}

TEST_FINDING(NMR_036, success_without_a_binding, "NMR-036")
{
    struct kit_module *c = kit_module(), *p = kit_module();

    c->client.ClientAttachProvider = only_says_so;
    kit_provider_up(p);
    kit_client_up(c);
    kit_client_down(c);
    kit_provider_down(p);
    CHECK_EQ(p->attaches + p->detaches + c->detaches + c->cleanups, 0);
}

static NTSTATUS NTAPI null_outputs(HANDLE binding, PVOID context, PNPI_REGISTRATION_INSTANCE instance)
{
    only_says_so(binding, context, instance);
    return STATUS_NOINTERFACE;
}

TEST(NMR_040, null_output_pointers)
{
    struct kit_module *c = kit_module(), *p = kit_module();

    c->client.ClientAttachProvider = null_outputs;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_EQ(p->attaches, 0);
    kit_client_down(c);
    kit_provider_down(p);
}

TEST_FINDING(NMR_037, failure_with_a_binding, "NMR-037")
{
    struct kit_module *c = kit_module(), *p = kit_module();

    c->attach = STATUS_UNSUCCESSFUL;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_EQ(c->detaches, 1);
    CHECK_EQ(p->detaches, 1);
    CHECK_EQ(c->cleanups + p->cleanups, 2);
    kit_client_down(c);
    kit_provider_down(p);
}

TEST_FINDING(NMR_038, provider_attach_pends, "NMR-038")
{
    struct kit_module *c = kit_module(), *p = kit_module();

    p->attach = STATUS_PENDING;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_STATUS(c->attached, STATUS_NOINTERFACE);
    kit_client_down(c);
    kit_provider_down(p);
    CHECK_EQ(p->detaches, 0);
}

static void stay_high(struct kit_module *c)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(c);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
}

TEST_FINDING(NMR_041, attach_returns_at_raised_irql, "NMR-041")
{
    struct kit_module *c = kit_module(), *p = kit_module();

    c->after_attach = stay_high;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    kit_client_down(c);
    kit_provider_down(p);
}
