/* sql/statement.c: the statement being read: its text piece by piece with where each came from, its facts,
 * and the way back from a position in it to the file. */
#include "sql/internal.h"

#include <string.h>

void statement_begin(SqlScript *s)
{
    Statement *st = &s->frame->statement;
    str_clear(&st->text);
    st->segments.n = 0;
    st->lexer = (Lexer){.backslash_escapes = s->backslash_escapes};
    facts_begin(&st->facts);
    st->interrupted = st->given = false;
}

/* "-- transaction: none", however it is spaced and capitalised. */
static bool says_no_transaction(View comment)
{
    if (comment.len < 2 || comment.p[0] != '-')
        return false;
    const char *colon = memchr(comment.p, ':', comment.len);
    if (colon == NULL)
        return false;
    View key = view_trim((View){comment.p + 2, (size_t)(colon - comment.p) - 2});
    View value = view_trim((View){colon + 1, (size_t)(comment.p + comment.len - colon) - 1});
    return view_is_nocase(key, "transaction") && view_is_nocase(value, "none");
}

static void note_comment(SqlScript *s, LexToken t)
{
    Source *source = s->frame->source;
    bool leading = !s->begun && source == s->main->file && !s->own_transaction;
    if (!leading || !says_no_transaction((View){t.p, t.len}))
        return;
    s->own_transaction = true;
    s->own_place = source_place(source, (size_t)(t.p - source->buffer));
}

/* Remembers the label that ALTER TYPE … ADD VALUE adds, and notes when a later statement holds it, also
 * within a longer string, which may be code. Other places of ALTER TYPE may name a new label at once. */
static void note_label(SqlScript *s, View string)
{
    const FactsReader *facts = &s->frame->statement.facts;
    if (facts_expects_label(facts))
        list_push(s, &s->labels, mem_strndup(s, string.p, string.len));
    else if (!facts_is_alter_type(facts))
        for (size_t i = 0; i < s->labels.n && !s->label_used; i++)
            s->label_used = memmem(string.p, string.len, s->labels.v[i], strlen(s->labels.v[i])) != NULL;
}

static void note_token(SqlScript *s, LexToken t)
{
    Statement *st = &s->frame->statement;
    if (st->text.len == 0)
        st->place = source_place(s->frame->source, s->frame->source->at);
    s->begun = true;
    if (t.kind == LEX_STRING)
        note_label(s, (View){t.p, t.len});
    facts_token(&st->facts, t, st->lexer.parens);
}

/* A run of tokens of the same source is one segment. */
static void begin_segment(SqlScript *s, bool replaced)
{
    Statement *st = &s->frame->statement;
    const Source *source = s->frame->source;
    size_t n = st->segments.n;
    if (n == 0 || st->interrupted || st->segments.v[n - 1].replaced || replaced)
        list_push(s->frame, &st->segments,
                  (Segment){.start = st->text.len,
                            .place = source_place(source, source->at),
                            .replaced = replaced});
    st->interrupted = false;
}

static void add_text(SqlScript *s, LexToken t)
{
    Source *source = s->frame->source;
    begin_segment(s, source != s->frame->file);
    str_add_n(&s->frame->statement.text, t.p, t.len);
    source_consume(source, source->at + t.len);
}

void statement_add(SqlScript *s, LexToken t)
{
    note_token(s, t);
    add_text(s, t);
}

void statement_add_space(SqlScript *s, LexToken t)
{
    if (s->frame->statement.text.len > 0) {
        add_text(s, t);
        return;
    }
    note_comment(s, t);
    source_consume(s->frame->source, s->frame->source->at + t.len);
}

void statement_add_replaced(SqlScript *s, LexToken t, LexKind kind, const char *text)
{
    note_token(s, (LexToken){.kind = kind, .p = text, .len = strlen(text)});
    begin_segment(s, true);
    str_add(&s->frame->statement.text, text);
    source_consume(s->frame->source, s->frame->source->at + t.len);
}

static View unquoted(LexToken t)
{
    bool quoted = t.len >= 2 && (t.kind == LEX_STRING || t.kind == LEX_IDENT);
    return quoted ? (View){t.p + 1, t.len - 2} : (View){t.p, t.len};
}

/* The value in SET standard_conforming_strings = value and its kin: the first one behind the name. */
static bool turns_off(const Str *text)
{
    SCRATCH void *scratch = mem_scratch();
    Lexer lexer = {0};
    bool named = false, value = true;
    const char *end = text->text + text->len;
    for (const char *p = text->text; p < end;) {
        LexToken t = lex_next(&lexer, p, end, true);
        View v = unquoted(t);
        p = t.p + t.len;
        if (!named)
            named = view_is_nocase(v, "standard_conforming_strings");
        else if (variable_boolean(mem_strndup(scratch, v.p, v.len), &value))
            return !value;
    }
    return false;
}

/* SET standard_conforming_strings = off changes how what follows is read. */
static void note_setting(SqlScript *s, const Statement *st, SqlKind kind)
{
    if (kind == SQL_SET && strcasestr(st->text.text, "standard_conforming_strings") != NULL)
        s->backslash_escapes = turns_off(&st->text);
}

bool statement_finish(SqlScript *s, SqlItem *item)
{
    Statement *st = &s->frame->statement;
    if (st->given)
        return false;
    View text = view_trim((View){st->text.text, st->text.len});
    if (text.len == 0)
        return false;
    st->text.len = text.len;
    st->text.text[text.len] = '\0';
    *item = (SqlItem){.kind = SQL_STATEMENT,
                      .text = st->text.text,
                      .len = st->text.len,
                      .place = st->place,
                      .facts = facts_end(&st->facts),
                      .script = s};
    st->given = true;
    s->copy_pending = item->facts.kind == SQL_COPY_FROM_STDIN;
    note_setting(s, st, item->facts.kind);
    return true;
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

/* Where an offset in the statement stands in its file. */
static SqlPlace place_of(const Statement *st, size_t offset)
{
    size_t i = st->segments.n;
    while (i > 1 && st->segments.v[i - 1].start > offset)
        i--;
    const Segment *segment = &st->segments.v[i - 1];
    SqlPlace place = segment->place;
    if (!segment->replaced)
        place_advance(&place, st->text.text + segment->start, offset - segment->start);
    return place;
}

SqlPlace sql_item_place(const void *ctx, const SqlItem *item, long position, char **source)
{
    const Frame *f = item->script->frame;
    SqlPlace place = item->place;
    if (item->kind == SQL_STATEMENT)
        place = place_of(&f->statement, offset_of(item->text, item->len, position));
    if (source != NULL)
        *source = source_line(ctx, f->file, place.line);
    place.file = mem_strdup(ctx, place.file);
    return place;
}
