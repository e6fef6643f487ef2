/* pg/connstring_uri.c: postgresql://user:password@host:port,host:port/database?key=value; see connstring.h. */
#include "pg/connstring_forms.h"

#include <string.h>

static const char *const schemes[] = {"postgresql://", "postgres://"};

/* Length of the scheme; 0 when it is no such URI. */
static size_t scheme_length(const char *text)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncasecmp(text, schemes[i], strlen(schemes[i])) == 0)
            return strlen(schemes[i]);
    return 0;
}

bool connstring_is_uri(const char *text)
{
    return scheme_length(text) > 0;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *p = c == '\0' ? NULL : strchr(digits, c | 0x20);
    return p == NULL ? -1 : (int)(p - digits);
}

/* %XX stands for a byte. NULL when it does not, or stands for NUL. */
static char *decoded(const void *ctx, View text)
{
    Str out = str_new(ctx);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.p[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.p[i + 1]) : -1, low = high < 0 ? -1 : hex_digit(text.p[i + 2]);
            if (low < 0 || (high == 0 && low == 0))
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        str_add_char(&out, c);
    }
    return out.text;
}

static bool take_decoded(ConnReader *r, const char *key, View text)
{
    const char *value = decoded(r->ctx, text);
    if (value == NULL)
        return connstring_fault(r, "a % must be followed by two hexadecimal digits");
    return connstring_take(r, key, value);
}

static bool read_user(ConnReader *r, View text)
{
    const char *colon = memchr(text.p, ':', text.len);
    size_t n = colon == NULL ? text.len : (size_t)(colon - text.p);
    if (n > 0 && !take_decoded(r, "user", (View){text.p, n}))
        return false;
    return colon == NULL || n + 1 == text.len || take_decoded(r, "password", (View){colon + 1, text.len - n - 1});
}

/* host, host:port, [address]:port; what lies between commas. */
static bool read_host(ConnReader *r, View text, Str *hosts, Str *ports)
{
    const char *end = text.p + text.len, *from = text.p, *stop;
    bool brackets = text.len > 0 && *from == '[';
    from += brackets;
    stop = memchr(from, brackets ? ']' : ':', (size_t)(end - from));
    if (brackets && stop == NULL)
        return connstring_fault(r, "a [ does not end");
    stop = stop == NULL ? end : stop;
    const char *host = decoded(r->ctx, (View){from, (size_t)(stop - from)});
    const char *port = stop + brackets;
    if (host == NULL || (port < end && *port != ':'))
        return connstring_fault(r, "a host cannot be read");
    str_add(hosts, host);
    str_add_n(ports, port < end ? port + 1 : end, port < end ? (size_t)(end - port - 1) : 0);
    return true;
}

static bool read_hosts(ConnReader *r, View text)
{
    Str hosts = str_new(r->ctx), ports = str_new(r->ctx);
    const char *p = text.p, *end = text.p + text.len;
    for (;; p++) {
        const char *comma = memchr(p, ',', (size_t)(end - p)), *stop = comma == NULL ? end : comma;
        if (!read_host(r, (View){p, (size_t)(stop - p)}, &hosts, &ports))
            return false;
        if (comma == NULL)
            break;
        str_add_char(&hosts, ',');
        str_add_char(&ports, ',');
        p = comma;
    }
    bool no_ports = ports.text[strspn(ports.text, ",")] == '\0';
    return (hosts.len == 0 || connstring_take(r, "host", hosts.text)) && (no_ports || connstring_take(r, "port", ports.text));
}

/* libpq's, and JDBC's ssl=true. */
static bool read_query(ConnReader *r, const char *p)
{
    while (*p != '\0') {
        size_t n = strcspn(p, "&"), k = strcspn(p, "=&");
        const char *key = decoded(r->ctx, (View){p, k});
        if (key == NULL || (n > 0 && (k == 0 || k == n)))
            return connstring_fault(r, "a key without its =");
        View value = {p + k + 1, n > k ? n - k - 1 : 0};
        if (strcmp(key, "ssl") == 0 && view_is(value, "true")) {
            if (!connstring_take(r, "sslmode", "require"))
                return false;
        } else if (n > 0 && !take_decoded(r, key, value)) {
            return false;
        }
        p += n + (p[n] == '&');
    }
    return true;
}

bool connstring_read_uri(ConnReader *r, const char *text)
{
    const char *p = text + scheme_length(text);
    View authority = {p, strcspn(p, "/?")};
    const char *at = memrchr(authority.p, '@', authority.len);
    if (at != NULL && !read_user(r, (View){p, (size_t)(at - p)}))
        return false;
    const char *hosts = at == NULL ? p : at + 1, *path = p + authority.len;
    if (!read_hosts(r, (View){hosts, (size_t)(path - hosts)}))
        return false;
    if (*path == '/') {
        View name = {path + 1, strcspn(path + 1, "?")};
        if (name.len > 0 && !take_decoded(r, "dbname", name))
            return false;
        path = name.p + name.len;
    }
    return *path != '?' || read_query(r, path + 1);
}
