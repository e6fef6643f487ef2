/* sql/script.c: see script.h.
 *
 * Tokens are taken from the source at hand; what is no directive goes into `text`, piece by piece with where it came
 * from, until a semicolon ends the statement. */
#include "sql/script.h"

#include "base/file.h"
#include "sql/internal.h"
#include "sql/quote.h"

#include <string.h>

enum { INCLUDE_DEPTH_MAX = 16 };

bool script_is_active(const SqlScript *s)
{
    return s->branches.n == 0 || s->branches.v[s->branches.n - 1].active;
}

bool script_within_root(const SqlScript *s, const char *path, const Source *at_source, size_t at, Error *err)
{
    if (s->root == NULL)
        return true;
    SCRATCH void *scratch = mem_scratch();
    const char *real = path_real(scratch, path);
    if (real == NULL || path_within(real, s->root))
        return true;
    if (at_source != NULL) {
        source_error(at_source, at, err, "%s lies outside the project", path);
    } else {
        error_set(err, ERR_CONFIG, "the script lies outside the project");
        error_place(err, path, 0, 0, NULL);
    }
    error_detail(err, "it is %s; the project is %s", real, s->root);
    error_hint(err, "what is deployed must stand in the project: copy it there");
    return false;
}

static SqlScript *script_new(const void *ctx, const SqlScriptOptions *o)
{
    SqlScript *s = mem_new(ctx, SqlScript);
    s->root = mem_strdup(s, o->root);
    s->base = mem_strdup(s, o->base != NULL ? o->base : ".");
    s->variables = map_new(s);
    s->text = str_new(s);
    s->extra = str_new(s);
    const void *cursor = NULL;
    const char *name;
    void *value;
    while (o->variables != NULL && map_next(o->variables, &cursor, &name, &value))
        map_set(s->variables, name, mem_strdup(s, value));
    return s;
}

static SqlScript *with_source(SqlScript *s, Source *source)
{
    s->main = s->source = source;
    if (source != NULL)
        return s;
    talloc_free(s);
    return NULL;
}

SqlScript *sql_script_open(const void *ctx, const char *path, const SqlScriptOptions *o, Error *err)
{
    SqlScript *s = script_new(ctx, o);
    if (!script_within_root(s, path, NULL, 0, err)) {
        talloc_free(s);
        return NULL;
    }
    return with_source(s, source_open(s, path, o->name != NULL ? o->name : path, true, err));
}

SqlScript *sql_script_of_text(const void *ctx, const char *text, size_t len, const SqlScriptOptions *o, Error *err)
{
    SqlScript *s = script_new(ctx, o);
    return with_source(s, source_of_text(s, text, len, o->name != NULL ? o->name : "<text>", true, err));
}

bool script_include(SqlScript *s, const char *path, size_t at, Error *err)
{
    if (s->depth >= INCLUDE_DEPTH_MAX)
        return source_error(s->source, at, err, "includes are nested deeper than %d: does a file include itself?",
                            INCLUDE_DEPTH_MAX);
    if (!script_within_root(s, path, s->source, at, err))
        return false;
    if (!file_exists(path))
        return source_error(s->source, at, err, "the included file %s is not there", path);
    const char *shown = s->root != NULL ? path_relative(path, s->root) : path;
    Source *included = source_open(s, path, shown, false, err);
    if (included == NULL)
        return false;
    included->includer = s->source;
    included->lexer = s->source->lexer;
    s->source = included;
    s->depth++;
    return true;
}

bool script_variable(const SqlScript *s, LexToken t, Str *out)
{
    SCRATCH void *scratch = mem_scratch();
    View name = lex_variable_name(t);
    const char *value = map_get(s->variables, mem_strndup(scratch, name.p, name.len));
    if (t.kind == LEX_VARIABLE_TEST)
        str_add(out, value != NULL ? "TRUE" : "FALSE");
    else if (value == NULL)
        return false;
    else
        str_add(out, t.kind == LEX_VARIABLE_LITERAL ? sql_literal(scratch, value)
                     : t.kind == LEX_VARIABLE_IDENT ? sql_ident(scratch, value)
                                                    : value);
    return true;
}

static void begin_statement(SqlScript *s)
{
    str_clear(&s->text);
    s->segments.n = 0;
    facts_begin(&s->facts);
    lex_statement(&s->source->lexer);
}

/* Adds what stands from the source's `at` to offset `to`. A run of plain tokens becomes one segment. */
static void add_plain(SqlScript *s, size_t to)
{
    Source *src = s->source;
    const Segment *last = s->segments.n == 0 ? NULL : &s->segments.v[s->segments.n - 1];
    if (last == NULL || last->replaced || last->source != src)
        list_push(s, &s->segments,
                  (Segment){.start = s->text.len, .place = source_place(src, src->at), .source = src});
    str_add_n(&s->text, src->buffer + src->at, to - src->at);
    source_consume(src, to);
}

static void add_replaced(SqlScript *s, const char *value, size_t to)
{
    Source *src = s->source;
    list_push(s, &s->segments,
              (Segment){.start = s->text.len, .place = source_place(src, src->at), .replaced = true, .source = src});
    str_add(&s->text, value);
    source_consume(src, to);
}

/* "-- transaction: none", however it is spaced and capitalised. */
static bool says_no_transaction(View comment)
{
    SCRATCH void *scratch = mem_scratch();
    comment = view_trim((View){comment.p + 2, comment.len - 2});
    char *text = mem_strndup(scratch, comment.p, comment.len);
    char *colon = strchr(text, ':');
    if (colon == NULL)
        return false;
    View key = view_trim((View){text, (size_t)(colon - text)}), value = view_trim(view_of(colon + 1));
    return view_is_nocase(key, "transaction") && view_is_nocase(value, "none");
}

static void note_comment(SqlScript *s, LexToken t)
{
    if (s->begun || s->source != s->main || t.len < 2 || t.p[0] != '-' || s->own_transaction)
        return;
    s->own_transaction = says_no_transaction((View){t.p, t.len});
    if (s->own_transaction)
        s->own_place = source_place(s->source, (size_t)(t.p - s->source->buffer));
}

/* An enum value that was added by an earlier statement and is named again. */
static void note_label(SqlScript *s, LexToken t)
{
    if (t.kind != LEX_STRING)
        return;
    for (size_t i = 0; i < s->labels.n; i++) {
        bool own = s->facts.label.p == t.p; /* the statement that adds it */
        s->label_used = s->label_used || (!own && view_is((View){t.p, t.len}, s->labels.v[i]));
    }
}

/* SET standard_conforming_strings = off changes how what follows is read. */
static void note_setting(SqlScript *s, SqlFacts facts)
{
    if (facts.kind != SQL_SET || strcasestr(s->text.text, "standard_conforming_strings") == NULL)
        return;
    s->source->lexer.backslash_escapes = strcasestr(s->text.text, "off") != NULL;
}

/* The statement that was read, as an item; false when there is nothing in it. */
static bool finish_statement(SqlScript *s, SqlItem *item)
{
    while (s->text.len > 0 && strchr(" \t\r\n\v\f", s->text.text[s->text.len - 1]) != NULL)
        s->text.text[--s->text.len] = '\0';
    if (s->text.len == 0)
        return false;
    *item = (SqlItem){.kind = SQL_STATEMENT,
                      .text = s->text.text,
                      .len = s->text.len,
                      .place = s->place,
                      .facts = facts_end(&s->facts),
                      .script = s};
    s->copy_pending = item->facts.kind == SQL_COPY_FROM_STDIN;
    note_setting(s, item->facts);
    if (item->facts.kind == SQL_ADD_ENUM_VALUE && s->facts.label.p != NULL)
        list_push(s, &s->labels, mem_strndup(s, s->facts.label.p, s->facts.label.len));
    return true;
}

/* The label's view points into the window, which moves: keep its text as soon as the statement goes on. */
static void token_facts(SqlScript *s, LexToken t)
{
    bool had_label = s->facts.label.p != NULL;
    facts_token(&s->facts, t, s->source->lexer.parens);
    if (!had_label && s->facts.label.p != NULL)
        s->facts.label.p = mem_strndup(s, t.p, t.len);
    else
        note_label(s, t);
}

static void add_token(SqlScript *s, LexToken t, size_t to)
{
    if (s->text.len == 0)
        s->place = source_place(s->source, s->source->at);
    s->begun = true;
    token_facts(s, t);
    add_plain(s, to);
}

static void add_variable(SqlScript *s, LexToken t, size_t to)
{
    SCRATCH void *scratch = mem_scratch();
    Str value = str_new(scratch);
    if (!script_variable(s, t, &value)) {
        add_token(s, t, to);
        return;
    }
    if (s->text.len == 0)
        s->place = source_place(s->source, s->source->at);
    s->begun = true;
    add_replaced(s, value.text, to);
}

static void add_space(SqlScript *s, LexToken t, size_t to)
{
    if (s->text.len > 0) {
        add_plain(s, to);
        return;
    }
    note_comment(s, t);
    source_consume(s->source, to);
}

static const char *unterminated_what(LexToken t)
{
    if (t.p[0] == '/')
        return "a comment that is not closed";
    return t.p[0] == '$' ? "a dollar-quoted string that is not closed"
           : memchr(t.p, '"', t.len < 3 ? t.len : 3) != NULL ? "a quoted identifier that is not closed"
                                                             : "a string that is not closed";
}

/* At the end of an include the includer goes on; a statement may run on over that. */
static bool leave_include(SqlScript *s)
{
    Source *includer = s->source->includer;
    if (includer == NULL)
        return false;
    includer->lexer = s->source->lexer;
    source_close(s->source);
    s->source = includer;
    s->depth--;
    return true;
}

typedef enum Step { STEP_GO_ON, STEP_ITEM, STEP_END, STEP_ERROR } Step;

static Step at_end(SqlScript *s, SqlItem *item, Error *err)
{
    if (leave_include(s))
        return STEP_GO_ON;
    if (s->branches.n > 0) {
        const Branch *open = &s->branches.v[s->branches.n - 1];
        error_set(err, ERR_CONFIG, "\\if without \\endif");
        error_place(err, open->place.file, open->place.line, open->place.column, NULL);
        return STEP_ERROR;
    }
    return finish_statement(s, item) ? STEP_ITEM : STEP_END;
}

/* Text that an \if skips is read, for quotes in it may hold backslashes, and forgotten. */
static Step skip_token(SqlScript *s, size_t to)
{
    source_consume(s->source, to);
    return STEP_GO_ON;
}

static Step take_token(SqlScript *s, LexToken t, SqlItem *item, Error *err)
{
    size_t from = (size_t)(t.p - s->source->buffer), to = from + t.len;
    bool ready = false;
    switch (t.kind) {
    case LEX_MORE:
        return source_more(s->source, err) ? STEP_GO_ON : STEP_ERROR;
    case LEX_END:
        return at_end(s, item, err);
    case LEX_UNTERMINATED:
        source_error(s->source, from, err, "%s", unterminated_what(t));
        return STEP_ERROR;
    case LEX_BACKSLASH:
        if (!directive_run(s, from, item, &ready, err))
            return STEP_ERROR;
        return ready ? STEP_ITEM : STEP_GO_ON;
    case LEX_SPACE:
    case LEX_WORD:
    case LEX_IDENT:
    case LEX_STRING:
    case LEX_NUMBER:
    case LEX_SEMICOLON:
    case LEX_VARIABLE:
    case LEX_VARIABLE_LITERAL:
    case LEX_VARIABLE_IDENT:
    case LEX_VARIABLE_TEST:
    case LEX_BACKSLASH_SEMICOLON:
    case LEX_OTHER:
        break;
    }
    if (!script_is_active(s))
        return skip_token(s, to);
    if (t.kind == LEX_SEMICOLON || t.kind == LEX_BACKSLASH_SEMICOLON) {
        source_consume(s->source, to);
        return finish_statement(s, item) ? STEP_ITEM : STEP_GO_ON;
    }
    if (t.kind == LEX_SPACE)
        add_space(s, t, to);
    else if (t.kind >= LEX_VARIABLE && t.kind <= LEX_VARIABLE_TEST)
        add_variable(s, t, to);
    else
        add_token(s, t, to);
    return STEP_GO_ON;
}

SqlNext sql_script_next(SqlScript *s, SqlItem *item, Error *err)
{
    const char *data;
    size_t len = 1;
    while (s->copy_pending && len > 0)
        if (!sql_script_copy_data(s, &data, &len, err))
            return SQL_NEXT_ERROR;
    begin_statement(s);
    for (Step step = STEP_GO_ON;;) {
        Source *src = s->source;
        LexToken t = lex_next(&src->lexer, src->buffer + src->at, src->buffer + src->len, src->last);
        step = take_token(s, t, item, err);
        if (step == STEP_GO_ON && s->text.len == 0 && t.kind == LEX_SEMICOLON)
            begin_statement(s);
        if (step != STEP_GO_ON)
            return step == STEP_ITEM ? SQL_NEXT_ITEM : step == STEP_END ? SQL_NEXT_END : SQL_NEXT_ERROR;
    }
}

/* Inline data begins behind the line that the COPY ends on. */
static bool to_data(SqlScript *s, Error *err)
{
    Source *src = s->source;
    for (;;) {
        const char *from = src->buffer + src->at;
        const char *newline = memchr(from, '\n', src->len - src->at);
        if (newline == NULL && !src->last) {
            if (!source_more(src, err))
                return false;
            continue;
        }
        const char *end = newline != NULL ? newline : src->buffer + src->len;
        View rest = view_trim((View){from, (size_t)(end - from)});
        if (rest.len > 0 && !(rest.len >= 2 && rest.p[0] == '-' && rest.p[1] == '-'))
            return source_error(src, (size_t)(rest.p - src->buffer), err,
                                "text behind COPY … FROM STDIN; its data begins on the next line");
        source_consume(src, (size_t)(end - src->buffer) + (newline != NULL));
        return true;
    }
}

static bool is_end_of_data(const char *line, size_t len)
{
    return len >= 2 && line[0] == '\\' && line[1] == '.' && (len == 2 || (len == 3 && line[2] == '\r'));
}

/* Whole lines of data from `at` on, up to "\." or the end of the window. */
static size_t data_lines(const Source *src, bool *ended, size_t *behind)
{
    size_t i = src->at;
    while (i < src->len) {
        const char *newline = memchr(src->buffer + i, '\n', src->len - i);
        if (newline == NULL && !src->last)
            break;
        size_t end = newline != NULL ? (size_t)(newline - src->buffer) : src->len;
        if (is_end_of_data(src->buffer + i, end - i)) {
            *ended = true;
            *behind = end + (newline != NULL);
            return i;
        }
        i = end + (newline != NULL);
    }
    *behind = i;
    return i;
}

bool sql_script_copy_data(SqlScript *s, const char **data, size_t *len, Error *err)
{
    *data = "";
    *len = 0;
    if (!s->copy_pending)
        return true;
    if (!s->copy_begun && !to_data(s, err))
        return false;
    s->copy_begun = true;
    Source *src = s->source;
    for (;;) {
        bool ended = false;
        size_t behind = src->at, end = data_lines(src, &ended, &behind);
        bool nothing = end == src->at;
        if (nothing && !ended && !src->last) {
            if (!source_more(src, err))
                return false;
            continue;
        }
        *len = end - src->at;
        *data = src->buffer + src->at;
        s->copy_pending = !nothing; /* a piece that "\." ends is followed by an empty one */
        s->copy_begun = s->copy_pending;
        source_consume(src, nothing ? behind : end);
        return true;
    }
}

void sql_script_digest(SqlScript *s, DigestKind kind, char hex[DIGEST_HEX_MAX])
{
    digest_hex(kind == DIGEST_SHA1 ? s->main->sha1 : s->main->sha256, hex);
}

/* Byte offset of a 1-based character position. */
static size_t offset_of(const char *text, size_t len, long position)
{
    size_t i = 0;
    for (long c = 1; c < position && i < len; c++) {
        size_t n = utf8_sequence(text + i, len - i);
        i += n == 0 ? 1 : n;
    }
    return i;
}

SqlPlace sql_item_place(const void *ctx, const SqlItem *item, long position, char **source)
{
    const SqlScript *s = item->script;
    SqlPlace place = item->place;
    const Source *at = s->main;
    size_t offset = offset_of(item->text, item->len, position);
    for (size_t i = s->segments.n; i-- > 0 && item->kind == SQL_STATEMENT;) {
        const Segment *segment = &s->segments.v[i];
        if (segment->start > offset)
            continue;
        place = segment->place;
        at = segment->source;
        if (!segment->replaced)
            place_advance(&place, item->text + segment->start, offset - segment->start);
        break;
    }
    if (source != NULL)
        *source = source_line(ctx, at, place.line);
    place.file = mem_strdup(ctx, place.file);
    return place;
}

static void add_to_summary(const void *ctx, SqlSummary *sum, const SqlItem *item)
{
    SqlKind kind = item->facts.kind;
    if (item->kind == SQL_ECHO)
        return;
    sum->rolls_back = sum->rolls_back || kind == SQL_ROLLBACK;
    if (kind == SQL_BEGIN || kind == SQL_COMMIT || kind == SQL_ROLLBACK)
        return;
    sum->statements++;
    sum->locks += item->facts.locks;
    sum->adds_enum_value = sum->adds_enum_value || kind == SQL_ADD_ENUM_VALUE;
    sum->has_copy = sum->has_copy || item->kind == SQL_CLIENT_COPY || kind == SQL_COPY_FROM_STDIN;
    if (item->facts.no_transaction && !sum->no_transaction) {
        sum->no_transaction = true;
        sum->why = item->facts.command;
        sum->why_place = item->place;
        sum->why_place.file = mem_strdup(ctx, item->place.file);
    }
}

static void add_own_transaction(const void *ctx, SqlSummary *sum, const SqlScript *s)
{
    if (!s->own_transaction)
        return;
    sum->no_transaction = true;
    sum->why = "-- transaction: none";
    sum->why_place = s->own_place;
    sum->why_place.file = mem_strdup(ctx, s->own_place.file);
}

bool sql_script_summarize(const void *ctx, const char *path, const SqlScriptOptions *o, SqlSummary *sum, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    *sum = (SqlSummary){0};
    SqlScript *s = sql_script_open(scratch, path, o, err);
    SqlItem item;
    SqlNext next = s == NULL ? SQL_NEXT_ERROR : SQL_NEXT_ITEM;
    while (next == SQL_NEXT_ITEM) {
        next = sql_script_next(s, &item, err);
        if (next == SQL_NEXT_ITEM)
            add_to_summary(ctx, sum, &item);
    }
    if (next == SQL_NEXT_ERROR)
        return false;
    sum->enum_value_used = s->label_used;
    add_own_transaction(ctx, sum, s);
    sql_script_digest(s, DIGEST_SHA1, sum->sha1);
    sql_script_digest(s, DIGEST_SHA256, sum->sha256);
    return true;
}
