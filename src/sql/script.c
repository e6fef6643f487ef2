/* sql/script.c: see script.h.
 *
 * Tokens are taken from the innermost source: the file at hand, or the value of a variable in it. What is no
 * directive is added to the file's statement until a semicolon ends that. A file that \i names is read to its
 * end before its includer goes on, with a statement of its own, so that an include between two halves of a
 * statement runs before it, as in psql. */
#include "sql/script.h"

#include "base/file.h"
#include "sql/internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { INCLUDE_DEPTH_MAX = 16 };

bool script_is_active(const SqlScript *s)
{
    return s->branches.n == 0 || s->branches.v[s->branches.n - 1].active;
}

static SqlScript *script_new(const void *ctx, const SqlScriptOptions *o)
{
    SqlScript *s = mem_new(ctx, SqlScript);
    s->root = mem_strdup(s, o->root);
    s->tree = o->tree;
    s->base = mem_strdup(s, o->base != NULL ? o->base : ".");
    s->variables = map_new(s);
    s->echo = str_new(s);
    s->path = str_new(s);
    const void *cursor = NULL;
    const char *name;
    void *value;
    while (o->variables != NULL && map_next(o->variables, &cursor, &name, &value))
        map_set(s->variables, name, mem_strdup(s, value));
    return s;
}

/* Goes on with `file`, until its end. */
static void enter(SqlScript *s, Source *file)
{
    Frame *f = mem_new(s, Frame);
    f->file = f->source = talloc_steal(f, file);
    f->statement.text = str_new(f);
    f->branches = s->branches.n;
    f->outer = s->frame;
    s->frame = f;
    statement_begin(s);
}

static void leave(SqlScript *s)
{
    Frame *f = s->frame;
    s->frame = f->outer;
    s->depth--;
    talloc_free(f);
}

/* Where a path leads, or its folder when there is no such file, that leaves the root; NULL when it does not. */
static char *outside_root(const void *ctx, const SqlScript *s, const char *path)
{
    if (s->root == NULL || path_plainly_within(path, s->root))
        return NULL;
    char *real = path_real(ctx, path);
    if (real == NULL)
        real = path_real(ctx, path_dir(ctx, path));
    return real != NULL && !path_within(real, s->root) ? real : NULL;
}

static bool explain_outside(const SqlScript *s, const char *real, Error *err)
{
    error_detail(err, "it is %s; the project is %s", real, s->root);
    error_hint(err, "what is deployed must stand in the project: copy it there");
    return false;
}

bool script_within_root(const SqlScript *s, const char *path, size_t at, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *real = outside_root(scratch, s, path);
    if (real == NULL)
        return true;
    source_error(s->frame->source, at, err, "%s lies outside the project", path);
    return explain_outside(s, real, err);
}

static bool open_main(SqlScript *s, const char *path, const char *name, bool digests, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *why = NULL, *real = outside_root(scratch, s, path);
    Source *file = real != NULL ? NULL : source_open(s, path, name, digests, &why);
    if (file != NULL) {
        enter(s, file);
        s->main = s->frame;
        return true;
    }
    if (real != NULL)
        error_set(err, ERR_CONFIG, "the script lies outside the project");
    else
        error_set(err, ERR_CONFIG, "cannot read the script: %s", why);
    error_place(err, name, 0, 0, NULL);
    if (real == NULL && access(path, R_OK) != 0 && errno == EACCES)
        error_hint(err, "check the permissions: ls -ld '%s'", path);
    return real != NULL && explain_outside(s, real, err);
}

SqlScript *sql_script_open(const void *ctx, const char *path, const SqlScriptOptions *o, Error *err)
{
    SqlScript *s = script_new(ctx, o);
    if (open_main(s, path, o->name != NULL ? o->name : path, o->digests, err))
        return s;
    talloc_free(s);
    return NULL;
}

SqlScript *sql_script_of_text(const void *ctx, const char *text, size_t len, const SqlScriptOptions *o,
                              Error *err)
{
    SqlScript *s = script_new(ctx, o);
    Source *source = source_of_text(s, text, len, o->name != NULL ? o->name : "<text>", o->digests, err);
    if (source == NULL) {
        talloc_free(s);
        return NULL;
    }
    enter(s, source);
    s->main = s->frame;
    return s;
}

/* A file name as an argument that psql's rules read back. */
static void add_include(Str *out, const char *dir, const char *name, const char *end)
{
    SCRATCH void *scratch = mem_scratch();
    str_add(out, "\\i '");
    for (const char *p = path_join(scratch, dir, name); *p != '\0'; p++) {
        if (*p == '\'' || *p == '\\')
            str_add_char(out, '\\');
        str_add_char(out, *p);
    }
    str_addf(out, "%s'\n", end);
}

/* The files of a folder, as a text that includes each. */
static bool include_folder(SqlScript *s, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    TextList names = {0};
    Str text = str_new(scratch);
    if (!dir_list(scratch, path, &names, err))
        return false;
    for (size_t i = 0; i < names.n; i++) {
        if (dir_exists(path_join(scratch, path, names.v[i])))
            add_include(&text, path, names.v[i], "/");
        else if (text_ends(names.v[i], ".sql"))
            add_include(&text, path, names.v[i], "");
    }
    Source *source = source_of_text(s, text.text, text.len, path_relative(path, s->root), false, err);
    if (source == NULL)
        return false;
    enter(s, source);
    s->depth++;
    return true;
}

bool script_include(SqlScript *s, const char *path, size_t at, Error *err)
{
    const Source *source = s->frame->source;
    const char *why;
    if (s->depth >= INCLUDE_DEPTH_MAX)
        return source_error(source, at, err,
                            "includes are nested deeper than %d: does a file include itself?",
                            INCLUDE_DEPTH_MAX);
    if (!script_within_root(s, path, at, err))
        return false;
    if (s->tree && text_ends(path, "/"))
        return include_folder(s, path, err);
    Source *file = source_open(s, path, s->root != NULL ? path_relative(path, s->root) : path, false, &why);
    if (file == NULL)
        return source_error(source, at, err, "cannot read the included file %s: %s", path, why);
    enter(s, file);
    s->depth++;
    return true;
}

static const char *unterminated_what(LexToken t)
{
    if (t.p[0] == '/')
        return "a comment that is not closed";
    return t.p[0] == '$'                                     ? "a dollar-quoted string that is not closed"
           : memchr(t.p, '"', t.len < 3 ? t.len : 3) != NULL ? "a quoted identifier that is not closed"
                                                             : "a string that is not closed";
}

static bool unclosed_if(const SqlScript *s, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const Branch *open = &s->branches.v[s->branches.n - 1];
    error_set(err, ERR_CONFIG, "\\if without \\endif");
    error_place(err, open->place.file, open->place.line, open->place.column,
                source_line(scratch, s->frame->file, open->place.line));
    return false;
}

typedef enum Step { STEP_GO_ON, STEP_ITEM, STEP_END, STEP_ERROR } Step;

/* A value is left for the text that it stands in; a file, with what stands behind its last semicolon as a
 * statement, for its includer. */
static Step at_end(SqlScript *s, SqlItem *item, Error *err)
{
    Frame *f = s->frame;
    if (f->source != f->file) {
        Source *value = f->source;
        f->source = value->within;
        f->statement.interrupted = true;
        talloc_free(value);
        return STEP_GO_ON;
    }
    if (s->branches.n > f->branches)
        return unclosed_if(s, err) ? STEP_GO_ON : STEP_ERROR;
    if (statement_finish(s, item))
        return STEP_ITEM;
    if (f->outer == NULL)
        return STEP_END;
    leave(s);
    return STEP_GO_ON;
}

static Step at_semicolon(SqlScript *s, LexToken t, SqlItem *item)
{
    Source *source = s->frame->source;
    source_consume(source, (size_t)(t.p - source->buffer) + t.len);
    if (statement_finish(s, item))
        return STEP_ITEM;
    statement_begin(s);
    return STEP_GO_ON;
}

static Step at_backslash(SqlScript *s, LexToken t, SqlItem *item, Error *err)
{
    bool ready = false;
    if (!directive_run(s, t, item, &ready, err))
        return STEP_ERROR;
    return ready ? STEP_ITEM : STEP_GO_ON;
}

/* Text that an \if skips is read, for quotes in it may hold backslashes, and forgotten. */
static Step skip_token(SqlScript *s, LexToken t)
{
    Source *source = s->frame->source;
    source_consume(source, (size_t)(t.p - source->buffer) + t.len);
    s->frame->statement.interrupted = true;
    return STEP_GO_ON;
}

static Step take_text(SqlScript *s, LexToken t, Error *err)
{
    if (!script_is_active(s))
        return skip_token(s, t);
    if (t.kind >= LEX_VARIABLE && t.kind <= LEX_VARIABLE_TEST)
        return variable_replace(s, t, err) ? STEP_GO_ON : STEP_ERROR;
    if (t.kind == LEX_ESCAPED)
        statement_add_replaced(s, t, LEX_OTHER, t.p[1] == ';' ? ";" : ":");
    else if (t.kind == LEX_SPACE)
        statement_add_space(s, t);
    else
        statement_add(s, t);
    return STEP_GO_ON;
}

static Step take_token(SqlScript *s, LexToken t, SqlItem *item, Error *err)
{
    Source *source = s->frame->source;
    switch (t.kind) {
    case LEX_MORE:
        return source_more(source, err) ? STEP_GO_ON : STEP_ERROR;
    case LEX_END:
        return at_end(s, item, err);
    case LEX_UNTERMINATED:
        source_error(source, (size_t)(t.p - source->buffer), err, "%s", unterminated_what(t));
        return STEP_ERROR;
    case LEX_BACKSLASH:
        return at_backslash(s, t, item, err);
    case LEX_SEMICOLON:
        return script_is_active(s) ? at_semicolon(s, t, item) : skip_token(s, t);
    case LEX_SPACE:
    case LEX_WORD:
    case LEX_IDENT:
    case LEX_STRING:
    case LEX_NUMBER:
    case LEX_VARIABLE:
    case LEX_VARIABLE_LITERAL:
    case LEX_VARIABLE_IDENT:
    case LEX_VARIABLE_TEST:
    case LEX_ESCAPED:
    case LEX_OTHER:
        break;
    }
    return take_text(s, t, err);
}

SqlNext sql_script_next(SqlScript *s, SqlItem *item, Error *err)
{
    if (!copy_skip_data(s, err))
        return SQL_NEXT_ERROR;
    if (s->frame->statement.given)
        statement_begin(s);
    Step step = STEP_GO_ON;
    while (step == STEP_GO_ON) {
        const Source *source = s->frame->source;
        LexToken t = lex_next(&s->frame->statement.lexer, source->buffer + source->at,
                              source->buffer + source->len, source->last);
        step = take_token(s, t, item, err);
    }
    return step == STEP_ITEM ? SQL_NEXT_ITEM : step == STEP_END ? SQL_NEXT_END : SQL_NEXT_ERROR;
}

void sql_script_digest(SqlScript *s, DigestKind kind, char hex[DIGEST_HEX_MAX])
{
    digest_hex(kind == DIGEST_SHA1 ? s->main->file->sha1 : s->main->file->sha256, hex);
}
