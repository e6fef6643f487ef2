/* base/toml.h: lists of words in TOML (toml.io, v1.0.0): the part of it that files of settings by hand need.
 *
 *     [tables]                          # a table
 *     patterns = ["tmp_*", 'a\b']       # a key whose value is an array of strings, over lines if need be
 *     tables.patterns = "x"             # dotted keys, and strings alone
 *
 * Whatever else TOML has (numbers, booleans, dates, inline tables, arrays of tables, strings of several lines, deeper tables)
 * is refused. Tables and keys may stand once, as TOML says. */
#ifndef BASE_TOML_H
#define BASE_TOML_H

#include "base/error.h"
#include "base/list.h"

typedef struct TomlEntry {
    const char *table;  /* "" before the first table */
    const char *key;    /* NULL: the table's own line */
    TextList values;
    long line, column;
    const char *source; /* the whole line */
} TomlEntry;
typedef LIST(TomlEntry) TomlEntryList;

/* Tables and keys as they stand in the file. All is owned by `ctx`. ERR_CONFIG with file:line:column. */
bool toml_parse(const void *ctx, const char *text, size_t len, const char *path, TomlEntryList *out, Error *err);

/* An error about an entry, at its place. Returns false. */
bool toml_fault(const TomlEntry *entry, const char *path, Error *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
