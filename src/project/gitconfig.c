/* project/gitconfig.c: see gitconfig.h. */
#include "project/gitconfig.h"

#include <ctype.h>
#include <string.h>

typedef struct Reader {
    const char *path;
    const char *text;
    const char *p, *end;
    json_t *root;
    json_t *section; /* borrowed; NULL before the first heading */
    Error *err;
} Reader;

static bool fault(const Reader *r, const char *at, const char *message)
{
    error_set(r->err, ERR_CONFIG, "%s", message);
    error_place_in(r->err, r->path, (View){r->text, (size_t)(r->end - r->text)}, at);
    return false;
}

static void skip_space(Reader *r)
{
    while (r->p < r->end && isspace((unsigned char)*r->p))
        r->p++;
}

static void skip_line(Reader *r)
{
    while (r->p < r->end && *r->p != '\n')
        r->p++;
}

static json_t *child(json_t *object, const char *key)
{
    json_t *found = json_object_get(object, key);
    if (json_is_object(found))
        return found;
    json_object_set_new(object, key, json_object());
    return json_object_get(object, key);
}

/* Letters, digits, - and . of a name, in lower case. */
static char *read_name(const void *ctx, Reader *r)
{
    Str name = str_new(ctx);
    while (r->p < r->end && (isalnum((unsigned char)*r->p) || strchr("-._", *r->p) != NULL) && *r->p != '\0')
        str_add_char(&name, (char)tolower((unsigned char)*r->p++));
    return name.text;
}

/* "sub \"section\"": only \" and \\ are escapes. */
static bool read_subsection(Reader *r, Str *out)
{
    const char *from = r->p;
    for (r->p++; r->p < r->end && *r->p != '"' && *r->p != '\n'; r->p++) {
        if (*r->p == '\\' && r->p + 1 < r->end)
            r->p++;
        str_add_char(out, *r->p);
    }
    if (r->p == r->end || *r->p != '"')
        return fault(r, from, "a subsection that is not closed");
    r->p++;
    return true;
}

static bool read_heading(Reader *r)
{
    SCRATCH void *scratch = mem_scratch();
    const char *from = r->p++;
    char *name = read_name(scratch, r);
    Str sub = str_new(scratch);
    bool has_sub = false;
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t'))
        r->p++;
    if (r->p < r->end && *r->p == '"') {
        has_sub = true;
        if (!read_subsection(r, &sub))
            return false;
    }
    if (name[0] == '\0' || r->p == r->end || *r->p != ']')
        return fault(r, from, "not a section heading: [name] or [name \"subsection\"] is expected");
    r->p++;
    char *dot = has_sub ? NULL : strchr(name, '.'); /* [name.sub] is the old way to write it */
    if (dot != NULL)
        *dot = '\0';
    r->section = child(r->root, name);
    if (has_sub || dot != NULL)
        r->section = child(r->section, has_sub ? sub.text : dot + 1);
    return true;
}

/* \n, \t, \b, \", \\, and a backslash at the end of the line. */
static bool read_escape(Reader *r, Str *value)
{
    static const char from[] = "ntb\"\\", to[] = "\n\t\b\"\\";
    char c = r->p + 1 < r->end ? r->p[1] : '\0';
    const char *known = c == '\0' ? NULL : strchr(from, c);
    bool continues = c == '\n' || (c == '\r' && r->p + 2 < r->end && r->p[2] == '\n');
    if (known == NULL && !continues)
        return fault(r, r->p, "not an escape: \\n \\t \\b \\\" \\\\ are");
    if (known != NULL)
        str_add_char(value, to[known - from]);
    r->p += c == '\r' ? 3 : 2;
    return true;
}

static bool read_value(Reader *r, Str *value)
{
    bool quoted = false;
    size_t kept = 0; /* what stands inside quotes or before the last blank is kept */
    const char *from = r->p;
    while (r->p < r->end && *r->p != '\n') {
        char c = *r->p;
        if (!quoted && (c == '#' || c == ';'))
            break;
        if (c == '\\') {
            if (!read_escape(r, value))
                return false;
            kept = value->len;
            continue;
        }
        if (c == '"')
            quoted = !quoted;
        else
            str_add_char(value, c);
        if (quoted || c == '"' || !isspace((unsigned char)c))
            kept = value->len;
        r->p++;
    }
    if (quoted)
        return fault(r, from, "a quoted value that is not closed");
    value->len = kept;
    value->text[kept] = '\0';
    skip_line(r);
    return true;
}

static bool read_variable(Reader *r)
{
    SCRATCH void *scratch = mem_scratch();
    const char *from = r->p;
    char *name = read_name(scratch, r);
    if (name[0] == '\0' || r->section == NULL)
        return fault(r, from, r->section == NULL ? "a variable before the first [section]" : "name = value is expected");
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t'))
        r->p++;
    Str value = str_new(scratch);
    bool has_value = r->p < r->end && *r->p == '=';
    if (!has_value && r->p < r->end && strchr("\r\n#;", *r->p) == NULL)
        return fault(r, r->p, "name = value is expected");
    if (has_value) {
        r->p++;
        while (r->p < r->end && (*r->p == ' ' || *r->p == '\t'))
            r->p++;
        if (!read_value(r, &value))
            return false;
    }
    json_object_set_new(r->section, name, json_string(has_value ? value.text : "true"));
    return true;
}

json_t *gitconfig_parse(const char *text, size_t len, const char *path, Error *err)
{
    Reader r = {.path = path, .text = text, .p = text, .end = text + len, .err = err};
    size_t valid = utf8_valid((View){text, len});
    if (valid < len) {
        fault(&r, text + valid, text[valid] == '\0' ? "a NUL byte" : "invalid UTF-8");
        return NULL;
    }
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        r.p += 3;
    r.root = json_object();
    for (skip_space(&r); r.p < r.end; skip_space(&r)) {
        bool ok = true;
        if (*r.p == '#' || *r.p == ';')
            skip_line(&r);
        else
            ok = *r.p == '[' ? read_heading(&r) : read_variable(&r);
        if (!ok) {
            json_decref(r.root);
            return NULL;
        }
    }
    return r.root;
}
