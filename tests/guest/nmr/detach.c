/* Deregistration and detachment: NMR-042 .. NMR-066. */
#include "nmr_kit.h"

static struct kit_module *pair_client, *pair_provider;
static void pair(void)
{
    pair_client = kit_module();
    pair_provider = kit_module();
    kit_provider_up(pair_provider);
    kit_client_up(pair_client);
    CHECK_EQ(pair_provider->attaches, 1);
}

TEST_ROWS("NMR-042 NMR-051 NMR-052 NMR-066", deregister_is_pending_even_with_nothing_attached)
{
    struct kit_module *c = kit_module();

    kit_client_up(c);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(c->handle), STATUS_INVALID_PARAMETER); /* before Deregister */
    kit_client_down(c);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(c->handle), STATUS_INVALID_PARAMETER); /* NMR-066 */
    CHECK_STATUS(NmrWaitForProviderDeregisterComplete(NULL), STATUS_INVALID_PARAMETER);
}

static ULONG client_detached_at, provider_detached_at;
static void note_client(struct kit_module *m)
{
    client_detached_at = m->order;
}
static void note_provider(struct kit_module *m)
{
    provider_detached_at = m->order;
}

TEST_ROWS("NMR-043 NMR-044 NMR-045 NMR-046 NMR-049 NMR-055", both_sides_are_detached_then_cleaned_up_once)
{
    pair();
    pair_client->in_detach = note_client;
    pair_provider->in_detach = note_provider;
    CHECK_STATUS(NmrDeregisterProvider(pair_provider->handle), STATUS_PENDING);
    CHECK_EQ(client_detached_at, 1);
    CHECK_EQ(provider_detached_at, 2);
    CHECK_EQ(pair_client->order, 3);
    CHECK_EQ(pair_provider->order, 4);
    CHECK_EQ(pair_client->detach_irql, PASSIVE_LEVEL);
    CHECK_STATUS(NmrWaitForProviderDeregisterComplete(pair_provider->handle), STATUS_SUCCESS);
    kit_client_down(pair_client);
    CHECK_EQ(pair_client->detaches, 1);
    CHECK_EQ(pair_client->cleanups, 1);
    kit_provider_up(pair_provider); /* of a later test's use: registered anew */
    kit_provider_down(pair_provider);
}

TEST_ROWS("NMR-042 NMR-045", deregister_at_dispatch_detaches_there)
{
    KIRQL irql;

    pair();
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_STATUS(NmrDeregisterClient(pair_client->handle), STATUS_PENDING);
    KeLowerIrql(irql);
    CHECK_EQ(pair_provider->detach_irql, DISPATCH_LEVEL);
    CHECK_EQ(pair_provider->cleanups, 1);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(pair_client->handle), STATUS_SUCCESS);
    kit_provider_down(pair_provider);
}

TEST_ROWS("NMR-044 NMR-047 NMR-049 NMR-050 NMR-051 NMR-053", both_sides_pend_and_complete_later)
{
    struct kit_wait w;
    struct wkt_thread *t;

    pair();
    pair_client->detach = pair_provider->detach = STATUS_PENDING;
    CHECK_STATUS(NmrDeregisterClient(pair_client->handle), STATUS_PENDING);
    CHECK_EQ(pair_client->detaches, 1);
    CHECK_EQ(pair_provider->detaches, 1);
    w.module = pair_client;
    w.provider = FALSE;
    w.done = 0;
    t = wkt_thread(kit_wait_thread, &w);
    CHECK_STATUS(NmrDeregisterProvider(pair_provider->handle), STATUS_PENDING); /* NMR-043: not told again */
    NmrProviderDetachClientComplete(pair_provider->binding);
    CHECK_EQ(pair_client->cleanups + pair_provider->cleanups, 0);
    CHECK_EQ(w.done, 0);
    NmrClientDetachProviderComplete(pair_client->binding);
    CHECK_EQ(pair_client->cleanups, 1);
    CHECK_EQ(pair_provider->cleanups, 1);
    CHECK(wkt_join(t));
    CHECK_STATUS(NmrWaitForProviderDeregisterComplete(pair_provider->handle), STATUS_SUCCESS);
    CHECK_EQ(pair_client->detaches, 1);
    CHECK_EQ(pair_provider->detaches, 1);
}

static void complete_inside(struct kit_module *m)
{
    if (m == pair_client)
        NmrClientDetachProviderComplete(m->binding);
    else
        NmrProviderDetachClientComplete(m->binding);
    CHECK_EQ(m->cleanups, 0);
}

TEST(NMR_048, completed_inside_the_detach_callback)
{
    pair();
    pair_client->detach = pair_provider->detach = STATUS_PENDING;
    pair_client->in_detach = pair_provider->in_detach = complete_inside;
    kit_client_down(pair_client);
    CHECK_EQ(pair_client->cleanups, 1);
    CHECK_EQ(pair_provider->cleanups, 1);
    kit_provider_down(pair_provider);
}

TEST(NMR_048, completed_before_the_detach_callback_was_called)
{
    pair();
    NmrProviderDetachClientComplete(pair_provider->binding);
    CHECK_EQ(pair_provider->detaches, 0);
    pair_provider->detach = STATUS_PENDING;
    kit_client_down(pair_client);
    CHECK_EQ(pair_provider->detaches, 1);
    CHECK_EQ(pair_provider->cleanups, 1);
    kit_provider_down(pair_provider);
}

static void deregister_other(struct kit_module *m)
{
    UNREFERENCED_PARAMETER(m);
    CHECK_STATUS(NmrDeregisterProvider(pair_provider->handle), STATUS_PENDING);
}

TEST_ROWS("NMR-043 NMR-054", deregistered_inside_the_others_detach)
{
    pair();
    pair_client->in_detach = deregister_other;
    kit_client_down(pair_client);
    CHECK_STATUS(NmrWaitForProviderDeregisterComplete(pair_provider->handle), STATUS_SUCCESS);
    CHECK_EQ(pair_provider->detaches, 1);
    CHECK_EQ(pair_provider->cleanups, 1);
}

TEST(NMR_056, registered_anew_while_the_old_binding_detaches)
{
    HANDLE old_handle, old_binding;

    pair();
    pair_client->detach = STATUS_PENDING;
    old_handle = pair_client->handle;
    old_binding = pair_client->binding;
    CHECK_STATUS(NmrDeregisterClient(old_handle), STATUS_PENDING);
    CHECK_EQ(pair_client->detaches, 1);
    kit_client_up(pair_client);
    CHECK(pair_client->handle != old_handle);
    CHECK(pair_client->binding != old_binding);
    CHECK_EQ(pair_provider->attaches, 2);
    CHECK_EQ(pair_client->cleanups, 0);
    NmrClientDetachProviderComplete(old_binding);
    CHECK_EQ(pair_client->cleanups, 1);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(old_handle), STATUS_SUCCESS);
    pair_client->detach = STATUS_SUCCESS;
    kit_client_down(pair_client);
    CHECK_EQ(pair_client->cleanups, 2);
    kit_provider_down(pair_provider);
}

static volatile LONG stop_them;
static void churn(void *context)
{
    struct kit_module *m = context;

    while (!stop_them) {
        kit_client_up(m);
        kit_client_down(m);
    }
}

TEST_ROWS("NMR-031 NMR-043", sides_that_come_and_go_at_once_keep_their_counts)
{
    struct kit_module *c = kit_module(), *p = kit_module();
    struct wkt_thread *t = wkt_thread(churn, c);
    int i;

    for (i = 0; i < 2000; i++) {
        kit_provider_up(p);
        kit_provider_down(p);
    }
    stop_them = 1;
    CHECK(wkt_join(t));
    CHECK_EQ(c->detaches, c->cleanups);
    CHECK_EQ(p->detaches, p->cleanups);
    CHECK_EQ(p->detaches, p->attaches);
}

TEST_FINDING(NMR_057, deregister_twice, "NMR-057")
{
    struct kit_module *c = kit_module();

    kit_client_up(c);
    CHECK_STATUS(NmrDeregisterProvider(c->handle), STATUS_INVALID_PARAMETER); /* the wrong role */
    kit_client_down(c);
    CHECK_STATUS(NmrDeregisterClient(c->handle), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(NMR_058, complete_of_a_binding_that_is_gone, "NMR-058")
{
    pair();
    pair_client->detach = STATUS_PENDING;
    CHECK_STATUS(NmrDeregisterClient(pair_client->handle), STATUS_PENDING);
    NmrClientDetachProviderComplete(pair_client->binding);
    NmrClientDetachProviderComplete(pair_client->binding);
    NmrClientDetachProviderComplete(NULL);
    CHECK_EQ(pair_client->cleanups, 1);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(pair_client->handle), STATUS_SUCCESS);
    kit_provider_down(pair_provider);
}

TEST_FINDING(NMR_058, complete_twice_while_the_other_pends, "NMR-058")
{
    pair();
    pair_client->detach = pair_provider->detach = STATUS_PENDING;
    CHECK_STATUS(NmrDeregisterClient(pair_client->handle), STATUS_PENDING);
    NmrProviderDetachClientComplete(pair_provider->binding);
    NmrClientDetachProviderComplete(pair_client->binding);
    NmrProviderDetachClientComplete(pair_provider->binding);
    CHECK_EQ(pair_client->cleanups, 1);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(pair_client->handle), STATUS_SUCCESS);
    kit_provider_down(pair_provider);
}

/* One driver that is both sides: the one that is detached is not the one that has something to complete. */
TEST_FINDING(NMR_059, one_driver_takes_the_provider_s_function_for_the_client, "NMR-059")
{
    pair();
    pair_client->detach = STATUS_PENDING;
    CHECK_STATUS(NmrDeregisterClient(pair_client->handle), STATUS_PENDING);
    NmrProviderDetachClientComplete(pair_provider->binding);
    CHECK_EQ(pair_client->cleanups, 0);
    NmrClientDetachProviderComplete(pair_client->binding);
    CHECK_EQ(pair_client->cleanups, 1);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(pair_client->handle), STATUS_SUCCESS);
    kit_provider_down(pair_provider);
}

TEST_FINDING(NMR_059, one_driver_takes_the_client_s_function_for_the_provider, "NMR-059")
{
    pair();
    pair_provider->detach = STATUS_PENDING;
    CHECK_STATUS(NmrDeregisterProvider(pair_provider->handle), STATUS_PENDING);
    NmrClientDetachProviderComplete(pair_client->binding);
    CHECK_EQ(pair_provider->cleanups, 0);
    NmrProviderDetachClientComplete(pair_provider->binding);
    CHECK_EQ(pair_provider->cleanups, 1);
    CHECK_STATUS(NmrWaitForProviderDeregisterComplete(pair_provider->handle), STATUS_SUCCESS);
    kit_client_down(pair_client);
}

TEST_FINDING(NMR_060, detach_returns_another_status, "NMR-060")
{
    pair();
    pair_client->detach = STATUS_UNSUCCESSFUL;
    kit_client_down(pair_client);
    CHECK_EQ(pair_client->cleanups, 1);
    kit_provider_down(pair_provider);
}

/* NMR-061, and NMR-059 between two drivers, are seen from outside: tests/cli/nmr.t */
TEST_FINDING(NMR_063, wait_at_dispatch, "NMR-052")
{
    struct kit_module *c = kit_module();
    KIRQL irql;

    kit_client_up(c);
    CHECK_STATUS(NmrDeregisterClient(c->handle), STATUS_PENDING);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(c->handle), STATUS_SUCCESS);
    KeLowerIrql(irql);
}

TEST_VERIFY_BUGCHECK(NMR_063, wait_at_dispatch_for_what_is_not_done, 0x0A)
{
    KIRQL irql;

    pair();
    pair_client->detach = STATUS_PENDING;
    CHECK_STATUS(NmrDeregisterClient(pair_client->handle), STATUS_PENDING);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    NmrWaitForClientDeregisterComplete(pair_client->handle);
}

static void wait_inside(struct kit_module *m)
{
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(m->handle), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(NMR_064, wait_in_its_own_detach, "NMR-064")
{
    pair();
    pair_client->in_detach = wait_inside;
    kit_client_down(pair_client);
    kit_provider_down(pair_provider);
}

TEST_BUGCHECK(NMR_065, unload_while_registered, 0xCE)
{
    pair();
}

TEST_BUGCHECK(NMR_065, unload_before_the_wait, 0xCE)
{
    struct kit_module *c = kit_module();

    kit_client_up(c);
    CHECK_STATUS(NmrDeregisterClient(c->handle), STATUS_PENDING);
}

TODO_ROW(NMR_033, "memory that a module frees while it is attached is not watched");
TODO_ROW(NMR_062, "calls between two drivers through their own tables do not cross the border: no thunk sees them");
TODO_ROW(NMR_045, "there is no stress mode that raises to DISPATCH_LEVEL around detach and cleanup callbacks");
