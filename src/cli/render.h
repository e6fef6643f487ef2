/* cli/render.h: pieces of help that help, man pages and completion share. */
#ifndef CLI_RENDER_H
#define CLI_RENDER_H

#include "cli/command.h"

/* Is this a switch that is on unless it is said to be off? */
bool flag_is_on(const Flag *flag);

/* The choices to show, "a|b": `value` where that is a list of them (the others are words of other tools), else all. */
const char *flag_choices(const Flag *flag);

/* "-r, --requires CHANGE"; "--[no-]wait" for a switch that is on by default. Owned by `ctx`. */
char *render_flag(const void *ctx, const Flag *flag);

/* Its sentence, with choices, variable and default. Owned by `ctx`. */
char *render_flag_help(const void *ctx, const Flag *flag);

/* Adds paragraphs (each line of `text` is one), wrapped at blanks; lines begin `indent` columns in, the first one at
 * `column`, where the caller stands. Ends with a newline. */
void render_wrapped(Str *out, const char *text, int indent, int column, int width);

/* One line "command   # what it does" of a command's examples. */
typedef struct Example {
    const char *command;
    const char *does; /* "" for none */
} Example;
typedef LIST(Example) ExampleList;

/* Takes a command's examples apart. Owned by `ctx`. */
void render_examples(const void *ctx, const Command *command, ExampleList *out);

/* The command that the arguments name. NULL with ERR_USAGE. */
const Command *named_command(const Invocation *inv, Error *err);

#endif
