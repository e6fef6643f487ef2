/* cli/session.c: see session.h. */
#include "cli/session.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/verbs.h"
#include "pg/sandbox.h"
#include "plan/plan.h"
#include "project/author.h"
#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>

enum { RUN_LOCK_WAIT_MS = 60000 };

bool session_workspace(Session *s, Invocation *inv, Error *err)
{
    ProjectOptions o = {.start = path_cwd(inv), .plan_file = flag_text(inv, "plan-file")};
    s->ws = workspace_read(inv, &o, err);
    for (size_t i = 0; s->ws != NULL && i < s->ws->warnings.n; i++)
        log_verbose("%s", s->ws->warnings.v[i]);
    if (s->ws == NULL && err->class == ERR_NO_PROJECT && flag_exists(inv, "file"))
        error_hint(err, "start one with `pgwright init`, go to its folder (--cwd), or say with --file what the schema shall be");
    return s->ws != NULL;
}

static bool which_module(const Session *s, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str names = str_new(scratch);
    for (size_t i = 0; i < s->ws->modules.n; i++)
        str_addf(&names, "%s%s", i > 0 ? ", " : "", s->ws->modules.v[i]->name);
    error_set(err, ERR_USAGE, "which module? This is the root of a workspace");
    error_detail(err, "its modules: %s", names.len > 0 ? names.text : "none yet");
    error_hint(err, "name one, or say --workspace for all of them");
    return false;
}

/* "module:change" names a module and a target. */
static const char *split_target(Session *s, Invocation *inv, const char *argument)
{
    const char *colon = strchr(argument, ':');
    if (colon == NULL)
        return argument;
    s->target = colon + 1;
    return mem_strndup(inv, argument, (size_t)(colon - argument));
}

/* --workspace, and --all where that means the modules rather than their changes. */
static bool wants_every_module(const Invocation *inv)
{
    bool changes = inv->command->run == run_revert || inv->command->run == run_list;
    bool all = flag_exists(inv, "all") && !changes && flag_bool(inv, "all");
    return all || flag_bool(inv, "workspace");
}

/* The module's name from the argument or from --package, which must not contradict one another. */
static bool named_module(const Invocation *inv, const char **name, Error *err)
{
    const char *argument = inv->arguments.n > 0 ? inv->arguments.v[0] : NULL, *flag = flag_text(inv, "package");
    *name = argument != NULL ? argument : flag;
    if (argument != NULL && flag != NULL && strcmp(argument, flag) != 0)
        return error_set(err, ERR_USAGE, "two modules are named: %s and --package %s", argument, flag);
    if (*name != NULL && wants_every_module(inv))
        return error_set(err, ERR_USAGE, "either the module %s or the whole workspace, not both", *name);
    return true;
}

static bool choose_modules(Session *s, Invocation *inv, Error *err)
{
    const char *name;
    Module *m = s->ws->current;
    if (!named_module(inv, &name, err))
        return false;
    /* Tests have databases of their own: at the root of a workspace nothing speaks against all of it. */
    bool test_all = m == NULL && name == NULL && inv->command->run == run_test;
    if (wants_every_module(inv) || test_all) {
        s->modules = s->ws->modules;
        return true;
    }
    if (name != NULL)
        m = workspace_module(s->ws, split_target(s, inv, name), err);
    else if (m == NULL && s->ws->modules.n == 1)
        m = s->ws->modules.v[0];
    if (m == NULL)
        return name == NULL && which_module(s, err);
    list_push(inv, &s->modules, m);
    return true;
}

/* Variables of the scripts: sqitch.conf's, then --set. */
static void read_variables(Session *s, Invocation *inv)
{
    static const char *const sections[] = {"core.variables", "engine.pg.variables", "deploy.variables"};
    s->variables = map_new(inv);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        const char *name;
        json_t *value;
        json_object_foreach(config_get(s->ws->config, sections[i]), name, value) if (json_is_string(value))
            map_set(s->variables, name, mem_strdup(inv, json_string_value(value)));
    }
}

static void add_pairs(Invocation *inv, const char *flag, Map *variables)
{
    const TextList *pairs = flag_list(inv, flag);
    for (size_t i = 0; i < pairs->n; i++) {
        const char *equals = strchr(pairs->v[i], '=');
        map_set(variables, mem_strndup(inv, pairs->v[i], (size_t)(equals - pairs->v[i])), mem_strdup(inv, equals + 1));
    }
}

Map *session_variables(const Session *s, Invocation *inv, const char *flag)
{
    Map *all = map_new(inv);
    const void *cursor = NULL;
    const char *name;
    void *value;
    while (map_next(s->variables, &cursor, &name, &value))
        map_set(all, name, value);
    add_pairs(inv, flag, all);
    return all;
}

bool session_project(Session *s, Invocation *inv, Error *err)
{
    if (!session_workspace(s, inv, err) || !choose_modules(s, inv, err))
        return false;
    read_variables(s, inv);
    if (flag_exists(inv, "set"))
        add_pairs(inv, "set", s->variables);
    return true;
}

/* The sandbox is the project's, also for commands that look at the database alone. */
static const char *project_root(const Session *s, Invocation *inv)
{
    Error ignored = {0};
    ProjectOptions o = {.start = path_cwd(inv), .without_scripts = true};
    const Workspace *ws = s->ws != NULL ? s->ws : workspace_read(inv, &o, &ignored);
    error_clear(&ignored);
    return ws != NULL ? ws->root : NULL;
}

static bool sandbox_target(Session *s, Invocation *inv, PgTarget *target, Error *err)
{
    Sandbox *sb = sandbox_open(inv, project_root(s, inv), err);
    if (sb == NULL || !sandbox_start(sb, err))
        return false;
    const char *database = target->dbname != NULL ? target->dbname : getenv("PGDATABASE");
    *target = (PgTarget){.url = sandbox_url(inv, sb, "postgres"),
                         .dbname = database,
                         .lock_timeout_ms = target->lock_timeout_ms,
                         .statement_timeout_ms = target->statement_timeout_ms,
                         .deadline_ms = target->deadline_ms};
    return true;
}

/* A target of Sqitch's: a name in sqitch.conf, db:pg://…, or a plain URI. */
static const char *resolve_url(Session *s, Invocation *inv, const char *url)
{
    if (url == NULL && s->ws != NULL)
        url = config_text(s->ws->config, "engine.pg.target", NULL);
    if (url == NULL)
        return NULL;
    if (s->ws != NULL && strchr(url, ':') == NULL && strchr(url, '=') == NULL)
        url = config_text(s->ws->config, mem_printf(inv, "target.%s.uri", url), url);
    if (text_starts(url, "db:pg:"))
        return mem_printf(inv, "postgresql:%s", text_starts(url + 6, "//") ? url + 6 : mem_printf(inv, "///%s", url + 6));
    return url;
}

void session_limits(const Invocation *inv, PgTarget *target)
{
    int64_t timeout = flag_duration(inv, "timeout");
    if (flag_exists(inv, "password") && flag_text(inv, "password") != NULL)
        setenv("PGPASSWORD", flag_text(inv, "password"), 1);
    target->lock_timeout_ms = flag_duration(inv, "lock-timeout");
    target->statement_timeout_ms = flag_duration(inv, "statement-timeout");
    target->deadline_ms = timeout == 0 ? 0 : clock_ms() + timeout;
}

bool session_target(Session *s, Invocation *inv, PgTarget *target, Error *err)
{
    *target = (PgTarget){.host = flag_text(inv, "host"),
                         .port = flag_text(inv, "port"),
                         .user = flag_text(inv, "username"),
                         .dbname = flag_text(inv, "database"),
                         .url = resolve_url(s, inv, flag_text(inv, "url"))};
    session_limits(inv, target);
    if (flag_bool(inv, "sandbox"))
        return sandbox_target(s, inv, target, err);
    bool named = target->dbname != NULL || target->url != NULL || getenv("PGDATABASE") != NULL ||
                 getenv("PGSERVICE") != NULL;
    if (named)
        return true;
    error_set(err, ERR_USAGE, "which database?");
    error_hint(err, "name it with --database or PGDATABASE, pass --url, or use the throwaway server: --sandbox");
    return false;
}

/* The database's name as libpq will see it. */
static const char *database_of(Invocation *inv, const PgTarget *target)
{
    if (target->dbname != NULL && strchr(target->dbname, '=') == NULL && !text_starts(target->dbname, "postgres"))
        return target->dbname;
    char *message = NULL;
    const char *text = target->dbname != NULL ? target->dbname : target->url;
    PQconninfoOption *options = text == NULL ? NULL : PQconninfoParse(text, &message);
    const char *name = NULL;
    for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        if (strcmp(o->keyword, "dbname") == 0 && o->val != NULL)
            name = mem_strdup(inv, o->val);
    PQconninfoFree(options);
    PQfreemem(message);
    return name != NULL ? name : target->dbname != NULL ? target->dbname : getenv("PGDATABASE");
}

/* Connects to a database that is always there and makes the wanted one. Idempotent. */
static bool create_database(Invocation *inv, const PgTarget *target, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *name = database_of(inv, target);
    PgTarget maintenance = *target;
    maintenance.dbname = "postgres";
    PgConn *conn = name == NULL ? NULL : pg_open(scratch, &maintenance, err);
    if (conn == NULL)
        return name == NULL ? error_set(err, ERR_USAGE, "--createdb needs the database's name") : false;
    PGresult *r = pg_query(scratch, conn, "SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", 1, &name, err);
    if (r == NULL || PQntuples(r) > 0)
        return r != NULL;
    r = pg_query(scratch, conn, mem_printf(scratch, "CREATE DATABASE %s", sql_ident(scratch, name)), 0, NULL, err);
    bool raced = r == NULL && (strcmp(err->sqlstate, "42P04") == 0 || strcmp(err->sqlstate, "23505") == 0);
    if (raced)
        error_clear(err);
    if (r != NULL)
        log_info("database %s was created", name);
    return r != NULL || raced;
}

bool session_connect(Session *s, Invocation *inv, bool createdb, Error *err)
{
    PgTarget target;
    if (!session_target(s, inv, &target, err) || (createdb && !create_database(inv, &target, err)))
        return false;
    s->conn = pg_open(inv, &target, err);
    return s->conn != NULL;
}

/* One run writes one history: modules of several formats need to be told which. */
static const HistoryFormat *choose_format(const Session *s, Invocation *inv, Error *err)
{
    const char *asked = flag_text(inv, "history");
    if (asked != NULL)
        return history_format(asked);
    const Module *first = NULL;
    for (size_t i = 0; i < s->ws->modules.n; i++) {
        const Module *m = s->ws->modules.v[i];
        if (first != NULL && strcmp(first->format->history, m->format->history) != 0) {
            error_set(err, ERR_CONFIG, "modules %s and %s have plans of different formats, so that either history could be meant",
                      first->name, m->name);
            error_hint(err, "choose one: --history %s or --history %s", first->format->history, m->format->history);
            return NULL;
        }
        first = m;
    }
    return history_format(first != NULL ? first->format->history : "pgwright");
}

static int64_t run_lock_wait(const Invocation *inv)
{
    if (!flag_bool(inv, "wait"))
        return 0;
    int64_t asked = flag_duration(inv, "lock-timeout");
    return asked > 0 ? asked : RUN_LOCK_WAIT_MS;
}

bool session_history(Session *s, Invocation *inv, bool lock, Error *err)
{
    const HistoryFormat *format = choose_format(s, inv, err);
    if (format == NULL)
        return false;
    const char *schema = flag_text(inv, "history-schema");
    if (schema == NULL && strcmp(format->name, "sqitch") == 0)
        schema = config_text(s->ws->config, "engine.pg.registry", NULL);
    s->history = lock ? history_open_locked(inv, s->conn, format, schema, run_lock_wait(inv), err)
                      : history_open(inv, s->conn, format, schema, err);
    if (s->history == NULL || !history_ask(s->history, err))
        return false;
    if (s->history->exists)
        plan_hash_scripts(&s->modules, s->history->format->digest);
    if (!history_load(s->history, err))
        return false;
    Stamp who = author_stamp(inv, s->ws, false);
    s->history->identity = (Identity){.name = who.name, .email = who.email};
    history_match(s->history, s->ws);
    return true;
}

bool session_open(Session *s, Invocation *inv, bool lock, Error *err)
{
    return session_project(s, inv, err) && session_connect(s, inv, false, err) && session_history(s, inv, lock, err);
}

bool session_change(Session *s, Invocation *inv, const char *flag, Change **change, Error *err)
{
    const char *name = flag_text(inv, flag) != NULL ? flag_text(inv, flag) : s->target;
    *change = NULL;
    if (name == NULL)
        return true;
    if (s->modules.n != 1 && strchr(name, ':') == NULL) {
        error_set(err, ERR_USAGE, "--%s %s: of which module?", flag, name);
        error_hint(err, "write it as MODULE:%s, or name the module", name);
        return false;
    }
    *change = workspace_change(s->ws, s->modules.v[0], name, err);
    return *change != NULL;
}

bool session_names_database(const Invocation *inv)
{
    return flag_given(inv, "database") || flag_given(inv, "url") || flag_given(inv, "host") || flag_bool(inv, "sandbox");
}

const char *session_command_line(Invocation *inv)
{
    Str text = str_new(inv);
    str_addf(&text, "pgwright %s", inv->command->name);
    for (size_t i = 0; i < inv->arguments.n; i++)
        str_addf(&text, " %s", inv->arguments.v[i]);
    for (size_t i = 0;; i++) {
        const char *name = flag_given_name(inv, i);
        if (name == NULL)
            return text.text;
        str_addf(&text, " --%s=%s", name, flag_text(inv, name));
    }
}
