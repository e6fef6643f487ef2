/* deploy/session/syntax.c: see syntax.h. */
#include "deploy/session/syntax.h"

#include <string.h>

/* A dollar quote that the text does not hold. */
static const char *free_tag(const void *ctx, View text)
{
    for (unsigned n = 0;; n++) {
        const char *tag = mem_printf(ctx, "$pgwright%u$", n);
        if (memmem(text.p, text.len, tag, strlen(tag)) == NULL)
            return tag;
    }
}

size_t syntax_add_check(Str *query, View text)
{
    SCRATCH void *scratch = mem_scratch();
    const char *tag = free_tag(scratch, text);
    str_addf(query, "CREATE FUNCTION pg_temp._pgwright_syntax(anyelement) RETURNS void LANGUAGE sql AS %s\n", tag);
    size_t offset = query->len;
    str_add_n(query, text.p, text.len);
    str_addf(query, "\n%s;\nDROP FUNCTION pg_temp._pgwright_syntax(anyelement);\n", tag);
    return offset;
}

static long number_field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    long n;
    return text != NULL && text_to_long(text, 1, 0x7fffffff, &n) ? n : 0;
}

/* The server counts within the body, which has a newline before the text, or within the query when it finds the body there. */
long syntax_fault_at(const PGresult *failure, const char *query, size_t offset)
{
    long within_body = number_field(failure, PG_DIAG_INTERNAL_POSITION);
    if (within_body > 0)
        return within_body > 1 ? within_body - 2 : 0;
    long at = pg_result_position(failure) - 1;
    for (const char *p = query; at >= 0 && p < query + offset; p++)
        at -= ((unsigned char)*p & 0xC0) != 0x80;
    return at < 0 ? -1 : at;
}

typedef struct Check {
    const char *query;
    size_t offset;
    bool failed;
    long at;
} Check;

static bool take_answer(void *arg, const PGresult *result, Error *err)
{
    Check *check = arg;
    (void)err;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (PQresultStatus(result) != PGRES_FATAL_ERROR || state == NULL || strcmp(state, "42601") != 0)
        return true;
    check->failed = true;
    check->at = syntax_fault_at(result, check->query, check->offset);
    return true;
}

bool syntax_check(PgConn *conn, View text, long *at)
{
    SCRATCH void *scratch = mem_scratch();
    Str query = str_new(scratch);
    Error ignored = {0};
    Check check = {.offset = syntax_add_check(&query, text)};
    check.query = query.text;
    pg_simple(conn, &(PgSimple){.sql = query.text, .reply = take_answer, .arg = &check}, &ignored);
    error_clear(&ignored);
    *at = check.at;
    return !check.failed || check.at < 0;
}
