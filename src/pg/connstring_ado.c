/* pg/connstring_ado.c: Host=host;Username=user;… as .NET's driver has it; see connstring.h. */
#include "pg/connstring_forms.h"

#include <string.h>

static const char blanks[] = " \t\r\n\v\f";

/* Keys in small letters without blanks and underscores, and what libpq calls them; NULL: they concern that driver alone. */
static const struct {
    const char *ado, *libpq;
} keys[] = {
    {"host", "host"},
    {"server", "host"},
    {"port", "port"},
    {"database", "dbname"},
    {"initialcatalog", "dbname"},
    {"username", "user"},
    {"userid", "user"},
    {"uid", "user"},
    {"password", "password"},
    {"pwd", "password"},
    {"sslmode", "sslmode"},
    {"sslcert", "sslcert"},
    {"sslcertificate", "sslcert"},
    {"sslkey", "sslkey"},
    {"sslrootcert", "sslrootcert"},
    {"rootcertificate", "sslrootcert"},
    {"sslpassword", "sslpassword"},
    {"applicationname", "application_name"},
    {"timeout", "connect_timeout"},
    {"connecttimeout", "connect_timeout"},
    {"searchpath", "search_path"},
    {"timezone", "TimeZone"},
    {"passfile", "passfile"},
    {"options", "options"},
    {"targetsessionattributes", "target_session_attrs"},
    {"kerberosservicename", "krbsrvname"},
    {"arraynullabilitymode", NULL},
    {"autoprepareminusages", NULL},
    {"cancellationtimeout", NULL},
    {"checkcertificaterevocation", NULL},
    {"clientencoding", NULL},
    {"commandtimeout", NULL},
    {"connectionidlelifetime", NULL},
    {"connectionlifetime", NULL},
    {"connectionpruninginterval", NULL},
    {"convertinfinitydatetime", NULL},
    {"encoding", NULL},
    {"enlist", NULL},
    {"entityadmindatabase", NULL},
    {"entitytemplatedatabase", NULL},
    {"hostrecheckseconds", NULL},
    {"includeerrordetail", NULL},
    {"includefailedbatchedcommand", NULL},
    {"includerealm", NULL},
    {"integratedsecurity", NULL},
    {"internalcommandtimeout", NULL},
    {"keepalive", NULL},
    {"loadbalancehosts", NULL},
    {"loadtablecomposites", NULL},
    {"logparameters", NULL},
    {"maxautoprepare", NULL},
    {"maximumpoolsize", NULL},
    {"maxpoolsize", NULL},
    {"minimumpoolsize", NULL},
    {"minpoolsize", NULL},
    {"multiplexing", NULL},
    {"noresetonclose", NULL},
    {"persistsecurityinfo", NULL},
    {"pooling", NULL},
    {"readbuffersize", NULL},
    {"replicationmode", NULL},
    {"servercompatibilitymode", NULL},
    {"socketreceivebuffersize", NULL},
    {"socketsendbuffersize", NULL},
    {"tcpkeepalive", NULL},
    {"tcpkeepaliveinterval", NULL},
    {"tcpkeepalivetime", NULL},
    {"trustservercertificate", NULL},
    {"useperfcounters", NULL},
    {"usesslstream", NULL},
    {"writebuffersize", NULL},
};
enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

/* Index of a key in any spelling; KEY_COUNT for none. */
static size_t find_key(View key)
{
    SCRATCH void *scratch = mem_scratch();
    Str small = str_new(scratch);
    for (size_t i = 0; i < key.len; i++)
        if (key.p[i] != '_' && strchr(blanks, key.p[i]) == NULL)
            str_add_char(&small, key.p[i] >= 'A' && key.p[i] <= 'Z' ? (char)(key.p[i] | 0x20) : key.p[i]);
    size_t i = 0;
    while (i < KEY_COUNT && strcmp(keys[i].ado, small.text) != 0)
        i++;
    return i;
}

static bool is_word(View key)
{
    for (size_t i = 0; i < key.len; i++)
        if (strchr(blanks, key.p[i]) != NULL)
            return false;
    return key.len > 0;
}

/* What begins at `p`: a key with its =, or nothing more? */
static bool begins_pair(const char *p)
{
    p += strspn(p, blanks);
    View key = view_trim((View){p, strcspn(p, "=;'\"")});
    return *p == '\0' || *p == ';' || (p[strcspn(p, "=;'\"")] == '=' && (is_word(key) || find_key(key) < KEY_COUNT));
}

/* A semicolon within a value in quotes parts nothing, and one within an unquoted password of libpq's form is followed by no
 * key. Of a single pair, the key tells. */
bool connstring_is_ado(const char *text)
{
    char quote = '\0', before = '\0'; /* what stands before, blanks aside: a quote within a value is a character of it */
    for (const char *p = text; *p != '\0'; p++) {
        if (quote != '\0')
            quote = *p == quote ? '\0' : quote;
        else if ((*p == '\'' || *p == '"') && before == '=')
            quote = *p;
        else if (*p == ';' && begins_pair(p + 1))
            return true;
        before = strchr(blanks, *p) == NULL ? *p : before;
    }
    SCRATCH void *scratch = mem_scratch();
    size_t n = strcspn(text, "=");
    View key = view_trim((View){text, n});
    return text[n] == '=' && find_key(key) < KEY_COUNT && !connstring_is_keyword(mem_strndup(scratch, key.p, key.len));
}

/* A value in quotes, in which the quote is doubled. NULL when it does not end. */
static char *quoted_value(const void *ctx, const char **p)
{
    Str value = str_new(ctx);
    char quote = *(*p)++;
    for (; **p != '\0'; ++*p) {
        if (**p == quote && *++*p != quote)
            return value.text;
        str_add_char(&value, **p);
    }
    return NULL;
}

static bool take_pair(ConnReader *r, View key, const char *value)
{
    size_t i = find_key(key);
    if (i == KEY_COUNT)
        return connstring_take(r, mem_strndup(r->ctx, key.p, key.len), value);
    if (keys[i].libpq != NULL)
        return connstring_take(r, keys[i].libpq, value);
    list_push(r->ctx, &r->out->ignored, mem_strndup(r->ctx, key.p, key.len));
    return true;
}

bool connstring_read_ado(ConnReader *r, const char *text)
{
    for (const char *p = text; *p != '\0'; p += *p == ';') {
        View key = view_trim((View){p, strcspn(p, "=;")});
        p += strcspn(p, "=;");
        if (*p != '=')
            continue;
        p++;
        p += strspn(p, blanks);
        const char *value;
        if (*p == '\'' || *p == '"') {
            value = quoted_value(r->ctx, &p);
            p += strspn(p, blanks);
            if (value != NULL && *p != ';' && *p != '\0')
                return connstring_fault(r, "something stands behind a value in quotes");
        } else {
            View bare = view_trim((View){p, strcspn(p, ";")});
            value = mem_strndup(r->ctx, bare.p, bare.len);
        }
        if (value == NULL)
            return connstring_fault(r, "a quote does not end");
        p += strcspn(p, ";");
        if (key.len == 0 || !take_pair(r, key, value))
            return key.len > 0 ? false : connstring_fault(r, "a value without a key");
    }
    return true;
}
