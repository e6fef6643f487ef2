/* cli/render.h: pieces of help that help, man pages and completion share. */
#ifndef CLI_RENDER_H
#define CLI_RENDER_H

#include "cli/command.h"

/* "-r, --requires CHANGE"; "--no-wait" for a switch that is on by default. Owned by `ctx`. */
char *render_flag(const void *ctx, const Flag *flag);

/* Its sentence, with choices, variable and default. Owned by `ctx`. */
char *render_flag_help(const void *ctx, const Flag *flag);

/* The command that the arguments name. NULL with ERR_USAGE. */
const Command *named_command(const Invocation *inv, Error *err);

#endif
