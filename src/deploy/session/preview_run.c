/* deploy/session/preview_run.c: runs the units of deploy.sql for a preview; see preview.h.
 *
 * In one transaction, that is never committed: the head as it is but for its COMMIT, then the tail, whose own transactions are
 * savepoints. Each COMMIT checks the constraints that wait for it, in a savepoint, after which they wait again. What no transaction
 * takes is left out: some of it is known by its words, and the rest when the server says so. */
#include "deploy/session/marks.h"
#include "deploy/session/preview_internal.h"
#include "sql/lexer.h"

#include <string.h>

#define CHECK_CONSTRAINTS                                                                                                        \
    "SAVEPOINT _pgwright_constraints; SET CONSTRAINTS ALL IMMEDIATE; "                                                           \
    "ROLLBACK TO SAVEPOINT _pgwright_constraints; RELEASE SAVEPOINT _pgwright_constraints"

typedef struct Run {
    Preview *p;
    PgConn *conn;
    const PreviewScript *script;
    long first; /* statements of the units before the one at hand */
} Run;

static bool mark(const Run *r, long statement, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str sql = str_new(scratch);
    marks_write(&sql, 0, statement, true);
    return pg_script(r->conn, sql.text, err);
}

/* ---- what a statement is ---- */

static bool ends_transaction(const Statement *s)
{
    return s->facts.kind == SQL_COMMIT || s->facts.kind == SQL_ROLLBACK;
}

/* Statements whose work nobody asks about, or behind which a query must not stand: SET TRANSACTION. */
static bool is_quiet(const Statement *s)
{
    SqlKind kind = s->facts.kind;
    return kind == SQL_BEGIN || kind == SQL_COMMIT || kind == SQL_ROLLBACK || kind == SQL_SAVEPOINT || kind == SQL_SET;
}

static const Macro *macro_at(const Run *r, size_t unit, const Statement *s)
{
    return expanded_part(r->script->expanded, r->script->units->v[unit].at + s->from)->macro;
}

/* Of what a macro stands for the last statement alone has a mark: the tests have theirs. */
static bool *find_quiet(const Run *r, const void *ctx, size_t unit, const StatementSpans *statements)
{
    bool *quiet = mem_array(ctx, bool, statements->n + 1);
    for (size_t i = 0; i < statements->n; i++) {
        const Macro *macro = macro_at(r, unit, &statements->v[i]);
        bool inside = macro != NULL && i + 1 < statements->n && macro_at(r, unit, &statements->v[i + 1]) == macro;
        quiet[i] = inside || (macro == NULL && is_quiet(&statements->v[i]));
    }
    return quiet;
}

/* ---- transactions ---- */

static bool place(const Run *r, size_t offset, Error *err)
{
    const View script = r->p->folder->driver;
    error_place_in(err, r->script->path, script, script.p + expanded_origin(r->script->expanded, offset));
    return error_wrap(err, "checking what waits for COMMIT");
}

/* Isolation is that of the one transaction there is, and cannot be asked for within it. */
static bool sets_transaction(View text, const Statement *s)
{
    static const char *const words[] = {"set", "transaction"};
    size_t n = 0;
    LexToken t;
    for (const char *p = text.p + s->from, *end = text.p + s->to; p < end && n < 2; p += t.len) {
        t = lex_server(p, end);
        if (t.kind != LEX_SPACE && !statement_word(t, words[n++]))
            return false;
    }
    return n == 2;
}

/* `offset` of the COMMIT in the script. */
static bool commit(const Run *r, size_t offset, Error *err)
{
    if (!pg_script(r->conn, CHECK_CONSTRAINTS, err))
        return place(r, offset, err);
    return mark(r, -1, err);
}

static bool end_block(Run *r, size_t unit, const Statement *s, Error *err)
{
    bool commits = s->facts.kind == SQL_COMMIT;
    if (!r->p->open)
        return true;
    if (commits && !commit(r, r->script->units->v[unit].at + s->from, err))
        return false;
    r->p->open = s->chains;
    return (commits || pg_script(r->conn, "ROLLBACK TO SAVEPOINT _pgwright_block", err)) &&
           pg_script(r->conn, "RELEASE SAVEPOINT _pgwright_block", err) &&
           (!s->chains || pg_script(r->conn, "SAVEPOINT _pgwright_block", err));
}

static bool begin_block(Run *r, Error *err)
{
    if (r->p->open)
        return true;
    r->p->open = true;
    return pg_script(r->conn, "SAVEPOINT _pgwright_block", err);
}

/* ---- the tail ---- */

static bool skip(Run *r, size_t unit, const Statement *s, const char *why)
{
    Preview *p = r->p;
    list_push(p->ctx, &p->result.skipped,
              (PreviewSkipped){.at = r->script->units->v[unit].at + s->from,
                               .len = s->to - s->from,
                               .command = s->facts.command,
                               .why = mem_strdup(p->ctx, why)});
    return true;
}

/* Sends a unit that is one statement, and what it did is told: in the same message, unless that would be a transaction
 * which it does not take. */
static bool send_marked(const Run *r, size_t unit, View text, const Statement *s, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    bool apart = statement_wants_no_transaction(text, s) || strcmp(s->facts.command, "CALL") == 0, quiet = is_quiet(s);
    Str sql = str_new(scratch);
    StatementSpans one = {.v = (Statement *)s, .n = 1};
    marks_add(&sql, text, &one, r->first, &(MarkOwner){.file = 0, .quiet = &(bool){apart || quiet}, .told_at_once = true});
    return r->script->send(r->script->arg, unit, sql.text, err) && (!apart || mark(r, r->first + 1, err));
}

/* active_sql_transaction, invalid_transaction_termination */
static bool needs_no_transaction(const Error *err)
{
    return strcmp(err->sqlstate, "25001") == 0 || strcmp(err->sqlstate, "2D000") == 0;
}

/* A statement that is a transaction of its own. */
static bool run_alone(Run *r, size_t unit, View text, const Statement *s, Error *err)
{
    if (statement_wants_no_transaction(text, s))
        return skip(r, unit, s, "it cannot run in a transaction");
    if (!pg_script(r->conn, "SAVEPOINT _pgwright_unit", err))
        return false;
    if (send_marked(r, unit, text, s, err))
        return commit(r, r->script->units->v[unit].at + s->from, err) &&
               pg_script(r->conn, "RELEASE SAVEPOINT _pgwright_unit", err);
    if (!needs_no_transaction(err) || !pg_recover(r->conn))
        return false;
    skip(r, unit, s, err->message);
    error_clear(err);
    return pg_script(r->conn, "ROLLBACK TO SAVEPOINT _pgwright_unit; RELEASE SAVEPOINT _pgwright_unit", err);
}

static bool run_statement(Run *r, size_t unit, View text, const Statement *s, Error *err)
{
    if (!r->p->result.kept && s->facts.kind == SQL_BEGIN)
        return begin_block(r, err);
    if (!r->p->result.kept && ends_transaction(s))
        return end_block(r, unit, s, err);
    if (!r->p->result.kept && sets_transaction(text, s))
        return true;
    return r->p->open || r->p->result.kept ? send_marked(r, unit, text, s, err) : run_alone(r, unit, text, s, err);
}

/* Where nothing is open the server may have handed its counts on, and counts from 0. */
static bool settle_rows(Run *r, Error *err)
{
    if (!r->p->result.kept || pg_in_transaction(r->conn) || pg_version(r->conn) < 150000)
        return true;
    preview_forget_rows(r->p);
    return pg_script(r->conn, "SELECT pg_catalog.pg_stat_force_next_flush()", err);
}

static bool run_tail(Run *r, size_t from, Error *err)
{
    for (size_t unit = from; unit < r->script->units->n; unit++) {
        SCRATCH void *scratch = mem_scratch();
        View text = r->script->units->v[unit].text;
        StatementSpans statements = {0};
        statements_find(scratch, text, &statements);
        if (statements.n > 0 && (!settle_rows(r, err) || !run_statement(r, unit, text, &statements.v[0], err)))
            return false;
        r->first += (long)statements.n;
    }
    return true;
}

/* ---- the head ---- */

/* What is sent for the head: without `ending`; a transaction is open behind it in any case, as BEGIN makes one of what
 * stands before it in the same message. */
static char *head_text(const Run *r, const void *ctx, const StatementSpans *statements, const Statement *ending)
{
    Str sql = str_new(ctx);
    View text = r->script->units->v[0].text;
    StatementSpans sent = {.v = statements->v, .n = statements->n};
    bool begins = r->p->result.kept;
    if (ending != NULL && !r->p->result.kept) {
        text.len = ending->from;
        sent.n--;
    }
    for (size_t i = 0; i < sent.n; i++)
        begins = begins || sent.v[i].facts.kind == SQL_BEGIN;
    marks_add(&sql, text, &sent, 0, &(MarkOwner){.file = 0, .quiet = find_quiet(r, ctx, 0, &sent), .told_at_once = true});
    if (!begins)
        str_add(&sql, "\n;BEGIN");
    return sql.text;
}

/* The mark puts its guard up. */
static bool begin_anew(const Run *r, Error *err)
{
    return (!pg_in_transaction(r->conn) || pg_script(r->conn, "ROLLBACK", err)) && pg_script(r->conn, "BEGIN", err) &&
           mark(r, 0, err);
}

static bool end_head(Run *r, const StatementSpans *statements, const Statement *ending, Error *err)
{
    const Statement *open = statements_open(statements);
    const Unit *head = &r->script->units->v[0];
    if (r->p->result.kept)
        return true;
    if (ending != NULL && ending->facts.kind == SQL_ROLLBACK && !begin_anew(r, err))
        return false;
    if ((ending == NULL ? open == NULL : ending->facts.kind == SQL_COMMIT) &&
        !commit(r, head->at + (ending != NULL ? ending->from : head->text.len), err))
        return false;
    return open == NULL || begin_block(r, err);
}

/* True also when it is one statement without a transaction, which is run as one of the tail; *tail is set then. */
static bool run_head(Run *r, size_t *tail, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    StatementSpans statements = {0};
    statements_find(scratch, r->script->units->v[0].text, &statements);
    const Statement *last = statements.n > 0 ? &statements.v[statements.n - 1] : NULL;
    const Statement *ending = last != NULL && ends_transaction(last) ? last : NULL;
    *tail = statements.n == 1 && ending == NULL && last->facts.kind != SQL_BEGIN ? 0 : 1;
    if (*tail == 0)
        return r->p->result.kept || begin_anew(r, err);
    if (!r->script->send(r->script->arg, 0, head_text(r, scratch, &statements, ending), err) ||
        !end_head(r, &statements, ending, err))
        return false;
    r->first = (long)statements.n;
    return true;
}

#define NO_COMMITS "CREATE OR REPLACE FUNCTION pg_temp._pgwright_commits() RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false'"
#define NO_GUARD "CREATE OR REPLACE FUNCTION pg_temp._pgwright_guard() RETURNS void LANGUAGE sql AS ''"

static bool start_clock(const Run *r, Error *err)
{
    if (r->p->result.kept)
        return pg_script(r->conn, NO_GUARD, err) && mark(r, 0, err);
    return pg_script(r->conn, NO_COMMITS, err) && pg_script(r->conn, "BEGIN", err) && mark(r, 0, err) && pg_script(r->conn, "ROLLBACK", err);
}

bool preview_run(Preview *p, PgConn *conn, const PreviewScript *script, Error *err)
{
    Run r = {.p = p, .conn = conn, .script = script};
    size_t tail;
    bool ok = start_clock(&r, err) && run_head(&r, &tail, err) && run_tail(&r, tail, err);
    p->result.files.v[0]->complete = ok;
    return ok;
}

bool preview_is_open(const Preview *p, const PgConn *conn)
{
    return p->result.kept ? pg_in_transaction(conn) : p->open;
}
