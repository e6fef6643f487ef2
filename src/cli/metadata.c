/* cli/metadata.c: metadata scaffold, validate and plan: the <pgmi-meta> blocks of a project, without a database. */
#include "base/log.h"
#include "base/map.h"
#include "cli/verbs.h"
#include "project/session/order.h"
#include "project/session/scaffold.h"
#include "project/session/settings.h"
#include "ui/ui.h"

#include <string.h>

/* The folder that is named, or this one. It may be one without deploy.sql. */
static Folder *read_folder(Invocation *inv, Error *err)
{
    const FolderOptions options = {.without_driver = true, .ids_may_clash = true};
    return folder_read(inv, inv->arguments.n > 0 ? inv->arguments.v[0] : ".", &options, err);
}

static const char *id_of(const void *ctx, const FolderFile *file)
{
    char *id = mem_array(ctx, char, UUID_TEXT_MAX);
    folder_generic_id(file->path, id);
    return file->meta != NULL ? file->meta->id : id;
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- scaffold ---- */

static void tell_scaffold(Invocation *inv, const FolderFile *file, UiTable *table, json_t *list)
{
    const char *id = id_of(inv, file);
    json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "path", file->path, "id", id, "sort_key", file->path));
    ui_table_cell(table, UI_PLAIN, "%s", file->path);
    ui_table_cell(table, UI_DIM, "%s", id);
}

static void tell_scaffolds(const Invocation *inv, UiTable *table, json_t *list, bool written)
{
    size_t n = json_array_size(list);
    if (inv->json) {
        ui_json(json_pack("{s:b, s:i, s:b, s:O}", "ok", 1, "version", 1, "written", written, "files", list));
        return;
    }
    ui_table_print(table);
    if (n == 0)
        ui_print("Every SQL file has metadata.\n");
    else if (written)
        ui_print("%zu file%s got metadata.\n", n, plural(n));
    else
        log_info("%zu SQL file%s without metadata; nothing was written, --write does it.", n, plural(n));
}

bool run_metadata_scaffold(Invocation *inv, Error *err)
{
    bool write = flag_bool(inv, "write"), ok = true;
    FileTransaction transaction = TRANSACTION_OWN;
    Folder *folder = read_folder(inv, err);
    transaction_parse(view_of(flag_text(inv, "transaction")), &transaction);
    if (folder == NULL)
        return false;
    json_t *list = json_array();
    UiTable *table = ui_table_new(inv, 2, NULL);
    for (size_t i = 0; ok && i < folder->files.n; i++) {
        const FolderFile *file = &folder->files.v[i];
        if (!scaffold_is_wanted(folder, file))
            continue;
        ok = !write || scaffold_write(folder, file, flag_bool(inv, "idempotent"), transaction, err);
        if (ok)
            tell_scaffold(inv, file, table, list);
    }
    if (ok)
        tell_scaffolds(inv, table, list, write);
    json_decref(list);
    return ok;
}

/* ---- validate ---- */

static json_t *clashes_json(const void *ctx, const Folder *folder)
{
    json_t *list = json_array();
    FolderClashList clashes = {0};
    folder_clashes(ctx, folder, &clashes);
    for (size_t i = 0; i < clashes.n; i++) {
        Str text = str_new(ctx);
        str_addf(&text, "%s:", clashes.v[i].id);
        for (size_t j = 0; j < clashes.v[i].n; j++)
            str_addf(&text, "%s %s", j == 0 ? "" : ",", clashes.v[i].files[j]->path);
        json_array_append_new(list, json_string(text.text));
    }
    return list;
}

bool run_metadata_validate(Invocation *inv, Error *err)
{
    Folder *folder = read_folder(inv, err);
    if (folder == NULL)
        return false;
    size_t n = folder->files.n, with = 0;
    for (size_t i = 0; i < n; i++)
        with += folder->files.v[i].meta != NULL;
    bool ok = folder_check_ids(folder, err);
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:I, s:I, s:I, s:b, s:o}", "ok", ok, "version", 1, "total_files", (json_int_t)n,
                          "files_with_metadata", (json_int_t)with, "files_without_metadata", (json_int_t)(n - with),
                          "validation_passed", ok, "duplicate_ids", clashes_json(inv, folder)));
    else
        ui_print("%zu file%s: %zu with metadata, %zu without.\n", n, plural(n), with, n - with);
    inv->answered = inv->json;
    return ok;
}

/* ---- plan ---- */

static json_t *keys_json(const FolderFile *file)
{
    json_t *keys = json_array();
    for (size_t i = 0; file->meta != NULL && i < file->meta->sort_keys.n; i++)
        json_array_append_new(keys, json_string(file->meta->sort_keys.v[i]));
    if (file->meta == NULL)
        json_array_append_new(keys, json_string(file->path));
    return keys;
}

static const char *description_of(const FolderFile *file)
{
    return file->meta == NULL ? "no metadata" : file->meta->description == NULL ? "" : file->meta->description;
}

static bool is_idempotent(const FolderFile *file)
{
    return file->meta == NULL || file->meta->idempotent;
}

/* The SQL files, each where it runs first. */
static json_t *files_json(const void *ctx, const OrderRowList *rows)
{
    json_t *list = json_array();
    Map *seen = map_new(ctx);
    for (size_t i = 0; i < rows->n; i++) {
        const FolderFile *file = rows->v[i].file;
        if (!file->is_sql || map_has(seen, file->path))
            continue;
        map_set(seen, file->path, NULL);
        json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:o, s:s, s:s}", "path", file->path, "id", id_of(ctx, file),
                                              "idempotent", is_idempotent(file), "sort_keys", keys_json(file), "description",
                                              description_of(file), "transaction", transaction_names[file->transaction]));
    }
    return list;
}

static json_t *rows_json(const OrderRowList *rows)
{
    json_t *list = json_array();
    for (size_t i = 0; i < rows->n; i++) {
        const OrderRow *row = &rows->v[i];
        json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:b, s:s, s:s?}", "execution_order", (json_int_t)i + 1,
                                              "sort_key", row->sort_key, "path", row->file->path, "is_sql_file",
                                              row->file->is_sql, "generic_id", row->generic_id, "id",
                                              row->file->meta == NULL ? NULL : row->file->meta->id));
    }
    return list;
}

static void print_plan(const void *ctx, const OrderRowList *rows)
{
    UiTable *table = ui_table_new(ctx, 6, (const char *const[]){"#", "SORT KEY", "FILE", "RUNS", "TRANSACTION", "ID"});
    size_t others = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const OrderRow *row = &rows->v[i];
        const FolderFile *file = row->file;
        others += !file->is_sql;
        ui_table_cell(table, UI_DIM, "%zu", i + 1);
        ui_table_cell(table, UI_PLAIN, "%s", row->sort_key == file->path ? "" : row->sort_key);
        ui_table_cell(table, file->is_sql ? UI_BOLD : UI_DIM, "%s", file->path);
        ui_table_cell(table, UI_PLAIN, "%s", !file->is_sql ? "not SQL" : is_idempotent(file) ? "again" : "once");
        ui_table_cell(table, UI_PLAIN, "%s", file->is_sql ? transaction_names[file->transaction] : "");
        ui_table_cell(table, UI_DIM, "%s", id_of(ctx, file));
    }
    ui_table_print(table);
    if (others > 0)
        log_info("%zu file%s not SQL: a deploy.sql that runs the whole plan must leave %s out.", others,
                 others == 1 ? " is" : "s are", others == 1 ? "it" : "them");
}

bool run_metadata_plan(Invocation *inv, Error *err)
{
    Error clashes = {0};
    OrderRowList rows = {0};
    Settings settings = {0};
    Folder *folder = read_folder(inv, err);
    if (folder == NULL || !settings_read(inv, folder->shown, &settings, err))
        return false;
    folder_set_transactions(folder, &settings.transactions);
    order_rows(inv, folder, false, &rows);
    json_t *files = files_json(inv, &rows);
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:I, s:O, s:o}", "ok", 1, "version", 1, "total_files",
                          (json_int_t)json_array_size(files), "plan", files, "rows", rows_json(&rows)));
    else
        print_plan(inv, &rows);
    json_decref(files);
    if (!folder_check_ids(folder, &clashes))
        log_warn("files share ids, and could not be deployed: pgwright metadata validate tells which");
    error_clear(&clashes);
    return true;
}
