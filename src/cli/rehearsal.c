/* cli/rehearsal.c: see rehearsal.h. */
#include "cli/rehearsal.h"

#include "base/clock.h"
#include "base/log.h"
#include "cli/plan_render.h"
#include "ui/ui.h"

#include <string.h>

bool rehearsal_wanted(const Invocation *inv, bool *wanted, Error *err)
{
    *wanted = flag_bool(inv, "execute");
    if (*wanted && !flag_bool(inv, "dry-run"))
        return error_set(err, ERR_USAGE, "--execute goes with --dry-run: it runs everything and takes it back");
    return !*wanted || !flag_exists(inv, "output") || flag_text(inv, "output") == NULL ||
           error_set(err, ERR_USAGE, "--execute and --output exclude one another");
}

/* Steps that no transaction can hold were left out; enum values cannot be used in the transaction that adds them. */
static void tell_limits(const Plan *plan)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t g = 0; g < plan->groups.n; g++) {
        const Group *group = &plan->groups.v[g];
        if (!group->transaction)
            log_warn("%s is not rehearsed: %s", plan_step_name(scratch, &plan->steps.v[group->first]), group->why);
        else if (g > 0 && plan->steps.v[group->first - 1].summary.adds_enum_value)
            log_warn("%s is rehearsed in the same transaction as the enum value before it: it must not use it",
                     plan_step_name(scratch, &plan->steps.v[group->first]));
    }
}

static void print_steps(const Run *run)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < run->plan->steps.n; i++) {
        const StepRun *s = &run->steps[i];
        char time[CLOCK_DURATION_SIZE];
        clock_format_duration(s->us / 1000, time);
        if (s->state == STEP_ROLLED_BACK)
            ui_print("%srehearsed%s %s  %s%s%s\n", ui_style(UI_GOOD), ui_style(UI_PLAIN), plan_step_name(scratch, s->step),
                     ui_style(UI_DIM), time, ui_style(UI_PLAIN));
        else if (s->state == STEP_FAILED)
            ui_print("%sfailed%s %s\n", ui_style(UI_BAD), ui_style(UI_PLAIN), plan_step_name(scratch, s->step));
    }
}

static void render(Invocation *inv, const Run *run, const Error *failure)
{
    char time[CLOCK_DURATION_SIZE];
    if (inv->json) {
        json_t *doc = run_json(run, failure);
        json_object_set_new(doc, "rehearsed", json_true());
        ui_json(doc);
        inv->answered = true;
        return;
    }
    print_steps(run);
    clock_format_duration(run->ms, time);
    ui_print("Everything was rolled back after %s: the database is as it was before.\n", time);
}

bool rehearsal_run(Invocation *inv, Session *s, Plan *plan, RunOptions options, const char *verb, Error *err)
{
    options.rehearse = true;
    tell_limits(plan);
    ui_progress_start(verb, plan->steps.n);
    Run *run = deploy_run(inv, plan, s->history, &options, err);
    ui_progress_end();
    if (run == NULL)
        return false;
    render(inv, run, err);
    return !error_is_set(err);
}
