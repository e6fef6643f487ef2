/* cli/info.c: info: what a session project holds, without a database. */
#include "base/file.h"
#include "base/log.h"
#include "cli/verbs.h"
#include "project/session/folder.h"
#include "project/session/settings.h"
#include "ui/ui.h"

#include <string.h>

typedef struct Info {
    const Folder *folder;
    const char *template, *config;
    bool has_driver;
    size_t sql, tests, with_metadata;
    json_t *directories; /* "./a/": how many files */
} Info;

/* Which starter project it began as: told by a place that only that one has. */
static const char *template_of(const void *ctx, const Folder *folder, bool has_driver)
{
    if (dir_exists(path_join(ctx, folder->root, "lib/api")) || file_exists(path_join(ctx, folder->root, "deploy/tracking.sql")))
        return "advanced";
    return has_driver ? "basic" : "unknown";
}

static const char *config_state(const void *ctx, const Folder *folder)
{
    Error err = {0};
    Settings settings = {0};
    const char *state = settings_read(ctx, folder->shown, &settings, &err) ? settings.file == NULL ? "absent" : "ok"
                                                                          : mem_printf(ctx, "error: %s", err.message);
    error_clear(&err);
    return state;
}

static void count_file(const void *ctx, Info *info, const FolderFile *file)
{
    const char *dir = mem_strndup(ctx, file->path, (size_t)(path_base(file->path) - file->path));
    json_int_t n = json_integer_value(json_object_get(info->directories, dir));
    json_object_set_new(info->directories, dir, json_integer(n + 1));
    info->sql += file->is_sql;
    info->tests += file->is_test;
    info->with_metadata += file->meta != NULL;
}

static void print_info(const void *ctx, const Info *info)
{
    const char *dir;
    json_t *n;
    ui_print("%s%s%s\n", ui_style(UI_BOLD), info->folder->root, ui_style(UI_PLAIN));
    ui_print("  template    %s\n  deploy.sql  %s\n  settings    %s\n", info->template, info->has_driver ? "present" : "missing",
             info->config);
    ui_print("  files       %zu: %zu SQL, %zu of tests, %zu with metadata\n", info->folder->files.n, info->sql, info->tests,
             info->with_metadata);
    UiTable *table = ui_table_new(ctx, 2, NULL);
    json_object_foreach(info->directories, dir, n) {
        ui_table_cell(table, UI_PLAIN, "    %s", dir);
        ui_table_cell(table, UI_DIM, "%lld", (long long)json_integer_value(n));
    }
    ui_table_print(table);
}

bool run_info(Invocation *inv, Error *err)
{
    const FolderOptions options = {.without_driver = true, .ids_may_clash = true};
    const char *path = inv->arguments.n > 0 ? inv->arguments.v[0] : ".";
    Folder *folder = folder_read(inv, path, &options, err);
    if (folder == NULL)
        return false;
    Info info = {.folder = folder, .has_driver = folder_has_driver(path), .directories = json_object()};
    info.template = template_of(inv, folder, info.has_driver);
    info.config = config_state(inv, folder);
    for (size_t i = 0; i < folder->files.n; i++)
        count_file(inv, &info, &folder->files.v[i]);
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:s, s:b, s:s, s:I, s:I, s:I, s:I, s:O}", "ok", 1, "version", 1, "path",
                          folder->root, "template", info.template, "deploySql", info.has_driver, "configFile", info.config,
                          "totalFiles", (json_int_t)folder->files.n, "sqlFiles", (json_int_t)info.sql, "testFiles",
                          (json_int_t)info.tests, "metadataWith", (json_int_t)info.with_metadata, "directories",
                          info.directories));
    else
        print_info(inv, &info);
    json_decref(info.directories);
    return true;
}
