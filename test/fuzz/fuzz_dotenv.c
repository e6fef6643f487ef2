/* Files of variables. */
#include "base/dotenv.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    DotenvList variables = {0};
    TextList faults = {0};
    dotenv_parse(scratch, (const char *)data, size, &variables, &faults);
    return 0;
}
