/* Plans of every format. */
#include "project/planfile.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < project_formats_count; i++) {
        SCRATCH void *scratch = mem_scratch();
        Error err = {0};
        Module *m = mem_new(scratch, Module);
        m->plan_path = "fuzz.plan";
        PlanReading reading = {.path = "fuzz.plan", .format = &project_formats[i]};
        if (planfile_parse(m, &reading, (const char *)data, size, &err))
            planfile_finish(m);
        error_clear(&err);
    }
    return 0;
}
