/* deploy/session/statements.c: see statements.h. */
#include "deploy/session/statements.h"

#include "sql/facts.h"

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
