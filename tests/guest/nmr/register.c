/* Identity and registration: NMR-001 .. NMR-021. */
#include "nmr_kit.h"

TEST_ROWS("EXE-618 NMR-001 NMR-005 NMR-007 NMR-009 NMR-012 NMR-022", client_meets_the_provider_that_was_there)
{
    struct kit_module *c = kit_module(), *p = kit_module();

    kit_provider_up(p);
    CHECK_EQ(p->attaches, 0);
    kit_client_up(c);
    CHECK_EQ(c->attaches, 1);
    CHECK_EQ(p->attaches, 1);
    CHECK_EQ(c->binding, p->binding);
    CHECK_EQ(c->other, &p->provider.ProviderRegistrationInstance);
    CHECK_EQ(p->other, &c->client.ClientRegistrationInstance);
    kit_client_down(c);
    kit_provider_down(p);
    CHECK_EQ(c->attaches, 1);
}

TEST_ROWS("NMR-008 NMR-009 NMR-024 NMR-025", provider_meets_the_client_that_was_there)
{
    struct kit_module *c = kit_module(), *p = kit_module();

    kit_client_up(c);
    CHECK_EQ(c->attaches, 0);
    kit_provider_up(p);
    CHECK_EQ(c->attaches, 1);
    CHECK_STATUS(c->attached, STATUS_SUCCESS);
    CHECK_EQ(c->other_context, p);
    CHECK_EQ(c->other_dispatch, &kit_provider_table);
    CHECK_EQ(p->other_context, c);
    CHECK_EQ(p->other_dispatch, &kit_client_table);
    kit_provider_down(p);
    kit_client_down(c);
}

TEST(NMR_001, another_npi_does_not_meet)
{
    static const NPIID other = {0x5a1f0001, 0x77aa, 0x4a11, {1, 2, 3, 4, 5, 6, 7, 9}};
    struct kit_module *c = kit_module(), *p = kit_module();

    c->client.ClientRegistrationInstance.NpiId = &other;
    kit_provider_up(p);
    kit_client_up(c);
    CHECK_EQ(c->attaches, 0);
    kit_client_down(c);
    kit_provider_down(p);
}

TEST(NMR_002, module_ids_are_compared_by_type_and_value)
{
    NPI_MODULEID a = kit_client_id, b = kit_client_id;

    b.Length = 0;
    CHECK(NmrIsEqualNpiModuleId(&a, &b));
    b.Guid.Data4[7] = 1;
    CHECK(!NmrIsEqualNpiModuleId(&a, &b));
    a.Type = b.Type = MIT_IF_LUID;
    a.IfLuid.LowPart = b.IfLuid.LowPart = 5;
    a.IfLuid.HighPart = b.IfLuid.HighPart = 6;
    CHECK(NmrIsEqualNpiModuleId(&a, &b));
    b.IfLuid.HighPart = 7;
    CHECK(!NmrIsEqualNpiModuleId(&a, &b));
    b = a;
    b.Type = MIT_GUID;
    CHECK(!NmrIsEqualNpiModuleId(&a, &b));
}

TEST_ROWS("NMR-003 NMR-021", one_driver_in_both_roles_and_one_structure_twice)
{
    struct kit_module *c = kit_module(), *p = kit_module();
    HANDLE second;

    kit_client_up(c);
    CHECK_STATUS(NmrRegisterClient(&c->client, c, &second), STATUS_SUCCESS);
    CHECK(second != c->handle);
    kit_provider_up(p);
    CHECK_EQ(p->attaches, 2);
    CHECK_EQ(c->attaches, 2);
    kit_client_down(c);
    CHECK_STATUS(NmrDeregisterClient(second), STATUS_PENDING);
    CHECK_STATUS(NmrWaitForClientDeregisterComplete(second), STATUS_SUCCESS);
    CHECK_EQ(p->detaches, 2);
    kit_provider_down(p);
}

static volatile LONG seen;
static HANDLE bindings[8];
static struct kit_module *providers[3];
static void note(struct kit_module *c)
{
    if (seen < 3)
        CHECK_EQ(c->other, &providers[seen]->provider.ProviderRegistrationInstance); /* NMR-014 */
    bindings[seen++] = c->binding;
}

TEST_ROWS("NMR-004 NMR-006 NMR-014", many_clients_and_many_providers_each_with_a_binding)
{
    struct kit_module *clients[2];
    int i, j;

    for (i = 0; i < 3; i++) {
        providers[i] = kit_module();
        providers[i]->provider.Version = 1; /* as xdp: NMR-006 */
        providers[i]->provider.ProviderRegistrationInstance.Version = 1;
        providers[i]->provider.ProviderRegistrationInstance.Number = (ULONG)i + 7;
        kit_provider_up(providers[i]);
    }
    for (i = 0; i < 2; i++) {
        clients[i] = kit_module();
        clients[i]->in_attach = note;
        kit_client_up(clients[i]);
        CHECK_EQ(clients[i]->attaches, 3);
    }
    CHECK_EQ(seen, 6);
    for (i = 0; i < 6; i++)
        for (j = 0; j < i; j++)
            CHECK(bindings[i] != bindings[j]);
    kit_provider_down(providers[1]);
    CHECK_EQ(clients[0]->detaches, 1);
    CHECK_EQ(clients[0]->cleanups, 1);
    for (i = 0; i < 2; i++)
        kit_client_down(clients[i]);
    CHECK_EQ(providers[0]->detaches, 2);
    kit_provider_down(providers[0]);
    kit_provider_down(providers[2]);
}

static void handle_is_there(struct kit_module *m)
{
    CHECK(m->handle != NULL);
}

TEST(NMR_010, the_handle_is_written_before_the_first_callback)
{
    struct kit_module *c = kit_module(), *p = kit_module();

    kit_provider_up(p);
    c->in_attach = handle_is_there;
    kit_client_up(c);
    kit_client_down(c);
    kit_provider_down(p);
}

TEST_ROWS("NMR-011 NMR-030 NMR-055", declined_is_not_offered_again_until_one_registers_anew)
{
    struct kit_module *c = kit_module(), *p = kit_module(), *p2 = kit_module();

    kit_provider_up(p);
    c->decline = STATUS_NOINTERFACE;
    kit_client_up(c);
    CHECK_EQ(c->attaches, 1);
    CHECK_EQ(p->attaches, 0);
    c->decline = STATUS_SUCCESS;
    kit_provider_up(p2);
    CHECK_EQ(c->attaches, 2);
    CHECK_EQ(p->attaches, 0);
    kit_provider_down(p2);
    CHECK_EQ(c->detaches, 1);
    kit_provider_down(p);
    kit_provider_up(p);
    CHECK_EQ(c->attaches, 3);
    CHECK_EQ(p->attaches, 1);
    kit_client_down(c);
    kit_provider_down(p);
}

static struct kit_module *late_client;
static void register_late(void *context)
{
    kit_provider_up(context);
}

TEST(NMR_013, callbacks_come_in_the_thread_of_the_later_registration)
{
    struct kit_module *p = kit_module();

    late_client = kit_module();
    kit_client_up(late_client);
    CHECK(wkt_join(wkt_thread(register_late, p)));
    CHECK_EQ(late_client->attaches, 1);
    kit_client_down(late_client);
    kit_provider_down(p);
}

TEST(NMR_015, null_pointers_register_nothing)
{
    struct kit_module *c = kit_module();
    HANDLE handle;

    CHECK_STATUS(NmrRegisterClient(NULL, NULL, &handle), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(NmrRegisterClient(&c->client, c, NULL), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(NmrRegisterProvider(NULL, NULL, &handle), STATUS_INVALID_PARAMETER);
    CHECK_STATUS(NmrRegisterProvider(&c->provider, c, NULL), STATUS_INVALID_PARAMETER);
    c->client.ClientRegistrationInstance.NpiId = NULL;
    CHECK_STATUS(NmrRegisterClient(&c->client, c, &handle), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(NMR_016, no_detach_callback, "NMR-016")
{
    struct kit_module *c = kit_module();

    c->client.ClientDetachProvider = NULL;
    CHECK_STATUS(NmrRegisterClient(&c->client, c, &c->handle), STATUS_INVALID_PARAMETER);
}

TEST_FINDING(NMR_017, length_too_small, "NMR-017")
{
    struct kit_module *c = kit_module();

    c->client.Length = sizeof(c->client) - 8;
    kit_client_up(c);
    kit_client_down(c);
}

TEST_FINDING(NMR_018, no_module_id, "NMR-018")
{
    struct kit_module *c = kit_module();

    c->client.ClientRegistrationInstance.ModuleId = NULL;
    kit_client_up(c);
    kit_client_down(c);
}

TEST_FINDING(NMR_019, register_at_dispatch, "NMR-007")
{
    struct kit_module *c = kit_module();
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    CHECK_STATUS(NmrRegisterClient(&c->client, c, &c->handle), STATUS_SUCCESS);
    KeLowerIrql(irql);
    kit_client_down(c);
}

TEST_FINDING(NMR_020, characteristics_change_while_registered, "NMR-020")
{
    struct kit_module *c = kit_module(), *p = kit_module();

    kit_client_up(c);
    c->client.ClientRegistrationInstance.Number++;
    kit_provider_up(p);
    CHECK_EQ(c->attaches, 1);
    kit_provider_down(p);
    kit_client_down(c);
}

TEST(NMR_007, an_out_handle_that_faults_leaves_nothing_behind)
{
    struct kit_module *c = kit_module(), *p = kit_module();
    NTSTATUS status = STATUS_SUCCESS;

    kit_provider_up(p);
    __try {
        status = NmrRegisterClient(&c->client, c, (PHANDLE)(ULONG_PTR)0x10000);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    CHECK_STATUS(status, STATUS_ACCESS_VIOLATION);
    CHECK_EQ(p->attaches, 0);
    kit_client_up(c); /* the registrar is not stuck */
    CHECK_EQ(p->attaches, 1);
    kit_client_down(c);
    kit_provider_down(p);
}

/* All memory there is, largest blocks first. */
static PVOID hoard;
static void take_all(void)
{
    SIZE_T bytes;

    for (bytes = (SIZE_T)1 << 30; bytes >= 16; bytes = bytes > 4096 ? bytes / 2 : bytes - 16) {
        PVOID *p;

        while ((p = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, bytes, 'kmNW')) != NULL) {
            *p = hoard;
            hoard = p;
        }
    }
}
static void give_back(void)
{
    while (hoard) {
        PVOID p = hoard;

        hoard = *(PVOID *)p;
        ExFreePoolWithTag(p, 'kmNW');
    }
}

TEST_ROWS("NMR-007 NMR-008", without_memory_nothing_is_registered)
{
    struct kit_module *c = kit_module(), *p = kit_module();
    NTSTATUS alone, met;
    PVOID room[32];
    int i;

    kit_provider_up(p);
    for (i = 0; i < 32; i++) { /* two neighbours of each size that a registration may have, and a binding has not */
        room[i] = ExAllocatePool2(POOL_FLAG_NON_PAGED, 192 + (SIZE_T)(i / 2) * 16, 'kmNW');
        REQUIRE(room[i] != NULL);
    }
    take_all();
    alone = NmrRegisterClient(&c->client, c, &c->handle);
    for (i = 0; i < 32; i += 2)
        ExFreePoolWithTag(room[i], 'kmNW');
    met = NmrRegisterClient(&c->client, c, &c->handle);
    for (i = 1; i < 32; i += 2)
        ExFreePoolWithTag(room[i], 'kmNW');
    give_back();
    CHECK_STATUS(alone, STATUS_INSUFFICIENT_RESOURCES);
    CHECK_STATUS(met, STATUS_INSUFFICIENT_RESOURCES);
    CHECK(c->handle == NULL);
    CHECK_EQ(c->attaches, 0);
    kit_client_up(c);
    CHECK_EQ(p->attaches, 1);
    kit_client_down(c);
    kit_provider_down(p);
}
