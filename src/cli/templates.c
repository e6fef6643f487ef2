/* cli/templates.c: init --template, templates list, templates describe: projects to start from. */
#include "project/session/template.h"

#include "base/file.h"
#include "base/log.h"
#include "cli/render.h"
#include "cli/verbs.h"
#include "ui/ui.h"

static json_t *json_of_files(const TextList *files)
{
    json_t *list = json_array();
    for (size_t i = 0; i < files->n; i++)
        json_array_append_new(list, json_string(files->v[i]));
    return list;
}

static void tell_made(const Invocation *inv, const Template *t, const char *folder, const TextList *made)
{
    if (inv->json) {
        ui_json(json_pack("{s:b, s:i, s:s, s:s, s:s, s:o}", "ok", 1, "version", 1, "kind", "template", "name", t->name,
                          "folder", path_shown(folder), "files", json_of_files(made)));
        return;
    }
    for (size_t i = 0; i < made->n; i++)
        ui_print("%s\n", made->v[i]);
    log_info("The project is in %s, made from the template %s. README.md tells what its files are for.",
             path_shown(folder), t->name);
    log_info("Next: pgwright deploy %s -d DATABASE", path_shown(folder));
}

bool templates_init(Invocation *inv, const char *name, const char *path, Error *err)
{
    const Template *t = template_named(name, err);
    const char *folder = path != NULL ? path_join(inv, path_cwd(inv), path) : path_cwd(inv);
    TextList made = {0};
    if (t == NULL || !template_write(inv, t, folder, &made, err))
        return false;
    tell_made(inv, t, folder, &made);
    return true;
}

bool run_templates_list(Invocation *inv, Error *err)
{
    (void)err;
    json_t *list = json_array();
    UiTable *table = ui_table_new(inv, 2, NULL);
    for (const Template *t = templates; t->name != NULL; t++) {
        json_array_append_new(list, json_pack("{s:s, s:s}", "name", t->name, "summary", t->summary));
        ui_table_cell(table, UI_BOLD, "%s", t->name);
        ui_table_cell(table, UI_PLAIN, "%s", t->summary);
    }
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:O}", "ok", 1, "version", 1, "templates", list));
    else
        ui_table_print(table);
    json_decref(list);
    return true;
}

bool run_templates_describe(Invocation *inv, Error *err)
{
    const Template *t = template_named(inv->arguments.v[0], err);
    if (t == NULL)
        return false;
    TextList files = {0};
    for (const TemplateFile *file = t->files; file->path != NULL; file++)
        list_push(inv, &files, file->path);
    if (inv->json) {
        ui_json(json_pack("{s:b, s:i, s:s, s:s, s:s, s:o}", "ok", 1, "version", 1, "name", t->name, "summary", t->summary,
                          "about", t->about, "files", json_of_files(&files)));
        return true;
    }
    Str about = str_new(inv);
    render_wrapped(&about, t->about, 0, 0, ui_width());
    ui_print("%s: %s\n\n%s\n", t->name, t->summary, about.text);
    for (size_t i = 0; i < files.n; i++)
        ui_print("  %s\n", files.v[i]);
    return true;
}
