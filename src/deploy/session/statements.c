/* deploy/session/statements.c: see statements.h. */
#include "deploy/session/statements.h"

#include "sql/facts.h"

#include <string.h>

/* How far a statement's last words are AND CHAIN. */
typedef enum Chaining { CHAINING_NONE, CHAINING_AND, CHAINING_CHAIN } Chaining;

static Chaining chaining_after(Chaining before, LexToken t)
{
    View word = {t.p, t.len};
    if (t.kind == LEX_WORD && view_is_nocase(word, "and"))
        return CHAINING_AND;
    return before == CHAINING_AND && t.kind == LEX_WORD && view_is_nocase(word, "chain") ? CHAINING_CHAIN : CHAINING_NONE;
}

typedef struct Finder {
    const void *ctx;
    const char *script;
    StatementSpans *statements;
    const char *from, *to; /* of the statement at hand; from NULL: it has not begun */
    FactsReader facts;
    Chaining chaining;
} Finder;

static void finish(Finder *f)
{
    if (f->from == NULL)
        return;
    Statement s = {.from = (size_t)(f->from - f->script), .to = (size_t)(f->to - f->script), .facts = facts_end(&f->facts)};
    s.chains = f->chaining == CHAINING_CHAIN && (s.facts.kind == SQL_COMMIT || s.facts.kind == SQL_ROLLBACK);
    list_push(f->ctx, f->statements, s);
    f->from = NULL;
}

static void take(Finder *f, const Lexer *lexer, LexToken t)
{
    if (f->from == NULL) {
        f->from = t.p;
        f->chaining = CHAINING_NONE;
        facts_begin(&f->facts);
    }
    f->to = t.p + t.len;
    f->chaining = chaining_after(f->chaining, t);
    facts_token(&f->facts, t, lexer->parens);
}

void statements_find(const void *ctx, View script, StatementSpans *statements)
{
    Finder f = {.ctx = ctx, .script = script.p, .statements = statements};
    Lexer lexer = {0};
    LexToken t;
    for (const char *p = script.p, *end = script.p + script.len; p < end; p += t.len) {
        t = lex_next(&lexer, p, end, true);
        if (t.kind == LEX_END)
            break;
        if (t.kind == LEX_SEMICOLON) {
            finish(&f);
            lexer = (Lexer){0};
        } else if (t.kind != LEX_SPACE) {
            take(&f, &lexer, t);
        }
    }
    finish(&f);
}

const Statement *statements_open(const StatementSpans *statements)
{
    const Statement *open = NULL;
    for (size_t i = 0; i < statements->n; i++) {
        const Statement *s = &statements->v[i];
        if (s->facts.kind == SQL_BEGIN && open == NULL)
            open = s;
        else if (s->facts.kind == SQL_COMMIT || s->facts.kind == SQL_ROLLBACK)
            open = s->chains ? s : NULL;
    }
    return open;
}

/* ---- transactions ---- */

bool statement_word(LexToken t, const char *word)
{
    return t.kind == LEX_WORD && view_is_nocase((View){t.p, t.len}, word);
}

/* Does COMMIT or ROLLBACK begin a statement of this block? */
static bool block_commits(View body)
{
    static const char *const openers[] = {"begin", "then", "else", "loop"};
    bool begins = true;
    LexToken t;
    for (const char *p = body.p, *end = body.p + body.len; p < end; p += t.len) {
        t = lex_server(p, end);
        if (t.kind == LEX_SPACE)
            continue;
        if (begins && (statement_word(t, "commit") || statement_word(t, "rollback")))
            return true;
        begins = t.kind == LEX_SEMICOLON;
        for (size_t i = 0; i < sizeof openers / sizeof openers[0]; i++)
            begins = begins || statement_word(t, openers[i]);
    }
    return false;
}

static bool do_commits(View statement)
{
    LexToken t;
    for (const char *p = statement.p, *end = p + statement.len; p < end; p += t.len) {
        t = lex_server(p, end);
        const char *quote = t.kind != LEX_STRING ? NULL : *t.p == '$' ? memchr(t.p + 1, '$', t.len - 1) : t.p;
        size_t around = quote == NULL ? 0 : (size_t)(quote + 1 - t.p);
        if (quote != NULL && t.len >= 2 * around && block_commits((View){t.p + around, t.len - 2 * around}))
            return true;
    }
    return false;
}

bool statement_wants_no_transaction(View text, const Statement *s)
{
    return s->facts.no_transaction ||
           (strcmp(s->facts.command, "DO") == 0 && do_commits((View){text.p + s->from, s->to - s->from}));
}

/* Does the word stand anywhere in it, strings included? */
static bool speaks_of(View text, const char *word)
{
    LexToken t;
    for (const char *p = text.p, *end = text.p + text.len; p < end; p += t.len) {
        t = lex_server(p, end);
        const char *quote = t.kind == LEX_STRING && *t.p == '$' ? memchr(t.p + 1, '$', t.len - 1) : NULL;
        size_t around = quote == NULL ? 0 : (size_t)(quote + 1 - t.p);
        if (statement_word(t, word) ||
            (around > 0 && t.len >= 2 * around && speaks_of((View){t.p + around, t.len - 2 * around}, word)))
            return true;
    }
    return false;
}

bool statements_are_atomic(View text)
{
    SCRATCH void *scratch = mem_scratch();
    StatementSpans statements = {0};
    statements_find(scratch, text, &statements);
    for (size_t i = 0; i < statements.n; i++)
        if (strcmp(statements.v[i].facts.command, "PREPARE TRANSACTION") == 0)
            return false;
    return statements.n > 1 ||
           (statements.n == 1 && !statement_wants_no_transaction(text, &statements.v[0]) && !speaks_of(text, "call"));
}
