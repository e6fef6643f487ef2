/* cli/history.c: history, adopt. */
#include "base/log.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "history/adopt.h"
#include "history/audit.h"
#include "ui/ui.h"

#include <string.h>

static json_t *event_json(const AuditEvent *e)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s}", "seq", (json_int_t)e->seq, "at", e->at, "kind",
                     e->kind, "history", e->history, "module", e->project, "change", e->change, "detail", e->detail, "by",
                     e->role, "deployment", (json_int_t)e->deployment_id, "command", e->command, "sha256", e->digest);
}

static void print_events(const AuditEventList *events)
{
    SCRATCH void *scratch = mem_scratch();
    static const char *const headings[] = {"#", "when", "what", "change", "by", "detail"};
    UiTable *t = ui_table_new(scratch, 6, headings);
    for (size_t i = 0; i < events->n; i++) {
        const AuditEvent *e = &events->v[i];
        ui_table_cell(t, UI_DIM, "%ld", e->seq);
        ui_table_cell(t, UI_PLAIN, "%s", e->at);
        ui_table_cell(t, strcmp(e->kind, "fail") == 0 ? UI_BAD : UI_PLAIN, "%s", e->kind);
        ui_table_cell(t, UI_PLAIN, "%s%s%s", e->project, e->project[0] != '\0' ? ":" : "", e->change);
        ui_table_cell(t, UI_PLAIN, "%s", e->role);
        ui_table_cell(t, UI_DIM, "%.80s", e->detail);
    }
    ui_table_print(t);
}

static bool verify_chain(const Invocation *inv, PgConn *conn, Error *err)
{
    AuditProof proof;
    if (!audit_prove(inv, conn, &proof, err))
        return false;
    if (inv->json) {
        json_t *problems = json_array();
        for (size_t i = 0; i < proof.problems.n; i++)
            json_array_append_new(problems, json_string(proof.problems.v[i]));
        ui_json(json_pack("{s:b, s:i, s:I, s:s, s:o}", "ok", proof.problems.n == 0, "version", 1, "events",
                          (json_int_t)proof.events, "head", proof.head, "problems", problems));
    } else {
        for (size_t i = 0; i < proof.problems.n; i++)
            ui_print("%sbroken%s %s\n", ui_style(UI_BAD), ui_style(UI_PLAIN), proof.problems.v[i]);
        if (proof.problems.n == 0)
            ui_print("%ld events, whole; the last one's SHA-256 is %s\n", proof.events, proof.head);
    }
    return proof.problems.n == 0 || error_set(err, ERR_DIFFERS, "the audit log was tampered with: %zu break%s in its chain",
                                              proof.problems.n, proof.problems.n == 1 ? "" : "s");
}

bool run_history(Invocation *inv, Error *err)
{
    Session s = {0};
    AuditEventList events = {0};
    bool there = false;
    if (!session_connect(&s, inv, false, err) || !audit_exists(inv, s.conn, &there, err))
        return false;
    if (!there) {
        if (inv->json)
            ui_json(json_pack("{s:b, s:i, s:[]}", "ok", 1, "version", 1, "events"));
        else
            ui_print("No history: pgwright has not deployed to %s yet.\n", pg_dbname(s.conn));
        return true;
    }
    if (flag_bool(inv, "verify")) {
        bool ok = verify_chain(inv, s.conn, err);
        inv->answered = inv->json && (ok || err->class == ERR_DIFFERS);
        return ok;
    }
    if (!audit_list(inv, s.conn, flag_number(inv, "limit"), &events, err))
        return false;
    if (!inv->json) {
        print_events(&events);
        return true;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < events.n; i++)
        json_array_append_new(list, event_json(&events.v[i]));
    ui_json(json_pack("{s:b, s:i, s:o}", "ok", 1, "version", 1, "events", list));
    return true;
}

static bool upgrade(Session *s, Error *err)
{
    if (!s->history->unique_script_hash || s->history->format->identity_by_id) {
        ui_print("Nothing to upgrade: no key forbids equal scripts in schema %s.\n", s->history->schema);
        return true;
    }
    if (!adopt_drop_unique_hash(s->history, err))
        return false;
    ui_print("Dropped the key that forbade two equal scripts in one module.\n");
    return true;
}

bool run_adopt(Invocation *inv, Error *err)
{
    Session s = {0};
    AdoptCounts n = {0};
    if (!session_workspace(&s, inv, err) || !session_connect(&s, inv, false, err) || !session_history(&s, inv, true, err))
        return false;
    if (flag_bool(inv, "upgrade"))
        return upgrade(&s, err);
    const HistoryFormat *from = history_format(flag_text(inv, "from"));
    if (from == s.history->format) {
        error_set(err, ERR_USAGE, "the history is kept in the tables of %s already", from->name);
        error_hint(err, "to take it over into others: --history pgpm, or --from another");
        return false;
    }
    if (!adopt_history(inv, s.history, from, s.ws, session_command_line(inv), &n, err))
        return false;
    for (size_t i = 0; i < n.notes.n; i++)
        log_warn("%s", n.notes.v[i]);
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:I, s:I, s:I}", "ok", 1, "version", 1, "adopted", (json_int_t)n.adopted, "known",
                          (json_int_t)n.known, "pending", (json_int_t)n.pending));
    else
        ui_print("Adopted %zu change%s from %s into schema %s (%zu were known); %zu of the plan %s pending. The old tables are as "
                 "they were.\n",
                 n.adopted, n.adopted == 1 ? "" : "s", from->name, s.history->schema, n.known, n.pending,
                 n.pending == 1 ? "is" : "are");
    return true;
}
