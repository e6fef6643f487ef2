/* cli/roles.c: roles bootstrap, add, remove. */
#include "deploy/roles.h"

#include "base/file.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <stdlib.h>

/* Roles belong to the server: any database will do to sign in to, and a workspace only gives their names. */
static bool open_server(Session *s, Invocation *inv, Error *err)
{
    Error ignored = {0};
    ProjectOptions o = {.start = path_cwd(inv), .without_scripts = true};
    s->ws = workspace_read(inv, &o, &ignored);
    error_clear(&ignored);
    if (flag_text(inv, "database") == NULL && flag_text(inv, "url") == NULL)
        setenv("PGDATABASE", "postgres", 0);
    return session_connect(s, inv, false, err);
}

static bool tell_made(const Invocation *inv, const TextList *made)
{
    json_t *list = json_array();
    for (size_t i = 0; i < made->n; i++) {
        json_array_append_new(list, json_string(made->v[i]));
        if (!inv->json)
            ui_print("made role %s\n", made->v[i]);
    }
    if (!inv->json && made->n == 0)
        ui_print("Nothing to make: the roles are there.\n");
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:O}", "ok", 1, "version", 1, "made", list));
    json_decref(list);
    return true;
}

/* These commands change a server that others share: a person confirms, a program says --yes. */
static bool confirm(const Invocation *inv, const Session *s, const char *doing, Error *err)
{
    return inv->yes || !ui_interactive() || ui_confirm(err, "%s on %s?", doing, pg_where(s->conn));
}

bool run_roles_bootstrap(Invocation *inv, Error *err)
{
    Session s = {0};
    TextList made = {0};
    return open_server(&s, inv, err) && confirm(inv, &s, "Make the workspace's roles", err) &&
           roles_bootstrap(inv, s.conn, s.ws, flag_bool(inv, "client"), &made, err) && tell_made(inv, &made);
}

static const char *login_name(const Invocation *inv, Error *err)
{
    const char *name = inv->arguments.n > 0 ? inv->arguments.v[0] : flag_text(inv, "login");
    if (name == NULL) {
        error_set(err, ERR_USAGE, "which role?");
        error_hint(err, "pgwright %s NAME, or --test for the two test users", inv->command->name);
    }
    return name;
}

bool run_roles_add(Invocation *inv, Error *err)
{
    Session s = {0};
    TextList made = {0};
    bool test = flag_bool(inv, "test");
    const char *name = test ? NULL : login_name(inv, err);
    if ((!test && name == NULL) || !open_server(&s, inv, err))
        return false;
    if (test)
        return confirm(inv, &s, "Make the test users", err) && roles_add_test(inv, s.conn, s.ws, &made, err) &&
               tell_made(inv, &made);
    const char *password = getenv("PGWRIGHT_ROLE_PASSWORD");
    if (password == NULL && ui_interactive())
        password = ui_ask_password(inv, "Password for the new role: ", err);
    return !error_is_set(err) && confirm(inv, &s, "Make the role", err) &&
           roles_add(inv, s.conn, s.ws, name, password, &made, err) && tell_made(inv, &made);
}

bool run_roles_remove(Invocation *inv, Error *err)
{
    Session s = {0};
    bool test = flag_bool(inv, "test"), was_there = false;
    const char *name = test ? NULL : login_name(inv, err);
    if ((!test && name == NULL) || !open_server(&s, inv, err) || !confirm(inv, &s, "Remove the role", err))
        return false;
    if (!(test ? roles_remove_test(s.conn, s.ws, &was_there, err) : roles_remove(s.conn, s.ws, name, &was_there, err)))
        return false;
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:b}", "ok", 1, "version", 1, "removed", was_there));
    else
        ui_print("%s\n", was_there ? "removed" : "Nothing to remove: there is no such role.");
    return true;
}
