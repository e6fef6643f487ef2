/* sql/lexer.h: PostgreSQL's SQL as a row of tokens, as psql's own scanner sees it (psqlscan.l): enough to find where a
 * statement ends, what its words are, and where psql would put in a variable. It copies nothing and can be continued when
 * more text has come: a token that the end of the buffer cuts off is LEX_MORE, to be asked for again.
 *
 * Source of the rules: PostgreSQL manual 4.1 "Lexical Structure", psql "SQL Interpolation". */
#ifndef SQL_LEXER_H
#define SQL_LEXER_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum LexKind {
    LEX_MORE,      /* the buffer ends here and more is to come */
    LEX_END,       /* the text ends here */
    LEX_SPACE,     /* blanks and comments */
    LEX_WORD,      /* a keyword or an unquoted identifier */
    LEX_IDENT,     /* "quoted", U&"quoted" */
    LEX_STRING,    /* any string constant, dollar quotes too */
    LEX_NUMBER,
    LEX_SEMICOLON, /* outside parentheses and BEGIN ATOMIC bodies: ends the statement; also written \; */
    LEX_VARIABLE,  /* :name */
    LEX_VARIABLE_LITERAL, /* :'name' */
    LEX_VARIABLE_IDENT,   /* :"name" */
    LEX_VARIABLE_TEST,    /* :{?name} */
    LEX_BACKSLASH, /* begins a directive; the token is the backslash alone */
    LEX_ESCAPED,   /* \: anywhere, \; where it ends nothing: stands for its second character */
    LEX_OTHER,
    LEX_UNTERMINATED, /* a quote or comment that the text's end cuts off: the token is all of it */
} LexKind;

typedef struct LexToken {
    LexKind kind;
    const char *p;
    size_t len;
} LexToken;

/* Where in a statement the scanner is; a statement begins with all zero but backslash_escapes. */
typedef struct Lexer {
    int parens;          /* depth of parentheses */
    int begins;          /* depth of BEGIN … END in a function body written in SQL */
    int words;           /* words of the statement so far, counted as far as `shape` goes */
    char shape[4];       /* 'c' 'o' 'r' 'f': CREATE OR REPLACE FUNCTION; 'p' for PROCEDURE */
    bool backslash_escapes; /* standard_conforming_strings is off */
} Lexer;

/* The token at `p`; the text ends at `end`, for good when `last`. The state moves on unless it is LEX_MORE. */
LexToken lex_next(Lexer *lx, const char *p, const char *end, bool last);

/* The token at `p` as the server itself sees it, in a text that is all there: without psql's variables and backslashes, and
 * each semicolon a LEX_SEMICOLON wherever it stands. */
LexToken lex_server(const char *p, const char *end);

/* The name within a LEX_VARIABLE… token. */
View lex_variable_name(LexToken token);

/* Can all of it stand in a variable's name? */
bool lex_is_variable_name(View name);

#endif
