/* project/header.c: see header.h. */
#include "project/header.h"

#include "base/str.h"

#include <string.h>

/* The next word of `rest`, which is cut behind it. */
static View next_word(View *rest)
{
    *rest = view_trim(*rest);
    View word = {.p = rest->p, .len = 0};
    while (word.len < rest->len && strchr(" \t", rest->p[word.len]) == NULL)
        word.len++;
    rest->p += word.len;
    rest->len -= word.len;
    return word;
}

static bool take_prefix(View *v, const char *prefix)
{
    size_t n = strlen(prefix);
    if (v->len < n || !view_is_nocase((View){.p = v->p, .len = n}, prefix))
        return false;
    *v = view_trim((View){.p = v->p + n, .len = v->len - n});
    return true;
}

/* "Deploy shop:users to pg", "Deploy: users", behind the dashes. */
static void read_title(const void *ctx, View comment, ScriptHeader *h)
{
    static const char *const verbs[] = {"Deploy", "Verify", "Revert"};
    for (size_t i = 0; h->verb == NULL && i < sizeof verbs / sizeof verbs[0]; i++) {
        View rest = comment;
        if (!take_prefix(&rest, verbs[i]) || rest.len == 0)
            continue;
        bool colon = take_prefix(&rest, ":");
        View name = next_word(&rest), preposition = next_word(&rest);
        bool known = view_is_nocase(preposition, "to") || view_is_nocase(preposition, "on") ||
                     view_is_nocase(preposition, "from");
        if (name.len == 0 || !(colon || known)) /* prose that happens to begin with the word */
            continue;
        const char *separator = memchr(name.p, ':', name.len);
        size_t project = separator == NULL ? 0 : (size_t)(separator - name.p) + 1;
        h->verb = verbs[i];
        h->project = project > 0 ? mem_strndup(ctx, name.p, project - 1) : NULL;
        h->change = mem_strndup(ctx, name.p + project, name.len - project);
    }
}

static void read_comment(const void *ctx, View comment, long line, ScriptHeader *h)
{
    View rest = comment;
    bool title = h->verb != NULL;
    if (take_prefix(&rest, "requires:")) {
        for (View word; (word = next_word(&rest)).len > 0;)
            list_push(ctx, &h->requires, mem_strndup(ctx, word.p, word.len));
    } else if (take_prefix(&rest, "conflicts:")) {
        for (View word; (word = next_word(&rest)).len > 0;)
            list_push(ctx, &h->conflicts, mem_strndup(ctx, word.p, word.len));
    } else {
        read_title(ctx, comment, h);
    }
    if (!title && h->verb != NULL)
        h->line = line;
}

ScriptHeader header_read(const void *ctx, const char *text, size_t len)
{
    ScriptHeader h = {0};
    const char *p = text, *end = text + len;
    if (len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        p += 3;
    for (long line = 1; p < end; line++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        View v = view_trim((View){.p = p, .len = (size_t)((newline == NULL ? end : newline) - p)});
        if (v.len > 0 && !take_prefix(&v, "--"))
            break;
        read_comment(ctx, v, line, &h);
        p = newline == NULL ? end : newline + 1;
    }
    return h;
}
