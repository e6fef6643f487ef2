/* cli/man.c: manual pages from the table of commands, in mdoc (mdoc(7)). */
#include "base/file.h"
#include "cli/flags.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <string.h>

enum { LINE_WIDTH = 78 };

/* One character beyond ASCII, as roff names it. Returns its length in bytes. */
static size_t add_unicode(Str *out, const char *p)
{
    size_t n = utf8_sequence(p, strlen(p));
    unsigned code = (unsigned char)*p & (n == 2 ? 0x1Fu : n == 3 ? 0x0Fu : 0x07u);
    for (size_t i = 1; i < n; i++)
        code = code << 6 | ((unsigned char)p[i] & 0x3Fu);
    str_addf(out, "\\[u%04X]", n > 0 ? code : 0xFFFDu);
    return n > 0 ? n : 1;
}

/* Characters that mean something to roff, or are made typographic by it. */
static void add_escaped(Str *out, const char *text)
{
    static const struct {
        char character;
        const char *name;
    } names[] = {{'\\', "\\e"}, {'-', "\\-"}, {'`', "\\(ga"}, {'\'', "\\(aq"}, {'"', "\\(dq"}};
    for (const char *p = text; *p != '\0';) {
        size_t i = 0;
        if ((unsigned char)*p >= 0x80) {
            p += add_unicode(out, p);
            continue;
        }
        while (i < sizeof names / sizeof names[0] && names[i].character != *p)
            i++;
        if (*p == '.' && (p == text || p[-1] == ' '))
            str_add(out, "\\&"); /* it may come to begin a line, and is no request */
        if (i < sizeof names / sizeof names[0])
            str_add(out, names[i].name);
        else
            str_add_char(out, *p);
        p++;
    }
}

/* Paragraphs: sentences begin lines, as roff likes them. */
static void add_text(Str *out, const char *text)
{
    SCRATCH void *scratch = mem_scratch();
    const char *from = text;
    for (const char *p = text;; p++) {
        bool sentence = *p == ' ' && p > text && strchr(".!?", p[-1]) != NULL;
        if (!sentence && *p != '\n' && *p != '\0')
            continue;
        Str line = str_new(scratch);
        add_escaped(&line, mem_strndup(scratch, from, (size_t)(p - from)));
        render_wrapped(out, line.text, 0, 0, LINE_WIDTH);
        if (*p == '\n')
            str_add(out, ".Pp\n");
        from = p + 1;
        if (*p == '\0')
            return;
    }
}

/* A macro with one literal argument: quoted, so that no word of it is taken for a macro. */
static void add_macro(Str *out, const char *macro, const char *text)
{
    str_addf(out, ".%s \"", macro);
    add_escaped(out, text);
    str_add(out, "\"\n");
}

/* "pgwright-roles-add", in capitals for the title. */
static char *page_name(const void *ctx, const Command *c, bool capitals)
{
    char *name = mem_printf(ctx, "pgwright%s%s", c != NULL ? "-" : "", c != NULL ? c->name : "");
    for (char *p = name; *p != '\0'; p++) {
        if (*p == ' ')
            *p = '-';
        if (capitals && *p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    }
    return name;
}

/* The date is that of the build: "Nov  1 2026" as the compiler writes it. */
static void add_head(Str *out, const Command *c, const char *summary)
{
    SCRATCH void *scratch = mem_scratch();
    const char *date = __DATE__, *day = date + 4 + strspn(date + 4, " ");
    str_addf(out, ".Dd %.3s %.*s, %s\n.Dt %s 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", date, (int)strcspn(day, " "),
             day, date + 7, page_name(scratch, c, true), page_name(scratch, c, false));
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

static void add_flags(Str *out, const Command *c)
{
    SCRATCH void *scratch = mem_scratch();
    const Flag *table;
    const char *last = NULL;
    for (size_t t = 0; (table = command_table(c, t)) != NULL; t++) {
        const char *heading = flags_heading(table);
        if (last != NULL && strcmp(last, heading) != 0)
            str_add(out, ".El\n");
        if (last == NULL || strcmp(last, heading) != 0)
            str_addf(out, ".Ss %s\n.Bl -tag -width 4n\n", heading);
        last = heading;
        for (const Flag *f = table; f->name != NULL; f++) {
            if (f->hidden)
                continue;
            add_macro(out, "It Sy", render_flag(scratch, f));
            add_text(out, render_flag_help(scratch, f));
        }
    }
    str_add(out, ".El\n");
}

static void add_examples(Str *out, const Command *c)
{
    SCRATCH void *scratch = mem_scratch();
    ExampleList examples = {0};
    render_examples(scratch, c, &examples);
    str_add(out, ".Sh EXAMPLES\n.Bl -tag -width 4n\n");
    for (size_t i = 0; i < examples.n; i++) {
        add_macro(out, "It Li", examples.v[i].command);
        add_text(out, examples.v[i].does);
    }
    str_add(out, ".El\n");
}

static void add_command_page(Str *out, const Command *c)
{
    add_head(out, c, c->summary);
    str_addf(out, ".Sh SYNOPSIS\n.Nm pgwright %s\n", c->name);
    if (c->arguments[0] != '\0')
        add_macro(out, "Ar", c->arguments);
    str_add(out, ".Op Ar flags\n.Sh DESCRIPTION\n");
    add_text(out, c->about);
    add_flags(out, c);
    add_exit_status(out);
    add_examples(out, c);
    str_add(out, ".Sh SEE ALSO\n.Xr pgwright 1\n");
}

static void add_environment(Str *out)
{
    static const struct {
        const char *name, *meaning;
    } variables[] = {
        {"PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, PGSERVICE, …",
         "where the database is, and all else that libpq reads"},
        {"PGWRIGHT_URL", "where the database is, as --url says it"},
        {"PGWRIGHT_PG_BIN", "the folder of the server programs that the sandbox is made from"},
        {"PGWRIGHT_ROLE_PASSWORD", "the password of the role that roles add makes"},
        {"SQITCH_FULLNAME, SQITCH_EMAIL", "who plans and deploys; else sqitch.conf, git and the system tell"},
        {"CI", "nobody is asked anything"},
        {"NO_COLOR", "no colour"},
    };
    str_add(out, ".Sh ENVIRONMENT\n.Bl -tag -width 4n\n");
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        add_macro(out, "It Ev", variables[i].name);
        add_text(out, variables[i].meaning);
    }
    str_add(out, ".El\n");
}

static void add_main_page(Str *out)
{
    add_head(out, NULL, "change PostgreSQL databases safely");
    str_add(out,
            ".Sh SYNOPSIS\n.Nm pgwright\n.Ar command\n.Op Ar arguments\n.Op Ar flags\n.Sh DESCRIPTION\n");
    add_text(out, "It reads the changes in a project's folder, shows what will happen, does it, proves that "
                  "it was done, and can take it back. Projects of pgpm and Sqitch work as they are.");
    str_add(out, ".Bl -tag -width 18n\n");
    for (size_t i = 0; i < commands_count; i++) {
        if (commands[i].hidden)
            continue;
        add_macro(out, "It Cm", commands[i].name);
        add_text(out, commands[i].summary);
    }
    str_add(out, ".El\n.Pp\n");
    add_text(out,
             "Each command has its own page, pgwright-deploy(1) and so on, and the same text behind --help.");
    add_environment(out);
    add_exit_status(out);
    str_add(out, ".Sh SEE ALSO\n.Xr pg_dump 1 ,\n.Xr psql 1\n");
}

static char *page(const void *ctx, const Command *c)
{
    Str out = str_new(ctx);
    if (c == NULL)
        add_main_page(&out);
    else
        add_command_page(&out, c);
    return out.text;
}

static bool write_page(const char *dir, const Command *c, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *path = path_join(scratch, dir, mem_printf(scratch, "%s.1", page_name(scratch, c, false)));
    char *text = page(scratch, c);
    return file_write(path, text, strlen(text), err);
}

/* All pages as files, for an installation. */
static bool write_pages(const char *dir, Error *err)
{
    bool ok = dir_make(dir, err) && write_page(dir, NULL, err);
    for (size_t i = 0; ok && i < commands_count; i++)
        ok = write_page(dir, &commands[i], err);
    return ok;
}

bool run_man(Invocation *inv, Error *err)
{
    const char *dir = flag_text(inv, "directory");
    if (dir != NULL)
        return write_pages(dir, err);
    const Command *c = inv->arguments.n == 0 ? NULL : named_command(inv, err);
    if (inv->arguments.n > 0 && c == NULL)
        return false;
    ui_print("%s", page(inv, c));
    return true;
}
