/* schema/rename.c: see rename.h. */
#include "schema/rename.h"

#include "base/file.h"
#include "sql/lexer.h"
#include "sql/quote.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>

enum { FILE_MAX_BYTES = 64 * 1024 * 1024, WORDS_MAX = 8 };

/* ---- names in SQL text ---- */

typedef struct Scan {
    const char *p, *end;
} Scan;

static LexToken next_token(Scan *scan)
{
    Lexer lexer = {0};
    LexToken t;
    do {
        t = lex_next(&lexer, scan->p, scan->end, true);
        scan->p = t.p + t.len;
    } while (t.kind == LEX_SPACE);
    return t;
}

static bool is_word(LexToken t, const char *word)
{
    return t.kind == LEX_WORD && view_is_nocase((View){t.p, t.len}, word);
}

/* A quoted name as it is, another in lower case; a string's content. */
static char *name_of(const void *ctx, LexToken t)
{
    Str out = str_new(ctx);
    if (t.kind == LEX_WORD) {
        for (size_t i = 0; i < t.len; i++)
            str_add_char(&out, (char)tolower((unsigned char)t.p[i]));
        return out.text;
    }
    if ((t.kind != LEX_IDENT && t.kind != LEX_STRING) || t.len < 2)
        return NULL;
    char quote = t.p[t.len - 1];
    for (size_t i = 1; i + 1 < t.len; i++) {
        str_add_char(&out, t.p[i]);
        if (t.p[i] == quote)
            i++;
    }
    return out.text;
}

/* name, or schema.name */
static bool read_name(const void *ctx, Scan *scan, const char **schema, const char **name)
{
    *schema = NULL;
    *name = name_of(ctx, next_token(scan));
    Scan ahead = *scan;
    LexToken t = next_token(&ahead);
    if (*name == NULL || t.len != 1 || *t.p != '.')
        return *name != NULL;
    *schema = *name;
    *name = name_of(ctx, next_token(&ahead));
    *scan = ahead;
    return *name != NULL;
}

/* ---- what a statement makes ---- */

static const struct {
    const char *words;  /* of CREATE … */
    const char *what;   /* of ALTER … RENAME */
    const char *parent; /* the word before the table's name; NULL for none */
} makers[] = {
    {"TABLE", "TABLE", NULL},           {"FOREIGN TABLE", "FOREIGN TABLE", NULL}, {"VIEW", "VIEW", NULL},
    {"MATERIALIZED VIEW", "MATERIALIZED VIEW", NULL}, {"INDEX", "INDEX", NULL},   {"SEQUENCE", "SEQUENCE", NULL},
    {"TYPE", "TYPE", NULL},             {"DOMAIN", "DOMAIN", NULL},               {"FUNCTION", "FUNCTION", NULL},
    {"PROCEDURE", "PROCEDURE", NULL},   {"TRIGGER", "TRIGGER", "ON"},             {"POLICY", "POLICY", "ON"},
    {"SCHEMA", "SCHEMA", NULL},         {"STATISTICS", "STATISTICS", NULL},       {"COLLATION", "COLLATION", NULL},
    {"AGGREGATE", "AGGREGATE", NULL},   {"RULE", "RULE", "TO"},
};

static bool skip_words(Scan *scan, const char *words)
{
    Scan at = *scan;
    for (const char *p = words; *p != '\0';) {
        char word[32];
        size_t len = strcspn(p, " ");
        memcpy(word, p, len);
        word[len] = '\0';
        if (!is_word(next_token(&at), word))
            return false;
        p += len + (p[len] == ' ');
    }
    *scan = at;
    return true;
}

static void skip_fillers(Scan *scan, const char *const *fillers)
{
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; fillers[i] != NULL; i++)
            again |= skip_words(scan, fillers[i]);
    }
}

static bool read_made(const void *ctx, Scan *scan, Rename *r)
{
    static const char *const before[] = {"OR REPLACE", "TEMP", "TEMPORARY", "UNLOGGED", "UNIQUE", "RECURSIVE", "CONSTRAINT", NULL};
    static const char *const behind[] = {"CONCURRENTLY", "IF NOT EXISTS", NULL};
    if (!skip_words(scan, "CREATE"))
        return false;
    skip_fillers(scan, before);
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        if (!skip_words(scan, makers[i].words))
            continue;
        skip_fillers(scan, behind);
        r->what = makers[i].what;
        if (!read_name(ctx, scan, &r->schema, &r->to))
            return false;
        if (makers[i].parent == NULL)
            return true;
        for (LexToken t = next_token(scan); t.kind != LEX_END && t.len > 0; t = next_token(scan))
            if (is_word(t, makers[i].parent))
                return read_name(ctx, scan, &r->schema, &r->table);
        return false;
    }
    return false;
}

/* ---- hints ---- */

static char *hint_in(const void *ctx, const char *line, size_t len)
{
    const char *mark = memmem(line, len, RENAME_HINT, sizeof RENAME_HINT - 1);
    if (mark == NULL)
        return NULL;
    Scan scan = {mark + sizeof RENAME_HINT - 1, line + len};
    return name_of(ctx, next_token(&scan));
}

static bool is_comment(View line)
{
    return line.len >= 2 && line.p[0] == '-' && line.p[1] == '-';
}

static View line_at(const char *text, const char *at)
{
    const char *from = at, *to = at + strcspn(at, "\n");
    while (from > text && from[-1] != '\n')
        from--;
    return (View){from, (size_t)(to - from)};
}

/* A file, and how far its lines are counted. */
typedef struct HintFile {
    char *text; /* NULL: it has no hint */
    const char *at;
    long line;
} HintFile;

/* Where a line begins; NULL: behind the end. Statements come in the order of their file, so no line is counted twice, unless the
 * file is included a second time. */
static const char *find_line(HintFile *file, long number)
{
    if (number < file->line) {
        file->at = file->text;
        file->line = 1;
    }
    for (; file->line < number; file->line++) {
        const char *end = strchr(file->at, '\n');
        if (end == NULL)
            return NULL;
        file->at = end + 1;
    }
    return file->at;
}

/* The comment lines right above a line of a file. */
static char *hint_above(const void *ctx, HintFile *file, long number)
{
    const char *at = find_line(file, number);
    char *hint = NULL;
    while (at != NULL && at > file->text && hint == NULL) {
        View line = line_at(file->text, at - 1);
        if (!is_comment(view_trim(line)))
            return NULL;
        hint = hint_in(ctx, line.p, line.len);
        at = line.p;
    }
    return hint;
}

/* A column, CONSTRAINT name, or 'label' that a line begins with. */
static bool read_part(const void *ctx, View line, const Rename *whole, Rename *part)
{
    Scan scan = {line.p, line.p + line.len};
    LexToken t = next_token(&scan);
    *part = (Rename){.schema = whole->schema, .table = whole->to, .what = t.kind == LEX_STRING ? "VALUE" : "COLUMN"};
    if (strcmp(whole->what, "TYPE") == 0 && t.kind != LEX_STRING)
        part->what = "ATTRIBUTE";
    if (is_word(t, "CONSTRAINT")) {
        part->what = "CONSTRAINT";
        t = next_token(&scan);
    }
    part->to = name_of(ctx, t);
    return part->to != NULL;
}

static void hints_within(const void *ctx, const WantedStatement *s, const Rename *whole, RenameList *renames)
{
    for (const char *mark = strstr(s->sql, RENAME_HINT); mark != NULL; mark = strstr(mark + 1, RENAME_HINT)) {
        View line = line_at(s->sql, mark), text = view_trim(line);
        if (is_comment(text)) { /* it speaks of the line below */
            const char *next = line.p + line.len;
            text = *next == '\0' ? (View){next, 0} : line_at(s->sql, next + 1);
        }
        Rename part;
        char *from = hint_in(ctx, line.p, line.len);
        if (from == NULL || !read_part(ctx, text, whole, &part))
            continue;
        part.from = from;
        part.place = s->place;
        list_push(ctx, renames, part);
    }
}

/* The file that a statement is from. NULL on failure. */
static HintFile *file_of(const void *ctx, const WantedFiles *files, Map *known, const char *name, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    size_t len;
    HintFile *file = map_get(known, name);
    if (file != NULL)
        return file;
    file = mem_new(ctx, HintFile);
    const char *path = *name == '/' ? name : path_join(scratch, files->folder, name);
    char *text = file_read(file, file_exists(path) ? path : files->main, FILE_MAX_BYTES, &len, err);
    if (text == NULL)
        return NULL;
    if (strstr(text, RENAME_HINT) != NULL)
        *file = (HintFile){.text = text, .at = text, .line = 1};
    else
        talloc_free(text);
    map_set(known, name, file);
    return file;
}

bool renames_of_files(const void *ctx, const WantedFiles *files, RenameList *renames, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Map *known_files = map_new(scratch);
    for (size_t i = 0; i < files->statements.n; i++) {
        const WantedStatement *s = &files->statements.v[i];
        HintFile *file = file_of(scratch, files, known_files, s->place.file, err);
        if (file == NULL)
            return false;
        if (file->text == NULL)
            continue;
        Rename r = {.place = s->place};
        Scan scan = {s->sql, s->sql + strlen(s->sql)};
        bool known = read_made(ctx, &scan, &r);
        r.from = hint_above(ctx, file, s->place.line);
        if (r.from != NULL && !known) {
            error_set(err, ERR_CONFIG, "a rename is not known for this statement: it makes nothing that has a name");
            error_place(err, s->place.file, s->place.line, s->place.column, NULL);
            return false;
        }
        if (known && r.from != NULL)
            list_push(ctx, renames, r);
        if (known)
            hints_within(ctx, s, &r, renames);
    }
    return true;
}

/* ---- statements ---- */

static const struct {
    const char *what;
    KindIndex kinds[3];
    size_t n;
} renamed_kinds[] = {
    {"TABLE", {KIND_TABLE}, 1},
    {"FOREIGN TABLE", {KIND_TABLE}, 1},
    {"VIEW", {KIND_VIEW}, 1},
    {"MATERIALIZED VIEW", {KIND_VIEW}, 1},
    {"INDEX", {KIND_INDEX}, 1},
    {"SEQUENCE", {KIND_SEQUENCE}, 1},
    {"TYPE", {KIND_ENUM, KIND_COMPOSITE, KIND_RANGE}, 3},
    {"DOMAIN", {KIND_DOMAIN}, 1},
    {"FUNCTION", {KIND_FUNCTION}, 1},
    {"PROCEDURE", {KIND_FUNCTION}, 1},
    {"TRIGGER", {KIND_TRIGGER}, 1},
    {"POLICY", {KIND_POLICY}, 1},
    {"SCHEMA", {KIND_SCHEMA}, 1},
    {"STATISTICS", {KIND_STATISTICS}, 1},
    {"COLLATION", {KIND_COLLATION}, 1},
    {"AGGREGATE", {KIND_AGGREGATE}, 1},
    {"RULE", {KIND_RULE}, 1},
    {"COLUMN", {KIND_COLUMN}, 1},
    {"ATTRIBUTE", {KIND_COLUMN}, 1},
    {"CONSTRAINT", {KIND_CONSTRAINT, KIND_DOMAIN_CONSTRAINT}, 2},
    {"VALUE", {KIND_ENUM}, 1},
};

static bool is_known(const char *what)
{
    for (size_t i = 0; i < sizeof renamed_kinds / sizeof renamed_kinds[0]; i++)
        if (strcmp(renamed_kinds[i].what, what) == 0)
            return true;
    return false;
}

bool rename_of_text(const void *ctx, const char *text, RenameList *renames, Error *err)
{
    const char *colon = strchr(text, ':'), *equals = colon == NULL ? NULL : strrchr(colon, '=');
    if (equals == NULL || equals == colon + 1 || equals[1] == '\0')
        return error_set(err, ERR_USAGE, "--rename takes KIND:OLD=NEW or KIND:TABLE.OLD=NEW, not \"%s\"", text);
    char *what = mem_strndup(ctx, text, (size_t)(colon - text));
    for (char *p = what; *p != '\0'; p++)
        *p = (char)toupper((unsigned char)*p);
    if (strcmp(what, "LABEL") == 0)
        what = mem_strdup(ctx, "VALUE");
    if (!is_known(what)) {
        error_set(err, ERR_USAGE, "--rename does not know what \"%.*s\" is", (int)(colon - text), text);
        error_hint(err, "table, column, view, index, constraint, sequence, type, attribute, label, domain, function, trigger, policy, …");
        return false;
    }
    Scan scan = {colon + 1, equals};
    Rename r = {.what = what, .to = mem_strdup(ctx, equals + 1)};
    if (!read_name(ctx, &scan, &r.table, &r.from))
        return error_set(err, ERR_USAGE, "--rename: \"%s\" names nothing", text);
    list_push(ctx, renames, r);
    return true;
}

static bool has_kind(const Object *o, const char *what)
{
    for (size_t i = 0; i < sizeof renamed_kinds / sizeof renamed_kinds[0]; i++)
        for (size_t k = 0; strcmp(renamed_kinds[i].what, what) == 0 && k < renamed_kinds[i].n; k++)
            if (object_is(o, renamed_kinds[i].kinds[k]))
                return true;
    return false;
}

/* Functions are told by their name alone when there is one of it. */
static bool has_name(const Object *o, const char *name)
{
    size_t len = strlen(name);
    if (strcmp(o->name, name) == 0)
        return true;
    return (object_is(o, KIND_FUNCTION) || object_is(o, KIND_AGGREGATE)) && strncmp(o->name, name, len) == 0 && o->name[len] == '(';
}

/* Names of tables that are renamed as well are their new ones in hints of their parts. */
static const char *old_name(const RenameList *renames, const char *table)
{
    for (size_t i = 0; i < renames->n; i++)
        if (renames->v[i].table == NULL && table != NULL && strcmp(renames->v[i].to, table) == 0)
            return renames->v[i].from;
    return table;
}

static const Object *find(const Model *target, const Rename *r, const RenameList *all, const char *name)
{
    bool is_value = strcmp(r->what, "VALUE") == 0;
    for (size_t i = 0; i < target->objects.n; i++) {
        const Object *o = target->objects.v[i];
        if (!has_kind(o, r->what) || (r->schema != NULL && !text_equal(o->schema, r->schema)))
            continue;
        const char *whole = o->parent == NULL ? o->name : o->parent->name;
        bool of_table = r->table == NULL || strcmp(whole, r->table) == 0 || strcmp(whole, old_name(all, r->table)) == 0;
        if (of_table && (is_value || has_name(o, name)))
            return o;
    }
    return NULL;
}

static bool has_label(const Object *o, const char *label)
{
    json_t *labels = json_loads(object_value(o, "labels"), 0, NULL), *item;
    size_t i;
    bool found = false;
    json_array_foreach(labels, i, item) found |= strcmp(json_string_value(item), label) == 0;
    json_decref(labels);
    return found;
}

/* The whole as it is called by then. */
static char *whole_id(const void *ctx, const Rename *r, const Object *whole)
{
    bool qualified = strcmp(whole->id, sql_ident(ctx, whole->name)) != 0;
    const char *name = r->table != NULL ? r->table : whole->name;
    return qualified ? sql_qualified(ctx, whole->schema, name) : sql_ident(ctx, name);
}

/* Which of several words ALTER knows it by is the object's matter. */
static bool has_keyword(const Object *o)
{
    return object_is(o, KIND_TABLE) || object_is(o, KIND_VIEW) || object_is(o, KIND_FUNCTION);
}

static void add_statement(Script *script, const Rename *r, const Object *o)
{
    const void *ctx = script->ctx;
    const char *from = sql_ident(ctx, r->from), *to = sql_ident(ctx, r->to), *whole = whole_id(ctx, r, o->parent == NULL ? o : o->parent);
    Statement *s;
    script_begin(script, o, o, "alter");
    if (strcmp(r->what, "VALUE") == 0)
        s = script_add(script, "ALTER TYPE %s RENAME VALUE %s TO %s", whole, sql_literal(ctx, r->from), sql_literal(ctx, r->to));
    else if (strcmp(r->what, "ATTRIBUTE") == 0)
        s = script_add(script, "ALTER TYPE %s RENAME ATTRIBUTE %s TO %s", whole, from, to);
    else if (object_is(o, KIND_TRIGGER) || object_is(o, KIND_POLICY) || object_is(o, KIND_RULE))
        s = script_add(script, "ALTER %s %s ON %s RENAME TO %s", r->what, from, whole, to);
    else if (o->parent != NULL && !object_is(o, KIND_INDEX))
        s = script_add(script, "ALTER %s %s RENAME %s %s TO %s", object_is(o->parent, KIND_DOMAIN) ? "DOMAIN" : object_keyword(o->parent),
                       whole, r->what, from, to);
    else
        s = script_add(script, "ALTER %s %s RENAME TO %s", has_keyword(o) ? object_keyword(o) : r->what, o->id, to);
    s->attribute = "name";
}

StatementList renames_statements(const void *ctx, const RenameList *renames, const Model *target)
{
    Script script = {.ctx = ctx, .texts = {.owner = ctx}};
    for (int parts = 0; parts <= 1; parts++) {
        for (size_t i = 0; i < renames->n; i++) {
            const Rename *r = &renames->v[i];
            bool is_value = strcmp(r->what, "VALUE") == 0;
            if ((r->table != NULL) != (parts == 1))
                continue;
            const Object *o = find(target, r, renames, r->from);
            if (o == NULL)
                continue;
            bool pending = is_value ? has_label(o, r->from) && !has_label(o, r->to) : find(target, r, renames, r->to) == NULL;
            if (pending)
                add_statement(&script, r, o);
        }
    }
    return script.statements;
}

/* ---- what follows a renamed table ---- */

static bool same_values(const Object *a, const Object *b)
{
    for (size_t i = 0; i < a->kind->attributes_count; i++)
        if (!text_equal(a->values[i], b->values[i]))
            return false;
    return true;
}

static bool is_renamed(const StatementList *renames, const Object *new_table)
{
    SCRATCH void *scratch = mem_scratch();
    const char *tail = mem_printf(scratch, " RENAME TO %s", sql_ident(scratch, new_table->name));
    for (size_t i = 0; i < renames->n; i++)
        if (object_is(renames->v[i].object, KIND_TABLE) && text_ends(renames->v[i].sql, tail))
            return true;
    return false;
}

/* The new object that is the old one but for its name. */
static const Object *successor(const Object *old, const Model *now, const Model *new)
{
    for (size_t i = 0; i < new->objects.n; i++) {
        const Object *o = new->objects.v[i];
        bool same_place = o->kind == old->kind && (o->parent == NULL ? old->parent == NULL
                                                                     : old->parent != NULL && strcmp(o->parent->key, old->parent->key) == 0);
        if (same_place && model_find(now, o->kind, o->key) == NULL && same_values(old, o))
            return o;
    }
    return NULL;
}

static const Object *table_of(const Object *o)
{
    if (object_is(o, KIND_CONSTRAINT) || object_is(o, KIND_INDEX))
        return o->parent;
    for (size_t i = 0; object_is(o, KIND_SEQUENCE) && i < o->needs.n; i++)
        if (o->needs.v[i].automatic && o->needs.v[i].on->parent != NULL)
            return o->needs.v[i].on->parent;
    return NULL;
}

StatementList renames_following(const void *ctx, const StatementList *renames, const Model *old, const Model *new)
{
    Script script = {.ctx = ctx, .texts = {.owner = ctx}};
    for (size_t i = 0; renames->n > 0 && i < old->objects.n; i++) {
        const Object *o = old->objects.v[i], *table = table_of(o), *to;
        if (table == NULL || !is_renamed(renames, table) || model_find(new, o->kind, o->key) != NULL || (to = successor(o, old, new)) == NULL)
            continue;
        script_begin(&script, o, o, "alter");
        if (object_is(o, KIND_CONSTRAINT))
            script_add(&script, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s", table->id, o->id, to->id)->attribute = "name";
        else
            script_add(&script, "ALTER %s %s RENAME TO %s", object_is(o, KIND_INDEX) ? "INDEX" : "SEQUENCE", o->id, sql_ident(ctx, to->name))
                ->attribute = "name";
    }
    return script.statements;
}
