/* schema/dump_layout.c: folders and names of files. */
#include "schema/dump_layout.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

/* In the order in which they are loaded where nothing else decides. */
static const struct {
    const char *name;
    KindIndex kind;
    const char *keyword; /* of these alone; NULL: of all of the kind */
    bool is_one_file;    /* names of its objects are no names for files */
    bool trails;
} folders[] = {
    {.name = "schemas", .kind = KIND_SCHEMA},
    {.name = "extensions", .kind = KIND_EXTENSION},
    {.name = "collations", .kind = KIND_COLLATION},
    {.name = "types", .kind = KIND_ENUM},
    {.name = "types", .kind = KIND_COMPOSITE},
    {.name = "types", .kind = KIND_RANGE},
    {.name = "domains", .kind = KIND_DOMAIN},
    {.name = "sequences", .kind = KIND_SEQUENCE},
    {.name = "functions", .kind = KIND_FUNCTION, .keyword = "FUNCTION"},
    {.name = "procedures", .kind = KIND_FUNCTION, .keyword = "PROCEDURE"},
    {.name = "operators", .kind = KIND_OPERATOR, .is_one_file = true},
    {.name = "operator_classes", .kind = KIND_OPERATOR_FAMILY},
    {.name = "operator_classes", .kind = KIND_OPERATOR_CLASS},
    {.name = "casts", .kind = KIND_CAST, .is_one_file = true},
    {.name = "text_search", .kind = KIND_TS_DICTIONARY},
    {.name = "text_search", .kind = KIND_TS_CONFIGURATION},
    {.name = "foreign_data_wrappers", .kind = KIND_FDW},
    {.name = "servers", .kind = KIND_SERVER},
    {.name = "user_mappings", .kind = KIND_USER_MAPPING, .is_one_file = true},
    {.name = "tables", .kind = KIND_TABLE},
    {.name = "statistics", .kind = KIND_STATISTICS},
    {.name = "aggregates", .kind = KIND_AGGREGATE},
    {.name = "views", .kind = KIND_VIEW, .keyword = "VIEW"},
    {.name = "materialized_views", .kind = KIND_VIEW, .keyword = "MATERIALIZED VIEW"},
    {.name = "publications", .kind = KIND_PUBLICATION, .trails = true},
    {.name = "event_triggers", .kind = KIND_EVENT_TRIGGER, .trails = true},
    {.name = "default_privileges", .kind = KIND_DEFAULT_PRIVILEGES, .trails = true},
};
enum { FOLDERS = sizeof folders / sizeof folders[0], FOLDER_PRIVILEGES = FOLDERS };

/* The names that two objects of a folder have in common, and what the file is called for it. */
typedef struct Unit {
    const char *dir, *name; /* folder with its schema's; what the file is named after */
    const char *schema;     /* "" for none */
    LayoutPlace place;
} Unit;

static const Object *top_of(const Object *o)
{
    while (o->parent != NULL)
        o = o->parent;
    return o;
}

static size_t folder_of(const Object *top)
{
    for (size_t i = 0; i < FOLDERS; i++)
        if (object_is(top, folders[i].kind) &&
            (folders[i].keyword == NULL || strcmp(object_keyword(top), folders[i].keyword) == 0))
            return i;
    abort(); /* a kind without a folder */
}

/* The object in whose file it stands. OWNED BY stands with the table, which needs the sequence. */
static const Object *object_of(const Statement *s)
{
    const Object *o = s->object;
    bool is_ownership = s->attribute != NULL && strcmp(s->attribute, "owned_by") == 0;
    for (size_t i = 0; is_ownership && i < o->needs.n; i++)
        if (o->needs.v[i].automatic && object_is(o->needs.v[i].on, KIND_COLUMN))
            return top_of(o->needs.v[i].on);
    return top_of(o);
}

/* Lower case; what is no letter, digit, _ or - becomes _. */
static char *file_name(const void *ctx, const char *name)
{
    char *text = mem_strdup(ctx, name);
    for (char *p = text; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
        else if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", *p) == NULL)
            *p = '_';
    }
    return text;
}

static void describe(const void *ctx, const Statement *s, bool with_schema, Unit *unit)
{
    const Object *o = object_of(s);
    size_t folder = folder_of(o);
    const char *name = folders[folder].name;
    unit->name = folders[folder].is_one_file ? name : object_plain_name(ctx, o);
    if (object_is(o, KIND_DEFAULT_PRIVILEGES)) {
        unit->name = object_value(o, "objects");
    } else if (s->attribute != NULL && strcmp(s->attribute, "privileges") == 0) {
        unit->name = name;
        name = "privileges";
        folder = FOLDER_PRIVILEGES;
    }
    unit->dir = with_schema && o->schema != NULL ? mem_printf(ctx, "%s/%s", file_name(ctx, o->schema), name) : name;
    unit->schema = o->schema == NULL ? "" : o->schema;
    unit->place.folder = folder;
    unit->place.trails = folder == FOLDER_PRIVILEGES || folders[folder].trails;
}

/* ---- names ---- */

static int compare_units(const void *a, const void *b)
{
    const Unit *x = *(Unit *const *)a, *y = *(Unit *const *)b;
    int by_name = strcmp(x->name, y->name);
    return by_name != 0 ? by_name : strcmp(x->dir, y->dir);
}

static bool take_path(const void *ctx, Map *taken, Unit *unit, const char *name)
{
    const char *path = mem_printf(ctx, "%s/%s.sql", unit->dir, name);
    if (map_has(taken, path))
        return false;
    map_set(taken, path, unit);
    unit->place.path = path;
    return true;
}

/* Those whose name is the file's come first; others get a number where that is taken: so that the names do not depend on the
 * order of the statements. */
static void name_files(const void *ctx, Unit **units, size_t n)
{
    Map *taken = map_new(ctx);
    qsort(units, n, sizeof units[0], compare_units);
    for (size_t i = 0; i < n; i++)
        if (strcmp(file_name(ctx, units[i]->name), units[i]->name) == 0)
            take_path(ctx, taken, units[i], units[i]->name);
    for (size_t i = 0; i < n; i++) {
        const char *name = file_name(ctx, units[i]->name);
        bool done = units[i]->place.path != NULL || take_path(ctx, taken, units[i], name);
        for (int number = 2; !done; number++)
            done = take_path(ctx, taken, units[i], mem_printf(ctx, "%s_%d", name, number));
    }
}

LayoutPlaceList layout_places(const void *ctx, const StatementList *statements, bool with_schemas)
{
    LIST(Unit *) units = {0};
    LayoutPlaceList places = {0};
    Map *seen = map_new(ctx);
    for (size_t i = 0; i < statements->n; i++) {
        Unit probe = {0};
        describe(ctx, &statements->v[i], with_schemas, &probe);
        const char *key = mem_printf(ctx, "%s\n%s\n%s", probe.dir, probe.name, probe.schema);
        Unit *unit = map_get(seen, key);
        if (unit == NULL) {
            unit = mem_new(ctx, Unit);
            *unit = probe;
            unit->place.first = i;
            map_set(seen, key, unit);
            list_push(ctx, &units, unit);
        }
        list_push(ctx, &unit->place.statements, i);
    }
    Unit **by_name = mem_array(ctx, Unit *, units.n + 1);
    for (size_t i = 0; i < units.n; i++)
        by_name[i] = units.v[i];
    name_files(ctx, by_name, units.n);
    for (size_t i = 0; i < units.n; i++)
        list_push(ctx, &places, units.v[i]->place);
    return places;
}
