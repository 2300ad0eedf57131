/* Start and stop of the executive's part. */
#include "ex_private.h"

int ex_start(ex_create_thread *create_thread)
{
    ex_slist_start();
    return ex_work_start(create_thread);
}

void ex_stop(void)
{
    ex_work_stop();
}

unsigned ex_find_leftovers(uint64_t low, uint64_t high)
{
    return ex_lookaside_leftovers(low, high) + ex_resource_leftovers(low, high) + ex_timer_leftovers(low, high) + ex_callback_leftovers(low, high);
}
