/* Generic tables (EXE-464..467). */
#include "wkt.h"

static LONG blocks;
static ULONG last_size;

static RTL_GENERIC_COMPARE_RESULTS order(const int *a, const int *b)
{
    return *a < *b ? GenericLessThan : *a > *b ? GenericGreaterThan : GenericEqual;
}
static RTL_GENERIC_COMPARE_RESULTS NTAPI compare(struct _RTL_GENERIC_TABLE *table, PVOID a, PVOID b)
{
    UNREFERENCED_PARAMETER(table);
    return order(a, b);
}
static PVOID NTAPI allocate(struct _RTL_GENERIC_TABLE *table, CLONG size)
{
    UNREFERENCED_PARAMETER(table);
    blocks++;
    last_size = size;
    return wkt_alloc(size);
}
static VOID NTAPI release(struct _RTL_GENERIC_TABLE *table, PVOID block)
{
    UNREFERENCED_PARAMETER(table);
    UNREFERENCED_PARAMETER(block);
    blocks--;
}
static RTL_GENERIC_COMPARE_RESULTS NTAPI compare_avl(struct _RTL_AVL_TABLE *table, PVOID a, PVOID b)
{
    UNREFERENCED_PARAMETER(table);
    return order(a, b);
}
static PVOID NTAPI allocate_avl(struct _RTL_AVL_TABLE *table, CLONG size)
{
    UNREFERENCED_PARAMETER(table);
    blocks++;
    last_size = size;
    return wkt_alloc(size);
}
static VOID NTAPI release_avl(struct _RTL_AVL_TABLE *table, PVOID block)
{
    UNREFERENCED_PARAMETER(table);
    UNREFERENCED_PARAMETER(block);
    blocks--;
}

TEST(EXE_464, splay_table)
{
    RTL_GENERIC_TABLE table;
    BOOLEAN is_new;
    int *found, previous = -1, key = 5;

    blocks = 0;
    RtlInitializeGenericTable(&table, compare, allocate, release, NULL);
    CHECK(RtlIsGenericTableEmpty(&table));
    for (int i = 0; i < 50; i++) {
        int value = (i * 7 + 3) % 50;

        CHECK(*(int *)RtlInsertElementGenericTable(&table, &value, sizeof(value), &is_new) == value && is_new);
    }
    CHECK_EQ(last_size, 0x28 + sizeof(int));
    found = RtlInsertElementGenericTable(&table, &key, sizeof(key), &is_new);
    CHECK(found && !is_new);
    CHECK(RtlLookupElementGenericTable(&table, &key) == found);
    CHECK_EQ(RtlNumberGenericTableElements(&table), 50);
    CHECK_EQ(*(int *)RtlGetElementGenericTable(&table, 0), 3); /* order of insertion */
    CHECK_EQ(*(int *)RtlGetElementGenericTable(&table, 2), 17);
    CHECK(RtlGetElementGenericTable(&table, 50) == NULL);
    for (int *at = RtlEnumerateGenericTable(&table, TRUE); at; at = RtlEnumerateGenericTable(&table, FALSE)) {
        CHECK_EQ(*at, previous + 1);
        previous = *at;
    }
    CHECK_EQ(previous, 49);
    for (int i = 0; i < 50; i++)
        CHECK(RtlDeleteElementGenericTable(&table, &i));
    CHECK(!RtlDeleteElementGenericTable(&table, &key));
    CHECK_EQ(blocks, 0);
}

TEST(EXE_465, avl_table)
{
    RTL_AVL_TABLE table;
    BOOLEAN is_new;
    int *pinned, previous = -1, key = 23;

    blocks = 0;
    RtlInitializeGenericTableAvl(&table, compare_avl, allocate_avl, release_avl, NULL);
    pinned = RtlInsertElementGenericTableAvl(&table, &key, sizeof(key), &is_new);
    CHECK(is_new);
    CHECK_EQ(last_size, 0x20 + sizeof(int));
    for (int i = 0; i < 100; i++)
        RtlInsertElementGenericTableAvl(&table, &i, sizeof(i), &is_new);
    CHECK_EQ(RtlNumberGenericTableElementsAvl(&table), 100);
    CHECK(table.DepthOfTree >= 7 && table.DepthOfTree <= 9);
    for (int i = 0; i < 100; i += 2)
        CHECK(RtlDeleteElementGenericTableAvl(&table, &i));
    CHECK(RtlLookupElementGenericTableAvl(&table, &key) == pinned); /* elements do not move */
    for (int *at = RtlEnumerateGenericTableAvl(&table, TRUE); at; at = RtlEnumerateGenericTableAvl(&table, FALSE)) {
        CHECK_EQ(*at, previous < 0 ? 1 : previous + 2);
        previous = *at;
    }
    CHECK_EQ(previous, 99);
    CHECK_EQ(*(int *)RtlGetElementGenericTableAvl(&table, 3), 7);
    CHECK_EQ(blocks, 50);
}
