/* deploy/session/transactions.c: see transactions.h. */
#include "deploy/session/transactions.h"

#include "deploy/session/fault.h"
#include "deploy/session/statements.h"
#include "sql/quote.h"

#include <string.h>

#define PROCEDURE "pgwright_deploy_files"

/* ---- what the session is told ---- */

void transactions_tell(Str *sql, const Folder *folder)
{
    SCRATCH void *scratch = mem_scratch();
    const char *before = "CREATE TEMP TABLE _pgwright_transactions (path text PRIMARY KEY, transaction text NOT NULL);\n"
                         "GRANT SELECT ON pg_temp._pgwright_transactions TO PUBLIC;\n"
                         "INSERT INTO pg_temp._pgwright_transactions VALUES ";
    for (size_t i = 0; i < folder->files.n; i++) {
        const FolderFile *file = &folder->files.v[i];
        if (file->transaction == TRANSACTION_OWN || !file->is_sql || file->is_test)
            continue;
        str_addf(sql, "%s(%s, '%s')", before, sql_literal(scratch, file->path), transaction_names[file->transaction]);
        before = ", ";
    }
    if (*before == ',')
        str_add(sql, ";\nCREATE OR REPLACE FUNCTION pg_temp._pgwright_transaction(in_path text) RETURNS text LANGUAGE sql STABLE AS\n"
                     "'SELECT coalesce((SELECT t.transaction FROM pg_temp._pgwright_transactions t WHERE t.path = in_path), ''own'')';\n");
}

/* ---- what cannot run ---- */

/* The first statement of the file that no transaction takes; NULL: there is none. */
static const Statement *find_refusing(const void *ctx, const Folder *folder, const FolderFile *file, View *content)
{
    Error ignored = {0};
    StatementSpans statements = {0};
    bool ok = folder_content(ctx, folder, file, content, &ignored);
    error_clear(&ignored); /* it is told when the file is loaded */
    if (ok)
        statements_find(ctx, *content, &statements);
    for (size_t i = 0; i < statements.n; i++)
        if (statement_wants_no_transaction(*content, &statements.v[i]))
            return &statements.v[i];
    return NULL;
}

/* The tokens of a statement, blanks and comments left out. */
static size_t tokens_of(View text, LexToken *tokens, size_t max)
{
    size_t n = 0;
    for (const char *p = text.p, *end = text.p + text.len; p < end && n < max;) {
        LexToken t = lex_server(p, end);
        if (t.kind != LEX_SPACE)
            tokens[n++] = t;
        p += t.len;
    }
    return n;
}

static bool is_char(LexToken t, char c)
{
    return t.len == 1 && *t.p == c;
}

/* CALL [pg_temp.]pgwright_deploy_files([pattern]): the pattern as it is written, "" for none; NULL for everything else. */
static const char *called_pattern(const void *ctx, View text)
{
    enum { MAX = 9 };
    LexToken t[MAX];
    size_t n = tokens_of(text, t, MAX), at = 1;
    if (n >= 5 && statement_word(t[1], "pg_temp") && is_char(t[2], '.'))
        at = 3;
    if (n < at + 3 || n > at + 4 || !statement_word(t[0], "call") || !statement_word(t[at], PROCEDURE) || !is_char(t[at + 1], '(') ||
        !is_char(t[n - 1], ')'))
        return NULL;
    if (n == at + 3)
        return "";
    return t[at + 2].kind == LEX_STRING ? mem_strndup(ctx, t[at + 2].p, t[at + 2].len) : NULL;
}

static void add_candidates(const void *ctx, Str *out, const Folder *folder)
{
    for (size_t i = 0; i < folder->files.n; i++) {
        SCRATCH void *scratch = mem_scratch();
        const FolderFile *file = &folder->files.v[i];
        View content;
        if (file->is_sql && !file->is_test && file->transaction != TRANSACTION_NONE &&
            find_refusing(scratch, folder, file, &content) != NULL)
            str_addf(out, "%s(%s)", out->len > 0 ? ", " : "", sql_literal(ctx, file->path));
    }
}

void transactions_ask(Str *sql, const Folder *folder)
{
    SCRATCH void *scratch = mem_scratch();
    StatementSpans statements = {0};
    if (strstr(folder->driver.p, PROCEDURE) == NULL)
        return;
    Str files = str_new(scratch);
    add_candidates(scratch, &files, folder);
    if (files.len == 0)
        return;
    statements_find(scratch, folder->driver, &statements);
    for (size_t i = 0; i < statements.n; i++) {
        const Statement *s = &statements.v[i];
        const char *pattern = called_pattern(scratch, (View){folder->driver.p + s->from, s->to - s->from});
        if (pattern != NULL)
            str_addf(sql,
                     "SELECT path AS " COLUMN_REFUSED " FROM (VALUES %s) AS f(path) WHERE path ~ %s"
                     " ORDER BY path COLLATE \"C\" LIMIT 1;\n",
                     files.text, *pattern == '\0' ? "''" : pattern);
    }
}

bool transactions_refuse(const Folder *folder, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const FolderFile *file = fault_file(folder, path, strlen(path));
    View content;
    const Statement *s = file == NULL ? NULL : find_refusing(scratch, folder, file, &content);
    if (s == NULL)
        return error_set(err, ERR_INTERNAL, "%s was said to hold what no transaction takes", path);
    error_set(err, ERR_CONFIG, "%s cannot run in a transaction, and " PROCEDURE "() would run it in one", s->facts.command);
    fault_place_file(folder, file, content, s->from, err);
    error_hint(err, "write transaction=\"none\" into the file's metadata, or name it in pgwright.yaml: transactions: {%s: none}",
               path + strlen("./"));
    return false;
}
