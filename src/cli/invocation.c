/* cli/invocation.c: see invocation.h. */
#include "cli/invocation.h"

#include "base/clock.h"
#include "cli/flags.h"

#include <stdlib.h>
#include <string.h>

typedef struct FlagValue {
    const Flag *flag;
    bool given;
    const char *text;   /* as given, or its fallback; NULL */
    TextList list;
} FlagValue;

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

const Flag *command_flag(const Command *command, size_t index)
{
    static const Flag *const none[] = {NULL};
    const Flag *const *tables = command->flags != NULL ? command->flags : none;
    for (; *tables != NULL; tables++)
        for (const Flag *f = *tables; f->name != NULL; f++)
            if (index-- == 0)
                return f;
    for (const Flag *f = flags_global; f->name != NULL; f++)
        if (index-- == 0)
            return f;
    return NULL;
}

static FlagValue *value_of(const Invocation *inv, const char *name, size_t len)
{
    for (FlagValue *v = inv->values; v->flag != NULL; v++)
        if ((strlen(v->flag->name) == len && memcmp(v->flag->name, name, len) == 0) ||
            list_has_word(v->flag->aliases, name, len))
            return v;
    return NULL;
}

static FlagValue *value_of_letter(const Invocation *inv, char letter)
{
    for (FlagValue *v = inv->values; v->flag != NULL; v++)
        if (v->flag->letter == letter || (v->flag->letters != NULL && strchr(v->flag->letters, letter) != NULL))
            return v;
    return NULL;
}

/* The value that the table promises; anything else is a bug of ours. */
static const FlagValue *must_have(const Invocation *inv, const char *name)
{
    const FlagValue *v = value_of(inv, name, strlen(name));
    if (v == NULL)
        abort();
    return v;
}

static bool usage_hint(const Command *command, Error *err)
{
    if (command != NULL)
        error_hint(err, "pgwright help %s", command->name);
    else
        error_hint(err, "pgwright help");
    return false;
}

static bool unknown_flag(const Invocation *inv, const char *flag, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    TextList names = {0};
    for (const FlagValue *v = inv->values; v->flag != NULL; v++)
        if (!v->flag->hidden)
            list_push(scratch, &names, v->flag->name);
    error_set(err, ERR_USAGE, "unknown flag %s", flag);
    const char *near = text_nearest(flag + strspn(flag, "-"), names.v, names.n);
    usage_hint(inv->command, err);
    if (near != NULL)
        error_hint(err, "did you mean --%s? See: pgwright help %s", near, inv->command->name);
    return false;
}

static bool parse_bool(const char *text, bool *out)
{
    static const char *const yes[] = {"true", "1", "yes", "on"};
    static const char *const no[] = {"false", "0", "no", "off"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        *out = strcmp(text, yes[i]) == 0;
        if (*out || strcmp(text, no[i]) == 0)
            return true;
    }
    return false;
}

static bool check_value(const Flag *f, const char *text)
{
    bool b;
    long n;
    int64_t ms;
    switch (f->type) {
    case FLAG_BOOL:
        return parse_bool(text, &b);
    case FLAG_NUMBER:
        return text_to_long(text, 0, 0x7fffffff, &n);
    case FLAG_DURATION:
        return clock_parse_duration(text, &ms);
    case FLAG_CHOICE:
        return list_has_word(f->choices, text, strlen(text));
    case FLAG_PAIRS:
        return strchr(text, '=') != NULL && text[0] != '=';
    case FLAG_TEXT:
    case FLAG_LIST:
        break;
    }
    return true;
}

static bool bad_value(const Invocation *inv, const Flag *f, const char *text, Error *err)
{
    static const char *const wanted[] = {
        [FLAG_BOOL] = "true or false",
        [FLAG_TEXT] = "a value",
        [FLAG_NUMBER] = "a whole number",
        [FLAG_DURATION] = "a time such as 500ms, 5s, 2min",
        [FLAG_CHOICE] = "one of ",
        [FLAG_LIST] = "a value",
        [FLAG_PAIRS] = "name=value",
    };
    error_set(err, ERR_USAGE, "--%s takes %s%s, not \"%s\"", f->name, wanted[f->type],
              f->type == FLAG_CHOICE ? f->choices : "", text);
    return usage_hint(inv->command, err);
}

/* a,b,c as three values. */
static void add_list(Invocation *inv, FlagValue *v, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, ",");
        if (n > 0)
            list_push(inv, &v->list, mem_strndup(inv, text, n));
        text += n + (text[n] != '\0');
    }
}

static bool set_value(Invocation *inv, FlagValue *v, const char *text, Error *err)
{
    if (!check_value(v->flag, text))
        return bad_value(inv, v->flag, text, err);
    v->given = true;
    v->text = mem_strdup(inv, text);
    if (v->flag->type == FLAG_LIST)
        add_list(inv, v, text);
    else if (v->flag->type == FLAG_PAIRS)
        list_push(inv, &v->list, v->text);
    return true;
}

/* What is left of argv. */
typedef struct Arguments {
    int n;
    char *const *v;
} Arguments;

static bool take_next(Invocation *inv, FlagValue *v, Arguments *args, Error *err)
{
    if (args->n == 0) {
        error_set(err, ERR_USAGE, "--%s needs a value", v->flag->name);
        return usage_hint(inv->command, err);
    }
    args->n--;
    return set_value(inv, v, *args->v++, err);
}

static bool read_long(Invocation *inv, const char *arg, Arguments *args, Error *err)
{
    const char *name = arg + 2;
    size_t len = strcspn(name, "=");
    const char *value = name[len] == '=' ? name + len + 1 : NULL;
    FlagValue *v = value_of(inv, name, len);
    if (v == NULL && value == NULL && text_starts(name, "no-")) {
        v = value_of(inv, name + 3, len - 3);
        bool can_be_none = v != NULL && v->flag->type == FLAG_CHOICE && list_has_word(v->flag->choices, "none", 4);
        if (can_be_none || (v != NULL && v->flag->type == FLAG_BOOL))
            return set_value(inv, v, can_be_none ? "none" : "false", err);
        v = NULL;
    }
    if (v == NULL)
        return unknown_flag(inv, arg, err);
    if (value != NULL)
        return set_value(inv, v, value, err);
    return v->flag->type == FLAG_BOOL ? set_value(inv, v, "true", err) : take_next(inv, v, args, err);
}

/* -x, -xVALUE, -x VALUE, -xy of two switches. */
static bool read_short(Invocation *inv, const char *arg, Arguments *args, Error *err)
{
    for (const char *p = arg + 1; *p != '\0'; p++) {
        FlagValue *v = value_of_letter(inv, *p);
        if (v == NULL)
            return unknown_flag(inv, arg, err);
        if (v->flag->type != FLAG_BOOL)
            return p[1] != '\0' ? set_value(inv, v, p + 1, err) : take_next(inv, v, args, err);
        if (!set_value(inv, v, "true", err))
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

static bool read_environment(Invocation *inv, Error *err)
{
    for (FlagValue *v = inv->values; v->flag != NULL; v++) {
        const char *text = v->flag->environment == NULL || v->given ? NULL : getenv(v->flag->environment);
        if (text == NULL || *text == '\0')
            continue;
        if (!set_value(inv, v, text, err)) {
            error_detail(err, "from the environment variable %s", v->flag->environment);
            return false;
        }
    }
    return true;
}

static bool check_count(const Invocation *inv, Error *err)
{
    const Command *c = inv->command;
    int n = (int)inv->arguments.n;
    if (n < c->min_arguments)
        error_set(err, ERR_USAGE, "%s needs %s", c->name, c->arguments);
    else if (c->max_arguments >= 0 && n > c->max_arguments)
        error_set(err, ERR_USAGE, "%s does not take the argument \"%s\"", c->name, inv->arguments.v[c->max_arguments]);
    else
        return true;
    return usage_hint(c, err);
}

/* The command named by the first words; *used of them. */
static const Command *find_command(int argc, char *const argv[], int *used)
{
    SCRATCH void *scratch = mem_scratch();
    for (int n = argc < 2 ? argc : 2; n > 0; n--) {
        char *name = n == 2 ? mem_printf(scratch, "%s %s", argv[0], argv[1]) : mem_strdup(scratch, argv[0]);
        const Command *c = command_find(name);
        *used = n;
        if (c != NULL)
            return c;
    }
    return NULL;
}

static bool unknown_command(const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < commands_elsewhere_count; i++) {
        if (strcmp(commands_elsewhere[i].name, name) != 0)
            continue;
        error_set(err, ERR_USAGE, "pgwright has no command %s", name);
        error_hint(err, "%s", commands_elsewhere[i].instead);
        return false;
    }
    TextList names = {0};
    for (size_t i = 0; i < commands_count; i++)
        list_push(scratch, &names, commands[i].name);
    const char *near = text_nearest(name, names.v, names.n);
    error_set(err, ERR_USAGE, "unknown command %s", name);
    if (near != NULL)
        error_hint(err, "did you mean %s? See: pgwright help", near);
    else
        usage_hint(NULL, err);
    return false;
}

static void make_values(Invocation *inv)
{
    size_t n = 0;
    while (command_flag(inv->command, n) != NULL)
        n++;
    inv->values = mem_array(inv, FlagValue, n + 1);
    for (size_t i = 0; i < n; i++) {
        inv->values[i].flag = command_flag(inv->command, i);
        inv->values[i].text = inv->values[i].flag->fallback;
    }
}

/* --help and -? win over whatever else is wrong with the line; -h too where it could only be that. */
static bool asks_for_help(int argc, char *const argv[])
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        bool last = i == argc - 1;
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-?") == 0 || (last && strcmp(argv[i], "-h") == 0))
            return true;
    }
    return false;
}

Invocation *invocation_parse(const void *ctx, int argc, char *const argv[], Error *err)
{
    Invocation *inv = mem_new(ctx, Invocation);
    int used = 0;
    const Command *named = argc == 0 ? NULL : find_command(argc, argv, &used);
    bool version = argc > 0 && (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "-V") == 0);
    bool help = argc == 0 || asks_for_help(argc, argv);
    if (named == NULL && !help && !version) {
        unknown_command(argv[0], err);
        return NULL;
    }
    inv->command = help ? command_find("help") : version ? command_find("version") : named;
    make_values(inv);
    if (help && named != NULL && named != inv->command)
        list_push(inv, &inv->arguments, named->name);
    if (help && named != inv->command)
        return inv;
    Arguments args = {.n = version ? 0 : argc - used, .v = argv + used};
    if (!read_arguments(inv, args, err) || !read_environment(inv, err) || !check_count(inv, err))
        return NULL;
    inv->json = flag_bool(inv, "json");
    inv->yes = flag_bool(inv, "yes");
    return inv;
}

bool flag_bool(const Invocation *inv, const char *name)
{
    const FlagValue *v = must_have(inv, name);
    bool value = false;
    if (v->text != NULL)
        parse_bool(v->text, &value);
    return value;
}

const char *flag_text(const Invocation *inv, const char *name)
{
    return must_have(inv, name)->text;
}

long flag_number(const Invocation *inv, const char *name)
{
    const FlagValue *v = must_have(inv, name);
    long n = 0;
    if (v->text != NULL)
        text_to_long(v->text, 0, 0x7fffffff, &n);
    return n;
}

int64_t flag_duration(const Invocation *inv, const char *name)
{
    const FlagValue *v = must_have(inv, name);
    int64_t ms = 0;
    if (v->text != NULL)
        clock_parse_duration(v->text, &ms);
    return ms;
}

const TextList *flag_list(const Invocation *inv, const char *name)
{
    return &must_have(inv, name)->list;
}

bool flag_given(const Invocation *inv, const char *name)
{
    return must_have(inv, name)->given;
}

bool flag_exists(const Invocation *inv, const char *name)
{
    return value_of(inv, name, strlen(name)) != NULL;
}

const char *flag_given_name(const Invocation *inv, size_t i)
{
    for (const FlagValue *v = inv->values; v->flag != NULL; v++)
        if (v->given && i-- == 0)
            return v->flag->name;
    return NULL;
}
