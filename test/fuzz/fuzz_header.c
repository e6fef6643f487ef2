/* The comments that scripts begin with. */
#include "project/header.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    header_read(scratch, (const char *)data, size);
    return 0;
}
