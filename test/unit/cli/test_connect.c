/* From flags, variables, files and connection strings to where a session deployment connects, and with which parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/log.h"
#include "cases.h"
#include "cli/drive_target.h"
#include "cli/invocation.h"
#include "pg/connstring.h"
#include "pg/failure.h"
#include "project/session/params.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add_error(Str *actual, const Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    for (const Error *e = err; e != NULL; e = e->next) {
        const char *place = e->line == 0 ? "" : mem_printf(scratch, " %s:%ld:%ld", e->file, e->line, e->column);
        cases_add(actual, view_of(e->message), "error %d%s", (int)e->class, place);
    }
}

/* A case's input is lines, each of a kind that its beginning tells. */
typedef struct Lines {
    const Case *c;
    const char *p;
} Lines;

/* The next line that begins with `mark`, without it, owned by `ctx`; NULL. */
static char *next_line(const void *ctx, Lines *lines, const char *mark)
{
    const char *end = lines->c->input.p + lines->c->input.len;
    while (lines->p < end) {
        const char *line = lines->p, *newline = memchr(line, '\n', (size_t)(end - line));
        size_t n = (size_t)((newline == NULL ? end : newline) - line), skipped = strlen(mark);
        lines->p = line + n + 1;
        if (n >= skipped && strncmp(line, mark, skipped) == 0)
            return mem_strndup(ctx, line + skipped, n - skipped);
    }
    return NULL;
}

/* A file of all lines that begin with `mark`; none without them. */
static void write_file(const Case *c, const char *name, const char *mark)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    Lines lines = {c, c->input.p};
    for (char *line; (line = next_line(scratch, &lines, mark)) != NULL;)
        str_addf(&text, "%s\n", line + (*line == ' '));
    unlink(name);
    Error err = {0};
    if (text.len > 0)
        assert_true(file_write(name, text.text, text.len, &err));
}

static void write_files(const Case *c)
{
    write_file(c, "pgmi.yaml", "pgmi.yaml|");
    write_file(c, "pgwright.yaml", "pgwright.yaml|");
    write_file(c, "params.env", "params.env|");
    write_file(c, "more.env", "more.env|");
    write_file(c, ".env", ".env|");
    write_file(c, "deploy.sql", "$");
}

/* ---- connection strings ---- */

static void add_pairs(Str *actual, const ConnString *s)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    for (size_t i = 0; i < s->pairs.n; i++)
        if (s->pairs.v[i].value != NULL)
            str_addf(&text, "%s%s=%s", text.len > 0 ? "\n" : "", s->pairs.v[i].key, s->pairs.v[i].value);
    cases_add(actual, view_of(text.text), "%s", "");
}

/* What libpq makes of the text is what went into it. */
static void check_round_trip(const ConnString *s)
{
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(connstring_text(s), &message);
    assert_null(message);
    assert_non_null(options);
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
        const char *ours = connstring_get(s, o->keyword);
        assert_true(text_equal(ours, o->val));
    }
    PQconninfoFree(options);
}

static void answer_connstring(const void *ctx, const Case *c, Str *actual)
{
    Error err = {0};
    ConnString s;
    if (connstring_parse(ctx, mem_strndup(ctx, c->input.p, c->input.len), &s, &err)) {
        add_pairs(actual, &s);
        for (size_t i = 0; i < s.ignored.n; i++)
            cases_add(actual, (View){0}, "ignored %s", s.ignored.v[i]);
        check_round_trip(&s);
    } else {
        add_error(actual, &err);
    }
    error_clear(&err);
}

static void connection_strings_of_every_form(void **state)
{
    (void)state;
    unsetenv("PGOPTIONS");
    cases_check("connstrings.txt", 90, answer_connstring);
}

static void options_of_the_environment_stay_in_force(void **state)
{
    (void)state;
    SCRATCH void *ctx = mem_scratch();
    Error err = {0};
    ConnString s;
    setenv("PGOPTIONS", "-c lock_timeout=5s", 1);
    assert_true(connstring_parse(ctx, "postgresql://db/shop?search_path=a%20b", &s, &err));
    assert_string_equal(connstring_get(&s, "options"), "-c lock_timeout=5s -c search_path=a\\ b");
    assert_true(connstring_parse(ctx, "postgresql://db/shop?options=-c%20geqo=off&jit=off", &s, &err));
    assert_string_equal(connstring_get(&s, "options"), "-c geqo=off -c jit=off");
    assert_true(connstring_parse(ctx, "postgresql://db/shop", &s, &err));
    assert_null(connstring_get(&s, "options"));
    unsetenv("PGOPTIONS");
}

/* No part of a broken string is in its error: it may be the password. */
static void broken_strings_are_not_shown(void **state)
{
    (void)state;
    static const char *const strings[] = {
        "postgresql://bob:canary@db:port/shop",     "postgresql://bob:canary@db/shop?sslmode=canary",
        "postgresql://bob:can%zzary@db/shop",       "postgresql://bob:canary/x@db/shop",
        "host=db password=canary canary user=bob",  "host=db password='canary",
        "Host=db;Password=\"canary;Port=x",         "Host=db;Password='canary'canary;Database=x",
        "Host=db;Port=canary;Password=canary",      "canary",
        "postgresql://bob:canary@db/shop?canary",   "postgresql://bob@db/shop?password=canary&connect_timeout=canary",
        "postgresql://bob:canary@[::1/shop",        "host=db password=canary 7canary=x",
    };
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        SCRATCH void *ctx = mem_scratch();
        Error err = {0};
        ConnString s;
        assert_false(connstring_parse(ctx, strings[i], &s, &err));
        Str text = str_new(ctx);
        error_render(&err, &text);
        if (strstr(text.text, "canary") != NULL)
            fail_msg("%s", text.text);
        assert_int_equal(err.class, ERR_CONFIG);
        error_clear(&err);
    }
}

static void passwords_are_known_to_the_redactor(void **state)
{
    (void)state;
    static const char *const strings[] = {"postgresql://bob:first%20canary@db/shop", "Host=db;Pwd='second;canary';Database=shop",
                                          "host=db password='third canary'", "postgresql://db/shop?sslpassword=fourth-canary"};
    static const char *const secrets[] = {"first canary", "second;canary", "third canary", "fourth-canary"};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        SCRATCH void *ctx = mem_scratch();
        Error err = {0};
        ConnString s;
        assert_true(connstring_parse(ctx, strings[i], &s, &err));
        assert_null(strstr(redact(ctx, mem_printf(ctx, "it is %s", secrets[i])), "canary"));
    }
}

/* ---- resolution ---- */

/* NAME=VALUE; nothing else is in the environment, but who we are. */
static void set_environment(const Case *c)
{
    SCRATCH void *scratch = mem_scratch();
    Lines lines = {c, c->input.p};
    clearenv();
    setenv("USER", "me", 1);
    setenv("CI", "true", 1);
    setenv("HOME", "/nonexistent", 1);
    for (char *line, *equals; (line = next_line(scratch, &lines, "")) != NULL;) {
        equals = strchr(line, '=');
        size_t n = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
        if (equals == NULL || n == 0 || line + n != equals)
            continue;
        *equals = '\0';
        if (equals[1] == '\0')
            unsetenv(line);
        else
            setenv(line, equals + 1, 1);
    }
}

/* "$ deploy . -d shop": blanks part the words, ~ stands for one within them. */
static Invocation *invoke(const void *ctx, const Case *c, Error *err)
{
    Lines lines = {c, c->input.p};
    char *words[64], *state = NULL;
    int n = 0;
    char *line = next_line(ctx, &lines, "$ ");
    assert_non_null(line);
    for (char *w = strtok_r(line, " ", &state); w != NULL && n < 64; w = strtok_r(NULL, " ", &state)) {
        for (char *p = w; *p != '\0'; p++)
            *p = *p == '~' ? ' ' : *p;
        words[n++] = w;
    }
    return invocation_parse(ctx, n, words, err);
}

static void add_text(Str *text, const char *key, const char *value)
{
    if (value != NULL)
        str_addf(text, "%s%s=%s", text->len > 0 ? "\n" : "", key, value);
}

static void add_cloud(Str *text, const CloudOptions *c)
{
    static const char *const kinds[] = {NULL, "azure", "aws", "google"};
    add_text(text, "cloud", kinds[c->kind]);
    if (c->kind == CLOUD_AZURE) {
        add_text(text, "tenant", c->azure_tenant_id);
        add_text(text, "client", c->azure_client_id);
    }
    add_text(text, "region", c->kind == CLOUD_AWS ? c->aws_region : NULL);
    add_text(text, "instance", c->kind == CLOUD_GOOGLE ? c->google_instance : NULL);
}

/* Database, maintenance database, and what else is not as it would be without any words. */
static void add_target(Str *actual, const DriveTarget *t)
{
    static const char *const usual[][2] = {{"host", "localhost"}, {"port", "5432"}, {"user", "me"}, {"sslmode", "prefer"}};
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    PQconninfoOption *options = PQconninfoParse(t->target.url, NULL);
    assert_non_null(options);
    add_text(&text, "database", t->database);
    if (strcmp(t->maintenance.dbname, "postgres") != 0)
        add_text(&text, "maintenance", t->maintenance.dbname);
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
        bool as_usual = false;
        for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
            as_usual = as_usual || (strcmp(o->keyword, usual[i][0]) == 0 && text_equal(o->val, usual[i][1]));
        if (!as_usual)
            add_text(&text, o->keyword, o->val);
    }
    PQconninfoFree(options);
    add_cloud(&text, &t->cloud);
    if (t->target.deadline_ms == 0)
        add_text(&text, "timeout", "none");
    cases_add(actual, view_of(text.text), "%s", "");
}

static void answer_target(const void *ctx, const Case *c, Str *actual)
{
    Error err = {0};
    Settings settings;
    DriveTarget target;
    write_files(c);
    set_environment(c);
    Invocation *inv = invoke(ctx, c, &err);
    if (inv != NULL)
        drive_environment(inv);
    bool ok = inv != NULL && settings_read(inv, ".", &settings, &err) && drive_target(inv, &settings, &target, &err);
    if (ok)
        add_target(actual, &target);
    else
        add_error(actual, &err);
    error_clear(&err);
}

static void who_wins_where_several_say_it(void **state)
{
    (void)state;
    cases_check("targets.txt", 120, answer_target);
}

/* ---- settings and parameters ---- */

static void answer_settings(const void *ctx, const Case *c, Str *actual)
{
    Error err = {0};
    Settings s;
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    write_files(c);
    if (!settings_read(ctx, ".", &s, &err)) {
        add_error(actual, &err);
        error_clear(&err);
        return;
    }
    const char *pairs[][2] = {{"file", s.file == NULL ? NULL : path_base(s.file)},
                              {"host", s.host}, {"port", s.port}, {"username", s.username}, {"database", s.database},
                              {"maintenance_database", s.maintenance_database}, {"sslmode", s.sslmode}, {"sslcert", s.sslcert},
                              {"sslkey", s.sslkey}, {"sslrootcert", s.sslrootcert}, {"auth_method", s.auth_method},
                              {"azure_tenant_id", s.azure_tenant_id}, {"azure_client_id", s.azure_client_id},
                              {"aws_region", s.aws_region}, {"google_instance", s.google_instance},
                              {"timeout", s.timeout_ms < 0 ? NULL : mem_printf(ctx, "%lld", (long long)s.timeout_ms)}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        add_text(&text, pairs[i][0], pairs[i][1]);
    cases_add(actual, view_of(text.text), "%s", "");
}

static void settings_are_read_and_checked(void **state)
{
    (void)state;
    cases_check("settings.txt", 20, answer_settings);
}

static void answer_params(const void *ctx, const Case *c, Str *actual)
{
    Error err = {0};
    Settings settings;
    TextList files = {0}, pairs = {0};
    ParamList params = {0};
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    Lines lines = {c, c->input.p};
    write_files(c);
    for (char *line; (line = next_line(ctx, &lines, "--param ")) != NULL;)
        list_push(ctx, &pairs, line);
    for (size_t i = 0; i < 2; i++)
        if (file_exists(i == 0 ? "params.env" : "more.env"))
            list_push(ctx, &files, i == 0 ? "params.env" : "more.env");
    bool ok = settings_read(ctx, ".", &settings, &err) && params_merge(ctx, &settings, &files, &pairs, &params, &err);
    for (size_t i = 0; ok && i < params.n; i++) {
        const Param *p = &params.v[i];
        str_addf(&text, "%s%s%s%s", i > 0 ? "\n" : "", p->key, p->value == NULL ? "" : "=", p->value == NULL ? "" : p->value);
        if (strcmp(p->type, "text") != 0 || p->required || p->default_value != NULL)
            str_addf(&text, " (%s%s%s%s)", p->type, p->required ? ", required" : "", p->default_value != NULL ? ", else " : "",
                     p->default_value != NULL ? p->default_value : "");
    }
    if (ok)
        cases_add(actual, view_of(text.text), "%s", "");
    else
        add_error(actual, &err);
    error_clear(&err);
}

static void parameters_are_merged_and_checked(void **state)
{
    (void)state;
    cases_check("params.txt", 60, answer_params);
}

static void answer_type(const void *ctx, const Case *c, Str *actual)
{
    Lines lines = {c, c->input.p};
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    for (char *line; (line = next_line(ctx, &lines, "")) != NULL;)
        if (param_fits(c->name, line))
            str_addf(&text, "%s%s", text.len > 0 ? "\n" : "", line);
    cases_add(actual, view_of(text.text), "%s", "");
}

static void values_fit_types(void **state)
{
    (void)state;
    cases_check("param_types.txt", 8, answer_type);
}

static void no_message_holds_a_value(void **state)
{
    (void)state;
    SCRATCH void *ctx = mem_scratch();
    Error err = {0};
    Settings settings = {.timeout_ms = -1};
    TextList files = {0}, pairs = {0};
    ParamList params = {0};
    static const char *const bad[] = {"canary", "=canary", "9canary=canary", "a-b=canary", "x=canary\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        list_push(ctx, &pairs, bad[i]);
    assert_false(params_merge(ctx, &settings, &files, &pairs, &params, &err));
    assert_int_equal(error_count(&err), sizeof bad / sizeof bad[0]);
    Str text = str_new(ctx);
    error_render(&err, &text);
    assert_null(strstr(text.text, "canary"));
    error_clear(&err);
}

static void values_of_secrets_are_known_to_the_redactor(void **state)
{
    (void)state;
    SCRATCH void *ctx = mem_scratch();
    Error err = {0};
    Settings settings = {.timeout_ms = -1, .file = "x.yaml"};
    TextList files = {0}, pairs = {0};
    ParamList params = {0};
    list_push(ctx, &settings.params, (ParamDeclaration){.key = "licence", .secret = true});
    list_push(ctx, &pairs, "licence=canary-1");
    list_push(ctx, &pairs, "Api_Token=canary-2");
    list_push(ctx, &pairs, "env=plain-3");
    assert_true(params_merge(ctx, &settings, &files, &pairs, &params, &err));
    assert_string_equal(redact(ctx, "a canary-1 b canary-2 c plain-3"), "a *** b *** c plain-3");
}

/* ---- failures to connect ---- */

/* libpq's message; what is told of it, and whether it passes. */
static void answer_failure(const void *ctx, const Case *c, Str *actual)
{
    Error err = {0};
    failure_set_text(mem_strndup(ctx, c->input.p, c->input.len), &err);
    assert_int_equal(err.class, ERR_CONNECTION);
    bool passing = failure_is_passing(&err);
    cases_add(actual, view_of(err.message), "%s%s%s", passing ? "passes" : "stays", *err.sqlstate != '\0' ? " " : "",
              err.sqlstate);
    if (err.detail != NULL)
        cases_add(actual, view_of(err.detail), "detail");
    if (err.hint != NULL)
        cases_add(actual, view_of(err.hint), "hint");
    error_clear(&err);
}

static void failures_are_told_and_judged(void **state)
{
    (void)state;
    cases_check("failures.txt", 60, answer_failure);
}

static void only_connections_are_tried_again(void **state)
{
    (void)state;
    static const ErrorClass classes[] = {ERR_CONFIG, ERR_SQL, ERR_TIMEOUT, ERR_INTERRUPTED, ERR_REFUSED, ERR_LOCKED};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        Error err = {0};
        error_set(&err, classes[i], "Connection refused");
        assert_false(failure_is_passing(&err));
        error_clear(&err);
    }
}

static int in_a_folder_of_its_own(void **state)
{
    static char folder[] = "/tmp/pgwright-connect.XXXXXX";
    *state = mkdtemp(folder);
    return *state == NULL || chdir(folder) != 0;
}

static int leave_folder(void **state)
{
    Error err = {0};
    return chdir("/") != 0 || !dir_remove(*state, &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection_strings_of_every_form),
        cmocka_unit_test(options_of_the_environment_stay_in_force),
        cmocka_unit_test(broken_strings_are_not_shown),
        cmocka_unit_test(passwords_are_known_to_the_redactor),
        cmocka_unit_test(settings_are_read_and_checked),
        cmocka_unit_test(parameters_are_merged_and_checked),
        cmocka_unit_test(values_fit_types),
        cmocka_unit_test(no_message_holds_a_value),
        cmocka_unit_test(values_of_secrets_are_known_to_the_redactor),
        cmocka_unit_test(failures_are_told_and_judged),
        cmocka_unit_test(only_connections_are_tried_again),
        cmocka_unit_test(who_wins_where_several_say_it), /* the last: it takes the environment away */
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, in_a_folder_of_its_own, leave_folder);
}
