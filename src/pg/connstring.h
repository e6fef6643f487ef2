/* pg/connstring.h: connection strings of every form, as libpq's keywords.
 *
 *     postgresql://user:secret@host1:5432,[::1]:5433/shop?sslmode=require&search_path=app
 *     Host=host;Port=5432;Database=shop;Username=user;Password=secret;SSL Mode=VerifyFull     (ADO.NET)
 *     host=host port=5432 dbname=shop user=user password='s e c'                              (libpq)
 *
 * What libpq has no keyword for becomes a setting of the session (options=-c search_path=app), as drivers of other languages
 * have it. Settings of such drivers' own pools and caches are left out. No error ever shows a part of the string. */
#ifndef PG_CONNSTRING_H
#define PG_CONNSTRING_H

#include "base/error.h"
#include "base/list.h"

typedef struct ConnPair {
    const char *key, *value;
} ConnPair;

typedef struct ConnString {
    const void *ctx;      /* owner of its texts */
    LIST(ConnPair) pairs; /* libpq's keywords, each at most once; hosts and ports may be lists (manual 34.1.1.3) */
    TextList ignored;     /* keys that mean something to another driver alone, for a warning */
} ConnString;

/* Reads one of any form. Host, port and database that it does not name are localhost, 5432 and postgres. ERR_CONFIG when it is
 * none, or holds a value that cannot be (a port, sslmode, connect_timeout). Passwords are made known to redact_value(). */
bool connstring_parse(const void *ctx, const char *text, ConnString *out, Error *err);

/* The value of a libpq keyword; NULL. */
const char *connstring_get(const ConnString *string, const char *key);

/* Sets a keyword, or replaces its value; NULL takes it out. */
void connstring_set(ConnString *string, const char *key, const char *value);

/* The whole as libpq's keyword/value text, owned by the string's context. */
const char *connstring_text(const ConnString *string);

/* libpq's word for a TLS mode in any spelling: "VerifyCA", "verify-ca", "REQUIRE". NULL when it is none. */
const char *connstring_sslmode(const char *text);

/* Ports 1 to 65535, one or a list; "" within a list is the default. */
bool connstring_port_fits(const char *text);

#endif
