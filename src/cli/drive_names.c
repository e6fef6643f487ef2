/* cli/drive_names.c: see drive_names.h. */
#include "cli/drive_names.h"

#include "base/file.h"

#include <string.h>

enum { MAX_BYTES = 16 << 20 };

static bool is_url(const char *text)
{
    return strstr(text, "://") != NULL;
}

/* In a name of a database = is as rare as it is common in connection strings. */
static bool is_string(const char *text)
{
    return is_url(text) || strchr(text, '=') != NULL;
}

static const char *list_of_names(const Invocation *inv)
{
    const char *names = flag_typed(inv, "database") ? flag_text(inv, "database") : NULL;
    return names != NULL && strchr(names, ',') != NULL && !is_url(names) ? names : NULL;
}

bool names_are_many(const Invocation *inv)
{
    return flag_exists(inv, "targets") && (flag_text(inv, "targets") != NULL || list_of_names(inv) != NULL);
}

static void read_list(Invocation *inv, const char *list, DriveNameList *names)
{
    for (const char *p = list; *p != '\0';) {
        size_t len = strcspn(p, ",");
        View name = view_trim((View){p, len});
        if (name.len > 0)
            list_push(inv, names, (DriveName){.database = mem_strndup(inv, name.p, name.len)});
        p += len + (p[len] == ',');
    }
}

static void read_line(Invocation *inv, const char *path, long number, View line, DriveNameList *names)
{
    line = view_trim(line);
    if (line.len == 0 || line.p[0] == '#')
        return;
    const char *text = mem_strndup(inv, line.p, line.len);
    if (is_string(text))
        list_push(inv, names, (DriveName){.string = text, .origin = mem_printf(inv, "%s:%ld", path, number)});
    else
        list_push(inv, names, (DriveName){.database = text});
}

static bool read_file(Invocation *inv, const char *path, DriveNameList *names, Error *err)
{
    size_t len;
    const char *text = file_read(inv, path, MAX_BYTES, &len, err);
    if (text == NULL) {
        err->class = ERR_CONFIG;
        return error_wrap(err, "reading --targets");
    }
    long number = 1;
    for (const char *p = text, *end = text + len; p < end; number++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *to = newline != NULL ? newline : end;
        read_line(inv, path, number, (View){p, (size_t)(to - p)}, names);
        p = to + 1;
    }
    return true;
}

bool names_read(Invocation *inv, DriveNameList *names, Error *err)
{
    const char *path = flag_text(inv, "targets"), *list = list_of_names(inv);
    if (path != NULL && flag_typed(inv, "database"))
        return error_set(err, ERR_USAGE, "--targets and --database both name databases: say one of them");
    if (path != NULL && !read_file(inv, path, names, err))
        return false;
    if (path == NULL)
        read_list(inv, list, names);
    return names->n > 0 || error_set(err, ERR_CONFIG, "%s names no database", path != NULL ? path : "--database");
}
