/* cli/drive_preview.c: see drive_preview.h. */
#include "cli/drive_preview.h"

#include "base/file.h"
#include "base/log.h"
#include "cli/schema_session.h"
#include "deploy/testdb.h"
#include "plan/schema_plan.h"
#include "ui/ui.h"

#include <string.h>

#define THROWAWAY "pgwright_preview"

enum {
    LOCK_TIMEOUT_MS = 5000, /* a plan that waits for a lock makes others wait behind it */
    NAME_COLUMNS_MAX = 60,
};

/* ---- the database ---- */

bool drive_previews(const Invocation *inv)
{
    return strcmp(inv->command->name, "plan") == 0 || flag_bool(inv, "dry-run");
}

static bool check_replace(const Invocation *inv, Error *err)
{
    if (!flag_exists(inv, "overwrite") || !flag_bool(inv, "overwrite"))
        return true;
    error_set(err, ERR_CONFIG, "--dry-run replaces no database");
    error_hint(err, "what a deployment into an empty one does: pgwright plan --sandbox");
    return false;
}

static bool make_throwaway(Invocation *inv, DriveTarget *target, PgConn **admin, Error *err)
{
    *admin = testdb_open(inv, &target->maintenance, err);
    target->database = target->target.dbname = THROWAWAY;
    return *admin != NULL && testdb_reserve(*admin, THROWAWAY, err) && testdb_sweep(*admin, THROWAWAY, err) &&
           testdb_create(*admin, THROWAWAY, THROWAWAY, NULL, err);
}

PgConn *drive_preview_connect(Invocation *inv, DriveTarget *target, PgConn **admin, Error *err)
{
    *admin = NULL;
    if (!check_replace(inv, err))
        return NULL;
    target->as_is = true;
    if (target->target.lock_timeout_ms == 0)
        target->target.lock_timeout_ms = LOCK_TIMEOUT_MS;
    if (flag_bool(inv, "sandbox") && !make_throwaway(inv, target, admin, err))
        return NULL;
    PgConn *conn = drive_connect(inv, target, err);
    if (conn == NULL && strcmp(err->sqlstate, "3D000") == 0)
        error_hint(err, "a plan makes no database: pgwright plan --sandbox shows what is run in a new one");
    return conn;
}

bool drive_preview_leave(PgConn *admin, Error *err)
{
    bool ok = admin == NULL || testdb_drop(admin, THROWAWAY, err);
    talloc_free(admin);
    return ok;
}

/* ---- sums ---- */

static const char *name_of(const PreviewFile *file)
{
    return file->file == NULL ? "deploy.sql" : file->file->path;
}

static double milliseconds(int64_t us)
{
    return (double)us / 1000;
}

static PreviewStatement sum(const PreviewFile *file)
{
    PreviewStatement all = {0};
    for (size_t i = 0; i < file->statements.n; i++) {
        const PreviewStatement *s = &file->statements.v[i];
        all.us += s->us;
        all.rows.inserted += s->rows.inserted;
        all.rows.updated += s->rows.updated;
        all.rows.deleted += s->rows.deleted;
    }
    return all;
}

static const PreviewStatement *doer(const PreviewFile *file, const PreviewChange *c)
{
    return &file->statements.v[c->statement];
}

/* ---- hazards ---- */

static void refuse(const Folder *folder, const PreviewFile *file, const PreviewChange *c, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *path = file->file == NULL ? "deploy.sql" : file->file->path + strlen("./");
    error_set(err, ERR_REFUSED, "%s: %s: %s", c->hazard->id, c->name, c->hazard->why);
    error_code(err, "HAZARD_FORBIDDEN");
    error_place(err, path_join(scratch, folder->shown, path), doer(file, c)->line, 0, NULL);
}

bool drive_preview_guard(const Invocation *inv, const Folder *folder, const PreviewResult *result, Error *err)
{
    for (size_t f = 0; f < result->files.n; f++) {
        const PreviewFile *file = result->files.v[f];
        for (size_t i = 0; i < file->changes.n; i++) {
            const PreviewChange *c = &file->changes.v[i];
            if (c->name != NULL && c->hazard != NULL && schema_forbids(inv, c->hazard->id))
                refuse(folder, file, c, err);
        }
    }
    if (error_is_set(err))
        error_hint(err, "change the file, or allow it for this time with --allow");
    return !error_is_set(err);
}

/* ---- for people ---- */

static void print_rows(const PreviewRows *r)
{
    const struct {
        int64_t n;
        const char *what;
    } counts[] = {{r->inserted, "inserted"}, {r->updated, "updated"}, {r->deleted, "deleted"}};
    const char *before = "  ";
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        if (counts[i].n == 0)
            continue;
        ui_print("%s%lld %s", before, (long long)counts[i].n, counts[i].what);
        before = ", ";
    }
}

static void print_place(const PreviewFile *file, const PreviewChange *c)
{
    const PreviewStatement *s = doer(file, c);
    if (s->line > 0)
        ui_print(", line %ld", s->line);
    ui_print("\n");
}

static void print_change(const PreviewFile *file, const PreviewChange *c)
{
    if (c->locks && c->level >= PREVIEW_STRONG) {
        ui_print("    locks %s %s", c->name, preview_lock_modes[c->level]);
        if (c->held_us > 0)
            ui_print(" for %.1f ms", milliseconds(c->held_us));
        print_place(file, c);
    }
    if (c->hazard == NULL)
        return;
    ui_print("    %s%s%s: %s%s%s", ui_style(strcmp(c->hazard->severity, "error") == 0 ? UI_BAD : UI_WARN), c->hazard->id,
             ui_style(UI_PLAIN), c->name, c->detail != NULL ? ": " : "", c->detail != NULL ? c->detail : "");
    print_place(file, c);
}

static void print_statements(const PreviewFile *file)
{
    for (size_t i = 0; i < file->statements.n; i++) {
        const PreviewStatement *s = &file->statements.v[i];
        ui_print("    %5ld  %8.1f ms", s->line, milliseconds(s->us));
        print_rows(&s->rows);
        ui_print("  %s\n", s->text != NULL ? s->text : "");
    }
}

static void print_file(const PreviewFile *file, int columns)
{
    PreviewStatement all = sum(file);
    const char *name = name_of(file);
    int pad = columns - ui_text_width(name);
    ui_print("%s%s%s%*s  %4ld statement%s  %8.1f ms", ui_style(UI_BOLD), name, ui_style(UI_PLAIN), pad > 0 ? pad : 0, "",
             file->count, file->count == 1 ? " " : "s", milliseconds(all.us));
    print_rows(&all.rows);
    ui_print("%s\n", file->complete ? "" : "  (not to its end)");
    if (log_level() >= LOG_VERBOSE)
        print_statements(file);
    for (size_t i = 0; i < file->changes.n; i++)
        if (file->changes.v[i].name != NULL)
            print_change(file, &file->changes.v[i]);
}

static void print_rest(const PreviewResult *r)
{
    for (size_t i = 0; i < r->skipped.n; i++) {
        const PreviewSkipped *s = &r->skipped.v[i];
        if (s->file != NULL) {
            ui_print("%snot run%s, %s: %s\n", ui_style(UI_WARN), ui_style(UI_PLAIN), s->file->path, s->why);
            continue;
        }
        ui_print("%snot run%s, deploy.sql line %ld: %s\n    %s\n", ui_style(UI_WARN), ui_style(UI_PLAIN), s->line, s->why,
                 s->text);
    }
    if (r->unlooked > 0)
        ui_print("to look for locks and rows behind each statement would have taken too long: those of %zu statements are "
                 "told with a later one\n",
                 r->unlooked);
    for (size_t i = 0; i < r->sequences.n; i++)
        ui_print("%s gave out numbers, which are not taken back\n", r->sequences.v[i]);
}

static void print_schema(const PreviewResult *r)
{
    SCRATCH void *scratch = mem_scratch();
    const PlanStyles styles = schema_styles();
    if (r->schema == NULL)
        return;
    if (r->schema->groups.n == 0)
        ui_print("the schema stays as it is\n");
    ui_print("%s", schema_plan_summary(scratch, r->schema, &styles));
    for (size_t i = 0; i < r->renames.n; i++)
        ui_print("  %s is called %s now: the same, told as dropped and made\n", r->renames.v[i].from, r->renames.v[i].to);
}

void drive_preview_print(const PreviewResult *r)
{
    int columns = 0;
    for (size_t i = 0; i < r->files.n; i++) {
        int width = ui_text_width(name_of(r->files.v[i]));
        columns = width > columns && width <= NAME_COLUMNS_MAX ? width : columns;
    }
    for (size_t i = 0; i < r->files.n; i++)
        print_file(r->files.v[i], columns);
    print_rest(r);
    print_schema(r);
}

/* ---- for programs ---- */

static void set_text(json_t *o, const char *key, const char *text)
{
    SCRATCH void *scratch = mem_scratch();
    if (text != NULL)
        json_object_set_new(o, key, json_string(utf8_repaired(scratch, view_of(text))));
}

static void set_line(json_t *o, long line)
{
    if (line > 0)
        json_object_set_new(o, "line", json_integer(line));
}

static json_t *statements_json(const PreviewFile *file)
{
    json_t *list = json_array();
    for (size_t i = 0; i < file->statements.n; i++) {
        const PreviewStatement *s = &file->statements.v[i];
        json_t *o = json_object();
        set_line(o, s->line);
        set_text(o, "command", s->command);
        set_text(o, "statement", s->text);
        json_object_set_new(o, "milliseconds", json_real(milliseconds(s->us)));
        json_object_set_new(o, "inserted", json_integer(s->rows.inserted));
        json_object_set_new(o, "updated", json_integer(s->rows.updated));
        json_object_set_new(o, "deleted", json_integer(s->rows.deleted));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *lock_json(const PreviewFile *file, const PreviewChange *c)
{
    json_t *o = json_pack("{s:s, s:s}", "relation", c->name, "mode", preview_lock_modes[c->level]);
    set_line(o, doer(file, c)->line);
    if (c->held_us > 0)
        json_object_set_new(o, "heldMs", json_real(milliseconds(c->held_us)));
    return o;
}

static json_t *hazard_json(const PreviewFile *file, const PreviewChange *c)
{
    json_t *o = json_pack("{s:s, s:s, s:s}", "hazard", c->hazard->id, "severity", c->hazard->severity, "relation", c->name);
    set_text(o, "detail", c->detail);
    set_line(o, doer(file, c)->line);
    return o;
}

static json_t *file_json(const PreviewFile *file)
{
    json_t *locks = json_array(), *hazards = json_array();
    for (size_t i = 0; i < file->changes.n; i++) {
        const PreviewChange *c = &file->changes.v[i];
        if (c->name != NULL && c->locks)
            json_array_append_new(locks, lock_json(file, c));
        if (c->name != NULL && c->hazard != NULL)
            json_array_append_new(hazards, hazard_json(file, c));
    }
    json_t *o = json_pack("{s:s, s:b, s:I, s:f}", "path", name_of(file), "complete", file->complete, "count",
                          (json_int_t)file->count, "milliseconds", milliseconds(sum(file).us));
    json_object_set_new(o, "statements", statements_json(file));
    json_object_set_new(o, "locks", locks);
    json_object_set_new(o, "hazards", hazards);
    return o;
}

static json_t *skipped_json(const PreviewSkipped *s)
{
    json_t *o = json_object();
    set_line(o, s->line);
    if (s->file != NULL) {
        set_text(o, "file", s->file->path);
    } else {
        set_text(o, "command", s->command);
        set_text(o, "statement", s->text);
    }
    set_text(o, "why", s->why);
    return o;
}

static void set_schema(json_t *object, const PreviewResult *r)
{
    json_t *renames = json_array();
    if (r->schema != NULL)
        json_object_set_new(object, "schema", schema_plan_changes_json(r->schema));
    for (size_t i = 0; i < r->renames.n; i++)
        json_array_append_new(renames, json_pack("{s:s, s:s}", "from", r->renames.v[i].from, "to", r->renames.v[i].to));
    json_object_set_new(object, "renames", renames);
}

void drive_preview_json(json_t *object, const PreviewResult *r)
{
    json_t *files = json_array(), *skipped = json_array(), *sequences = json_array();
    for (size_t i = 0; i < r->files.n; i++)
        json_array_append_new(files, file_json(r->files.v[i]));
    for (size_t i = 0; i < r->skipped.n; i++)
        json_array_append_new(skipped, skipped_json(&r->skipped.v[i]));
    for (size_t i = 0; i < r->sequences.n; i++)
        json_array_append_new(sequences, json_string(r->sequences.v[i]));
    json_object_set_new(object, "ranIn", json_string(r->kept ? "sandbox" : "transaction"));
    json_object_set_new(object, "unlooked", json_integer((json_int_t)r->unlooked));
    json_object_set_new(object, "files", files);
    json_object_set_new(object, "notRun", skipped);
    json_object_set_new(object, "sequences", sequences);
    set_schema(object, r);
}
