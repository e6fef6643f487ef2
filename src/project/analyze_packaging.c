/* project/analyze_packaging.c: files that packaging uses and deploying does not; see analyze.h. */
#include "project/analyze.h"

#include "base/config.h"
#include "base/file.h"
#include "project/packaged.h"

#include <string.h>

enum { SMALL_FILE_MAX = 1024 * 1024 };

/* The packaging of one module. */
typedef struct Packaging {
    const void *ctx;
    const Module *module;
    IssueList *out;
} Packaging;

/* A small file beside the plan; NULL when it is not there or cannot be read. */
static char *read_beside(const void *ctx, const Module *m, const char *name, char **path)
{
    Error ignored = {0};
    size_t len;
    *path = path_join(ctx, m->dir, name);
    char *text = file_exists(*path) ? file_read(ctx, *path, SMALL_FILE_MAX, &len, &ignored) : NULL;
    error_clear(&ignored);
    return text;
}

/* Value and line of "NAME = value" in a Makefile; NULL when there is no such line. */
static char *make_variable(const void *ctx, const char *text, const char *name, long *number)
{
    *number = 1;
    for (const char *p = text; *p != '\0'; (*number)++) {
        size_t n = strcspn(p, "\n");
        const char *equals = memchr(p, '=', n);
        size_t before = equals == NULL ? 0 : (size_t)(equals - p);
        while (before > 0 && strchr(" \t:?", p[before - 1]) != NULL)
            before--;
        if (equals != NULL && view_is((View){p, before}, name)) {
            size_t rest = n - (size_t)(equals - p) - 1;
            const char *comment = memchr(equals + 1, '#', rest);
            View value = view_trim((View){equals + 1, comment == NULL ? rest : (size_t)(comment - equals) - 1});
            return mem_strndup(ctx, value.p, value.len);
        }
        p += n + (p[n] == '\n');
    }
    *number = 0;
    return NULL;
}

static void check_makefile(Packaging *p, const char *version)
{
    SCRATCH void *scratch = mem_scratch();
    const Module *m = p->module;
    char *path;
    long line;
    char *text = read_beside(scratch, m, "Makefile", &path);
    if (text == NULL)
        return;
    char *extension = make_variable(scratch, text, "EXTENSION", &line);
    if (extension == NULL)
        issue_add(p->ctx, p->out, ISSUE_MAKEFILE_NO_EXTENSION, path, 0, "");
    else if (strcmp(extension, m->name) != 0)
        issue_add(p->ctx, p->out, ISSUE_MAKEFILE_EXTENSION, path, line, extension);
    char *data = make_variable(scratch, text, "DATA", &line);
    char *wanted = mem_printf(scratch, "sql/%s--%s.sql", m->name, version != NULL ? version : "");
    if (data == NULL)
        issue_add(p->ctx, p->out, ISSUE_MAKEFILE_NO_DATA, path, 0, "");
    else if (version != NULL ? strcmp(data, wanted) != 0 : !text_starts(data, mem_strndup(scratch, wanted, strlen(wanted) - 4)))
        issue_add(p->ctx, p->out, ISSUE_MAKEFILE_DATA, path, line, data);
}

static void check_package_json(Packaging *p, const char *version)
{
    SCRATCH void *scratch = mem_scratch();
    char *path;
    Error ignored = {0};
    char *text = read_beside(scratch, p->module, "package.json", &path);
    json_t *root = text == NULL ? NULL : config_parse_json(text, strlen(text), path, &ignored);
    const char *named = config_text(root, "version", NULL);
    if (named != NULL && version != NULL && strcmp(named, version) != 0)
        issue_add(p->ctx, p->out, ISSUE_PACKAGE_VERSION, path, 0, mem_printf(scratch, "%s and %s", named, version));
    json_decref(root);
    error_clear(&ignored);
}

void analyze_packaging(const void *ctx, const Module *m, IssueList *out)
{
    SCRATCH void *scratch = mem_scratch();
    Packaging p = {.ctx = ctx, .module = m, .out = out};
    const char *version = packaged_version(scratch, m);
    check_makefile(&p, version);
    check_package_json(&p, version);
    if (strcmp(m->format->name, "pgpm") == 0 && m->uri[0] != '\0' && strcmp(m->uri, m->name) != 0)
        issue_add(ctx, out, ISSUE_URI, m->plan_path, 0, m->uri);
}
