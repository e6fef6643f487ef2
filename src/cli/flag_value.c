/* cli/flag_value.c: see flag_value.h, and the flag functions of command.h. */
#include "cli/flag_value.h"

#include "base/clock.h"
#include "base/log.h"
#include "cli/invocation.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER_MAX = 0x7fffffff };

FlagValue *flag_values_new(const void *ctx, const Command *command)
{
    size_t n = 0;
    while (command_flag(command, n) != NULL)
        n++;
    FlagValue *values = mem_array(ctx, FlagValue, n + 1);
    for (size_t i = 0; i < n; i++) {
        values[i].flag = command_flag(command, i);
        values[i].text = values[i].flag->fallback;
    }
    return values;
}

FlagValue *flag_value_named(FlagValue *values, const char *name, size_t len)
{
    for (FlagValue *v = values; v->flag != NULL; v++)
        if ((strlen(v->flag->name) == len && memcmp(v->flag->name, name, len) == 0) ||
            list_has_word(v->flag->aliases, name, len))
            return v;
    return NULL;
}

FlagValue *flag_value_lettered(FlagValue *values, char letter)
{
    for (FlagValue *v = values; v->flag != NULL; v++)
        if (v->flag->letter == letter ||
            (v->flag->letters != NULL && strchr(v->flag->letters, letter) != NULL))
            return v;
    return NULL;
}

bool flag_value_optional(const Flag *flag)
{
    return flag->type == FLAG_BOOL || (flag->type == FLAG_CHOICE && list_has_word(flag->choices, "true", 4));
}

bool flag_value_repeats(const Flag *flag)
{
    return flag->type == FLAG_LIST || flag->type == FLAG_PAIRS || flag->type == FLAG_EACH;
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

bool flag_value_fits(const Flag *flag, const char *text)
{
    bool b;
    long n;
    int64_t ms;
    switch (flag->type) {
    case FLAG_BOOL:
        return parse_bool(text, &b);
    case FLAG_NUMBER:
        return text_to_long(text, 0, NUMBER_MAX, &n);
    case FLAG_DURATION:
        return clock_parse_duration(text, &ms);
    case FLAG_CHOICE:
        return list_has_word(flag->choices, text, strlen(text));
    case FLAG_PAIRS:
        return strchr(text, '=') != NULL && text[0] != '=';
    case FLAG_TEXT:
    case FLAG_LIST:
    case FLAG_EACH:
        break;
    }
    return true;
}

static bool misfit(const Flag *flag, const char *text, Error *err)
{
    static const char *const wanted[] = {
        [FLAG_BOOL] = "true or false",    [FLAG_TEXT] = "a value",
        [FLAG_NUMBER] = "a whole number", [FLAG_DURATION] = "a time such as 500ms, 5s or 2min",
        [FLAG_CHOICE] = "one of ",        [FLAG_LIST] = "a value",
        [FLAG_PAIRS] = "name=value",      [FLAG_EACH] = "a value",
    };
    if (flag->type == FLAG_DURATION && *text == '-')
        return error_set(err, ERR_CONFIG, "--%s cannot be below zero", flag->name);
    return error_set(err, flag->misfit != ERR_NONE ? flag->misfit : ERR_USAGE, "--%s takes %s%s, not \"%s\"", flag->name,
                     wanted[flag->type],
                     flag->type == FLAG_CHOICE ? flag->choices : "", text);
}

/* a,b,c as three values. */
static void add_list(const void *ctx, FlagValue *v, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, ",");
        if (n > 0)
            list_push(ctx, &v->list, mem_strndup(ctx, text, n));
        text += n + (text[n] != '\0');
    }
}

/* Flags that may be given more than once add up. */
static void add_value(const void *ctx, FlagValue *v, const char *text)
{
    if (v->flag->type == FLAG_LIST)
        add_list(ctx, v, text);
    else
        list_push(ctx, &v->list, mem_strdup(ctx, text));
    v->text = v->given ? mem_printf(ctx, "%s,%s", v->text, text) : mem_strdup(ctx, text);
}

bool flag_value_take(const void *ctx, FlagValue *v, const char *text, Error *err)
{
    bool on;
    /* An empty value is a variable of the caller's script that was not set: `revert --to "$TAG"` must not go
     * on. */
    if (*text == '\0')
        return error_set(err, ERR_USAGE, "--%s was given an empty value", v->flag->name);
    if (!flag_value_fits(v->flag, text))
        return misfit(v->flag, text, err);
    if (v->flag->type == FLAG_BOOL && parse_bool(text, &on))
        text = on ? "true" : "false";
    if (flag_value_repeats(v->flag))
        add_value(ctx, v, text);
    else if (v->given && strcmp(v->text, text) != 0)
        return error_set(err, ERR_USAGE, "--%s was given twice: %s and %s", v->flag->name, v->text, text);
    else
        v->text = mem_strdup(ctx, text);
    v->given = true;
    return true;
}

/* The value that the table promises; anything else is a bug of ours. */
static const FlagValue *must_have(const Invocation *inv, const char *name)
{
    const FlagValue *v = flag_value_named(inv->values, name, strlen(name));
    if (v == NULL) {
        log_at(LOG_ERROR, "pgwright: %s asks for --%s, which it does not have", inv->command->name, name);
        abort();
    }
    return v;
}

bool flag_bool(const Invocation *inv, const char *name)
{
    const FlagValue *v = must_have(inv, name);
    bool on = false;
    if (v->text != NULL)
        parse_bool(v->text, &on);
    return on;
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
        text_to_long(v->text, 0, NUMBER_MAX, &n);
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

bool flag_typed(const Invocation *inv, const char *name)
{
    const FlagValue *v = must_have(inv, name);
    return v->given && !v->of_environment;
}

bool flag_exists(const Invocation *inv, const char *name)
{
    return flag_value_named(inv->values, name, strlen(name)) != NULL;
}

const char *flag_given_name(const Invocation *inv, size_t i)
{
    for (const FlagValue *v = inv->values; v->flag != NULL; v++)
        if (v->given && i-- == 0)
            return v->flag->name;
    return NULL;
}
