/* base/map.h: a hash table from text to pointers, in the order of insertion.
 *
 * Keys are copied; values are borrowed. Built on uthash. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Map Map;

Map *map_new(const void *ctx);                            /* owned by `ctx`, freed with it */
void map_set(Map *map, const char *key, void *value);     /* adds, or replaces the value of, `key` */
void *map_get(const Map *map, const char *key);           /* NULL when there is no such key */
bool map_has(const Map *map, const char *key);
void map_remove(Map *map, const char *key);               /* nothing happens when there is no such key */
size_t map_count(const Map *map);

/* Walks in order of insertion: start with *cursor = NULL; false at the end. */
bool map_next(const Map *map, const void **cursor, const char **key, void **value);

#endif
