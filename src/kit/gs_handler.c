/* Exception handlers of functions with a /GS cookie (BLD-007). MSVC puts them into .xdata; clang does not, so they serve
 * objects and libraries that MSVC compiled. Both check the cookie before any handler of the frame may run. */
#include "kit.h"

#define GS_EHANDLER  1u /* the frame's own handler wants exceptions */
#define GS_UHANDLER  2u /* ... and unwinds */
#define GS_ALIGNED   4u /* the frame is over-aligned: two more words follow */
#define UNWINDING    0x66u
#define EXCEPTION_CONTINUE_SEARCH_DISPOSITION 1

struct exception_record {
    unsigned code, flags;
};
struct runtime_function {
    unsigned begin, end, unwind;
};
struct dispatcher_context {
    unsigned long long control_pc, image_base;
    struct runtime_function *function;
    unsigned long long establisher_frame, target_ip;
    void *context;
    void *handler;
    void *handler_data;
};
struct scope_table {
    unsigned count;
    struct { unsigned begin, end, handler, target; } scopes[];
};

int __C_specific_handler(struct exception_record *record, void *frame, void *context, struct dispatcher_context *dispatcher);
int __GSHandlerCheck(struct exception_record *record, void *frame, void *context, struct dispatcher_context *dispatcher);
int __GSHandlerCheck_SEH(struct exception_record *record, void *frame, void *context, struct dispatcher_context *dispatcher);
void __security_check_cookie(unsigned long long StackCookie);

/* data: offset of the cookie from the frame with the flags in its low bits; then, when aligned, where the aligned frame
 * begins and its (negative) alignment. [K] The cookie is stored xored with the frame register, rsp when there is none. */
static void check_frame(char *frame, const struct dispatcher_context *dispatcher, const int *data)
{
    const unsigned char *unwind = (const unsigned char *)(dispatcher->image_base + dispatcher->function->unwind);
    char *base = frame;
    char *xored_with = frame;

    if ((unsigned)data[0] & GS_ALIGNED)
        base = (char *)((long long)(frame + data[1]) & -(long long)data[2]);
    if (unwind[3] & 0x0f)
        xored_with = frame + (unwind[3] & 0xf0);
    __security_check_cookie(*(unsigned long long *)(base + (data[0] & ~7)) ^ (unsigned long long)xored_with);
}

int __GSHandlerCheck(struct exception_record *record, void *frame, void *context, struct dispatcher_context *dispatcher)
{
    (void)record;
    (void)context;
    check_frame(frame, dispatcher, dispatcher->handler_data);
    return EXCEPTION_CONTINUE_SEARCH_DISPOSITION;
}

int __GSHandlerCheck_SEH(struct exception_record *record, void *frame, void *context, struct dispatcher_context *dispatcher)
{
    const struct scope_table *scopes = dispatcher->handler_data;
    const int *data = (const int *)&scopes->scopes[scopes->count];
    unsigned wanted = record->flags & UNWINDING ? GS_UHANDLER : GS_EHANDLER;

    check_frame(frame, dispatcher, data);
    if ((unsigned)data[0] & wanted)
        return __C_specific_handler(record, frame, context, dispatcher);
    return EXCEPTION_CONTINUE_SEARCH_DISPOSITION;
}
