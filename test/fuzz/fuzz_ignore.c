/* Ignore files: TOML and its sections; and their patterns against a name. */
#include "base/glob.h"
#include "base/toml.h"
#include "schema/ignore.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    TomlEntryList entries = {0};
    ignore_parse(ignore_new(scratch), (const char *)data, size, "fuzz.toml", &err);
    error_clear(&err);
    if (toml_parse(scratch, (const char *)data, size, "fuzz.toml", &entries, &err))
        for (size_t i = 0; i < entries.n; i++)
            for (size_t k = 0; k < entries.v[i].values.n; k++)
                glob_matches(entries.v[i].values.v[k], "a name/of an öbject");
    error_clear(&err);
    return 0;
}
