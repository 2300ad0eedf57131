/* RTL_RB_TREE: the rules of red-black trees after every change, in any order of changes. */
#include "wkt.h"

enum { NODES = 300 };

struct item {
    ULONG key;
    BOOLEAN in;
    RTL_BALANCED_NODE node;
};

static struct item items[NODES];
static RTL_RB_TREE tree;

static struct item *item_of(PRTL_BALANCED_NODE node)
{
    return CONTAINING_RECORD(node, struct item, node);
}

static void insert(struct item *item)
{
    PRTL_BALANCED_NODE parent = NULL, at = tree.Root;
    BOOLEAN right = FALSE;

    while (at) {
        parent = at;
        right = (BOOLEAN)(item->key > item_of(at)->key);
        at = right ? at->Right : at->Left;
    }
    RtlRbInsertNodeEx(&tree, parent, right, &item->node);
    item->in = TRUE;
}

static void take(struct item *item)
{
    RtlRbRemoveNode(&tree, &item->node);
    item->in = FALSE;
}

struct look {
    ULONG count, wrong;
};

/* Black nodes down to a leaf. */
static ULONG look_at(PRTL_BALANCED_NODE node, PRTL_BALANCED_NODE parent, ULONG low, ULONG high, struct look *l)
{
    ULONG left, right;

    if (!node)
        return 1;
    l->count++;
    l->wrong += RTL_BALANCED_NODE_GET_PARENT_POINTER(node) != parent;
    l->wrong += item_of(node)->key < low || item_of(node)->key > high || !item_of(node)->in;
    l->wrong += node->Red && (!parent || parent->Red);
    left = look_at(node->Left, node, low, item_of(node)->key, l);
    right = look_at(node->Right, node, item_of(node)->key, high, l);
    l->wrong += left != right;
    return left + !node->Red;
}

static BOOLEAN holds(ULONG count)
{
    struct look l = {0, 0};
    PRTL_BALANCED_NODE least = tree.Root;

    look_at(tree.Root, NULL, 0, MAXULONG, &l);
    while (least && least->Left)
        least = least->Left;
    return CHECK_EQ(l.wrong, 0) && CHECK_EQ(l.count, count) && CHECK_EQ(tree.Min, least);
}

TEST(EXE_466, layout)
{
    CHECK_EQ(sizeof(RTL_BALANCED_NODE), 0x18);
    CHECK_EQ(sizeof(RTL_RB_TREE), 0x10);
}

TEST(EXE_466, rising_then_falling)
{
    for (ULONG i = 0; i < NODES; i++) {
        items[i].key = i;
        insert(&items[i]);
        REQUIRE(holds(i + 1));
    }
    for (ULONG i = 0; i < NODES; i++) { /* always the least */
        REQUIRE(tree.Min == &items[i].node);
        take(&items[i]);
        REQUIRE(holds(NODES - 1 - i));
    }
    CHECK(!tree.Root && !tree.Min);
}

TEST(EXE_466, any_order)
{
    ULONG seed = 7, count = 0;

    for (ULONG i = 0; i < NODES; i++)
        items[i].key = i / 3; /* equal keys too */
    for (ULONG step = 0; step < 6000; step++) {
        struct item *item = &items[RtlRandomEx(&seed) % NODES];

        if (item->in)
            take(item);
        else
            insert(item);
        count += item->in ? 1 : MAXULONG;
        REQUIRE(holds(count));
    }
    for (ULONG i = 0; i < NODES; i++) {
        if (items[i].in) {
            take(&items[i]);
            REQUIRE(holds(--count));
        }
    }
}

TEST_BUGCHECK(EXE_466, place_that_is_taken, 0x139)
{
    items[0].key = 1;
    items[1].key = 2;
    insert(&items[0]);
    insert(&items[1]);
    RtlRbInsertNodeEx(&tree, &items[0].node, TRUE, &items[2].node);
}

TEST_BUGCHECK(EXE_466, removed_twice, 0x139)
{
    items[0].key = 1;
    items[1].key = 2;
    insert(&items[0]);
    insert(&items[1]);
    take(&items[1]);
    take(&items[1]);
}
