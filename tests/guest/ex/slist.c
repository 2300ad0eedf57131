/* Sequenced lists and lookaside lists (EXE-070, EXE-243, EXE-244). */
#include "wkt.h"

#define TAG 'tskW'

struct item {
    DECLSPEC_ALIGN(16) SLIST_ENTRY entry;
    ULONG value;
};

TEST_ROWS("EXE-070 EXE-I14 EXE-L06 EXE-L07", push_pop_flush)
{
    SLIST_HEADER head;
    struct item a, b, c;

    InitializeSListHead(&head);
    CHECK_EQ(sizeof(head), 16);
    CHECK(ExInterlockedPopEntrySList(&head, NULL) == NULL);
    CHECK(ExInterlockedPushEntrySList(&head, &a.entry, NULL) == NULL);
    CHECK_EQ(InterlockedPushEntrySList(&head, &b.entry), &a.entry);
    CHECK_EQ(InterlockedPushEntrySList(&head, &c.entry), &b.entry);
    CHECK_EQ(ExQueryDepthSList(&head), 3);
    CHECK_EQ(head.HeaderX64.Depth, 3);
    CHECK_EQ((ULONG64)head.HeaderX64.NextEntry << 4, &c.entry);
    CHECK_EQ(InterlockedPopEntrySList(&head), &c.entry);
    CHECK_EQ(ExInterlockedFlushSList(&head), &b.entry);
    CHECK_EQ(b.entry.Next, &a.entry);
    CHECK(a.entry.Next == NULL);
    CHECK_EQ(ExQueryDepthSList(&head), 0);
}

TEST(EXE_070, misaligned_entry_raises)
{
    SLIST_HEADER head;
    struct item items[2];
    NTSTATUS status = STATUS_SUCCESS;

    InitializeSListHead(&head);
    __try {
        InterlockedPushEntrySList(&head, (PSLIST_ENTRY)((PUCHAR)items + 8));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    CHECK_STATUS(status, STATUS_DATATYPE_MISALIGNMENT);
}

static SLIST_HEADER shared;

/* Takes entries, frees them and puts new ones: a pop of another thread reads from freed memory, which must not fault. */
static void churn(void *context)
{
    UNREFERENCED_PARAMETER(context);
    for (ULONG turn = 0; turn < 20000; turn++) {
        PSLIST_ENTRY e = InterlockedPopEntrySList(&shared);

        if (e)
            ExFreePoolWithTag(e, TAG);
        e = ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, TAG);
        if (e)
            InterlockedPushEntrySList(&shared, e);
    }
}

TEST(EXE_070, pop_survives_a_freed_entry)
{
    struct wkt_thread *t[3];
    PSLIST_ENTRY e;

    InitializeSListHead(&shared);
    for (ULONG i = 0; i < 3; i++)
        t[i] = wkt_thread(churn, NULL);
    for (ULONG i = 0; i < 3; i++)
        CHECK(wkt_join(t[i]));
    while ((e = InterlockedPopEntrySList(&shared)) != NULL)
        ExFreePoolWithTag(e, TAG);
    CHECK_EQ(ExQueryDepthSList(&shared), 0);
}

TEST_ROWS("EXE-243 EXE-I12 EXE-L53", nonpaged_lookaside)
{
    PNPAGED_LOOKASIDE_LIST list = wkt_alloc(sizeof(*list) + 64);
    PVOID a, b;

    list = (PNPAGED_LOOKASIDE_LIST)ALIGN_UP_POINTER_BY(list, 64);
    ExInitializeNPagedLookasideList(list, NULL, NULL, POOL_NX_ALLOCATION, 120, TAG, 0);
    CHECK(list->L.Depth >= 4);
    CHECK_EQ(list->L.Size, 120);
    CHECK_EQ(list->L.Tag, TAG);
    a = ExAllocateFromNPagedLookasideList(list);
    b = ExAllocateFromNPagedLookasideList(list);
    REQUIRE(a && b);
    CHECK_EQ(list->L.TotalAllocates, 2);
    CHECK_EQ(list->L.AllocateMisses, 2);
    ExFreeToNPagedLookasideList(list, a);
    ExFreeToNPagedLookasideList(list, b);
    CHECK_EQ(ExAllocateFromNPagedLookasideList(list), b);
    CHECK_EQ(ExAllocateFromNPagedLookasideList(list), a);
    ExFreeToNPagedLookasideList(list, a);
    ExFreeToNPagedLookasideList(list, b);
    ExDeleteNPagedLookasideList(list);
}

static LONG allocated, freed;

static PVOID NTAPI count_allocate(POOL_TYPE type, SIZE_T bytes, ULONG tag, PLOOKASIDE_LIST_EX list)
{
    UNREFERENCED_PARAMETER(list);
    InterlockedIncrement(&allocated);
    return ExAllocatePoolWithTag(type, bytes, tag);
}

static VOID NTAPI count_free(PVOID block, PLOOKASIDE_LIST_EX list)
{
    InterlockedIncrement(&freed);
    ExFreePoolWithTag(block, list->L.Tag);
}

TEST_ROWS("EXE-244 EXE-I13 EXE-L54", lookaside_ex)
{
    PLOOKASIDE_LIST_EX list = wkt_alloc(sizeof(*list));
    PVOID a;

    allocated = freed = 0;
    CHECK_STATUS(ExInitializeLookasideListEx(list, NULL, NULL, NonPagedPoolMustSucceed, 0, 64, TAG, 0), STATUS_INVALID_PARAMETER_4);
    CHECK_STATUS(ExInitializeLookasideListEx(list, NULL, NULL, NonPagedPoolNx, 0x100, 64, TAG, 0), STATUS_INVALID_PARAMETER_5);
    CHECK_STATUS(ExInitializeLookasideListEx(list, count_allocate, count_free, NonPagedPoolNx, 0, 64, TAG, 0), STATUS_SUCCESS);
    a = ExAllocateFromLookasideListEx(list);
    REQUIRE(a != NULL);
    ExFreeToLookasideListEx(list, a);
    CHECK_EQ(ExAllocateFromLookasideListEx(list), a);
    CHECK_EQ(allocated, 1);
    ExFreeToLookasideListEx(list, a);
    CHECK_EQ(freed, 0);
    ExFlushLookasideListEx(list);
    CHECK_EQ(freed, 1);
    ExDeleteLookasideListEx(list);
}

TEST_FINDING(EXE_740, lookaside_deleted_twice, "EXE-740")
{
    PLOOKASIDE_LIST_EX list = wkt_alloc(sizeof(*list));

    CHECK_STATUS(ExInitializeLookasideListEx(list, NULL, NULL, NonPagedPoolNx, 0, 64, TAG, 0), STATUS_SUCCESS);
    ExDeleteLookasideListEx(list);
    ExDeleteLookasideListEx(list);
}
