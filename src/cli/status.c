/* cli/status.c: status, check. */
#include "base/file.h"
#include "base/log.h"
#include "cli/drive.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "history/audit.h"
#include "plan/plan.h"
#include "ui/ui.h"

#include <string.h>

/* What is to be said of one module. */
typedef struct ModuleStatus {
    Module *module;
    size_t deployed;
    const Deployed *last;
    const char *tag;      /* of the last tagged change that is deployed; NULL */
    ChangeList pending;
    ChangedList changed;
} ModuleStatus;

static ModuleStatus status_of(const void *ctx, const Session *s, Module *m)
{
    ModuleStatus st = {.module = m};
    for (size_t i = 0; i < m->changes.n; i++) {
        Change *c = m->changes.v[i];
        const Deployed *d = history_find(s->history, c);
        if (d == NULL) {
            list_push(ctx, &st.pending, c);
            continue;
        }
        st.deployed++;
        st.last = st.last == NULL || d->position > st.last->position ? d : st.last;
        if (c->tags.n > 0)
            st.tag = c->tags.v[c->tags.n - 1]->name;
    }
    plan_changed(ctx, s->history, &(ModuleList){.v = &m, .n = 1}, &st.changed);
    return st;
}

static json_t *module_json(const Session *s, const ModuleStatus *st, bool show_changes)
{
    json_t *pending = json_array(), *changed = json_array();
    for (size_t i = 0; i < st->pending.n; i++)
        json_array_append_new(pending, json_string(st->pending.v[i]->instance));
    for (size_t i = 0; i < st->changed.n; i++)
        json_array_append_new(changed, json_string(st->changed.v[i].deployed->name));
    json_t *o = json_pack("{s:s, s:I, s:I, s:o, s:o}", "module", st->module->name, "planned",
                          (json_int_t)st->module->changes.n, "deployed", (json_int_t)st->deployed, "pending", pending,
                          "changed", changed);
    if (st->last != NULL)
        json_object_set_new(o, "last", json_pack("{s:s, s:s, s:s, s:s}", "change", st->last->name, "id",
                                                 st->last->change_id, "at", st->last->at, "by", st->last->by));
    if (st->tag != NULL)
        json_object_set_new(o, "tag", json_sprintf("@%s", st->tag));
    json_t *list = json_array();
    for (size_t i = 0; show_changes && i < s->history->deployed.n; i++) {
        const Deployed *d = s->history->deployed.v[i];
        if (strcmp(d->project, st->module->name) == 0)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "change", d->name, "id", d->change_id, "at", d->at));
    }
    if (show_changes)
        json_object_set(o, "changes", list);
    json_decref(list);
    return o;
}

static void print_list(const char *heading, UiStyle style, const TextList *names, size_t most)
{
    for (size_t i = 0; i < names->n && i < most; i++)
        ui_print("  %s%s%s %s\n", ui_style(style), heading, ui_style(UI_PLAIN), names->v[i]);
    if (names->n > most)
        ui_print("  … and %zu more\n", names->n - most);
}

static void print_module(const Session *s, const ModuleStatus *st, bool show_changes, bool show_tags)
{
    SCRATCH void *scratch = mem_scratch();
    TextList pending = {0}, changed = {0}, deployed = {0}, tags = {0};
    for (size_t i = 0; i < st->pending.n; i++)
        list_push(scratch, &pending, st->pending.v[i]->instance);
    for (size_t i = 0; i < st->changed.n; i++)
        list_push(scratch, &changed, mem_printf(scratch, "%s (%s)", st->changed.v[i].deployed->name,
                                                path_shown(st->changed.v[i].deployed->change->deploy)));
    for (size_t i = 0; i < s->history->deployed.n; i++) {
        const Deployed *d = s->history->deployed.v[i];
        if (strcmp(d->project, st->module->name) != 0)
            continue;
        list_push(scratch, &deployed, mem_printf(scratch, "%s  %s  %s", d->at, d->name, d->by));
        for (size_t t = 0; t < d->tags.n; t++)
            list_push(scratch, &tags, mem_printf(scratch, "@%s on %s", d->tags.v[t], d->name));
    }
    ui_print("%s%s%s: %zu of %zu deployed", ui_style(UI_BOLD), st->module->name, ui_style(UI_PLAIN), st->deployed,
             st->module->changes.n);
    if (st->tag != NULL)
        ui_print(", at @%s", st->tag);
    if (st->last != NULL)
        ui_print(", last %s on %s%s%s", st->last->name, st->last->at, st->last->by[0] != '\0' ? " by " : "", st->last->by);
    ui_print("\n");
    if (show_changes)
        print_list("deployed", UI_GOOD, &deployed, deployed.n);
    if (show_tags)
        print_list("tag", UI_GOOD, &tags, tags.n);
    print_list("pending", UI_WARN, &pending, log_level() >= LOG_VERBOSE ? pending.n : 20);
    print_list("changed", UI_BAD, &changed, changed.n);
}

static json_t *unsettled_json(const History *h)
{
    json_t *list = json_array();
    for (size_t i = 0; i < h->unsettled.n; i++) {
        const Unsettled *u = &h->unsettled.v[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s}", "module", u->project, "change", u->change, "action",
                                              u->action, "statement", u->statement, "since", u->since));
    }
    return list;
}

static void print_unsettled(const History *h)
{
    for (size_t i = 0; i < h->unsettled.n; i++) {
        const Unsettled *u = &h->unsettled.v[i];
        ui_print("  %scut off%s %s:%s, %s, statement %s, since %s\n", ui_style(UI_BAD), ui_style(UI_PLAIN), u->project,
                 u->change, u->action, u->statement[0] != '\0' ? u->statement : "none", u->since);
    }
}

bool run_status(Invocation *inv, Error *err)
{
    Session s = {0};
    if (folder_is_meant(inv))
        return run_drive_status(inv, err);
    if (!session_open(&s, inv, false, err))
        return false;
    bool changes = flag_bool(inv, "show-changes"), differs = s.history->unsettled.n > 0;
    json_t *modules = json_array();
    if (!inv->json)
        ui_print("%s, history %s in schema %s%s\n", pg_where(s.conn), s.history->format->name, s.history->schema,
                 s.history->exists ? "" : " (not there yet)");
    for (size_t i = 0; i < s.modules.n; i++) {
        ModuleStatus st = status_of(inv, &s, s.modules.v[i]);
        differs = differs || st.pending.n + st.changed.n > 0;
        json_array_append_new(modules, module_json(&s, &st, changes));
        if (!inv->json)
            print_module(&s, &st, changes, flag_bool(inv, "show-tags"));
    }
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:s, s:s, s:O, s:o}", "ok", 1, "version", 1, "database", pg_dbname(s.conn),
                          "history", s.history->format->name, "schema", s.history->schema, "modules", modules, "unsettled",
                          unsettled_json(s.history)));
    else
        print_unsettled(s.history);
    json_decref(modules);
    inv->answered = inv->json;
    return !flag_bool(inv, "check") || !differs || error_set(err, ERR_DIFFERS, "something is pending or changed");
}

static bool accept(Session *s, Invocation *inv, const ChangedList *changed, Error *err)
{
    Change *c = NULL;
    if (!session_change(s, inv, "accept", &c, err))
        return false;
    for (size_t i = 0; i < changed->n; i++) {
        const ChangedScript *script = &changed->v[i];
        if (script->deployed->change != c)
            continue;
        Audit *a = history_create(s->history, err) ? audit_begin(inv, s->history, session_command_line(inv), err) : NULL;
        if (a == NULL || !pg_wait(s->conn, err) || !pg_queue_sql(s->conn, "BEGIN", err) ||
            !history_accept(s->history, script->deployed, script->hash, err))
            return false;
        audit_note(a, "accept", c->module->name, c->instance, script->deployed->change_id, script->hash,
                   script->deployed->script_hash);
        if (!audit_flush(a, err) || !audit_end(a, "done", err) || !pg_queue_sql(s->conn, "COMMIT", err) ||
            !pg_wait(s->conn, err))
            return false;
        ui_print("accepted %s:%s\n", c->module->name, c->instance);
        return true;
    }
    return error_set(err, ERR_USAGE, "%s:%s is not deployed from another script", c->module->name, c->instance);
}

static json_t *check_json(const ChangedList *changed)
{
    json_t *list = json_array();
    for (size_t i = 0; i < changed->n; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s}", "module", changed->v[i].deployed->project, "change",
                                        changed->v[i].deployed->name, "file",
                                        path_shown(changed->v[i].deployed->change->deploy)));
    return json_pack("{s:b, s:i, s:o}", "ok", changed->n == 0, "version", 1, "changed", list);
}

bool run_check(Invocation *inv, Error *err)
{
    Session s = {0};
    ChangedList changed = {0};
    bool accepts = flag_text(inv, "accept") != NULL;
    if (!session_open(&s, inv, accepts, err))
        return false;
    plan_changed(inv, s.history, &s.modules, &changed);
    if (accepts)
        return accept(&s, inv, &changed, err);
    if (inv->json)
        ui_json(check_json(&changed));
    for (size_t i = 0; i < changed.n && !inv->json; i++)
        ui_print("%schanged%s %s:%s  %s\n", ui_style(UI_BAD), ui_style(UI_PLAIN), changed.v[i].deployed->project,
                 changed.v[i].deployed->name, path_shown(changed.v[i].deployed->change->deploy));
    inv->answered = inv->json;
    if (changed.n == 0 && !inv->json)
        ui_print("Every deployed script is as it was deployed.\n");
    return changed.n == 0 || error_set(err, ERR_DIFFERS, "%zu deployed script%s edited since", changed.n,
                                       changed.n == 1 ? " was" : "s were");
}
