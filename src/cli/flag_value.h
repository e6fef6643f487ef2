/* cli/flag_value.h: one flag of an invocation and what was given for it. Callers: invocation.c; commands ask
 * by the functions of command.h. */
#ifndef CLI_FLAG_VALUE_H
#define CLI_FLAG_VALUE_H

#include "cli/command.h"

typedef struct FlagValue {
    const Flag *flag; /* NULL ends the array */
    bool given;
    bool of_environment; /* given, but by its variable */
    const char
        *text; /* as given, or its fallback; "true" or "false" of a switch; a list joined by commas; NULL */
    TextList list; /* of flags that may be given more than once */
} FlagValue;

/* One row for every flag of the command, with the fallbacks. Owned by `inv`. */
FlagValue *flag_values_new(const void *ctx, const Command *command);

/* By name or alias (of `len` bytes), by letter; NULL. */
FlagValue *flag_value_named(FlagValue *values, const char *name, size_t len);
FlagValue *flag_value_lettered(FlagValue *values, char letter);

/* May the flag stand without a value? Switches, and choices between words of which "true" is one. */
bool flag_value_optional(const Flag *flag);

/* May it be given more than once, each value adding to the others? */
bool flag_value_repeats(const Flag *flag);

/* Would this text be taken for its value? */
bool flag_value_fits(const Flag *flag, const char *text);

/* Takes one value in. ERR_USAGE when it does not fit, is empty, or differs from what was given before. */
bool flag_value_take(const void *ctx, FlagValue *v, const char *text, Error *err);

#endif
