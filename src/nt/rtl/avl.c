/* AVL tables (EXE-465). The table's own links are a sentinel whose right child is the root, so no rotation has a special case. Elements never move,
 * lookups do not write. Balance: depth of the right subtree minus that of the left one. */
#include "wdm.h"
#include "rtl_private.h"

struct element {
    RTL_BALANCED_LINKS links;
    char data[];
};
_Static_assert(sizeof(struct element) == 0x20, "EXE-465");

#define DATA(l) ((PVOID)((struct element *)(l))->data)
#define NODE(d) ((PRTL_BALANCED_LINKS)CONTAINING_RECORD(d, struct element, data))

VOID NTAPI RtlInitializeGenericTableAvl(PRTL_AVL_TABLE Table, PRTL_AVL_COMPARE_ROUTINE CompareRoutine, PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
                                        PRTL_AVL_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
    *Table = (RTL_AVL_TABLE){.CompareRoutine = CompareRoutine, .AllocateRoutine = AllocateRoutine, .FreeRoutine = FreeRoutine,
                             .TableContext = TableContext};
    Table->BalancedRoot.Parent = &Table->BalancedRoot;
}

static void set_child(PRTL_BALANCED_LINKS parent, PRTL_BALANCED_LINKS old, PRTL_BALANCED_LINKS with)
{
    if (parent->LeftChild == old)
        parent->LeftChild = with;
    else
        parent->RightChild = with;
    if (with)
        with->Parent = parent;
}

/* Lifts x above its parent; balances are the caller's. */
static void lift(PRTL_BALANCED_LINKS x)
{
    PRTL_BALANCED_LINKS p = x->Parent, inner;

    set_child(p->Parent, p, x);
    if (p->LeftChild == x) {
        inner = p->LeftChild = x->RightChild;
        x->RightChild = p;
    } else {
        inner = p->RightChild = x->LeftChild;
        x->LeftChild = p;
    }
    if (inner)
        inner->Parent = p;
    p->Parent = x;
}

/* `node` leans by two to `side` (+1, -1). Returns the new top of its subtree; *shorter: it lost a level. */
static PRTL_BALANCED_LINKS rebalance(PRTL_BALANCED_LINKS node, int side, BOOLEAN *shorter)
{
    PRTL_BALANCED_LINKS child = side > 0 ? node->RightChild : node->LeftChild, grandchild;

    *shorter = TRUE;
    if (child->Balance != -side) {
        *shorter = child->Balance != 0;
        node->Balance = (CHAR)(child->Balance ? 0 : side);
        child->Balance = (CHAR)(child->Balance ? 0 : -side);
        lift(child);
        return child;
    }
    grandchild = side > 0 ? child->LeftChild : child->RightChild;
    node->Balance = (CHAR)(grandchild->Balance == side ? -side : 0);
    child->Balance = (CHAR)(grandchild->Balance == -side ? side : 0);
    grandchild->Balance = 0;
    lift(grandchild);
    lift(grandchild);
    return grandchild;
}

static TABLE_SEARCH_RESULT find(PRTL_AVL_TABLE table, PVOID buffer, PRTL_BALANCED_LINKS *found)
{
    PRTL_BALANCED_LINKS at = table->BalancedRoot.RightChild;

    *found = NULL;
    if (!at)
        return TableEmptyTree;
    for (;;) {
        RTL_GENERIC_COMPARE_RESULTS order = guest_call(RTL_AVL_COMPARE_ROUTINE, table->CompareRoutine, table, buffer, DATA(at));
        PRTL_BALANCED_LINKS next = order == GenericLessThan ? at->LeftChild : at->RightChild;

        *found = at;
        if (order == GenericEqual)
            return TableFoundNode;
        if (!next)
            return order == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
        at = next;
    }
}

/* NodeOrParent and SearchResult as RtlLookupElementGenericTableFullAvl gave them. */
PVOID NTAPI RtlInsertElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize, PBOOLEAN NewElement, PVOID NodeOrParent,
                                                TABLE_SEARCH_RESULT SearchResult)
{
    PRTL_BALANCED_LINKS at = NodeOrParent, node;
    BOOLEAN shorter;

    if (NewElement)
        *NewElement = FALSE;
    if (SearchResult == TableFoundNode)
        return DATA(at);
    node = guest_call(RTL_AVL_ALLOCATE_ROUTINE, Table->AllocateRoutine, Table, BufferSize + (ULONG)sizeof(struct element));
    if (!node)
        return NULL;
    if (NewElement)
        *NewElement = TRUE;
    *node = (RTL_BALANCED_LINKS){.Parent = at ? at : &Table->BalancedRoot};
    rtl_crt_memmove(DATA(node), Buffer, BufferSize);
    Table->NumberGenericTableElements++;
    Table->OrderedPointer = NULL;
    if (SearchResult == TableInsertAsLeft)
        at->LeftChild = node;
    else
        node->Parent->RightChild = node;

    for (PRTL_BALANCED_LINKS child = node; child->Parent != &Table->BalancedRoot; child = child->Parent) {
        int side = child->Parent->LeftChild == child ? -1 : 1;

        at = child->Parent;
        if (at->Balance == side) {
            rebalance(at, side, &shorter);
            return DATA(node);
        }
        at->Balance = (CHAR)(at->Balance + side);
        if (!at->Balance)
            return DATA(node);
    }
    Table->DepthOfTree++;
    return DATA(node);
}

PVOID NTAPI RtlInsertElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize, PBOOLEAN NewElement)
{
    PRTL_BALANCED_LINKS at;
    TABLE_SEARCH_RESULT result = find(Table, Buffer, &at);

    return RtlInsertElementGenericTableFullAvl(Table, Buffer, BufferSize, NewElement, at, result);
}

static PRTL_BALANCED_LINKS first(PRTL_AVL_TABLE table)
{
    PRTL_BALANCED_LINKS at = table->BalancedRoot.RightChild;

    while (at && at->LeftChild)
        at = at->LeftChild;
    return at;
}

static PRTL_BALANCED_LINKS successor(PRTL_AVL_TABLE table, PRTL_BALANCED_LINKS at)
{
    if (at->RightChild) {
        for (at = at->RightChild; at->LeftChild;)
            at = at->LeftChild;
        return at;
    }
    while (at->Parent->RightChild == at && at->Parent != &table->BalancedRoot)
        at = at->Parent;
    return at->Parent == &table->BalancedRoot ? NULL : at->Parent;
}

static PRTL_BALANCED_LINKS predecessor(PRTL_AVL_TABLE table, PRTL_BALANCED_LINKS at)
{
    if (at->LeftChild) {
        for (at = at->LeftChild; at->RightChild;)
            at = at->RightChild;
        return at;
    }
    while (at->Parent->LeftChild == at)
        at = at->Parent;
    return at->Parent == &table->BalancedRoot ? NULL : at->Parent;
}

/* Below `parent`, the side that `side` names has lost a level. */
static void shrunk(PRTL_AVL_TABLE table, PRTL_BALANCED_LINKS parent, int side)
{
    while (parent != &table->BalancedRoot) {
        PRTL_BALANCED_LINKS top = parent;
        BOOLEAN shorter = TRUE;

        if (parent->Balance == -side) {
            top = rebalance(parent, -side, &shorter);
        } else {
            shorter = parent->Balance == side;
            parent->Balance = (CHAR)(parent->Balance - side);
        }
        if (!shorter)
            return;
        side = top->Parent->LeftChild == top ? -1 : 1;
        parent = top->Parent;
    }
    table->DepthOfTree--;
}

static void unlink_node(PRTL_AVL_TABLE table, PRTL_BALANCED_LINKS node)
{
    PRTL_BALANCED_LINKS parent, gone = node, child;
    int side;

    if (node->LeftChild && node->RightChild) {
        for (gone = node->RightChild; gone->LeftChild;)
            gone = gone->LeftChild;
    }
    child = gone->LeftChild ? gone->LeftChild : gone->RightChild;
    parent = gone->Parent;
    side = parent->LeftChild == gone ? -1 : 1;
    set_child(parent, gone, child);
    if (gone != node) { /* the successor takes node's place */
        if (parent == node)
            parent = gone;
        *gone = *node;
        set_child(node->Parent, node, gone);
        gone->LeftChild->Parent = gone;
        if (gone->RightChild)
            gone->RightChild->Parent = gone;
    }
    shrunk(table, parent, side);
}

VOID NTAPI RtlDeleteElementGenericTableAvlEx(PRTL_AVL_TABLE Table, PVOID NodeOrParent)
{
    PRTL_BALANCED_LINKS node = NodeOrParent;

    if (Table->RestartKey == node) /* an enumeration goes on behind the element before */
        Table->RestartKey = predecessor(Table, node);
    unlink_node(Table, node);
    Table->DeleteCount++;
    Table->NumberGenericTableElements--;
    Table->OrderedPointer = NULL;
    guest_call_void(RTL_AVL_FREE_ROUTINE, Table->FreeRoutine, Table, node);
}

BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    PRTL_BALANCED_LINKS at;

    if (find(Table, Buffer, &at) != TableFoundNode)
        return FALSE;
    RtlDeleteElementGenericTableAvlEx(Table, at);
    return TRUE;
}

PVOID NTAPI RtlLookupElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer, PVOID *NodeOrParent, TABLE_SEARCH_RESULT *SearchResult)
{
    PRTL_BALANCED_LINKS at;

    *SearchResult = find(Table, Buffer, &at);
    *NodeOrParent = at;
    return *SearchResult == TableFoundNode ? DATA(at) : NULL;
}

PVOID NTAPI RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    PRTL_BALANCED_LINKS at;

    return find(Table, Buffer, &at) == TableFoundNode ? DATA(at) : NULL;
}

/* The leftmost of several elements that the compare routine calls equal (it may compare prefixes). */
PVOID NTAPI RtlLookupFirstMatchingElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer, PVOID *RestartKey)
{
    PRTL_BALANCED_LINKS at, before;

    *RestartKey = NULL;
    if (find(Table, Buffer, &at) != TableFoundNode)
        return NULL;
    while ((before = predecessor(Table, at)) != NULL &&
           guest_call(RTL_AVL_COMPARE_ROUTINE, Table->CompareRoutine, Table, Buffer, DATA(before)) == GenericEqual)
        at = before;
    *RestartKey = at;
    return DATA(at);
}

PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(PRTL_AVL_TABLE Table, PVOID *RestartKey)
{
    PRTL_BALANCED_LINKS at = *RestartKey ? successor(Table, *RestartKey) : first(Table);

    if (at)
        *RestartKey = at;
    return at ? DATA(at) : NULL;
}

PVOID NTAPI RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE Table, BOOLEAN Restart)
{
    PVOID key = Restart ? NULL : Table->RestartKey;
    PVOID data = RtlEnumerateGenericTableWithoutSplayingAvl(Table, &key);

    Table->RestartKey = key;
    return data;
}

/* Goes on from *RestartKey, or from Buffer's place in the order when elements were deleted since (*DeleteCount tells). NextFlag: behind the
 * element found there, else that element itself. STATUS_NO_MATCH goes on, STATUS_NO_MORE_MATCHES ends. */
PVOID NTAPI RtlEnumerateGenericTableLikeADirectory(PRTL_AVL_TABLE Table, PRTL_AVL_MATCH_FUNCTION MatchFunction, PVOID MatchData, ULONG NextFlag,
                                                   PVOID *RestartKey, PULONG DeleteCount, PVOID Buffer)
{
    PRTL_BALANCED_LINKS at = *RestartKey;

    if (!at || *DeleteCount != Table->DeleteCount) {
        TABLE_SEARCH_RESULT result = find(Table, Buffer, &at);

        if (result == TableInsertAsRight || (result == TableFoundNode && NextFlag))
            at = successor(Table, at);
    } else if (NextFlag) {
        at = successor(Table, at);
    }
    for (; at; at = successor(Table, at)) {
        NTSTATUS status = MatchFunction ? guest_call(RTL_AVL_MATCH_FUNCTION, MatchFunction, Table, DATA(at), MatchData) : STATUS_SUCCESS;

        if (status == STATUS_SUCCESS) {
            *RestartKey = at;
            *DeleteCount = Table->DeleteCount;
            return DATA(at);
        }
        if (status == STATUS_NO_MORE_MATCHES)
            break;
    }
    return NULL;
}

PVOID NTAPI RtlGetElementGenericTableAvl(PRTL_AVL_TABLE Table, ULONG I)
{
    PRTL_BALANCED_LINKS at = Table->OrderedPointer ? NODE(Table->OrderedPointer) : NULL;
    ULONG which = Table->WhichOrderedElement;

    if (I >= Table->NumberGenericTableElements)
        return NULL;
    if (!at || I < which) {
        at = first(Table);
        which = 0;
    }
    for (; which < I; which++)
        at = successor(Table, at);
    Table->OrderedPointer = DATA(at);
    Table->WhichOrderedElement = which;
    return DATA(at);
}

ULONG NTAPI RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE Table)
{
    return Table->NumberGenericTableElements;
}

BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE Table)
{
    return !Table->NumberGenericTableElements;
}
