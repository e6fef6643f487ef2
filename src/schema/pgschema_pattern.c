/* schema/pgschema_pattern.c: see pgschema_pattern.h. */
#include "schema/pgschema_pattern.h"

#include <ctype.h>
#include <string.h>

char *pattern_replace(const void *ctx, const char *text, Pattern pattern, const char *arg)
{
    Str out = str_new(ctx);
    for (const char *p = text; *p != '\0';) {
        const char *end = pattern(&out, text, p, arg);
        if (end == NULL)
            str_add_char(&out, *p++);
        else
            p = end;
    }
    return out.text;
}

bool is_word_char(char c)
{
    return c == '_' || ((unsigned char)c < 128 && isalnum((unsigned char)c));
}

bool is_blank_char(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool is_word_edge(const char *text, const char *p)
{
    return (p > text && is_word_char(p[-1])) != is_word_char(*p);
}

const char *skip_name(const char *p)
{
    if (!is_word_char(*p) || isdigit((unsigned char)*p))
        return NULL;
    while (is_word_char(*p))
        p++;
    return p;
}

const char *skip_text(const char *p, const char *word)
{
    size_t len = strlen(word);
    return strncmp(p, word, len) == 0 ? p + len : NULL;
}

const char *skip_any(const char *p, const char *words)
{
    for (;;) {
        size_t len = strcspn(words, "|");
        if (strncmp(p, words, len) == 0)
            return p + len;
        if (words[len] == '\0')
            return NULL;
        words += len + 1;
    }
}

char *text_trimmed(const void *ctx, const char *text)
{
    View v = view_trim(view_of(text));
    return mem_strndup(ctx, v.p, v.len);
}
