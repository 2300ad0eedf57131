/* Dynamic hash tables: linear hashing over chains of the callers' entries (EXE-467). The driver reads the counts of the header inline; Directory is
 * ours: segments of chain heads, the first of 128, each next one as large as all before it, so that heads never move. Callers lock.
 *
 * A strong enumerator stands in a chain as an entry of its own, with the signature 0 that no entry has; so entries may come and go around it. A weak
 * one stands in none, and changes nothing of the table but its count. */
#include "nt/rtl/rtl_private.h"

#define TAG_HASH      0x61487452 /* "RtHa" */
#define FIRST_BUCKETS 128u
#define SEGMENTS      20u
#define MAX_BUCKETS   (FIRST_BUCKETS << (SEGMENTS - 1))
#define ALLOCATED     1u /* Flags: the header is ours */

struct directory {
    LIST_ENTRY *segment[SEGMENTS];
};

static unsigned segment_of(ULONG bucket)
{
    return bucket < FIRST_BUCKETS ? 0 : 32 - (unsigned)__builtin_clz(bucket / FIRST_BUCKETS);
}

static PLIST_ENTRY head_of(const RTL_DYNAMIC_HASH_TABLE *table, ULONG bucket)
{
    const struct directory *d = table->Directory;
    unsigned segment = segment_of(bucket);

    return &d->segment[segment][segment ? bucket - (FIRST_BUCKETS << (segment - 1)) : bucket];
}

static ULONG bucket_of(const RTL_DYNAMIC_HASH_TABLE *table, ULONG_PTR signature)
{
    ULONG hash = (ULONG)(signature >> table->Shift), bucket = hash & table->DivisorMask;

    return bucket < table->Pivot ? hash & (table->DivisorMask << 1 | 1) : bucket;
}

/* Memory for the chain head of `bucket`, empty. */
static bool make_bucket(PRTL_DYNAMIC_HASH_TABLE table, ULONG bucket)
{
    struct directory *d = table->Directory;
    unsigned segment = segment_of(bucket);
    ULONG count = segment ? FIRST_BUCKETS << (segment - 1) : FIRST_BUCKETS;

    if (!d->segment[segment])
        d->segment[segment] = ExAllocatePool2(POOL_FLAG_NON_PAGED, count * sizeof(LIST_ENTRY), TAG_HASH);
    if (!d->segment[segment])
        return false;
    InitializeListHead(head_of(table, bucket));
    return true;
}

VOID NTAPI RtlDeleteHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    struct directory *d = HashTable->Directory;

    for (unsigned i = 0; i < SEGMENTS; i++) {
        if (d->segment[i])
            ExFreePoolWithTag(d->segment[i], TAG_HASH);
    }
    ExFreePoolWithTag(d, TAG_HASH);
    HashTable->Directory = NULL;
    if (HashTable->Flags & ALLOCATED)
        ExFreePoolWithTag(HashTable, TAG_HASH);
}

BOOLEAN NTAPI RtlCreateHashTableEx(PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG InitialSize, ULONG Shift, ULONG Flags)
{
    PRTL_DYNAMIC_HASH_TABLE table = *HashTable;
    bool ours = !table;

    if (Flags || Shift >= 64 || InitialSize > MAX_BUCKETS || InitialSize & (InitialSize - 1))
        return FALSE;
    if (InitialSize < FIRST_BUCKETS)
        InitialSize = FIRST_BUCKETS;
    if (ours)
        table = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*table), TAG_HASH);
    if (!table)
        return FALSE;
    __builtin_memset(table, 0, sizeof(*table));
    table->Directory = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(struct directory), TAG_HASH);
    table->Flags = ours ? ALLOCATED : 0;
    table->Shift = Shift;
    table->TableSize = InitialSize;
    table->DivisorMask = InitialSize - 1;
    for (ULONG i = 0; table->Directory && i < InitialSize; i++) {
        if (!make_bucket(table, i)) {
            RtlDeleteHashTable(table);
            return FALSE;
        }
    }
    if (!table->Directory) {
        if (ours)
            ExFreePoolWithTag(table, TAG_HASH);
        return FALSE;
    }
    *HashTable = table;
    return TRUE;
}

BOOLEAN NTAPI RtlCreateHashTable(PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG Shift, ULONG Flags)
{
    return RtlCreateHashTableEx(HashTable, FIRST_BUCKETS, Shift, Flags);
}

static PRTL_DYNAMIC_HASH_TABLE_ENTRY entry_of(PLIST_ENTRY link)
{
    return CONTAINING_RECORD(link, RTL_DYNAMIC_HASH_TABLE_ENTRY, Linkage);
}

/* Where entries of this signature are, or would be: after context->PrevLinkage. */
static void find(const RTL_DYNAMIC_HASH_TABLE *table, ULONG_PTR signature, PRTL_DYNAMIC_HASH_TABLE_CONTEXT context)
{
    PLIST_ENTRY head = head_of(table, bucket_of(table, signature)), at = head;

    while (at->Flink != head && entry_of(at->Flink)->Signature != signature)
        at = at->Flink;
    context->ChainHead = head;
    context->PrevLinkage = at->Flink == head ? head : at; /* none: the chain's front */
    context->Signature = signature;
}

static ULONG_PTR of_entries(ULONG_PTR signature)
{
    return signature == RTL_HASH_RESERVED_SIGNATURE ? RTL_HASH_ALT_SIGNATURE : signature;
}

BOOLEAN NTAPI RtlInsertEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry, ULONG_PTR Signature,
                                      PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT own = {0};

    Signature = of_entries(Signature);
    Entry->Signature = Signature;
    if (!Context)
        Context = &own;
    if (!Context->ChainHead)
        find(HashTable, Signature, Context);
    if (IsListEmpty(Context->ChainHead))
        HashTable->NonEmptyBuckets++;
    InsertHeadList(Context->PrevLinkage, &Entry->Linkage);
    HashTable->NumEntries++;
    return TRUE;
}

BOOLEAN NTAPI RtlRemoveEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry, PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    ULONG_PTR signature = Entry->Signature;

    if (Context && Context->ChainHead && Context->PrevLinkage == &Entry->Linkage)
        Context->PrevLinkage = Entry->Linkage.Blink;
    if (Entry->Linkage.Flink == Entry->Linkage.Blink)
        HashTable->NonEmptyBuckets--; /* nothing but the head on both sides */
    RemoveEntryList(&Entry->Linkage);
    HashTable->NumEntries--;
    if (Context && !Context->ChainHead)
        find(HashTable, signature, Context);
    return TRUE;
}

PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlLookupEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, ULONG_PTR Signature,
                                                            PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT own;
    PLIST_ENTRY next;

    Signature = of_entries(Signature);
    if (!Context)
        Context = &own;
    find(HashTable, Signature, Context);
    next = Context->PrevLinkage->Flink;
    return next != Context->ChainHead && entry_of(next)->Signature == Signature ? entry_of(next) : NULL;
}

/* Those of a signature stand together, but for enumerators between them. */
PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlGetNextEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    PLIST_ENTRY current = Context->PrevLinkage->Flink, next = current->Flink;

    while (next != Context->ChainHead && entry_of(next)->Signature == RTL_HASH_RESERVED_SIGNATURE)
        next = next->Flink;
    if (current == Context->ChainHead || next == Context->ChainHead || entry_of(next)->Signature != Context->Signature)
        return NULL;
    Context->PrevLinkage = next->Blink;
    return entry_of(next);
}

/* ---- enumeration ---- */
BOOLEAN NTAPI RtlInitEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    Enumerator->BucketIndex = 0;
    Enumerator->ChainHead = head_of(HashTable, 0);
    Enumerator->HashEntry.Signature = RTL_HASH_RESERVED_SIGNATURE;
    HashTable->NonEmptyBuckets += IsListEmpty(Enumerator->ChainHead);
    InsertHeadList(Enumerator->ChainHead, &Enumerator->HashEntry.Linkage);
    HashTable->NumEnumerators++;
    return TRUE;
}

static void leave_chain(PRTL_DYNAMIC_HASH_TABLE table, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR e)
{
    RemoveEntryList(&e->HashEntry.Linkage);
    table->NonEmptyBuckets -= IsListEmpty(e->ChainHead);
}

/* The next real entry behind `at`, here or in later chains; *bucket and *head follow. */
static PLIST_ENTRY next_entry(const RTL_DYNAMIC_HASH_TABLE *table, PLIST_ENTRY at, ULONG *bucket, PLIST_ENTRY *head)
{
    for (;;) {
        for (at = at->Flink; at != *head; at = at->Flink) {
            if (entry_of(at)->Signature != RTL_HASH_RESERVED_SIGNATURE)
                return at;
        }
        if (*bucket + 1 >= table->TableSize)
            return NULL;
        *head = at = head_of(table, ++*bucket);
    }
}

PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlEnumerateEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    ULONG bucket = Enumerator->BucketIndex;
    PLIST_ENTRY head = Enumerator->ChainHead, next = next_entry(HashTable, &Enumerator->HashEntry.Linkage, &bucket, &head);

    if (!next)
        return NULL;
    leave_chain(HashTable, Enumerator);
    Enumerator->BucketIndex = bucket;
    Enumerator->ChainHead = head;
    InsertHeadList(next, &Enumerator->HashEntry.Linkage); /* behind the one that is given: it may be removed */
    return entry_of(next);
}

VOID NTAPI RtlEndEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    leave_chain(HashTable, Enumerator);
    HashTable->NumEnumerators--;
    Enumerator->ChainHead = NULL;
}

/* Linkage.Flink: the entry given last, or the head. */
BOOLEAN NTAPI RtlInitWeakEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    Enumerator->BucketIndex = 0;
    Enumerator->ChainHead = head_of(HashTable, 0);
    Enumerator->HashEntry.Signature = RTL_HASH_RESERVED_SIGNATURE;
    Enumerator->HashEntry.Linkage.Flink = Enumerator->HashEntry.Linkage.Blink = Enumerator->ChainHead;
    InterlockedIncrement((volatile LONG *)&HashTable->NumEnumerators); /* callers may hold their lock shared */
    return TRUE;
}

PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlWeaklyEnumerateEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    PLIST_ENTRY next = next_entry(HashTable, Enumerator->HashEntry.Linkage.Flink, &Enumerator->BucketIndex, &Enumerator->ChainHead);

    Enumerator->HashEntry.Linkage.Flink = next ? next : Enumerator->ChainHead->Blink;
    return next ? entry_of(next) : NULL;
}

VOID NTAPI RtlEndWeakEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    InterlockedDecrement((volatile LONG *)&HashTable->NumEnumerators);
    Enumerator->ChainHead = NULL;
}

/* ---- size ---- */
/* The chain at the pivot is divided: what has the next bit set goes to the new bucket at the end. */
BOOLEAN NTAPI RtlExpandHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    ULONG old = HashTable->Pivot;
    PLIST_ENTRY from, to, after, next;

    if (HashTable->NumEnumerators || HashTable->TableSize == MAX_BUCKETS || !make_bucket(HashTable, HashTable->TableSize))
        return FALSE;
    from = head_of(HashTable, old);
    after = to = head_of(HashTable, HashTable->TableSize);
    HashTable->TableSize++;
    HashTable->Pivot++;
    for (PLIST_ENTRY at = from->Flink; at != from; at = next) {
        next = at->Flink;
        if (bucket_of(HashTable, entry_of(at)->Signature) == old)
            continue;
        RemoveEntryList(at);
        InsertHeadList(after, at);
        after = at;
    }
    if (!IsListEmpty(to))
        HashTable->NonEmptyBuckets += !IsListEmpty(from);
    if (HashTable->Pivot > HashTable->DivisorMask) {
        HashTable->DivisorMask = HashTable->DivisorMask << 1 | 1;
        HashTable->Pivot = 0;
    }
    return TRUE;
}

/* The last bucket goes back to the one it came from. */
BOOLEAN NTAPI RtlContractHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    PLIST_ENTRY from, to;

    if (HashTable->NumEnumerators || HashTable->TableSize == FIRST_BUCKETS)
        return FALSE;
    if (!HashTable->Pivot) {
        HashTable->DivisorMask >>= 1;
        HashTable->Pivot = HashTable->DivisorMask + 1;
    }
    HashTable->Pivot--;
    HashTable->TableSize--;
    from = head_of(HashTable, HashTable->TableSize);
    to = head_of(HashTable, HashTable->Pivot);
    if (!IsListEmpty(from))
        HashTable->NonEmptyBuckets -= !IsListEmpty(to);
    while (!IsListEmpty(from)) {
        PLIST_ENTRY at = RemoveHeadList(from);

        InsertTailList(to, at);
    }
    return TRUE;
}
