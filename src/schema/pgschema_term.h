/* schema/pgschema_term.h: patterns of names, types and literals in expressions. Only for pgschema's fingerprint: see
 * pgschema_hash.c. */
#ifndef SCHEMA_PGSCHEMA_TERM_H
#define SCHEMA_PGSCHEMA_TERM_H

#include "schema/pgschema_pattern.h"

/* `arg` is the schema's name with a dot: it goes from before a call (also as the end of a longer name), a relation, a
 * cast's type, and a cast's type that needs no quotes. */
const char *term_own_call(Str *out, const char *text, const char *p, const char *arg);
const char *term_own_relation(Str *out, const char *text, const char *p, const char *arg);
const char *term_own_cast(Str *out, const char *text, const char *p, const char *arg);
const char *term_own_named_cast(Str *out, const char *text, const char *p, const char *arg);

/* "::int4" → "::integer", also where that is the beginning of a longer name. */
const char *term_type_cast(Str *out, const char *text, const char *p, const char *arg);

/* The name of a type that the server's catalogs know by another one; NULL for all others. */
const char *term_type_name(const char *name);

/* "nextval('a.b'::regclass)" → "nextval('b'::regclass)". */
const char *term_nextval(Str *out, const char *text, const char *p, const char *arg);

/* "NULL::type" → "NULL"; words and blanks that follow the type go with it. */
const char *term_null(Str *out, const char *text, const char *p, const char *arg);

/* "'-1.5'::numeric" → "-1.5". */
const char *term_number(Str *out, const char *text, const char *p, const char *arg);

/* "(1)::bigint" → "1::bigint". */
const char *term_parenthesised(Str *out, const char *text, const char *p, const char *arg);

/* "'x'::text[]" → "'x'", for types that read like text. */
const char *term_literal(Str *out, const char *text, const char *p, const char *arg);

/* "'x'::text" → "'x'" when the literal has no quotes in it and the type's name ends there; with "[" for `arg` only when
 * no bracket follows, and the character that follows then goes with the match. */
const char *term_text(Str *out, const char *text, const char *p, const char *arg);

/* "::varchar::text" → "::varchar". */
const char *term_double_cast(Str *out, const char *text, const char *p, const char *arg);

/* Behind the literal at `p`, which may have doubled quotes in it; NULL when it does not end. */
const char *skip_literal(const char *p);

#endif
