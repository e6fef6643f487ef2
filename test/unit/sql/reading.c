/* test/unit/sql/reading.c: see reading.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "reading.h"

#include <stdlib.h>
#include <string.h>

static void add_data(Str *out, SqlScript *s, Error *err)
{
    const char *data;
    size_t len = 0;
    str_add_char(out, '{');
    while (sql_script_copy_data(s, &data, &len, err) && len > 0)
        str_add_n(out, data, len);
    str_add_char(out, '}');
}

static void add_item(Str *out, SqlScript *s, const SqlItem *item, Error *err)
{
    const char *sign = item->facts.kind == SQL_COPY_FROM_STDIN ? "<" : ">";
    if (item->kind == SQL_ECHO)
        str_addf(out, "[echo %s]", item->text);
    else if (item->kind == SQL_CLIENT_COPY)
        str_addf(out, "[copy %s %s %s]", item->text, sign, path_base(item->path));
    else
        str_add(out, item->text);
    bool inside = item->kind == SQL_STATEMENT || (item->kind == SQL_CLIENT_COPY && item->path[0] == '\0');
    if (inside && item->facts.kind == SQL_COPY_FROM_STDIN)
        add_data(out, s, err);
}

static char *read_all(const void *ctx, SqlScript *s, Error *err)
{
    Str out = str_new(ctx);
    SqlItem item;
    SqlNext next = s == NULL ? SQL_NEXT_ERROR : SQL_NEXT_ITEM;
    while (next == SQL_NEXT_ITEM) {
        next = sql_script_next(s, &item, err);
        if (next != SQL_NEXT_END && out.len > 0)
            str_add_char(&out, '|');
        if (next == SQL_NEXT_ITEM)
            add_item(&out, s, &item, err);
    }
    if (next == SQL_NEXT_ERROR)
        str_addf(&out, "error %s:%ld:%ld %s", path_base(err->file), err->line, err->column, err->message);
    error_clear(err);
    return out.text;
}

char *read_text(const void *ctx, const char *text, size_t len)
{
    Error err = {0};
    return read_all(ctx, sql_script_of_text(ctx, text, len, &(SqlScriptOptions){.name = "t.sql"}, &err), &err);
}

char *read_file(const void *ctx, const char *root, const char *name)
{
    Error err = {0};
    SqlScriptOptions o = {.root = root, .base = root, .name = name};
    return read_all(ctx, sql_script_open(ctx, path_join(ctx, root, name), &o, &err), &err);
}

void check_texts(const char *const cases[][2], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        SCRATCH void *scratch = mem_scratch();
        assert_string_equal(read_text(scratch, cases[i][0], strlen(cases[i][0])), cases[i][1]);
    }
}

char *project_make(const void *ctx)
{
    char dir[] = "/tmp/pgwright-unit.XXXXXX";
    assert_non_null(mkdtemp(dir));
    return path_real(ctx, dir);
}

void project_remove(const char *root)
{
    Error err = {0};
    assert_true(dir_remove(root, &err));
}

char *project_file(const void *ctx, const char *root, const char *name, const char *text)
{
    Error err = {0};
    char *path = path_join(ctx, root, name);
    assert_true(dir_make(path_dir(ctx, path), &err));
    assert_true(file_write(path, text, strlen(text), &err));
    return path;
}

SqlFacts facts_of(const char *text)
{
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    SqlItem item = {0};
    SqlScript *s = sql_script_of_text(scratch, text, strlen(text), &(SqlScriptOptions){0}, &err);
    assert_int_equal(sql_script_next(s, &item, &err), SQL_NEXT_ITEM);
    return item.facts;
}

SqlSummary summary_of(const char *text)
{
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    SqlSummary sum;
    char *root = project_make(scratch);
    char *path = project_file(scratch, root, "t.sql", text);
    assert_true(sql_script_summarize(scratch, path, &(SqlScriptOptions){.name = "t.sql"}, &sum, &err));
    sum.why_place.file = NULL; /* owned by the scratch context */
    project_remove(root);
    return sum;
}
