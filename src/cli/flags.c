/* cli/flags.c: see flags.h. */
#include "cli/flags.h"

/* clang-format off: it would align the fields of all rows with one another, thousands of columns wide. */
const Flag flags_global[] = {
    {.name = "json", .type = FLAG_BOOL, .help = "print the result as one JSON document on stdout"},
    {.name = "yes", .letter = 'y', .type = FLAG_BOOL, .aliases = "auto-approve", .help = "do not ask for confirmation"},
    {.name = "quiet", .letter = 'q', .type = FLAG_BOOL, .help = "print no messages but errors"},
    {.name = "verbose", .letter = 'v', .type = FLAG_BOOL, .help = "print more messages"},
    {.name = "color",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "colour, on a terminal only; NO_COLOR in the environment takes it away too"},
    {.name = "cwd", .type = FLAG_TEXT, .value = "DIR", .help = "go to this folder first"},
    {.name = "tty", .type = FLAG_BOOL, .fallback = "true", .help = "ask on a terminal", .hidden = true},
    {.name = "noTty", .type = FLAG_BOOL, .help = "the same as --no-tty", .hidden = true},
    {.name = "engine",
     .type = FLAG_CHOICE,
     .value = "NAME",
     .choices = "pg",
     .help = "what pgpm calls the server",
     .hidden = true,
     .no_effect = "a PostgreSQL server is the only engine"},
    {0},
};

const Flag flags_connection[] = {
    {.name = "database",
     .letter = 'd',
     .type = FLAG_TEXT,
     .value = "NAME",
     .aliases = "db,dbname,db-name",
     .help = "database; else PGDATABASE or the service file"},
    {.name = "host",
     .letter = 'h',
     .type = FLAG_TEXT,
     .value = "HOST",
     .aliases = "db-host",
     .help = "host, or the folder of a socket; else PGHOST"},
    {.name = "port",
     .letter = 'p',
     .type = FLAG_TEXT,
     .value = "PORT",
     .aliases = "db-port",
     .help = "port; else PGPORT"},
    {.name = "username",
     .letter = 'U',
     .letters = "u",
     .type = FLAG_TEXT,
     .value = "NAME",
     .aliases = "user,db-user",
     .help = "role to sign in as; else PGUSER. The password comes from PGPASSWORD or a password file"},
    {.name = "url",
     .letters = "t",
     .type = FLAG_TEXT,
     .value = "URL",
     .environment = "PGWRIGHT_URL",
     .aliases = "target",
     .help = "postgresql://… or a libpq connection string; the flags above win over it"},
    {.name = "sandbox",
     .type = FLAG_BOOL,
     .help = "the throwaway server instead, started if need be (pgwright help sandbox)"},
    {.name = "timeout",
     .type = FLAG_DURATION,
     .value = "TIME",
     .help = "give up and roll back once the whole run has taken this long (500ms, 5s, 2min)"},
    {.name = "statement-timeout",
     .type = FLAG_DURATION,
     .value = "TIME",
     .help = "let no single statement run longer (the server's statement_timeout)"},
    {.name = "lock-timeout",
     .type = FLAG_DURATION,
     .value = "TIME",
     .help =
         "let no statement wait longer for a lock (the server's lock_timeout), nor this run for another one"},
    {0},
};

const Flag flags_history[] = {
    {.name = "history",
     .type = FLAG_CHOICE,
     .value = "FORMAT",
     .choices = "pgwright|pgpm|sqitch",
     .aliases = "ledger",
     .help = "keep the history in the tables of this tool instead of that of the plan's format"},
    {.name = "history-schema",
     .type = FLAG_TEXT,
     .value = "SCHEMA",
     .aliases = "ledger-schema,registry",
     .help = "schema that these tables are in; else pgwright, pgpm_migrate or sqitch"},
    {.name = "wait",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "wait while another run holds the lock; --no-wait fails at once, with exit code 15"},
    {0},
};

const Flag flags_select[] = {
    {.name = "package",
     .type = FLAG_TEXT,
     .value = "MODULE",
     .aliases = "module,project",
     .help = "the module, as the argument would name it"},
    {.name = "workspace", .letter = 'w', .type = FLAG_BOOL, .help = "every module of the workspace"},
    {.name = "plan-file",
     .letter = 'f',
     .type = FLAG_TEXT,
     .value = "FILE",
     .help = "read this plan instead of the folder's"},
    {0},
};

const Flag flags_run[] = {
    {.name = "tx",
     .type = FLAG_CHOICE,
     .value = "run|module|tag|change|none",
     .choices = "run|module|tag|change|none|all|true|false",
     .aliases = "mode",
     .help = "where transactions end: with the run (the default), with each module, behind each tagged "
             "change, with each change, with each statement (none, --no-tx)"},
    {.name = "single-transaction",
     .letter = '1',
     .type = FLAG_BOOL,
     .help = "all or nothing: refuse what needs more than one transaction"},
    {.name = "dry-run",
     .type = FLAG_BOOL,
     .help = "print the statements with their transactions, and run nothing"},
    {.name = "lock-retries",
     .type = FLAG_NUMBER,
     .value = "N",
     .fallback = "10",
     .help = "how often a transaction that did not get a lock within --lock-timeout is rolled back and tried again, "
             "after pauses that double from 250 ms to 30 s"},
    {.name = "log-only",
     .type = FLAG_BOOL,
     .aliases = "logOnly",
     .help = "write the history and run no script"},
    {.name = "set",
     .letter = 's',
     .type = FLAG_PAIRS,
     .value = "NAME=VALUE",
     .help = "a psql variable for the scripts: :NAME, :'NAME', :\"NAME\""},
    {.name = "recursive",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "the modules that these require too; --no-recursive takes these alone"},
    {.name = "fast",
     .type = FLAG_BOOL,
     .help = "of pgpm",
     .hidden = true,
     .no_effect = "the ordinary way is the fast one"},
    {.name = "bundled",
     .type = FLAG_BOOL,
     .help = "of pgpm",
     .hidden = true,
     .no_effect = "the module's folder is deployed as it is, without packaging"},
    {.name = "cache",
     .type = FLAG_BOOL,
     .help = "of pgpm",
     .hidden = true,
     .no_effect = "there is nothing to cache"},
    {.name = "usePlan",
     .type = FLAG_BOOL,
     .aliases = "use-plan",
     .help = "of pgpm",
     .hidden = true,
     .no_effect = "the order is always the plan's"},
    {0},
};

static const struct {
    const Flag *table;
    const char *heading;
} headings[] = {
    {flags_global, "Everywhere"},    {flags_connection, "Database"}, {flags_history, "History"},
    {flags_select, "Which modules"}, {flags_run, "How it runs"},
};

const char *flags_heading(const Flag *table)
{
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
        if (headings[i].table == table)
            return headings[i].heading;
    return "Flags";
}

const FlagElsewhere flags_elsewhere[] = {
    {"driver,pglite", "pgwright works on PostgreSQL servers alone; a throwaway one: --sandbox"},
    {"template,boilerplate,repo,from-branch,dir", "pgwright's own layout needs no template"},
    {"client,db-client", "pgwright runs the scripts itself and needs no psql"},
    {"password,W",
     "a password comes from PGPASSWORD, a password file or the service file, never from the command line"},
    {0},
};
