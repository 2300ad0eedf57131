/* The one read of ours that is allowed to fault (unwind.h, img_peek), as the fault handler sees it. Plain C types. */
#ifndef WK_IMAGE_PEEK_H
#define WK_IMAGE_PEEK_H

#include <stdint.h>

int img_peek_copy(const void *from, void *to, uint64_t bytes);
extern const char img_peek_begin[], img_peek_end[], img_peek_failed[];

#endif
