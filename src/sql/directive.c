/* sql/directive.c: psql's backslash commands that scripts use, as a table. A directive ends with its line, or before the
 * next backslash. */
#include "base/file.h"
#include "sql/internal.h"

#include <string.h>

/* A directive being run. */
typedef struct Directive {
    SqlScript *script;
    size_t at;      /* offset of its backslash in the window */
    View name;
    View rest;      /* its arguments: up to the end of the line */
    const char *p;  /* how far they were read */
    SqlItem *item;
    bool *ready;
    Error *err;
} Directive;

typedef struct DirectiveInfo {
    const char *name;
    bool (*run)(Directive *d);
    bool is_branch;  /* read also where an \if skips */
    bool whole_line; /* takes its line as it is: no variables, no end at a backslash */
} DirectiveInfo;

static bool fail(const Directive *d, const char *fmt, const char *what)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    const char *mark = strstr(fmt, "%s");
    str_add_n(&text, fmt, mark == NULL ? strlen(fmt) : (size_t)(mark - fmt));
    if (mark != NULL) {
        str_add(&text, what);
        str_add(&text, mark + 2);
    }
    return source_error(d->script->source, d->at, d->err, "%s", text.text);
}

static const char *rest_end(const Directive *d)
{
    return d->rest.p + d->rest.len;
}

/* 'text' with '' and C-like escapes, as psql's xslashquote. */
static const char *single_quoted(const char *p, const char *end, Str *out)
{
    static const char from[] = "ntbrf", to[] = "\n\t\b\r\f";
    for (p++; p < end; p++) {
        if (*p == '\'' && (p + 1 == end || p[1] != '\''))
            return p + 1;
        if (*p == '\'') {
            p++;
        } else if (*p == '\\' && p + 1 < end) {
            const char *escape = strchr(from, *++p);
            str_add_char(out, escape != NULL ? to[escape - from] : *p);
            continue;
        }
        str_add_char(out, *p);
    }
    return NULL;
}

/* A variable within an argument; unset ones stay as they are. */
static const char *argument_variable(const Directive *d, const char *p, Str *out)
{
    Lexer lexer = {0};
    LexToken t = lex_next(&lexer, p, rest_end(d), true);
    bool is_variable = t.kind >= LEX_VARIABLE && t.kind <= LEX_VARIABLE_TEST;
    if (!is_variable || !script_variable(d->script, t, out))
        str_add_n(out, t.p, t.len);
    return t.p + t.len;
}

typedef enum Argument { ARGUMENT_NONE, ARGUMENT_TAKEN, ARGUMENT_BAD } Argument;

/* The next argument: quoted and unquoted pieces up to a blank. */
static Argument next_argument(Directive *d, Str *out)
{
    const char *end = rest_end(d);
    str_clear(out);
    while (d->p < end && strchr(" \t\r\v\f", *d->p) != NULL)
        d->p++;
    if (d->p == end)
        return ARGUMENT_NONE;
    while (d->p < end && strchr(" \t\r\v\f", *d->p) == NULL) {
        if (*d->p == '\'')
            d->p = single_quoted(d->p, end, out);
        else if (*d->p == ':')
            d->p = argument_variable(d, d->p, out);
        else if (*d->p == '`')
            return fail(d, "backquotes would run a shell command, which pgwright never does", ""), ARGUMENT_BAD;
        else
            str_add_char(out, *d->p++);
        if (d->p == NULL)
            return fail(d, "a quoted argument that is not closed", ""), ARGUMENT_BAD;
    }
    return ARGUMENT_TAKEN;
}

static void give_item(Directive *d, SqlItem item)
{
    item.script = d->script;
    item.place = source_place(d->script->source, d->at);
    *d->item = item;
    *d->ready = true;
}

static bool run_echo(Directive *d)
{
    SCRATCH void *scratch = mem_scratch();
    Str word = str_new(scratch), *line = &d->script->extra;
    bool newline = true, first = true;
    str_clear(line);
    for (Argument a; (a = next_argument(d, &word)) != ARGUMENT_NONE;) {
        if (a == ARGUMENT_BAD)
            return false;
        if (first && strcmp(word.text, "-n") == 0) {
            newline = false;
            continue;
        }
        str_addf(line, "%s%s", first ? "" : " ", word.text);
        first = false;
    }
    if (newline)
        str_add_char(line, '\n');
    give_item(d, (SqlItem){.kind = SQL_ECHO, .text = line->text, .len = line->len, .facts = {.command = "\\echo"}});
    return true;
}

/* \set name value…: the values are joined. */
static bool run_set(Directive *d)
{
    SCRATCH void *scratch = mem_scratch();
    Str name = str_new(scratch), word = str_new(scratch), value = str_new(scratch);
    Argument a = next_argument(d, &name);
    if (a == ARGUMENT_NONE)
        return fail(d, "\\set needs a name", "");
    for (; a == ARGUMENT_TAKEN; str_add(&value, word.text)) {
        a = next_argument(d, &word);
        if (a != ARGUMENT_TAKEN)
            break;
    }
    if (a == ARGUMENT_BAD)
        return false;
    map_set(d->script->variables, name.text, mem_strdup(d->script, value.text));
    return true;
}

static bool run_unset(Directive *d)
{
    SCRATCH void *scratch = mem_scratch();
    Str name = str_new(scratch);
    if (next_argument(d, &name) != ARGUMENT_TAKEN)
        return error_is_set(d->err) ? false : fail(d, "\\unset needs a name", "");
    map_remove(d->script->variables, name.text);
    return true;
}

static bool include(Directive *d, bool relative)
{
    SCRATCH void *scratch = mem_scratch();
    Str name = str_new(scratch);
    if (next_argument(d, &name) != ARGUMENT_TAKEN)
        return error_is_set(d->err) ? false : fail(d, "the name of the file to include is missing", "");
    const Source *source = d->script->source;
    const char *dir = relative && source->path != NULL ? path_dir(scratch, source->path) : d->script->base;
    /* consumed before the include begins, so that the includer goes on behind this line */
    size_t behind = (size_t)(rest_end(d) - source->buffer);
    if (!script_include(d->script, path_join(scratch, dir, name.text), d->at, d->err))
        return false;
    source_consume(d->script->source->includer, behind);
    return true;
}

static bool run_include(Directive *d)
{
    return include(d, false);
}

static bool run_include_relative(Directive *d)
{
    return include(d, true);
}

/* psql's booleans: ParseVariableBool(). */
static bool to_boolean(const char *text, bool *value)
{
    static const char *const yes[] = {"true", "yes", "on", "1", "t", "y", "tr", "tru", "ye"};
    static const char *const no[] = {"false", "no", "off", "0", "f", "n", "fa", "fal", "fals", "of"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (strcasecmp(text, yes[i]) == 0)
            return *value = true;
    *value = false;
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (strcasecmp(text, no[i]) == 0)
            return true;
    return false;
}

static bool condition(Directive *d, bool *value)
{
    SCRATCH void *scratch = mem_scratch();
    Str word = str_new(scratch), text = str_new(scratch);
    Argument a;
    while ((a = next_argument(d, &word)) == ARGUMENT_TAKEN)
        str_addf(&text, "%s%s", text.len > 0 ? " " : "", word.text);
    if (a == ARGUMENT_BAD)
        return false;
    return to_boolean(text.text, value) || fail(d, "the condition must be a boolean (true, false, on, off, 1, 0), not \"%s\"",
                                                text.text);
}

static bool run_if(Directive *d)
{
    SqlScript *s = d->script;
    bool outer = script_is_active(s), value = false;
    if (outer && !condition(d, &value))
        return false;
    Branch branch = {.active = outer && value, .taken = !outer || value, .place = source_place(s->source, d->at)};
    branch.place.file = mem_strdup(s, branch.place.file);
    list_push(s, &s->branches, branch);
    return true;
}

static Branch *open_branch(const Directive *d)
{
    SqlScript *s = d->script;
    if (s->branches.n > 0)
        return &s->branches.v[s->branches.n - 1];
    fail(d, "there is no \\if for it", "");
    return NULL;
}

static bool run_elif(Directive *d)
{
    Branch *b = open_branch(d);
    if (b == NULL || b->seen_else)
        return b != NULL && fail(d, "\\elif behind \\else", "");
    b->active = false;
    if (b->taken)
        return true;
    bool value;
    if (!condition(d, &value))
        return false;
    b->active = b->taken = value;
    return true;
}

static bool run_else(Directive *d)
{
    Branch *b = open_branch(d);
    if (b == NULL || b->seen_else)
        return b != NULL && fail(d, "a second \\else", "");
    b->active = !b->taken;
    b->taken = b->seen_else = true;
    return true;
}

static bool run_endif(Directive *d)
{
    if (open_branch(d) == NULL)
        return false;
    d->script->branches.n--;
    return true;
}

static bool run_connect(Directive *d)
{
    fail(d, "\\%s would leave the connection that the change is recorded on", d->name.len == 1 ? "c" : "connect");
    error_hint(d->err, "deploy to another database with --database");
    return false;
}

/* The parts of \copy: what stands before FROM or TO, where from or to, and the options behind. */
typedef struct CopyParts {
    View what, options;
    bool from;
    View place; /* the token: stdin, stdout, or a file's name, quoted or not */
} CopyParts;

static bool split_copy(const Directive *d, CopyParts *parts)
{
    Lexer lexer = {0};
    const char *end = rest_end(d);
    bool found = false;
    for (const char *p = d->rest.p; p < end;) {
        LexToken t = lex_next(&lexer, p, end, true);
        p = t.p + t.len;
        if (found && t.kind != LEX_SPACE) {
            /* an unquoted name runs to the next blank */
            while (t.kind != LEX_STRING && p < end && strchr(" \t\r", *p) == NULL)
                p++;
            parts->place = (View){t.p, (size_t)(p - t.p)};
            parts->options = (View){p, (size_t)(end - p)};
            return true;
        }
        View word = {t.p, t.len};
        bool to = view_is_nocase(word, "to");
        if (t.kind != LEX_WORD || lexer.parens > 0 || !(to || view_is_nocase(word, "from")))
            continue;
        found = true;
        parts->from = !to;
        parts->what = (View){d->rest.p, (size_t)(t.p - d->rest.p)};
    }
    return false;
}

static bool copy_from_or_to(Directive *d, const CopyParts *parts, Str *path)
{
    static const char *const here[] = {"stdin", "stdout", "pstdin", "pstdout"};
    for (size_t i = 0; i < sizeof here / sizeof here[0]; i++)
        if (view_is_nocase(parts->place, here[i]))
            return true;
    if (view_is_nocase(parts->place, "program"))
        return fail(d, "\\copy … program would run a shell command, which pgwright never does", "");
    SCRATCH void *scratch = mem_scratch();
    Str name = str_new(scratch);
    if (parts->place.p[0] == '\'')
        single_quoted(parts->place.p, parts->place.p + parts->place.len, &name);
    else
        str_add_n(&name, parts->place.p, parts->place.len);
    char *full = path_join(scratch, d->script->base, name.text);
    if (!script_within_root(d->script, parts->from ? full : path_dir(scratch, full), d->script->source, d->at, d->err))
        return false;
    if (parts->from && !file_exists(full))
        return fail(d, "the file %s is not there", full);
    str_add(path, full);
    return true;
}

static bool run_copy(Directive *d)
{
    SqlScript *s = d->script;
    SCRATCH void *scratch = mem_scratch();
    CopyParts parts = {0};
    Str path = str_new(scratch);
    if (!split_copy(d, &parts))
        return fail(d, "\\copy needs FROM or TO, and a file", "");
    if (!copy_from_or_to(d, &parts, &path))
        return false;
    View what = view_trim(parts.what), options = view_trim(parts.options);
    while (options.len > 0 && options.p[options.len - 1] == ';')
        options.len--;
    str_clear(&s->extra);
    str_addf(&s->extra, "COPY %.*s %s %.*s", (int)what.len, what.p, parts.from ? "FROM STDIN" : "TO STDOUT",
             (int)options.len, options.p);
    give_item(d, (SqlItem){.kind = SQL_CLIENT_COPY,
                           .text = s->extra.text,
                           .len = s->extra.len,
                           .path = mem_strdup(s, path.text),
                           .facts = {.kind = parts.from ? SQL_COPY_FROM_STDIN : SQL_COPY_TO_STDOUT,
                                     .command = "COPY",
                                     .locks = 2}});
    s->copy_pending = parts.from && path.len == 0;
    return true;
}

static const DirectiveInfo directives[] = {
    {"c", run_connect, false, false},
    {"connect", run_connect, false, false},
    {"copy", run_copy, false, true},
    {"echo", run_echo, false, false},
    {"elif", run_elif, true, false},
    {"else", run_else, true, false},
    {"endif", run_endif, true, false},
    {"i", run_include, false, false},
    {"if", run_if, true, false},
    {"include", run_include, false, false},
    {"include_relative", run_include_relative, false, false},
    {"ir", run_include_relative, false, false},
    {"qecho", run_echo, false, false},
    {"set", run_set, false, false},
    {"unset", run_unset, false, false},
    {"warn", run_echo, false, false},
};

static const DirectiveInfo *find_directive(View name)
{
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++)
        if (view_is(name, directives[i].name))
            return &directives[i];
    return NULL;
}

static bool unknown(const Directive *d)
{
    SCRATCH void *scratch = mem_scratch();
    const size_t n = sizeof directives / sizeof directives[0];
    const char **names = mem_array(scratch, const char *, n);
    for (size_t i = 0; i < n; i++)
        names[i] = directives[i].name;
    char *name = mem_strndup(scratch, d->name.p, d->name.len);
    fail(d, name[0] != '\0' ? "the psql directive \\%s is not one that pgwright runs" : "a backslash outside quotes", name);
    const char *near = text_nearest(name, names, n);
    if (near != NULL && strlen(name) > 1)
        error_hint(d->err, "did you mean \\%s?", near);
    else
        error_hint(d->err, "it runs \\i \\ir \\include \\include_relative \\set \\unset \\echo \\qecho \\warn \\if \\elif "
                           "\\else \\endif \\copy");
    return false;
}

/* The directive's line, whole in the window. */
static bool read_line(SqlScript *s, size_t *at, size_t *end, Error *err)
{
    for (;;) {
        Source *src = s->source;
        const char *newline = memchr(src->buffer + *at, '\n', src->len - *at);
        if (newline != NULL || src->last) {
            *end = newline != NULL ? (size_t)(newline - src->buffer) : src->len;
            return true;
        }
        size_t before = src->at;
        if (!source_more(src, err))
            return false;
        *at -= before; /* the window moved up by what was consumed */
    }
}

/* Another backslash outside quotes ends the arguments: "\\\\" goes on with SQL, "\\x" is the next directive. */
static size_t arguments_end(const Source *src, size_t from, size_t line_end)
{
    bool quoted = false;
    for (size_t i = from; i < line_end; i++) {
        char c = src->buffer[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '\'')
            quoted = !quoted;
        else if (!quoted && c == '\\')
            return i;
    }
    return line_end;
}

bool directive_run(SqlScript *s, size_t at, SqlItem *item, bool *ready, Error *err)
{
    size_t line_end;
    if (!read_line(s, &at, &line_end, err))
        return false;
    Source *src = s->source;
    const char *name = src->buffer + at + 1;
    size_t n = 0;
    while (at + 1 + n < line_end && strchr(" \t\r\n\v\f\\;'\"", name[n]) == NULL)
        n++;
    Directive d = {.script = s, .at = at, .name = {name, n}, .item = item, .ready = ready, .err = err};
    const DirectiveInfo *info = find_directive(d.name);
    bool whole_line = info != NULL && info->whole_line;
    size_t from = at + 1 + n, end = whole_line ? line_end : arguments_end(src, from, line_end);
    d.rest = (View){src->buffer + from, end - from};
    d.p = d.rest.p;
    bool skipped = !script_is_active(s) && (info == NULL || !info->is_branch);
    if (!skipped && info == NULL)
        return unknown(&d);
    if (!skipped && !info->run(&d))
        return false;
    if (s->source == src) /* an include has consumed it itself */
        source_consume(src, end + (end + 1 < src->len && src->buffer[end] == '\\' && src->buffer[end + 1] == '\\' ? 2 : 0));
    return true;
}
