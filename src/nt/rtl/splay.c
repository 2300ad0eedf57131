/* Splay trees and the generic table on them (EXE-464, EXE-476). An element is links, a place in the insertion-order list and the data. All
 * memory is the allocate routine's; each search brings what it touched last to the root. */
#include "wdm.h"
#include "rtl_private.h"

struct element {
    RTL_SPLAY_LINKS links;
    LIST_ENTRY order;
    char data[];
};
_Static_assert(offsetof(struct element, data) == 0x28, "EXE-464");

#define DATA(l) ((PVOID)CONTAINING_RECORD(l, struct element, links)->data)

/* Lifts x above its parent. */
static void rotate(PRTL_SPLAY_LINKS x)
{
    PRTL_SPLAY_LINKS p = x->Parent, g = p->Parent;

    if (p->LeftChild == x) {
        p->LeftChild = x->RightChild;
        if (x->RightChild)
            x->RightChild->Parent = p;
        x->RightChild = p;
    } else {
        p->RightChild = x->LeftChild;
        if (x->LeftChild)
            x->LeftChild->Parent = p;
        x->LeftChild = p;
    }
    p->Parent = x;
    if (g == p) {
        x->Parent = x;
        return;
    }
    x->Parent = g;
    if (g->LeftChild == p)
        g->LeftChild = x;
    else
        g->RightChild = x;
}

PRTL_SPLAY_LINKS NTAPI RtlSplay(PRTL_SPLAY_LINKS Links)
{
    while (!RtlIsRoot(Links)) {
        PRTL_SPLAY_LINKS p = Links->Parent;

        if (!RtlIsRoot(p))
            rotate(RtlIsLeftChild(Links) == RtlIsLeftChild(p) ? p : Links);
        rotate(Links);
    }
    return Links;
}

PRTL_SPLAY_LINKS NTAPI RtlSubtreeSuccessor(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS at = Links->RightChild;

    while (at && at->LeftChild)
        at = at->LeftChild;
    return at;
}

PRTL_SPLAY_LINKS NTAPI RtlSubtreePredecessor(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS at = Links->LeftChild;

    while (at && at->RightChild)
        at = at->RightChild;
    return at;
}

PRTL_SPLAY_LINKS NTAPI RtlRealSuccessor(PRTL_SPLAY_LINKS Links)
{
    if (Links->RightChild)
        return RtlSubtreeSuccessor(Links);
    while (!RtlIsRoot(Links) && RtlIsRightChild(Links))
        Links = Links->Parent;
    return RtlIsRoot(Links) ? NULL : Links->Parent;
}

PRTL_SPLAY_LINKS NTAPI RtlRealPredecessor(PRTL_SPLAY_LINKS Links)
{
    if (Links->LeftChild)
        return RtlSubtreePredecessor(Links);
    while (!RtlIsRoot(Links) && RtlIsLeftChild(Links))
        Links = Links->Parent;
    return RtlIsRoot(Links) ? NULL : Links->Parent;
}

/* Puts `with` (or nothing) where `old` is. */
static void replace(PRTL_SPLAY_LINKS old, PRTL_SPLAY_LINKS with, PRTL_SPLAY_LINKS *root)
{
    PRTL_SPLAY_LINKS parent = old->Parent;

    if (parent == old) {
        *root = with;
        if (with)
            with->Parent = with;
        return;
    }
    if (parent->LeftChild == old)
        parent->LeftChild = with;
    else
        parent->RightChild = with;
    if (with)
        with->Parent = parent;
}

VOID NTAPI RtlDeleteNoSplay(PRTL_SPLAY_LINKS Links, PRTL_SPLAY_LINKS *Root)
{
    PRTL_SPLAY_LINKS next;

    if (!Links->LeftChild || !Links->RightChild) {
        replace(Links, Links->LeftChild ? Links->LeftChild : Links->RightChild, Root);
        return;
    }
    next = RtlSubtreeSuccessor(Links);
    if (next->Parent != Links) {
        replace(next, next->RightChild, Root);
        next->RightChild = Links->RightChild;
        next->RightChild->Parent = next;
    }
    replace(Links, next, Root);
    next->LeftChild = Links->LeftChild;
    next->LeftChild->Parent = next;
}

PRTL_SPLAY_LINKS NTAPI RtlDelete(PRTL_SPLAY_LINKS Links)
{
    PRTL_SPLAY_LINKS parent = RtlIsRoot(Links) ? NULL : Links->Parent, root = Links;

    while (!RtlIsRoot(root))
        root = root->Parent;
    RtlDeleteNoSplay(Links, &root);
    return parent ? RtlSplay(parent) : root;
}

VOID NTAPI RtlInitializeGenericTable(PRTL_GENERIC_TABLE Table, PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
                                     PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine, PRTL_GENERIC_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
    *Table = (RTL_GENERIC_TABLE){.CompareRoutine = CompareRoutine, .AllocateRoutine = AllocateRoutine, .FreeRoutine = FreeRoutine,
                                 .TableContext = TableContext};
    InitializeListHead(&Table->InsertOrderList);
    Table->OrderedPointer = &Table->InsertOrderList;
}

/* The element that equals buffer, or the one below which it belongs. */
static TABLE_SEARCH_RESULT find(PRTL_GENERIC_TABLE table, PVOID buffer, PRTL_SPLAY_LINKS *found)
{
    PRTL_SPLAY_LINKS at = table->TableRoot;

    *found = NULL;
    if (!at)
        return TableEmptyTree;
    for (;;) {
        RTL_GENERIC_COMPARE_RESULTS order = guest_call(RTL_GENERIC_COMPARE_ROUTINE, table->CompareRoutine, table, buffer, DATA(at));
        PRTL_SPLAY_LINKS next = order == GenericLessThan ? at->LeftChild : at->RightChild;

        *found = at;
        if (order == GenericEqual)
            return TableFoundNode;
        if (!next)
            return order == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
        at = next;
    }
}

PVOID NTAPI RtlInsertElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer, CLONG BufferSize, PBOOLEAN NewElement)
{
    PRTL_SPLAY_LINKS at;
    TABLE_SEARCH_RESULT result = find(Table, Buffer, &at);
    struct element *element;

    if (NewElement)
        *NewElement = result != TableFoundNode;
    if (result == TableFoundNode) {
        Table->TableRoot = RtlSplay(at);
        return DATA(at);
    }
    element = guest_call(RTL_GENERIC_ALLOCATE_ROUTINE, Table->AllocateRoutine, Table, BufferSize + (ULONG)sizeof(struct element));
    if (!element) {
        if (NewElement)
            *NewElement = FALSE;
        return NULL;
    }
    RtlInitializeSplayLinks(&element->links);
    if (result == TableInsertAsLeft)
        RtlInsertAsLeftChild(at, &element->links);
    else if (result == TableInsertAsRight)
        RtlInsertAsRightChild(at, &element->links);
    InsertTailList(&Table->InsertOrderList, &element->order);
    Table->NumberGenericTableElements++;
    rtl_crt_memmove(element->data, Buffer, BufferSize);
    Table->TableRoot = RtlSplay(&element->links);
    return element->data;
}

BOOLEAN NTAPI RtlDeleteElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
    PRTL_SPLAY_LINKS at;

    if (find(Table, Buffer, &at) != TableFoundNode)
        return FALSE;
    Table->TableRoot = RtlDelete(at);
    RemoveEntryList(&CONTAINING_RECORD(at, struct element, links)->order);
    Table->NumberGenericTableElements--;
    Table->WhichOrderedElement = 0;
    Table->OrderedPointer = &Table->InsertOrderList;
    guest_call_void(RTL_GENERIC_FREE_ROUTINE, Table->FreeRoutine, Table, at);
    return TRUE;
}

PVOID NTAPI RtlLookupElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
    PRTL_SPLAY_LINKS at;
    TABLE_SEARCH_RESULT result = find(Table, Buffer, &at);

    if (at)
        Table->TableRoot = RtlSplay(at);
    return result == TableFoundNode ? DATA(at) : NULL;
}

static PRTL_SPLAY_LINKS first(PRTL_GENERIC_TABLE table)
{
    PRTL_SPLAY_LINKS at = table->TableRoot;

    while (at && at->LeftChild)
        at = at->LeftChild;
    return at;
}

PVOID NTAPI RtlEnumerateGenericTable(PRTL_GENERIC_TABLE Table, BOOLEAN Restart)
{
    PRTL_SPLAY_LINKS at = NULL;

    if (Table->TableRoot)
        at = Restart ? first(Table) : RtlRealSuccessor(Table->TableRoot);
    if (!at)
        return NULL;
    Table->TableRoot = RtlSplay(at);
    return DATA(at);
}

PVOID NTAPI RtlEnumerateGenericTableWithoutSplaying(PRTL_GENERIC_TABLE Table, PVOID *RestartKey)
{
    PRTL_SPLAY_LINKS at = *RestartKey ? RtlRealSuccessor(*RestartKey) : first(Table);

    if (at)
        *RestartKey = at;
    return at ? DATA(at) : NULL;
}

/* The last position is kept in the table, so that a loop over all elements is linear. */
PVOID NTAPI RtlGetElementGenericTable(PRTL_GENERIC_TABLE Table, ULONG I)
{
    PLIST_ENTRY at = Table->OrderedPointer;
    ULONG which = Table->WhichOrderedElement, wanted = I + 1; /* the head is 0 */

    if (I >= Table->NumberGenericTableElements)
        return NULL;
    if (wanted < which) {
        at = &Table->InsertOrderList;
        which = 0;
    }
    for (; which < wanted; which++)
        at = at->Flink;
    Table->OrderedPointer = at;
    Table->WhichOrderedElement = which;
    return CONTAINING_RECORD(at, struct element, order)->data;
}

ULONG NTAPI RtlNumberGenericTableElements(PRTL_GENERIC_TABLE Table)
{
    return Table->NumberGenericTableElements;
}

BOOLEAN NTAPI RtlIsGenericTableEmpty(PRTL_GENERIC_TABLE Table)
{
    return !Table->TableRoot;
}
