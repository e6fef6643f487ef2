/* Names of changes, tags and projects, and references to them. */
#include "project/reference.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is a name refers to the change of that name. */
static void check_name(View text, bool is_reference, const Reference *ref)
{
    bool is_name = name_fault(text, false) == NULL;
    bool refers = is_reference && ref->change != NULL && view_is(text, ref->change);
    if (is_name && ref->id == NULL && ref->offset == 0 && !refers)
        abort();
    if (name_fault(text, true) == NULL && !is_name)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    View text = {(const char *)data, size};
    Reference ref;
    check_name(text, reference_parse(scratch, text, &ref), &ref);
    return 0;
}
