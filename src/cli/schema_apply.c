/* cli/schema_apply.c: deploy, for schemas: --file makes a plan and runs it, --plan runs a stored one. */
#include "base/clock.h"
#include "base/log.h"
#include "cli/schema_session.h"
#include "cli/verbs.h"
#include "deploy/apply.h"
#include "history/schema_state.h"
#include "schema/load.h"
#include "schema/pgschema_hash.h"
#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>

enum { LOCK_TIMEOUT_MS = 3000, LOCK_WAIT_MS = 60000 };

typedef struct Applying {
    SchemaSession *session;
    SchemaPlan *plan;
    History *history;
    Audit *audit;   /* NULL: nothing is written down */
    const char *schemas;
} Applying;

/* ---- is the plan still true? ---- */

/* Names what differs, as far as the plan knows what was there. */
static char *changed_objects(const void *ctx, json_t *before, json_t *after)
{
    enum { TOLD_MAX = 20 };
    Str out = str_new(ctx);
    const char *name;
    json_t *digest;
    size_t n = 0;
    json_object_foreach(after, name, digest) {
        json_t *was = json_object_get(before, name);
        if (!json_equal(was, digest) && n++ < TOLD_MAX)
            str_addf(&out, "%s%s %s", out.len > 0 ? ", " : "", name, was == NULL ? "is new" : "was changed");
    }
    json_object_foreach(before, name, digest) if (json_object_get(after, name) == NULL && n++ < TOLD_MAX)
        str_addf(&out, "%s%s is gone", out.len > 0 ? ", " : "", name);
    if (n > TOLD_MAX)
        str_addf(&out, " and %zu more", n - TOLD_MAX);
    return out.text;
}

static bool mismatch(const char *expected, const char *actual, const char *changed, Error *err)
{
    error_set(err, ERR_DIFFERS, "schema fingerprint mismatch detected - expected: %.16s, actual: %.16s", expected, actual);
    error_code(err, "FINGERPRINT_MISMATCH");
    error_detail(err, "schema fingerprint mismatch\nExpected: %s\nActual: %s\nThe database schema has changed since the plan was made%s%s",
                 expected, actual, *changed != '\0' ? ": " : "", changed);
    error_hint(err, "1. make the plan again: pgwright plan; 2. review it; 3. apply that");
    return false;
}

/* A plan that pgschema made carries its own fingerprint alone; one without any is not checked there either. */
static bool check_pgschema(Applying *a, Error *err)
{
    SchemaSession *s = a->session;
    if (a->plan->fingerprint == NULL || s->schemas.n != 1)
        return true;
    const char *actual = pgschema_fingerprint(s->inv, s->conn, s->schemas.v[0], s->rules, err);
    return actual != NULL && (strcmp(actual, a->plan->fingerprint) == 0 || mismatch(a->plan->fingerprint, actual, "", err));
}

static bool check_fingerprint(Applying *a, Error *err)
{
    SchemaSession *s = a->session;
    if (a->plan->digest == NULL)
        return check_pgschema(a, err);
    json_t *objects = json_object();
    char *actual = model_digest(s->inv, s->target, objects);
    bool same = strcmp(actual, a->plan->digest) == 0;
    if (!same && a->plan->object_digests != NULL)
        mismatch(a->plan->digest, actual, changed_objects(s->inv, a->plan->object_digests, objects), err);
    else if (!same)
        mismatch(a->plan->digest, actual, "", err);
    json_decref(objects);
    return same;
}

/* ---- what is told while it runs ---- */

static void group_begins(void *arg, size_t group, size_t steps)
{
    const Applying *a = arg;
    if (a->session->inv->json)
        return;
    ui_print("Executing group %zu/%zu...\n", group + 1, a->plan->groups.n);
    if (steps > 1)
        ui_print("  Executing %zu statements in one transaction\n", steps);
}

static void step_ends(void *arg, const SchemaStep *step, int64_t ms)
{
    char took[CLOCK_DURATION_SIZE];
    (void)arg;
    clock_format_duration(ms, took);
    log_verbose("%s %s: %s", step->operation == NULL ? "run" : step->operation, step->path == NULL ? "" : step->path, took);
}

static void waiting(void *arg, const SchemaStep *step, long percent)
{
    const Applying *a = arg;
    if (a->session->inv->json)
        return;
    if (percent >= 0)
        ui_print("  %s: %ld%%\n", step->wait_message, percent);
    else
        ui_print("  %s\n", step->wait_message);
}

static bool committing(void *arg, size_t group, Error *err)
{
    Applying *a = arg;
    SCRATCH void *scratch = mem_scratch();
    const SchemaGroup *g = &a->plan->groups.v[group];
    if (a->audit == NULL)
        return true;
    for (size_t i = 0; i < g->steps.n; i++)
        if (g->steps.v[i].wait_message == NULL)
            audit_note(a->audit, "deploy", a->schemas, g->steps.v[i].path == NULL ? "" : g->steps.v[i].path, "", "",
                       mem_printf(scratch, "%s: %.2000s", g->steps.v[i].operation == NULL ? "run" : g->steps.v[i].operation, g->steps.v[i].sql));
    return audit_flush(a->audit, err);
}

/* ---- running it ---- */

static bool begin_audit(Applying *a, Error *err)
{
    Invocation *inv = a->session->inv;
    if (!flag_bool(inv, "record") || flag_bool(inv, "execute"))
        return true;
    if (!history_create(a->history, err))
        return false;
    a->audit = audit_begin(inv, a->history, session_command_line(inv), err);
    return a->audit != NULL;
}

/* What is there now is what drift is measured against. */
static bool end_audit(Applying *a, Error *err)
{
    PgConn *conn = a->session->conn;
    return a->audit == NULL ||
           (schema_save_state(a->session, a->history, a->audit, err) && audit_end(a->audit, "done", err) &&
            pg_sync(conn, err) && pg_wait(conn, err));
}

static void end_failed(Applying *a)
{
    Error ignored = {0};
    if (a->audit != NULL && pg_recover(a->session->conn)) {
        audit_forget(a->audit);
        audit_end(a->audit, "failed", &ignored);
        pg_wait(a->session->conn, &ignored);
    }
    error_clear(&ignored);
}

static void tell_result(const Applying *a, const ApplyResult *r, bool ok, const Error *err)
{
    Invocation *inv = a->session->inv;
    char took[CLOCK_DURATION_SIZE];
    clock_format_duration(r->ms, took);
    if (inv->json) {
        json_t *o = json_pack("{s:b, s:i, s:s, s:I, s:I, s:I, s:I, s:I}", "ok", ok, "version", 1, "schemas", a->schemas, "groups",
                              (json_int_t)a->plan->groups.n, "groups_committed", (json_int_t)r->groups, "steps",
                              (json_int_t)a->plan->steps_count, "steps_committed", (json_int_t)r->steps, "ms", (json_int_t)r->ms);
        if (!ok)
            json_object_set_new(o, "error", ui_error_json(err));
        ui_json(o);
        inv->answered = true;
    } else if (ok) {
        ui_print(flag_bool(inv, "execute") ? "All %zu step%s ran, in %s, and were rolled back.\n"
                                           : "Changes applied successfully! (%zu step%s in %s)\n",
                 r->steps, r->steps == 1 ? "" : "s", took);
    } else if (r->groups > 0) {
        ui_print("%zu of %zu groups were applied and stay; a new plan goes on from there.\n", r->groups, a->plan->groups.n);
    }
}

static bool execute(Applying *a, Error *err)
{
    Invocation *inv = a->session->inv;
    int64_t lock_timeout = flag_duration(inv, "lock-timeout");
    ApplyOptions options = {.schemas = &a->session->schemas,
                            .lock_timeout_ms = lock_timeout > 0 ? lock_timeout : LOCK_TIMEOUT_MS,
                            .lock_retries = flag_number(inv, "lock-retries"),
                            .rehearse = flag_bool(inv, "execute"),
                            .group_begins = group_begins,
                            .step_ends = step_ends,
                            .waiting = waiting,
                            .committing = committing,
                            .arg = a};
    ApplyResult result = {0};
    if (!begin_audit(a, err))
        return false;
    if (!inv->json)
        ui_print("\nApplying changes...\n");
    bool ok = apply_plan(a->session->conn, a->plan, &options, &result, err) && end_audit(a, err);
    if (!ok)
        end_failed(a);
    tell_result(a, &result, ok, err);
    return ok;
}

/* ---- before it runs ---- */

/* A plan may be meant for more than one database of one content; one that went astray is told. */
static void tell_other_target(Applying *a)
{
    const SchemaPlan *plan = a->plan;
    SchemaSession *s = a->session;
    if (plan->database == NULL)
        return;
    const char *here = plan->system_identifier == NULL ? NULL : schema_system_identifier(s);
    bool other_server = here != NULL && strcmp(here, plan->system_identifier) != 0;
    if (other_server || strcmp(plan->database, pg_dbname(s->conn)) != 0)
        log_warn("the plan was made for the database %s%s, and is run on %s, whose schema is the same", plan->database,
                 other_server ? " of another server" : "", pg_where(s->conn));
}

static bool read_stored(Applying *a, const char *path, Error *err)
{
    SchemaSession *s = a->session;
    if (text_ends(path, ".sql")) {
        error_set(err, ERR_USAGE, "--plan takes a plan in JSON, and %s is SQL", path);
        error_hint(err, "SQL files are applied with --file %s", path);
        return false;
    }
    a->plan = schema_plan_read(s->inv, path, err);
    if (a->plan == NULL || !schema_target(s, err) || !check_fingerprint(a, err))
        return false;
    tell_other_target(a);
    return true;
}

static bool make_plan(Applying *a, Error *err)
{
    SchemaSession *s = a->session;
    if (!schema_target(s, err) || !schema_wanted(s, err) || !schema_make_plan(s, err))
        return false;
    a->plan = s->plan;
    return true;
}

static bool get_plan(Applying *a, Error *err)
{
    Invocation *inv = a->session->inv;
    const char *stored = flag_text(inv, "plan");
    if (stored != NULL && flag_bool(inv, "execute"))
        return error_set(err, ERR_USAGE, "--execute rehearses --file: a stored plan has steps that cannot be rolled back");
    if (stored != NULL && flag_given(inv, "file"))
        return error_set(err, ERR_USAGE, "--file and --plan exclude one another: a stored plan is run as it is");
    return stored != NULL ? read_stored(a, stored, err) : make_plan(a, err);
}

static bool lock(Applying *a, Error *err)
{
    Invocation *inv = a->session->inv;
    int64_t asked = flag_duration(inv, "lock-timeout");
    int64_t wait_ms = !flag_bool(inv, "wait") ? 0 : asked > 0 ? asked : LOCK_WAIT_MS;
    a->history = history_open_locked(inv, a->session->conn, &history_declarative, NULL, wait_ms, err);
    return a->history != NULL;
}

/* Whoever looked at it for long is asked about what was there then. */
static bool approve(Applying *a, Error *err)
{
    SchemaSession *s = a->session;
    PlanStyles styles = schema_styles();
    if (!s->inv->json)
        ui_print_sql(schema_plan_human(s->inv, a->plan, &styles));
    if (s->inv->yes)
        return true;
    if (!ui_confirm(err, "Do you want to apply these changes? (yes/no): ")) {
        if (err->class == ERR_REFUSED)
            error_detail(err, "Apply cancelled.");
        return false;
    }
    const char *before = model_digest(s->inv, s->target, NULL);
    if (!schema_target(s, err))
        return false;
    const char *now = model_digest(s->inv, s->target, NULL);
    return strcmp(before, now) == 0 || mismatch(before, now, "", err);
}

static void say_nothing_to_do(const Applying *a)
{
    ApplyResult none = {0};
    if (a->session->inv->json)
        tell_result(a, &none, true, NULL);
    else
        ui_print("No changes to apply. Database schema is already up to date.\n");
}

bool run_schema_apply(Invocation *inv, Error *err)
{
    SchemaSession s = {0};
    Applying a = {.session = &s};
    if (!schema_connect(&s, inv, err))
        return false;
    a.schemas = schema_names_text(inv, &s.schemas);
    if (!lock(&a, err) || !get_plan(&a, err))
        return false;
    if (a.plan->groups.n == 0) {
        say_nothing_to_do(&a);
        return true;
    }
    if (!schema_guard(&s, a.plan, err))
        return false;
    if (!flag_bool(inv, "dry-run"))
        return approve(&a, err) && execute(&a, err);
    if (flag_bool(inv, "execute"))
        return execute(&a, err);
    ui_print_sql(schema_plan_sql(inv, a.plan));
    return true;
}
