/* cli/flags.h: flags that commands share. Each table ends with a nameless row. */
#ifndef CLI_FLAGS_H
#define CLI_FLAGS_H

#include "cli/command.h"

extern const Flag flags_global[];     /* every command has them */
extern const Flag flags_connection[]; /* where the database is, and how long to wait for it */
extern const Flag flags_history[];    /* which history tables */
extern const Flag flags_select[];     /* which modules */
extern const Flag flags_run[];        /* how a plan is run */

#endif
