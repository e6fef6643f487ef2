/* sqitch.conf. */
#include "project/gitconfig.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    json_decref(gitconfig_parse((const char *)data, size, "fuzz.conf", &err));
    error_clear(&err);
    return 0;
}
