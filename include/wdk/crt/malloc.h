/* <malloc.h> for kernel mode: there is no heap. clang's SSE headers include it and want these two names, which no driver calls. */
#ifndef _INC_MALLOC
#define _INC_MALLOC

#define _mm_malloc(size, alignment) _aligned_malloc(size, alignment)
#define _mm_free(block)             _aligned_free(block)

#endif
