/* project/session/params.c: see params.h. */
#include "project/session/params.h"

#include "base/file.h"
#include "base/log.h"
#include "base/map.h"

#include <string.h>

enum { FILE_MAX = 16 * 1024 * 1024, KEY_MAX = 63 /* as the server cuts names */ };

typedef struct Merge {
    const void *ctx;
    Map *by_key; /* key in lower case → Entry */
    LIST(struct Entry *) order;
    const Settings *settings;
    const char *settings_name; /* "pgmi.yaml": origin of its values */
    Error *err;
} Merge;

/* A parameter while it is put together. */
typedef struct Entry {
    Param param;
    bool secret;
    const char *written; /* the key in the settings; NULL: it is not there */
    const char *file; /* that the value is from; NULL: the settings, or the command line */
    long line;
} Entry;

static bool is_key(const char *key)
{
    size_t n = strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return n > 0 && n <= KEY_MAX && key[n] == '\0' && (*key < '0' || *key > '9');
}

static const char key_rule[] =
    "a parameter's name has letters, digits and _, begins with no digit, and is at most 63 characters long";

static char *lower(const void *ctx, const char *text)
{
    char *copy = mem_strdup(ctx, text);
    for (char *p = copy; *p != '\0'; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
    return copy;
}

/* Names that tell by themselves that the value is nobody's business. */
static bool names_a_secret(const char *key)
{
    static const char *const parts[] = {"password", "passwd", "passphrase", "secret", "token", "credential", "api_key",
                                        "apikey", "private_key"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(key, parts[i]) != NULL)
            return true;
    return false;
}

static Entry *entry_of(Merge *m, const char *key)
{
    char *small = lower(m->ctx, key);
    Entry *e = map_get(m->by_key, small);
    if (e != NULL)
        return e;
    e = mem_new(m->ctx, Entry);
    e->param = (Param){.key = small, .type = param_types[0]};
    e->secret = names_a_secret(small);
    map_set(m->by_key, small, e);
    list_push(m->ctx, &m->order, e);
    return e;
}

static void declare(Merge *m, const ParamDeclaration *d)
{
    Entry *e = entry_of(m, d->key);
    Param *p = &e->param;
    p->type = d->type != NULL ? d->type : p->type;
    p->default_value = d->default_value;
    p->description = d->description;
    p->required = d->required;
    p->value = d->value;
    p->origin = m->settings_name;
    e->secret = e->secret || d->secret;
    e->written = d->key;
}

static void take_settings(Merge *m)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < m->settings->params.n; i++) {
        const ParamDeclaration *d = &m->settings->params.v[i];
        if (is_key(d->key))
            declare(m, d);
        else
            settings_fault(m->settings, mem_printf(scratch, "params.%s", d->key), m->err, "%s", key_rule);
    }
}

/* ERR_CONFIG at a line of a file; NULL: of the command line. */
static void fault_at(const Merge *m, const char *file, long line, const char *message)
{
    error_set(m->err, ERR_CONFIG, "%s", message);
    if (file != NULL)
        error_place(m->err, file, line, 0, NULL);
}

static void take_pair(Merge *m, const char *key, const char *value, const char *file, long line)
{
    if (!is_key(key)) {
        fault_at(m, file, line, key_rule);
        return;
    }
    Entry *e = entry_of(m, key);
    e->param.value = value;
    e->param.origin = file == NULL ? "--param" : mem_printf(m->ctx, "%s:%ld", path_shown(file), line);
    e->file = file;
    e->line = line;
}

/* One pair of quotes around a value is not of it. */
static View unquoted(View value)
{
    bool quoted = value.len >= 2 && (value.p[0] == '"' || value.p[0] == '\'') && value.p[value.len - 1] == value.p[0];
    return quoted ? (View){value.p + 1, value.len - 2} : value;
}

static void take_line(Merge *m, const char *file, long number, View line)
{
    SCRATCH void *scratch = mem_scratch();
    line = view_trim(line);
    if (line.len == 0 || line.p[0] == '#')
        return;
    const char *equals = memchr(line.p, '=', line.len);
    View key = view_trim((View){line.p, equals == NULL ? 0 : (size_t)(equals - line.p)});
    if (key.len == 0) {
        fault_at(m, file, number,
                 equals == NULL ? "key=value is expected: there is no =" : "key=value is expected: the key is missing");
        return;
    }
    View value = unquoted(view_trim((View){equals + 1, line.len - (size_t)(equals + 1 - line.p)}));
    if (memchr(value.p, '\0', value.len) != NULL || memchr(key.p, '\0', key.len) != NULL) {
        fault_at(m, file, number, "the line holds a NUL byte");
        return;
    }
    take_pair(m, mem_strndup(scratch, key.p, key.len), mem_strndup(m->ctx, value.p, value.len), file, number);
}

static void take_file(Merge *m, const char *file)
{
    size_t len;
    const char *text = file_read(m->ctx, file, FILE_MAX, &len, m->err);
    if (text == NULL)
        return;
    bool mark = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    const char *p = text + (mark ? 3 : 0), *end = text + len;
    for (long number = 1; p < end; number++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline == NULL ? end : newline;
        take_line(m, file, number, (View){p, (size_t)(stop - p)});
        p = newline == NULL ? end : newline + 1;
    }
}

/* --param never shows what it was given: it may be the value alone. */
static void take_argument(Merge *m, const char *pair)
{
    const char *equals = strchr(pair, '=');
    if (equals == NULL || equals == pair)
        error_set(m->err, ERR_CONFIG, "--param takes key=value%s", equals == pair ? ": the key is missing" : "");
    else
        take_pair(m, mem_strndup(m->ctx, pair, (size_t)(equals - pair)), mem_strdup(m->ctx, equals + 1), NULL, 0);
}

/* What is wrong with a value, without the value; NULL when nothing is. */
static const char *misfit(const void *ctx, const Param *p, const char *value)
{
    if (utf8_valid(view_of(value)) != strlen(value))
        return "is not valid UTF-8";
    return param_fits(p->type, value) ? NULL : mem_printf(ctx, "is no %s", p->type);
}

static void check_value(const Merge *m, const Entry *e)
{
    SCRATCH void *scratch = mem_scratch();
    const char *wrong = misfit(scratch, &e->param, e->param.value), *key = e->param.key;
    if (wrong == NULL)
        return;
    if (e->file == NULL && e->param.origin == m->settings_name)
        settings_fault(m->settings, mem_printf(scratch, "params.%s", e->written), m->err, "the value of parameter %s %s", key,
                       wrong);
    else
        fault_at(m, e->file, e->line,
                 mem_printf(scratch, "the value of parameter %s%s %s", key, e->file == NULL ? " (--param)" : "", wrong));
}

static void check_default(const Merge *m, const Entry *e)
{
    SCRATCH void *scratch = mem_scratch();
    const Param *p = &e->param;
    const char *wrong = misfit(scratch, p, p->default_value);
    if (wrong != NULL)
        settings_fault(m->settings, mem_printf(scratch, "params.%s.default", e->written), m->err,
                       "the default of parameter %s %s", p->key, wrong);
}

static void missing(const Merge *m, const Entry *e)
{
    SCRATCH void *scratch = mem_scratch();
    const Param *p = &e->param;
    settings_fault(m->settings, mem_printf(scratch, "params.%s", e->written), m->err, "parameter %s is required", p->key);
    if (p->description != NULL)
        error_detail(m->err, "%s", p->description);
    error_hint(m->err, "give it with --param %s=… or in a file of --params-file", p->key);
}

static void check(const Merge *m, Entry *e)
{
    Param *p = &e->param;
    if (p->default_value != NULL)
        check_default(m, e);
    if (p->value != NULL)
        check_value(m, e);
    else if (p->default_value != NULL)
        p->value = p->default_value;
    else if (p->required)
        missing(m, e);
    if (e->secret)
        redact_value(p->value);
}

bool params_merge(const void *ctx, const Settings *settings, const TextList *files, const TextList *pairs, ParamList *params,
                  Error *err)
{
    Merge m = {.ctx = ctx, .by_key = map_new(ctx), .settings = settings, .err = err};
    m.settings_name = settings->file == NULL ? NULL : path_base(settings->file);
    take_settings(&m);
    for (size_t i = 0; i < files->n; i++)
        take_file(&m, files->v[i]);
    for (size_t i = 0; i < pairs->n; i++)
        take_argument(&m, pairs->v[i]);
    for (size_t i = 0; i < m.order.n; i++) {
        check(&m, m.order.v[i]);
        list_push(ctx, params, m.order.v[i]->param);
    }
    return !error_is_set(err);
}
