#include "image/unwind.h"
bool img_unwind_host(struct img_regs *regs, bool exact, struct img_frame *frame)
{
    (void)regs; (void)exact; (void)frame;
    return false;
}
