/* cli/command.c: looking things up in the table of commands; see invocation.h. */
#include "cli/flags.h"
#include "cli/invocation.h"

#include <string.h>

bool list_has_word(const char *list, const char *word, size_t len)
{
    while (list != NULL && *list != '\0') {
        size_t n = strcspn(list, ",|");
        if (n == len && memcmp(list, word, len) == 0)
            return true;
        list += n + (list[n] != '\0');
    }
    return false;
}

const Command *command_find(const char *name)
{
    for (size_t i = 0; i < commands_count; i++)
        if (strcmp(commands[i].name, name) == 0 || list_has_word(commands[i].aliases, name, strlen(name)))
            return &commands[i];
    return NULL;
}

const Command *command_of_family(const char *word, size_t i)
{
    size_t n = strlen(word);
    for (size_t k = 0; k < commands_count; k++)
        if (strncmp(commands[k].name, word, n) == 0 && commands[k].name[n] == ' ' && i-- == 0)
            return &commands[k];
    return NULL;
}

const Flag *command_table(const Command *command, size_t i)
{
    size_t n = 0;
    while (command->flags != NULL && command->flags[n] != NULL)
        n++;
    return i < n ? command->flags[i] : i == n ? flags_global : NULL;
}

const Flag *command_flag(const Command *command, size_t index)
{
    const Flag *table;
    for (size_t t = 0; (table = command_table(command, t)) != NULL; t++)
        for (const Flag *f = table; f->name != NULL; f++)
            if (index-- == 0)
                return f;
    return NULL;
}

bool command_is_first_of_family(const Command *command)
{
    size_t n = strcspn(command->name, " ");
    bool follows =
        command > commands && strncmp(command[-1].name, command->name, n) == 0 && command[-1].name[n] == ' ';
    return command->name[n] == ' ' && !follows;
}

/* "roles" alone, or with a second word that is none of theirs. */
static bool incomplete_command(const char *word, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str seconds = str_new(scratch);
    for (size_t i = 0; command_of_family(word, i) != NULL; i++)
        str_addf(&seconds, "%s%s", i > 0 ? ", " : "", command_of_family(word, i)->name + strlen(word) + 1);
    error_set(err, ERR_USAGE, "%s needs to know what: %s", word, seconds.text);
    error_hint(err, "pgwright help %s", word);
    return false;
}

static bool command_elsewhere(const char *word, Error *err)
{
    for (size_t i = 0; i < commands_elsewhere_count; i++)
        if (strcmp(commands_elsewhere[i].name, word) == 0) {
            error_set(err, ERR_USAGE, "pgwright has no command %s", word);
            error_hint(err, "%s", commands_elsewhere[i].instead);
            return true;
        }
    return false;
}

bool command_unknown(const char *word, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    TextList names = {0};
    if (command_of_family(word, 0) != NULL)
        return incomplete_command(word, err);
    if (command_elsewhere(word, err))
        return false;
    for (size_t i = 0; i < commands_count; i++) {
        size_t n = strcspn(commands[i].name, " ");
        list_push(scratch, &names, mem_strndup(scratch, commands[i].name, n));
    }
    const char *near = text_nearest(word, names.v, names.n);
    error_set(err, ERR_USAGE, "there is no command %s", word);
    if (near != NULL)
        error_hint(err, "did you mean %s? All commands: pgwright help", near);
    else
        error_hint(err, "all commands: pgwright help");
    return false;
}
