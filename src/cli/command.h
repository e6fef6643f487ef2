/* cli/command.h: what a command is. One row of commands[] (cli/commands.c) each; help, man page, completion and
 * argument errors are made from that table alone. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/error.h"
#include "base/list.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum FlagType {
    FLAG_BOOL,     /* --x, --no-x, --x=true|false|1|0|yes|no|on|off */
    FLAG_TEXT,     /* --x VALUE, --x=VALUE */
    FLAG_NUMBER,   /* a decimal integer, 0 or more */
    FLAG_DURATION, /* base/clock.h; in milliseconds */
    FLAG_CHOICE,   /* one of `choices` */
    FLAG_LIST,     /* may be given more than once; each value may be a,b,c */
    FLAG_PAIRS,    /* name=value, may be given more than once */
    FLAG_EACH,     /* may be given more than once; each value is taken as it is */
} FlagType;

typedef struct Flag {
    const char *name;        /* without dashes; NULL ends a table */
    char letter;             /* 0 for none */
    const char *letters;     /* further letters, of other tools: accepted, not shown; NULL for none */
    FlagType type;
    const char *value;       /* how help names the value: "NAME", "FILE", "a|b" for the choices to show */
    const char *environment; /* variable that gives it when the flag is not there; NULL for none */
    const char *fallback;    /* default as text; NULL for none */
    const char *help;        /* one sentence without a dot */
    const char *choices;     /* of FLAG_CHOICE: "all|tag|change" */
    const char *aliases;     /* further names, "to-change,change"; NULL for none */
    bool hidden;             /* accepted, not shown (names of other tools) */
    bool secret;             /* a password: never shown, and gone from the process's title once it is read */
    ErrorClass misfit;       /* class of the failure that a value of no such type is; ERR_NONE: ERR_USAGE */
    const char *no_effect;   /* accepted and said to change nothing: why; NULL for flags that do something */
} Flag;

typedef struct Invocation Invocation;

typedef struct Command {
    const char *name;      /* "deploy", "roles bootstrap" */
    const char *aliases;   /* "apply"; comma-separated; NULL */
    const char *group;     /* heading in `pgwright --help` */
    const char *summary;   /* one line */
    const char *arguments; /* "[MODULE]"; "" for none */
    int min_arguments, max_arguments; /* max -1: any number */
    const char *about;     /* paragraphs for --help and the man page */
    const char *examples;  /* lines "command  # what it does" */
    const Flag *const *flags; /* tables, NULL-terminated: shared groups first; the global flags are always there */
    bool (*run)(Invocation *inv, Error *err);
    bool hidden;           /* left out of the overview and of completion */
    bool (*reads_dotenv)(const Invocation *inv); /* does the working folder's .env count as environment? NULL: no */
    bool no_json;          /* its output is no result that could be JSON: --json is refused */
} Command;

extern const Command commands[];
extern const size_t commands_count;

/* Commands of the tools whose users come here that pgwright leaves to others: what to do instead. */
typedef struct CommandElsewhere {
    const char *name;
    const char *instead;
} CommandElsewhere;
extern const CommandElsewhere commands_elsewhere[];
extern const size_t commands_elsewhere_count;

/* What was typed, checked against the table. Owns everything that the command allocates under it. */
struct Invocation {
    const Command *command;
    TextList arguments;     /* positional */
    bool json;              /* --json */
    bool yes;               /* --yes */
    bool answered;          /* the JSON document is printed already */
    TextList remarks;       /* of reading it, for --verbose */
    struct FlagValue *values;
};

/* The value of a flag by its name: given, or of its environment variable, or its default. Asking for a name that the
 * command does not have is a bug (abort). */
bool flag_bool(const Invocation *inv, const char *name);
const char *flag_text(const Invocation *inv, const char *name);   /* NULL when neither given nor defaulted */
long flag_number(const Invocation *inv, const char *name);
int64_t flag_duration(const Invocation *inv, const char *name);   /* milliseconds; 0 when neither given nor defaulted */
const TextList *flag_list(const Invocation *inv, const char *name);
bool flag_given(const Invocation *inv, const char *name);         /* on the command line, or by the environment */
bool flag_typed(const Invocation *inv, const char *name);         /* on the command line */
bool flag_exists(const Invocation *inv, const char *name);        /* has the command this flag? */
const char *flag_given_name(const Invocation *inv, size_t i);     /* name of the i-th flag that was given; NULL */

#endif
