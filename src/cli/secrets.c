/* cli/secrets.c: see secrets.h. */
#include "cli/secrets.h"

#include "base/log.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* Variables that are a password, and variables that hold a URL. Ours, libpq's, Sqitch's and pgpm's. */
static const char *const passwords[] = {
    "PGPASSWORD",
    "SQITCH_PASSWORD",
    "PGWRIGHT_ROLE_PASSWORD",
    "DB_CONNECTION_PASSWORD",
    "DB_CONNECTIONS_APP_PASSWORD",
    "DB_CONNECTIONS_ADMIN_PASSWORD",
};
static const char *const urls[] = {"PGWRIGHT_URL", "DATABASE_URL", "PGMI_CONNECTION_STRING", "SQITCH_TARGET"};

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *p = c == '\0' ? NULL : strchr(digits, c | 0x20);
    return p == NULL ? -1 : (int)(p - digits);
}

/* A URL writes some characters of a password as %XX; the server's messages do not. */
static void redact_both_forms(const char *password, size_t len)
{
    SCRATCH void *scratch = mem_scratch();
    char *text = mem_strndup(scratch, password, len);
    Str decoded = str_new(scratch);
    for (const char *p = text; *p != '\0'; p++) {
        int high = *p == '%' ? hex_digit(p[1]) : -1, low = high < 0 ? -1 : hex_digit(p[2]);
        str_add_char(&decoded, low < 0 ? *p : (char)(high * 16 + low));
        p += low < 0 ? 0 : 2;
    }
    redact_value(text);
    redact_value(decoded.text);
}

/* scheme://user:SECRET@host/… */
static size_t url_password(const char *text, const char **secret)
{
    const char *authority = strstr(text, "://");
    if (authority == NULL)
        return 0;
    authority += 3;
    size_t len = strcspn(authority, "/?#");
    const char *colon = memchr(authority, ':', len), *at = memrchr(authority, '@', len);
    if (colon == NULL || at == NULL || at < colon)
        return 0;
    *secret = colon + 1;
    return (size_t)(at - colon) - 1;
}

static size_t value_of(const char *text, const char *keyword, const char **secret)
{
    const char *found = strcasestr(text, keyword);
    if (found == NULL)
        return 0;
    *secret = found + strlen(keyword);
    char quote = **secret == '\'' || **secret == '"' ? **secret : '\0';
    if (quote == '\0')
        return strcspn(*secret, strchr(text, ';') != NULL ? ";" : " &");
    const char *end = ++*secret;
    while (*end != '\0' && (*end != quote || end[1] == quote))
        end += *end == quote ? 2 : 1;
    return (size_t)(end - *secret);
}

/* password=SECRET, password='SECRET', and sslpassword; of connection strings of libpq and ADO.NET and of a URL's parameters. */
static size_t keyword_password(const char *text, const char **secret)
{
    return value_of(text, "password=", secret);
}

static size_t keyword_pwd(const char *text, const char **secret)
{
    return value_of(text, "pwd=", secret);
}

typedef size_t (*FindSecret)(const char *text, const char **secret);
static const FindSecret finders[] = {url_password, keyword_password, keyword_pwd};

void secrets_of_environment(void)
{
    const char *secret;
    for (size_t i = 0; i < sizeof passwords / sizeof passwords[0]; i++)
        redact_value(getenv(passwords[i]));
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        for (size_t k = 0; getenv(urls[i]) != NULL && k < sizeof finders / sizeof finders[0]; k++) {
            size_t len = finders[k](getenv(urls[i]), &secret);
            if (len > 0)
                redact_both_forms(secret, len);
        }
}

/* Parameters of a deployment may be anything; whether one is a secret is found out later, but none belongs into the title. */
static void hide_params(int argc, char *argv[])
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        char *pair = text_starts(argv[i], "--param=")                       ? argv[i] + strlen("--param=")
                     : strcmp(argv[i], "--param") == 0 && i + 1 < argc ? argv[i + 1]
                                                                       : NULL;
        char *value = pair == NULL ? NULL : strchr(pair, '=');
        if (value != NULL)
            memset(value + 1, 'x', strlen(value + 1));
    }
}

void secrets_of_arguments(int argc, char *argv[])
{
    const char *secret;
    for (int i = 1; i < argc; i++)
        for (size_t k = 0; k < sizeof finders / sizeof finders[0]; k++) {
            size_t len = finders[k](argv[i], &secret);
            if (len == 0)
                continue;
            redact_both_forms(secret, len);
            memset(argv[i] + (secret - argv[i]), 'x', len);
        }
    hide_params(argc, argv);
}
