/* The files of a project: what is found, what is refused, their checksums, metadata and order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "cases.h"
#include "project/session/checksum.h"
#include "project/session/folder_scan.h"
#include "project/session/order.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Characters that cannot be seen stand as their numbers: ⟨3000⟩. */
static View with_characters(const void *ctx, View text)
{
    static const char open[] = "⟨";
    Str out = str_new(ctx);
    while (text.len > 0) {
        size_t skip = 1;
        unsigned long c = 0;
        if (text.len > 9 && memcmp(text.p, open, 3) == 0) {
            c = strtoul(mem_strndup(ctx, text.p + 3, 4), NULL, 16);
            skip = 10;
        }
        if (c == 0)
            str_add_n(&out, text.p, 1);
        else if (c < 0x80)
            str_add_char(&out, (char)c);
        else if (c < 0x800)
            str_addf(&out, "%c%c", (char)(0xC0 | c >> 6), (char)(0x80 | (c & 0x3F)));
        else
            str_addf(&out, "%c%c%c", (char)(0xE0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3F)), (char)(0x80 | (c & 0x3F)));
        text = (View){text.p + skip, text.len - skip};
    }
    return (View){out.text, out.len};
}

static void answer_checksum(const void *ctx, const Case *c, Str *actual)
{
    View input = with_characters(ctx, c->input);
    View expected = with_characters(ctx, c->expected);
    Str text = str_new(ctx);
    char of_text[DIGEST_HEX_MAX], streamed[DIGEST_HEX_MAX];
    checksum_normalise(input, &text);
    checksum_normalised(input, streamed);
    digest_of(DIGEST_SHA256, text.text, text.len, of_text);
    assert_string_equal(of_text, streamed);
    Str answer = str_new(ctx);
    cases_add(&answer, (View){text.text, text.len}, "%s", streamed);
    if (answer.len == expected.len && memcmp(answer.text, expected.p, answer.len) == 0)
        str_add_n(actual, c->expected.p, c->expected.len);
    else
        str_add_n(actual, answer.text, answer.len);
}

static void checksums_are_what_they_always_were(void **state)
{
    (void)state;
    cases_check("checksums.txt", 117, answer_checksum);
}

/* More than fits the buffer on the way to the digest. */
static void long_texts_are_hashed_whole(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch), normalised = str_new(scratch);
    char of_text[DIGEST_HEX_MAX], streamed[DIGEST_HEX_MAX];
    for (int i = 0; i < 3000; i++)
        str_addf(&text, "SELECT  %d -- x\n, 'A  %d';\n", i, i);
    View view = {text.text, text.len};
    checksum_normalise(view, &normalised);
    checksum_normalised(view, streamed);
    digest_of(DIGEST_SHA256, normalised.text, normalised.len, of_text);
    assert_string_equal(of_text, streamed);
    assert_true(text_ends(normalised.text, "select 2999 , 'A 2999';"));
}

static void add_faults(Str *actual, Error *err, bool with_class)
{
    SCRATCH void *scratch = mem_scratch();
    for (const Error *e = err; e != NULL && error_is_set(e); e = e->next) {
        Str place = str_new(scratch);
        if (with_class)
            str_addf(&place, " %d%s%s", e->class, e->file != NULL ? " " : "", e->file != NULL ? e->file : "");
        if (e->line > 0)
            str_addf(&place, "%s%ld", with_class ? ":" : " ", e->line);
        if (e->column > 0)
            str_addf(&place, ":%ld", e->column);
        cases_add(actual, view_of(e->message), "fault%s", place.text);
    }
    error_clear(err);
}

static void answer_metadata(const void *ctx, const Case *c, Str *actual)
{
    Error err = {0};
    const Meta *meta = NULL;
    if (!meta_read(ctx, "./a.sql", c->input, &meta, &err)) {
        for (const Error *e = &err; e != NULL; e = e->next) {
            assert_int_equal(e->class, ERR_CONFIG);
            assert_string_equal(e->file, "./a.sql");
            assert_non_null(e->hint);
        }
        add_faults(actual, &err, false);
        return;
    }
    assert_false(error_is_set(&err));
    if (meta == NULL) {
        cases_add(actual, (View){0}, "nothing");
        return;
    }
    Str text = str_new(ctx);
    str_addf(&text, "id %s\nidempotent %s", meta->id, meta->idempotent ? "true" : "false");
    if (meta->description != NULL)
        str_addf(&text, "\ndescription [%s]", meta->description);
    for (size_t i = 0; i < meta->sort_keys.n; i++)
        str_addf(&text, "\nkey [%s]", meta->sort_keys.v[i]);
    cases_add(actual, view_of(text.text), "line %ld", meta->line);
}

static void metadata_is_read_or_refused(void **state)
{
    (void)state;
    cases_check("metadata.txt", 111, answer_metadata);
}

/* What is known of a path without its file. */
static FolderFile file_of(const char *path)
{
    FolderFile file = {
        .path = path,
        .extension = path_extension(path),
        .is_sql = folder_path_is_sql(path),
        .is_test = folder_path_is_test(path),
    };
    file.is_fixture = file.is_test && path_is_fixture(path);
    return file;
}

static const char *flags_of(const void *ctx, const FolderFile *f)
{
    return mem_printf(ctx, "%s%s%s%s", f->is_sql ? " sql" : "", f->is_test ? " test" : "", f->is_fixture ? " fixture" : "",
                      f->meta != NULL ? " meta" : "");
}

static void answer_path(const void *ctx, const Case *c, Str *actual)
{
    FolderFile file = file_of(mem_strndup(ctx, c->input.p, c->input.len));
    char id[UUID_TEXT_MAX];
    folder_generic_id(file.path, id);
    str_addf(actual, "---%s%s%s %s\n", flags_of(ctx, &file), *file.extension != '\0' ? " " : "", file.extension, id);
}

static void paths_tell_what_a_file_is(void **state)
{
    (void)state;
    cases_check("paths.txt", 48, answer_path);
}

/* "./a.sql [key] [key]" */
static FolderFile file_with_keys(const void *ctx, char *line)
{
    Meta *meta = mem_new(ctx, Meta);
    char *at = strchr(line, '[');
    if (at != NULL)
        at[-1] = '\0';
    for (char *end; at != NULL; at = strchr(end + 1, '[')) {
        end = strchr(at, ']');
        list_push(ctx, &meta->sort_keys, mem_strndup(ctx, at + 1, (size_t)(end - at - 1)));
    }
    FolderFile file = file_of(line);
    file.meta = meta->sort_keys.n > 0 ? meta : NULL;
    return file;
}

static void answer_order(const void *ctx, const Case *c, Str *actual)
{
    Folder folder = {0};
    bool sql_alone = false;
    OrderRowList rows = {0};
    char *save = NULL, *input = mem_strndup(ctx, c->input.p, c->input.len);
    for (char *line = strtok_r(input, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
        if (strcmp(line, "SQL alone") == 0)
            sql_alone = true;
        else
            list_push(ctx, &folder.files, file_with_keys(ctx, line));
    }
    order_rows(ctx, &folder, sql_alone, &rows);
    str_add(actual, "---\n");
    for (size_t i = 0; i < rows.n; i++) {
        char id[UUID_TEXT_MAX];
        folder_generic_id(rows.v[i].file->path, id);
        assert_string_equal(id, rows.v[i].generic_id);
        str_addf(actual, "%zu [%s] %s\n", i + 1, rows.v[i].sort_key, rows.v[i].file->path);
    }
}

static void the_plan_is_in_byte_order(void **state)
{
    (void)state;
    cases_check("order.txt", 22, answer_order);
}

/* \n \t \\ \xHH → bytes. */
static View unescaped(const void *ctx, const char *text)
{
    Str out = str_new(ctx);
    for (; *text != '\0'; text++) {
        if (*text != '\\') {
            str_add_char(&out, *text);
        } else if (*++text == 'x') {
            str_add_char(&out, (char)strtol(mem_strndup(ctx, text + 1, 2), NULL, 16));
            text += 2;
        } else {
            str_add_char(&out, *text == 'n' ? '\n' : *text == 't' ? '\t' : *text);
        }
    }
    return (View){out.text, out.len};
}

static const char *escaped(const void *ctx, const char *text)
{
    Str out = str_new(ctx);
    for (; *text != '\0'; text++)
        str_addf(&out, *text == '\n' ? "\\n" : *text == '\t' ? "\\t" : "%c", *text);
    return out.text;
}

typedef struct Site {
    const char *dir;
    FolderOptions options;
    bool has_driver;
} Site;

static void build(const void *ctx, Site *site, char *line)
{
    Error err = {0};
    char *rest = line;
    const char *what = strsep(&rest, " "), *name = strsep(&rest, " ");
    View value = rest == NULL ? (View){"", 0} : unescaped(ctx, rest);
    if (strcmp(what, "any") == 0)
        site->options.without_driver = true;
    else if (strcmp(what, "clashes") == 0)
        site->options.ids_may_clash = true;
    else if (strcmp(what, "limit") == 0)
        site->options.max_bytes = (size_t)atol(name);
    site->has_driver = site->has_driver || strcmp(what, "without") == 0 || (name != NULL && strcasecmp(name, "deploy.sql") == 0);
    if (name == NULL || strcmp(what, "without") == 0 || strcmp(what, "limit") == 0)
        return;
    const char *path = mem_printf(ctx, "%s/%s", site->dir, unescaped(ctx, name).p);
    assert_true(dir_make(strcmp(what, "folder") == 0 ? path : path_dir(ctx, path), &err));
    if (strcmp(what, "file") == 0)
        assert_true(file_write(path, value.p, value.len, &err));
    else if (strcmp(what, "link") == 0)
        assert_int_equal(symlink(value.p, path), 0);
    else if (strcmp(what, "fifo") == 0)
        assert_int_equal(mkfifo(path, 0600), 0);
}

static void add_files(const void *ctx, const Folder *folder, Str *actual)
{
    str_add(actual, "--- files\n");
    for (size_t i = 0; i < folder->files.n; i++) {
        const FolderFile *f = &folder->files.v[i];
        char normalised[DIGEST_HEX_MAX], checksum[DIGEST_HEX_MAX];
        View content;
        Error err = {0};
        assert_true(folder_content(ctx, folder, f, &content, &err));
        digest_of(DIGEST_SHA256, content.p, content.len, checksum);
        checksum_normalised(content, normalised);
        assert_string_equal(f->checksum, checksum);
        assert_string_equal(f->normalised, normalised);
        assert_int_equal(content.len, f->size);
        str_addf(actual, "%s %zu%s\n", escaped(ctx, f->path), f->size, flags_of(ctx, f));
    }
}

static void add_clashes(const void *ctx, const Folder *folder, Str *actual)
{
    FolderClashList clashes = {0};
    folder_clashes(ctx, folder, &clashes);
    for (size_t i = 0; i < clashes.n; i++) {
        str_addf(actual, "--- clash %s\n", clashes.v[i].id);
        for (size_t j = 0; j < clashes.v[i].n; j++)
            str_addf(actual, "%s\n", clashes.v[i].files[j]->path);
    }
}

static void answer_discovery(const void *ctx, const Case *c, Str *actual)
{
    char dir[] = "/tmp/pgwright-folder.XXXXXX";
    static const char driver[] = "SELECT 1;";
    Error err = {0};
    Site site = {.dir = mkdtemp(dir)};
    char *save = NULL, *input = mem_strndup(ctx, c->input.p, c->input.len);
    for (char *line = strtok_r(input, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
        build(ctx, &site, line);
    if (!site.has_driver)
        assert_true(file_write(path_join(ctx, dir, "deploy.sql"), driver, sizeof driver - 1, &err));
    char *before = path_cwd(ctx);
    assert_int_equal(chdir(dir), 0);
    Folder *folder = folder_read(ctx, ".", &site.options, &err);
    if (folder == NULL) {
        add_faults(actual, &err, true);
    } else {
        assert_false(error_is_set(&err));
        assert_string_equal(folder->root, dir);
        add_files(ctx, folder, actual);
        if (folder->driver.len > 0 && !view_is(folder->driver, driver))
            cases_add(actual, folder->driver, "driver");
        add_clashes(ctx, folder, actual);
    }
    assert_int_equal(chdir(before), 0);
    assert_true(dir_remove(dir, &err));
}

static void folders_are_found_or_refused(void **state)
{
    (void)state;
    cases_check("discovery.txt", 81, answer_discovery);
}

/* A project of two files; the folder is left to the caller. */
static const char *two_files(const void *ctx, char *dir, const char *content)
{
    Error err = {0};
    assert_non_null(mkdtemp(dir));
    assert_true(file_write(path_join(ctx, dir, "deploy.sql"), "", 0, &err));
    const char *path = path_join(ctx, dir, "a.sql");
    assert_true(file_write(path, content, strlen(content), &err));
    return path;
}

static const char *repeated(const void *ctx, const char *line, size_t size)
{
    Str text = str_new(ctx);
    while (text.len < size)
        str_add(&text, line);
    return text.text;
}

/* Beyond what is kept of contents, they are read again, and must be what they were. */
static void contents_that_are_not_kept_are_read_again(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char dir[] = "/tmp/pgwright-folder.XXXXXX";
    const char *large = repeated(scratch, "SELECT 'größer';\n", 33 << 20);
    const char *path = two_files(scratch, dir, mem_printf(scratch, "\xEF\xBB\xBF%s", large));
    Error err = {0};
    View content = {0};
    assert_true(file_write(path_join(scratch, dir, "b.sql"), "SELECT 1;", 9, &err));
    Folder *folder = folder_read(scratch, dir, &(FolderOptions){.max_bytes = 64 << 20}, &err);
    assert_non_null(folder);
    assert_null(folder->files.v[0].content);
    assert_string_equal(folder->files.v[1].content, "SELECT 1;");
    assert_int_equal(folder->files.v[0].size, strlen(large));
    assert_true(folder_content(scratch, folder, &folder->files.v[0], &content, &err));
    assert_true(view_is(content, large) && content.p[content.len] == '\0');

    assert_true(file_write(path, "SELECT 2;", 9, &err));
    assert_false(folder_content(scratch, folder, &folder->files.v[0], &content, &err));
    assert_string_equal(err.message, "the file changed after it was checked");
    assert_int_equal(err.class, ERR_CONFIG);
    error_clear(&err);
    assert_int_equal(unlink(path), 0);
    assert_false(folder_content(scratch, folder, &folder->files.v[0], &content, &err));
    assert_string_equal(err.message, "cannot open the file: No such file or directory");
    error_clear(&err);
    assert_true(dir_remove(dir, &err));
}

/* Another process appends while we read, until it is noticed. */
static void files_that_change_while_they_are_read_are_refused(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char dir[] = "/tmp/pgwright-folder.XXXXXX";
    const char *path = two_files(scratch, dir, repeated(scratch, "SELECT 1;\n", 8 << 20));
    pid_t writer = fork();
    if (writer == 0) {
        FILE *f = fopen(path, "a");
        alarm(60);
        while (f != NULL) {
            fputs("SELECT 2;\n", f);
            fflush(f);
        }
        _exit(0);
    }
    Error err = {0};
    Folder *folder = NULL;
    do {
        error_clear(&err);
        folder = folder_read(scratch, dir, &(FolderOptions){.max_bytes = 1 << 30}, &err);
    } while (folder != NULL);
    assert_string_equal(err.message, "the file changes while it is read");
    assert_string_equal(err.file, "./a.sql");
    assert_int_equal(err.class, ERR_CONFIG);
    error_clear(&err);
    kill(writer, SIGKILL);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    assert_true(dir_remove(dir, &err));
}

static void the_project_may_be_a_link(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char dir[] = "/tmp/pgwright-folder.XXXXXX";
    two_files(scratch, dir, "SELECT 1;");
    const char *project = path_join(scratch, dir, "current");
    Error err = {0};
    assert_int_equal(symlink(".", project), 0);
    Folder *folder = folder_read(scratch, project, &(FolderOptions){0}, &err);
    assert_null(folder); /* for the link is in the project, too */
    assert_string_equal(err.message, "a link to a folder");
    error_clear(&err);
    assert_int_equal(unlink(project), 0);
    project = mem_printf(scratch, "%s-current", dir);
    assert_int_equal(symlink(dir, project), 0);
    folder = folder_read(scratch, project, NULL, &err);
    assert_non_null(folder);
    assert_string_equal(folder->root, dir);
    assert_string_equal(folder->shown, project);
    assert_string_equal(folder->files.v[0].path, "./a.sql");
    assert_true(folder_has_driver(project));
    assert_int_equal(unlink(project), 0);
    assert_true(dir_remove(dir, &err));
}

static void what_is_no_folder_is_refused(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char dir[] = "/tmp/pgwright-folder.XXXXXX";
    const char *file = two_files(scratch, dir, ""), *missing = path_join(scratch, dir, "missing");
    Error err = {0};
    assert_null(folder_read(scratch, file, NULL, &err));
    assert_int_equal(err.class, ERR_CONFIG);
    assert_string_equal(err.message, "cannot open the project's folder: Not a directory");
    assert_string_equal(err.file, file);
    error_clear(&err);
    assert_null(folder_read(scratch, missing, NULL, &err));
    assert_int_equal(err.class, ERR_CONFIG);
    assert_string_equal(err.file, missing);
    error_clear(&err);
    assert_false(folder_has_driver(file) || folder_has_driver(missing));
    assert_true(dir_remove(dir, &err));
}

static void the_environment_can_move_the_limit(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char dir[] = "/tmp/pgwright-folder.XXXXXX";
    two_files(scratch, dir, repeated(scratch, "SELECT 1;\n", (10 << 20) + 1));
    Error err = {0};
    assert_null(folder_read(scratch, dir, NULL, &err));
    assert_non_null(strstr(err.message, "at most 10485760 of a file are loaded"));
    assert_string_equal(err.hint, "PGMI_MAX_FILE_SIZE=10485770 in the environment allows it");
    error_clear(&err);
    setenv("PGMI_MAX_FILE_SIZE", "10485770", 1);
    assert_non_null(folder_read(scratch, dir, NULL, &err));
    setenv("PGMI_MAX_FILE_SIZE", "10 MB", 1);
    assert_null(folder_read(scratch, dir, NULL, &err));
    assert_int_equal(err.class, ERR_CONFIG);
    error_clear(&err);
    unsetenv("PGMI_MAX_FILE_SIZE");
    assert_true(dir_remove(dir, &err));
}

static void only_so_many_faults_are_told(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char dir[] = "/tmp/pgwright-folder.XXXXXX";
    two_files(scratch, dir, "");
    Error err = {0};
    for (int i = 0; i < 300; i++)
        assert_true(file_write(mem_printf(scratch, "%s/b%03d.bin", dir, i), "\xFF", 1, &err));
    assert_null(folder_read(scratch, dir, NULL, &err));
    assert_int_equal(error_count(&err), 101);
    error_clear(&err);
    assert_true(dir_remove(dir, &err));
}

static void folders_are_not_followed_for_ever(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char dir[] = "/tmp/pgwright-folder.XXXXXX";
    two_files(scratch, dir, "");
    Error err = {0};
    Str deep = str_new(scratch);
    str_add(&deep, dir);
    for (int i = 0; i < 101; i++)
        str_add(&deep, "/d");
    assert_true(dir_make(deep.text, &err));
    assert_null(folder_read(scratch, dir, NULL, &err));
    assert_string_equal(err.message, "folders are nested more than 100 deep");
    error_clear(&err);
    assert_true(dir_remove(dir, &err));
}

int main(void)
{
    unsetenv("PGMI_MAX_FILE_SIZE");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_are_what_they_always_were),
        cmocka_unit_test(long_texts_are_hashed_whole),
        cmocka_unit_test(metadata_is_read_or_refused),
        cmocka_unit_test(paths_tell_what_a_file_is),
        cmocka_unit_test(the_plan_is_in_byte_order),
        cmocka_unit_test(folders_are_found_or_refused),
        cmocka_unit_test(contents_that_are_not_kept_are_read_again),
        cmocka_unit_test(files_that_change_while_they_are_read_are_refused),
        cmocka_unit_test(the_project_may_be_a_link),
        cmocka_unit_test(what_is_no_folder_is_refused),
        cmocka_unit_test(the_environment_can_move_the_limit),
        cmocka_unit_test(only_so_many_faults_are_told),
        cmocka_unit_test(folders_are_not_followed_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
