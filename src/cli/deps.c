/* cli/deps.c: list, deps: the changes of a plan, and what they build on. */
#include "cli/session.h"
#include "cli/verbs.h"
#include "plan/plan.h"
#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>

/* Changes and who requires them, over all modules. */
typedef struct Graph {
    const void *ctx;
    const Session *s;
    Map *dependents; /* "module:change" → ChangeList */
} Graph;

static char *name_of(const void *ctx, const Change *c)
{
    return mem_printf(ctx, "%s:%s", c->module->name, c->instance);
}

static const ChangeList *dependents_of(const Graph *g, const Change *c)
{
    SCRATCH void *scratch = mem_scratch();
    static const ChangeList none;
    const ChangeList *list = map_get(g->dependents, name_of(scratch, c));
    return list != NULL ? list : &none;
}

static void note_dependent(Graph *g, const Change *required, Change *dependent)
{
    SCRATCH void *scratch = mem_scratch();
    char *key = name_of(scratch, required);
    ChangeList *list = map_get(g->dependents, key);
    if (list == NULL) {
        list = mem_new(g->ctx, ChangeList);
        map_set(g->dependents, key, list);
    }
    list_push(g->ctx, list, dependent);
}

static Graph graph_of(const void *ctx, const Session *s)
{
    Graph g = {.ctx = ctx, .s = s, .dependents = map_new(ctx)};
    for (size_t i = 0; i < s->ws->modules.n; i++) {
        const ChangeList *changes = &s->ws->modules.v[i]->changes;
        for (size_t c = 0; c < changes->n; c++)
            for (size_t d = 0; d < changes->v[c]->dependencies.n; d++) {
                const Dependency *on = &changes->v[c]->dependencies.v[d];
                if (on->target != NULL && !on->conflict)
                    note_dependent(&g, on->target, changes->v[c]);
            }
    }
    return g;
}

/* "deployed" or "pending"; "" when no database was asked. */
static const char *state_of(const Session *s, const Change *c)
{
    if (s->history == NULL)
        return "";
    return history_find(s->history, c) != NULL ? "deployed" : "pending";
}

static void print_line(const char *name, const char *state, int depth, const char *after)
{
    bool pending = strcmp(state, "pending") == 0;
    ui_print("%*s%s%s%s%s%s%s\n", depth * 2, "", name, *state != '\0' ? "  " : "", ui_style(pending ? UI_WARN : UI_GOOD), state,
             ui_style(UI_PLAIN), after);
}

typedef void (*Walk)(const Graph *g, const Change *c, int depth, Map *seen);

/* What was shown above is not shown again. */
static void walk_to(const Graph *g, const Change *c, int depth, Map *seen, Walk walk)
{
    SCRATCH void *scratch = mem_scratch();
    char *name = name_of(scratch, c);
    bool again = map_has(seen, name);
    print_line(name, state_of(g->s, c), depth, again ? "  (see above)" : "");
    map_set(seen, name, seen);
    if (!again)
        walk(g, c, depth + 1, seen);
}

static void walk_requires(const Graph *g, const Change *c, int depth, Map *seen)
{
    for (size_t i = 0; i < c->dependencies.n; i++) {
        const Dependency *d = &c->dependencies.v[i];
        if (d->conflict)
            print_line(d->ref.text, "", depth, "  (conflicts)");
        else if (d->target == NULL)
            print_line(d->ref.text, "", depth, "  (in another project)");
        else
            walk_to(g, d->target, depth, seen, walk_requires);
    }
}

static void walk_dependents(const Graph *g, const Change *c, int depth, Map *seen)
{
    const ChangeList *list = dependents_of(g, c);
    for (size_t i = 0; i < list->n; i++)
        walk_to(g, list->v[i], depth, seen, walk_dependents);
}

static void print_change(const Graph *g, const Change *c)
{
    SCRATCH void *scratch = mem_scratch();
    print_line(name_of(scratch, c), state_of(g->s, c), 0, "");
    ui_print("  requires%s\n", c->dependencies.n == 0 ? " nothing" : "");
    walk_requires(g, c, 2, map_new(scratch));
    ui_print("  is required by%s\n", dependents_of(g, c)->n == 0 ? " nothing" : "");
    walk_dependents(g, c, 2, map_new(scratch));
}

static bool has_requirement(const Change *c)
{
    for (size_t i = 0; i < c->dependencies.n; i++)
        if (!c->dependencies.v[i].conflict)
            return true;
    return false;
}

/* From every change that requires nothing, what builds on it. */
static void print_trees(const Graph *g, const ModuleList *modules)
{
    SCRATCH void *scratch = mem_scratch();
    Map *seen = map_new(scratch);
    for (size_t i = 0; i < modules->n; i++)
        for (size_t c = 0; c < modules->v[i]->changes.n; c++)
            if (!has_requirement(modules->v[i]->changes.v[c]))
                walk_to(g, modules->v[i]->changes.v[c], 0, seen, walk_dependents);
}

static json_t *change_json(const Graph *g, const Change *c)
{
    SCRATCH void *scratch = mem_scratch();
    json_t *requires = json_array(), *conflicts = json_array(), *required_by = json_array();
    for (size_t i = 0; i < c->dependencies.n; i++) {
        const Dependency *d = &c->dependencies.v[i];
        const char *name = d->target != NULL ? name_of(scratch, d->target) : d->ref.text;
        json_array_append_new(d->conflict ? conflicts : requires, json_string(name));
    }
    const ChangeList *list = dependents_of(g, c);
    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(required_by, json_string(name_of(scratch, list->v[i])));
    json_t *o = json_pack("{s:s, s:s, s:o, s:o, s:o}", "module", c->module->name, "change", c->instance, "requires", requires,
                          "conflicts", conflicts, "required_by", required_by);
    if (g->s->history != NULL)
        json_object_set_new(o, "state", json_string(state_of(g->s, c)));
    return o;
}

static void print_json(const Graph *g, const Change *only, const ModuleList *modules)
{
    json_t *list = json_array();
    if (only != NULL)
        json_array_append_new(list, change_json(g, only));
    for (size_t i = 0; only == NULL && i < modules->n; i++)
        for (size_t c = 0; c < modules->v[i]->changes.n; c++)
            json_array_append_new(list, change_json(g, modules->v[i]->changes.v[c]));
    ui_json(json_pack("{s:b, s:i, s:o}", "ok", 1, "version", 1, "changes", list));
}

/* The graph stands in the files; a database adds what of it is deployed, when one is named in any way. */
static bool ask_database(Session *s, Invocation *inv, Error *err)
{
    if (!session_names_database(inv) && getenv("PGDATABASE") == NULL && getenv("PGSERVICE") == NULL)
        return true;
    return session_connect(s, inv, false, err) && session_history(s, inv, false, err);
}

bool run_deps(Invocation *inv, Error *err)
{
    Session s = {0};
    Change *only = NULL;
    const char *name = inv->arguments.n > 0 ? inv->arguments.v[0] : NULL, *package = flag_text(inv, "package");
    if (name != NULL && flag_bool(inv, "all"))
        return error_set(err, ERR_USAGE, "either the change %s or --all, not both", name);
    if (!session_workspace(&s, inv, err))
        return false;
    Module *m = package != NULL ? workspace_module(s.ws, package, err) : s.ws->current;
    if (package != NULL && m == NULL)
        return false;
    if (m == NULL && s.ws->modules.n > 0)
        m = s.ws->modules.v[0];
    only = name == NULL ? NULL : workspace_change(s.ws, m, name, err);
    if ((name != NULL && only == NULL) || !ask_database(&s, inv, err))
        return false;
    bool one_module = package != NULL || (s.ws->current != NULL && !flag_bool(inv, "workspace"));
    ModuleList modules = one_module ? (ModuleList){.v = &m, .n = 1} : s.ws->modules;
    Graph g = graph_of(inv, &s);
    if (inv->json)
        print_json(&g, only, &modules);
    else if (only != NULL)
        print_change(&g, only);
    else
        print_trees(&g, &modules);
    return true;
}

/* One line of `list`. */
static void add_change_row(UiTable *t, const Session *s, const Change *c, const Map *changed)
{
    SCRATCH void *scratch = mem_scratch();
    const Deployed *d = history_find(s->history, c);
    const char *state = d == NULL ? "pending" : map_has(changed, d->key) ? "edited" : "deployed";
    Str needs = str_new(scratch), tags = str_new(scratch);
    for (size_t i = 0; i < c->dependencies.n; i++)
        str_addf(&needs, "%s%s%s", i > 0 ? " " : "", c->dependencies.v[i].conflict ? "!" : "", c->dependencies.v[i].ref.text);
    for (size_t i = 0; i < c->tags.n; i++)
        str_addf(&tags, " @%s", c->tags.v[i]->name);
    ui_table_cell(t, d == NULL ? UI_WARN : strcmp(state, "edited") == 0 ? UI_BAD : UI_GOOD, "%s", state);
    ui_table_cell(t, UI_PLAIN, "%s:%s%s", c->module->name, c->instance, tags.text);
    ui_table_cell(t, UI_DIM, "%s", d == NULL ? "" : d->at);
    ui_table_cell(t, UI_DIM, "%s", needs.text);
}

static json_t *list_json(const Session *s, const ChangeList *changes, const Map *changed)
{
    json_t *list = json_array();
    for (size_t i = 0; i < changes->n; i++) {
        const Change *c = changes->v[i];
        const Deployed *d = history_find(s->history, c);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b, s:s*}", "module", c->module->name, "change", c->instance,
                                              "state", state_of(s, c), "edited", d != NULL && map_has(changed, d->key), "at",
                                              d != NULL ? d->at : NULL));
    }
    return list;
}

static void changes_to_list(Invocation *inv, const Session *s, ChangeList *out)
{
    bool pending = flag_bool(inv, "pending");
    for (size_t i = 0; i < s->modules.n; i++)
        for (size_t c = 0; c < s->modules.v[i]->changes.n; c++)
            if (!pending || history_find(s->history, s->modules.v[i]->changes.v[c]) == NULL)
                list_push(inv, out, s->modules.v[i]->changes.v[c]);
}

bool run_list(Invocation *inv, Error *err)
{
    static const char *const headings[] = {"state", "change", "deployed at", "requires"};
    Session s = {0};
    ChangedList edited = {0};
    ChangeList changes = {0};
    if (!session_open(&s, inv, false, err))
        return false;
    Map *changed = map_new(inv);
    plan_changed(inv, s.history, &s.modules, &edited);
    for (size_t i = 0; i < edited.n; i++)
        map_set(changed, edited.v[i].deployed->key, changed);
    changes_to_list(inv, &s, &changes);
    if (inv->json) {
        ui_json(json_pack("{s:b, s:i, s:o}", "ok", 1, "version", 1, "changes", list_json(&s, &changes, changed)));
        return true;
    }
    UiTable *t = ui_table_new(inv, sizeof headings / sizeof headings[0], headings);
    for (size_t i = 0; i < changes.n; i++)
        add_change_row(t, &s, changes.v[i], changed);
    ui_table_print(t);
    return true;
}
