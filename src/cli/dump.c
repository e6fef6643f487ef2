/* cli/dump.c: dump. */
#include "schema/dump.h"

#include "base/file.h"
#include "base/log.h"
#include "cli/schema_session.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "schema/load.h"
#include "ui/ui.h"

#include <string.h>

enum { MAX_BYTES = 64 * 1024 * 1024 };

static Model *read_model(Invocation *inv, const TextList *schemas, bool qualified, Error *err)
{
    Session s = {0};
    IgnoreRules *rules;
    schema_environment(inv);
    if (!schema_ignore_rules(inv, &rules, err) || !session_connect(&s, inv, false, err))
        return NULL;
    Model *model = (qualified ? schema_load_qualified : schema_load)(inv, s.conn, schemas, err);
    if (model == NULL)
        return NULL;
    schema_ignore(model, rules);
    ignore_pair(model_empty(inv, model), model, rules);
    return model;
}

/* Files that are as they shall be keep their times. */
static bool write_file(const char *path, const char *text, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error unreadable = {0};
    size_t len;
    const char *there = file_exists(path) ? file_read(scratch, path, MAX_BYTES, &len, &unreadable) : NULL;
    error_clear(&unreadable);
    if (there != NULL && len == strlen(text) && memcmp(there, text, len) == 0)
        return true;
    return dir_make(path_dir(scratch, path), err) && file_write(path, text, strlen(text), err);
}

static bool write_files(Invocation *inv, const Model *model, const char *main_file, const DumpOptions *options, Error *err)
{
    DumpFileList files = schema_dump_files(inv, model, options);
    const char *dir = path_dir(inv, main_file);
    for (size_t i = 0; i < files.n; i++)
        if (!write_file(path_join(inv, dir, files.v[i].path), files.v[i].text, err))
            return false;
    return write_file(main_file, schema_dump_main(inv, model, &files, options), err);
}

bool run_dump(Invocation *inv, Error *err)
{
    TextList schemas = {0};
    const char *file = flag_text(inv, "file");
    DumpOptions options = {.without_headings = !flag_bool(inv, "comments"),
                           .owners = flag_bool(inv, "owners"),
                           .qualified = flag_bool(inv, "qualify-schema")};
    if (!schema_names(inv, &schemas, err))
        return false;
    Model *model = read_model(inv, &schemas, options.qualified, err);
    if (model == NULL)
        return false;
    if (flag_bool(inv, "multi-file") && file != NULL)
        return write_files(inv, model, file, &options, err);
    if (flag_bool(inv, "multi-file"))
        log_warn("--multi-file needs --file, the main file: one file is written to stdout");
    char *text = schema_dump(inv, model, &options);
    if (file != NULL)
        return file_write(file, text, strlen(text), err);
    ui_print_sql(text);
    return true;
}
