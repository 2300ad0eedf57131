/* Page numbers of one window: free runs in bins by size, merged with their neighbours; a bump pointer behind which
 * nothing was ever given out; and a first-in first-out quarantine, so that an address that was freed is not soon another
 * object's and a late touch is caught. Called under mem.lock.
 *
 * A free run has its length in its first and its last page, so that a neighbour finds it. */
#include "mem_private.h"

enum run_state { RUN_NONE, RUN_HEAD, RUN_TAIL, RUN_QUEUED };

#define BIN_LOOK 32 /* entries of the exact bin that a take looks at before it cuts a larger run */

static unsigned bin_of(uint32_t pages)
{
    return 31 - (unsigned)__builtin_clz(pages);
}

int mem_runs_start(struct mem_runs *runs, uint64_t pages, uint32_t quarantine_pages)
{
    *runs = (struct mem_runs){.total = (uint32_t)pages, .queue_limit = quarantine_pages};
    for (unsigned i = 0; i < 32; i++)
        runs->bin[i] = MEM_NO_PAGE;
    runs->queue_head = runs->queue_tail = MEM_NO_PAGE;
    runs->run = mem_table(pages * sizeof(struct mem_run));
    return runs->run ? 0 : -1;
}

static void link_run(struct mem_runs *runs, uint32_t first, uint32_t pages)
{
    struct mem_run *head = &runs->run[first];
    uint32_t *bin = &runs->bin[bin_of(pages)];

    if (pages > 1)
        runs->run[first + pages - 1] = (struct mem_run){.pages = pages, .state = RUN_TAIL};
    *head = (struct mem_run){.pages = pages, .next = *bin, .prev = MEM_NO_PAGE, .state = RUN_HEAD};
    if (*bin != MEM_NO_PAGE)
        runs->run[*bin].prev = first;
    *bin = first;
}

static void unlink_run(struct mem_runs *runs, uint32_t first)
{
    struct mem_run *head = &runs->run[first];
    uint32_t pages = head->pages;

    WK_ASSERT(head->state == RUN_HEAD);
    if (head->next != MEM_NO_PAGE)
        runs->run[head->next].prev = head->prev;
    if (head->prev != MEM_NO_PAGE)
        runs->run[head->prev].next = head->next;
    else
        runs->bin[bin_of(pages)] = head->next;
    runs->run[first + pages - 1].state = RUN_NONE;
    head->state = RUN_NONE;
}

void mem_runs_return(struct mem_runs *runs, uint32_t first, uint32_t pages)
{
    uint32_t after = first + pages;

    if (after < runs->bump && runs->run[after].state == RUN_HEAD) {
        uint32_t more = runs->run[after].pages;

        unlink_run(runs, after);
        pages += more;
    }
    if (first > 0) {
        struct mem_run *before = &runs->run[first - 1];
        uint32_t start = before->state == RUN_TAIL ? first - before->pages
                         : before->state == RUN_HEAD && before->pages == 1 ? first - 1 : first;

        if (start != first) {
            unlink_run(runs, start);
            pages += first - start;
            first = start;
        }
    }
    link_run(runs, first, pages);
}

static void drain(struct mem_runs *runs, uint32_t limit)
{
    while (runs->queue_pages > limit) {
        uint32_t first = runs->queue_head;
        struct mem_run *run = &runs->run[first];
        uint32_t pages = run->pages;

        WK_ASSERT(run->state == RUN_QUEUED);
        runs->queue_head = run->next;
        if (run->next == MEM_NO_PAGE)
            runs->queue_tail = MEM_NO_PAGE;
        runs->queue_pages -= pages;
        run->state = RUN_NONE;
        mem_runs_return(runs, first, pages);
    }
}

void mem_runs_give(struct mem_runs *runs, uint32_t first, uint32_t pages)
{
    WK_ASSERT(first + pages <= runs->bump && runs->run[first].state == RUN_NONE);
    runs->run[first] = (struct mem_run){.pages = pages, .next = MEM_NO_PAGE, .state = RUN_QUEUED};
    if (runs->queue_tail != MEM_NO_PAGE)
        runs->run[runs->queue_tail].next = first;
    else
        runs->queue_head = first;
    runs->queue_tail = first;
    runs->queue_pages += pages;
    drain(runs, runs->queue_limit);
}

static void cut(struct mem_runs *runs, uint32_t head, uint32_t first, uint32_t pages)
{
    uint32_t end = head + runs->run[head].pages;

    unlink_run(runs, head);
    if (first > head)
        link_run(runs, head, first - head);
    if (end > first + pages)
        link_run(runs, first + pages, end - first - pages);
}

static uint32_t take_from_bins(struct mem_runs *runs, uint32_t pages, unsigned look)
{
    unsigned bin = bin_of(pages);
    uint32_t at = runs->bin[bin];

    while (at != MEM_NO_PAGE && look-- > 0) {
        if (runs->run[at].pages >= pages)
            break;
        at = runs->run[at].next;
    }
    if (at == MEM_NO_PAGE || runs->run[at].pages < pages)
        for (at = MEM_NO_PAGE; at == MEM_NO_PAGE && ++bin < 32;)
            at = runs->bin[bin];
    if (at != MEM_NO_PAGE)
        cut(runs, at, at, pages);
    return at;
}

uint32_t mem_runs_take(struct mem_runs *runs, uint32_t pages)
{
    uint32_t at = take_from_bins(runs, pages, BIN_LOOK);

    if (at == MEM_NO_PAGE && runs->total - runs->bump >= pages) {
        at = runs->bump;
        runs->bump += pages;
    }
    if (at == MEM_NO_PAGE) { /* the window is full: give up the quarantine before saying so */
        drain(runs, 0);
        at = take_from_bins(runs, pages, UINT32_MAX);
    }
    return at;
}

/* The free run that holds page `at`, or MEM_NO_PAGE. */
static uint32_t run_around(struct mem_runs *runs, uint32_t at)
{
    for (unsigned bin = 0; bin < 32; bin++)
        for (uint32_t head = runs->bin[bin]; head != MEM_NO_PAGE; head = runs->run[head].next)
            if (at >= head && at - head < runs->run[head].pages)
                return head;
    return MEM_NO_PAGE;
}

bool mem_runs_take_at(struct mem_runs *runs, uint32_t first, uint32_t pages)
{
    uint32_t head;

    if (pages > runs->total || first > runs->total - pages)
        return false;
    if (first >= runs->bump) {
        uint32_t gap = first - runs->bump, old = runs->bump;

        runs->bump = first + pages;
        if (gap)
            mem_runs_return(runs, old, gap);
        return true;
    }
    if (first + pages > runs->bump) { /* partly behind the bump pointer: make that part a free run first */
        uint32_t old = runs->bump;

        runs->bump = first + pages;
        mem_runs_return(runs, old, runs->bump - old);
    }
    head = run_around(runs, first);
    if (head == MEM_NO_PAGE || head + runs->run[head].pages < first + pages) { /* perhaps the quarantine has it */
        drain(runs, 0);
        head = run_around(runs, first);
    }
    if (head == MEM_NO_PAGE || head + runs->run[head].pages < first + pages)
        return false;
    cut(runs, head, first, pages);
    return true;
}
