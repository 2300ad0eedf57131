/* libFuzzer's entry to the loader: the same exercise as tests/unit/image/mutate.c, without end and led by coverage. `make fuzz`. */
#include <stdint.h>

#include "exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    image_exercise(data, bytes);
    return 0;
}
