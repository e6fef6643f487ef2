/* project/packaged.c: see packaged.h. */
#include "project/packaged.h"

#include "base/file.h"
#include "project/control.h"

#include <string.h>

enum { CONTROL_MAX = 1024 * 1024, SCRIPT_MAX = 16 * 1024 * 1024 };

const char *packaged_version(const void *ctx, const Module *m)
{
    Control control = {0};
    Error ignored = {0};
    size_t len;
    char *text = m->control_path == NULL ? NULL : file_read(ctx, m->control_path, CONTROL_MAX, &len, &ignored);
    bool read = text != NULL && control_parse(ctx, text, len, m->control_path, &control, &ignored);
    error_clear(&ignored);
    return read ? control.default_version : NULL;
}

/* The guard lines that keep psql from running it are not for the server. */
static char *without_echo(const void *ctx, const char *text)
{
    Str out = str_new(ctx);
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        n += p[n] == '\n';
        if (!text_starts(p, "\\echo"))
            str_add_n(&out, p, n);
        p += n;
    }
    return out.text;
}

const char *packaged_script(const void *ctx, const Module *m, const char **path)
{
    Error ignored = {0};
    size_t len;
    const char *version = packaged_version(ctx, m);
    if (version == NULL)
        return NULL;
    *path = path_join(ctx, m->dir, mem_printf(ctx, "sql/%s--%s.sql", m->control_name, version));
    char *text = file_exists(*path) ? file_read(ctx, *path, SCRIPT_MAX, &len, &ignored) : NULL;
    error_clear(&ignored);
    bool usable = text != NULL && strlen(text) == len && strstr(text, "@extschema") == NULL;
    return usable ? without_echo(ctx, text) : NULL;
}
