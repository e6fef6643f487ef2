/* extensions.json. */
#include "project/extensions.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    extensions_parse(mem_new(scratch, Module), (const char *)data, size, "fuzz.json", &err);
    error_clear(&err);
    return 0;
}
