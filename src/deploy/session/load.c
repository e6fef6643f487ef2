/* deploy/session/load.c: see load.h. */
#include "deploy/session/load.h"

#include "base/file.h"
#include "deploy/session/contract.h"
#include "deploy/session/rows.h"
#include "deploy/session/syntax.h"
#include "deploy/session/transactions.h"
#include "deploy_session_sql.h"
#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>

enum { ANALYZE_FROM = 100 }; /* files: below, the planner's guesses cost less than counting */

/* The rows that the message returns, told by the name of their first column. */
#define COLUMN_LOCK "taken"
#define COLUMN_TEST "asked_for"
#define COLUMN_TAIL "checks_tail"

typedef struct Loading {
    Load *load;
    const char *message;
    const Rows *rows;
    size_t tail_offset; /* of the tail in the message */
    size_t macro;       /* whose tests come next */
    bool checks_tail;   /* all else is done */
} Loading;

/* ---- the message ---- */

static void add_history(Str *sql, const DriveOptions *o)
{
    SCRATCH void *scratch = mem_scratch();
    str_add(sql, deploy_session_history_sql);
    str_addf(sql, "CREATE TEMP VIEW pgwright_file_history_view AS SELECT * FROM pg_temp._pgwright_file_history(%s);\n"
                  "GRANT SELECT ON pg_temp.pgwright_file_history_view TO PUBLIC;\n",
             sql_literal(scratch, o->project));
}

static void add_settings(Str *sql, const DriveOptions *o)
{
    str_addf(sql, "CREATE TEMP VIEW _pgwright_planned AS SELECT * FROM pg_temp._pgmi_source WHERE is_sql_file OR %s;\n",
             o->sql_files_only ? "false" : "true");
    str_add(sql, o->contract->sql);
    str_add(sql, deploy_session_names_sql);
    str_add(sql, deploy_session_files_sql);
    add_history(sql, o);
    transactions_tell(sql, o->folder);
    if (o->watch_tests)
        str_add(sql, deploy_session_telling_sql);
    if (o->preview != NULL)
        str_add(sql, deploy_session_preview_sql);
    if (o->folder->files.n >= ANALYZE_FROM)
        str_add(sql, "ANALYZE pg_temp._pgmi_source, pg_temp._pgmi_source_metadata, pg_temp._pgmi_test_directory, "
                     "pg_temp._pgmi_test_source;\n");
}

static size_t next_asking(const MacroList *macros, size_t i)
{
    while (i < macros->n && macros->v[i].pattern == NULL)
        i++;
    return i;
}

static void add_patterns(Str *sql, const MacroList *macros)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = next_asking(macros, 0); i < macros->n; i = next_asking(macros, i + 1))
        str_addf(sql, "SELECT path AS " COLUMN_TEST " FROM pg_temp._pgmi_test_source WHERE NOT is_fixture AND path ~ %s;\n",
                 sql_literal(scratch, macros->v[i].pattern));
}

static void add_tail(Str *sql, Loading *l)
{
    if (l->load->tail.len == 0)
        return;
    str_add(sql, "SELECT true AS " COLUMN_TAIL ";\n");
    l->tail_offset = syntax_add_check(sql, l->load->tail);
}

/* Its statements are one transaction: when one fails nothing is left but the lock. */
static const char *make_message(const void *ctx, Loading *l, const Rows *rows)
{
    const DriveOptions *o = l->load->options;
    Str sql = str_new(ctx);
    str_add(&sql, deploy_session_lock_sql);
    str_add(&sql, deploy_session_tables_sql);
    str_add(&sql, deploy_session_functions_sql);
    rows_statements(rows, &sql);
    str_add(&sql, deploy_session_filled_sql);
    add_settings(&sql, o);
    add_patterns(&sql, l->load->macros);
    if (l->load->driver_path != NULL)
        transactions_ask(&sql, o->folder);
    add_tail(&sql, l);
    if (o->debug_notices)
        str_add(&sql, "SET client_min_messages = 'debug';\n");
    return sql.text;
}

/* ---- its answers ---- */

static bool take_lock(const PGresult *result, Error *err)
{
    if (strcmp(PQgetvalue(result, 0, 0), "t") == 0)
        return true;
    error_set(err, ERR_LOCKED, "another deployment of this database is running");
    error_hint(err, "wait until it is done; pg_locks shows who holds the advisory lock");
    return false;
}

static int compare_scripts(const void *path, const void *script)
{
    return strcmp(path, ((const TestScript *)script)->file->path);
}

static void take_tests(Loading *l, const PGresult *result)
{
    const TestTree *tests = l->load->tests;
    bool *matches = l->load->matches[l->macro];
    for (int row = 0; row < PQntuples(result); row++) {
        const TestScript *script =
            bsearch(PQgetvalue(result, row, 0), tests->scripts.v, tests->scripts.n, sizeof *script, compare_scripts);
        if (script != NULL)
            matches[script - tests->scripts.v] = true;
    }
    l->macro = next_asking(l->load->macros, l->macro + 1);
}

static bool pattern_failed(const Loading *l, const PGresult *result, Error *err)
{
    const Macro *macro = &l->load->macros->v[l->macro];
    const View script = l->load->options->folder->driver;
    pg_result_error(result, err);
    if (l->load->driver_path != NULL)
        error_place_in(err, l->load->driver_path, script, script.p + macro->from);
    error_hint(err, "the pattern is a regular expression that the path of a test must match");
    return false;
}

static bool tail_failed(const Loading *l, const PGresult *result, Error *err)
{
    const View script = l->load->options->folder->driver, tail = l->load->tail;
    long at = syntax_fault_at(result, l->message, l->tail_offset);
    pg_result_error(result, err);
    error_detail(err, "found before anything was run");
    if (at >= 0)
        error_place_in(err, l->load->driver_path, script, script.p + script.len - tail.len + utf8_offset(tail, at));
    return false;
}

/* A content that the database's encoding does not have, for one: the server counts rows ("COPY _pgmi_source, line 3, …"). */
static void place_in_row(const Loading *l, const PGresult *result, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    static const char copy[] = "COPY _pg", mark[] = ", line ";
    const Folder *folder = l->load->options->folder;
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    const char *at = context != NULL && text_starts(context, copy) ? strstr(context, mark) : NULL;
    const FolderFile *file = at == NULL ? NULL : rows_file(l->rows, strtol(at + strlen(mark), NULL, 10));
    if (file != NULL)
        error_place(err, path_join(scratch, folder->shown, file->path + strlen("./")), 0, 0, NULL);
}

static bool load_failed(const Loading *l, const PGresult *result, Error *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (l->checks_tail)
        return tail_failed(l, result, err);
    if (state != NULL && strcmp(state, "2201B") == 0 && l->macro < l->load->macros->n)
        return pattern_failed(l, result, err);
    pg_result_error(result, err);
    place_in_row(l, result, err);
    if (state != NULL && strcmp(state, "42501") == 0)
        error_hint(err, "a session deployment needs to make temporary tables: GRANT TEMPORARY ON DATABASE … TO …");
    return error_wrap(err, "preparing the session");
}

static bool take_result(void *arg, const PGresult *result, Error *err)
{
    Loading *l = arg;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        return load_failed(l, result, err);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return true;
    if (strcmp(PQfname(result, 0), COLUMN_LOCK) == 0)
        return take_lock(result, err);
    if (strcmp(PQfname(result, 0), COLUMN_TEST) == 0)
        take_tests(l, result);
    else if (strcmp(PQfname(result, 0), COLUMN_REFUSED) == 0 && PQntuples(result) > 0)
        return transactions_refuse(l->load->options->folder, PQgetvalue(result, 0, 0), err);
    else if (strcmp(PQfname(result, 0), COLUMN_TAIL) == 0)
        l->checks_tail = true;
    return true;
}

bool session_load(const void *ctx, PgConn *conn, Load *load, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Loading l = {.load = load, .macro = next_asking(load->macros, 0)};
    load->matches = mem_array(ctx, bool *, load->macros->n + 1);
    for (size_t i = l.macro; i < load->macros->n; i = next_asking(load->macros, i + 1))
        load->matches[i] = mem_array(ctx, bool, load->tests->scripts.n + 1);
    Rows *rows = rows_new(scratch, load->options->folder, load->tests, &load->options->params, load->options->preview != NULL);
    l.rows = rows;
    l.message = make_message(scratch, &l, rows);
    PgSimple simple = {
        .sql = l.message, .rows = true, .reply = take_result, .arg = &l, .source = rows_next, .data_arg = rows};
    return pg_simple(conn, &simple, err);
}
