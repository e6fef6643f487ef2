/* YAML and JSON. */
#include "base/config.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    json_decref(config_parse_yaml((const char *)data, size, "fuzz.yaml", &err));
    error_clear(&err);
    json_decref(config_parse_json((const char *)data, size, "fuzz.json", &err));
    error_clear(&err);
    return 0;
}
