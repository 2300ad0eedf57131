/* DbgPrint and its filter (EXE-570..572). Any IRQL. The text is formatted on the caller's stack with no lock held, so a bad pointer of
 * the guest faults there; then one lock orders the calls of all processors. */
#include "wdm.h"
#include "sched/sched.h"
#include "nt/rtl/format.h"
#include "dbg_private.h"

#define TEXT_MAX 512  /* bytes of one call; the rest is lost */
#define HISTORY  4096

static struct {
    struct sched_lock lock; /* innermost */
    void (*sink)(void *ctx, const char *text, size_t bytes);
    void *ctx;
    size_t written;
    char history[HISTORY];
} output;

#define COMPONENTS DPFLTR_ENDOFTABLE_ID
static const char *const component_name[COMPONENTS] = {
#define NAME(name, id) [id] = #name,
    WK_DPFLTR_COMPONENTS(NAME)
#undef NAME
};
static ULONG component_mask[COMPONENTS] = {[DPFLTR_DEFAULT_ID] = 1u << DPFLTR_INFO_LEVEL};
static ULONG win2000_mask = 1;

static ULONG *mask_of(ULONG component)
{
    return component < COMPONENTS && component_name[component] ? &component_mask[component] : &component_mask[DPFLTR_DEFAULT_ID];
}

static __forceinline ULONG bits_of(ULONG level)
{
    return level < 32 ? 1u << level : level;
}

static BOOLEAN is_shown(ULONG component, ULONG level)
{
    ULONG mask = __atomic_load_n(mask_of(component), __ATOMIC_RELAXED) | __atomic_load_n(&win2000_mask, __ATOMIC_RELAXED);

    return (mask & bits_of(level)) != 0;
}

void dbg_write(const char *text, size_t bytes)
{
    sched_lock(&output.lock);
    for (size_t i = 0; i < bytes; i++)
        output.history[output.written++ % HISTORY] = text[i];
    if (output.sink)
        output.sink(output.ctx, text, bytes);
    sched_unlock(&output.lock);
}

static ULONG print(PCSTR prefix, PCSTR format, WK_VA_LIST args)
{
    char text[TEXT_MAX];
    size_t used = 0;

    for (; prefix && prefix[used] && used < TEXT_MAX; used++)
        text[used] = prefix[used];
    used += rtl_format(text + used, TEXT_MAX - used, format, args);
    dbg_write(text, used < TEXT_MAX ? used : TEXT_MAX);
    return STATUS_SUCCESS;
}

ULONG NTAPI vDbgPrintExWithPrefix(PCSTR Prefix, ULONG ComponentId, ULONG Level, PCSTR Format, WK_VA_LIST arglist)
{
    return is_shown(ComponentId, Level) ? print(Prefix, Format, arglist) : STATUS_SUCCESS;
}

ULONG NTAPI vDbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, WK_VA_LIST arglist)
{
    return vDbgPrintExWithPrefix(NULL, ComponentId, Level, Format, arglist);
}

ULONG NTAPI DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...)
{
    __builtin_ms_va_list args;
    ULONG status;

    __builtin_ms_va_start(args, Format);
    status = vDbgPrintExWithPrefix(NULL, ComponentId, Level, Format, args);
    __builtin_ms_va_end(args);
    return status;
}

ULONG NTAPI DbgPrint(PCSTR Format, ...)
{
    __builtin_ms_va_list args;
    ULONG status;

    __builtin_ms_va_start(args, Format);
    status = vDbgPrintExWithPrefix(NULL, DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, Format, args);
    __builtin_ms_va_end(args);
    return status;
}

NTSTATUS NTAPI DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level)
{
    return is_shown(ComponentId, Level);
}

NTSTATUS NTAPI DbgSetDebugFilterState(ULONG ComponentId, ULONG Level, BOOLEAN State)
{
    ULONG *mask = mask_of(ComponentId);

    if (ComponentId >= COMPONENTS || !component_name[ComponentId])
        return STATUS_INVALID_PARAMETER_1;
    if (State)
        __atomic_fetch_or(mask, bits_of(Level), __ATOMIC_RELAXED);
    else
        __atomic_fetch_and(mask, ~bits_of(Level), __ATOMIC_RELAXED);
    return STATUS_SUCCESS;
}

void dbg_set_sink(void (*sink)(void *ctx, const char *text, size_t bytes), void *ctx)
{
    sched_lock(&output.lock);
    output.sink = sink;
    output.ctx = ctx;
    sched_unlock(&output.lock);
}

static BOOLEAN same_name(const char *a, const char *b)
{
    while (*a && (*a | 32) == (*b | 32))
        a++, b++;
    return *a == *b;
}

bool dbg_set_mask(const char *component, uint32_t mask)
{
    if (same_name(component, "WIN2000")) {
        win2000_mask = mask;
        return true;
    }
    for (ULONG i = 0; i < COMPONENTS; i++) {
        if (component_name[i] && same_name(component, component_name[i])) {
            component_mask[i] = mask;
            return true;
        }
    }
    return false;
}

void dbg_set_strict(bool strict)
{
    component_mask[DPFLTR_DEFAULT_ID] = strict ? 0 : 1u << DPFLTR_INFO_LEVEL;
}

size_t dbg_history(char *text, size_t bytes)
{
    size_t stored, first;

    sched_lock(&output.lock);
    stored = output.written < HISTORY ? output.written : HISTORY;
    stored = stored < bytes ? stored : bytes;
    first = output.written - stored;
    for (size_t i = 0; i < stored; i++)
        text[i] = output.history[(first + i) % HISTORY];
    sched_unlock(&output.lock);
    return stored;
}
