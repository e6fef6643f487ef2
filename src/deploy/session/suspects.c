/* deploy/session/suspects.c: see suspects.h. */
#include "deploy/session/suspects.h"

#include <string.h>

/* What tells the statements that can raise it from the others. */
typedef enum Clue { CLUE_ROWS, CLUE_NAMES } Clue;

typedef struct Trace {
    const char *states;  /* the SQLSTATE, or how it begins */
    Clue clue;
    const char *command; /* of no other one; NULL: of any */
} Trace;

static const Trace traces[] = {
    {"22001", CLUE_ROWS, NULL},  {"22003", CLUE_ROWS, NULL},  {"22007", CLUE_ROWS, NULL},  {"22008", CLUE_ROWS, NULL},
    {"22012", CLUE_ROWS, NULL},  {"22P02", CLUE_ROWS, NULL},  {"23", CLUE_ROWS, NULL},     {"3F000", CLUE_NAMES, NULL},
    {"42703", CLUE_NAMES, NULL}, {"42704", CLUE_NAMES, NULL}, {"42710", CLUE_NAMES, NULL}, {"42723", CLUE_NAMES, NULL},
    {"42883", CLUE_NAMES, NULL}, {"42P01", CLUE_NAMES, NULL}, {"42P06", CLUE_NAMES, NULL}, {"42P07", CLUE_NAMES, NULL},
    {"42701", CLUE_NAMES, "ALTER TABLE"},
};

/* No row comes near them. */
static const char *const rowless[] = {
    "COMMENT", "CREATE FUNCTION", "CREATE PROCEDURE", "CREATE SCHEMA", "CREATE TYPE", "CREATE VIEW", "DEALLOCATE",     "DROP",
    "GRANT",   "LISTEN",          "LOCK",             "PREPARE",       "RESET",       "REVOKE",      "SECURITY LABEL",
};

static View text_of(View text, const Statement *s)
{
    return (View){text.p + s->from, s->to - s->from};
}

/* ---- rows ---- */

/* CREATE TABLE … AS fills it; PARTITION OF looks into a default partition. */
static bool fills_table(View statement)
{
    LexToken t;
    int depth = 0;
    for (const char *p = statement.p, *end = statement.p + statement.len; p < end; p += t.len) {
        t = lex_server(p, end);
        depth += t.kind == LEX_OTHER ? (*t.p == '(') - (*t.p == ')') : 0;
        if (depth == 0 && (statement_word(t, "AS") || statement_word(t, "PARTITION")))
            return true;
    }
    return false;
}

static bool touches_rows(View text, const Statement *s)
{
    if (strcmp(s->facts.command, "CREATE TABLE") == 0)
        return fills_table(text_of(text, s));
    for (size_t i = 0; i < sizeof rowless / sizeof rowless[0]; i++)
        if (strcmp(s->facts.command, rowless[i]) == 0)
            return false;
    return true;
}

/* ---- names ---- */

/* What the message has in quotes. */
static void find_names(const void *ctx, const char *message, TextList *names)
{
    for (const char *from; (from = strchr(message, '"')) != NULL;) {
        const char *to = strchr(from + 1, '"');
        if (to == NULL)
            return;
        list_push(ctx, names, mem_strndup(ctx, from + 1, (size_t)(to - from - 1)));
        message = to + 1;
    }
}

static bool is_name(LexToken t, const char *name)
{
    if (t.kind == LEX_WORD)
        return view_is_nocase((View){t.p, t.len}, name);
    return t.kind == LEX_IDENT && t.len >= 2 && view_is((View){t.p + 1, t.len - 2}, name);
}

static bool says(View statement, const char *name)
{
    LexToken t;
    for (const char *p = statement.p, *end = statement.p + statement.len; p < end; p += t.len) {
        t = lex_server(p, end);
        if (is_name(t, name))
            return true;
    }
    return false;
}

static bool says_all(View statement, const TextList *names)
{
    for (size_t i = 0; i < names->n; i++)
        if (!says(statement, names->v[i]))
            return false;
    return names->n > 0;
}

/* ---- both ---- */

static const Trace *trace_of(const PGresult *failure)
{
    const char *state = PQresultErrorField(failure, PG_DIAG_SQLSTATE), *schema = PQresultErrorField(failure, PG_DIAG_SCHEMA_NAME);
    if (state == NULL || (schema != NULL && strcmp(schema, "pg_catalog") == 0)) /* rows of the catalogs are everybody's */
        return NULL;
    for (size_t i = 0; i < sizeof traces / sizeof traces[0]; i++)
        if (text_starts(state, traces[i].states))
            return &traces[i];
    return NULL;
}

/* What a DO does has a context of its own. */
static bool fits(const Trace *trace, View text, const Statement *s, const TextList *names)
{
    if (strcmp(s->facts.command, "DO") == 0 || (trace->command != NULL && strcmp(s->facts.command, trace->command) != 0))
        return false;
    return trace->clue == CLUE_ROWS ? touches_rows(text, s) : says_all(text_of(text, s), names);
}

void suspects_find(const void *ctx, View text, const StatementSpans *statements, const PGresult *failure, StatementSpans *suspects)
{
    TextList names = {0};
    const Trace *trace = trace_of(failure);
    const char *message = PQresultErrorField(failure, PG_DIAG_MESSAGE_PRIMARY);
    if (message == NULL || trace == NULL)
        return;
    find_names(ctx, message, &names);
    for (size_t i = 0; i < statements->n; i++)
        if (fits(trace, text, &statements->v[i], &names))
            list_push(ctx, suspects, statements->v[i]);
}
