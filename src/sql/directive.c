/* sql/directive.c: psql's backslash commands that scripts use, as a table. A directive ends with its line, or
 * before the next backslash. */
#include "base/file.h"
#include "sql/internal.h"

#include <string.h>

typedef struct DirectiveInfo {
    const char *name;
    bool (*run)(Directive *d);
    bool is_branch;  /* read also where an \if skips */
    bool whole_line; /* takes its line as it is: no variables, no end at a backslash */
} DirectiveInfo;

bool directive_fail(const Directive *d, const char *fmt, ...)
{
    const Source *source = d->script->frame->source;
    if (d->args.fault != NULL)
        return source_error(source, d->at, d->err, "%s", d->args.fault);
    va_list args;
    va_start(args, fmt);
    source_error_v(source, d->at, d->err, fmt, args);
    va_end(args);
    return false;
}

void directive_give(Directive *d, SqlItem item)
{
    item.script = d->script;
    item.place = source_place(d->script->frame->source, d->at);
    *d->item = item;
    *d->ready = true;
}

static bool run_echo(Directive *d)
{
    SCRATCH void *scratch = mem_scratch();
    Str word = str_new(scratch), *line = &d->script->echo;
    bool newline = true, first = true;
    str_clear(line);
    while (arguments_next(&d->args, &word)) {
        if (first && newline && strcmp(word.text, "-n") == 0) {
            newline = false;
            continue;
        }
        if (!first)
            str_add_char(line, ' ');
        str_add_n(line, word.text, word.len);
        first = false;
    }
    if (newline)
        str_add_char(line, '\n');
    directive_give(
        d, (SqlItem){.kind = SQL_ECHO, .text = line->text, .len = line->len, .facts = {.command = "\\echo"}});
    return true;
}

static bool is_text(const Str *value)
{
    size_t i = 0;
    for (size_t n = 1; i < value->len && n > 0 && value->text[i] != '\0'; i += n)
        n = utf8_sequence(value->text + i, value->len - i);
    return i == value->len;
}

/* \set name value…: the values are joined. */
static bool run_set(Directive *d)
{
    SCRATCH void *scratch = mem_scratch();
    Str name = str_new(scratch), word = str_new(scratch), value = str_new(scratch);
    if (!arguments_next(&d->args, &name))
        return directive_fail(d, "\\set needs a name");
    if (!lex_is_variable_name((View){name.text, name.len}))
        return directive_fail(d, "\"%s\" cannot be a variable's name: letters, digits and _ can", name.text);
    while (arguments_next(&d->args, &word))
        str_add_n(&value, word.text, word.len);
    if (!is_text(&value))
        return directive_fail(d, "the value of %s is not valid UTF-8, or holds a NUL byte", name.text);
    map_set(d->script->variables, name.text, mem_strdup(d->script, value.text));
    return true;
}

static bool run_unset(Directive *d)
{
    SCRATCH void *scratch = mem_scratch();
    Str name = str_new(scratch);
    if (!arguments_next(&d->args, &name))
        return directive_fail(d, "\\unset needs a name");
    map_remove(d->script->variables, name.text);
    return true;
}

/* \ir is relative to the file that it stands in, \i to psql's working folder. */
static bool include(Directive *d, bool relative)
{
    SCRATCH void *scratch = mem_scratch();
    Str name = str_new(scratch);
    const char *file = d->script->frame->file->path;
    if (!arguments_next(&d->args, &name))
        return directive_fail(d, "the name of the file to include is missing");
    for (; d->args.bare > 0 && name.text[name.len - 1] == ';'; d->args.bare--)
        name.text[--name.len] = '\0';
    relative |= d->script->tree;
    const char *dir = relative && file != NULL ? path_dir(scratch, file) : d->script->base;
    return script_include(d->script, path_join(scratch, dir, name.text), d->at, d->err);
}

static bool run_include(Directive *d)
{
    return include(d, false);
}

static bool run_include_relative(Directive *d)
{
    return include(d, true);
}

static bool condition(Directive *d, bool *value)
{
    SCRATCH void *scratch = mem_scratch();
    Str word = str_new(scratch), text = str_new(scratch);
    while (arguments_next(&d->args, &word))
        str_addf(&text, "%s%s", text.len > 0 ? " " : "", word.text);
    return (d->args.fault == NULL && variable_boolean(text.text, value)) ||
           directive_fail(d, "the condition must be a boolean (true, false, on, off, 1, 0), not \"%s\"",
                          text.text);
}

/* A branch's parentheses and quotes count only when it is read. */
static void skip_branch(SqlScript *s, Branch *b)
{
    b->active = false;
    b->lexer = s->frame->statement.lexer;
}

static void end_branch(SqlScript *s, const Branch *b)
{
    if (!b->active)
        s->frame->statement.lexer = b->lexer;
}

static bool run_if(Directive *d)
{
    SqlScript *s = d->script;
    bool outer = script_is_active(s), value = false;
    if (outer && !condition(d, &value))
        return false;
    Branch branch = {
        .active = value, .taken = !outer || value, .place = source_place(s->frame->source, d->at)};
    if (!value)
        skip_branch(s, &branch);
    list_push(s, &s->branches, branch);
    return true;
}

/* The \if of this file that is open; NULL with an error when there is none. */
static Branch *open_branch(const Directive *d)
{
    SqlScript *s = d->script;
    if (s->branches.n > s->frame->branches)
        return &s->branches.v[s->branches.n - 1];
    directive_fail(d, "there is no \\if for it");
    return NULL;
}

static bool run_elif(Directive *d)
{
    SqlScript *s = d->script;
    Branch *b = open_branch(d);
    if (b == NULL || b->seen_else)
        return b != NULL && directive_fail(d, "\\elif behind \\else");
    end_branch(s, b);
    skip_branch(s, b);
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
    SqlScript *s = d->script;
    Branch *b = open_branch(d);
    if (b == NULL || b->seen_else)
        return b != NULL && directive_fail(d, "a second \\else");
    end_branch(s, b);
    skip_branch(s, b);
    b->active = !b->taken;
    b->taken = b->seen_else = true;
    return true;
}

static bool run_endif(Directive *d)
{
    const Branch *b = open_branch(d);
    if (b == NULL)
        return false;
    end_branch(d->script, b);
    d->script->branches.n--;
    return true;
}

static bool run_connect(Directive *d)
{
    directive_fail(d, "\\%.*s would leave the connection that the change is recorded on", (int)d->name.len,
                   d->name.p);
    error_hint(d->err, "deploy to another database with --database");
    return false;
}

static const DirectiveInfo directives[] = {
    {"c",                run_connect,          false, false},
    {"connect",          run_connect,          false, false},
    {"copy",             copy_directive,       false, true },
    {"echo",             run_echo,             false, false},
    {"elif",             run_elif,             true,  false},
    {"else",             run_else,             true,  false},
    {"endif",            run_endif,            true,  false},
    {"i",                run_include,          false, false},
    {"if",               run_if,               true,  false},
    {"include",          run_include,          false, false},
    {"include_relative", run_include_relative, false, false},
    {"ir",               run_include_relative, false, false},
    {"qecho",            run_echo,             false, false},
    {"set",              run_set,              false, false},
    {"unset",            run_unset,            false, false},
    {"warn",             run_echo,             false, false},
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
    if (name[0] == '\0')
        return directive_fail(d, "a backslash outside quotes");
    directive_fail(d, "the psql directive \\%s is not one that pgwright runs", name);
    const char *near = text_nearest(name, names, n);
    if (near != NULL && strlen(name) > 1)
        error_hint(d->err, "did you mean \\%s?", near);
    else
        error_hint(
            d->err,
            "it runs \\i \\ir \\include \\include_relative \\set \\unset \\echo \\qecho \\warn \\if \\elif "
            "\\else \\endif \\copy");
    return false;
}

/* The end of the directive's line, which then is whole in the window. */
static bool line_end(Source *source, size_t *end, Error *err)
{
    for (;;) {
        const char *newline = memchr(source->buffer + source->at, '\n', source->len - source->at);
        if (newline != NULL || source->last) {
            *end = newline != NULL ? (size_t)(newline - source->buffer) : source->len;
            return true;
        }
        if (!source_more(source, err))
            return false;
    }
}

static View name_of(const char *p, const char *line_end)
{
    size_t n = 0;
    while (p + n < line_end && strchr(" \t\r\v\f\\", p[n]) == NULL)
        n++;
    return (View){p, n};
}

/* "\\" behind the arguments belongs to the directive: SQL goes on behind it. */
static size_t behind(const Source *source, const char *end, size_t line_end)
{
    size_t at = (size_t)(end - source->buffer);
    return at + 1 < line_end && end[0] == '\\' && end[1] == '\\' ? at + 2 : at;
}

bool directive_run(SqlScript *s, LexToken t, SqlItem *item, bool *ready, Error *err)
{
    Frame *frame = s->frame;
    Source *source = frame->source;
    size_t end_of_line;
    if (!line_end(source, &end_of_line, err))
        return false;
    const char *end = source->buffer + end_of_line;
    Directive d = {.script = s, .at = source->at, .item = item, .ready = ready, .err = err};
    d.name = name_of(source->buffer + source->at + t.len, end);
    const DirectiveInfo *info = find_directive(d.name);
    const char *args = d.name.p + d.name.len;
    if (info == NULL || !info->whole_line)
        end = arguments_end(args, end);
    d.args = (Arguments){.script = s, .p = args, .end = end};
    bool skipped = !script_is_active(s) && (info == NULL || !info->is_branch);
    if (!skipped && info == NULL)
        return unknown(&d);
    if (!skipped && !info->run(&d))
        return false;
    if (d.args.fault != NULL)
        return directive_fail(&d, "%s", d.args.fault);
    source_consume(source, behind(source, end, end_of_line));
    frame->statement.interrupted = true;
    return true;
}
