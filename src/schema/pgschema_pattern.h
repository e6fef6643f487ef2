/* schema/pgschema_pattern.h: replacing by patterns, as pgschema cleans texts. Only for its fingerprint: see
 * pgschema_hash.c.
 *
 * A pattern is a function that looks whether it matches at one place. Letters, digits and blanks are those of ASCII, as in
 * the regular expressions that these functions stand for. */
#ifndef SCHEMA_PGSCHEMA_PATTERN_H
#define SCHEMA_PGSCHEMA_PATTERN_H

#include "base/str.h"

/* Does the pattern match at `p` in `text`? Appends what is to stand there and returns where the match ends, else NULL. */
typedef const char *(*Pattern)(Str *out, const char *text, const char *p, const char *arg);

/* The text with every match replaced, from left to right, owned by `ctx`. */
char *pattern_replace(const void *ctx, const char *text, Pattern pattern, const char *arg);

bool is_word_char(char c);  /* letter, digit, underscore */
bool is_blank_char(char c); /* space, tab, line feed, carriage return, form feed */

/* Does a word begin or end at `p`? */
bool is_word_edge(const char *text, const char *p);

/* Behind the name at `p`, a letter or underscore and word characters; NULL when there is none. */
const char *skip_name(const char *p);

/* Behind `word` at `p`, NULL when it does not stand there. Of several words, separated by "|", the first counts. */
const char *skip_text(const char *p, const char *word);
const char *skip_any(const char *p, const char *words);

/* The text without blanks at both ends, owned by `ctx`. */
char *text_trimmed(const void *ctx, const char *text);

#endif
