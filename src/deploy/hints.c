/* deploy/hints.c: see hints.h. */
#include "deploy/hints.h"

#include "base/config.h"
#include "base/file.h"

#include <string.h>

enum { SCRIPT_MAX = 1024 * 1024 };

/* The name in the first pair of double quotes of a server message, without its schema. */
static char *quoted_name(const void *ctx, const char *message)
{
    const char *from = strchr(message, '"');
    const char *to = from == NULL ? NULL : strchr(from + 1, '"');
    if (to == NULL)
        return NULL;
    char *name = mem_strndup(ctx, from + 1, (size_t)(to - from) - 1);
    char *dot = strrchr(name, '.');
    return dot == NULL ? name : dot + 1;
}

static bool is_bootstrap_role(const Workspace *ws, const char *name)
{
    static const char *const keys[] = {"anonymous", "authenticated", "administrator"};
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(config_text(ws->config, mem_printf(scratch, "db.roles.%s", keys[i]), keys[i]), name) == 0)
            return true;
    return false;
}

/* Does the script create something of this name? A guess for a hint: "CREATE … name" on one line. */
static bool creates(const char *path, const char *name)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    size_t len;
    char *text = file_read(scratch, path, SCRIPT_MAX, &len, &ignored);
    error_clear(&ignored);
    char *state = NULL;
    for (char *line = text == NULL ? NULL : strtok_r(text, "\n", &state); line != NULL; line = strtok_r(NULL, "\n", &state)) {
        const char *at = strcasestr(line, "create ") != NULL ? strstr(line, name) : NULL;
        char after = at == NULL ? 'x' : at[strlen(name)];
        if (at != NULL && (after == '\0' || strchr(" (\";\r\t", after) != NULL))
            return true;
    }
    return false;
}

static const Change *creator_of(const Workspace *ws, const char *name)
{
    for (size_t m = 0; m < ws->modules.n; m++) {
        const ChangeList *changes = &ws->modules.v[m]->changes;
        for (size_t i = 0; i < changes->n; i++)
            if (changes->v[i]->has_deploy && creates(changes->v[i]->deploy, name))
                return changes->v[i];
    }
    return NULL;
}

/* "function app.f(integer) does not exist" names it without quotes. */
static char *missing_object(const void *ctx, const char *message)
{
    if (!text_starts(message, "function "))
        return quoted_name(ctx, message);
    const char *from = message + strlen("function ");
    char *name = mem_strndup(ctx, from, strcspn(from, "("));
    char *dot = strrchr(name, '.');
    return dot == NULL ? name : dot + 1;
}

void hint_for_statement(Error *err, const Workspace *ws)
{
    SCRATCH void *scratch = mem_scratch();
    if (strcmp(err->sqlstate, "42704") == 0) {
        const char *name = quoted_name(scratch, err->message);
        if (name != NULL && text_starts(err->message, "role ") && is_bootstrap_role(ws, name))
            error_hint(err, "make the project's roles first: pgwright roles bootstrap");
    } else if (strcmp(err->sqlstate, "42P01") == 0 || strcmp(err->sqlstate, "42883") == 0 ||
               strcmp(err->sqlstate, "3F000") == 0) {
        const char *name = missing_object(scratch, err->message);
        const Change *creator = name == NULL ? NULL : creator_of(ws, name);
        if (creator != NULL)
            error_hint(err, "%s:%s seems to create it: require it in the plan, or put it first", creator->module->name,
                       creator->instance);
    }
}
