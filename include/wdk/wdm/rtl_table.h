/* Ordered tables over splay and AVL trees, red-black trees (EXE-464..466). Callers lock. The allocate routine's memory is the only memory. */
#ifndef _WK_WDM_RTL_TABLE_H
#define _WK_WDM_RTL_TABLE_H

WK_EXTERN_C_BEGIN

typedef ULONG CLONG, *PCLONG;
typedef enum _TABLE_SEARCH_RESULT { TableEmptyTree, TableFoundNode, TableInsertAsLeft, TableInsertAsRight } TABLE_SEARCH_RESULT;
typedef enum _RTL_GENERIC_COMPARE_RESULTS { GenericLessThan, GenericGreaterThan, GenericEqual } RTL_GENERIC_COMPARE_RESULTS;

/* ---- splay links; EXE-L09. The root is its own parent. ---- */
typedef struct _RTL_SPLAY_LINKS {
    struct _RTL_SPLAY_LINKS *Parent;
    struct _RTL_SPLAY_LINKS *LeftChild;
    struct _RTL_SPLAY_LINKS *RightChild;
} RTL_SPLAY_LINKS, *PRTL_SPLAY_LINKS;

DDI_MACRO(RtlInitializeSplayLinks, "EXE-476", "ntddk/nf-ntddk-rtlinitializesplaylinks")
#define RtlInitializeSplayLinks(l) ((l)->Parent = (l), (l)->LeftChild = NULL, (l)->RightChild = NULL)
DDI_MACRO(RtlParent, "EXE-476", "ntddk/nf-ntddk-rtlparent")
#define RtlParent(l)       ((PRTL_SPLAY_LINKS)(l)->Parent)
DDI_MACRO(RtlLeftChild, "EXE-476", "ntddk/nf-ntddk-rtlleftchild")
#define RtlLeftChild(l)    ((PRTL_SPLAY_LINKS)(l)->LeftChild)
DDI_MACRO(RtlRightChild, "EXE-476", "ntddk/nf-ntddk-rtlrightchild")
#define RtlRightChild(l)   ((PRTL_SPLAY_LINKS)(l)->RightChild)
DDI_MACRO(RtlIsRoot, "EXE-476", "ntddk/nf-ntddk-rtlisroot")
#define RtlIsRoot(l)       (RtlParent(l) == (l))
DDI_MACRO(RtlIsLeftChild, "EXE-476", "ntddk/nf-ntddk-rtlisleftchild")
#define RtlIsLeftChild(l)  (RtlLeftChild(RtlParent(l)) == (l))
DDI_MACRO(RtlIsRightChild, "EXE-476", "ntddk/nf-ntddk-rtlisrightchild")
#define RtlIsRightChild(l) (RtlRightChild(RtlParent(l)) == (l))
DDI_MACRO(RtlInsertAsLeftChild, "EXE-476", "ntddk/nf-ntddk-rtlinsertasleftchild")
#define RtlInsertAsLeftChild(p, c)  ((p)->LeftChild = (c), (c)->Parent = (p))
DDI_MACRO(RtlInsertAsRightChild, "EXE-476", "ntddk/nf-ntddk-rtlinsertasrightchild")
#define RtlInsertAsRightChild(p, c) ((p)->RightChild = (c), (c)->Parent = (p))
/* The new root. */
DDI(ntoskrnl, "EXE-476", "ntddk/nf-ntddk-rtlsplay") PRTL_SPLAY_LINKS NTAPI RtlSplay(_Inout_ PRTL_SPLAY_LINKS Links);
DDI(ntoskrnl, "EXE-476", "ntddk/nf-ntddk-rtldelete") PRTL_SPLAY_LINKS NTAPI RtlDelete(_In_ PRTL_SPLAY_LINKS Links);
DDI(ntoskrnl, "EXE-476", "ntddk/nf-ntddk-rtldeletenosplay")
VOID NTAPI RtlDeleteNoSplay(_In_ PRTL_SPLAY_LINKS Links, _Inout_ PRTL_SPLAY_LINKS *Root);
DDI(ntoskrnl, "EXE-476", "ntddk/nf-ntddk-rtlsubtreesuccessor") PRTL_SPLAY_LINKS NTAPI RtlSubtreeSuccessor(_In_ PRTL_SPLAY_LINKS Links);
DDI(ntoskrnl, "EXE-476", "ntddk/nf-ntddk-rtlsubtreepredecessor") PRTL_SPLAY_LINKS NTAPI RtlSubtreePredecessor(_In_ PRTL_SPLAY_LINKS Links);
DDI(ntoskrnl, "EXE-476", "ntddk/nf-ntddk-rtlrealsuccessor") PRTL_SPLAY_LINKS NTAPI RtlRealSuccessor(_In_ PRTL_SPLAY_LINKS Links);
DDI(ntoskrnl, "EXE-476", "ntddk/nf-ntddk-rtlrealpredecessor") PRTL_SPLAY_LINKS NTAPI RtlRealPredecessor(_In_ PRTL_SPLAY_LINKS Links);

/* ---- generic table on a splay tree; EXE-L09. Lookups write. ---- */
struct _RTL_GENERIC_TABLE;
DDI_CALLBACK("EXE-464", "ntddk/nc-ntddk-rtl_generic_compare_routine")
typedef RTL_GENERIC_COMPARE_RESULTS(NTAPI RTL_GENERIC_COMPARE_ROUTINE)(_In_ struct _RTL_GENERIC_TABLE *Table, _In_ PVOID FirstStruct, _In_ PVOID SecondStruct);
typedef RTL_GENERIC_COMPARE_ROUTINE *PRTL_GENERIC_COMPARE_ROUTINE;
DDI_CALLBACK("EXE-464", "ntddk/nc-ntddk-rtl_generic_allocate_routine")
typedef PVOID(NTAPI RTL_GENERIC_ALLOCATE_ROUTINE)(_In_ struct _RTL_GENERIC_TABLE *Table, _In_ CLONG ByteSize);
typedef RTL_GENERIC_ALLOCATE_ROUTINE *PRTL_GENERIC_ALLOCATE_ROUTINE;
DDI_CALLBACK("EXE-464", "ntddk/nc-ntddk-rtl_generic_free_routine")
typedef VOID(NTAPI RTL_GENERIC_FREE_ROUTINE)(_In_ struct _RTL_GENERIC_TABLE *Table, _In_ PVOID Buffer);
typedef RTL_GENERIC_FREE_ROUTINE *PRTL_GENERIC_FREE_ROUTINE;

typedef struct _RTL_GENERIC_TABLE {
    PRTL_SPLAY_LINKS TableRoot;
    LIST_ENTRY InsertOrderList;
    PLIST_ENTRY OrderedPointer;
    ULONG WhichOrderedElement;
    ULONG NumberGenericTableElements;
    PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine;
    PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine;
    PRTL_GENERIC_FREE_ROUTINE FreeRoutine;
    PVOID TableContext;
} RTL_GENERIC_TABLE, *PRTL_GENERIC_TABLE;

DDI(ntoskrnl, "EXE-464", "ntddk/nf-ntddk-rtlinitializegenerictable") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI RtlInitializeGenericTable(_Out_ PRTL_GENERIC_TABLE Table, _In_ PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine, _In_ PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine, _In_ PRTL_GENERIC_FREE_ROUTINE FreeRoutine, _In_opt_ PVOID TableContext);
DDI(ntoskrnl, "EXE-464", "ntddk/nf-ntddk-rtlinsertelementgenerictable") _IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI RtlInsertElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer, _In_ CLONG BufferSize, _Out_opt_ PBOOLEAN NewElement);
DDI(ntoskrnl, "EXE-464", "ntddk/nf-ntddk-rtldeleteelementgenerictable") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlDeleteElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer);
DDI(ntoskrnl, "EXE-464", "ntddk/nf-ntddk-rtllookupelementgenerictable") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI RtlLookupElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer);
DDI(ntoskrnl, "EXE-464", "ntddk/nf-ntddk-rtlenumerategenerictable") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI RtlEnumerateGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ BOOLEAN Restart);
DDI(ntoskrnl, "EXE-464", "ntddk/nf-ntddk-rtlenumerategenerictablewithoutsplaying") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI RtlEnumerateGenericTableWithoutSplaying(_In_ PRTL_GENERIC_TABLE Table, _Inout_ PVOID *RestartKey);
/* In the order of insertion, from 0. */
DDI(ntoskrnl, "EXE-464", "ntddk/nf-ntddk-rtlgetelementgenerictable") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI RtlGetElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ ULONG I);
DDI(ntoskrnl, "EXE-464", "ntddk/nf-ntddk-rtlnumbergenerictableelements") ULONG NTAPI RtlNumberGenericTableElements(_In_ PRTL_GENERIC_TABLE Table);
DDI(ntoskrnl, "EXE-464", "ntddk/nf-ntddk-rtlisgenerictableempty") BOOLEAN NTAPI RtlIsGenericTableEmpty(_In_ PRTL_GENERIC_TABLE Table);

/* ---- AVL table; EXE-L10. Elements do not move, lookups do not write. ---- */
typedef struct _RTL_BALANCED_LINKS {
    struct _RTL_BALANCED_LINKS *Parent;
    struct _RTL_BALANCED_LINKS *LeftChild;
    struct _RTL_BALANCED_LINKS *RightChild;
    CHAR Balance;
    UCHAR Reserved[3];
} RTL_BALANCED_LINKS, *PRTL_BALANCED_LINKS;

struct _RTL_AVL_TABLE;
DDI_CALLBACK("EXE-465", "ntddk/nc-ntddk-rtl_avl_compare_routine")
typedef RTL_GENERIC_COMPARE_RESULTS(NTAPI RTL_AVL_COMPARE_ROUTINE)(_In_ struct _RTL_AVL_TABLE *Table, _In_ PVOID FirstStruct, _In_ PVOID SecondStruct);
typedef RTL_AVL_COMPARE_ROUTINE *PRTL_AVL_COMPARE_ROUTINE;
DDI_CALLBACK("EXE-465", "ntddk/nc-ntddk-rtl_avl_allocate_routine")
typedef PVOID(NTAPI RTL_AVL_ALLOCATE_ROUTINE)(_In_ struct _RTL_AVL_TABLE *Table, _In_ CLONG ByteSize);
typedef RTL_AVL_ALLOCATE_ROUTINE *PRTL_AVL_ALLOCATE_ROUTINE;
DDI_CALLBACK("EXE-465", "ntddk/nc-ntddk-rtl_avl_free_routine")
typedef VOID(NTAPI RTL_AVL_FREE_ROUTINE)(_In_ struct _RTL_AVL_TABLE *Table, _In_ PVOID Buffer);
typedef RTL_AVL_FREE_ROUTINE *PRTL_AVL_FREE_ROUTINE;
DDI_CALLBACK("EXE-465", "ntddk/nc-ntddk-rtl_avl_match_function")
typedef NTSTATUS(NTAPI RTL_AVL_MATCH_FUNCTION)(_In_ struct _RTL_AVL_TABLE *Table, _In_ PVOID UserData, _In_ PVOID MatchData);
typedef RTL_AVL_MATCH_FUNCTION *PRTL_AVL_MATCH_FUNCTION;

typedef struct _RTL_AVL_TABLE {
    RTL_BALANCED_LINKS BalancedRoot; /* its RightChild is the root */
    PVOID OrderedPointer;
    ULONG WhichOrderedElement;
    ULONG NumberGenericTableElements;
    ULONG DepthOfTree;
    PRTL_BALANCED_LINKS RestartKey;
    ULONG DeleteCount;
    PRTL_AVL_COMPARE_ROUTINE CompareRoutine;
    PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine;
    PRTL_AVL_FREE_ROUTINE FreeRoutine;
    PVOID TableContext;
} RTL_AVL_TABLE, *PRTL_AVL_TABLE;

DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtlinitializegenerictableavl") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI RtlInitializeGenericTableAvl(_Out_ PRTL_AVL_TABLE Table, _In_ PRTL_AVL_COMPARE_ROUTINE CompareRoutine, _In_opt_ PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine, _In_opt_ PRTL_AVL_FREE_ROUTINE FreeRoutine, _In_opt_ PVOID TableContext);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtlinsertelementgenerictableavl") _IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI RtlInsertElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer, _In_ CLONG BufferSize, _Out_opt_ PBOOLEAN NewElement);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtlinsertelementgenerictablefullavl") _IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI RtlInsertElementGenericTableFullAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer, _In_ CLONG BufferSize, _Out_opt_ PBOOLEAN NewElement, _In_ PVOID NodeOrParent, _In_ TABLE_SEARCH_RESULT SearchResult);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtldeleteelementgenerictableavl") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtldeleteelementgenerictableavl") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI RtlDeleteElementGenericTableAvlEx(_In_ PRTL_AVL_TABLE Table, _In_ PVOID NodeOrParent);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtllookupelementgenerictableavl") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI RtlLookupElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtllookupelementgenerictablefullavl") _IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI RtlLookupElementGenericTableFullAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer, _Out_ PVOID *NodeOrParent, _Out_ TABLE_SEARCH_RESULT *SearchResult);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtllookupfirstmatchingelementgenerictableavl") _IRQL_requires_max_(DISPATCH_LEVEL)
PVOID NTAPI RtlLookupFirstMatchingElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer, _Out_ PVOID *RestartKey);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtlenumerategenerictableavl") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI RtlEnumerateGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ BOOLEAN Restart);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtlenumerategenerictablewithoutsplayingavl") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(_In_ PRTL_AVL_TABLE Table, _Inout_ PVOID *RestartKey);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtlenumerategenerictablelikeadirectory") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI RtlEnumerateGenericTableLikeADirectory(_In_ PRTL_AVL_TABLE Table, _In_opt_ PRTL_AVL_MATCH_FUNCTION MatchFunction, _In_opt_ PVOID MatchData, _In_ ULONG NextFlag, _Inout_ PVOID *RestartKey, _Inout_ PULONG DeleteCount, _In_ PVOID Buffer);
/* In the order of the keys, from 0. */
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtlgetelementgenerictableavl") _IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
PVOID NTAPI RtlGetElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ ULONG I);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtlnumbergenerictableelementsavl") ULONG NTAPI RtlNumberGenericTableElementsAvl(_In_ PRTL_AVL_TABLE Table);
DDI(ntoskrnl, "EXE-465", "ntddk/nf-ntddk-rtlisgenerictableemptyavl") BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(_In_ PRTL_AVL_TABLE Table);

#ifdef RTL_USE_AVL_TABLES
#define _RTL_GENERIC_TABLE             _RTL_AVL_TABLE
#define RTL_GENERIC_TABLE              RTL_AVL_TABLE
#define PRTL_GENERIC_TABLE             PRTL_AVL_TABLE
#define RTL_GENERIC_COMPARE_ROUTINE    RTL_AVL_COMPARE_ROUTINE
#define PRTL_GENERIC_COMPARE_ROUTINE   PRTL_AVL_COMPARE_ROUTINE
#define RTL_GENERIC_ALLOCATE_ROUTINE   RTL_AVL_ALLOCATE_ROUTINE
#define PRTL_GENERIC_ALLOCATE_ROUTINE  PRTL_AVL_ALLOCATE_ROUTINE
#define RTL_GENERIC_FREE_ROUTINE       RTL_AVL_FREE_ROUTINE
#define PRTL_GENERIC_FREE_ROUTINE      PRTL_AVL_FREE_ROUTINE
#define RtlInitializeGenericTable      RtlInitializeGenericTableAvl
#define RtlInsertElementGenericTable   RtlInsertElementGenericTableAvl
#define RtlDeleteElementGenericTable   RtlDeleteElementGenericTableAvl
#define RtlLookupElementGenericTable   RtlLookupElementGenericTableAvl
#define RtlEnumerateGenericTable       RtlEnumerateGenericTableAvl
#define RtlEnumerateGenericTableWithoutSplaying RtlEnumerateGenericTableWithoutSplayingAvl
#define RtlGetElementGenericTable      RtlGetElementGenericTableAvl
#define RtlNumberGenericTableElements  RtlNumberGenericTableElementsAvl
#define RtlIsGenericTableEmpty         RtlIsGenericTableEmptyAvl
#endif

/* ---- red-black trees; the nodes are the caller's, and so are search and comparison ---- */
typedef struct _RTL_BALANCED_NODE {
    union {
        struct _RTL_BALANCED_NODE *Children[2];
        struct {
            struct _RTL_BALANCED_NODE *Left;
            struct _RTL_BALANCED_NODE *Right;
        };
    };
    union {
        UCHAR Red : 1;
        UCHAR Balance : 2;
        ULONG_PTR ParentValue;
    };
} RTL_BALANCED_NODE, *PRTL_BALANCED_NODE;
#define RTL_BALANCED_NODE_RESERVED_PARENT_MASK 3
#define RTL_BALANCED_NODE_GET_PARENT_POINTER(Node) \
    ((PRTL_BALANCED_NODE)((Node)->ParentValue & ~(ULONG_PTR)RTL_BALANCED_NODE_RESERVED_PARENT_MASK))

typedef struct _RTL_RB_TREE {
    PRTL_BALANCED_NODE Root;
    union {
        UCHAR Encoded : 1;
        PRTL_BALANCED_NODE Min;
    };
} RTL_RB_TREE, *PRTL_RB_TREE;

DDI(ntoskrnl, "EXE-466", "") VOID NTAPI RtlRbInsertNodeEx(_Inout_ PRTL_RB_TREE Tree, _In_opt_ PRTL_BALANCED_NODE Parent, _In_ BOOLEAN Right, _Out_ PRTL_BALANCED_NODE Node);
DDI(ntoskrnl, "EXE-466", "") VOID NTAPI RtlRbRemoveNode(_Inout_ PRTL_RB_TREE Tree, _In_ PRTL_BALANCED_NODE Node);

/* ---- dynamic hash tables; the entries are the caller's ---- */
#define RTL_HASH_ALLOCATED_HEADER   0x00000001
#define RTL_HASH_RESERVED_SIGNATURE 0
#define RTL_HASH_ALT_SIGNATURE      (RTL_HASH_RESERVED_SIGNATURE + 1)

typedef struct _RTL_DYNAMIC_HASH_TABLE_ENTRY {
    LIST_ENTRY Linkage;
    ULONG_PTR Signature;
} RTL_DYNAMIC_HASH_TABLE_ENTRY, *PRTL_DYNAMIC_HASH_TABLE_ENTRY;

typedef struct _RTL_DYNAMIC_HASH_TABLE_CONTEXT {
    PLIST_ENTRY ChainHead;
    PLIST_ENTRY PrevLinkage;
    ULONG_PTR Signature;
} RTL_DYNAMIC_HASH_TABLE_CONTEXT, *PRTL_DYNAMIC_HASH_TABLE_CONTEXT;

typedef struct _RTL_DYNAMIC_HASH_TABLE_ENUMERATOR {
    RTL_DYNAMIC_HASH_TABLE_ENTRY HashEntry;
    PLIST_ENTRY ChainHead;
    ULONG BucketIndex;
} RTL_DYNAMIC_HASH_TABLE_ENUMERATOR, *PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR;

typedef struct _RTL_DYNAMIC_HASH_TABLE {
    ULONG Flags;
    ULONG Shift;
    ULONG TableSize;
    ULONG Pivot;
    ULONG DivisorMask;
    ULONG NumEntries;
    ULONG NonEmptyBuckets;
    ULONG NumEnumerators;
    PVOID Directory;
} RTL_DYNAMIC_HASH_TABLE, *PRTL_DYNAMIC_HASH_TABLE;

DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlCreateHashTable(_Inout_ PRTL_DYNAMIC_HASH_TABLE *HashTable, _In_ ULONG Shift, _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlCreateHashTableEx(_Inout_ PRTL_DYNAMIC_HASH_TABLE *HashTable, _In_ ULONG InitialSize, _In_ ULONG Shift, _In_ ULONG Flags);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI RtlDeleteHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlInsertEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable, _In_ PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry, _In_ ULONG_PTR Signature, _Inout_opt_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlRemoveEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable, _In_ PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry, _Inout_opt_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlLookupEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable, _In_ ULONG_PTR Signature, _Out_opt_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlGetNextEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable, _In_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlInitEnumerationHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable, _Out_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlEnumerateEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable, _Inout_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI RtlEndEnumerationHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable, _Inout_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlInitWeakEnumerationHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable, _Out_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlWeaklyEnumerateEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable, _Inout_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
VOID NTAPI RtlEndWeakEnumerationHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable, _Inout_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlExpandHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable);
DDI(ntoskrnl, "EXE-467", "") _IRQL_requires_max_(DISPATCH_LEVEL)
BOOLEAN NTAPI RtlContractHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable);

DDI_INLINE("EXE-467", "") FORCEINLINE void RtlInitHashTableContext(PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    Context->ChainHead = NULL;
    Context->PrevLinkage = NULL;
}
DDI_INLINE("EXE-467", "") FORCEINLINE void RtlInitHashTableContextFromEnumerator(PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    Context->ChainHead = Enumerator->ChainHead;
    Context->PrevLinkage = Enumerator->HashEntry.Linkage.Blink;
}
DDI_INLINE("EXE-467", "") FORCEINLINE void RtlReleaseHashTableContext(PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    UNREFERENCED_PARAMETER(Context);
}
DDI_INLINE("EXE-467", "") FORCEINLINE ULONG RtlTotalBucketsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->TableSize;
}
DDI_INLINE("EXE-467", "") FORCEINLINE ULONG RtlNonEmptyBucketsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->NonEmptyBuckets;
}
DDI_INLINE("EXE-467", "") FORCEINLINE ULONG RtlTotalEntriesHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->NumEntries;
}
DDI_INLINE("EXE-467", "") FORCEINLINE ULONG RtlActiveEnumeratorsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->NumEnumerators;
}
DDI_INLINE("EXE-467", "") FORCEINLINE ULONG RtlEmptyBucketsHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return HashTable->TableSize - HashTable->NonEmptyBuckets;
}

WK_EXTERN_C_END

#endif
