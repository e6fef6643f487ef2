/* project/identity.c: see identity.h. */
#include "project/identity.h"

#include "base/digest.h"

#include <ctype.h>
#include <stdio.h>
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

/* The text of one identity after the other, in the same memory. */
typedef struct Describer {
    Str text;
    Digest *digest;
    const Module *module;
} Describer;

static void add(Describer *d, const char *a, const char *b)
{
    str_add(&d->text, a);
    str_add(&d->text, b);
}

static void begin(Describer *d)
{
    str_clear(&d->text);
    add(d, "project ", d->module->name);
    if (d->module->uri[0] != '\0')
        add(d, "\nuri ", d->module->canonical_uri);
}

/* Who and when. */
static void add_stamp(Describer *d, const Stamp *stamp)
{
    add(d, "\nplanner ", stamp->name);
    add(d, " <", stamp->email);
    add(d, ">\ndate ", stamp->at);
}

static void add_note(Describer *d, const char *note)
{
    if (note[0] != '\0')
        add(d, "\n\n", note);
}

/* The project is left out where it is the own one. */
static void add_dependencies(Describer *d, const Change *c, bool conflicts)
{
    bool headed = false;
    for (size_t i = 0; i < c->dependencies.n; i++) {
        const Dependency *dep = &c->dependencies.v[i];
        if (dep->conflict != conflicts)
            continue;
        if (!headed)
            str_add(&d->text, conflicts ? "\nconflicts" : "\nrequires");
        headed = true;
        bool own = dep->ref.project != NULL && strcmp(dep->ref.project, d->module->name) == 0;
        add(d, conflicts ? "\n  - " : "\n  + ", own ? strchr(dep->ref.text, ':') + 1 : dep->ref.text);
    }
}

static void finish(Describer *d, const char *kind, char id[SQITCH_ID_SIZE])
{
    char head[64], hex[DIGEST_HEX_MAX];
    int n = snprintf(head, sizeof head, "%s %zu", kind, d->text.len);
    digest_add(d->digest, head, (size_t)n + 1); /* with its NUL */
    digest_add(d->digest, d->text.text, d->text.len);
    digest_hex(d->digest, hex);
    memcpy(id, hex, SQITCH_ID_SIZE);
}

static void identify_change(Describer *d, Change *c, const char *parent)
{
    begin(d);
    add(d, "\nchange ", c->name);
    if (parent != NULL)
        add(d, "\nparent ", parent);
    add_stamp(d, &c->stamp);
    add_dependencies(d, c, false);
    add_dependencies(d, c, true);
    add_note(d, c->note);
    finish(d, "change", c->id);
}

static void identify_tag(Describer *d, Tag *t)
{
    begin(d);
    add(d, "\ntag @", t->name);
    add(d, "\nchange ", t->change->id);
    add_stamp(d, &t->stamp);
    add_note(d, t->note);
    finish(d, "tag", t->id);
}

void identity_module(Module *m)
{
    SCRATCH void *scratch = mem_scratch();
    m->canonical_uri = identity_canonical_uri(m, m->uri);
    Describer d = {.text = str_new(scratch), .digest = digest_new(scratch, DIGEST_SHA1), .module = m};
    for (size_t i = 0; i < m->changes.n; i++)
        identify_change(&d, m->changes.v[i], i == 0 ? NULL : m->changes.v[i - 1]->id);
    for (size_t i = 0; i < m->tags.n; i++)
        identify_tag(&d, m->tags.v[i]);
}
