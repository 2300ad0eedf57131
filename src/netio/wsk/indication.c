/* Receive buffers: one page of header, MDL and PFNs, 64 KiB of data behind it. Each processor keeps some; they are taken only when data
 * is there, so an idle connection has none. */
#include "netio/wsk/wsk_private.h"

#include "memory/mem.h"

#define TAG_INDICATION 0x494B5357u /* "WSKI" */
#define KEEP           32
#define PAGES          (1 + WSK_INDICATION_BYTES / PAGE_SIZE)

_Static_assert(sizeof(struct wsk_indication) <= PAGE_SIZE && offsetof(struct wsk_indication, pfns) == offsetof(struct wsk_indication, mdl) + sizeof(MDL),
               "PFNs follow their MDL");

/* Only the owner of the processor touches its entry: no lock. */
static struct {
    struct wsk_indication *free;
    unsigned count;
} DECLSPEC_CACHEALIGN cache[SCHED_CPU_MAX];

static struct wsk_indication *make(void)
{
    struct wsk_indication *i = mem_alloc(PAGES, MEM_PAGES, NULL);
    PUCHAR data = (PUCHAR)i + PAGE_SIZE;

    if (!i)
        return NULL;
    i->mdl.Size = sizeof(MDL) + (PAGES - 1) * sizeof(PFN_NUMBER);
    i->mdl.MdlFlags = MDL_SOURCE_IS_NONPAGED_POOL | MDL_NETWORK_HEADER;
    i->mdl.StartVa = i->mdl.MappedSystemVa = data;
    for (unsigned n = 0; n < PAGES - 1; n++)
        i->pfns[n] = mem_pfn(data + n * PAGE_SIZE);
    return i;
}

struct wsk_indication *wsk_indication_get(void)
{
    KIRQL irql = ke_raise_to_dispatch();
    unsigned cpu = ke_cpu();
    struct wsk_indication *i = cache[cpu].free;

    if (i) {
        cache[cpu].free = i->next_free;
        cache[cpu].count--;
    }
    ke_lower(irql);
    if (!i)
        i = make();
    if (i) {
        i->owner_tag = TAG_INDICATION;
        i->mdl.Next = NULL;
        i->mdl.ByteOffset = 0;
    }
    return i;
}

void wsk_indication_put(struct wsk_indication *i)
{
    KIRQL irql = ke_raise_to_dispatch();
    unsigned cpu = ke_cpu();

    i->owner_tag = 0;
    if (cache[cpu].count < KEEP) {
        i->next_free = cache[cpu].free;
        cache[cpu].free = i;
        cache[cpu].count++;
        i = NULL;
    }
    ke_lower(irql);
    if (i)
        mem_free(i, PAGES);
}

/* WSK-152, WSK-160: the entries come back in any order and any grouping. */
NTSTATUS WSKAPI wsk_release(PWSK_SOCKET Socket, PWSK_DATA_INDICATION DataIndication)
{
    while (DataIndication) {
        struct wsk_indication *i = CONTAINING_RECORD(DataIndication, struct wsk_indication, list);
        PWSK_DATA_INDICATION next;

        if ((ULONG_PTR)i % PAGE_SIZE || !mem_accessible((uint64_t)(ULONG_PTR)i, MEM_RW) || i->owner_tag != TAG_INDICATION) {
            guest_finding("WSK-160", "WskRelease(%p): %p is no indication, or was released before", Socket, DataIndication);
            return STATUS_INVALID_PARAMETER;
        }
        next = DataIndication->Next;
        wsk_indication_put(i);
        InterlockedDecrement(&wsk_socket_of(Socket)->lent);
        DataIndication = next;
    }
    return STATUS_SUCCESS;
}
