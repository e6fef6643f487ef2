/* cli/invocation.h: from argv to an Invocation, by the table of commands alone. */
#ifndef CLI_INVOCATION_H
#define CLI_INVOCATION_H

#include "cli/command.h"

/* Finds the command and reads its flags and arguments. NULL with ERR_USAGE, which names the nearest thing there is.
 * Without any argument the command is "help". */
Invocation *invocation_parse(const void *ctx, int argc, char *const argv[], Error *err);

/* The row of a command by its name or one of its aliases; NULL. */
const Command *command_find(const char *name);

/* Walks over the flags of a command, the global ones last: start with i = 0; NULL at the end. */
const Flag *command_flag(const Command *command, size_t i);

/* Does the comma-separated list hold this word? */
bool list_has_word(const char *list, const char *word, size_t len);

#endif
