/* What timers and callback objects of src/nt/ex need of other folders and no test here reaches: tests/guest/ex has their tests. */
#include <stdlib.h>

#define ABSENT(name)                                                                                                                                 \
    void name(void);                                                                                                                                 \
    void name(void)                                                                                                                                  \
    {                                                                                                                                                \
        abort();                                                                                                                                     \
    }
ABSENT(KeCancelTimer)
ABSENT(KeInitializeDpc)
ABSENT(KeInitializeTimerEx)
ABSENT(KeSetTimerEx)
ABSENT(ObDereferenceObjectDeferDelete)
ABSENT(ObfDereferenceObject)
ABSENT(ObfReferenceObject)
ABSENT(RtlInitUnicodeString)
ABSENT(ke_timer_is_set)
ABSENT(ob_allocate)
ABSENT(ob_for_each)
ABSENT(ob_insert_attributes)
ABSENT(ob_lookup_attributes)
ABSENT(ob_type_of)
void *const ob_callback_type;

long ob_lookup(void);
long ob_lookup(void)
{
    return -1;
}
