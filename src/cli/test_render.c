/* cli/test_render.c: see test_render.h. */
#include "cli/test_render.h"

#include "base/clock.h"
#include "ui/junit.h"
#include "ui/ui.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool fails(const Finding *f, bool prove, bool strict)
{
    return finding_infos[f->kind].is_failure ? prove : strict;
}

static bool is_good(const CycleResult *r, bool prove, bool strict)
{
    for (size_t i = 0; i < r->findings.n; i++)
        if (fails(&r->findings.v[i], prove, strict))
            return false;
    return !error_is_set(&r->failure);
}

static json_t *phases_json(const CycleResult *r)
{
    static const char *const states[] = {
        [CYCLE_NOT_RUN] = "not-run", [CYCLE_PASSED] = "passed", [CYCLE_FAILED] = "failed"};
    json_t *phases = json_array();
    for (size_t i = 0; i < r->phases.n; i++) {
        const CyclePhase *p = &r->phases.v[i];
        json_array_append_new(phases, json_pack("{s:s, s:s, s:I}", "name", p->name, "state", states[p->state], "ms",
                                                (json_int_t)p->ms));
    }
    return phases;
}

static json_t *findings_json(const CycleResult *r, bool prove, bool strict)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < r->findings.n; i++) {
        const Finding *f = &r->findings.v[i];
        const FindingInfo *info = &finding_infos[f->kind];
        json_t *o = json_pack("{s:s, s:b, s:s, s:s}", "kind", info->name, "failure", fails(f, prove, strict), "phase",
                              r->phases.v[f->phase].name, "meaning", info->meaning);
        if (f->change != NULL)
            json_object_set_new(o, "change", json_string(f->change));
        if (f->what != NULL)
            json_object_set_new(o, "what", json_string(f->what));
        json_array_append_new(findings, o);
    }
    return findings;
}

json_t *test_result_json(const CycleResult *r, bool prove, bool strict)
{
    const char *phase = cycle_failed_phase(r);
    json_t *o = json_pack("{s:s, s:b, s:s, s:b, s:I, s:o, s:o}", "module", r->module->name, "ok",
                          is_good(r, prove, strict), "database", r->database, "kept", r->kept, "ms",
                          (json_int_t)r->ms, "phases", phases_json(r), "findings", findings_json(r, prove, strict));
    if (phase == NULL)
        return o;
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    error_render(&r->failure, &text);
    json_object_set_new(o, "phase", json_string(phase));
    json_object_set_new(o, "error", ui_error_json(&r->failure));
    json_object_set_new(o, "text", json_string(text.text));
    return o;
}

/* "residue billing:users: the revert does not take back: table public.users" */
static char *finding_line(const void *ctx, const json_t *f)
{
    const char *change = text_of(f, "change"), *what = text_of(f, "what");
    size_t first_line = what == NULL ? 0 : strcspn(what, "\n");
    return mem_printf(ctx, "%s%s%s: %s%s%.*s%s", text_of(f, "kind"), change != NULL ? " " : "",
                      change != NULL ? change : "", text_of(f, "meaning"), what != NULL ? ": " : "", (int)first_line,
                      what != NULL ? what : "", what != NULL && what[first_line] != '\0' ? " …" : "");
}

static void print_failure(const json_t *r)
{
    SCRATCH void *scratch = mem_scratch();
    char *text = mem_strdup(scratch, text_of(r, "text")), *state = NULL;
    ui_print("  %s failed:\n", text_of(r, "phase"));
    for (char *line = strtok_r(text, "\n", &state); line != NULL; line = strtok_r(NULL, "\n", &state))
        ui_print("    %s\n", line);
}

void render_test_result(const json_t *r)
{
    SCRATCH void *scratch = mem_scratch();
    char time[CLOCK_DURATION_SIZE];
    clock_format_duration(json_integer_value(json_object_get(r, "ms")), time);
    bool ok = json_is_true(json_object_get(r, "ok"));
    ui_print("%s%s%s %s  %s%s%s\n", ui_style(ok ? UI_GOOD : UI_BAD), ok ? "passed" : "FAILED", ui_style(UI_PLAIN),
             text_of(r, "module"), ui_style(UI_DIM), time, ui_style(UI_PLAIN));
    if (text_of(r, "phase") != NULL)
        print_failure(r);
    size_t i;
    json_t *f;
    json_array_foreach(json_object_get(r, "findings"), i, f)
        ui_print("  %s%s%s\n", ui_style(json_is_true(json_object_get(f, "failure")) ? UI_BAD : UI_WARN),
                 finding_line(scratch, f), ui_style(UI_PLAIN));
    if (json_is_true(json_object_get(r, "kept")))
        ui_print("  kept database %s\n", text_of(r, "database"));
}

/* What was found in one phase: failures, and what is advice as its output. */
static void add_findings(JUnit *j, const json_t *r, const char *phase)
{
    SCRATCH void *scratch = mem_scratch();
    Str advice = str_new(scratch);
    size_t i;
    json_t *f;
    json_array_foreach(json_object_get(r, "findings"), i, f)
    {
        char *line = finding_line(scratch, f);
        if (strcmp(text_of(f, "phase"), phase) != 0)
            continue;
        if (json_is_true(json_object_get(f, "failure")))
            junit_failure(j, text_of(f, "kind"), line, text_of(f, "what"));
        else
            str_addf(&advice, "%s\n", line);
    }
    if (advice.len > 0)
        junit_output(j, advice.text);
}

static void add_phase(JUnit *j, const json_t *r, const json_t *phase)
{
    const char *state = text_of(phase, "state"), *name = text_of(phase, "name");
    junit_case(j, name, json_integer_value(json_object_get(phase, "ms")));
    if (strcmp(state, "failed") == 0)
        junit_failure(j, text_of(json_object_get(r, "error"), "class"), text_of(json_object_get(r, "error"), "message"),
                      text_of(r, "text"));
    else if (strcmp(state, "not-run") == 0)
        junit_skipped(j, "a phase before it failed");
    add_findings(j, r, name);
}

bool write_test_junit(const json_t *results, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    JUnit *j = junit_new(scratch, "pgwright test");
    size_t i, k;
    json_t *r, *phase;
    json_array_foreach(results, i, r)
    {
        junit_suite(j, text_of(r, "module"));
        json_array_foreach(json_object_get(r, "phases"), k, phase)
            add_phase(j, r, phase);
    }
    return junit_write(j, path, err);
}
