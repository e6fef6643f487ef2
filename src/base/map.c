/* base/map.c: see map.h. */
#include "base/map.h"

#include "base/mem.h"

#include <string.h>
#include <uthash.h>

typedef struct MapEntry {
    void *value;
    UT_hash_handle hh;
    char key[]; /* NUL-terminated, in the same allocation: maps hold many small keys */
} MapEntry;

struct Map {
    MapEntry *entries;
};

/* uthash keeps its own tables outside talloc: let them go with the map. */
static int map_free(Map *map)
{
    HASH_CLEAR(hh, map->entries);
    return 0;
}

Map *map_new(const void *ctx)
{
    Map *map = mem_new(ctx, Map);
    talloc_set_destructor(map, map_free);
    return map;
}

static MapEntry *map_find(const Map *map, const char *key)
{
    MapEntry *entry;
    HASH_FIND_STR(map->entries, key, entry);
    return entry;
}

void map_set(Map *map, const char *key, void *value)
{
    MapEntry *entry = map_find(map, key);
    if (entry == NULL) {
        size_t len = strlen(key);
        entry = mem_zeroed(map, 1, sizeof *entry + len + 1, "MapEntry");
        memcpy(entry->key, key, len);
        HASH_ADD_KEYPTR(hh, map->entries, entry->key, len, entry);
    }
    entry->value = value;
}

void *map_get(const Map *map, const char *key)
{
    const MapEntry *entry = map_find(map, key);
    return entry == NULL ? NULL : entry->value;
}

bool map_has(const Map *map, const char *key)
{
    return map_find(map, key) != NULL;
}

void map_remove(Map *map, const char *key)
{
    MapEntry *entry = map_find(map, key);
    if (entry == NULL)
        return;
    HASH_DEL(map->entries, entry);
    talloc_free(entry);
}

size_t map_count(const Map *map)
{
    return HASH_COUNT(map->entries);
}

bool map_next(const Map *map, const void **cursor, const char **key, void **value)
{
    const MapEntry *last = *cursor;
    const MapEntry *entry = last == NULL ? map->entries : last->hh.next;
    if (entry == NULL)
        return false;
    *cursor = entry;
    *key = entry->key;
    *value = entry->value;
    return true;
}
