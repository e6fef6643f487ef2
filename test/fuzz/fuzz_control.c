/* Control files. */
#include "project/control.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Control control;
    control_parse(scratch, (const char *)data, size, "fuzz.control", &control, &err);
    error_clear(&err);
    return 0;
}
