/* cli/flags.h: flags that commands share. Each table ends with a nameless row. */
#ifndef CLI_FLAGS_H
#define CLI_FLAGS_H

#include "cli/command.h"

extern const Flag flags_global[];     /* every command has them */
extern const Flag flags_connection[]; /* where the database is, and how long to wait for it */
extern const Flag flags_history[];    /* which history tables */
extern const Flag flags_select[];     /* which modules */
extern const Flag flags_run[];        /* how a plan is run */

/* The heading of such a table in help; that of a command's own flags for any other. */
const char *flags_heading(const Flag *table);

/* Flags of other tools that pgwright leaves out: what to do instead. Ends with a nameless row. */
typedef struct FlagElsewhere {
    const char *names; /* separated by commas */
    const char *instead;
} FlagElsewhere;
extern const FlagElsewhere flags_elsewhere[];

#endif
