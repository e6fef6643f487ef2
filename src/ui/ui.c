/* ui/ui.c: output and colour; see ui.h. */
#include "ui/ui.h"

#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool colored;
static bool reader_left; /* stdout is a pipe that nobody reads any more */

static const char *const styles[] = {
    [UI_PLAIN] = "\033[0m", [UI_BOLD] = "\033[1m", [UI_DIM] = "\033[2m",
    [UI_GOOD] = "\033[32m", [UI_BAD] = "\033[31m", [UI_WARN] = "\033[33m",
};

void ui_start(bool color_wanted)
{
    const char *no_color = getenv("NO_COLOR");
    colored = color_wanted && isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0');
}

const char *ui_style(UiStyle style)
{
    return colored ? styles[style] : "";
}

/* Everything that goes to stdout goes through here. */
static void put(const char *text)
{
    if (fputs(text, stdout) < 0 && errno == EPIPE)
        reader_left = true;
}

void ui_print(const char *fmt, ...)
{
    SCRATCH void *scratch = mem_scratch();
    va_list args;
    va_start(args, fmt);
    char *text = mem_vprintf(scratch, fmt, args);
    va_end(args);
    put(redact(scratch, text));
}

void ui_print_sql(const char *text)
{
    put(text);
}

void ui_json(json_t *document)
{
    SCRATCH void *scratch = mem_scratch();
    char *text = json_dumps(document, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12));
    put(mem_printf(scratch, "%s\n", redact(scratch, text != NULL ? text : "null")));
    free(text);
    json_decref(document);
}

static void set_text(json_t *object, const char *key, const char *value)
{
    SCRATCH void *scratch = mem_scratch();
    if (value != NULL && *value != '\0') /* paths and arguments may hold any bytes */
        json_object_set_new(object, key, json_string(utf8_repaired(scratch, view_of(value))));
}

static const char *class_name(ErrorClass class)
{
    for (size_t i = 0; i < error_classes_count; i++)
        if (error_classes[i].class == class)
            return error_classes[i].name;
    return "failed";
}

static json_t *one_error(const Error *err)
{
    json_t *object = json_pack("{s:i, s:s}", "exit", (int)err->class, "class", class_name(err->class));
    set_text(object, "code", err->code);
    set_text(object, "sqlstate", err->sqlstate);
    set_text(object, "message", err->message);
    set_text(object, "file", err->file == NULL ? NULL : path_shown(err->file));
    if (err->line > 0)
        json_object_set_new(object, "line", json_integer(err->line));
    if (err->column > 0)
        json_object_set_new(object, "column", json_integer(err->column));
    set_text(object, "source", err->source);
    set_text(object, "detail", err->detail);
    set_text(object, "context", err->context);
    set_text(object, "hint", err->hint);
    return object;
}

json_t *ui_error_json(const Error *err)
{
    json_t *first = one_error(err);
    if (err->next == NULL)
        return first;
    json_t *all = json_array();
    for (const Error *e = err; e != NULL; e = e->next)
        json_array_append_new(all, one_error(e));
    json_object_set_new(first, "errors", all);
    return first;
}

bool ui_finish(Error *err)
{
    bool arrived = fflush(stdout) == 0 && !ferror(stdout);
    if (arrived || reader_left || errno == EPIPE)
        return true;
    return error_set(err, ERR_FAILED, "the result could not be written: %s", strerror(errno));
}
