/* cli/invocation.h: from argv to an Invocation, by the table of commands alone. */
#ifndef CLI_INVOCATION_H
#define CLI_INVOCATION_H

#include "cli/command.h"

/* Finds the command and reads its flags and arguments (argv without the program's name), goes to the folder of --cwd, and
 * reads what the environment and the folder's .env say. Global flags may stand before the command. NULL with ERR_USAGE, which names the nearest thing there is. Without any
 * argument, and wherever --help stands, the command is "help". */
Invocation *invocation_parse(const void *ctx, int argc, char *const argv[], Error *err);

/* The row of a command by its name or one of its aliases; NULL. */
const Command *command_find(const char *name);

/* The i-th command whose first word this is, "roles" → "roles bootstrap"; NULL at the end. */
const Command *command_of_family(const char *word, size_t i);

/* Is it of two words, and the first row with its first word? */
bool command_is_first_of_family(const Command *command);

/* Walks over the tables of flags of a command, and over the flags in them; the global ones last, NULL at the
 * end. */
const Flag *command_table(const Command *command, size_t i);
const Flag *command_flag(const Command *command, size_t i);

/* Says what there is instead of a command that there is not. Returns false. */
bool command_unknown(const char *word, Error *err);

/* Does the list, separated by commas or bars, hold this word? */
bool list_has_word(const char *list, const char *word, size_t len);

#endif
