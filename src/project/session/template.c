/* project/session/template.c: see template.h. */
#include "project/session/template.h"

#include "base/file.h"

#include <string.h>
#include <sys/stat.h>

extern const TemplateFile template_basic_files[], template_advanced_files[];

const Template templates[] = {
    {.name = "basic",
     .summary = "files that may run again, in the order of their names, and tests before the COMMIT",
     .about = "One transaction runs every file of schema/, then the tests, then commits: all of it, or nothing. Nothing is "
              "remembered between deployments, so each file brings the database to the state that it describes, whatever "
              "was there before. Runs on PostgreSQL 11 and later; the role that deploys needs CREATE on the database.",
     .files = template_basic_files},
    {.name = "advanced",
     .summary = "roles, schemas, scripts that run once or when they have changed, row security, and tests",
     .about = "Checks its parameters, makes the roles of the database, and runs the scripts as the role that owns all objects. "
              "A table remembers each script by the id in its metadata: what ran, with which content, when, by whom and in "
              "which transaction. Tenants are kept apart by row security; the application sees one schema of views and "
              "functions. Runs on PostgreSQL 15 and later; the role that deploys owns the database and has CREATEROLE, and "
              "need not be a superuser.",
     .files = template_advanced_files},
    {0},
};

const Template *template_named(const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str names = str_new(scratch);
    for (const Template *t = templates; t->name != NULL; t++) {
        if (strcmp(t->name, name) == 0)
            return t;
        str_addf(&names, "%s%s", names.len > 0 ? ", " : "", t->name);
    }
    error_set(err, ERR_USAGE, "there is no template \"%s\"", name);
    error_hint(err, "there are %s; a project with a plan of changes needs no template", names.text);
    return NULL;
}

static bool is_settings(const char *name)
{
    return strcmp(name, "pgwright.yaml") == 0 || strcmp(name, "pgmi.yaml") == 0;
}

/* What the folder holds; *configured when settings are among it. */
static bool check_folder(const void *ctx, const char *folder, bool *configured, TextList *names, Error *err)
{
    struct stat st;
    if (stat(folder, &st) != 0)
        return true;
    if (!S_ISDIR(st.st_mode))
        return error_set(err, ERR_USAGE, "%s is no folder", path_shown(folder));
    if (!dir_list(ctx, folder, names, err))
        return false;
    for (size_t i = 0; i < names->n; i++) {
        bool settings = is_settings(names->v[i]);
        *configured = *configured || settings;
        if (settings || strcmp(names->v[i], ".env") == 0 || strcmp(names->v[i], ".git") == 0)
            continue;
        error_set(err, ERR_USAGE, "%s is not empty: it holds %s", path_shown(folder), names->v[i]);
        error_hint(err, "name a folder that is empty, or that is not there yet");
        return false;
    }
    return true;
}

/* The name of a folder, fit for a comment of one line. */
static char *project_name(const void *ctx, const char *folder)
{
    SCRATCH void *scratch = mem_scratch();
    const char *base = path_base(path_real(scratch, folder));
    char *name = utf8_repaired(ctx, view_of(*base != '\0' ? base : "project"));
    for (char *p = name; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == '\x7F')
            *p = ' ';
    return name;
}

static bool write_file(const char *folder, const TemplateFile *file, const char *name, Error *err)
{
    static const char placeholder[] = "{{PROJECT_NAME}}";
    SCRATCH void *scratch = mem_scratch();
    const char *path = path_join(scratch, folder, file->path);
    Str text = str_new(scratch);
    const char *p = file->text;
    for (const char *found; (found = strstr(p, placeholder)) != NULL; p = found + strlen(placeholder)) {
        str_add_n(&text, p, (size_t)(found - p));
        str_add(&text, name);
    }
    str_add(&text, p);
    return dir_make(path_dir(scratch, path), err) && file_write(path, text.text, text.len, err);
}

bool template_write(const void *ctx, const Template *t, const char *folder, TextList *made, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    TextList there = {0};
    bool configured = false;
    if (!check_folder(scratch, folder, &configured, &there, err) || !dir_make(folder, err))
        return false;
    const char *name = project_name(scratch, folder);
    for (const TemplateFile *file = t->files; file->path != NULL; file++) {
        if (configured && is_settings(file->path))
            continue;
        if (!write_file(folder, file, name, err))
            return false;
        list_push(ctx, made, file->path);
    }
    return true;
}
