/* Widths, tables, JSON, JUnit and prompts of ui/. */
#include "base/file.h"
#include "ui/junit.h"
#include "ui/ui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void widths_count_columns(void **state)
{
    (void)state;
    assert_int_equal(ui_text_width(""), 0);
    assert_int_equal(ui_text_width("plan"), 4);
    assert_int_equal(ui_text_width("Zoë Ünal"), 8);
    assert_int_equal(ui_text_width("e\xcc\x81"), 1); /* e and a combining accent */
    assert_int_equal(ui_text_width("日本"), 4);      /* wide */
    assert_int_equal(ui_text_width("a\xff\xfe"
                                   "b"),
                     4); /* not UTF-8 */
    assert_int_equal(ui_text_width("cut off \xe6\x97"), 10);
}

/* What `print` writes to stdout, owned by `ctx`. */
static char *printed(const void *ctx, void (*print)(void))
{
    char buffer[4096] = "";
    FILE *file = tmpfile();
    fflush(stdout);
    int before = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    print();
    fflush(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
    rewind(file);
    size_t n = fread(buffer, 1, sizeof buffer - 1, file);
    fclose(file);
    return mem_strndup(ctx, buffer, n);
}

static void print_table(void)
{
    SCRATCH void *scratch = mem_scratch();
    static const char *const headings[] = {"change", "by"};
    UiTable *t = ui_table_new(scratch, 2, headings);
    ui_table_cell(t, UI_PLAIN, "users");
    ui_table_cell(t, UI_PLAIN, "Zoë");
    ui_table_cell(t, UI_GOOD, "日本語");
    ui_table_cell(t, UI_PLAIN, "%d", 7);
    ui_table_print(t);
}

static void tables_align_what_is_seen(void **state)
{
    (void)state;
    SCRATCH void *ctx = mem_scratch();
    ui_start(true);
    assert_string_equal(printed(ctx, print_table), "change  by\nusers   Zoë\n日本語  7\n");
}

static void print_secret(void)
{
    ui_print("at %s\n", "postgresql://bob:sesame@db/shop");
    ui_json(json_pack("{s:s}", "url", "postgresql://bob:sesame@db/shop"));
}

static void results_are_redacted(void **state)
{
    (void)state;
    SCRATCH void *ctx = mem_scratch();
    assert_null(strstr(printed(ctx, print_secret), "sesame"));
}

static void errors_become_json(void **state)
{
    (void)state;
    Error err = {0};
    error_set(&err, ERR_SQL, "relation \"x\" does not exist");
    memcpy(err.sqlstate, "42P01", sizeof err.sqlstate);
    error_place(&err, "deploy/x.sql", 3, 15, "SELECT * FROM x");
    error_set(&err, ERR_SQL, "a second one");
    json_t *json = ui_error_json(&err);
    assert_int_equal(json_integer_value(json_object_get(json, "exit")), 13);
    assert_string_equal(json_string_value(json_object_get(json, "class")), "sql");
    assert_string_equal(json_string_value(json_object_get(json, "sqlstate")), "42P01");
    assert_int_equal(json_integer_value(json_object_get(json, "line")), 3);
    assert_null(json_object_get(json, "hint"));
    assert_int_equal(json_array_size(json_object_get(json, "errors")), 2);
    json_decref(json);
    error_clear(&err);
}

static void nobody_is_asked_without_a_terminal(void **state)
{
    (void)state;
    Error err = {0};
    setenv("CI", "true", 1);
    assert_false(ui_interactive());
    assert_false(ui_confirm(&err, "Revert %d changes?", 2));
    assert_int_equal(err.class, ERR_REFUSED);
    assert_non_null(strstr(err.message, "Revert 2 changes?"));
    assert_non_null(strstr(err.hint, "--yes"));
    error_clear(&err);
    assert_null(ui_ask_password(NULL, "Password: ", &err));
    assert_int_equal(err.class, ERR_USAGE);
    error_clear(&err);
}

static void reports_are_xml_whatever_their_texts(void **state)
{
    (void)state;
    Error err = {0};
    void *ctx = mem_scratch();
    char path[] = "/tmp/pgwright-junit.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    JUnit *j = junit_new(ctx, "a \"b\" & <c>");
    junit_suite(j, "one");
    junit_case(j, "passes", 1);
    junit_case(j, "fails", 1234);
    junit_failure(j, "kind", "two\nlines", "]]> \x01 \xff \xc3\xa4 postgresql://u:secret@h/d");
    junit_case(j, "waits", 0);
    junit_skipped(j, "later");
    assert_true(junit_write(j, path, &err));
    size_t len;
    char *xml = file_read(ctx, path, 10000, &len, &err);
    unlink(path);
    assert_non_null(strstr(xml, "<testsuites name=\"a &quot;b&quot; &amp; &lt;c&gt;\" tests=\"3\" failures=\"1\" errors=\"0\""
                                " skipped=\"1\" time=\"1.235\">"));
    assert_non_null(strstr(xml, "<testcase name=\"passes\" classname=\"one\" time=\"0.001\"/>"));
    assert_non_null(strstr(xml, "message=\"two&#10;lines\">]]&gt; \xef\xbf\xbd \xef\xbf\xbd \xc3\xa4 postgresql://u:"));
    assert_null(strstr(xml, "secret"));
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_count_columns),
        cmocka_unit_test(tables_align_what_is_seen),
        cmocka_unit_test(results_are_redacted),
        cmocka_unit_test(errors_become_json),
        cmocka_unit_test(nobody_is_asked_without_a_terminal),
        cmocka_unit_test(reports_are_xml_whatever_their_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
