/* plan/schema_plan_text.c: plans as people read them, and as psql runs them. */
#include "plan/schema_plan.h"

#include "base/map.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- SQL ---- */

static void add_group(Str *out, const SchemaGroup *group, bool transactions)
{
    bool block = transactions && group->steps.n > 1;
    if (block)
        str_add(out, "BEGIN;\n\n");
    for (size_t i = 0; i < group->steps.n; i++) {
        const SchemaStep *s = &group->steps.v[i];
        if (s->wait_message != NULL)
            str_add(out, "-- pgschema:wait\n");
        str_addf(out, "%s;\n\n", s->sql);
    }
    if (block)
        str_add(out, "COMMIT;\n\n");
}

static void cut_end(Str *out)
{
    while (out->len > 1 && out->text[out->len - 1] == '\n' && out->text[out->len - 2] == '\n')
        out->text[--out->len] = '\0';
}

char *schema_plan_sql(const void *ctx, const SchemaPlan *plan)
{
    Str out = str_new(ctx);
    for (size_t g = 0; g < plan->groups.n; g++)
        add_group(&out, &plan->groups.v[g], plan->groups.n > 1);
    cut_end(&out);
    return out.text;
}

char *schema_plan_way_back(const void *ctx, const SchemaPlan *plan)
{
    return plan->way_back == NULL ? mem_strdup(ctx, "") : schema_plan_sql(ctx, plan->way_back);
}

/* ---- what changes, by kind ---- */

static const char *const sections[][2] = {
    {"schema", "schemas"},
    {"extension", "extensions"},
    {"default_privilege", "default privileges"},
    {"type", "types"},
    {"domain", "domains"},
    {"function", "functions"},
    {"procedure", "procedures"},
    {"aggregate", "aggregates"},
    {"sequence", "sequences"},
    {"table", "tables"},
    {"view", "views"},
    {"materialized_view", "materialized views"},
    {"operator_class", "operator classes"},
    {"operator_family", "operator families"},
    {"statistics", "statistics"},
    {"privilege", "privileges"},
    {"column_privilege", "column privileges"},
    {"comment", "comments"},
};

typedef enum Effect { EFFECT_ADD, EFFECT_MODIFY, EFFECT_DROP, EFFECTS } Effect;
static const char *const effect_words[] = {"add", "modify", "drop"};
static const char effect_signs[] = "+~-";

/* One object's line; parts of tables and views are lines below it. */
typedef struct Entry {
    const char *section; /* plural */
    const char *type;    /* "table" */
    const char *name;
    Effect effect;
    LIST(struct Entry) parts; /* of parts the section is their kind */
} Entry;
typedef LIST(Entry) EntryList;

static const char *section_of(const void *ctx, const char *type)
{
    size_t len = strcspn(type, ".");
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        if (strlen(sections[i][0]) == len && strncmp(sections[i][0], type, len) == 0)
            return sections[i][1];
    char *plural = mem_printf(ctx, "%.*ss", (int)len, type);
    for (char *p = plural; *p != '\0'; p++)
        if (*p == '_')
            *p = ' ';
    return plural;
}

static size_t section_rank(const char *section)
{
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        if (strcmp(sections[i][1], section) == 0)
            return i;
    return sizeof sections / sizeof sections[0];
}

static Effect effect_of(const char *operation)
{
    return strcmp(operation, "create") == 0 ? EFFECT_ADD : strcmp(operation, "drop") == 0 ? EFFECT_DROP : EFFECT_MODIFY;
}

static Entry *entry_for(const void *ctx, EntryList *list, Map *known, const char *type, const char *name, Effect effect)
{
    SCRATCH void *scratch = mem_scratch();
    const char *section = section_of(ctx, type), *key = mem_printf(scratch, "%s\n%s", section, name);
    size_t number = (size_t)map_get(known, key);
    if (number > 0)
        return &list->v[number - 1];
    list_push(ctx, list, (Entry){.section = section, .type = mem_strndup(ctx, type, strcspn(type, ".")), .name = name, .effect = effect});
    map_set(known, key, (void *)list->n);
    return &list->v[list->n - 1];
}

static void add_part(const void *ctx, Entry *entry, const char *kind, const char *name, Effect effect)
{
    for (size_t i = 0; i < entry->parts.n; i++) {
        struct Entry *p = (struct Entry *)&entry->parts.v[i];
        if (strcmp(p->section, kind) != 0 || strcmp(p->name, name) != 0)
            continue;
        p->effect = p->effect == effect ? effect : EFFECT_MODIFY;
        return;
    }
    list_push(ctx, &entry->parts, (Entry){.section = kind, .type = kind, .name = name, .effect = effect});
}

/* Objects of different schemas may have one name. */
static const char *step_name(const void *ctx, const SchemaPlan *plan, const SchemaStep *s)
{
    if (s->name == NULL || strstr(s->type, "privilege") != NULL)
        return s->path;
    return plan->schemas.n == 1 || s->schema == NULL ? s->name : mem_printf(ctx, "%s.%s", s->schema, s->name);
}

static void collect_step(const void *ctx, EntryList *list, Map *known, const SchemaPlan *plan, const SchemaStep *s)
{
    const char *dot = strchr(s->type, '.');
    const char *name = step_name(ctx, plan, s);
    Effect effect = effect_of(s->operation);
    bool is_privilege = strstr(s->type, "privilege") != NULL;
    Entry *e = entry_for(ctx, list, known, s->type, name, dot != NULL ? EFFECT_MODIFY : effect);
    if (dot == NULL || is_privilege) {
        e->effect = e->effect == effect ? effect : e->effect == EFFECT_ADD && effect == EFFECT_MODIFY ? EFFECT_ADD : EFFECT_MODIFY;
        return;
    }
    /* what comes with a new object, or goes with an old one, is not told apart */
    if (e->effect == EFFECT_MODIFY)
        add_part(ctx, e, dot + 1, s->part != NULL ? s->part : name, effect);
}

static int compare_entries(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    size_t r = section_rank(x->section), t = section_rank(y->section);
    if (r != t)
        return r < t ? -1 : 1;
    int by_section = strcmp(x->section, y->section);
    return by_section != 0 ? by_section : strcmp(x->name, y->name);
}

static EntryList collect(const void *ctx, const SchemaPlan *plan)
{
    SCRATCH void *scratch = mem_scratch();
    EntryList list = {0};
    Map *known = map_new(scratch);
    for (size_t g = 0; g < plan->groups.n; g++)
        for (size_t i = 0; i < plan->groups.v[g].steps.n; i++)
            if (plan->groups.v[g].steps.v[i].type != NULL)
                collect_step(ctx, &list, known, plan, &plan->groups.v[g].steps.v[i]);
    if (list.n > 0)
        qsort(list.v, list.n, sizeof *list.v, compare_entries);
    return list;
}

static void add_counts(Str *out, const size_t counts[EFFECTS])
{
    bool first = true;
    for (int i = 0; i < EFFECTS; i++) {
        if (counts[i] == 0)
            continue;
        str_addf(out, "%s%zu to %s", first ? "" : ", ", counts[i], effect_words[i]);
        first = false;
    }
}

static void count(const EntryList *list, const char *section, size_t counts[EFFECTS])
{
    for (int i = 0; i < EFFECTS; i++)
        counts[i] = 0;
    for (size_t i = 0; i < list->n; i++)
        if (section == NULL || strcmp(list->v[i].section, section) == 0)
            counts[list->v[i].effect]++;
}

static const char *style_of(const PlanStyles *s, Effect effect)
{
    return effect == EFFECT_ADD ? s->added : effect == EFFECT_DROP ? s->dropped : s->changed;
}

static void add_summary(Str *out, const EntryList *list, const PlanStyles *styles)
{
    size_t counts[EFFECTS];
    count(list, NULL, counts);
    str_addf(out, "%sPlan:%s ", styles->heading, styles->end);
    add_counts(out, counts);
    str_addf(out, ".\n\n%sSummary by type:%s\n", styles->heading, styles->end);
    for (size_t i = 0; i < list->n; i++) {
        if (i > 0 && strcmp(list->v[i].section, list->v[i - 1].section) == 0)
            continue;
        count(list, list->v[i].section, counts);
        str_addf(out, "  %s: ", list->v[i].section);
        add_counts(out, counts);
        str_add(out, "\n");
    }
}

static void add_entries(Str *out, const EntryList *list, const PlanStyles *styles)
{
    for (size_t i = 0; i < list->n; i++) {
        Entry *e = &list->v[i];
        if (i == 0 || strcmp(e->section, list->v[i - 1].section) != 0)
            str_addf(out, "\n%s%c%s:%s\n", styles->heading, toupper((unsigned char)e->section[0]), e->section + 1, styles->end);
        str_addf(out, "  %s%c%s %s\n", style_of(styles, e->effect), effect_signs[e->effect], styles->end, e->name);
        if (e->parts.n > 0)
            qsort(e->parts.v, e->parts.n, sizeof(Entry), compare_entries);
        for (size_t k = 0; k < e->parts.n; k++) {
            const Entry *p = (const Entry *)&e->parts.v[k];
            str_addf(out, "    %s%c%s %s (%s)\n", style_of(styles, p->effect), effect_signs[p->effect], styles->end, p->name, p->section);
        }
    }
}

static void add_hazards(Str *out, const SchemaPlan *plan, const PlanStyles *styles)
{
    bool headed = false;
    for (size_t g = 0; g < plan->groups.n; g++) {
        for (size_t i = 0; i < plan->groups.v[g].steps.n; i++) {
            const SchemaStep *s = &plan->groups.v[g].steps.v[i];
            for (size_t h = 0; h < s->hazards.n; h++) {
                const Hazard *hazard = &s->hazards.v[h];
                if (strcmp(hazard->rule->severity, "notice") == 0)
                    continue;
                if (!headed)
                    str_addf(out, "\n%sHazards:%s\n", styles->heading, styles->end);
                headed = true;
                str_addf(out, "  %s!%s %s: %s", styles->dropped, styles->end, hazard->rule->id, s->path);
                if (hazard->detail != NULL)
                    str_addf(out, " (%s)", hazard->detail);
                str_addf(out, ": %s\n", hazard->rule->why);
            }
        }
    }
}

static json_t *entry_json(const Entry *e)
{
    return json_pack("{s:s, s:s, s:s}", "change", effect_words[e->effect], "type", e->type, "name", e->name);
}

json_t *schema_plan_changes_json(const SchemaPlan *plan)
{
    SCRATCH void *scratch = mem_scratch();
    EntryList list = collect(scratch, plan);
    json_t *changes = json_array();
    for (size_t i = 0; i < list.n; i++) {
        json_t *change = entry_json(&list.v[i]), *parts = json_array();
        for (size_t k = 0; k < list.v[i].parts.n; k++)
            json_array_append_new(parts, entry_json((const Entry *)&list.v[i].parts.v[k]));
        json_object_set_new(change, "parts", parts);
        json_array_append_new(changes, change);
    }
    return changes;
}

char *schema_plan_summary(const void *ctx, const SchemaPlan *plan, const PlanStyles *styles)
{
    SCRATCH void *scratch = mem_scratch();
    Str out = str_new(ctx);
    EntryList list = collect(scratch, plan);
    add_entries(&out, &list, styles);
    return out.text;
}

char *schema_plan_human(const void *ctx, const SchemaPlan *plan, const PlanStyles *styles)
{
    SCRATCH void *scratch = mem_scratch();
    Str out = str_new(ctx);
    if (plan->groups.n == 0) {
        str_add(&out, "No changes detected.\n");
    } else {
        EntryList list = collect(scratch, plan);
        add_summary(&out, &list, styles);
        add_entries(&out, &list, styles);
        add_hazards(&out, plan, styles);
        str_addf(&out, "\n%sDDL to be executed:%s\n--------------------------------------------------\n\n", styles->heading, styles->end);
        for (size_t g = 0; g < plan->groups.n; g++) {
            if (plan->groups.n > 1)
                str_addf(&out, "-- Transaction Group #%zu\n", g + 1);
            add_group(&out, &plan->groups.v[g], false);
        }
        cut_end(&out);
    }
    for (size_t i = 0; i < plan->notes.n; i++)
        str_addf(&out, "%sNote: %s\n", i == 0 ? "\n" : "", plan->notes.v[i]);
    return out.text;
}

/* ---- Markdown ---- */

static void add_cell(Str *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|')
            str_add_char(out, '\\');
        str_add_char(out, *text == '\n' ? ' ' : *text);
    }
}

static void add_lock_rows(Str *out, const SchemaPlan *plan)
{
    str_add(out, "| # | Step | Locks | Hazards |\n| --- | --- | --- | --- |\n");
    size_t number = 0;
    for (size_t g = 0; g < plan->groups.n; g++) {
        for (size_t i = 0; i < plan->groups.v[g].steps.n; i++) {
            const SchemaStep *s = &plan->groups.v[g].steps.v[i];
            str_addf(out, "| %zu.%zu | ", g + 1, ++number);
            add_cell(out, s->operation == NULL ? "" : s->operation);
            str_add(out, " ");
            add_cell(out, s->path == NULL ? "" : s->path);
            str_add(out, " | ");
            for (size_t k = 0; k < s->locks.n; k++) {
                str_addf(out, "%s%s on ", k > 0 ? ", " : "", s->locks.v[k].mode);
                add_cell(out, s->locks.v[k].on);
            }
            str_add(out, " | ");
            for (size_t k = 0; k < s->hazards.n; k++)
                str_addf(out, "%s%s", k > 0 ? ", " : "", s->hazards.v[k].rule->id);
            str_add(out, " |\n");
        }
    }
}

char *schema_plan_markdown(const void *ctx, const SchemaPlan *plan)
{
    SCRATCH void *scratch = mem_scratch();
    Str out = str_new(ctx);
    size_t counts[EFFECTS];
    EntryList list = collect(scratch, plan);
    if (plan->groups.n == 0) {
        str_add(&out, "**No changes detected.**\n");
        return out.text;
    }
    count(&list, NULL, counts);
    str_add(&out, "**Plan:** ");
    add_counts(&out, counts);
    str_add(&out, ".\n\n");
    add_lock_rows(&out, plan);
    str_addf(&out, "\n```sql\n%s```\n", schema_plan_sql(scratch, plan));
    return out.text;
}
