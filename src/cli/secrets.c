/* cli/secrets.c: see secrets.h. */
#include "cli/secrets.h"

#include "base/log.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* Variables that are a password, and variables that hold a URL. Ours, libpq's, Sqitch's, pgpm's, pgmi's and the clouds'. */
static const char *const passwords[] = {
    "PGPASSWORD",
    "PGSSLPASSWORD",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "IDENTITY_HEADER",
    "SQITCH_PASSWORD",
    "PGWRIGHT_ROLE_PASSWORD",
    "DB_CONNECTION_PASSWORD",
    "DB_CONNECTIONS_APP_PASSWORD",
    "DB_CONNECTIONS_ADMIN_PASSWORD",
};
static const char *const urls[] = {"PGWRIGHT_URL", "PGMI_CONNECTION_STRING", "DATABASE_URL", "SQITCH_TARGET"};

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

/* A secret within a text, and how much of the text is hidden for it. */
typedef struct Secret {
    const char *p;
    size_t len, hidden;
} Secret;

/* scheme://user:SECRET@host/… */
static Secret url_password(const char *text)
{
    const char *authority = strstr(text, "://");
    if (authority == NULL)
        return (Secret){0};
    authority += 3;
    size_t len = strcspn(authority, "/?#");
    const char *colon = memchr(authority, ':', len), *at = memrchr(authority, '@', len);
    if (colon == NULL || at == NULL || at < colon)
        return (Secret){0};
    size_t n = (size_t)(at - colon) - 1;
    return (Secret){colon + 1, n, n};
}

/* Where a value begins that a keyword announces (`password = `, `Pwd=`), and the keyword with it; NULL. */
static const char *announced(const char *text, const char *keyword)
{
    for (const char *p = text; (p = strcasestr(p, keyword)) != NULL;) {
        p += strlen(keyword);
        const char *equals = p + strspn(p, " ");
        if (*equals == '=')
            return equals + 1 + strspn(equals + 1, " ");
    }
    return NULL;
}

/* password=SECRET, password='SECRET', and sslpassword; of connection strings and of a URL's parameters. Where semicolons part
 * the keys, blanks may be within, and semicolons of another form too: all that follows is hidden. */
static Secret keyword_password(const char *text)
{
    const char *a = announced(text, "password"), *b = announced(text, "pwd");
    const char *p = a == NULL || (b != NULL && b < a) ? b : a;
    if (p == NULL)
        return (Secret){0};
    if (*p == '\'' || *p == '"') {
        size_t n = strcspn(p + 1, (char[]){*p, '\0'});
        return (Secret){p + 1, n, n};
    }
    bool semicolons = strchr(text, ';') != NULL && strstr(text, "://") == NULL;
    size_t n = strcspn(p, semicolons ? ";" : " &");
    return (Secret){p, n, semicolons ? strlen(p) : n};
}

typedef Secret (*FindSecret)(const char *text);
static const FindSecret finders[] = {url_password, keyword_password};

/* Makes all of a text's secrets known, and overwrites them when it is ours to `write`. */
static void take_secrets(const char *text, char *write)
{
    for (size_t i = 0; i < sizeof finders / sizeof finders[0]; i++) {
        Secret s = finders[i](text);
        for (const char *from = text; s.len > 0 && s.p >= from; s = finders[i](from)) {
            redact_both_forms(s.p, s.len);
            if (write != NULL)
                memset(write + (s.p - text), 'x', s.hidden);
            from = s.p + s.len;
        }
    }
}

void secrets_of_environment(void)
{
    for (size_t i = 0; i < sizeof passwords / sizeof passwords[0]; i++)
        redact_value(getenv(passwords[i]));
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        if (getenv(urls[i]) != NULL)
            take_secrets(getenv(urls[i]), NULL);
}

static void hide(char *text)
{
    memset(text, 'x', strlen(text));
}

/* key=VALUE of a parameter: it may be one of the project's secrets. */
static void hide_value(char *pair)
{
    char *equals = strchr(pair, '=');
    if (equals != NULL)
        hide(equals + 1);
}

/* Flags whose value nobody needs to see in the list of processes. */
static const struct {
    const char *flag;
    void (*hide)(char *value);
} private_flags[] = {{"--password", hide}, {"--plan-password", hide}, {"--param", hide_value}};

/* The flag's value is the next argument, or behind its =. */
static void hide_flag(char *argument, char *next)
{
    for (size_t i = 0; i < sizeof private_flags / sizeof private_flags[0]; i++) {
        size_t n = strlen(private_flags[i].flag);
        if (strncmp(argument, private_flags[i].flag, n) != 0)
            continue;
        if (argument[n] == '=')
            private_flags[i].hide(argument + n + 1);
        else if (argument[n] == '\0' && next != NULL)
            private_flags[i].hide(next);
    }
}

void secrets_of_arguments(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        take_secrets(argv[i], argv[i]);
        hide_flag(argv[i], i + 1 < argc ? argv[i + 1] : NULL);
    }
}
