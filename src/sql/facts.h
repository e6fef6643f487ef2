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
    bool concurrently;           /* anywhere outside parentheses */
    bool sets_config;            /* calls set_config */
    unsigned on, off;            /* options in parentheses that were given as true, or as false */
    unsigned option;             /* the one whose value is to come; 0: none */
} FactsReader;

void facts_begin(FactsReader *r);
void facts_token(FactsReader *r, LexToken token, int parens);

/* Of what was read since facts_begin(). */
SqlFacts facts_end(const FactsReader *r);

/* Is it ALTER TYPE, as far as it was read? */
bool facts_is_alter_type(const FactsReader *r);

/* Would a string that comes now be the label that ALTER TYPE … ADD VALUE adds? */
bool facts_expects_label(const FactsReader *r);

#endif
