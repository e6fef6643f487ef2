/* pg/connstring.c: see connstring.h. Here are libpq's own form and what all forms end in; the others are in connstring_uri.c
 * and connstring_ado.c. */
#include "pg/connstring.h"

#include "base/log.h"
#include "pg/connstring_forms.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r\n\v\f";
static const char identifier[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789$.";

const char *connstring_get(const ConnString *string, const char *key)
{
    for (size_t i = 0; i < string->pairs.n; i++)
        if (strcmp(string->pairs.v[i].key, key) == 0)
            return string->pairs.v[i].value;
    return NULL;
}

void connstring_set(ConnString *string, const char *key, const char *value)
{
    const char *copy = mem_strdup(string->ctx, value);
    for (size_t i = 0; i < string->pairs.n; i++)
        if (strcmp(string->pairs.v[i].key, key) == 0) {
            string->pairs.v[i].value = copy;
            return;
        }
    list_push(string->ctx, &string->pairs, (ConnPair){mem_strdup(string->ctx, key), copy});
}

const char *connstring_text(const ConnString *string)
{
    Str out = str_new(string->ctx);
    for (size_t i = 0; i < string->pairs.n; i++) {
        if (string->pairs.v[i].value == NULL)
            continue;
        str_addf(&out, "%s%s='", out.len > 0 ? " " : "", string->pairs.v[i].key);
        for (const char *p = string->pairs.v[i].value; *p != '\0'; p++) {
            if (*p == '\'' || *p == '\\')
                str_add_char(&out, '\\');
            str_add_char(&out, *p);
        }
        str_add_char(&out, '\'');
    }
    return out.text;
}

const char *connstring_sslmode(const char *text)
{
    static const char *const modes[] = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        const char *m = modes[i], *p = text;
        while (*m != '\0' && *p != '\0') {
            m += *m == '-';
            p += *p == '-' || *p == '_' || *p == ' ';
            if ((*p | 0x20) != *m)
                break;
            m++;
            p++;
        }
        if (*m == '\0' && *p == '\0')
            return modes[i];
    }
    return NULL;
}

bool connstring_port_fits(const char *text)
{
    SCRATCH void *scratch = mem_scratch();
    bool list = strchr(text, ',') != NULL;
    for (const char *p = text;; p++) {
        size_t n = strcspn(p, ",");
        long port;
        if ((n > 0 || !list) && !text_to_long(mem_strndup(scratch, p, n), 1, 65535, &port))
            return false;
        p += n;
        if (*p == '\0')
            return true;
    }
}

bool connstring_fault(ConnReader *r, const char *what)
{
    return error_set(r->err, ERR_CONFIG, "the connection string cannot be read: %s", what);
}

bool connstring_is_keyword(const char *key)
{
    PQconninfoOption *all = PQconninfoParse("", NULL);
    bool found = false;
    for (const PQconninfoOption *o = all; o != NULL && o->keyword != NULL && !found; o++)
        found = strcmp(o->keyword, key) == 0;
    PQconninfoFree(all);
    return found;
}

/* Pools and caches of Go's driver. */
static bool is_of_go(const char *key)
{
    return text_starts(key, "pool_") || text_ends(key, "_cache_capacity") || strcmp(key, "default_query_exec_mode") == 0 ||
           strcmp(key, "min_read_buffer_size") == 0;
}

/* Keywords of newer libpqs: they restrict whom we trust or how we connect, so that leaving them out is no choice. */
static bool is_of_newer_libpq(const char *key)
{
    static const char *const keys[] = {"require_auth",         "sslcertmode",          "sslnegotiation", "load_balance_hosts",
                                       "min_protocol_version", "max_protocol_version", "servicefile",    "sslkeylogfile"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

/* The server splits options at blanks, and takes what follows a backslash as it is (postgres(1), pg_split_opts()). */
static bool take_setting(ConnReader *r, const char *key, const char *value)
{
    if (key[strspn(key, identifier)] != '\0' || *key == '\0' || (*key >= '0' && *key <= '9'))
        return connstring_fault(r, "a key is no name");
    str_addf(&r->settings, "%s-c %s=", r->settings.len > 0 ? " " : "", key);
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '\\' || strchr(blanks, *p) != NULL)
            str_add_char(&r->settings, '\\');
        str_add_char(&r->settings, *p);
    }
    return true;
}

/* Values that libpq would find fault with later, and show. */
static bool check_value(ConnReader *r, const char *key, const char **value)
{
    long seconds;
    if (strcmp(key, "sslmode") == 0) {
        *value = connstring_sslmode(*value);
        return *value != NULL ||
               connstring_fault(r, "its sslmode is none of disable, allow, prefer, require, verify-ca, verify-full");
    }
    if (strcmp(key, "port") == 0 && !connstring_port_fits(*value))
        return connstring_fault(r, "a port is a number from 1 to 65535");
    if (strcmp(key, "connect_timeout") == 0 && !text_to_long(*value, 0, 0x7fffffff, &seconds))
        return connstring_fault(r, "connect_timeout is a whole number of seconds");
    return true;
}

/* Of these, an empty value says nothing; libpq has it so too, but would not look at what the environment says. */
static bool may_be_empty(const char *key)
{
    static const char *const keys[] = {"host", "port", "dbname", "user", "sslmode"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

bool connstring_take(ConnReader *r, const char *key, const char *value)
{
    static const char *const aliases[][2] = {{"applicationname", "application_name"}, {"connecttimeout", "connect_timeout"}};
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        key = strcmp(key, aliases[i][0]) == 0 ? aliases[i][1] : key;
    if (is_of_go(key) || (*value == '\0' && may_be_empty(key)))
        return true;
    if (!connstring_is_keyword(key) && is_of_newer_libpq(key))
        return connstring_fault(r, "it needs a newer libpq than this one");
    if (!connstring_is_keyword(key))
        return take_setting(r, key, value);
    if (strstr(key, "password") != NULL)
        redact_value(value);
    r->has_options = r->has_options || strcmp(key, "options") == 0;
    if (!check_value(r, key, &value))
        return false;
    connstring_set(r->out, key, value);
    return true;
}

/* The value at *p, in quotes or up to a blank; \ takes the next one as it is. NULL when its quote does not end. */
static char *keyword_value(const void *ctx, const char **p)
{
    Str value = str_new(ctx);
    bool quoted = **p == '\'';
    for (*p += quoted; **p != '\0' && (quoted ? **p != '\'' : strchr(blanks, **p) == NULL); ++*p) {
        if (**p == '\\' && (*p)[1] != '\0')
            ++*p;
        str_add_char(&value, **p);
    }
    if (quoted && *(*p)++ != '\'')
        return NULL;
    return value.text;
}

/* key = value, blanks between. */
static bool read_keywords(ConnReader *r, const char *text)
{
    for (const char *p = text + strspn(text, blanks); *p != '\0'; p += strspn(p, blanks)) {
        size_t n = strcspn(p, "= \t\r\n\v\f");
        const char *key = mem_strndup(r->ctx, p, n);
        p += n;
        p += strspn(p, blanks);
        if (*p != '=' || n == 0)
            return connstring_fault(r, "a key without its =, or a value with blanks that is not in quotes");
        p++;
        p += strspn(p, blanks);
        const char *value = keyword_value(r->ctx, &p);
        if (value == NULL)
            return connstring_fault(r, "a quote does not end");
        if (!connstring_take(r, key, value))
            return false;
    }
    return true;
}

/* Settings go into libpq's options, beside those that are there. */
static void join_settings(ConnReader *r)
{
    const char *options = r->has_options ? connstring_get(r->out, "options") : getenv("PGOPTIONS");
    if (r->settings.len == 0)
        return;
    bool none = options == NULL || *options == '\0';
    connstring_set(r->out, "options", none ? r->settings.text : mem_printf(r->ctx, "%s %s", options, r->settings.text));
}

/* What a service says is asked of libpq later. */
static void set_defaults(ConnString *s)
{
    static const char *const defaults[][2] = {{"host", "localhost"}, {"port", "5432"}, {"dbname", "postgres"}};
    if (connstring_get(s, "service") != NULL)
        return;
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        const char *value = connstring_get(s, defaults[i][0]);
        bool addressed = i == 0 && connstring_get(s, "hostaddr") != NULL;
        if ((value == NULL || *value == '\0') && !addressed)
            connstring_set(s, defaults[i][0], defaults[i][1]);
    }
}

bool connstring_parse(const void *ctx, const char *text, ConnString *out, Error *err)
{
    *out = (ConnString){.ctx = ctx};
    ConnReader r = {.ctx = ctx, .out = out, .settings = str_new(ctx), .err = err};
    bool ok;
    if (connstring_is_uri(text))
        ok = connstring_read_uri(&r, text);
    else if (connstring_is_ado(text))
        ok = connstring_read_ado(&r, text);
    else if (strchr(text, '=') != NULL)
        ok = read_keywords(&r, text);
    else
        ok = connstring_fault(&r, "it is of no known form");
    if (!ok) {
        error_hint(err, "write postgresql://user@host:5432/database, Host=…;Database=…, or host=… dbname=…");
        return false;
    }
    join_settings(&r);
    set_defaults(out);
    return true;
}
