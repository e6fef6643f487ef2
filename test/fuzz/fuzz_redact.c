/* Redaction: a known secret never comes through, whatever stands around it. */
#include "base/log.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char secret[] = "hunter2";
    SCRATCH void *scratch = mem_scratch();
    redact_value(secret);
    if (strstr(redact(scratch, mem_strndup(scratch, (const char *)data, size)), secret) != NULL)
        abort();
    return 0;
}
