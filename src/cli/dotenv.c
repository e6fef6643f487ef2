/* cli/dotenv.c: see dotenv.h. */
#include "cli/dotenv.h"

#include "base/dotenv.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/secrets.h"

#include <stdlib.h>

enum { MAX_BYTES = 1024 * 1024 };

/* Beginnings of names: what concerns the program, and what signing in may need. Other programs' variables stay theirs: PATH or
 * LD_PRELOAD of a folder must not reach what we start. */
static const char *const own[] = {"PG"};
static const char *const project[] = {"PG",      "DATABASE_URL", "AWS_",      "AZURE_", "GOOGLE_",
                                      "CLOUDSDK_", "GCE_METADATA", "IDENTITY_", "MSI_"};

/* From the end, so that the last of one name counts. */
static void set_variables(const DotenvList *variables, const char *const *beginnings, size_t n)
{
    for (size_t i = variables->n; i-- > 0;)
        for (size_t k = 0; k < n; k++)
            if (text_starts(variables->v[i].name, beginnings[k]))
                setenv(variables->v[i].name, variables->v[i].value, 0);
}

void dotenv_load(const void *ctx, const char *dir, TextList *remarks)
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
    if (text == NULL)
        list_push(ctx, remarks, mem_printf(ctx, "%s: %s", path, err.message));
    else
        dotenv_parse(scratch, text, len, &variables, &faults);
    error_clear(&err);
    set_variables(&variables, own, sizeof own / sizeof own[0]);
    for (size_t i = 0; i < faults.n; i++)
        list_push(ctx, remarks, mem_printf(ctx, "%s:%s; the line is passed over", path, faults.v[i]));
    secrets_of_environment();
}

void dotenv_load_project(const char *dir)
{
    SCRATCH void *scratch = mem_scratch();
    const char *path = path_join(scratch, dir, ".env");
    DotenvList variables = {0};
    TextList faults = {0};
    Error err = {0};
    size_t len = 0;
    if (!file_exists(path))
        return;
    const char *text = file_read(scratch, path, MAX_BYTES, &len, &err);
    if (text != NULL)
        dotenv_parse(scratch, text, len, &variables, &faults);
    if (text == NULL || faults.n > 0)
        log_warn("%s cannot be read as a file of variables: none of them is set", path);
    else
        set_variables(&variables, project, sizeof project / sizeof project[0]);
    error_clear(&err);
    secrets_of_environment();
}
