/* project/session/meta.h: the <pgmi-meta> block of a SQL file: who it is, whether it may run again, where it runs.
 *
 *     (in a block comment) <pgmi-meta id="6f1c9c58-…" idempotent="true" transaction="none">
 *          <description>…</description>
 *          <sortKeys><key>010/users</key></sortKeys>
 *        </pgmi-meta>
 */
#ifndef PROJECT_SESSION_META_H
#define PROJECT_SESSION_META_H

#include "base/error.h"
#include "base/list.h"
#include "base/str.h"
#include "project/session/transaction.h"

typedef struct Meta {
    const char *id;          /* uuid in lower case, with hyphens */
    bool idempotent;
    const FileTransaction *transaction; /* NULL: it does not say */
    const char *description; /* NULL: none */
    TextList sort_keys;      /* as written */
    long line;               /* of the block in its file */
} Meta;

/* Finds and reads the block of a SQL file's text. *meta is NULL when it has none. ERR_CONFIG with file:line:column and a
 * hint for a block that is malformed, too long, there twice, or of the older namespaced form. */
bool meta_read(const void *ctx, const char *file, View text, const Meta **meta, Error *err);

#endif
