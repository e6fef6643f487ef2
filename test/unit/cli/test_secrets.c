/* Passwords of the command line and the environment: overwritten, and never printed again. */
#include "cli/secrets.h"

#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void hidden(const char *argument, const char *left)
{
    SCRATCH void *ctx = mem_scratch();
    char *argv[] = {mem_strdup(ctx, "pgwright"), mem_strdup(ctx, argument), NULL};
    secrets_of_arguments(2, argv);
    assert_string_equal(argv[1], left);
}

static void arguments_are_overwritten(void **state)
{
    (void)state;
    hidden("postgresql://bob:sesame1@db/shop", "postgresql://bob:xxxxxxx@db/shop");
    hidden("--url=postgresql://bob:sesame2@db/shop", "--url=postgresql://bob:xxxxxxx@db/shop");
    hidden("host=db password=sesame3 user=bob", "host=db password=xxxxxxx user=bob");
    hidden("host=db password='sesame 4' user=bob", "host=db password='xxxxxxxx' user=bob");
    hidden("postgresql:///shop?password=sesame5&user=bob", "postgresql:///shop?password=xxxxxxx&user=bob");
    hidden("db:pg://bob:p@ss@db/", "db:pg://bob:xxxx@db/");
    hidden("sslpassword=sesame6 password=sesame7", "sslpassword=xxxxxxx password=xxxxxxx");
    hidden("Host=db;Password=ses ame;Database=d", "Host=db;Password=xxxxxxxxxxxxxxxxxx");
    hidden("Host=db;Pwd = 'ses;ame';Database=d", "Host=db;Pwd = 'xxxxxxx';Database=d");
    hidden("--param=key=value", "--param=key=xxxxx");
    hidden("--password=sesame8", "--password=xxxxxxx");
}

static void values_of_private_flags_are_overwritten(void **state)
{
    (void)state;
    char flag[] = "--param", pair[] = "api=open-sesame", other[] = "--password", secret[] = "sesame9", program[] = "pgwright";
    secrets_of_arguments(5, (char *[]){program, flag, pair, other, secret, NULL});
    assert_string_equal(pair, "api=xxxxxxxxxxx");
    assert_string_equal(secret, "xxxxxxx");
}

static void what_holds_no_password_stays(void **state)
{
    (void)state;
    hidden("postgresql://bob@db:5432/shop", "postgresql://bob@db:5432/shop");
    hidden("billing:@v1", "billing:@v1");
    hidden("--set=url=https://example.com:80/a@b", "--set=url=https://example.com:80/a@b");
}

static void printed_nowhere(const char *secret)
{
    SCRATCH void *ctx = mem_scratch();
    char *text = redact(ctx, mem_printf(ctx, "it was %s, was it not", secret));
    assert_null(strstr(text, secret));
}

static void they_are_taken_out_of_every_text(void **state)
{
    (void)state;
    char url[] = "postgresql://bob:open%20door@db/shop", program[] = "pgwright";
    secrets_of_arguments(2, (char *[]){program, url, NULL});
    setenv("PGPASSWORD", "swordfish", 1);
    setenv("DATABASE_URL", "postgres://bob:melon%21@db/shop", 1);
    secrets_of_environment();
    printed_nowhere("open%20door");
    printed_nowhere("open door");
    printed_nowhere("swordfish");
    printed_nowhere("melon!");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_overwritten),
        cmocka_unit_test(values_of_private_flags_are_overwritten),
        cmocka_unit_test(what_holds_no_password_stays),
        cmocka_unit_test(they_are_taken_out_of_every_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
