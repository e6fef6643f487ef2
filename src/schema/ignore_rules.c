/* schema/ignore_rules.c: the sections, their patterns, and the names that these are held against. */
#include "schema/ignore_rules.h"

#include "base/file.h"
#include "base/glob.h"
#include "base/toml.h"
#include "schema/script.h"

#include <string.h>

enum { MAX_BYTES = 1024 * 1024 };

typedef enum Section {
    SECTION_SCHEMAS, SECTION_TABLES, SECTION_COLUMNS, SECTION_CONSTRAINTS, SECTION_INDEXES, SECTION_TRIGGERS, SECTION_POLICIES,
    SECTION_RULES, SECTION_VIEWS, SECTION_FUNCTIONS, SECTION_PROCEDURES, SECTION_AGGREGATES, SECTION_TYPES, SECTION_SEQUENCES,
    SECTION_STATISTICS, SECTION_COLLATIONS, SECTION_OPERATORS, SECTION_CASTS, SECTION_TEXT_SEARCH, SECTION_EXTENSIONS,
    SECTION_FOREIGN_DATA_WRAPPERS, SECTION_SERVERS, SECTION_USER_MAPPINGS, SECTION_PUBLICATIONS, SECTION_EVENT_TRIGGERS,
    SECTION_PRIVILEGES, SECTION_DEFAULT_PRIVILEGES, SECTIONS
} Section;

static const char *const section_names[SECTIONS] = {
    [SECTION_SCHEMAS] = "schemas",       [SECTION_TABLES] = "tables",
    [SECTION_COLUMNS] = "columns",       [SECTION_CONSTRAINTS] = "constraints",
    [SECTION_INDEXES] = "indexes",       [SECTION_TRIGGERS] = "triggers",
    [SECTION_POLICIES] = "policies",     [SECTION_RULES] = "rules",
    [SECTION_VIEWS] = "views",           [SECTION_FUNCTIONS] = "functions",
    [SECTION_PROCEDURES] = "procedures", [SECTION_AGGREGATES] = "aggregates",
    [SECTION_TYPES] = "types",           [SECTION_SEQUENCES] = "sequences",
    [SECTION_STATISTICS] = "statistics", [SECTION_COLLATIONS] = "collations",
    [SECTION_OPERATORS] = "operators",   [SECTION_CASTS] = "casts",
    [SECTION_TEXT_SEARCH] = "text_search", [SECTION_EXTENSIONS] = "extensions",
    [SECTION_FOREIGN_DATA_WRAPPERS] = "foreign_data_wrappers", [SECTION_SERVERS] = "servers",
    [SECTION_USER_MAPPINGS] = "user_mappings", [SECTION_PUBLICATIONS] = "publications",
    [SECTION_EVENT_TRIGGERS] = "event_triggers", [SECTION_PRIVILEGES] = "privileges",
    [SECTION_DEFAULT_PRIVILEGES] = "default_privileges",
};

/* Which section speaks of which objects. What is not named here has no name of its own: it goes with its parent. */
static const struct {
    KindIndex kind;
    Section section;
    const char *keyword; /* of these alone; NULL: of all of the kind */
} subjects[] = {
    {KIND_SCHEMA, SECTION_SCHEMAS, NULL},
    {KIND_TABLE, SECTION_TABLES, NULL},
    {KIND_COLUMN, SECTION_COLUMNS, NULL},
    {KIND_CONSTRAINT, SECTION_CONSTRAINTS, NULL},
    {KIND_DOMAIN_CONSTRAINT, SECTION_CONSTRAINTS, NULL},
    {KIND_INDEX, SECTION_INDEXES, NULL},
    {KIND_TRIGGER, SECTION_TRIGGERS, NULL},
    {KIND_POLICY, SECTION_POLICIES, NULL},
    {KIND_RULE, SECTION_RULES, NULL},
    {KIND_VIEW, SECTION_VIEWS, NULL},
    {KIND_FUNCTION, SECTION_FUNCTIONS, "FUNCTION"},
    {KIND_FUNCTION, SECTION_PROCEDURES, "PROCEDURE"},
    {KIND_AGGREGATE, SECTION_AGGREGATES, NULL},
    {KIND_ENUM, SECTION_TYPES, NULL},
    {KIND_COMPOSITE, SECTION_TYPES, NULL},
    {KIND_RANGE, SECTION_TYPES, NULL},
    {KIND_DOMAIN, SECTION_TYPES, NULL},
    {KIND_SEQUENCE, SECTION_SEQUENCES, NULL},
    {KIND_STATISTICS, SECTION_STATISTICS, NULL},
    {KIND_COLLATION, SECTION_COLLATIONS, NULL},
    {KIND_OPERATOR, SECTION_OPERATORS, NULL},
    {KIND_OPERATOR_FAMILY, SECTION_OPERATORS, NULL},
    {KIND_OPERATOR_CLASS, SECTION_OPERATORS, NULL},
    {KIND_CAST, SECTION_CASTS, NULL},
    {KIND_TS_DICTIONARY, SECTION_TEXT_SEARCH, NULL},
    {KIND_TS_CONFIGURATION, SECTION_TEXT_SEARCH, NULL},
    {KIND_EXTENSION, SECTION_EXTENSIONS, NULL},
    {KIND_FDW, SECTION_FOREIGN_DATA_WRAPPERS, NULL},
    {KIND_SERVER, SECTION_SERVERS, NULL},
    {KIND_USER_MAPPING, SECTION_USER_MAPPINGS, NULL},
    {KIND_PUBLICATION, SECTION_PUBLICATIONS, NULL},
    {KIND_EVENT_TRIGGER, SECTION_EVENT_TRIGGERS, NULL},
};

typedef struct Patterns {
    TextList wanted;
    TextList spared; /* of those with a ! */
} Patterns;

struct IgnoreRules {
    Patterns ignored[SECTIONS];
    Patterns kept[SECTIONS];
};

IgnoreRules *ignore_new(const void *ctx)
{
    return mem_new(ctx, IgnoreRules);
}

/* ---- reading ---- */

static void add_pattern(const void *ctx, Patterns *p, const char *pattern)
{
    bool spares = *pattern == '!';
    list_push(ctx, spares ? &p->spared : &p->wanted, mem_strdup(ctx, pattern + spares));
}

static Section section_named(const char *name)
{
    Section s = 0;
    while (s < SECTIONS && strcmp(section_names[s], name) != 0)
        s++;
    return s;
}

static void hint_sections(const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *near = text_nearest(name, section_names, SECTIONS);
    Str all = str_new(scratch);
    for (Section s = 0; s < SECTIONS; s++)
        str_addf(&all, "%s%s", s > 0 ? ", " : "", section_names[s]);
    if (near != NULL)
        error_hint(err, "did you mean %s?", near);
    else
        error_hint(err, "the sections are %s", all.text);
}

static bool take_entry(IgnoreRules *rules, const TomlEntry *entry, const char *path, Error *err)
{
    Section section = section_named(entry->table);
    if (section == SECTIONS) {
        if (*entry->table == '\0')
            return toml_fault(entry, path, err, "%s stands before the first [section]", entry->key);
        toml_fault(entry, path, err, "there is no section \"%s\"", entry->table);
        hint_sections(entry->table, err);
        return false;
    }
    if (entry->key == NULL)
        return true;
    bool keeps = strcmp(entry->key, "keep") == 0;
    if (!keeps && strcmp(entry->key, "patterns") != 0)
        return toml_fault(entry, path, err, "a section holds patterns = […] and keep = […], not \"%s\"", entry->key);
    if (keeps && (section == SECTION_PRIVILEGES || section == SECTION_DEFAULT_PRIVILEGES))
        return toml_fault(entry, path, err, "grants are seen or ignored: only patterns = […] can stand here");
    for (size_t i = 0; i < entry->values.n; i++)
        add_pattern(rules, keeps ? &rules->kept[section] : &rules->ignored[section], entry->values.v[i]);
    return true;
}

bool ignore_parse(IgnoreRules *rules, const char *text, size_t len, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    TomlEntryList entries = {0};
    if (!toml_parse(scratch, text, len, path, &entries, err))
        return error_wrap(err, "%s could not be loaded", path_base(path));
    for (size_t i = 0; i < entries.n; i++)
        if (!take_entry(rules, &entries.v[i], path, err))
            return error_wrap(err, "%s could not be loaded", path_base(path));
    return true;
}

bool ignore_read(IgnoreRules *rules, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    size_t len;
    const char *text = file_read(scratch, path, MAX_BYTES, &len, err);
    if (text == NULL)
        return error_wrap(err, "%s could not be loaded", path_base(path));
    return ignore_parse(rules, text, len, path, err);
}

bool ignore_add(IgnoreRules *rules, const char *rule, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *equal = strchr(rule, '=');
    const char *name = mem_strndup(scratch, rule, equal == NULL ? strlen(rule) : (size_t)(equal - rule));
    Section section = section_named(name);
    if (section == SECTIONS) {
        error_set(err, ERR_USAGE, "--ignore takes SECTION=PATTERN, and there is no section \"%s\"", name);
        hint_sections(name, err);
        return false;
    }
    if (equal == NULL || equal[1] == '\0')
        return error_set(err, ERR_USAGE, "--ignore takes SECTION=PATTERN, not \"%s\"", rule);
    add_pattern(rules, &rules->ignored[section], equal + 1);
    return true;
}

/* ---- matching ---- */

/* What an object can be called. */
typedef struct Names {
    TextList plain;
    TextList qualified; /* with its table, with its schema: for patterns that have a dot, lest "p*" be all of public */
} Names;

static bool any_matches(const TextList *patterns, const Names *names)
{
    for (size_t i = 0; i < patterns->n; i++) {
        const char *pattern = patterns->v[i];
        for (size_t k = 0; k < names->plain.n; k++)
            if (glob_matches(pattern, names->plain.v[k]))
                return true;
        for (size_t k = 0; strchr(pattern, '.') != NULL && k < names->qualified.n; k++)
            if (glob_matches(pattern, names->qualified.v[k]))
                return true;
    }
    return false;
}

static bool patterns_match(const Patterns *p, const Names *names)
{
    return any_matches(&p->wanted, names) && !any_matches(&p->spared, names);
}

static bool name_matches(const Patterns *p, const char *name)
{
    return patterns_match(p, &(Names){.plain = {.v = &name, .n = 1}});
}

/* Functions are called with and without their arguments; a part with its schema is called by its table too. */
static Names names_of(const void *ctx, const Object *o)
{
    Names names = {0};
    const char *plain = object_plain_name(ctx, o);
    list_push(ctx, &names.plain, plain);
    if (strcmp(plain, o->name) != 0)
        list_push(ctx, &names.plain, o->name);
    for (size_t i = 0; i < names.plain.n; i++) {
        const char *name = names.plain.v[i];
        if (o->parent != NULL) {
            name = mem_printf(ctx, "%s.%s", o->parent->name, name);
            list_push(ctx, &names.qualified, name);
        }
        if (o->schema != NULL)
            list_push(ctx, &names.qualified, mem_printf(ctx, "%s.%s", o->schema, name));
    }
    return names;
}

static bool is_subject(const Object *o, size_t i)
{
    return object_is(o, subjects[i].kind) &&
           (subjects[i].keyword == NULL || strcmp(object_keyword(o), subjects[i].keyword) == 0) &&
           /* columns of views and types cannot be told from these */
           (subjects[i].kind != KIND_COLUMN || (o->parent != NULL && object_is(o->parent, KIND_TABLE)));
}

static bool object_matches(const Patterns sections[], const Object *o)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        const Patterns *p = &sections[subjects[i].section];
        if (p->wanted.n == 0 || !is_subject(o, i))
            continue;
        Names names = names_of(scratch, o);
        return patterns_match(p, &names);
    }
    return false;
}

bool rules_ignore(const IgnoreRules *rules, const Object *o)
{
    return !object_is(o, KIND_SCHEMA) && object_matches(rules->ignored, o);
}

bool rules_keep(const IgnoreRules *rules, const Object *o)
{
    return object_matches(rules->kept, o);
}

bool rules_ignore_name(const IgnoreRules *rules, const char *section, const char *name)
{
    Section s = section_named(section);
    return s < SECTIONS && name_matches(&rules->ignored[s], name);
}

bool rules_ignore_schema(const IgnoreRules *rules, const char *schema)
{
    return schema != NULL && name_matches(&rules->ignored[SECTION_SCHEMAS], schema);
}

bool rules_ignore_grantee(const IgnoreRules *rules, const char *grantee, bool by_default)
{
    Section section = by_default ? SECTION_DEFAULT_PRIVILEGES : SECTION_PRIVILEGES;
    /* the owner is "" */
    return (grantee == NULL || *grantee != '\0') && name_matches(&rules->ignored[section], grantee == NULL ? "PUBLIC" : grantee);
}
