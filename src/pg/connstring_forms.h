/* pg/connstring_forms.h: what the readers of the forms of connection strings share. Not for others. */
#ifndef PG_CONNSTRING_FORMS_H
#define PG_CONNSTRING_FORMS_H

#include "pg/connstring.h"

typedef struct ConnReader {
    const void *ctx;
    ConnString *out;
    Str settings;         /* "-c k=v …" of the keys that libpq does not know */
    bool has_options;     /* the string says options= itself */
    Error *err;
} ConnReader;

/* One key of any form under libpq's name for it; other drivers' keys are left out, unknown ones become settings of the
 * session. */
bool connstring_take(ConnReader *r, const char *key, const char *value);

/* ERR_CONFIG; `what` must not hold a part of the string. Returns false. */
bool connstring_fault(ConnReader *r, const char *what);

/* Is it of the form that ADO.NET has (Key=Value;Key=Value)? Then it can be read by the second one. */
bool connstring_is_ado(const char *text);
bool connstring_read_ado(ConnReader *r, const char *text);

bool connstring_is_uri(const char *text);
bool connstring_read_uri(ConnReader *r, const char *text);

/* Is it one of libpq's keywords? */
bool connstring_is_keyword(const char *key);

#endif
