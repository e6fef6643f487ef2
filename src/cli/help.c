/* cli/help.c: help and version, from the table of commands. */
#include "cli/flags.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <libpq-fe.h>
#include <string.h>

enum { WIDTH_MIN = 80, WIDTH_MAX = 100, FLAG_COLUMN = 30, NAME_COLUMN = 22 };

static int page_width(void)
{
    int width = ui_width();
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

static void add_heading(Str *out, const char *text)
{
    str_addf(out, "\n%s%s%s\n", ui_style(UI_BOLD), text, ui_style(UI_PLAIN));
}

static void add_flag(Str *out, const Flag *f)
{
    SCRATCH void *scratch = mem_scratch();
    char *flag = render_flag(scratch, f);
    int indent = f->letter != 0 ? 2 : 6; /* long names stand in one column, with or without a letter */
    int column = indent + (int)strlen(flag);
    str_addf(out, "%*s%s%s%s", indent, "", ui_style(UI_BOLD), flag, ui_style(UI_PLAIN));
    if (column > FLAG_COLUMN - 2) {
        str_add_char(out, '\n');
        column = 0;
    }
    render_wrapped(out, render_flag_help(scratch, f), FLAG_COLUMN, column, page_width());
}

static void add_flags(Str *out, const Command *c)
{
    const Flag *table;
    for (size_t t = 0; (table = command_table(c, t)) != NULL; t++) {
        const char *heading = flags_heading(table);
        bool first = t == 0 || strcmp(heading, flags_heading(command_table(c, t - 1))) != 0;
        if (first)
            add_heading(out, heading);
        for (const Flag *f = table; f->name != NULL; f++)
            if (!f->hidden)
                add_flag(out, f);
    }
}

static void add_examples(Str *out, const Command *c)
{
    SCRATCH void *scratch = mem_scratch();
    ExampleList examples = {0};
    render_examples(scratch, c, &examples);
    add_heading(out, "Examples");
    for (size_t i = 0; i < examples.n; i++) {
        const Example *e = &examples.v[i];
        if (e->does[0] != '\0')
            str_addf(out, "%s  %s# %s%s\n", i > 0 ? "\n" : "", ui_style(UI_DIM), e->does, ui_style(UI_PLAIN));
        str_addf(out, "  %s\n", e->command);
    }
}

static void add_command(Str *out, const Command *c)
{
    str_addf(out, "%spgwright %s%s: %s\n\n", ui_style(UI_BOLD), c->name, ui_style(UI_PLAIN), c->summary);
    str_addf(out, "Usage: pgwright %s%s%s [FLAGS]\n", c->name, c->arguments[0] != '\0' ? " " : "",
             c->arguments);
    if (c->aliases != NULL)
        str_addf(out, "Also:  %s\n", c->aliases);
    str_add_char(out, '\n');
    render_wrapped(out, c->about, 0, 0, page_width());
    add_flags(out, c);
    add_examples(out, c);
}

static void add_group(Str *out, const char *group)
{
    add_heading(out, group);
    for (size_t i = 0; i < commands_count; i++) {
        if (commands[i].hidden || strcmp(commands[i].group, group) != 0)
            continue;
        int column = 2 + (int)strlen(commands[i].name);
        str_addf(out, "  %s", commands[i].name);
        render_wrapped(out, commands[i].summary, NAME_COLUMN, column, page_width());
    }
}

static void add_overview(Str *out)
{
    str_addf(out, "%spgwright%s", ui_style(UI_BOLD), ui_style(UI_PLAIN));
    render_wrapped(
        out,
        "changes PostgreSQL databases safely. It reads the changes in your project's folder, shows what "
        "will happen, does it, proves that it was done, and can take it back.",
        0, (int)strlen("pgwright"), page_width());
    str_add(out, "\nUsage: pgwright COMMAND [ARGUMENTS] [FLAGS]\n");
    for (size_t i = 0; i < commands_count; i++) {
        size_t k = 0;
        while (strcmp(commands[k].group, commands[i].group) != 0)
            k++;
        if (k == i)
            add_group(out, commands[i].group);
    }
    add_heading(out, "A first project");
    str_add(out, "  pgwright init shop             a plan, and folders for its scripts\n"
                 "  pgwright add users             a change: write deploy/, verify/ and revert/users.sql\n"
                 "  pgwright deploy --sandbox      on a throwaway PostgreSQL of your own\n"
                 "  pgwright revert --sandbox      and back\n"
                 "\nMore: pgwright help COMMAND, pgwright help exit-codes, man pgwright\n");
}

static void add_exit_codes(Str *out)
{
    for (size_t i = 0; i < error_classes_count; i++) {
        const ErrorClassInfo *c = &error_classes[i];
        str_addf(out, "%5d  %-12s", (int)c->class, c->name);
        render_wrapped(out, c->meaning, 20, 19, page_width());
    }
}

/* "pgwright help roles": the commands that begin with that word. */
static bool add_family(Str *out, const char *word)
{
    SCRATCH void *scratch = mem_scratch();
    const Command *c;
    for (size_t i = 0; (c = command_of_family(word, i)) != NULL; i++) {
        char *name = mem_printf(scratch, "pgwright %s", c->name);
        str_add(out, name);
        render_wrapped(out, c->summary, NAME_COLUMN + 8, (int)strlen(name), page_width());
    }
    return out->len > 0;
}

static bool add_help(Str *out, const Invocation *inv, Error *err)
{
    const TextList *a = &inv->arguments;
    if (a->n == 0)
        add_overview(out);
    else if (strcmp(a->v[0], "exit-codes") == 0)
        add_exit_codes(out);
    else if (a->n > 1 || command_find(a->v[0]) != NULL || !add_family(out, a->v[0])) {
        const Command *c = named_command(inv, err);
        if (c == NULL)
            return false;
        add_command(out, c);
    }
    return true;
}

static json_t *words_json(const char *list)
{
    json_t *words = json_array();
    while (list != NULL && *list != '\0') {
        size_t n = strcspn(list, ",|");
        json_array_append_new(words, json_stringn(list, n));
        list += n + (list[n] != '\0');
    }
    return words;
}

static json_t *flag_json(const Flag *f, const char *heading)
{
    static const char *const types[] = {
        [FLAG_BOOL] = "switch",       [FLAG_TEXT] = "text",     [FLAG_NUMBER] = "number",
        [FLAG_DURATION] = "duration", [FLAG_CHOICE] = "choice", [FLAG_LIST] = "list",
        [FLAG_PAIRS] = "pairs",       [FLAG_EACH] = "each",
    };
    char letter[] = {f->letter, '\0'};
    return json_pack("{s:s, s:s*, s:s, s:s*, s:s*, s:s*, s:o, s:o, s:s, s:s}", "name", f->name, "letter",
                     f->letter != 0 ? letter : NULL, "type", types[f->type], "value", f->value, "environment",
                     f->environment, "default", f->fallback, "choices", words_json(f->choices), "aliases",
                     words_json(f->aliases), "group", heading, "help", f->help);
}

static json_t *command_json(const Command *c)
{
    SCRATCH void *scratch = mem_scratch();
    json_t *flags = json_array(), *examples = json_array();
    const Flag *table;
    ExampleList list = {0};
    for (size_t t = 0; (table = command_table(c, t)) != NULL; t++)
        for (const Flag *f = table; f->name != NULL; f++)
            if (!f->hidden)
                json_array_append_new(flags, flag_json(f, flags_heading(table)));
    render_examples(scratch, c, &list);
    for (size_t i = 0; i < list.n; i++)
        json_array_append_new(examples,
                              json_pack("{s:s, s:s}", "command", list.v[i].command, "does", list.v[i].does));
    return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:o}", "name", c->name, "aliases",
                     words_json(c->aliases), "group", c->group, "summary", c->summary, "arguments",
                     c->arguments, "about", c->about, "flags", flags, "examples", examples);
}

/* The table itself, for programs that drive pgwright: all of it, or one command. */
static bool print_json(const Invocation *inv, Error *err)
{
    const Command *only = inv->arguments.n > 0 ? named_command(inv, err) : NULL;
    if (inv->arguments.n > 0 && only == NULL)
        return false;
    json_t *list = json_array(), *codes = json_array();
    for (size_t i = 0; i < commands_count; i++)
        if (only == NULL || only == &commands[i])
            json_array_append_new(list, command_json(&commands[i]));
    for (size_t i = 0; i < error_classes_count; i++)
        json_array_append_new(codes,
                              json_pack("{s:i, s:s, s:s}", "exit", (int)error_classes[i].class, "class",
                                        error_classes[i].name, "meaning", error_classes[i].meaning));
    ui_json(json_pack("{s:b, s:i, s:o, s:o}", "ok", 1, "version", 1, "commands", list, "exit_codes", codes));
    return true;
}

bool run_help(Invocation *inv, Error *err)
{
    Str out = str_new(inv);
    if (inv->json)
        return print_json(inv, err);
    if (!add_help(&out, inv, err))
        return false;
    ui_print("%s", out.text);
    return true;
}

bool run_version(Invocation *inv, Error *err)
{
    (void)err;
    int v = PQlibVersion();
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:s}", "ok", 1, "version", 1, "pgwright", PGWRIGHT_VERSION,
                          "libpq", mem_printf(inv, "%d.%d", v / 10000, v % 10000)));
    else
        ui_print("pgwright %s (libpq %d.%d)\n", PGWRIGHT_VERSION, v / 10000, v % 10000);
    return true;
}
