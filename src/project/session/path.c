/* project/session/path.c: what the name of a file says; see folder.h. */
#include "project/session/folder_scan.h"

#include <string.h>

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

const char *path_extension(const char *path)
{
    const char *end = path + strlen(path), *p = end;
    while (p > path && is_alphanumeric(p[-1]))
        p--;
    return p < end && p > path && p[-1] == '.' ? p - 1 : end;
}

bool folder_path_is_sql(const char *path)
{
    static const char *const extensions[] = {".sql", ".ddl", ".dml", ".dql", ".dcl", ".psql", ".pgsql", ".plpgsql"};
    View extension = view_of(path_extension(path));
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if (view_is_nocase(extension, extensions[i]))
            return true;
    return false;
}

bool folder_path_is_test(const char *path)
{
    return strstr(path, "/__test__/") != NULL || strstr(path, "/__tests__/") != NULL;
}

bool path_is_fixture(const char *path)
{
    View name = view_of(path_base(path));
    return view_is_nocase(name, "_setup.sql") || view_is_nocase(name, "_setup.psql");
}

bool name_is_excluded(const char *name)
{
    return name[0] == '.' || strcmp(name, "node_modules") == 0 || strcmp(name, "__pycache__") == 0;
}

bool name_is_reserved(const char *name)
{
    return strlen(name) > 4 && text_starts(name, "__") && text_ends(name, "__") && strcmp(name, "__test__") != 0 &&
           strcmp(name, "__tests__") != 0;
}

void folder_generic_id(const char *path, char uuid[UUID_TEXT_MAX])
{
    uuid_of_text(path, uuid);
}
