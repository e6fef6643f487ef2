/* cli/help.c: help from the table of commands. */
#include "base/list.h"
#include "base/map.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <libpq-fe.h>
#include <string.h>

enum { WIDTH = 96, FLAG_COLUMN = 34 };

/* Wraps a paragraph at blanks; every line is indented. Newlines in the text end paragraphs. */
static void print_wrapped(const char *text, int indent, int first_indent)
{
    int column = first_indent;
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, " \n");
        int width = 0;
        for (size_t i = 0; i < n; i++)
            width += ((unsigned char)p[i] & 0xC0) != 0x80;
        if (column > indent && column + 1 + width > WIDTH) {
            ui_print("\n");
            column = 0;
        }
        if (column < indent) {
            ui_print("%*s", indent - column, "");
            column = indent;
        } else if (column > indent) {
            ui_print(" ");
            column++;
        }
        ui_print("%.*s", (int)n, p);
        column += width;
        p += n;
        if (*p == '\n') {
            ui_print("\n");
            column = 0;
        }
        p += *p != '\0';
    }
    ui_print("\n");
}

char *render_flag(const void *ctx, const Flag *f)
{
    Str out = str_new(ctx);
    if (f->letter != 0)
        str_addf(&out, "-%c, ", f->letter);
    bool on = f->type == FLAG_BOOL && f->fallback != NULL && strcmp(f->fallback, "true") == 0;
    str_addf(&out, "--%s%s", on ? "no-" : "", f->name);
    if (f->type != FLAG_BOOL)
        str_addf(&out, " %s", f->value != NULL ? f->value : "VALUE");
    return out.text;
}

char *render_flag_help(const void *ctx, const Flag *f)
{
    Str out = str_new(ctx);
    bool on = f->type == FLAG_BOOL && f->fallback != NULL && strcmp(f->fallback, "true") == 0;
    str_addf(&out, "%s%s", on ? "do not: " : "", f->help);
    if (f->type == FLAG_CHOICE)
        str_addf(&out, " (%s)", f->choices);
    if (f->environment != NULL)
        str_addf(&out, " [%s]", f->environment);
    if (f->fallback != NULL && f->type != FLAG_BOOL)
        str_addf(&out, " [default: %s]", f->fallback);
    return out.text;
}

static void print_flag(const Flag *f)
{
    SCRATCH void *scratch = mem_scratch();
    char *flag = render_flag(scratch, f);
    int width = (int)strlen(flag) + 2;
    ui_print("  %s%s%s", ui_style(UI_BOLD), flag, ui_style(UI_PLAIN));
    if (width >= FLAG_COLUMN) {
        ui_print("\n");
        width = 0;
    }
    print_wrapped(render_flag_help(scratch, f), FLAG_COLUMN, width);
}

static void print_command_help(const Command *c)
{
    SCRATCH void *scratch = mem_scratch();
    ui_print("%spgwright %s%s: %s\n\n", ui_style(UI_BOLD), c->name, ui_style(UI_PLAIN), c->summary);
    ui_print("Usage: pgwright %s%s%s [FLAGS]\n", c->name, c->arguments[0] != '\0' ? " " : "", c->arguments);
    if (c->aliases != NULL)
        ui_print("Also:  %s\n", c->aliases);
    ui_print("\n");
    print_wrapped(c->about, 0, 0);
    ui_print("\nFlags:\n");
    for (size_t i = 0; command_flag(c, i) != NULL; i++)
        if (!command_flag(c, i)->hidden)
            print_flag(command_flag(c, i));
    ui_print("\nExamples:\n");
    char *examples = mem_strdup(scratch, c->examples), *state = NULL;
    for (char *line = strtok_r(examples, "\n", &state); line != NULL; line = strtok_r(NULL, "\n", &state))
        ui_print("  %s\n", line);
}

static void print_overview(void)
{
    ui_print("%spgwright%s changes PostgreSQL databases safely: it shows what will happen, does it, proves it, and can take "
             "it back.\n\nUsage: pgwright COMMAND [ARGUMENTS] [FLAGS]\n",
             ui_style(UI_BOLD), ui_style(UI_PLAIN));
    SCRATCH void *scratch = mem_scratch();
    Map *groups = map_new(scratch);
    for (size_t i = 0; i < commands_count; i++) {
        if (map_has(groups, commands[i].group))
            continue;
        map_set(groups, commands[i].group, scratch);
        ui_print("\n%s%s%s\n", ui_style(UI_BOLD), commands[i].group, ui_style(UI_PLAIN));
        for (size_t k = i; k < commands_count; k++)
            if (strcmp(commands[k].group, commands[i].group) == 0)
                ui_print("  %-18s %s\n", commands[k].name, commands[k].summary);
    }
    ui_print("\nTo begin: pgwright init shop; pgwright add users; pgwright deploy --sandbox\n"
             "More:     pgwright help COMMAND, pgwright help exit-codes\n");
}

static void print_exit_codes(void)
{
    for (size_t i = 0; i < error_classes_count; i++)
        ui_print("%4d  %-12s %s\n", (int)error_classes[i].class, error_classes[i].name, error_classes[i].meaning);
}

const Command *named_command(const Invocation *inv, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const TextList *a = &inv->arguments;
    const Command *c = a->n == 2 ? command_find(mem_printf(scratch, "%s %s", a->v[0], a->v[1])) : command_find(a->v[0]);
    if (c == NULL) {
        error_set(err, ERR_USAGE, "there is no command %s%s%s", a->v[0], a->n == 2 ? " " : "", a->n == 2 ? a->v[1] : "");
        error_hint(err, "pgwright help lists them");
    }
    return c;
}

/* "pgwright help roles": what begins with that word. */
static bool print_family(const char *word)
{
    bool any = false;
    size_t n = strlen(word);
    for (size_t i = 0; i < commands_count; i++) {
        if (strncmp(commands[i].name, word, n) != 0 || commands[i].name[n] != ' ')
            continue;
        ui_print("  pgwright %-18s %s\n", commands[i].name, commands[i].summary);
        any = true;
    }
    return any;
}

bool run_help(Invocation *inv, Error *err)
{
    if (inv->arguments.n == 0) {
        print_overview();
        return true;
    }
    if (strcmp(inv->arguments.v[0], "exit-codes") == 0) {
        print_exit_codes();
        return true;
    }
    if (inv->arguments.n == 1 && print_family(inv->arguments.v[0]))
        return true;
    const Command *c = named_command(inv, err);
    if (c != NULL)
        print_command_help(c);
    return c != NULL;
}

bool run_version(Invocation *inv, Error *err)
{
    (void)err;
    int v = PQlibVersion();
    if (inv->json)
        ui_json(json_pack("{s:s, s:i}", "version", PGWRIGHT_VERSION, "libpq", v));
    else
        ui_print("pgwright %s (libpq %d.%d)\n", PGWRIGHT_VERSION, v / 10000, v % 10000);
    return true;
}
