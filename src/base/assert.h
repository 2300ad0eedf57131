/* Our own mistakes. On in release builds too; a guest must not be able to reach one. */
#ifndef WK_ASSERT_H
#define WK_ASSERT_H

_Noreturn void wk_assert_failed(const char *expr, const char *file, int line, const char *func);
/* What a failed assertion does last; default: abort. The machine makes it write its report first. */
extern void (*wk_assert_hook)(const char *expr, const char *file, int line, const char *func);

#define WK_ASSERT(e) ((e) ? (void)0 : wk_assert_failed(#e, __FILE__, __LINE__, __func__))
#define WK_UNREACHABLE() wk_assert_failed("unreachable", __FILE__, __LINE__, __func__)

#endif
