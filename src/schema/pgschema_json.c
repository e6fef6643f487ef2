/* schema/pgschema_json.c: see pgschema_json.h. Source: Go's encoding/json, which escapes what HTML or JavaScript could trip
 * over. */
#include "schema/pgschema_json.h"

#include "base/list.h"

#include <stdlib.h>
#include <string.h>

/* How many bytes the character at `p` takes when it must be written as \uXXXX, and which; 0 when it need not. */
static size_t escaped(const char *p, unsigned *code)
{
    unsigned char c = (unsigned char)*p;
    *code = c;
    if (c < ' ' || c == '<' || c == '>' || c == '&')
        return 1;
    if (strncmp(p, "\xE2\x80\xA8", 3) != 0 && strncmp(p, "\xE2\x80\xA9", 3) != 0)
        return 0;
    *code = p[2] == '\xA8' ? 0x2028 : 0x2029;
    return 3;
}

static void write_string(Str *out, const char *text)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    str_add_char(out, '"');
    for (const char *p = text; *p != '\0'; p++) {
        unsigned code;
        size_t len;
        const char *found = strchr(plain, *p);
        if (found != NULL) {
            str_add_char(out, '\\');
            str_add_char(out, letters[found - plain]);
        } else if ((len = escaped(p, &code)) > 0) {
            str_addf(out, "\\u%04x", code);
            p += len - 1;
        } else {
            str_add_char(out, *p);
        }
    }
    str_add_char(out, '"');
}

static bool is_sorted(const char *field)
{
    static const char *const fields[] = {"tables",    "views", "functions",   "procedures", "aggregates", "sequences",
                                         "types",     "constraints", "indexes", "triggers",   "policies"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(field, fields[i]) == 0)
            return true;
    return false;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void write_value(Str *out, const json_t *value, bool sorted);

static void write_object(Str *out, const json_t *object, bool sorted)
{
    SCRATCH void *scratch = mem_scratch();
    TextList keys = {0};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
        list_push(scratch, &keys, key);
    if (sorted && keys.n > 1)
        qsort(keys.v, keys.n, sizeof *keys.v, compare_keys);
    str_add_char(out, '{');
    for (size_t i = 0; i < keys.n; i++) {
        if (i > 0)
            str_add_char(out, ',');
        write_string(out, keys.v[i]);
        str_add_char(out, ':');
        write_value(out, json_object_get(object, keys.v[i]), !sorted && is_sorted(keys.v[i]));
    }
    str_add_char(out, '}');
}

static void write_array(Str *out, const json_t *array)
{
    str_add_char(out, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            str_add_char(out, ',');
        write_value(out, json_array_get(array, i), false);
    }
    str_add_char(out, ']');
}

static void write_value(Str *out, const json_t *value, bool sorted)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(out, value, sorted);
        break;
    case JSON_ARRAY:
        write_array(out, value);
        break;
    case JSON_STRING:
        write_string(out, json_string_value(value));
        break;
    case JSON_INTEGER:
        str_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_TRUE:
        str_add(out, "true");
        break;
    case JSON_FALSE:
        str_add(out, "false");
        break;
    case JSON_NULL:
    case JSON_REAL: /* nothing that is read has a fraction */
        str_add(out, "null");
        break;
    }
}

void pgschema_write_json(Str *out, const json_t *value)
{
    write_value(out, value, false);
}
