/* history/guard.c: see guard.h. */
#include "history/guard.h"

#include "history/formats.h"
#include "history_sql.h"
#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void state_of(const History *h, char hex[DIGEST_HEX_MAX])
{
    SCRATCH void *scratch = mem_scratch();
    const char **ids = mem_array(scratch, const char *, h->deployed.n + 1);
    Str text = str_new(scratch);
    for (size_t i = 0; i < h->deployed.n; i++)
        ids[i] = h->deployed.v[i]->change_id;
    qsort(ids, h->deployed.n, sizeof *ids, by_bytes);
    for (size_t i = 0; i < h->deployed.n; i++)
        str_addf(&text, "%s%s", i > 0 ? "," : "", ids[i]);
    digest_of(DIGEST_SHA256, text.text, text.len, hex);
}

/* `sql` with each @name@ replaced; names and values in turn. */
static char *fill(const void *ctx, const char *sql, const char *const *pairs)
{
    Str out = str_new(ctx);
    while (*sql != '\0') {
        const char *const *p = pairs;
        while (*p != NULL && !text_starts(sql, *p))
            p += 2;
        if (*p != NULL) {
            str_add(&out, p[1]);
            sql += strlen(*p);
        } else {
            str_add_char(&out, *sql++);
        }
    }
    return out.text;
}

bool history_guard(History *h, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char state[DIGEST_HEX_MAX];
    state_of(h, state);
    const char *pairs[] = {"@key@",    history_lock_key(scratch, h),
                           "@schema@", sql_ident(scratch, h->schema),
                           "@table@",  sql_literal(scratch, sql_qualified(scratch, h->schema, "changes")),
                           "@state@",  sql_literal(scratch, state),
                           NULL};
    char *sql = fill(scratch, history_guard_sql, pairs);
    return pg_queue_sql(h->conn, sql, err);
}

bool history_guard_end(History *h, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return pg_queue_sql(h->conn,
                        mem_printf(scratch, "DO $guard$BEGIN PERFORM pg_catalog.pg_advisory_unlock(%s); END$guard$",
                                   history_lock_key(scratch, h)),
                        err);
}
