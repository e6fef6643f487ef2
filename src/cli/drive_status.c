/* cli/drive_status.c: status and drift of session projects, from what recorded deployments wrote down; see drive.h. */
#include "base/log.h"
#include "cli/drive.h"
#include "cli/drive_record.h"
#include "history/file_history.h"
#include "ui/ui.h"

#include <string.h>

typedef struct Status {
    Invocation *inv;
    Settings settings;
    DriveTarget target;
    const Folder *folder;
    const char *project;
    PgConn *conn;
    LastDeployment last;
    FileRecordList recorded;
    TextList fresh, changed, gone;
    size_t same;
} Status;

/* ---- where to ---- */

static bool read_target(Invocation *inv, Settings *settings, DriveTarget *target, Error *err)
{
    if (!folder_has_driver(drive_folder(inv)))
        return error_set(err, ERR_NO_PROJECT, "there is no deploy.sql in %s", drive_folder(inv));
    drive_environment(inv);
    if (!settings_read(inv, drive_folder(inv), settings, err) || !drive_target(inv, settings, target, err))
        return false;
    target->as_is = true;
    return true;
}

bool drive_drift(SchemaSession *s, Invocation *inv, Error *err)
{
    Settings settings;
    DriveTarget target;
    if (!read_target(inv, &settings, &target, err) || !drive_schemas(s, inv, err))
        return false;
    s->conn = drive_connect(inv, &target, err);
    return s->conn != NULL;
}

/* ---- what is known ---- */

/* Both lists are in byte order of their paths. */
static void compare(Status *s)
{
    FileStateList files = {0};
    file_states(s->inv, s->folder, &files);
    size_t f = 0, r = 0;
    while (f < files.n || r < s->recorded.n) {
        int order = f == files.n ? 1 : r == s->recorded.n ? -1 : strcmp(files.v[f].path, s->recorded.v[r].path);
        if (order < 0)
            list_push(s->inv, &s->fresh, files.v[f].path);
        else if (order > 0)
            list_push(s->inv, &s->gone, s->recorded.v[r].path);
        else if (strcmp(files.v[f].checksum, s->recorded.v[r].checksum) != 0)
            list_push(s->inv, &s->changed, files.v[f].path);
        else
            s->same++;
        f += order <= 0;
        r += order >= 0;
    }
}

static bool read_record(Status *s, Error *err)
{
    History *h = history_open(s->inv, s->conn, &history_session, NULL, err);
    if (h == NULL || !h->exists)
        return h != NULL;
    if (file_history_last(s->inv, s->conn, s->project, NULL, &s->last, err) &&
        file_history_load(s->inv, s->conn, s->project, &s->recorded, err))
        return true;
    return history_explain(h, err);
}

static bool read_status(Status *s, Error *err)
{
    if (!read_target(s->inv, &s->settings, &s->target, err))
        return false;
    s->folder = folder_read(s->inv, drive_folder(s->inv), &(FolderOptions){0}, err);
    if (s->folder == NULL)
        return false;
    s->project = driving_project(s->inv, &s->settings, s->folder);
    s->conn = drive_connect(s->inv, &s->target, err);
    if (s->conn == NULL || !read_record(s, err))
        return false;
    compare(s);
    return true;
}

/* ---- telling it ---- */

static const char *const outcomes[] = {[DEPLOYMENT_DONE] = "done",
                                       [DEPLOYMENT_FAILED] = "failed",
                                       [DEPLOYMENT_RUNNING] = "running",
                                       [DEPLOYMENT_CUT_OFF] = "cut off"};

static json_t *paths_json(const TextList *paths)
{
    json_t *list = json_array();
    for (size_t i = 0; i < paths->n; i++)
        json_array_append_new(list, json_string(paths->v[i]));
    return list;
}

static json_t *last_json(const LastDeployment *last)
{
    long id = 0;
    text_to_long(last->id, 0, INT64_MAX, &id);
    json_t *o = json_pack("{s:I, s:s, s:s, s:s, s:s}", "deployment", (json_int_t)id, "outcome", outcomes[last->outcome],
                          "started_at", last->started_at, "by", last->by, "host", last->host);
    driving_set_text(o, "finished_at", last->finished_at);
    driving_set_text(o, "committed", last->committed);
    driving_set_text(o, "error", last->failure);
    return o;
}

static json_t *records_json(const FileRecordList *records)
{
    json_t *list = json_array();
    for (size_t i = 0; i < records->n; i++) {
        const FileRecord *r = &records->v[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "path", r->path, "checksum", r->checksum, "at",
                                              r->deployed_at, "by", r->deployed_by));
    }
    return list;
}

static void tell_json(const Status *s)
{
    json_t *o = json_pack("{s:b, s:i, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:I}", "ok", 1, "version", 1, "database",
                          pg_dbname(s->conn), "history", history_session.name, "schema",
                          history_session.default_schema, "project", s->project, "recorded", s->last.exists, "new",
                          paths_json(&s->fresh), "changed", paths_json(&s->changed), "gone", paths_json(&s->gone),
                          "unchanged", (json_int_t)s->same);
    if (s->last.exists)
        json_object_set_new(o, "last", last_json(&s->last));
    if (flag_bool(s->inv, "show-changes"))
        json_object_set_new(o, "files", records_json(&s->recorded));
    ui_json(o);
    s->inv->answered = true;
}

static void print_last(const Status *s)
{
    const LastDeployment *last = &s->last;
    bool ended = last->outcome == DEPLOYMENT_DONE || last->outcome == DEPLOYMENT_FAILED;
    ui_print("%s%s%s: deployment %s %s%s%s%s%s by %s on %s\n", ui_style(UI_BOLD), s->project, ui_style(UI_PLAIN),
             last->id, ui_style(last->outcome == DEPLOYMENT_DONE ? UI_GOOD : UI_BAD), outcomes[last->outcome], ui_style(UI_PLAIN),
             ended ? ", " : ", begun ", ended ? last->finished_at : last->started_at, last->by, last->host);
    if (last->outcome == DEPLOYMENT_DONE)
        return;
    ui_print("  committed: %s\n", *last->committed != '\0' ? last->committed : "nothing, as far as is known");
    if (*last->failure != '\0')
        ui_print("  error: %s\n", last->failure);
}

static void print_paths(const char *heading, UiStyle style, const TextList *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        ui_print("  %s%s%s %s\n", ui_style(style), heading, ui_style(UI_PLAIN), paths->v[i]);
}

static void tell_people(const Status *s)
{
    ui_print("%s\n", pg_where(s->conn));
    if (!s->last.exists) {
        ui_print("%s: no deployment is recorded; `pgwright deploy --record`, or `record: true` in pgwright.yaml, begins it\n",
                 s->project);
        return;
    }
    print_last(s);
    for (size_t i = 0; flag_bool(s->inv, "show-changes") && i < s->recorded.n; i++)
        ui_print("  deployed %s  %s  %s\n", s->recorded.v[i].deployed_at, s->recorded.v[i].path,
                 s->recorded.v[i].deployed_by);
    print_paths("new    ", UI_WARN, &s->fresh);
    print_paths("changed", UI_WARN, &s->changed);
    print_paths("gone   ", UI_BAD, &s->gone);
    ui_print("  %zu file%s as deployed\n", s->same, s->same == 1 ? "" : "s");
}

bool run_drive_status(Invocation *inv, Error *err)
{
    Status s = {.inv = inv};
    if (!read_status(&s, err))
        return false;
    if (inv->json)
        tell_json(&s);
    else
        tell_people(&s);
    bool differs = !s.last.exists || s.last.outcome != DEPLOYMENT_DONE || s.fresh.n + s.changed.n + s.gone.n > 0;
    return !flag_bool(inv, "check") || !differs || error_set(err, ERR_DIFFERS, "something is pending or changed");
}
