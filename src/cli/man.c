/* cli/man.c: manual pages from the table of commands, in mdoc (mdoc(7)). */
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <string.h>

/* Text of a page: backslashes, and dots and quotes that would begin a request, are escaped; sentences end lines. */
static void print_text(const char *text)
{
    bool line_start = true;
    for (const char *p = text; *p != '\0'; p++) {
        if (line_start && (*p == '.' || *p == '\''))
            ui_print("\\&");
        line_start = false;
        if (*p == '\\')
            ui_print("\\e");
        else if (*p == '\n')
            ui_print("\n.Pp\n");
        else if (*p == ' ' && p > text && strchr(".:!?", p[-1]) != NULL)
            ui_print("\n");
        else
            ui_print("%c", *p);
        line_start = *p == '\n' || (*p == ' ' && p > text && strchr(".:!?", p[-1]) != NULL);
    }
    ui_print("\n");
}

static void print_head(const char *title, const char *summary)
{
    ui_print(".Dd $Mdocdate$\n.Dt %s 1\n.Os pgwright\n.Sh NAME\n.Nm pgwright%s%s\n.Nd ", title,
             title[8] != '\0' ? " " : "", "");
    print_text(summary);
}

static void print_exit_status(void)
{
    ui_print(".Sh EXIT STATUS\n.Bl -tag -width 4n -compact\n");
    for (size_t i = 0; i < error_classes_count; i++)
        ui_print(".It %d\n%s\n", (int)error_classes[i].class, error_classes[i].meaning);
    ui_print(".El\n");
}

static void print_flag(const Flag *f)
{
    SCRATCH void *scratch = mem_scratch();
    ui_print(".It Sy %s\n", render_flag(scratch, f));
    print_text(render_flag_help(scratch, f));
}

static void print_command_page(const Command *c)
{
    SCRATCH void *scratch = mem_scratch();
    char *title = mem_printf(scratch, "PGWRIGHT-%s", c->name);
    for (char *p = title; *p != '\0'; p++)
        *p = (char)(*p == ' ' ? '-' : *p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    print_head(title, c->summary);
    ui_print(".Sh SYNOPSIS\n.Nm pgwright\n.Cm %s\n", c->name);
    if (c->arguments[0] != '\0')
        ui_print(".Ar %s\n", c->arguments);
    ui_print(".Op Ar flags\n.Sh DESCRIPTION\n");
    print_text(c->about);
    ui_print(".Pp\nFlags:\n.Bl -tag -width 4n\n");
    for (size_t i = 0; command_flag(c, i) != NULL; i++)
        if (!command_flag(c, i)->hidden)
            print_flag(command_flag(c, i));
    ui_print(".El\n");
    print_exit_status();
    ui_print(".Sh EXAMPLES\n.Bd -literal\n");
    char *examples = mem_strdup(scratch, c->examples), *state = NULL;
    for (char *line = strtok_r(examples, "\n", &state); line != NULL; line = strtok_r(NULL, "\n", &state))
        print_text(line);
    ui_print(".Ed\n.Sh SEE ALSO\n.Xr pgwright 1\n");
}

static void print_main_page(void)
{
    print_head("PGWRIGHT", "change PostgreSQL databases safely");
    ui_print(".Sh SYNOPSIS\n.Nm pgwright\n.Ar command\n.Op Ar arguments\n.Op Ar flags\n.Sh DESCRIPTION\n");
    print_text("It reads the changes that a project folder holds, shows what will happen, does it, proves that it was done, and "
               "can take it back.");
    ui_print(".Bl -tag -width 18n -compact\n");
    for (size_t i = 0; i < commands_count; i++) {
        ui_print(".It Cm %s\n", commands[i].name);
        print_text(commands[i].summary);
    }
    ui_print(".El\n.Sh ENVIRONMENT\n");
    print_text("PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, PGSERVICE and the other variables of libpq are followed.");
    ui_print(".Bl -tag -width 4n -compact\n.It Ev PGWRIGHT_URL\nwhere the database is, as --url\n"
             ".It Ev PGWRIGHT_PG_BIN\nfolder of the server programs for the sandbox\n.It Ev NO_COLOR\nno colour\n.El\n");
    print_exit_status();
    ui_print(".Sh SEE ALSO\n.Xr psql 1 ,\n.Xr pg_dump 1\n");
}

bool run_man(Invocation *inv, Error *err)
{
    if (inv->arguments.n == 0) {
        print_main_page();
        return true;
    }
    const Command *c = named_command(inv, err);
    if (c != NULL)
        print_command_page(c);
    return c != NULL;
}
