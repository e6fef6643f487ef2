/* pg/cloud/aws_ini.c: see aws_ini.h. */
#include "pg/cloud/aws_ini.h"

#include <string.h>

typedef struct IniReader {
    const void *ctx;
    bool config;
    AwsSettingList *settings;
    const char *section; /* NULL: one that is not ours, or none yet */
} IniReader;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static View unquoted(View text)
{
    bool quoted = text.len >= 2 && (text.p[0] == '"' || text.p[0] == '\'') && text.p[text.len - 1] == text.p[0];
    return quoted ? (View){text.p + 1, text.len - 2} : text;
}

/* What follows the first word, when that is `word`; else empty. */
static View behind_word(View text, const char *word)
{
    size_t n = strlen(word);
    if (text.len <= n || memcmp(text.p, word, n) != 0 || !is_blank(text.p[n]))
        return (View){0};
    return unquoted(view_trim((View){text.p + n, text.len - n}));
}

static const char *section_of(const IniReader *r, View name)
{
    View profile = behind_word(name, "profile"), session = behind_word(name, "sso-session");
    if (session.len > 0)
        return mem_printf(r->ctx, "sso-session %.*s", (int)session.len, session.p);
    if (r->config && profile.len > 0)
        return mem_strndup(r->ctx, profile.p, profile.len);
    name = unquoted(name);
    return r->config && !view_is(name, "default") ? NULL : mem_strndup(r->ctx, name.p, name.len);
}

/* A comment behind a value begins with a blank. */
static View without_comment(View value)
{
    for (size_t i = 1; i < value.len; i++)
        if ((value.p[i] == '#' || value.p[i] == ';') && is_blank(value.p[i - 1]))
            return view_trim((View){value.p, i});
    return view_trim(value);
}

static void read_setting(IniReader *r, View line)
{
    const char *equals = memchr(line.p, '=', line.len);
    if (equals == NULL || r->section == NULL)
        return;
    View name = view_trim((View){line.p, (size_t)(equals - line.p)});
    View value = without_comment((View){equals + 1, (size_t)(line.p + line.len - equals - 1)});
    char *lower = mem_strndup(r->ctx, name.p, name.len);
    for (char *p = lower; *p != '\0'; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    list_push(r->ctx, r->settings, (AwsSetting){r->section, lower, mem_strndup(r->ctx, value.p, value.len)});
}

static void read_line(IniReader *r, View line)
{
    View text = view_trim(line);
    if (text.len == 0 || text.p[0] == '#' || text.p[0] == ';')
        return;
    const char *end = text.p[0] == '[' ? memchr(text.p, ']', text.len) : NULL;
    if (end != NULL)
        r->section = section_of(r, view_trim((View){text.p + 1, (size_t)(end - text.p - 1)}));
    else if (!is_blank(line.p[0]))
        read_setting(r, text);
}

void aws_ini_read(const void *ctx, View text, bool config, AwsSettingList *settings)
{
    IniReader r = {.ctx = ctx, .config = config, .settings = settings};
    const char *p = text.p, *end = text.p + text.len;
    if (text.len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        p += 3;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *line_end = newline == NULL ? end : newline;
        read_line(&r, (View){p, (size_t)(line_end - p)});
        p = newline == NULL ? end : newline + 1;
    }
}

const char *aws_ini_get(const AwsSettingList *settings, const char *section, const char *name)
{
    for (size_t i = settings->n; i-- > 0;) {
        const AwsSetting *s = &settings->v[i];
        if (strcmp(s->section, section) == 0 && strcmp(s->name, name) == 0)
            return *s->value == '\0' ? NULL : s->value;
    }
    return NULL;
}

bool aws_ini_has(const AwsSettingList *settings, const char *section)
{
    for (size_t i = 0; i < settings->n; i++)
        if (strcmp(settings->v[i].section, section) == 0)
            return true;
    return false;
}
