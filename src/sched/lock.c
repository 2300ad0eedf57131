/* sched_lock when it is contended: spins for about the length of a short critical section, then sleeps.
 * word: 0 free; 1 held; 2 held and somebody may sleep. */
#include "base/assert.h"
#include "sched/sched_private.h"

#define LOCK_SPINS 100

void sched_lock_slow(struct sched_lock *lock)
{
    for (int i = 0; i < LOCK_SPINS; i++) {
        uint32_t was = __atomic_load_n(&lock->word, __ATOMIC_RELAXED);

        if (was == 0 && __atomic_compare_exchange_n(&lock->word, &was, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return;
        if (was == 2)
            break; /* others sleep already: spinning would only overtake them */
        __builtin_ia32_pause();
    }
    while (__atomic_exchange_n(&lock->word, 2, __ATOMIC_ACQUIRE) != 0)
        host.futex_wait(&lock->word, 2, SCHED_FOREVER);
}

/* The exchange in sched_unlock has freed it. */
void sched_unlock_slow(struct sched_lock *lock)
{
    host.futex_wake(&lock->word, 1);
}
