/* Dynamic hash tables: chains, contexts, enumerators, growth. */
#include "wkt.h"

enum { ENTRIES = 1000 };

struct item {
    ULONG number, given;
    RTL_DYNAMIC_HASH_TABLE_ENTRY entry;
};

static RTL_DYNAMIC_HASH_TABLE header;
static PRTL_DYNAMIC_HASH_TABLE table = &header;
static struct item items[ENTRIES];

static struct item *item_of(PRTL_DYNAMIC_HASH_TABLE_ENTRY entry)
{
    return entry ? CONTAINING_RECORD(entry, struct item, entry) : NULL;
}

static void delete_table(void *unused)
{
    UNREFERENCED_PARAMETER(unused);
    RtlDeleteHashTable(table);
}

/* signature: number / same */
static BOOLEAN fill(ULONG count, ULONG same)
{
    if (!CHECK(RtlCreateHashTable(&table, 0, 0)))
        return FALSE;
    wkt_at_end(delete_table, NULL);
    for (ULONG i = 0; i < count; i++) {
        items[i].number = i;
        if (!CHECK(RtlInsertEntryHashTable(table, &items[i].entry, i / same + 5, NULL)))
            return FALSE;
    }
    return TRUE;
}

static ULONG busy_buckets(void)
{
    return RtlNonEmptyBucketsHashTable(table);
}

TEST(EXE_467, layout)
{
    CHECK_EQ(sizeof(RTL_DYNAMIC_HASH_TABLE_ENTRY), 0x18);
    CHECK_EQ(sizeof(RTL_DYNAMIC_HASH_TABLE_CONTEXT), 0x18);
    CHECK_EQ(sizeof(RTL_DYNAMIC_HASH_TABLE_ENUMERATOR), 0x28);
    CHECK_EQ(sizeof(RTL_DYNAMIC_HASH_TABLE), 0x28);
}

TEST(EXE_467, those_of_a_signature_one_after_another)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT context;

    REQUIRE(fill(ENTRIES, 3));
    CHECK_EQ(RtlTotalEntriesHashTable(table), ENTRIES);
    CHECK_EQ(RtlTotalBucketsHashTable(table), 128);
    CHECK_EQ(busy_buckets(), 128);
    CHECK_EQ(RtlEmptyBucketsHashTable(table), 0);
    for (ULONG s = 0; s < ENTRIES / 3; s++) {
        struct item *item = item_of(RtlLookupEntryHashTable(table, s + 5, &context));
        ULONG found = 0, mask = 0;

        for (; item; item = item_of(RtlGetNextEntryHashTable(table, &context))) {
            found++;
            mask |= 1u << (item->number - s * 3);
        }
        if (!CHECK_EQ(found, 3) || !CHECK_EQ(mask, 7))
            return;
    }
    CHECK_EQ(RtlLookupEntryHashTable(table, 4, &context), NULL);
    CHECK_EQ(RtlLookupEntryHashTable(table, 5 + ENTRIES, NULL), NULL);
}

TEST(EXE_467, context_of_a_lookup_serves_the_insert)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT context;

    REQUIRE(fill(200, 1));
    CHECK_EQ(RtlLookupEntryHashTable(table, 7777, &context), NULL);
    CHECK(RtlInsertEntryHashTable(table, &items[500].entry, 7777, &context));
    CHECK_EQ(RtlLookupEntryHashTable(table, 7777, &context), &items[500].entry);
    CHECK(RtlInsertEntryHashTable(table, &items[501].entry, 7777, &context)); /* beside its like */
    CHECK(RtlLookupEntryHashTable(table, 7777, &context) != NULL && RtlGetNextEntryHashTable(table, &context) != NULL);
    CHECK_EQ(RtlGetNextEntryHashTable(table, &context), NULL);
    RtlInitHashTableContext(&context);
    CHECK(RtlRemoveEntryHashTable(table, &items[500].entry, &context));
    CHECK_EQ(RtlLookupEntryHashTable(table, 7777, NULL), &items[501].entry);
    RtlReleaseHashTableContext(&context);
}

/* 0 marks enumerators: an entry of it has another. */
TEST(EXE_467, signature_of_zero)
{
    REQUIRE(fill(0, 1));
    CHECK(RtlInsertEntryHashTable(table, &items[0].entry, 0, NULL));
    CHECK(items[0].entry.Signature != 0);
    CHECK_EQ(RtlLookupEntryHashTable(table, 0, NULL), &items[0].entry);
    CHECK_EQ(busy_buckets(), 1);
    CHECK(RtlRemoveEntryHashTable(table, &items[0].entry, NULL));
    CHECK_EQ(busy_buckets(), 0);
    CHECK_EQ(RtlTotalEntriesHashTable(table), 0);
}

static ULONG given_once(ULONG count)
{
    ULONG wrong = 0;

    for (ULONG i = 0; i < count; i++) {
        wrong += items[i].given != 1;
        items[i].given = 0;
    }
    return wrong;
}

TEST(EXE_467, enumerations)
{
    RTL_DYNAMIC_HASH_TABLE_ENUMERATOR strong, weak;
    struct item *item;

    REQUIRE(fill(ENTRIES, 7));
    REQUIRE(RtlInitWeakEnumerationHashTable(table, &weak));
    while ((item = item_of(RtlWeaklyEnumerateEntryHashTable(table, &weak))) != NULL)
        item->given++;
    CHECK_EQ(RtlWeaklyEnumerateEntryHashTable(table, &weak), NULL);
    CHECK_EQ(RtlActiveEnumeratorsHashTable(table), 1);
    CHECK(!RtlExpandHashTable(table) && !RtlContractHashTable(table));
    RtlEndWeakEnumerationHashTable(table, &weak);
    CHECK_EQ(given_once(ENTRIES), 0);
    REQUIRE(RtlInitEnumerationHashTable(table, &strong));
    while ((item = item_of(RtlEnumerateEntryHashTable(table, &strong))) != NULL)
        item->given++;
    CHECK(!RtlExpandHashTable(table));
    CHECK_EQ(RtlTotalEntriesHashTable(table), ENTRIES);
    RtlEndEnumerationHashTable(table, &strong);
    CHECK_EQ(given_once(ENTRIES), 0);
    CHECK_EQ(RtlActiveEnumeratorsHashTable(table), 0);
}

/* Each entry that is given is taken away, under two enumerators; lookups go past them. */
TEST(EXE_467, remove_while_enumerating)
{
    RTL_DYNAMIC_HASH_TABLE_ENUMERATOR a, b;
    RTL_DYNAMIC_HASH_TABLE_CONTEXT context;
    struct item *item;
    ULONG count = 0;

    REQUIRE(fill(ENTRIES, 2));
    REQUIRE(RtlInitEnumerationHashTable(table, &a) && RtlInitEnumerationHashTable(table, &b));
    for (ULONG i = 0; i < ENTRIES / 2; i++)
        RtlEnumerateEntryHashTable(table, &b);
    for (ULONG s = 0; s < ENTRIES / 2; s++) {
        if (!CHECK(RtlLookupEntryHashTable(table, s + 5, &context) != NULL) || !CHECK(RtlGetNextEntryHashTable(table, &context) != NULL) ||
            !CHECK(RtlGetNextEntryHashTable(table, &context) == NULL))
            return;
    }
    while ((item = item_of(RtlEnumerateEntryHashTable(table, &a))) != NULL) {
        RtlRemoveEntryHashTable(table, &item->entry, NULL);
        count++;
    }
    CHECK_EQ(count, ENTRIES);
    CHECK_EQ(RtlEnumerateEntryHashTable(table, &b), NULL);
    RtlEndEnumerationHashTable(table, &a);
    RtlEndEnumerationHashTable(table, &b);
    CHECK_EQ(RtlTotalEntriesHashTable(table), 0);
    CHECK_EQ(busy_buckets(), 0);
}

static ULONG count_busy(void)
{
    RTL_DYNAMIC_HASH_TABLE_ENUMERATOR e;
    ULONG busy = 0, last = MAXULONG;

    RtlInitWeakEnumerationHashTable(table, &e);
    while (RtlWeaklyEnumerateEntryHashTable(table, &e)) {
        busy += e.BucketIndex != last;
        last = e.BucketIndex;
    }
    RtlEndWeakEnumerationHashTable(table, &e);
    return busy;
}

TEST(EXE_467, grows_and_shrinks)
{
    ULONG missing = 0;

    REQUIRE(fill(ENTRIES, 2));
    for (ULONG i = 0; i < 900; i++)
        REQUIRE(RtlExpandHashTable(table));
    CHECK_EQ(RtlTotalBucketsHashTable(table), 1028);
    CHECK_EQ(busy_buckets(), count_busy());
    for (ULONG s = 0; s < ENTRIES / 2; s++)
        missing += !RtlLookupEntryHashTable(table, s + 5, NULL);
    CHECK_EQ(missing, 0);
    for (ULONG i = 0; i < 900; i++) {
        REQUIRE(RtlContractHashTable(table));
        if (i % 100 == 0)
            REQUIRE(busy_buckets() == count_busy());
    }
    CHECK(!RtlContractHashTable(table));
    CHECK_EQ(RtlTotalBucketsHashTable(table), 128);
    CHECK_EQ(busy_buckets(), count_busy());
    for (ULONG s = 0; s < ENTRIES / 2; s++)
        missing += !RtlLookupEntryHashTable(table, s + 5, NULL);
    CHECK_EQ(missing, 0);
}

TEST(EXE_467, created_by_the_system_and_refused)
{
    PRTL_DYNAMIC_HASH_TABLE ours = NULL;

    REQUIRE(RtlCreateHashTable(&ours, 4, 0));
    CHECK(ours != NULL);
    CHECK(RtlInsertEntryHashTable(ours, &items[0].entry, 0x100, NULL));
    CHECK_EQ(RtlLookupEntryHashTable(ours, 0x101, NULL), NULL); /* the same bucket, another signature */
    CHECK_EQ(RtlLookupEntryHashTable(ours, 0x100, NULL), &items[0].entry);
    RtlDeleteHashTable(ours);
    ours = NULL;
    CHECK(!RtlCreateHashTable(&ours, 0, 1)); /* reserved flags */
    CHECK(!RtlCreateHashTableEx(&ours, 200, 0, 0));
    REQUIRE(RtlCreateHashTableEx(&ours, 4096, 0, 0));
    CHECK_EQ(RtlTotalBucketsHashTable(ours), 4096);
    RtlDeleteHashTable(ours);
}
