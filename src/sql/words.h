/* sql/words.h: the tokens of one statement, to be walked through word by word. Not for other floors. */
#ifndef SQL_WORDS_H
#define SQL_WORDS_H

#include "base/list.h"
#include "sql/lexer.h"

typedef struct Word {
    LexToken token;
    int depth; /* of parentheses around it; the parentheses themselves stand outside */
} Word;

typedef struct Words {
    LIST(Word) list; /* without blanks and comments */
    size_t at;       /* the next one */
    size_t end;      /* where to stop */
} Words;

/* Owned by `ctx`. */
Words words_of(const void *ctx, const char *statement, size_t len);

/* Are the next words these ("IF NOT EXISTS", "(")? accept() moves behind them. */
bool words_next(const Words *w, const char *text);
bool words_accept(Words *w, const char *text);

/* Moves behind the first of these words outside parentheses; false (and stays) when it does not come. */
bool words_find(Words *w, const char *text);

/* The text of the next name, "app.users" or "\"Order\""; NULL when none comes. Owned by `ctx`. */
char *words_name(const void *ctx, Words *w);

/* A balanced "(…)" that comes next, without its parentheses; NULL when none comes. */
bool words_group(Words *w, Words *inside);

/* The part up to the next comma outside parentheses, and moves behind that; false at the end. */
bool words_part(Words *w, Words *part);

/* The text from the next word to the end. Owned by `ctx`. */
char *words_rest(const void *ctx, const Words *w);

/* The text between two places. */
char *words_between(const void *ctx, const Words *w, size_t from, size_t to);

#endif
