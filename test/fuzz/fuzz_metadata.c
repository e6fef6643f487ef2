/* SQL files: their normalised text and their metadata. */
#include "project/session/checksum.h"
#include "project/session/meta.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* Blanks are single and within, it is no longer than the text, and what is hashed is what is shown. */
static void check_normalised(const void *ctx, View text)
{
    char streamed[DIGEST_HEX_MAX], whole[DIGEST_HEX_MAX];
    Str normalised = str_new(ctx);
    checksum_normalise(text, &normalised);
    checksum_normalised(text, streamed);
    digest_of(DIGEST_SHA256, normalised.text, normalised.len, whole);
    check(strcmp(streamed, whole) == 0 && normalised.len <= text.len);
    check(memmem(normalised.text, normalised.len, "  ", 2) == NULL);
    check(normalised.len == 0 || (normalised.text[0] != ' ' && normalised.text[normalised.len - 1] != ' '));
}

/* What is accepted is whole; what is refused has a place in the text. */
static void check_metadata(const void *ctx, View text)
{
    Error err = {0};
    const Meta *meta = NULL;
    if (meta_read(ctx, "./a.sql", text, &meta, &err)) {
        check(!error_is_set(&err));
        check(meta == NULL || (strlen(meta->id) == 36 && meta->line > 0));
    } else {
        for (const Error *e = &err; e != NULL; e = e->next)
            check(e->class == ERR_CONFIG && e->line > 0 && e->column > 0);
    }
    error_clear(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH void *scratch = mem_scratch();
    View text = {(const char *)data, size};
    /* what the files of a project are checked for before */
    if (utf8_valid(text) != size)
        return 0;
    check_normalised(scratch, text);
    check_metadata(scratch, text);
    return 0;
}
