/* Everything that the loader and the unwinder do with a file of unknown origin; for the mutation test and for fuzz/image.c. */
#ifndef TEST_EXERCISE_H
#define TEST_EXERCISE_H

#include <stdbool.h>
#include <stddef.h>

/* Loads `bytes` at data, uses what came of it, unloads. Aborts when a refusal has no message or no status. loaded: whether it could
 * be loaded. */
bool image_exercise(const void *data, size_t bytes);

#endif
