/* base/config.c: see config.h. */
#include "base/config.h"

#include "base/file.h"
#include "base/map.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { MAX_DEPTH = 64, MAX_NODES = 1000000 };

/* The text of line number `line` (1-based) of `text`, owned by `ctx`. */
static char *line_of(const void *ctx, const char *text, size_t len, long line)
{
    const char *p = text, *end = text + len;
    for (long i = 1; i < line && p < end; i++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        p = newline == NULL ? end : newline + 1;
    }
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    size_t n = (size_t)((newline == NULL ? end : newline) - p);
    if (n > 0 && p[n - 1] == '\r')
        n--;
    return mem_strndup(ctx, p, n);
}

static void place_error(Error *err, const char *path, const char *text, size_t len, long line, long column)
{
    SCRATCH void *scratch = mem_scratch();
    error_place(err, path, line, column, line_of(scratch, text, len, line));
}

json_t *config_parse_json(const char *text, size_t len, const char *path, Error *err)
{
    json_error_t at;
    size_t mark = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0; /* jansson takes none */
    text += mark;
    len -= mark;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &at);
    if (root == NULL) {
        error_set(err, ERR_CONFIG, "not valid JSON: %s", at.text);
        place_error(err, path, text, len, at.line, at.column);
    }
    return root;
}

/* A YAML file being turned into a tree: one recursive descent over libyaml's events. */
typedef struct YamlReader {
    yaml_parser_t parser;
    yaml_event_t event; /* the one at hand */
    Map *anchors;       /* name → json_t *, borrowed from the tree */
    const char *path;
    const char *text;
    size_t len;
    long nodes; /* bounds what aliases of aliases can blow up */
    bool as_texts; /* plain scalars stay as they are written */
    Error *err;
} YamlReader;

static bool yaml_fail(YamlReader *r, yaml_mark_t mark, const char *message)
{
    error_set(r->err, ERR_CONFIG, "not valid YAML: %s", message);
    place_error(r->err, r->path, r->text, r->len, (long)mark.line + 1, (long)mark.column + 1);
    return false;
}

static bool yaml_advance(YamlReader *r)
{
    yaml_event_delete(&r->event);
    if (yaml_parser_parse(&r->parser, &r->event))
        return true;
    r->event = (yaml_event_t){0};
    return yaml_fail(r, r->parser.problem_mark, r->parser.problem != NULL ? r->parser.problem : "cannot be read");
}

static json_t *number_of(const char *text)
{
    static const char digits[] = "0123456789+-.eE";
    if (*text == '\0' || strspn(text, digits) != strlen(text) || strpbrk(text, "0123456789") == NULL)
        return NULL;
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (*end == '\0' && errno == 0)
        return json_integer(n);
    double d = strtod(text, &end);
    return *end == '\0' && isfinite(d) ? json_real(d) : NULL;
}

/* YAML 1.2 core schema, 10.3.2. */
static json_t *plain_scalar(const char *text)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    static const char *const trues[] = {"true", "True", "TRUE"};
    static const char *const falses[] = {"false", "False", "FALSE"};
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
        if (strcmp(text, nulls[i]) == 0)
            return json_null();
    for (size_t i = 0; i < sizeof trues / sizeof trues[0]; i++) {
        if (strcmp(text, trues[i]) == 0)
            return json_true();
        if (strcmp(text, falses[i]) == 0)
            return json_false();
    }
    return number_of(text);
}

static json_t *scalar_value(const yaml_event_t *event, bool as_text)
{
    const char *text = (const char *)event->data.scalar.value;
    json_t *value = NULL;
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        value = plain_scalar(text);
    if (as_text && value != NULL && !json_is_null(value)) {
        json_decref(value);
        value = NULL;
    }
    return value != NULL ? value : json_stringn(text, event->data.scalar.length);
}

static json_t *yaml_node(YamlReader *r, int depth);

static void remember_anchor(YamlReader *r, const char *anchor, json_t *value)
{
    if (anchor != NULL)
        map_set(r->anchors, anchor, value);
}

static json_t *yaml_sequence(YamlReader *r, int depth)
{
    json_t *array = json_array();
    remember_anchor(r, (const char *)r->event.data.sequence_start.anchor, array);
    while (yaml_advance(r)) {
        if (r->event.type == YAML_SEQUENCE_END_EVENT)
            return array;
        json_t *value = yaml_node(r, depth + 1);
        if (value == NULL)
            break;
        json_array_append_new(array, value);
    }
    json_decref(array);
    return NULL;
}

static bool yaml_pair(YamlReader *r, json_t *object, int depth)
{
    if (r->event.type != YAML_SCALAR_EVENT)
        return yaml_fail(r, r->event.start_mark, "a key must be plain text");
    SCRATCH void *scratch = mem_scratch();
    yaml_mark_t mark = r->event.start_mark;
    char *key = mem_strdup(scratch, (const char *)r->event.data.scalar.value);
    if (json_object_get(object, key) != NULL)
        return yaml_fail(r, mark, mem_printf(scratch, "the key \"%s\" stands here twice", key));
    if (!yaml_advance(r))
        return false;
    json_t *value = yaml_node(r, depth + 1);
    if (value == NULL)
        return false;
    if (json_object_set_new(object, key, value) != 0)
        return yaml_fail(r, mark, "a key is not valid UTF-8");
    return true;
}

static json_t *yaml_mapping(YamlReader *r, int depth)
{
    json_t *object = json_object();
    remember_anchor(r, (const char *)r->event.data.mapping_start.anchor, object);
    while (yaml_advance(r)) {
        if (r->event.type == YAML_MAPPING_END_EVENT)
            return object;
        if (!yaml_pair(r, object, depth))
            break;
    }
    json_decref(object);
    return NULL;
}

static json_t *yaml_alias(YamlReader *r)
{
    json_t *value = map_get(r->anchors, (const char *)r->event.data.alias.anchor);
    json_t *copy = value == NULL ? NULL : json_deep_copy(value);
    if (copy == NULL)
        yaml_fail(r, r->event.start_mark, "an alias without its anchor, or within itself");
    return copy;
}

/* How many values a tree holds, so that aliases of aliases stay within MAX_NODES. */
static long count_nodes(json_t *value)
{
    long n = 1;
    size_t i;
    const char *key;
    json_t *child;
    json_array_foreach(value, i, child) n += count_nodes(child);
    json_object_foreach(value, key, child) n += count_nodes(child);
    return n;
}

/* The value whose first event is at hand; ends with its last event at hand. */
static json_t *yaml_node(YamlReader *r, int depth)
{
    yaml_mark_t mark = r->event.start_mark;
    json_t *value = NULL;
    if (depth > MAX_DEPTH) {
        yaml_fail(r, mark, "too deeply nested");
        return NULL;
    }
    if (r->event.type == YAML_SCALAR_EVENT) {
        value = scalar_value(&r->event, r->as_texts);
        if (value == NULL)
            yaml_fail(r, mark, "not valid UTF-8");
        else
            remember_anchor(r, (const char *)r->event.data.scalar.anchor, value);
    } else if (r->event.type == YAML_SEQUENCE_START_EVENT) {
        value = yaml_sequence(r, depth);
    } else if (r->event.type == YAML_MAPPING_START_EVENT) {
        value = yaml_mapping(r, depth);
    } else if (r->event.type == YAML_ALIAS_EVENT) {
        value = yaml_alias(r);
        r->nodes += value == NULL ? 0 : count_nodes(value);
    } else {
        yaml_fail(r, mark, "a value is missing");
    }
    if (value != NULL && ++r->nodes > MAX_NODES) {
        json_decref(value);
        yaml_fail(r, mark, "too many values");
        return NULL;
    }
    return value;
}

/* Reads on past the event at hand and the one behind it. */
static bool yaml_skip(YamlReader *r)
{
    for (int i = 0; i < 2; i++)
        if (!yaml_advance(r))
            return false;
    return true;
}

/* Stream start, at most one document, stream end. An empty file is an empty object. */
static json_t *yaml_stream(YamlReader *r)
{
    if (!yaml_skip(r))
        return NULL;
    if (r->event.type == YAML_STREAM_END_EVENT)
        return json_object();
    if (!yaml_advance(r))
        return NULL;
    json_t *root = yaml_node(r, 0);
    if (root == NULL)
        return NULL;
    bool ended = yaml_skip(r);
    if (ended && r->event.type == YAML_STREAM_END_EVENT)
        return root;
    if (ended)
        yaml_fail(r, r->event.start_mark, "more than one document");
    json_decref(root);
    return NULL;
}

static json_t *read_yaml(YamlReader *r)
{
    if (!yaml_parser_initialize(&r->parser)) {
        error_set(r->err, ERR_INTERNAL, "libyaml cannot start");
        return NULL;
    }
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)r->text, r->len);
    json_t *root = yaml_stream(r);
    yaml_event_delete(&r->event);
    yaml_parser_delete(&r->parser);
    return root;
}

json_t *config_parse_yaml(const char *text, size_t len, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return read_yaml(&(YamlReader){.anchors = map_new(scratch), .path = path, .text = text, .len = len, .err = err});
}

json_t *config_parse_yaml_texts(const char *text, size_t len, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    return read_yaml(
        &(YamlReader){.anchors = map_new(scratch), .path = path, .text = text, .len = len, .err = err, .as_texts = true});
}

json_t *config_read(const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    size_t len;
    char *text = file_read(scratch, path, CONFIG_MAX_BYTES, &len, err);
    if (text == NULL)
        return NULL;
    return text_ends(path, ".json") ? config_parse_json(text, len, path, err) : config_parse_yaml(text, len, path, err);
}

json_t *config_read_object(const char *path, Error *err)
{
    json_t *root = config_read(path, err);
    if (root == NULL || json_is_object(root))
        return root;
    json_decref(root);
    error_set(err, ERR_CONFIG, "an object with settings is expected");
    error_place(err, path, 1, 1, NULL);
    return NULL;
}

/* The key of this name (of `n` bytes) in a mapping, with its value's node in *value; NULL. */
static const yaml_node_t *key_node(yaml_document_t *document, const yaml_node_t *mapping, const char *name, size_t n,
                                   const yaml_node_t **value)
{
    if (mapping == NULL || mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start; p < mapping->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(document, p->key);
        if (key->type == YAML_SCALAR_NODE && key->data.scalar.length == n && memcmp(key->data.scalar.value, name, n) == 0) {
            *value = yaml_document_get_node(document, p->value);
            return key;
        }
    }
    return NULL;
}

static yaml_mark_t key_mark(yaml_document_t *document, const char *dotted)
{
    const yaml_node_t *at = yaml_document_get_root_node(document);
    yaml_mark_t mark = {0};
    for (const char *name = dotted;;) {
        size_t n = strcspn(name, ".");
        const yaml_node_t *key = key_node(document, at, name, n, &at);
        if (key == NULL)
            return mark;
        mark = key->start_mark;
        if (name[n] == '\0')
            return mark;
        name += n + 1;
    }
}

void config_place(const char *text, size_t len, const char *dotted, long *line, long *column)
{
    yaml_parser_t parser;
    yaml_document_t document;
    yaml_mark_t mark = {0};
    if (yaml_parser_initialize(&parser)) {
        yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
        if (yaml_parser_load(&parser, &document)) {
            mark = key_mark(&document, dotted);
            yaml_document_delete(&document);
        }
        yaml_parser_delete(&parser);
    }
    *line = (long)mark.line + 1;
    *column = (long)mark.column + 1;
}

json_t *config_get(json_t *root, const char *dotted)
{
    SCRATCH void *scratch = mem_scratch();
    char *path = mem_strdup(scratch, dotted), *state = NULL;
    for (char *key = strtok_r(path, ".", &state); key != NULL && root != NULL; key = strtok_r(NULL, ".", &state))
        root = json_object_get(root, key);
    return root;
}

const char *config_text(json_t *root, const char *dotted, const char *fallback)
{
    const char *text = json_string_value(config_get(root, dotted));
    return text == NULL ? fallback : text;
}

bool config_bool(json_t *root, const char *dotted, bool fallback)
{
    const json_t *value = config_get(root, dotted);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}
