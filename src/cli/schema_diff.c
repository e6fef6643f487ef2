/* cli/schema_diff.c: diff, drift. */
#include "base/file.h"
#include "cli/drive.h"
#include "cli/verbs.h"
#include "history/schema_state.h"
#include "pg/sandbox.h"
#include "schema/load.h"
#include "ui/ui.h"

#include <string.h>

/* ---- diff ---- */

static bool is_database(const char *source)
{
    return text_starts(source, "postgres://") || text_starts(source, "postgresql://") || strchr(source, '=') != NULL;
}

static PgConn *open_database(Invocation *inv, const char *source, Error *err)
{
    PgTarget target = {.url = source};
    session_limits(inv, &target);
    schema_environment(inv);
    return pg_open(inv, &target, err);
}

/* Two files are compared as the newest server here would have them. */
static PgConn *open_sandbox(Invocation *inv, Error *err)
{
    const Sandbox *sb = sandbox_open(inv, NULL, err);
    return sb == NULL || !sandbox_start(sb, err) ? NULL : pg_open(inv, &(PgTarget){.url = sandbox_url(inv, sb, "postgres")}, err);
}

/* The database that files are for: that of the other side, or of the flags. */
static bool open_reference(SchemaSession *s, const char *const sources[2], PgConn *conns[2], Error *err)
{
    for (int i = 0; i < 2; i++) {
        if (sources[i] != NULL && !is_database(sources[i]))
            continue;
        conns[i] = sources[i] == NULL ? s->conn : open_database(s->inv, sources[i], err);
        if (conns[i] == NULL)
            return false;
    }
    s->conn = conns[0] != NULL ? conns[0] : conns[1] != NULL ? conns[1] : open_sandbox(s->inv, err);
    return s->conn != NULL;
}

static Model *read_side(SchemaSession *s, const char *source, PgConn *conn, Error *err)
{
    if (conn != NULL)
        return schema_load(s->inv, conn, &s->schemas, err);
    return schema_of_file(s, source, err);
}

static bool make_difference(SchemaSession *s, const char *const sources[2], Error *err)
{
    PgConn *conns[2] = {NULL, NULL};
    if (!schema_ignore_rules(s->inv, &s->rules, err) || !open_reference(s, sources, conns, err))
        return false;
    s->target = conns[0] != NULL ? schema_load(s->inv, conns[0], &s->schemas, err) : model_of_nothing(s);
    Model *from = s->target == NULL ? NULL : conns[0] != NULL ? s->target : read_side(s, sources[0], NULL, err);
    s->wanted = from == NULL ? NULL : read_side(s, sources[1], conns[1], err);
    if (s->wanted == NULL)
        return false;
    s->target = from;
    schema_ignore(s->target, s->rules);
    schema_ignore(s->wanted, s->rules);
    return schema_same_version(s, err) && schema_make_plan(s, err);
}

bool run_diff(Invocation *inv, Error *err)
{
    SchemaSession s = {.inv = inv};
    bool both = inv->arguments.n == 2;
    const char *sources[2] = {both ? inv->arguments.v[0] : NULL, inv->arguments.v[both ? 1 : 0]};
    if (!schema_outputs_check(inv, err) || !(both ? schema_names(inv, &s.schemas, err) : schema_connect(&s, inv, err)) ||
        !make_difference(&s, sources, err) || !schema_outputs_write(inv, s.plan, err))
        return false;
    bool differs = s.plan->groups.n > 0;
    return !differs || !flag_bool(inv, "check") || error_set(err, ERR_DIFFERS, "they differ in %zu steps", s.plan->steps_count);
}

/* ---- drift ---- */

typedef struct Drift {
    json_t *changed, *added, *gone;
} Drift;

static Drift compare(json_t *before, json_t *after)
{
    Drift d = {json_array(), json_array(), json_array()};
    const char *name;
    json_t *digest;
    json_object_foreach(after, name, digest) {
        json_t *was = json_object_get(before, name);
        if (was == NULL)
            json_array_append_new(d.added, json_string(name));
        else if (!json_equal(was, digest))
            json_array_append_new(d.changed, json_string(name));
    }
    json_object_foreach(before, name, digest) if (json_object_get(after, name) == NULL) json_array_append_new(d.gone, json_string(name));
    return d;
}

static void print_list(json_t *list, UiStyle style, char sign)
{
    size_t i;
    json_t *name;
    json_array_foreach(list, i, name) ui_print("  %s%c%s %s\n", ui_style(style), sign, ui_style(UI_PLAIN), json_string_value(name));
}

/* Whose schemas these are, for what is to be done. */
static const struct Hints {
    const char *differs, *unknown;
} hints_of_files = {"pgwright plan shows the statements that would bring back what the file says",
                    "pgwright deploy writes it down; or compare with a file: pgwright drift --file schema.sql"},
  hints_of_folder = {"make it part of the project, or take it back: the next recorded deployment takes what is there",
                     "pgwright deploy --record writes it down, as does `record: true` in pgwright.yaml"};

/* "schema public", "all schemas"; owned by `ctx`. */
static const char *schemas_shown(const void *ctx, const char *schemas)
{
    if (strcmp(schemas, "*") == 0)
        return "all schemas";
    return mem_printf(ctx, "schema%s %s", strchr(schemas, ',') != NULL ? "s" : "", schemas);
}

static bool tell_drift(Invocation *inv, const char *schemas, const SchemaState *state, Drift d, const struct Hints *hints,
                       Error *err)
{
    size_t n = json_array_size(d.changed) + json_array_size(d.added) + json_array_size(d.gone);
    if (inv->json) {
        ui_json(json_pack("{s:b, s:i, s:s, s:s, s:o, s:o, s:o}", "ok", n == 0, "version", 1, "schemas", schemas, "applied_at", state->applied_at,
                          "changed", d.changed, "added", d.added, "dropped", d.gone));
        inv->answered = true;
    } else if (n == 0) {
        ui_print("No drift: nothing changed in %s since %s.\n", schemas_shown(inv, schemas), state->applied_at);
    } else {
        ui_print("Drift of %s since %s:\n", schemas_shown(inv, schemas), state->applied_at);
        print_list(d.added, UI_GOOD, '+');
        print_list(d.changed, UI_WARN, '~');
        print_list(d.gone, UI_BAD, '-');
    }
    if (n == 0)
        return true;
    error_set(err, ERR_DIFFERS, "%zu object%s not as applied at %s", n, n == 1 ? " is" : "s are", state->applied_at);
    error_hint(err, "%s", hints->differs);
    return false;
}

static bool against_state(SchemaSession *s, const SchemaState *state, const char *schemas, const struct Hints *hints,
                          Error *err)
{
    json_t *before = json_loads(state->objects, 0, NULL), *after = json_object();
    model_digest(s->inv, s->target, after);
    Drift d = compare(before, after);
    json_decref(before);
    json_decref(after);
    return tell_drift(s->inv, schemas, state, d, hints, err);
}

/* Without a record the file says what should be there. */
static bool against_file(SchemaSession *s, Error *err)
{
    if (!schema_wanted(s, err) || !schema_make_plan(s, err) || !schema_outputs_write(s->inv, s->plan, err))
        return false;
    return s->plan->groups.n == 0 || error_set(err, ERR_DIFFERS, "the database is not as the file says: %zu steps", s->plan->steps_count);
}

static bool open_drift(SchemaSession *s, Invocation *inv, bool folder, Error *err)
{
    if (!folder && inv->arguments.n > 0) {
        error_set(err, ERR_USAGE, "%s: drift takes a folder with a deploy.sql", inv->arguments.v[0]);
        error_hint(err, "schemas are named with --schema, what a file says with --file");
        return false;
    }
    return schema_outputs_check(inv, err) && (folder ? drive_drift(s, inv, err) : schema_connect(s, inv, err)) &&
           schema_target(s, err);
}

bool run_drift(Invocation *inv, Error *err)
{
    SchemaSession s = {0};
    SchemaState state;
    bool folder = folder_is_meant(inv);
    const struct Hints *hints = folder ? &hints_of_folder : &hints_of_files;
    if (!open_drift(&s, inv, folder, err))
        return false;
    const char *schemas = schema_names_text(inv, &s.schemas);
    if (flag_given(inv, "file"))
        return against_file(&s, err);
    if (!schema_state_load(inv, s.conn, schemas, &state, err))
        return false;
    if (state.exists)
        return against_state(&s, &state, schemas, hints, err);
    error_set(err, ERR_CONFIG, "nothing is known of what was applied to %s in %s", schemas_shown(inv, schemas), pg_dbname(s.conn));
    error_hint(err, "%s", hints->unknown);
    return false;
}
