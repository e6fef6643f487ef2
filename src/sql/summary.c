/* sql/summary.c: sql_script_summarize(). */
#include "sql/internal.h"

static void add_item(const void *ctx, SqlSummary *sum, const SqlItem *item)
{
    SqlKind kind = item->facts.kind;
    if (item->kind == SQL_ECHO)
        return;
    sum->rolls_back = sum->rolls_back || kind == SQL_ROLLBACK;
    if (kind == SQL_BEGIN || kind == SQL_COMMIT || kind == SQL_ROLLBACK)
        return;
    sum->statements++;
    sum->locks += item->facts.locks;
    sum->adds_enum_value = sum->adds_enum_value || kind == SQL_ADD_ENUM_VALUE;
    sum->has_copy = sum->has_copy || item->kind == SQL_CLIENT_COPY || kind == SQL_COPY_FROM_STDIN;
    /* what data holds is not read here */
    sum->enum_value_used = sum->enum_value_used || (sum->adds_enum_value && kind == SQL_COPY_FROM_STDIN);
    if (item->facts.no_transaction && !sum->no_transaction) {
        sum->no_transaction = true;
        sum->why = item->facts.command;
        sum->why_place = item->place;
        sum->why_place.file = mem_strdup(ctx, item->place.file);
    }
}

static void add_own_transaction(const void *ctx, SqlSummary *sum, const SqlScript *s)
{
    if (!s->own_transaction)
        return;
    sum->no_transaction = true;
    sum->why = "-- transaction: none";
    sum->why_place = s->own_place;
    sum->why_place.file = mem_strdup(ctx, s->own_place.file);
}

bool sql_script_summarize(const void *ctx, const char *path, const SqlScriptOptions *o, SqlSummary *sum,
                          Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    *sum = (SqlSummary){0};
    SqlScriptOptions with_digests = *o;
    with_digests.digests = true;
    SqlScript *s = sql_script_open(scratch, path, &with_digests, err);
    SqlItem item;
    SqlNext next = s == NULL ? SQL_NEXT_ERROR : SQL_NEXT_ITEM;
    while (next == SQL_NEXT_ITEM) {
        next = sql_script_next(s, &item, err);
        if (next == SQL_NEXT_ITEM)
            add_item(ctx, sum, &item);
    }
    if (next == SQL_NEXT_ERROR)
        return false;
    sum->enum_value_used = sum->enum_value_used || s->label_used;
    add_own_transaction(ctx, sum, s);
    sql_script_digest(s, DIGEST_SHA1, sum->sha1);
    sql_script_digest(s, DIGEST_SHA256, sum->sha256);
    return true;
}
