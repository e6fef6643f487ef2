/* cli/schema_session.c: see schema_session.h. */
#include "cli/schema_session.h"

#include "base/file.h"
#include "base/log.h"
#include "history/schema_state.h"
#include "schema/desired.h"
#include "schema/load.h"
#include "schema/pgschema_hash.h"
#include "schema/rename.h"
#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_FILE "schema.sql"

bool schema_is_meant(const Invocation *inv)
{
    static const char *const plans[] = {"pgwright.plan", "pgpm.plan", "sqitch.plan", "pgpm.json", "sqitch.conf"};
    if (flag_given(inv, "file") || (flag_exists(inv, "plan") && flag_given(inv, "plan")))
        return true;
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (file_exists(plans[i]))
            return false;
    return inv->arguments.n == 0 && file_exists(DEFAULT_FILE);
}

bool schema_is_always_meant(const Invocation *inv)
{
    (void)inv;
    return true;
}

bool schema_names(Invocation *inv, TextList *schemas, Error *err)
{
    const TextList *names = flag_list(inv, "schema");
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->v[i], "*") == 0)
            return names->n == 1 || error_set(err, ERR_USAGE, "--schema '*' stands for all schemas: name no others beside it");
        list_push(inv, schemas, names->v[i]);
    }
    if (names->n == 0)
        list_push(inv, schemas, "public");
    return true;
}

char *schema_names_text(const void *ctx, const TextList *schemas)
{
    Str out = str_new(ctx);
    for (size_t i = 0; i < schemas->n; i++)
        str_addf(&out, "%s%s", i > 0 ? "," : "", schemas->v[i]);
    return out.len > 0 ? out.text : mem_strdup(ctx, "*");
}

/* libpq reads these itself; the flags and names of pgschema win over its own variables. */
void schema_environment(const Invocation *inv)
{
    static const char *const flags[][2] = {{"application-name", "PGAPPNAME"},
                                           {"sslmode", "PGSSLMODE"},
                                           {"sslcert", "PGSSLCERT"},
                                           {"sslkey", "PGSSLKEY"},
                                           {"sslrootcert", "PGSSLROOTCERT"}};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        const char *value = flag_exists(inv, flags[i][0]) ? flag_text(inv, flags[i][0]) : NULL;
        const char *there = getenv(flags[i][1]);
        if (value != NULL)
            setenv(flags[i][1], value, 1);
        else if (there != NULL && *there == '\0')
            unsetenv(flags[i][1]); /* libpq takes an empty mode for a mistake */
    }
}

bool schema_connect(SchemaSession *s, Invocation *inv, Error *err)
{
    Session session = {0};
    s->inv = inv;
    schema_environment(inv);
    if (!schema_names(inv, &s->schemas, err) || !schema_ignore_rules(inv, &s->rules, err) ||
        !session_connect(&session, inv, flag_exists(inv, "createdb") && flag_bool(inv, "createdb"), err))
        return false;
    s->conn = session.conn;
    return true;
}

static bool check_schemas(const SchemaSession *s, Error *err)
{
    for (size_t i = 0; i < s->schemas.n; i++)
        if (model_find(s->target, &kinds[KIND_SCHEMA], s->schemas.v[i]) == NULL) {
            error_set(err, ERR_CONFIG, "schema '%s' does not exist in the database", s->schemas.v[i]);
            error_hint(err, "make it first (CREATE SCHEMA), or plan all schemas at once with --schema '*'");
            return false;
        }
    return true;
}

bool schema_target(SchemaSession *s, Error *err)
{
    s->target = schema_load(s->inv, s->conn, &s->schemas, err);
    if (s->target == NULL || !check_schemas(s, err))
        return false;
    schema_ignore(s->target, s->rules);
    return true;
}

static char *cache_folder(const void *ctx)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (xdg != NULL && *xdg == '/')
        return path_join(ctx, xdg, "pgwright/states");
    return home != NULL && *home == '/' ? path_join(ctx, home, ".cache/pgwright/states") : NULL;
}

/* pgschema's --plan-host and its companions, as a connection string for libpq. */
static const char *plan_server(const Invocation *inv)
{
    static const char *const parts[][2] = {{"plan-host", "host"}, {"plan-port", "port"}, {"plan-db", "dbname"},
                                           {"plan-user", "user"}, {"plan-password", "password"}, {"plan-sslmode", "sslmode"}};
    if (flag_text(inv, "plan-url") != NULL || flag_text(inv, "plan-host") == NULL)
        return flag_text(inv, "plan-url");
    Str out = str_new(inv);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *value = flag_text(inv, parts[i][0]);
        if (value == NULL)
            continue;
        str_addf(&out, "%s%s='", out.len > 0 ? " " : "", parts[i][1]);
        for (const char *p = value; *p != '\0'; p++) {
            if (*p == '\'' || *p == '\\')
                str_add_char(&out, '\\');
            str_add_char(&out, *p);
        }
        str_add(&out, "'");
    }
    return out.text;
}

static bool find_renames(SchemaSession *s, const DesiredOptions *options, Error *err)
{
    RenameList renames = {0};
    const TextList *given = flag_list(s->inv, "rename");
    if (!renames_of_files(s->inv, options->files, &renames, err))
        return false;
    for (size_t i = 0; i < given->n; i++)
        if (!rename_of_text(s->inv, given->v[i], &renames, err))
            return false;
    s->renames = renames_statements(s->inv, &renames, s->target);
    return true;
}

/* What the server prints follows its names, and differs between major versions: where either changes, the target is copied to
 * where the wanted state is, and read there. */
static bool prepare_target(SchemaSession *s, const DesiredOptions *options, Error *err)
{
    bool is_foreign;
    if (!desired_is_foreign(options, &is_foreign, err))
        return false;
    if (!is_foreign && s->renames.n == 0)
        return true;
    s->renamed = desired_after(s->inv, options, s->target, &s->renames, err);
    if (s->renamed == NULL)
        return false;
    StatementList following = renames_following(s->inv, &s->renames, s->renamed, s->wanted);
    if (following.n == 0)
        return true;
    for (size_t i = 0; i < following.n; i++)
        list_push(s->inv, &s->renames, following.v[i]);
    s->renamed = desired_after(s->inv, options, s->target, &s->renames, err);
    return s->renamed != NULL;
}

static bool is_json(const char *file, Error *err)
{
    if (!text_ends(file, ".json"))
        return false;
    error_set(err, ERR_USAGE, "--file takes SQL, and %s is JSON", file);
    error_hint(err, "a stored plan is applied with --plan %s", file);
    return true;
}

static DesiredOptions desired_options(const SchemaSession *s)
{
    return (DesiredOptions){.server_url = plan_server(s->inv),
                            .schemas = s->schemas,
                            .target = s->conn,
                            .target_model = s->target,
                            .cache = cache_folder(s->inv)};
}

bool schema_wanted(SchemaSession *s, Error *err)
{
    const char *file = flag_text(s->inv, "file") != NULL ? flag_text(s->inv, "file") : DEFAULT_FILE;
    DesiredOptions options = desired_options(s);
    if (is_json(file, err) || (options.files = wanted_read(s->inv, file, err)) == NULL)
        return false;
    s->wanted = desired_load(s->inv, &options, err);
    if (s->wanted != NULL)
        schema_ignore(s->wanted, s->rules);
    return s->wanted != NULL && find_renames(s, &options, err) && prepare_target(s, &options, err);
}

Model *schema_of_file(SchemaSession *s, const char *path, Error *err)
{
    DesiredOptions options = desired_options(s);
    options.files = wanted_read(s->inv, path, err);
    return options.files == NULL ? NULL : desired_load(s->inv, &options, err);
}

Model *model_of_nothing(SchemaSession *s)
{
    Model like = {.version = pg_version(s->conn), .user = pg_user(s->conn)};
    return model_empty(s->inv, &like);
}

bool schema_same_version(SchemaSession *s, Error *err)
{
    DesiredOptions options = desired_options(s);
    if (s->target->version / 10000 == s->wanted->version / 10000)
        return true;
    Model *copies[2] = {desired_after(s->inv, &options, s->target, NULL, err), NULL};
    copies[1] = copies[0] == NULL ? NULL : desired_after(s->inv, &options, s->wanted, NULL, err);
    s->renamed = copies[0];
    s->wanted = copies[1];
    return s->wanted != NULL;
}

const char *schema_system_identifier(SchemaSession *s)
{
    Error ignored = {0};
    PGresult *r = pg_query(s->inv, s->conn, "SELECT system_identifier FROM pg_catalog.pg_control_system()", 0, NULL, &ignored);
    error_clear(&ignored);
    return r == NULL ? NULL : PQgetvalue(r, 0, 0);
}

/* Whom the plan is for. */
static bool identify(SchemaSession *s, Error *err)
{
    Error ignored = {0};
    s->plan->system_identifier = schema_system_identifier(s);
    PGresult *r = pg_query(s->inv, s->conn, "SELECT pg_catalog.current_setting('server_version')", 0, NULL, err);
    if (r == NULL)
        return false;
    s->plan->server_version = PQgetvalue(r, 0, 0);
    s->plan->database = pg_dbname(s->conn);
    /* pgschema's own is asked for only where a program may look at it */
    bool wanted = s->inv->json || (flag_exists(s->inv, "output-json") && flag_text(s->inv, "output-json") != NULL);
    if (wanted && s->schemas.n == 1)
        s->plan->fingerprint = pgschema_fingerprint(s->plan, s->conn, s->schemas.v[0], s->rules, &ignored);
    error_clear(&ignored);
    return true;
}

static GrantPolicy grant_policy(const Invocation *inv)
{
    const char *text = flag_text(inv, "grants");
    return strcmp(text, "add") == 0 ? GRANTS_ADD : strcmp(text, "leave") == 0 ? GRANTS_LEAVE : GRANTS_MANAGED;
}

/* Data steps, and whatever else a schema does not say. They are run when there is something to do. */
static bool add_script(SchemaSession *s, const char *flag, Error *err)
{
    const char *file = flag_text(s->inv, flag);
    if (file == NULL || s->plan->groups.n == 0)
        return true;
    const WantedFiles *script = wanted_read(s->inv, file, err);
    if (script != NULL)
        schema_plan_add_script(s->plan, script, strcmp(flag, "before") == 0);
    return script != NULL;
}

bool schema_make_plan(SchemaSession *s, Error *err)
{
    bool rehearsal = flag_exists(s->inv, "execute") && flag_bool(s->inv, "execute");
    SchemaPlanOptions options = {.offline = rehearsal || flag_bool(s->inv, "offline"),
                                 .keep_differences = log_level() == LOG_DEBUG,
                                 .way_back = flag_exists(s->inv, "output-revert") && flag_text(s->inv, "output-revert") != NULL,
                                 .diff = {.keep_database_wide = s->schemas.n > 0, .grants = grant_policy(s->inv)}};
    options.target = s->target;
    options.first = &s->renames;
    options.object_digests = json_object();
    options.digest = model_digest(s->inv, s->target, options.object_digests);
    ignore_pair(s->renamed != NULL ? s->renamed : s->target, s->wanted, s->rules);
    s->plan = schema_plan_make(s->inv, s->renamed != NULL ? s->renamed : s->target, s->wanted, &options);
    json_decref(options.object_digests);
    renames_suggest(s->plan, s->renamed != NULL ? s->renamed : s->target, s->wanted, &s->plan->notes);
    if (!add_script(s, "before", err) || !add_script(s, "after", err))
        return false;
    if (rehearsal)
        schema_plan_join(s->plan);
    return identify(s, err);
}

static bool names(const TextList *list, const char *id)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->v[i], id) == 0 || strcmp(list->v[i], "all") == 0)
            return true;
    return false;
}

bool schema_forbids(const Invocation *inv, const char *hazard)
{
    return names(flag_list(inv, "forbid"), hazard) && !names(flag_list(inv, "allow"), hazard);
}

bool schema_guard(SchemaSession *s, const SchemaPlan *plan, Error *err)
{
    size_t found = 0;
    for (size_t g = 0; g < plan->groups.n; g++) {
        for (size_t i = 0; i < plan->groups.v[g].steps.n; i++) {
            const SchemaStep *step = &plan->groups.v[g].steps.v[i];
            for (size_t h = 0; h < step->hazards.n; h++) {
                const char *id = step->hazards.v[h].rule->id;
                if (!schema_forbids(s->inv, id))
                    continue;
                error_set(err, ERR_REFUSED, "%s: %s", id, step->hazards.v[h].rule->why);
                error_code(err, "HAZARD_FORBIDDEN");
                error_detail(err, "%.400s", step->sql);
                found++;
            }
        }
    }
    if (found > 0)
        error_hint(err, "change the file, or allow it for this time with --allow");
    return found == 0;
}

bool schema_save_state(const SchemaSession *s, History *h, const Audit *a, Error *err)
{
    Model *now = schema_load(s->inv, s->conn, &s->schemas, err);
    if (now == NULL)
        return false;
    schema_ignore(now, s->rules);
    json_t *objects = json_object();
    char *digest = model_digest(s->inv, now, objects), *text = json_dumps(objects, JSON_COMPACT);
    bool ok = schema_state_save(h, a, schema_names_text(s->inv, &s->schemas), digest, text, err);
    free(text);
    json_decref(objects);
    return ok;
}

PlanStyles schema_styles(void)
{
    return (PlanStyles){.added = ui_style(UI_GOOD), .changed = ui_style(UI_WARN), .dropped = ui_style(UI_BAD), .heading = ui_style(UI_BOLD),
                        .end = ui_style(UI_PLAIN)};
}

static bool read_default_files(IgnoreRules *rules, Error *err)
{
    static const char *const names[] = {".pgschemaignore", ".pgwrightignore"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (file_exists(names[i]) && !ignore_read(rules, names[i], err))
            return false;
    return true;
}

bool schema_ignore_rules(Invocation *inv, IgnoreRules **rules, Error *err)
{
    const char *file = flag_text(inv, "ignore-file");
    const TextList *inline_rules = flag_list(inv, "ignore");
    *rules = ignore_new(inv);
    if (!(file != NULL ? ignore_read(*rules, file, err) : read_default_files(*rules, err)))
        return false;
    for (size_t i = 0; i < inline_rules->n; i++)
        if (!ignore_add(*rules, inline_rules->v[i], err))
            return false;
    return true;
}

void schema_ignore(Model *model, const IgnoreRules *rules)
{
    size_t n = ignore_apply(model, rules);
    if (n > 0)
        log_verbose("%zu objects and grants are ignored", n);
}
