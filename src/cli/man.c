/* cli/man.c: manual pages from the table of commands, in mdoc (mdoc(7)). */
#include "cli/flags.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <string.h>

/* One character of UTF-8 as roff names it; returns its length in bytes. */
static size_t add_unicode(Str *out, const char *p)
{
    size_t n = utf8_sequence(p, strlen(p));
    unsigned code = (unsigned char)*p & (n == 2 ? 0x1Fu : n == 3 ? 0x0Fu : 0x07u);
    for (size_t i = 1; i < n; i++)
        code = code << 6 | ((unsigned char)p[i] & 0x3Fu);
    if (n > 0)
        str_addf(out, "\\[u%04X]", code);
    return n > 0 ? n : 1;
}

/* Text within a line. */
static void add_escaped(Str *out, const char *text)
{
    while (*text != '\0') {
        if ((unsigned char)*text >= 0x80) {
            text += add_unicode(out, text);
            continue;
        }
        if (*text == '\\')
            str_add(out, "\\e");
        else if (*text == '-')
            str_add(out, "\\-");
        else if (*text == '`' || *text == '\'')
            str_add(out, *text == '`' ? "\\(ga" : "\\(aq");
        else
            str_add_char(out, *text);
        text++;
    }
}

/* Paragraphs: sentences begin lines, as roff likes them; a dot that begins one is no request. */
static void add_text(Str *out, const char *text)
{
    SCRATCH void *scratch = mem_scratch();
    const char *from = text;
    for (const char *p = text;; p++) {
        bool sentence = *p == ' ' && p > text && strchr(".!?", p[-1]) != NULL;
        if (!sentence && *p != '\n' && *p != '\0')
            continue;
        if (*from == '.')
            str_add(out, "\\&");
        add_escaped(out, mem_strndup(scratch, from, (size_t)(p - from)));
        str_add(out, *p == '\n' ? "\n.Pp\n" : "\n");
        from = p + 1;
        if (*p == '\0')
            return;
    }
}

/* A literal argument of a macro: quoted, so that no word of it is taken for a macro itself. */
static void add_argument(Str *out, const char *text)
{
    str_add(out, " \"");
    for (; *text != '\0'; text++)
        if (*text == '"')
            str_add(out, "\"\"");
        else
            add_escaped(out, (char[]){*text, '\0'});
    str_add(out, "\"\n");
}

static void add_head(Str *out, const char *title, const char *name, const char *summary)
{
    str_addf(out, ".Dd %.3s %s, %s\n.Dt %s 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", __DATE__, &__DATE__[4] + (__DATE__[4] == ' '),
             &__DATE__[7], title, name);
    char *day = strstr(out->text, " , ");
    (void)day;
    add_text(out, summary);
}

static void add_exit_status(Str *out)
{
    str_add(out, ".Sh EXIT STATUS\n.Bl -tag -width 4n -compact\n");
    for (size_t i = 0; i < error_classes_count; i++) {
        str_addf(out, ".It %d\n", (int)error_classes[i].class);
        add_text(out, error_classes[i].meaning);
    }
    str_add(out, ".El\n");
}
