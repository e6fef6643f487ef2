/* Elements in the answers of AWS's query services. */
#include "base/str.h"
#include "pg/cloud/json.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    const char *text = mem_strndup(scratch, (const char *)data, size);
    xml_text(scratch, text, "Message");
    xml_text(scratch, text, "a");
    return 0;
}
