/* sql/facts.h: what a statement is, from its words alone: no grammar is asked, so that syntax newer than any grammar is
 * judged too. */
#ifndef SQL_FACTS_H
#define SQL_FACTS_H

#include "sql/lexer.h"
#include "sql/script.h"

enum { FACTS_WORDS = 32 };

/* The words of a statement outside parentheses, as they come by. Quoted identifiers and strings leave an empty place. */
typedef struct FactsReader {
    char words[FACTS_WORDS][16]; /* in capitals; longer words are cut */
    int n;
    bool concurrently_in_parens;
    bool full;                   /* has more words than are kept */
    bool concurrently;           /* anywhere outside parentheses */
    bool sets_config;            /* calls set_config */
    bool no_slot;                /* connect = false, create_slot = false (CREATE SUBSCRIPTION) */
    View label;                  /* of ALTER TYPE … ADD VALUE: the string constant with its quotes */
} FactsReader;

void facts_begin(FactsReader *r);
void facts_token(FactsReader *r, LexToken token, int parens);

/* Of what was read since facts_begin(). */
SqlFacts facts_end(const FactsReader *r);

#endif
