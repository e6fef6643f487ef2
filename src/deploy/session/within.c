/* deploy/session/within.c: see within.h. */
#include "deploy/session/within.h"

#include <stdlib.h>
#include <string.h>

long within_only_place(View text, View part)
{
    const char *found = part.p == NULL || part.len == 0 ? NULL : memmem(text.p, text.len, part.p, part.len);
    if (found == NULL)
        return WITHIN_NOWHERE;
    size_t rest = text.len - (size_t)(found - text.p) - 1;
    return memmem(found + 1, rest, part.p, part.len) == NULL ? found - text.p : WITHIN_NOWHERE;
}

/* ---- statements that the context quotes ---- */

/* The next of them from *at on, which moves behind it; its `p` is NULL when there is none. */
static View next_quoted(View context, size_t *at)
{
    static const char mark[] = "SQL statement \"";
    const char *end = context.p + context.len;
    for (const char *p = context.p + *at; p < end && (p = memmem(p, (size_t)(end - p), mark, strlen(mark))) != NULL; p++) {
        if (p > context.p && p[-1] != '\n')
            continue;
        const char *from = p + strlen(mark), *to = memmem(from, (size_t)(end - from), "\"\n", 2);
        if (to == NULL)
            break;
        *at = (size_t)(to - context.p) + 2;
        return (View){from, (size_t)(to - from)};
    }
    return (View){0};
}

/* The innermost that stands in the text once. */
static long find_quoted(View text, View context)
{
    size_t at = 0;
    for (View quoted; (quoted = next_quoted(context, &at)).p != NULL;) {
        long place = within_only_place(text, quoted);
        if (place != WITHIN_NOWHERE)
            return place;
    }
    return WITHIN_NOWHERE;
}

/* ---- DO blocks ---- */

/* What the context says of the outermost anonymous block: "inline_code_block line 3 at RAISE", or, when it could not be compiled,
 * "compilation of PL/pgSQL function "inline_code_block" near line 3". */
typedef struct BlockFrame {
    long line;  /* 0: it speaks of none */
    View doing; /* "RAISE", "SQL statement" */
} BlockFrame;

static BlockFrame find_frame(View context)
{
    static const char *const marks[] = {"inline_code_block line ", "\"inline_code_block\" near line "};
    BlockFrame frame = {0};
    const char *end = context.p + context.len;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        for (const char *p = context.p; p < end && (p = memmem(p, (size_t)(end - p), marks[i], strlen(marks[i]))) != NULL;) {
            char *behind;
            p += strlen(marks[i]);
            frame = (BlockFrame){.line = strtol(p, &behind, 10)};
            if (strncmp(behind, " at ", strlen(" at ")) == 0)
                frame.doing = (View){behind + strlen(" at "), strcspn(behind + strlen(" at "), "\n")};
        }
    return frame;
}

/* The body of a DO: its first string. */
static View body_of(View statement)
{
    LexToken t;
    for (const char *p = statement.p, *end = statement.p + statement.len; p < end; p += t.len) {
        t = lex_server(p, end);
        if (t.kind == LEX_STRING)
            return (View){t.p, t.len};
    }
    return (View){0};
}

/* The first thing on line number `line` of a text; its `p` is NULL when it has not as many. */
static View line_of(View text, long line)
{
    const char *p = text.p, *end = text.p + text.len;
    for (; line > 1; line--) {
        p = memchr(p, '\n', (size_t)(end - p));
        if (p == NULL)
            return (View){0};
        p++;
    }
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    return (View){p, (size_t)((newline == NULL ? end : newline) - p)};
}

/* Does the line do what the frame says? What it says is not always a word of the language ("assignment"). */
static bool does(View line, View doing)
{
    static const char *const words[] = {"RAISE", "EXECUTE", "PERFORM", "ASSERT", "CALL"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!view_is(doing, words[i]))
            continue;
        LexToken t;
        for (const char *p = line.p, *end = line.p + line.len; p < end; p += t.len) {
            t = lex_server(p, end);
            if (statement_word(t, words[i]))
                return true;
        }
        return false;
    }
    return true;
}

/* Of several blocks the only one that can be meant. */
static long find_in_block(View text, const Statement *statements, size_t n, BlockFrame frame)
{
    View found = {0};
    size_t blocks = 0, fitting = 0;
    for (size_t i = 0; i < n && frame.line > 0; i++)
        blocks += strcmp(statements[i].facts.command, "DO") == 0;
    for (size_t i = 0; i < n && blocks > 0; i++) {
        if (strcmp(statements[i].facts.command, "DO") != 0)
            continue;
        View body = body_of((View){text.p + statements[i].from, statements[i].to - statements[i].from});
        View line = body.p == NULL ? body : line_of(body, frame.line);
        if (line.p == NULL || (blocks > 1 && !does(line, frame.doing)))
            continue;
        found = line;
        fitting++;
    }
    return fitting == 1 ? found.p - text.p : WITHIN_NOWHERE;
}

long within_find(View text, const Statement *statements, size_t n, View context)
{
    long at = find_quoted(text, context);
    if (at == WITHIN_NOWHERE)
        at = find_in_block(text, statements, n, find_frame(context));
    return at == WITHIN_NOWHERE && n == 1 ? (long)statements[0].from : at;
}
