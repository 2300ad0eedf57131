/* List inlines (EXE-071, EXE-057). */
#include "wkt.h"

struct item {
    int value;
    LIST_ENTRY link;
};

TEST(EXE_071, insert_and_remove_keep_the_order)
{
    LIST_ENTRY head;
    struct item a = {1, {0}}, b = {2, {0}}, c = {3, {0}};

    InitializeListHead(&head);
    CHECK(IsListEmpty(&head));
    InsertTailList(&head, &b.link);
    InsertTailList(&head, &c.link);
    InsertHeadList(&head, &a.link);
    CHECK(!IsListEmpty(&head));
    CHECK_EQ(CONTAINING_RECORD(RemoveHeadList(&head), struct item, link)->value, 1);
    CHECK_EQ(CONTAINING_RECORD(RemoveTailList(&head), struct item, link)->value, 3);
    CHECK(RemoveEntryList(&b.link)); /* TRUE: empty now */
    CHECK(IsListEmpty(&head));
    CHECK(RemoveHeadList(&head) == &head);
}

TEST(EXE_071, append_joins_two_lists)
{
    LIST_ENTRY head, other, a, b, c;

    InitializeListHead(&head);
    InitializeListHead(&other);
    InsertTailList(&head, &a);
    InsertTailList(&other, &b);
    InsertTailList(&other, &c);
    RemoveEntryList(&other); /* leaves b and c without their head */
    AppendTailList(&head, &b);
    CHECK(head.Flink == &a && a.Flink == &b && b.Flink == &c && c.Flink == &head);
    CHECK(head.Blink == &c && c.Blink == &b && b.Blink == &a && a.Blink == &head);
}

TEST(EXE_071, single_lists_are_stacks)
{
    SINGLE_LIST_ENTRY head = {NULL}, a, b;

    CHECK(PopEntryList(&head) == NULL);
    PushEntryList(&head, &a);
    PushEntryList(&head, &b);
    CHECK(PopEntryList(&head) == &b);
    CHECK(PopEntryList(&head) == &a);
    CHECK(PopEntryList(&head) == NULL);
}

TEST_BUGCHECK(EXE_071, removing_twice_fails_fast, 0x139)
{
    LIST_ENTRY head, a, b;

    InitializeListHead(&head);
    InsertTailList(&head, &a);
    InsertTailList(&head, &b);
    RemoveEntryList(&a);
    RemoveEntryList(&a);
}

TEST_BUGCHECK(EXE_071, inserting_into_a_broken_list_fails_fast, 0x139)
{
    LIST_ENTRY head, a, b;

    InitializeListHead(&head);
    InsertTailList(&head, &a);
    a.Flink = &b;
    InsertTailList(&head, &b);
    InsertHeadList(&a, &b);
}
