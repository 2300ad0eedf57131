/* Inside src/nt/ob.
 *
 * Lock order (outermost first; none is held across guest code, a wait or a deletion, none changes IRQL):
 *   names.lock (namespace), a handle table's lock: leaves but for the pool. */
#ifndef WK_OB_PRIVATE_H
#define WK_OB_PRIVATE_H

#include "base/assert.h"
#include "ddi/guest.h"
#include "ob.h"
#include "sched/sched.h"

#define OB_TAG   'jbOw'
#define OB_ALIVE 0x4F626A31u /* also what makes a foreign pointer known: EXE-747 */
#define OB_DEAD  0x4F626A30u

struct ob_header {
    uint32_t magic;
    uint32_t deferred;         /* its deletion is in a work item */
    POBJECT_TYPE type;
    LONG64 references;
    LONG64 handles;
    PVOID directory;           /* with `name` and `entry`: under names.lock */
    UNICODE_STRING name;
    LIST_ENTRY entry;
    bool temporary;            /* the name goes with the last handle */
    WORK_QUEUE_ITEM work;
} __attribute__((aligned(16)));
_Static_assert(sizeof(struct ob_header) == OB_HEADER_BYTES, "ob.h says so");

static inline struct ob_header *ob_header(PVOID object)
{
    return (struct ob_header *)object - 1;
}
static inline KIRQL ob_irql(void)
{
    return *(KIRQL volatile *)(wk_pcr + 0x50); /* EXE-053: its KPCR */
}
static inline ULONG64 ob_number(const volatile void *p)
{
    return (ULONG64)(ULONG_PTR)p;
}

struct ob_directory {
    LIST_ENTRY entries;
};
struct ob_link {
    UNICODE_STRING target;
    const void *maker; /* where IoCreateSymbolicLink was called, NULL: ours */
};

void ob_handle_opened(PVOID object);
void ob_handle_closed(PVOID object);
bool ob_try_reference(PVOID object); /* false: it is being deleted */
int ob_names_start(void);
int ob_handles_start(void);
int ob_events_start(void);
ULONG ob_full_name(PVOID object, PWCH out, ULONG bytes); /* bytes it needs; written when they fit */

#endif
