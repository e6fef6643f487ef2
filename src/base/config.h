/* base/config.h: JSON and YAML files as one tree (jansson's json_t).
 *
 * JSON is read by jansson, YAML by libyaml. Plain YAML scalars become null, booleans, integers and reals by the core
 * schema of YAML 1.2; anchors are followed, merge keys and tags are not. Both refuse duplicate keys and trees deeper
 * than 64 levels. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/error.h"

#include <jansson.h>

enum { CONFIG_MAX_BYTES = 16 * 1024 * 1024 };

/* Reads a file by its ending (.json, else YAML). The caller json_decref()s the result. NULL with file:line:column. */
json_t *config_read(const char *path, Error *err);

/* The same of a file that must hold an object of settings. */
json_t *config_read_object(const char *path, Error *err);

/* Reads from memory; `path` is only named in errors. */
json_t *config_parse_json(const char *text, size_t len, const char *path, Error *err);
json_t *config_parse_yaml(const char *text, size_t len, const char *path, Error *err);

/* YAML whose scalars are all texts, as they are written: 1.10 stays 1.10, and 007 stays 007. Nulls are nulls. */
json_t *config_parse_yaml_texts(const char *text, size_t len, const char *path, Error *err);

/* Where the key "a.b.c" stands in the text of a YAML file, else the nearest key above it that is there. */
void config_place(const char *text, size_t len, const char *dotted, long *line, long *column);

/* Walks "a.b.c"; NULL when there is no such value. Borrowed. */
json_t *config_get(json_t *root, const char *dotted);
const char *config_text(json_t *root, const char *dotted, const char *fallback);
bool config_bool(json_t *root, const char *dotted, bool fallback);

#endif
