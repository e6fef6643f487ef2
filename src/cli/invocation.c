/* cli/invocation.c: see invocation.h. Nothing that was typed is passed over in silence: what has no meaning
 * is an error. */
#include "cli/invocation.h"

#include "base/log.h"

#include "cli/dotenv.h"
#include "cli/flag_value.h"
#include "cli/flags.h"

#include <errno.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static bool see_help(const Command *command, Error *err)
{
    error_hint(err, "pgwright help %s", command->name);
    return false;
}

static bool flag_elsewhere(const char *name, size_t len, Error *err)
{
    for (const FlagElsewhere *f = flags_elsewhere; f->names != NULL; f++)
        if (list_has_word(f->names, name, len)) {
            error_hint(err, "%s", f->instead);
            return true;
        }
    return false;
}

/* `shown` as it was typed, without its value. */
static bool unknown_flag(const Invocation *inv, const char *shown, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *name = shown + strspn(shown, "-");
    bool negated = text_starts(name, "no-");
    TextList names = {0};
    for (const FlagValue *v = inv->values; v->flag != NULL; v++)
        if (!v->flag->hidden)
            list_push(scratch, &names, v->flag->name);
    error_set(err, ERR_USAGE, "%s does not know the flag %s", inv->command->name, shown);
    if (flag_elsewhere(name, strlen(name), err))
        return false;
    const char *near = text_nearest(name, names.v, names.n);
    if (near == NULL && negated)
        near = text_nearest(name + 3, names.v, names.n);
    else
        negated = false;
    if (near == NULL || strlen(name) < 2)
        return see_help(inv->command, err);
    error_hint(err, "did you mean --%s%s? All flags: pgwright help %s", negated ? "no-" : "", near,
               inv->command->name);
    return false;
}

/* argv is where ps and /proc read it, and is ours to write (C17 5.1.2.2.1). */
static void hide(const char *text)
{
    redact_value(text);
    memset((char *)(uintptr_t)text, 'x', strlen(text));
}

static bool take(Invocation *inv, FlagValue *v, const char *text, Error *err)
{
    bool ok = flag_value_take(inv, v, text, err);
    if (v->flag->secret)
        hide(text);
    return ok || see_help(inv->command, err);
}

/* What is left of argv. */
typedef struct Arguments {
    size_t n;
    const char *const *v;
} Arguments;

/* Does the next word look like another flag rather than a value? A note may well begin with a dash and a
 * blank. */
static bool looks_like_flag(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && strchr(word, ' ') == NULL;
}

static bool take_next(Invocation *inv, FlagValue *v, Arguments *args, Error *err)
{
    const Flag *f = v->flag;
    bool none = args->n == 0 || looks_like_flag(args->v[0]);
    if (flag_value_optional(f) && (none || !flag_value_fits(f, args->v[0])))
        return take(inv, v, "true", err);
    if (none) {
        error_set(err, ERR_USAGE, "--%s needs a value: %s", f->name, f->value != NULL ? f->value : "VALUE");
        if (args->n > 0)
            error_detail(err, "%s behind it looks like a flag; if it is the value, write --%s=%s", args->v[0],
                         f->name, args->v[0]);
        return see_help(inv->command, err);
    }
    args->n--;
    return take(inv, v, *args->v++, err);
}

/* --no-x of a switch, or of a choice of which "none" is one; NULL value when `name` is neither. */
static FlagValue *find_negated(const Invocation *inv, const char *name, size_t len, const char **value)
{
    FlagValue *v =
        len > 3 && text_starts(name, "no-") ? flag_value_named(inv->values, name + 3, len - 3) : NULL;
    bool has_none = v != NULL && v->flag->type == FLAG_CHOICE && list_has_word(v->flag->choices, "none", 4);
    if (v == NULL || (v->flag->type != FLAG_BOOL && !has_none))
        return NULL;
    *value = has_none ? "none" : "false";
    return v;
}

static bool read_long(Invocation *inv, const char *arg, Arguments *args, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *name = arg + 2, *negative;
    size_t len = strcspn(name, "=");
    const char *value = name[len] == '=' ? name + len + 1 : NULL;
    FlagValue *v = flag_value_named(inv->values, name, len);
    if (v != NULL && value != NULL)
        return take(inv, v, value, err);
    if (v != NULL)
        return v->flag->type == FLAG_BOOL ? take(inv, v, "true", err) : take_next(inv, v, args, err);
    v = value == NULL ? find_negated(inv, name, len, &negative) : NULL;
    if (v != NULL)
        return take(inv, v, negative, err);
    return unknown_flag(inv, mem_strndup(scratch, arg, len + 2), err);
}

/* -x, -xVALUE, -x VALUE, -xy of two switches. */
static bool read_short(Invocation *inv, const char *arg, Arguments *args, Error *err)
{
    for (const char *p = arg + 1; *p != '\0'; p++) {
        FlagValue *v = flag_value_lettered(inv->values, *p);
        if (v == NULL)
            return unknown_flag(inv, (char[]){'-', *p, '\0'}, err);
        if (v->flag->type != FLAG_BOOL)
            return p[1] != '\0' ? take(inv, v, p[1] == '=' ? p + 2 : p + 1, err)
                                : take_next(inv, v, args, err);
        if (!take(inv, v, "true", err))
            return false;
    }
    return true;
}

static bool read_arguments(Invocation *inv, Arguments args, Error *err)
{
    bool only_positional = false;
    while (args.n > 0) {
        const char *arg = *args.v++;
        args.n--;
        bool ok = true;
        if (only_positional || arg[0] != '-' || arg[1] == '\0')
            list_push(inv, &inv->arguments, arg);
        else if (strcmp(arg, "--") == 0)
            only_positional = true;
        else
            ok = arg[1] == '-' ? read_long(inv, arg, &args, err) : read_short(inv, arg, &args, err);
        if (!ok)
            return false;
    }
    return true;
}

static bool go_to_folder(const Invocation *inv, Error *err)
{
    const char *dir = flag_text(inv, "cwd");
    if (dir == NULL || chdir(dir) == 0)
        return true;
    return error_set(err, ERR_USAGE, "cannot go to %s: %s", dir, strerror(errno));
}

static bool read_environment(Invocation *inv, Error *err)
{
    for (FlagValue *v = inv->values; v->flag != NULL; v++) {
        const char *text = v->flag->environment == NULL || v->given ? NULL : getenv(v->flag->environment);
        if (text == NULL || *text == '\0')
            continue;
        v->of_environment = take(inv, v, text, err);
        if (v->of_environment)
            continue;
        error_detail(err, "from the environment variable %s", v->flag->environment);
        return false;
    }
    return true;
}

/* The first of the argument names that nothing was given for: "CHANGE" of "CHANGE [NOTE]". */
static bool check_count(const Invocation *inv, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const Command *c = inv->command;
    int n = (int)inv->arguments.n;
    if (n < c->min_arguments) {
        const char *missing = c->arguments;
        for (int i = 0; i < n; i++)
            missing += strcspn(missing, " ") + strspn(missing + strcspn(missing, " "), " ");
        error_set(err, ERR_USAGE, "%s needs an argument: %s", c->name,
                  mem_strndup(scratch, missing, strcspn(missing, " ")));
    } else if (c->max_arguments >= 0 && n > c->max_arguments) {
        error_set(err, ERR_USAGE, "%s has no use for the argument \"%s\"", c->name,
                  inv->arguments.v[c->max_arguments]);
    } else {
        return true;
    }
    return see_help(c, err);
}

/* The command line taken apart: the command's words, and what stands before and behind them. */
typedef struct Line {
    const Command *command; /* NULL: none was named, or there is none of that name */
    const char *word;       /* the first word that is no flag; NULL */
    TextList rest;          /* flags and arguments without the command's words */
} Line;

/* How many words a global flag takes up; 0 when there is no such one. */
static size_t global_flag_words(const char *arg)
{
    const char *name = arg + strspn(arg, "-");
    size_t len = strcspn(name, "=");
    for (const Flag *f = flags_global; f->name != NULL; f++) {
        bool is_long = text_starts(arg, "--") &&
                       (list_has_word(f->name, name, len) || list_has_word(f->aliases, name, len) ||
                        (text_starts(name, "no-") && list_has_word(f->name, name + 3, len - 3)));
        bool has_letter = name[0] != '\0' && (name[0] == f->letter || (f->letters != NULL && strchr(f->letters, name[0])));
        if (is_long || (has_letter && strspn(arg, "-") == 1))
            return f->type == FLAG_BOOL || name[len] == '=' ? 1 : 2;
    }
    return 0;
}

static const Command *find_command(const char *const *words, size_t n, size_t *used)
{
    SCRATCH void *scratch = mem_scratch();
    *used = 2;
    const Command *two = n < 2 ? NULL : command_find(mem_printf(scratch, "%s %s", words[0], words[1]));
    if (two != NULL)
        return two;
    *used = 1;
    return n < 1 ? NULL : command_find(words[0]);
}

static bool split_line(const void *ctx, int argc, char *const argv[], Line *line, Error *err)
{
    size_t i = 0, n = (size_t)argc, used = 0;
    const char **words = mem_array(ctx, const char *, n + 1);
    for (size_t k = 0; k < n; k++)
        words[k] = argv[k];
    while (i < n && words[i][0] == '-') {
        size_t taken = global_flag_words(words[i]);
        if (taken == 0) {
            error_set(err, ERR_USAGE, "%s cannot stand before the command", words[i]);
            error_hint(err, "pgwright COMMAND [ARGUMENTS] [FLAGS]; see: pgwright help");
            return false;
        }
        for (; taken > 0 && i < n; taken--)
            list_push(ctx, &line->rest, words[i++]);
    }
    line->word = i < n ? words[i] : NULL;
    line->command = find_command(words + i, n - i, &used);
    for (i += line->command != NULL ? used : 0; i < n; i++)
        list_push(ctx, &line->rest, words[i]);
    return true;
}

static bool has_letter(const Command *command, char letter)
{
    for (size_t i = 0; command != NULL && command_flag(command, i) != NULL; i++)
        if (command_flag(command, i)->letter == letter)
            return true;
    return false;
}

/* --help and -? win over whatever else is wrong with the line; -h too where it cannot be the host. */
static bool asks_for_help(const Line *line)
{
    for (size_t i = 0; i < line->rest.n && strcmp(line->rest.v[i], "--") != 0; i++) {
        const char *arg = line->rest.v[i];
        bool h = strcmp(arg, "-h") == 0 && (i == line->rest.n - 1 || !has_letter(line->command, 'h'));
        if (h || strcmp(arg, "--help") == 0 || strcmp(arg, "-?") == 0)
            return true;
    }
    return false;
}

static bool is_any(int argc, char *const argv[], const char *const *words)
{
    for (; argc == 1 && *words != NULL; words++)
        if (strcmp(argv[0], *words) == 0)
            return true;
    return false;
}

/* Help for the command that was named, or for the words that name none, so that it can say so. */
static Invocation *help_invocation(Invocation *inv, const Line *line)
{
    inv->command = command_find("help");
    inv->values = flag_values_new(inv, inv->command);
    if (line->command != NULL && line->command != inv->command)
        list_push(inv, &inv->arguments, line->command->name);
    for (size_t i = 0; line->command == NULL && i < line->rest.n && line->rest.v[i][0] != '-'; i++)
        list_push(inv, &inv->arguments, line->rest.v[i]);
    return inv;
}

Invocation *invocation_parse(const void *ctx, int argc, char *const argv[], Error *err)
{
    static const char *const version[] = {"--version", "-V", "-v", NULL}, *const help[] = {"--help", "-?",
                                                                                           "-h", NULL};
    Invocation *inv = mem_new(ctx, Invocation);
    Line line = {0};
    if (is_any(argc, argv, version))
        line.command = command_find("version");
    else if (!is_any(argc, argv, help) && !split_line(inv, argc, argv, &line, err))
        return NULL;
    if (asks_for_help(&line) || (line.command == NULL && line.word == NULL))
        return help_invocation(inv, &line);
    if (line.command == NULL) {
        command_unknown(line.word, err);
        return NULL;
    }
    inv->command = line.command;
    inv->values = flag_values_new(inv, inv->command);
    if (!read_arguments(inv, (Arguments){.n = line.rest.n, .v = line.rest.v}, err))
        return NULL;
    if (!go_to_folder(inv, err))
        return NULL;
    if (inv->command->reads_dotenv != NULL && inv->command->reads_dotenv(inv))
        dotenv_load(inv, ".", &inv->remarks);
    if (!read_environment(inv, err) || !check_count(inv, err))
        return NULL;
    inv->json = flag_bool(inv, "json");
    if (inv->json && inv->command->no_json) {
        error_set(err, ERR_USAGE, "%s has no JSON to print", inv->command->name);
        see_help(inv->command, err);
        return NULL;
    }
    inv->yes = flag_bool(inv, "yes");
    return inv;
}
