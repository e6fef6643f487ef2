/* project/identity.c: see identity.h. */
#include "project/identity.h"

#include "base/digest.h"

#include <ctype.h>
#include <string.h>

static const struct {
    const char *scheme;
    const char *port;
} default_ports[] = {{"http", "80"}, {"https", "443"}, {"ftp", "21"}, {"ssh", "22"}, {"git", "9418"}};

static bool is_unreserved(int c)
{
    return isalnum(c) || (c != 0 && strchr("-._~", c) != NULL);
}

static int hex_value(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Escapes in capitals; those of letters, digits and - . _ ~ decoded. */
static void add_normal(Str *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool escape = text[i] == '%' && i + 2 < len && isxdigit((unsigned char)text[i + 1]) &&
                      isxdigit((unsigned char)text[i + 2]);
        if (!escape) {
            str_add_char(out, text[i]);
            continue;
        }
        int c = hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]);
        if (is_unreserved(c))
            str_add_char(out, (char)c);
        else
            str_addf(out, "%%%c%c", toupper((unsigned char)text[i + 1]), toupper((unsigned char)text[i + 2]));
        i += 2;
    }
}

static bool is_default_port(const char *scheme, size_t scheme_len, View port)
{
    for (size_t i = 0; i < sizeof default_ports / sizeof default_ports[0]; i++)
        if (view_is_nocase((View){scheme, scheme_len}, default_ports[i].scheme) && view_is(port, default_ports[i].port))
            return true;
    return port.len == 0;
}

/* [userinfo@]host[:port] */
static void add_authority(Str *out, const char *scheme, size_t scheme_len, View authority)
{
    const char *at = memrchr(authority.p, '@', authority.len);
    size_t user = at == NULL ? 0 : (size_t)(at - authority.p) + 1;
    add_normal(out, authority.p, user);
    View host = {authority.p + user, authority.len - user};
    const char *colon = memrchr(host.p, ':', host.len);
    const char *bracket = memrchr(host.p, ']', host.len);
    View port = {0};
    if (colon != NULL && (bracket == NULL || colon > bracket)) {
        port = (View){colon + 1, host.len - (size_t)(colon - host.p) - 1};
        host.len = (size_t)(colon - host.p);
    }
    for (size_t i = 0; i < host.len; i++)
        str_add_char(out, (char)tolower((unsigned char)host.p[i]));
    if (port.p != NULL && !is_default_port(scheme, scheme_len, port))
        str_addf(out, ":%.*s", (int)port.len, port.p);
}

char *identity_canonical_uri(const void *ctx, const char *uri)
{
    Str out = str_new(ctx);
    size_t scheme = 0;
    while (isalnum((unsigned char)uri[scheme]) || (uri[scheme] != '\0' && strchr("+-.", uri[scheme]) != NULL))
        scheme++;
    if (uri[scheme] != ':' || scheme == 0) {
        add_normal(&out, uri, strlen(uri));
        return out.text;
    }
    for (size_t i = 0; i < scheme; i++)
        str_add_char(&out, (char)tolower((unsigned char)uri[i]));
    str_add_char(&out, ':');
    const char *rest = uri + scheme + 1;
    if (text_starts(rest, "//")) {
        size_t n = strcspn(rest + 2, "/?#");
        str_add(&out, "//");
        add_authority(&out, uri, scheme, (View){rest + 2, n});
        rest += 2 + n;
        if (*rest == '\0' && text_starts(out.text, "http"))
            str_add_char(&out, '/');
    }
    add_normal(&out, rest, strlen(rest));
    return out.text;
}

static void add_project(Str *text, const Module *m)
{
    str_addf(text, "project %s\n", m->name);
    if (m->uri[0] != '\0')
        str_addf(text, "uri %s\n", m->canonical_uri);
}

static void add_dependencies(Str *text, const Change *c, bool conflicts)
{
    bool headed = false;
    for (size_t i = 0; i < c->dependencies.n; i++) {
        const Dependency *d = &c->dependencies.v[i];
        if (d->conflict != conflicts)
            continue;
        if (!headed)
            str_add(text, conflicts ? "\nconflicts" : "\nrequires");
        headed = true;
        bool own = d->ref.project != NULL && strcmp(d->ref.project, c->module->name) == 0;
        str_addf(text, "\n  %c %s", conflicts ? '-' : '+', own ? strchr(d->ref.text, ':') + 1 : d->ref.text);
    }
}

static void frame(const char *kind, const Str *text, char id[SQITCH_ID_SIZE])
{
    SCRATCH void *scratch = mem_scratch();
    char hex[DIGEST_HEX_MAX];
    Digest *d = digest_new(scratch, DIGEST_SHA1);
    char *head = mem_printf(scratch, "%s %zu", kind, text->len);
    digest_add(d, head, strlen(head) + 1); /* with its NUL */
    digest_add(d, text->text, text->len);
    digest_hex(d, hex);
    memcpy(id, hex, SQITCH_ID_SIZE);
}

void identity_change(const Change *c, const char *parent, char id[SQITCH_ID_SIZE])
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    add_project(&text, c->module);
    str_addf(&text, "change %s\n", c->name);
    if (parent != NULL)
        str_addf(&text, "parent %s\n", parent);
    str_addf(&text, "planner %s <%s>\ndate %s", c->stamp.name, c->stamp.email, c->stamp.at);
    add_dependencies(&text, c, false);
    add_dependencies(&text, c, true);
    if (c->note[0] != '\0')
        str_addf(&text, "\n\n%s", c->note);
    frame("change", &text, id);
}

void identity_tag(const Tag *t, char id[SQITCH_ID_SIZE])
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    add_project(&text, t->change->module);
    str_addf(&text, "tag @%s\nchange %s\nplanner %s <%s>\ndate %s", t->name, t->change->id, t->stamp.name,
             t->stamp.email, t->stamp.at);
    if (t->note[0] != '\0')
        str_addf(&text, "\n\n%s", t->note);
    frame("tag", &text, id);
}
