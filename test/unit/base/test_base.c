/* The ground: text, digests, errors, redaction, configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/map.h"
#include "base/uuid.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void text_grows_and_is_always_terminated(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Str s = str_new(scratch);
    assert_string_equal(s.text, "");
    for (int i = 0; i < 1000; i++)
        str_addf(&s, "%d,", i % 10);
    assert_int_equal(s.len, 2000);
    assert_int_equal(s.text[2000], '\0');
    str_clear(&s);
    assert_string_equal(s.text, "");
}

static void utf8_sequences_follow_rfc_3629(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {{"a", 1},          {"\xC3\xA9", 2},         {"\xE2\x82\xAC", 3}, {"\xF0\x9F\x98\x80", 4},
                 {"\x80", 0},       {"\xC0\xAF", 0},         {"\xED\xA0\x80", 0}, {"\xF5\x80\x80\x80", 0},
                 {"\xE2\x82", 0},   {"\xF0\x8F\x80\x80", 0}, {"\xE0\x9F\x80", 0}, {"\xF4\x90\x80\x80", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(utf8_sequence(cases[i].bytes, strlen(cases[i].bytes)), cases[i].length);
}

static void the_nearest_word_is_near(void **state)
{
    (void)state;
    static const char *const words[] = {"deploy", "verify", "revert"};
    assert_string_equal(text_nearest("deplyo", words, 3), "deploy");
    assert_null(text_nearest("xyzzy", words, 3));
}

static void maps_keep_their_order(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Map *m = map_new(scratch);
    int a, b;
    map_set(m, "b", &b);
    map_set(m, "a", &a);
    map_set(m, "b", &a);
    assert_ptr_equal(map_get(m, "b"), &a);
    const void *cursor = NULL;
    const char *key;
    void *value;
    assert_true(map_next(m, &cursor, &key, &value));
    assert_string_equal(key, "b");
    map_remove(m, "b");
    assert_int_equal(map_count(m), 1);
    assert_null(map_get(m, "b"));
}

static void digests_are_those_of_fips_180(void **state)
{
    (void)state;
    char hex[DIGEST_HEX_MAX];
    digest_of(DIGEST_SHA1, "abc", 3, hex);
    assert_string_equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
    digest_of(DIGEST_SHA256, "abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void errors_render_place_caret_and_chain(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Str text = str_new(scratch);
    error_set(&err, ERR_SQL, "no %s", "such thing");
    error_place(&err, "a.sql", 3, 4, "\tÄb c");
    error_hint(&err, "make it");
    error_wrap(&err, "deploying x");
    error_wrap(&err, "running");
    error_set(&err, ERR_CONFIG, "another");
    error_render(&err, &text);
    assert_string_equal(text.text, "pgwright: a.sql:3:4: no such thing\n  \tÄb c\n  \t  ^\n  while: running: deploying x\n"
                                   "  hint: make it\npgwright: another\n");
    assert_int_equal(error_count(&err), 2);
    error_clear(&err);
    assert_false(error_is_set(&err));
}

static void places_are_found_and_long_lines_cut(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Str text = str_new(scratch);
    static const char file[] = "\xEF\xBB\xBFé = x\r\nsecond \xFF \0 end\n";
    View all = {file, sizeof file - 1};
    error_set(&err, ERR_CONFIG, "first");
    error_place_in(&err, "x", all, strchr(file, '='));
    assert_int_equal(err.line, 1);
    assert_int_equal(err.column, 3);
    assert_string_equal(err.source, "é = x");
    error_clear(&err);
    error_set(&err, ERR_CONFIG, "second");
    error_place_in(&err, "x", all, file + utf8_valid(all));
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 8);
    assert_string_equal(err.source, "second \uFFFD \uFFFD end");
    str_add_repeat(&text, 'a', 500);
    str_add(&text, "é");
    error_place(&err, "x", 1, 501, text.text);
    str_clear(&text);
    error_render(&err, &text);
    const char *caret = strstr(text.text, "^");
    assert_true(strlen(text.text) < 300);
    assert_non_null(strstr(text.text, "  …aaaa"));
    assert_non_null(strstr(text.text, "aaé\n"));
    assert_int_equal(caret - strrchr(text.text, ' '), 1);
    error_clear(&err);
}

static void secrets_are_taken_out(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    redact_value("hunter2secret");
    static const char *const cases[][2] = {
        {"postgresql://bob:pw@host/db", "postgresql://bob:***@host/db"},
        {"postgres://bob:p@w:x@host", "postgres://bob:***@host"},
        {"host=x password=abc user=y", "host=x password=*** user=y"},
        {"password='a b' x", "password='***' x"},
        {"CREATE ROLE a PASSWORD 'it''s \\' one' LOGIN", "CREATE ROLE a PASSWORD '***' LOGIN"},
        {"OPTIONS (user 'bob', password 'x y')", "OPTIONS (user 'bob', password '***')"},
        {"E'CREATE ROLE a PASSWORD ''b c'' LOGIN'", "E'CREATE ROLE a PASSWORD ''***'' LOGIN'"},
        {"password authentication failed", "password authentication failed"},
        {"it is hunter2secret!", "it is ***!"},
        {"Authorization: Bearer abc.def", "Authorization: Bearer ***"},
        {"Authorization: Basic dXNlcjpwYXNz, more", "Authorization: Basic *** more"},
        {"--template basic starts a project", "--template basic starts a project"},
        {"Bearer token of 1 Basic user", "Bearer token of 1 Basic user"},
        {"postgres://hunter2secret:pw@host", "postgres://***:***@host"},
        {"password=hunter2secretmore x", "password=*** x"},
        {"token=abchunter2secret x", "token=*** x"},
        {"token=abc://u:hunter2secret@x", "token=***"},
        {"db://password=one:two@h", "db://password=***"},
        {"postgres://bob:p@s/w?r@d@host:5432/db", "postgres://bob:***@host:5432/db"},
        {"Host=db;Username=bob;Password=s;Database=x", "Host=db;Username=bob;Password=***;Database=x"},
        {"Host=db;Pwd=\"a;\"\"b\";Database=x", "Host=db;Pwd=\"***\";Database=x"},
        {"password='it''s a;b' dbname=x", "password='***' dbname=x"},
        {"password='it\\'s' dbname=x", "password='***' dbname=x"},
        {"password='' user=bob", "password='' user=bob"},
        {"sslpassword=abc;sslmode=require", "sslpassword=***;sslmode=require"},
        {"http://localhost:5432/a", "http://localhost:5432/a"},
        {"nothing to hide: a:b@c", "nothing to hide: a:b@c"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(redact(scratch, cases[i][0]), cases[i][1]);
}

static void durations_have_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {{"5", 5000}, {"250ms", 250}, {"1.5s", 1500}, {"2min", 120000}, {"1h", 3600000}, {"0", 0},
                 {"1h30m", 5400000}, {"1.5m", 90000}, {"2m30s", 150000}, {"1500us", 1}, {"10ns", 1},
                 {"1d12h", 129600000}, {".5s", 500}};
    int64_t ms;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(clock_parse_duration(cases[i].text, &ms));
        assert_int_equal(ms, cases[i].ms);
    }
    static const char *const bad[] = {"", "-1", "5x", "s", "99999999999999d", "1h30", "30 1h", "1h-5m", "m", ".", "1e400s"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(clock_parse_duration(bad[i], &ms));
}

static json_t *yaml(const char *text, Error *err)
{
    return config_parse_yaml(text, strlen(text), "x.yaml", err);
}

static void yaml_becomes_a_tree(void **state)
{
    (void)state;
    Error err = {0};
    json_t *root = yaml("a: 1\nb: [x, 'y', true, ~, 1.5]\nc: &n {d: e}\nf: *n\n", &err);
    assert_non_null(root);
    assert_int_equal(json_integer_value(config_get(root, "a")), 1);
    assert_string_equal(config_text(root, "f.d", ""), "e");
    assert_true(json_is_true(json_array_get(config_get(root, "b"), 2)));
    assert_true(json_is_null(json_array_get(config_get(root, "b"), 3)));
    json_decref(root);
}

static void bad_yaml_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long line;
    } cases[] = {{"a: 1\na: 2\n", 2}, {"a: [1\nb: 2\n", 2}, {"a: *nope\n", 1}, {"a: 1\n---\nb: 2\n", 2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Error err = {0};
        assert_null(yaml(cases[i].text, &err));
        assert_int_equal(err.line, cases[i].line);
        error_clear(&err);
    }
}

static void aliases_cannot_blow_up(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    Error err = {0};
    str_add(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
        str_addf(&text, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            str_addf(&text, "%s*a%d", k > 0 ? "," : "", i - 1);
        str_add(&text, "]\n");
    }
    assert_null(yaml(text.text, &err));
    error_clear(&err);
}

static void files_are_replaced_whole(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char dir[] = "/tmp/pgwright-unit.XXXXXX";
    assert_non_null(mkdtemp(dir));
    Error err = {0};
    char *path = path_join(scratch, dir, "a/b/c.txt");
    size_t len;
    assert_true(dir_make(path_dir(scratch, path), &err));
    assert_true(file_write(path, "one", 3, &err) && file_write(path, "second", 6, &err));
    assert_string_equal(file_read(scratch, path, 100, &len, &err), "second");
    assert_null(file_read(scratch, path, 5, &len, &err));
    assert_non_null(strstr(err.message, "too large"));
    error_clear(&err);
    assert_true(dir_remove(dir, &err));
    assert_false(dir_exists(dir));
}

static void a_pipe_is_written_to_and_stays_one(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char dir[] = "/tmp/pgwright-unit.XXXXXX", read_back[8] = "";
    assert_non_null(mkdtemp(dir));
    Error err = {0};
    struct stat st;
    char *path = path_join(scratch, dir, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(file_write(path, "one", 3, &err));
    assert_int_equal(read(fd, read_back, sizeof read_back), 3);
    assert_string_equal(read_back, "one");
    assert_true(stat(path, &st) == 0 && S_ISFIFO(st.st_mode));
    close(fd);
    assert_true(dir_remove(dir, &err));
}

static void uuids_are_read_in_four_forms(void **state)
{
    (void)state;
    static const char want[] = "3f2b8c1e-6d4a-4e8b-9c57-0a1b2c3d4e5f";
    static const char *const good[] = {
        want,
        "3F2B8C1E-6D4A-4E8B-9C57-0A1B2C3D4E5F",
        "{3f2b8c1e-6d4a-4e8b-9c57-0a1b2c3d4e5f}",
        "urn:uuid:3f2b8c1e-6d4a-4e8b-9c57-0a1b2c3d4e5f",
        "URN:UUID:3f2b8c1e-6d4a-4e8b-9c57-0a1b2c3d4e5f",
        "3f2b8c1e6d4a4e8b9c570a1b2c3d4e5f",
    };
    static const char *const bad[] = {
        "",
        "{}",
        "urn:uuid:",
        "3f2b8c1e-6d4a-4e8b-9c57-0a1b2c3d4e5",
        "3f2b8c1e-6d4a-4e8b-9c57-0a1b2c3d4e5ff",
        "3f2b8c1e-6d4a-4e8b-9c57-0a1b2c3d4e5g",
        "3f2b8c1e6-d4a-4e8b-9c57-0a1b2c3d4e5f",
        "3f2b8c1e-6d4a4e8b-9c57-0a1b2c3d4e5f0",
        "(3f2b8c1e-6d4a-4e8b-9c57-0a1b2c3d4e5f)",
        "{3f2b8c1e6d4a4e8b9c570a1b2c3d4e5f}",
        "urn:uuid:3f2b8c1e6d4a4e8b9c570a1b2c3d4e5f",
    };
    char uuid[UUID_TEXT_MAX];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(uuid_parse(good[i], uuid));
        assert_string_equal(uuid, want);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(uuid_parse(bad[i], uuid));
    assert_true(uuid_is_nil("00000000-0000-0000-0000-000000000000"));
    assert_false(uuid_is_nil(want));
    uuid_of_text("", uuid);
    assert_string_equal(uuid, "d41d8cd9-8f00-b204-e980-0998ecf8427e");
}

static void white_space_is_unicodes(void **state)
{
    (void)state;
    assert_int_equal(utf8_white(" x", 2), 1);
    assert_int_equal(utf8_white("\v", 1), 1);
    assert_int_equal(utf8_white("\xC2\x85", 2), 2);
    assert_int_equal(utf8_white("\u00A0", 2), 2);
    assert_int_equal(utf8_white("\u3000", 3), 3);
    assert_int_equal(utf8_white("\u3000", 2), 0);
    assert_int_equal(utf8_white("\u200B", 3), 0);
    assert_int_equal(utf8_white("x", 1), 0);
    assert_int_equal(utf8_white("", 0), 0);
    assert_true(utf8_is_blank(view_of("")) && utf8_is_blank(view_of(" \t\u2003\n")));
    assert_false(utf8_is_blank(view_of(" \u2003x")));
}

static void text_is_valid_up_to_its_first_fault(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80", "\xC3", "\xFF", "\xE2\x82", "\xED\xA0\x80"};
    for (size_t at = 0; at < 20; at++) {
        char text[32] = "";
        memset(text, 'a', sizeof text);
        assert_int_equal(utf8_valid((View){text, at}), at);
        text[at] = '\0';
        assert_int_equal(utf8_valid((View){text, sizeof text}), at);
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            memset(text, 'a', sizeof text);
            memcpy(text + at, bad[i], strlen(bad[i]));
            assert_int_equal(utf8_valid((View){text, sizeof text}), at);
        }
        memcpy(text + at, "\u20AC", 3);
        assert_int_equal(utf8_valid((View){text, sizeof text}), sizeof text);
        assert_int_equal(utf8_valid((View){text, at + 2}), at);
    }
}

static void more_bytes_than_talloc_gives(void **state)
{
    (void)state;
    void *scratch = mem_scratch();
    const size_t n = (size_t)300 << 20;
    char *bytes = mem_bytes(scratch, n);
    bytes[0] = bytes[n - 1] = 'x';
    mem_scratch_end(&scratch);
}

static void paths_are_joined_and_compared(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    assert_string_equal(path_join(scratch, "a/", "b"), "a/b");
    assert_string_equal(path_join(scratch, ".", "b"), "b");
    assert_string_equal(path_join(scratch, "a", "/b"), "/b");
    assert_string_equal(path_dir(scratch, "/a/b"), "/a");
    assert_string_equal(path_dir(scratch, "/a"), "/");
    assert_string_equal(path_dir(scratch, "a"), ".");
    assert_true(path_within("/a/b", "/a"));
    assert_false(path_within("/ab", "/a"));
}

static void what_lies_below_a_folder_is_told_from_what_leads_out(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char folder[] = "/tmp/test-base.XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *dir = path_real(scratch, folder);
    char *inner = path_join(scratch, dir, "inner"), *file = path_join(scratch, inner, "file");
    char *link = path_join(scratch, dir, "link"), *through = path_join(scratch, link, "file");
    Error err = {0};
    assert_int_equal(mkdir(inner, 0700), 0);
    assert_true(file_write(file, "x", 1, &err));
    assert_int_equal(symlink(inner, link), 0);
    assert_true(path_plainly_within(file, dir));
    assert_true(path_plainly_within(file, "/"));
    assert_true(path_plainly_within(dir, dir));
    assert_false(path_plainly_within(through, dir));
    assert_false(path_plainly_within(link, dir));
    assert_false(path_plainly_within(path_join(scratch, inner, "../inner/file"), dir));
    assert_false(path_plainly_within(path_join(scratch, inner, "nothing"), dir));
    assert_false(path_plainly_within("/etc", dir));
    unlink(link);
    unlink(file);
    rmdir(inner);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_grows_and_is_always_terminated),
        cmocka_unit_test(utf8_sequences_follow_rfc_3629),
        cmocka_unit_test(the_nearest_word_is_near),
        cmocka_unit_test(maps_keep_their_order),
        cmocka_unit_test(digests_are_those_of_fips_180),
        cmocka_unit_test(errors_render_place_caret_and_chain),
        cmocka_unit_test(places_are_found_and_long_lines_cut),
        cmocka_unit_test(secrets_are_taken_out),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(yaml_becomes_a_tree),
        cmocka_unit_test(bad_yaml_is_told_with_its_place),
        cmocka_unit_test(aliases_cannot_blow_up),
        cmocka_unit_test(files_are_replaced_whole),
        cmocka_unit_test(a_pipe_is_written_to_and_stays_one),
        cmocka_unit_test(uuids_are_read_in_four_forms),
        cmocka_unit_test(white_space_is_unicodes),
        cmocka_unit_test(text_is_valid_up_to_its_first_fault),
        cmocka_unit_test(more_bytes_than_talloc_gives),
        cmocka_unit_test(paths_are_joined_and_compared),
        cmocka_unit_test(what_lies_below_a_folder_is_told_from_what_leads_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
