/* cli/dotenv.c: see dotenv.h. */
#include "cli/dotenv.h"

#include "base/dotenv.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/secrets.h"

#include <stdlib.h>

enum { MAX_BYTES = 1024 * 1024 };

/* Other programs' variables stay theirs: PATH or LD_PRELOAD of a folder must not reach what we start. */
static bool concerns_us(const char *name)
{
    static const char *const prefixes[] = {"PG", "DATABASE_URL", "AWS_", "AZURE_", "GOOGLE_", "GCE_", "CLOUDSDK_", "IDENTITY_", "MSI_"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (text_starts(name, prefixes[i]))
            return true;
    return false;
}

/* From the end, so that the last of one name counts. */
static void set_variables(const DotenvList *variables)
{
    for (size_t i = variables->n; i-- > 0;)
        if (concerns_us(variables->v[i].name))
            setenv(variables->v[i].name, variables->v[i].value, 0);
}

void dotenv_load(const void *ctx, const char *dir, bool whole, TextList *remarks)
{
    SCRATCH void *scratch = mem_scratch();
    const char *path = path_join(scratch, dir, ".env");
    DotenvList variables = {0};
    TextList faults = {0};
    Error err = {0};
    size_t len;
    if (!file_exists(path))
        return;
    const char *text = file_read(scratch, path, MAX_BYTES, &len, &err);
    if (text != NULL)
        dotenv_parse(scratch, text, len, &variables, &faults);
    if (whole && (text == NULL || faults.n > 0)) {
        log_warn("%s cannot be read as a file of variables: none of them is set", path);
    } else {
        if (text == NULL)
            list_push(ctx, remarks, mem_printf(ctx, "%s: %s", path, err.message));
        for (size_t i = 0; i < faults.n; i++)
            list_push(ctx, remarks, mem_printf(ctx, "%s:%s; the line is passed over", path, faults.v[i]));
        set_variables(&variables);
    }
    error_clear(&err);
    secrets_of_environment();
}
