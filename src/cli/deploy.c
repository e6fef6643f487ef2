/* cli/deploy.c: deploy, plan. */
#include "base/config.h"
#include "base/log.h"
#include "cli/drive.h"
#include "cli/output.h"
#include "cli/plan_options.h"
#include "cli/plan_render.h"
#include "cli/schema_session.h"
#include "cli/rehearsal.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <string.h>

static const struct {
    const char *name;
    TxMode mode;
} tx_modes[] = {{"run", TX_RUN},       {"all", TX_RUN},   {"true", TX_RUN},  {"module", TX_MODULE}, {"tag", TX_TAG},
                {"change", TX_CHANGE}, {"none", TX_NONE}, {"false", TX_NONE}};

TxMode plan_tx_mode(const Session *s, const Invocation *inv)
{
    const char *text = flag_text(inv, "tx");
    if (text == NULL)
        text = config_text(s->ws->config, "deploy.mode",
                           config_bool(s->ws->config, "deployment.useTx", true) ? "run" : "none");
    for (size_t i = 0; i < sizeof tx_modes / sizeof tx_modes[0]; i++)
        if (strcmp(tx_modes[i].name, text) == 0)
            return tx_modes[i].mode;
    return TX_RUN;
}

/* A baseline is a deploy that only writes the history. */
static bool only_logs(const Invocation *inv)
{
    return inv->command->run == run_baseline || flag_bool(inv, "log-only");
}

PlanOptions plan_options(const Session *s, const Invocation *inv)
{
    return (PlanOptions){.ws = s->ws,
                         .history = s->history,
                         .roots = s->modules,
                         .recursive = flag_bool(inv, "recursive"),
                         .log_only = only_logs(inv),
                         .verify = flag_bool(inv, "verify"),
                         .single_transaction = flag_bool(inv, "single-transaction"),
                         .tx = plan_tx_mode(s, inv),
                         .variables = s->variables};
}

static void progress(size_t done, const char *name)
{
    ui_progress_step(done, name);
}

RunOptions plan_run_options(const Session *s, Invocation *inv)
{
    return (RunOptions){.ws = s->ws,
                        .variables = s->variables,
                        .command = session_command_line(inv),
                        .log_only = only_logs(inv),
                        .lock_retries = flag_number(inv, "lock-retries"),
                        .progress = progress};
}

bool plan_run(Invocation *inv, Session *s, Plan *plan, const RunOptions *options, const char *verb, const char *done,
              Error *err)
{
    ui_progress_start(verb, plan->steps.n);
    Run *run = deploy_run(inv, plan, s->history, options, err);
    ui_progress_end();
    if (run == NULL)
        return false;
    if (inv->json) {
        ui_json(run_json(run, err));
        inv->answered = true;
    } else {
        render_run(run, done, err);
    }
    return !error_is_set(err);
}

/* --settle module:change=deployed|pending */
static bool settle(Session *s, Invocation *inv, Error *err)
{
    const char *text = flag_text(inv, "settle");
    if (text == NULL)
        return true;
    const char *equals = strrchr(text, '=');
    bool deployed = equals != NULL && strcmp(equals + 1, "deployed") == 0;
    if (equals == NULL || (!deployed && strcmp(equals + 1, "pending") != 0))
        return error_set(err, ERR_USAGE, "--settle takes MODULE:CHANGE=deployed or =pending, not \"%s\"", text);
    char *change = mem_strndup(inv, text, (size_t)(equals - text));
    if (!deploy_settle(s->history, s->ws, change, deployed, session_command_line(inv), err) || !history_load(s->history, err))
        return false;
    history_match(s->history, s->ws);
    log_info("%s is settled: %s", change, equals + 1);
    return true;
}

static bool refuse_changed(const Session *s, const Invocation *inv, const Plan *plan, Error *err)
{
    bool strict = flag_bool(inv, "strict") ||
                  strcmp(config_text(s->ws->config, "deployment.onChanged", "warn"), "error") == 0;
    if (!strict || plan->changed.n == 0)
        return true;
    error_set(err, ERR_DIFFERS, "%zu deployed script%s edited since", plan->changed.n,
              plan->changed.n == 1 ? " was" : "s were");
    error_hint(err, "pgwright check lists them; --accept takes one as it is, pgwright rebase --modified deploys them anew");
    return false;
}

/* From flags to a plan that is ready to run. */
static Plan *make_plan(Session *s, Invocation *inv, Error *err)
{
    PlanOptions o = plan_options(s, inv);
    o.pin_tags = flag_bool(inv, "pin-tags");
    if (!session_change(s, inv, "to", &o.to, err))
        return NULL;
    if (o.to != NULL && s->modules.n == 1 && o.to->module != s->modules.v[0])
        o.roots = (ModuleList){.v = &o.to->module, .n = 1};
    Plan *plan = plan_deploy(inv, &o, err);
    if (plan == NULL || !plan_extensions(plan, s->conn, s->ws, err) || !plan_group(plan, &o, err))
        return NULL;
    render_changed(&plan->changed);
    for (size_t i = 0; i < plan->notices.n; i++)
        log_warn("%s", plan->notices.v[i]);
    return plan;
}

static void say_nothing_to_do(const Session *s, const Plan *plan)
{
    ui_print("Nothing to deploy: ");
    if (plan->deployed == 0)
        ui_print("the plan holds no changes.\n");
    else
        ui_print("already deployed in %s (%zu change%s).\n", pg_dbname(s->conn), plan->deployed,
                 plan->deployed == 1 ? "" : "s");
}

static bool is_empty(const Plan *plan)
{
    return plan->steps.n == 0 && plan->late_tags.n == 0;
}

static bool show_plan(Session *s, Invocation *inv, const Plan *plan, Error *err)
{
    if (inv->json) {
        ui_json(plan_json(plan));
        return true;
    }
    if (is_empty(plan)) {
        say_nothing_to_do(s, plan);
        return true;
    }
    if (flag_bool(inv, "dry-run"))
        return render_plan_sql(plan, s, "deploy", err);
    ui_print("pgwright deploy would run on %s, ", pg_where(s->conn));
    render_plan(plan, "recorded");
    return true;
}

bool run_plan(Invocation *inv, Error *err)
{
    Session s = {0};
    if (folder_is_meant(inv))
        return run_drive(inv, err);
    if (schema_is_meant(inv))
        return run_schema_plan(inv, err);
    if (!session_open(&s, inv, false, err))
        return false;
    Plan *plan = make_plan(&s, inv, err);
    return plan != NULL && show_plan(&s, inv, plan, err);
}

static bool deploy_changes(Invocation *inv, Error *err)
{
    Session s = {0};
    const char *output = flag_text(inv, "output");
    bool dry = flag_bool(inv, "dry-run") || output != NULL, executes;
    if (!rehearsal_wanted(inv, &executes, err) || !session_project(&s, inv, err) ||
        !session_connect(&s, inv, flag_bool(inv, "createdb") && !dry, err) ||
        !session_history(&s, inv, !dry || executes, err) || !settle(&s, inv, err))
        return false;
    Plan *plan = make_plan(&s, inv, err);
    if (plan == NULL || !refuse_changed(&s, inv, plan, err))
        return false;
    RunOptions o = plan_run_options(&s, inv);
    if (output != NULL && !is_empty(plan))
        return output_script(inv, &s, plan, &o, output, err);
    if (executes && !is_empty(plan))
        return rehearsal_run(inv, &s, plan, o, "rehearsing", err);
    if (dry || is_empty(plan))
        return show_plan(&s, inv, plan, err);
    return plan_run(inv, &s, plan, &o, "deploying", "deployed", err);
}

bool run_deploy(Invocation *inv, Error *err)
{
    if (folder_is_meant(inv))
        return run_drive(inv, err);
    if (!schema_is_meant(inv))
        return deploy_changes(inv, err);
    if (flag_text(inv, "output") != NULL) {
        error_set(err, ERR_USAGE, "--output is for plans of changes, not for a schema file");
        error_hint(err, "the statements as a script: pgwright plan --output-sql FILE");
        return false;
    }
    return run_schema_apply(inv, err);
}

bool run_baseline(Invocation *inv, Error *err)
{
    return deploy_changes(inv, err);
}
