/* cli/render.c: see render.h. */
#include "cli/render.h"

#include "cli/flag_value.h"
#include "cli/invocation.h"
#include "ui/ui.h"

#include <string.h>

bool flag_is_on(const Flag *f)
{
    return f->type == FLAG_BOOL && f->fallback != NULL && strcmp(f->fallback, "true") == 0;
}

char *render_flag(const void *ctx, const Flag *f)
{
    Str out = str_new(ctx);
    if (f->letter != 0)
        str_addf(&out, "-%c, ", f->letter);
    str_addf(&out, "--%s%s", flag_is_on(f) ? "[no-]" : "", f->name);
    if (f->type != FLAG_BOOL)
        str_addf(&out, " %s", f->value != NULL ? f->value : "VALUE");
    return out.text;
}

const char *flag_choices(const Flag *f)
{
    return f->value != NULL && strchr(f->value, '|') != NULL ? f->value : f->choices;
}

/* "a|b|c" as "a, b or c". */
static void add_choices(Str *out, const char *choices)
{
    for (const char *p = choices; *p != '\0';) {
        size_t n = strcspn(p, "|");
        bool last = p[n] == '\0';
        if (p > choices)
            str_add(out, last ? " or " : ", ");
        str_add_n(out, p, n);
        p += n + !last;
    }
}

char *render_flag_help(const void *ctx, const Flag *f)
{
    Str out = str_new(ctx);
    str_add(&out, f->help);
    if (f->type == FLAG_CHOICE && flag_choices(f) != f->value) {
        str_add(&out, ": ");
        add_choices(&out, f->choices);
    }
    if (flag_value_repeats(f))
        str_add(&out, "; may be given more than once");
    if (f->environment != NULL)
        str_addf(&out, " [environment: %s]", f->environment);
    if (flag_is_on(f))
        str_add(&out, " [default: on]");
    else if (f->fallback != NULL)
        str_addf(&out, " [default: %s]", f->fallback);
    return out.text;
}

void render_wrapped(Str *out, const char *text, int indent, int column, int width)
{
    SCRATCH void *scratch = mem_scratch();
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, " \n");
        int word = ui_text_width(mem_strndup(scratch, p, n));
        if (column > indent && column + 1 + word > width) {
            str_add_char(out, '\n');
            column = 0;
        }
        int gap = column <= indent ? indent - column : 1;
        str_add_repeat(out, ' ', (size_t)gap);
        str_add_n(out, p, n);
        column += gap + word;
        p += n;
        if (*p == '\n') {
            str_add(out, "\n\n");
            column = 0;
        }
        p += *p != '\0';
    }
    str_add_char(out, '\n');
}

void render_examples(const void *ctx, const Command *command, ExampleList *out)
{
    char *text = mem_strdup(ctx, command->examples), *state = NULL;
    for (char *line = strtok_r(text, "\n", &state); line != NULL; line = strtok_r(NULL, "\n", &state)) {
        Example e = {.command = line, .does = ""};
        char *comment = strstr(line, "  # ");
        if (comment != NULL) {
            e.does = comment + strlen("  # ");
            while (comment > line && comment[-1] == ' ')
                comment--;
            *comment = '\0';
        }
        list_push(ctx, out, e);
    }
}

const Command *named_command(const Invocation *inv, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const TextList *a = &inv->arguments;
    const Command *c =
        a->n > 1 ? command_find(mem_printf(scratch, "%s %s", a->v[0], a->v[1])) : command_find(a->v[0]);
    if (c == NULL)
        command_unknown(a->v[0], err);
    return c;
}
