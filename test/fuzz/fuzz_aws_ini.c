/* AWS's configuration and credentials. */
#include "pg/cloud/aws_ini.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    AwsSettingList settings = {0};
    for (int config = 0; config < 2; config++)
        aws_ini_read(scratch, (View){(const char *)data, size}, config == 1, &settings);
    for (size_t i = 0; i < settings.n; i++)
        if (!aws_ini_has(&settings, settings.v[i].section))
            abort();
    return 0;
}
