/* cli/names.c: what the shells offer where a module, a change or a template is to be named. */
#include "base/file.h"
#include "cli/verbs.h"
#include "project/project.h"
#include "project/session/template.h"
#include "ui/ui.h"

#include <string.h>

/* The folder that a --cwd of the line goes to. */
static const char *start_of(Invocation *inv)
{
    char *cwd = path_cwd(inv);
    for (size_t i = 1; i < inv->arguments.n; i++) {
        const char *word = inv->arguments.v[i];
        if (text_starts(word, "--cwd="))
            return path_join(inv, cwd, word + strlen("--cwd="));
        if (strcmp(word, "--cwd") == 0 && i + 1 < inv->arguments.n)
            return path_join(inv, cwd, inv->arguments.v[i + 1]);
    }
    return cwd;
}

/* The last word of the line that is a module's name, else the module around us. */
static const Module *module_of(const Workspace *ws, const Invocation *inv)
{
    for (size_t i = inv->arguments.n; i-- > 1;) {
        const Module *m = map_get(ws->by_name, inv->arguments.v[i]);
        if (m != NULL)
            return m;
    }
    return ws->current != NULL ? ws->current : ws->modules.n == 1 ? ws->modules.v[0] : NULL;
}

static void print_changes(const Module *m, const char *prefix)
{
    for (size_t i = 0; i < m->changes.n; i++)
        ui_print("%s%s\n", prefix, m->changes.v[i]->instance);
    for (size_t i = 0; i < m->tags.n; i++)
        ui_print("%s@%s\n", prefix, m->tags.v[i]->name);
}

static bool print_templates(void)
{
    for (const Template *t = templates; t->name != NULL; t++)
        ui_print("%s\n", t->name);
    return true;
}

bool run_names(Invocation *inv, Error *err)
{
    if (strcmp(inv->arguments.v[0], "templates") == 0)
        return print_templates();
    ProjectOptions o = {.start = start_of(inv), .without_scripts = true};
    Workspace *ws = workspace_read(inv, &o, err);
    if (ws == NULL)
        return false;
    bool changes = strcmp(inv->arguments.v[0], "changes") == 0;
    const Module *m = changes ? module_of(ws, inv) : NULL;
    if (m != NULL)
        print_changes(m, "");
    for (size_t i = 0; m == NULL && i < ws->modules.n; i++) {
        const Module *each = ws->modules.v[i];
        if (changes)
            print_changes(each, mem_printf(inv, "%s:", each->name));
        else
            ui_print("%s\n", each->name);
    }
    return true;
}
