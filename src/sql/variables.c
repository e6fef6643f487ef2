/* sql/variables.c: psql's variables in SQL: :name, :'name', :"name", :{?name}.
 *
 * A plain :name is read on as if its value stood there: it may hold quotes, semicolons, other variables. The
 * quoted forms are one token. A variable that is not set stays as it is written. */
#include "sql/internal.h"
#include "sql/quote.h"

#include <string.h>

/* A character that a letter in front of it would change: date:'d' must not become dateE'…'. */
static void add_literal(Str *out, const char *value)
{
    SCRATCH void *scratch = mem_scratch();
    const char *literal = sql_literal(scratch, value);
    if (literal[0] != '\'')
        str_add_char(out, ' ');
    str_add(out, literal);
}

bool variable_value(const SqlScript *s, LexToken t, Str *out)
{
    SCRATCH void *scratch = mem_scratch();
    View name = lex_variable_name(t);
    const char *value = map_get(s->variables, mem_strndup(scratch, name.p, name.len));
    if (t.kind == LEX_VARIABLE_TEST)
        str_add(out, value != NULL ? "TRUE" : "FALSE");
    else if (value == NULL)
        return false;
    else if (t.kind == LEX_VARIABLE_LITERAL)
        add_literal(out, value);
    else
        str_add(out, t.kind == LEX_VARIABLE_IDENT ? sql_ident_quoted(scratch, value) : value);
    return true;
}

/* Is the value of this variable being read already, so that it would never end? */
static bool is_open(const Source *source, const char *name)
{
    for (; source->within != NULL; source = source->within)
        if (strcmp(source->name, name) == 0)
            return true;
    return false;
}

/* A value may name variables, and theirs others: a few lines of that would never come to an end. */
enum { EXPANDED_MAX = 4 * VALUE_MAX };

static bool count_expanded(SqlScript *s, const char *value, Error *err)
{
    const Source *source = s->frame->source;
    s->expanded = (source == s->frame->file ? 0 : s->expanded) + strlen(value);
    return s->expanded <= EXPANDED_MAX ||
           source_error(source, source->at, err, "the variables within one another come to more than 4 MB");
}

static bool enter_value(SqlScript *s, LexToken t, const char *name, const char *value, Error *err)
{
    Frame *f = s->frame;
    Source *source = source_of_value(f->source, (size_t)(t.p - f->source->buffer), name, value, err);
    if (source == NULL)
        return false;
    source_consume(f->source, f->source->at + t.len);
    f->source = source;
    f->statement.interrupted = true;
    return true;
}

/* :name. It stays as it is written where it is not set, or within its own value. */
static bool replace_plain(SqlScript *s, LexToken t, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    View name = lex_variable_name(t);
    const char *called = mem_strndup(scratch, name.p, name.len), *value = map_get(s->variables, called);
    if (value != NULL && !is_open(s->frame->source, called))
        return count_expanded(s, value, err) && enter_value(s, t, called, value, err);
    statement_add(s, t);
    return true;
}

bool variable_replace(SqlScript *s, LexToken t, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str value = str_new(scratch);
    if (t.kind == LEX_VARIABLE)
        return replace_plain(s, t, err);
    if (!variable_value(s, t, &value)) {
        statement_add(s, t);
        return true;
    }
    if (!count_expanded(s, value.text, err))
        return false;
    LexKind kind = t.kind == LEX_VARIABLE_LITERAL ? LEX_STRING
                   : t.kind == LEX_VARIABLE_IDENT ? LEX_IDENT
                                                  : LEX_WORD;
    statement_add_replaced(s, t, kind, value.text);
    return true;
}

/* As psql's ParseVariableBool(): a beginning is enough, but "o" could be both. */
bool variable_boolean(const char *text, bool *value)
{
    static const struct {
        const char *word;
        size_t least;
        bool value;
    } words[] = {
        {"true",  1, true },
        {"yes",   1, true },
        {"on",    2, true },
        {"1",     1, true },
        {"false", 1, false},
        {"no",    1, false},
        {"off",   2, false},
        {"0",     1, false}
    };
    size_t n = strlen(text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (n >= words[i].least && strncasecmp(text, words[i].word, n) == 0) {
            *value = words[i].value;
            return true;
        }
    return false;
}
