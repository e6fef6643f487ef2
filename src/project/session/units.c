/* project/session/units.c: see units.h.
 *
 * One pass over the tokens. Of each statement two small machines keep what its end depends on: is it all of the words
 * that end a transaction, and does it hold a function's body BEGIN ATOMIC … END, whose semicolons are its own. */
#include "project/session/units.h"

#include "sql/lexer.h"

/* How far a statement's words go along COMMIT | END | ROLLBACK | ABORT [WORK | TRANSACTION] [AND [NO] CHAIN]. */
typedef enum Ending { ENDING_START, ENDING_VERB, ENDING_NOISE, ENDING_AND, ENDING_NO, ENDING_CHAIN, ENDING_OTHER } Ending;

typedef enum Body {
    BODY_NONE,
    BODY_BEGIN,     /* BEGIN stood, and ATOMIC may follow */
    BODY_STATEMENT, /* within: here one of its statements begins, or END */
    BODY_WITHIN,
} Body;

typedef struct Splitter {
    const void *ctx;
    View script;
    UnitList *units;
    bool tail;        /* the head is complete */
    const char *from; /* first token of the statement at hand; NULL: none yet */
    const char *head; /* first token of all */
    int parens;
    bool creates;     /* the statement begins with CREATE */
    Ending ending;
    Body body;
    const char *counted; /* as far as newlines were counted, */
    long line;           /* and the line there */
} Splitter;

static Ending ending_after(Ending ending, View word)
{
    static const struct {
        Ending at;
        const char *word;
        Ending to;
    } steps[] = {
        {ENDING_START, "commit", ENDING_VERB},     {ENDING_START, "end", ENDING_VERB},
        {ENDING_START, "rollback", ENDING_VERB},   {ENDING_START, "abort", ENDING_VERB},
        {ENDING_VERB, "work", ENDING_NOISE},       {ENDING_VERB, "transaction", ENDING_NOISE},
        {ENDING_VERB, "and", ENDING_AND},          {ENDING_NOISE, "and", ENDING_AND},
        {ENDING_AND, "no", ENDING_NO},             {ENDING_AND, "chain", ENDING_CHAIN},
        {ENDING_NO, "chain", ENDING_CHAIN},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i].at == ending && view_is_nocase(word, steps[i].word))
            return steps[i].to;
    return ENDING_OTHER;
}

static bool ends_transaction(Ending ending)
{
    return ending == ENDING_VERB || ending == ENDING_NOISE || ending == ENDING_CHAIN;
}

/* In the server's grammar END closes a body where one of its statements could begin, and only there: CASE … END and a column
 * that is called end stand within statements. */
static Body body_after(const Splitter *s, LexToken t)
{
    View word = t.kind == LEX_WORD ? (View){t.p, t.len} : (View){0};
    switch (s->body) {
    case BODY_NONE:
        return s->creates && s->parens == 0 && view_is_nocase(word, "begin") ? BODY_BEGIN : BODY_NONE;
    case BODY_BEGIN:
        return view_is_nocase(word, "atomic") ? BODY_STATEMENT : BODY_NONE;
    case BODY_STATEMENT:
        if (view_is_nocase(word, "end"))
            return BODY_NONE;
        break;
    case BODY_WITHIN:
        break;
    }
    return t.kind == LEX_SEMICOLON && s->parens == 0 ? BODY_STATEMENT : BODY_WITHIN;
}

static long line_of(Splitter *s, const char *p)
{
    for (; s->counted < p; s->counted++)
        if (*s->counted == '\n')
            s->line++;
    return s->line;
}

static void give(Splitter *s, const char *from, const char *to)
{
    const char *first = s->tail ? from : s->head;
    list_push(s->ctx, s->units,
              (Unit){.text = {from, (size_t)(to - from)},
                     .at = (size_t)(from - s->script.p),
                     .line = first != NULL ? line_of(s, first) : 1});
}

/* The statement at hand ends before `to`. */
static void finish(Splitter *s, const char *to)
{
    if (s->tail && s->from != NULL) {
        give(s, s->from, to);
    } else if (ends_transaction(s->ending)) {
        give(s, s->script.p, to);
        s->tail = true;
    }
    s->from = NULL;
    s->parens = 0;
    s->creates = false;
    s->ending = ENDING_START;
    s->body = BODY_NONE;
}

static void take(Splitter *s, LexToken t)
{
    bool semicolon = t.kind == LEX_SEMICOLON, word = t.kind == LEX_WORD;
    bool in_body = s->body == BODY_STATEMENT || s->body == BODY_WITHIN;
    if (semicolon && s->parens == 0 && !in_body) {
        finish(s, t.p + t.len);
        return;
    }
    if (s->from == NULL) {
        s->from = t.p;
        s->creates = word && view_is_nocase((View){t.p, t.len}, "create");
    }
    if (s->head == NULL)
        s->head = t.p;
    s->ending = word ? ending_after(s->ending, (View){t.p, t.len}) : ENDING_OTHER;
    s->body = body_after(s, t);
    if (t.kind == LEX_OTHER && *t.p == '(')
        s->parens++;
    else if (t.kind == LEX_OTHER && *t.p == ')' && s->parens > 0)
        s->parens--;
}

void units_split(const void *ctx, View script, UnitList *units)
{
    Splitter s = {.ctx = ctx, .script = script, .units = units, .counted = script.p, .line = 1};
    const char *end = script.p + script.len;
    LexToken t;
    for (const char *p = script.p; p < end; p += t.len) {
        t = lex_server(p, end);
        if (t.kind != LEX_SPACE)
            take(&s, t);
    }
    finish(&s, end);
    if (!s.tail)
        give(&s, script.p, end);
    else if (units->n == 1) /* nothing but comments follow, which may as well be sent */
        units->v[0].text.len = script.len;
}
