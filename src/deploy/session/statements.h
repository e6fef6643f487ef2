/* deploy/session/statements.h: the statements of a script, for finding the one that a failure is of. */
#ifndef DEPLOY_SESSION_STATEMENTS_H
#define DEPLOY_SESSION_STATEMENTS_H

#include "base/list.h"
#include "sql/lexer.h"
#include "sql/script.h"

typedef struct Statement {
    size_t from, to; /* from its first token to behind its last, without the semicolon */
    SqlFacts facts;
    bool chains;     /* it ends in AND CHAIN: another transaction begins at once */
} Statement;
typedef LIST(Statement) StatementSpans;

/* Those at top level; the server answers each of them by one result. */
void statements_find(const void *ctx, View script, StatementSpans *statements);

/* The one whose transaction is open at the script's end, as its words say; NULL: none. */
const Statement *statements_open(const StatementSpans *statements);

/* Is the token this word, in any letter case? */
bool statement_word(LexToken token, const char *word);

/* Is it one that no transaction takes: by its words, or a DO whose block commits? */
bool statement_wants_no_transaction(View text, const Statement *statement);

/* Sent as one message, is it all or nothing: when it fails, has nothing of it been committed? False where there is no telling: a
 * single CALL. */
bool statements_are_atomic(View text);

#endif

