/* pg/result.c: what the server says of a failure, as an Error; see conn.h. */
#include "base/list.h"
#include "pg/conn.h"

#include <stdlib.h>
#include <string.h>

/* SQLSTATEs that are not plain "SQL failed" (manual, appendix A). */
static const struct {
    const char *sqlstate;
    ErrorClass class;
    const char *hint;
} special_states[] = {
    {"55P03", ERR_TIMEOUT, "another session holds the lock; look at pg_locks, or raise --lock-timeout"},
    {"57014", ERR_TIMEOUT, NULL},
    {"57P01", ERR_CONNECTION, "run the same command again: it continues from what was committed"},
    {"57P02", ERR_CONNECTION, "run the same command again: it continues from what was committed"},
    {"57P03", ERR_CONNECTION, "the server is starting up or shutting down: try again"},
    {"25006", ERR_SQL, "this server only reads (a standby, or default_transaction_read_only): connect to the primary"},
    {"42501", ERR_SQL, "the role lacks a privilege: connect as the owner, or have it granted"},
    {"53200", ERR_SQL, "raise max_locks_per_transaction, or deploy with --tx=change"},
    {"55006", ERR_SQL, "deploy with --tx=change, so that each change is committed before the next"},
    {"2D000", ERR_SQL, "it ends transactions by itself: put the line `-- transaction: none` at the top of the script"},
    {"25001", ERR_SQL, "put the line `-- transaction: none` at the top of the script"},
};

static const char *field(const PGresult *result, int code)
{
    return PQresultErrorField(result, code);
}

/* Detail, then what the server was doing: the statement inside a function, and the function's call stack. */
static void add_detail(const PGresult *result, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    const char *parts[] = {field(result, PG_DIAG_MESSAGE_DETAIL), field(result, PG_DIAG_INTERNAL_QUERY),
                           field(result, PG_DIAG_CONTEXT)};
    const char *labels[] = {"", "in: ", ""};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i] != NULL && *parts[i] != '\0')
            str_addf(&text, "%s%s%s", text.len > 0 ? "\n    " : "", labels[i], parts[i]);
    if (text.len > 0)
        error_detail(err, "%s", text.text);
}

bool pg_result_error(const PGresult *result, Error *err)
{
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
    const char *message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = field(result, PG_DIAG_MESSAGE_HINT);
    ErrorClass class = ERR_SQL;
    for (size_t i = 0; sqlstate != NULL && i < sizeof special_states / sizeof special_states[0]; i++) {
        if (strcmp(sqlstate, special_states[i].sqlstate) == 0) {
            class = special_states[i].class;
            hint = hint != NULL ? hint : special_states[i].hint;
        }
    }
    error_set(err, class, "%s", message != NULL ? message : PQresultErrorMessage(result));
    Error *last = err;
    while (last->next != NULL)
        last = last->next;
    if (sqlstate != NULL)
        memcpy(last->sqlstate, sqlstate, strnlen(sqlstate, 5) + 1);
    add_detail(result, err);
    if (hint != NULL)
        error_hint(err, "%s", hint);
    return false;
}

long pg_result_position(const PGresult *result)
{
    const char *text = field(result, PG_DIAG_STATEMENT_POSITION);
    long position = 0;
    return text != NULL && text_to_long(text, 1, 0x7fffffff, &position) ? position : 0;
}
