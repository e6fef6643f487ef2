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

/* A file as it was read. */
typedef struct Dotenv {
    const char *path;
    bool there, readable;
    DotenvList variables;
    TextList faults;
    Error err; /* of one that is not readable */
} Dotenv;

static void read_dotenv(const void *ctx, const char *dir, Dotenv *file)
{
    size_t len;
    *file = (Dotenv){.path = path_join(ctx, dir, ".env")};
    file->there = file_exists(file->path);
    const char *text = file->there ? file_read(ctx, file->path, MAX_BYTES, &len, &file->err) : NULL;
    file->readable = text != NULL;
    if (file->readable)
        dotenv_parse(ctx, text, len, &file->variables, &file->faults);
}

void dotenv_load(const void *ctx, const char *dir, TextList *remarks)
{
    SCRATCH void *scratch = mem_scratch();
    Dotenv file;
    read_dotenv(scratch, dir, &file);
    if (!file.there)
        return;
    if (!file.readable)
        list_push(ctx, remarks, mem_printf(ctx, "%s: %s", file.path, file.err.message));
    for (size_t i = 0; i < file.faults.n; i++)
        list_push(ctx, remarks, mem_printf(ctx, "%s:%s; the line is passed over", file.path, file.faults.v[i]));
    set_variables(&file.variables, own, sizeof own / sizeof own[0]);
    error_clear(&file.err);
    secrets_of_environment();
}

void dotenv_load_project(const char *dir)
{
    SCRATCH void *scratch = mem_scratch();
    Dotenv file;
    read_dotenv(scratch, dir, &file);
    if (!file.there)
        return;
    if (!file.readable || file.faults.n > 0)
        log_warn("%s cannot be read as a file of variables: none of them is set", file.path);
    else
        set_variables(&file.variables, project, sizeof project / sizeof project[0]);
    error_clear(&file.err);
    secrets_of_environment();
}
