/* cli/revert.c: revert, rebase. */
#include "base/log.h"
#include "cli/plan_options.h"
#include "cli/plan_render.h"
#include "cli/rehearsal.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <string.h>

/* The named module reverted wholly, and everything of the workspace, only when it was said. */
static Plan *make_revert(Session *s, Invocation *inv, Change *to, bool all, Error *err)
{
    PlanOptions o = plan_options(s, inv);
    o.cascade = flag_bool(inv, "cascade");
    o.modified = flag_bool(inv, "modified");
    o.to = to;
    o.all = all;
    if (flag_exists(inv, "change") && !session_change(s, inv, "change", &o.only, err))
        return NULL;
    Plan *plan = plan_revert(inv, &o, err);
    if (plan != NULL && flag_exists(inv, "drop-extensions") && flag_bool(inv, "drop-extensions") &&
        !plan_drop_extensions(plan, s->history, s->ws, &o.roots, err))
        return NULL;
    return plan != NULL && plan_group(plan, &o, err) ? plan : NULL;
}

static bool check_scope(const Invocation *inv, Error *err)
{
    int named = (flag_text(inv, "to") != NULL) + flag_bool(inv, "all") + (flag_text(inv, "change") != NULL) +
                flag_bool(inv, "modified");
    if (named > 1)
        return error_set(err, ERR_USAGE, "--to, --all, --modified and --change exclude one another");
    if (flag_bool(inv, "drop-extensions") && !flag_bool(inv, "all"))
        return error_set(err, ERR_USAGE, "--drop-extensions goes with --all");
    if (!flag_bool(inv, "workspace") || flag_bool(inv, "all") || flag_bool(inv, "modified"))
        return true;
    error_set(err, ERR_USAGE, "--workspace reverts everything, which --all must say too");
    error_hint(err, "pgwright revert --workspace --all (or --modified), or name a module");
    return false;
}

static bool confirm(const Session *s, const Invocation *inv, const Plan *plan, Error *err)
{
    if (inv->yes)
        return true;
    log_info("pgwright revert would run on %s:", pg_where(s->conn));
    for (size_t i = 0; i < plan->steps.n; i++) {
        SCRATCH void *scratch = mem_scratch();
        log_info("  - %s", plan_step_name(scratch, &plan->steps.v[i]));
    }
    return ui_confirm(err, "Revert %zu change%s in %s?", plan->steps.n, plan->steps.n == 1 ? "" : "s", pg_dbname(s->conn));
}

static RunOptions revert_options(const Session *s, Invocation *inv)
{
    RunOptions o = plan_run_options(s, inv);
    o.verify_remaining = flag_bool(inv, "verify");
    o.prove = flag_exists(inv, "prove") && flag_bool(inv, "prove");
    return o;
}

static bool nothing_to_revert(Invocation *inv, const Session *s)
{
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:i, s:[]}", "ok", 1, "version", 1, "committed", 0, "steps"));
    else
        ui_print("Nothing to revert: nothing of it is deployed after that point in %s.\n", pg_dbname(s->conn));
    return true;
}

/* A module of which nothing is deployed is more likely misspelt than meant. */
static bool check_deployed(const Invocation *inv, const Session *s, const Plan *plan, Error *err)
{
    if (plan->deployed > 0 || flag_bool(inv, "workspace"))
        return true;
    error_set(err, ERR_USAGE, "nothing of module %s is deployed in %s", s->modules.v[0]->name, pg_dbname(s->conn));
    error_hint(err, "pgwright status --workspace shows what is");
    return false;
}

bool run_revert(Invocation *inv, Error *err)
{
    Session s = {0};
    Change *to = NULL;
    bool dry = flag_bool(inv, "dry-run"), executes;
    if (!rehearsal_wanted(inv, &executes, err) || !check_scope(inv, err) ||
        !session_open(&s, inv, !dry || executes, err) || !session_change(&s, inv, "to", &to, err))
        return false;
    if (to != NULL && s.modules.n == 1 && to->module != s.modules.v[0])
        s.modules = (ModuleList){.v = &to->module, .n = 1};
    Plan *plan = make_revert(&s, inv, to, flag_bool(inv, "all"), err);
    if (plan == NULL || !check_deployed(inv, &s, plan, err))
        return false;
    if (plan->steps.n == 0)
        return nothing_to_revert(inv, &s);
    RunOptions o = revert_options(&s, inv);
    if (executes)
        return rehearsal_run(inv, &s, plan, o, "rehearsing", err);
    if (dry && inv->json) {
        ui_json(plan_json(plan));
        return true;
    }
    if (dry)
        return render_plan_sql(plan, &s, "revert", err);
    return confirm(&s, inv, plan, err) && plan_run(inv, &s, plan, &o, "reverting", "reverted", err);
}

static bool deploy_again(Session *s, Invocation *inv, Change *upto, Error *err)
{
    if (!history_load(s->history, err))
        return false;
    history_match(s->history, s->ws);
    PlanOptions o = plan_options(s, inv);
    o.to = upto;
    Plan *plan = plan_deploy(inv, &o, err);
    if (plan == NULL || !plan_extensions(plan, s->conn, s->ws, err) || !plan_group(plan, &o, err))
        return false;
    RunOptions ro = plan_run_options(s, inv);
    return plan_run(inv, s, plan, &ro, "deploying", "deployed", err);
}

bool run_rebase(Invocation *inv, Error *err)
{
    Session s = {0};
    Change *onto = NULL, *upto = NULL;
    if (flag_bool(inv, "modified") && flag_text(inv, "onto") != NULL)
        return error_set(err, ERR_USAGE, "--onto and --modified exclude one another");
    if (!session_open(&s, inv, true, err) || !session_change(&s, inv, "onto", &onto, err) ||
        !session_change(&s, inv, "upto", &upto, err))
        return false;
    Session back = s, forth = s;
    back.variables = session_variables(&s, inv, "set-revert");
    forth.variables = session_variables(&s, inv, "set-deploy");
    Plan *plan = make_revert(&back, inv, onto, onto == NULL, err);
    if (plan != NULL && plan->steps.n == 0 && flag_bool(inv, "modified"))
        return nothing_to_revert(inv, &s);
    if (plan == NULL || (plan->steps.n > 0 && !confirm(&s, inv, plan, err)))
        return false;
    RunOptions o = revert_options(&back, inv);
    bool json = inv->json;
    inv->json = false; /* one document: that of the deploy */
    log_set_level(json ? LOG_WARN : log_level());
    Run *run = plan->steps.n == 0 ? NULL : deploy_run(inv, plan, s.history, &o, err);
    inv->json = json;
    if (run != NULL && !json)
        render_run(run, "reverted", err);
    return !error_is_set(err) && deploy_again(&forth, inv, upto, err);
}
