/* ui/told.c: see told.h. */
#include "ui/told.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "ui/ui.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static json_t *errors; /* that were told; NULL: none yet */

static const char *text_of(const json_t *error, const char *key)
{
    return json_string_value(json_object_get(error, key));
}

static json_int_t number_of(const json_t *error, const char *key)
{
    return json_integer_value(json_object_get(error, key));
}

static bool is_github(void)
{
    const char *told = getenv("GITHUB_ACTIONS");
    return told != NULL && strcmp(told, "true") == 0;
}

/* ---- where ---- */

/* As path_real() gives it; of what is not there as it is written. */
static const char *resolved(const void *ctx, const char *path)
{
    const char *real = path_real(ctx, path);
    return real != NULL ? real : path;
}

/* From the root of the repository on; absolute when it is outside. */
static const char *from_root(const void *ctx, const char *file)
{
    const char *workspace = is_github() ? getenv("GITHUB_WORKSPACE") : NULL;
    const char *root = workspace != NULL && *workspace == '/' ? workspace : path_cwd(ctx);
    return path_relative(resolved(ctx, file), resolved(ctx, root));
}

/* ---- what ---- */

/* "deploying shop:users: relation … does not exist", then detail and hint, a line each. */
static char *whole_message(const void *ctx, const json_t *error)
{
    static const char *const more[] = {"detail", "hint"};
    Str out = str_new(ctx);
    if (text_of(error, "context") != NULL)
        str_addf(&out, "%s: ", text_of(error, "context"));
    str_add(&out, text_of(error, "message") == NULL ? "" : text_of(error, "message"));
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        if (text_of(error, more[i]) != NULL)
            str_addf(&out, "\n%s: %s", more[i], text_of(error, more[i]));
    return redact(ctx, out.text);
}

/* The server's SQLSTATE, else our own word for it, else the class: "42P01", "HAZARD_FORBIDDEN", "config". */
static const char *rule_of(const json_t *error)
{
    static const char *const keys[] = {"sqlstate", "code", "class"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (text_of(error, keys[i]) != NULL)
            return text_of(error, keys[i]);
    return "failed";
}

/* ---- annotations of GitHub Actions ---- */

/* In values of properties : and , have a meaning, too. */
static void add_escaped(Str *out, const char *text, bool property)
{
    for (; *text != '\0'; text++) {
        if (strchr("%\r\n", *text) != NULL || (property && strchr(":,", *text) != NULL))
            str_addf(out, "%%%02X", (unsigned)*text);
        else
            str_add_char(out, *text);
    }
}

static void annotate(const json_t *error)
{
    SCRATCH void *scratch = mem_scratch();
    Str out = str_new(scratch);
    const char *file = text_of(error, "file");
    str_add(&out, "::error ");
    if (file != NULL) {
        str_add(&out, "file=");
        add_escaped(&out, from_root(scratch, file), true);
        str_add_char(&out, ',');
    }
    if (number_of(error, "line") > 0)
        str_addf(&out, "line=%lld,", (long long)number_of(error, "line"));
    if (number_of(error, "column") > 0)
        str_addf(&out, "col=%lld,", (long long)number_of(error, "column"));
    str_add(&out, "title=pgwright ");
    add_escaped(&out, rule_of(error), true);
    str_add(&out, "::");
    add_escaped(&out, whole_message(scratch, error), false);
    str_add_char(&out, '\n');
    log_raw(out.text);
}

/* ---- SARIF ---- */

static char *uri_of(const void *ctx, const char *file)
{
    Str out = str_new(ctx);
    const char *path = from_root(ctx, file);
    if (*path == '/')
        str_add(&out, "file://");
    for (; *path != '\0'; path++) {
        if (isalnum((unsigned char)*path) || strchr("-._~/", *path) != NULL)
            str_add_char(&out, *path);
        else
            str_addf(&out, "%%%02X", (unsigned)(unsigned char)*path);
    }
    return out.text;
}

static json_t *location_json(const json_t *error)
{
    SCRATCH void *scratch = mem_scratch();
    json_t *place = json_pack("{s:{s:s}}", "artifactLocation", "uri", uri_of(scratch, text_of(error, "file")));
    json_int_t line = number_of(error, "line"), column = number_of(error, "column");
    if (line > 0) {
        json_t *region = json_pack("{s:I}", "startLine", line);
        if (column > 0)
            json_object_set_new(region, "startColumn", json_integer(column));
        if (text_of(error, "source") != NULL)
            json_object_set_new(region, "snippet", json_pack("{s:s}", "text", redact(scratch, text_of(error, "source"))));
        json_object_set_new(place, "region", region);
    }
    return json_pack("{s:o}", "physicalLocation", place);
}

static const char *meaning_of(const char *class)
{
    for (size_t i = 0; i < error_classes_count; i++)
        if (strcmp(error_classes[i].name, class) == 0)
            return error_classes[i].meaning;
    return class;
}

/* The number of its rule, which is added where it is new. */
static size_t rule_index(json_t *rules, const json_t *error)
{
    const char *id = rule_of(error), *class = text_of(error, "class") == NULL ? "failed" : text_of(error, "class");
    size_t i;
    json_t *rule;
    json_array_foreach(rules, i, rule) {
        if (strcmp(text_of(rule, "id"), id) == 0)
            return i;
    }
    json_array_append_new(rules, json_pack("{s:s, s:{s:s}, s:{s:s}}", "id", id, "shortDescription", "text", meaning_of(class),
                                            "properties", "class", class));
    return json_array_size(rules) - 1;
}

static json_t *result_json(json_t *rules, const json_t *error)
{
    SCRATCH void *scratch = mem_scratch();
    json_t *o = json_pack("{s:s, s:I, s:s, s:{s:s}}", "ruleId", rule_of(error), "ruleIndex", (json_int_t)rule_index(rules, error), "level",
                          "error", "message", "text", whole_message(scratch, error));
    if (text_of(error, "file") != NULL)
        json_object_set_new(o, "locations", json_pack("[o]", location_json(error)));
    return o;
}

/* Columns are counted in characters. */
static json_t *document(int exit)
{
    json_t *rules = json_array(), *results = json_array(), *error;
    size_t i;
    json_array_foreach(errors, i, error)
        json_array_append_new(results, result_json(rules, error));
    json_t *run = json_pack("{s:{s:{s:s, s:s, s:o}}, s:[{s:b, s:i}], s:s, s:o}", "tool", "driver", "name", "pgwright", "version",
                            PGWRIGHT_VERSION, "rules", rules, "invocations", "executionSuccessful", exit == 0, "exitCode", exit,
                            "columnKind", "unicodeCodePoints", "results", results);
    return json_pack("{s:s, s:s, s:[o]}", "$schema", "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs", run);
}

bool told_write_sarif(const char *path, int exit, Error *err)
{
    json_t *sarif = document(exit);
    char *text = json_dumps(sarif, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    json_decref(sarif);
    if (text == NULL)
        return error_set(err, ERR_INTERNAL, "the report cannot be written as JSON");
    bool ok = file_write(path, text, strlen(text), err);
    free(text);
    return ok;
}

/* ---- what was told ---- */

void told_error(const json_t *error)
{
    const json_t *all = json_object_get(error, "errors");
    size_t i;
    json_t *one;
    if (errors == NULL)
        errors = json_array();
    if (all == NULL) {
        json_array_append_new(errors, json_copy((json_t *)error));
        if (is_github())
            annotate(error);
    }
    json_array_foreach(all, i, one)
        told_error(one);
}

void told_end(void)
{
    json_decref(errors);
    errors = NULL;
}
