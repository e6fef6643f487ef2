/* base/str.h: text that grows, and views of text that do not own it.
 *
 * A Str is always NUL-terminated, also when empty, so that `s.text` can be passed on as a C string.
 * A View is a span of somebody else's bytes; it may hold NUL bytes and is not terminated. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct Str {
    char *text;
    size_t len;
    size_t cap;
    const void *ctx; /* owner of `text` */
} Str;

typedef struct View {
    const char *p;
    size_t len;
} View;

Str str_new(const void *ctx);
void str_add(Str *s, const char *text);
void str_add_n(Str *s, const char *text, size_t len);
void str_add_char(Str *s, char c);
void str_add_repeat(Str *s, char c, size_t n);
void str_addf(Str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_clear(Str *s);

View view_of(const char *text);
bool view_is(View v, const char *text);
bool view_is_nocase(View v, const char *text); /* ASCII letters only, as SQL keywords compare */
View view_trim(View v);                        /* without blanks (space, \t, \r, \n, \v, \f) at both ends */

/* ASCII helpers that do not depend on the locale. */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
bool text_equal(const char *a, const char *b); /* NULL equals NULL only */

/* Decimal integer filling all of `text`, within [min, max]; false leaves *out alone. */
bool text_to_long(const char *text, long min, long max, long *out);

/* Length in bytes of the valid UTF-8 sequence at `p` (at most `len` bytes are looked at), 0 if there is none.
 * Overlong forms, surrogates and values above U+10FFFF are not valid (RFC 3629). */
size_t utf8_sequence(const char *p, size_t len);

/* Length in bytes of the white space character at `p` (Unicode's White_Space, ASCII's among them), 0 if there is none. */
size_t utf8_white(const char *p, size_t len);

/* Is all of it white space, or is it empty? */
bool utf8_is_blank(View text);

/* The line, from 1 on, in which byte number `at` stands. */
long text_line(View text, size_t at);

/* How much of the text, from its beginning, is valid UTF-8 without NUL bytes. */
size_t utf8_valid(View text);

/* The byte at which character number `n`, from 0, begins; the text's end when it has fewer. */
size_t utf8_offset(View text, long n);

/* The text with U+FFFD for each byte that is not valid UTF-8, and for NUL, so that every output can take it. */
char *utf8_repaired(const void *ctx, View text);

/* The candidate nearest to `word` by edit distance, for "did you mean"; NULL when none is near. */
const char *text_nearest(const char *word, const char *const *candidates, size_t n);

#endif
