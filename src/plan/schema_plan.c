/* plan/schema_plan.c: see schema_plan.h. */
#include "plan/schema_plan.h"

#include "base/clock.h"
#include "base/digest.h"
#include "plan/online.h"

#include <stdlib.h>
#include <string.h>

/* ---- groups ---- */

static bool stands_alone(const SchemaStep *step)
{
    return step->no_transaction || step->wait_message != NULL;
}

/* Steps that can be committed together, together; each other one alone. */
static void group_steps(SchemaPlan *plan, const SchemaStepList *steps)
{
    bool open = false;
    for (size_t i = 0; i < steps->n; i++) {
        const SchemaStep *step = &steps->v[i];
        if (!open || step->begins_group || stands_alone(step))
            list_push(plan, &plan->groups, (SchemaGroup){0});
        list_push(plan, &plan->groups.v[plan->groups.n - 1].steps, *step);
        open = !stands_alone(step);
    }
    plan->steps_count += steps->n;
}

void schema_plan_add_script(SchemaPlan *plan, const WantedFiles *script, bool before)
{
    SchemaPlan *added = mem_new(plan, SchemaPlan);
    SchemaStepList steps = {0};
    for (size_t i = 0; i < script->statements.n; i++) {
        const WantedStatement *s = &script->statements.v[i];
        SchemaStep step = {.sql = mem_strdup(plan, s->sql), .type = "script", .operation = "alter", .no_transaction = s->no_transaction};
        step.path = mem_printf(plan, "%s:%ld", s->place.file, s->place.line);
        step.begins_group = i == 0;
        list_push(plan, &steps, step);
    }
    SchemaPlan *first = before ? added : plan;
    group_steps(first, &steps);
    if (!before)
        return;
    for (size_t g = 0; g < plan->groups.n; g++)
        list_push(added, &added->groups, plan->groups.v[g]);
    plan->groups.n = 0;
    for (size_t g = 0; g < added->groups.n; g++)
        list_push(plan, &plan->groups, added->groups.v[g]);
    plan->steps_count += added->steps_count;
}

void schema_plan_join(SchemaPlan *plan)
{
    SchemaGroup all = {0};
    for (size_t g = 0; g < plan->groups.n; g++)
        for (size_t i = 0; i < plan->groups.v[g].steps.n; i++)
            list_push(plan, &all.steps, plan->groups.v[g].steps.v[i]);
    plan->groups.n = 0;
    if (all.steps.n > 0)
        list_push(plan, &plan->groups, all);
}

/* ---- digests ---- */

/* Where an object is in its catalog says nothing of what it is. */
static bool is_address(const Attribute *a)
{
    return strcmp(a->name, "relation") == 0 || strcmp(a->name, "of_oid") == 0;
}

static void add_text(Str *out, const char *name, const char *text)
{
    if (text != NULL)
        str_addf(out, "%s=%zu:%s\n", name, strlen(text), text);
}

static int compare_objects(const void *a, const void *b)
{
    const Object *x = *(Object *const *)a, *y = *(Object *const *)b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->sub != y->sub && x->parent != NULL)
        return x->sub < y->sub ? -1 : 1;
    return strcmp(x->name, y->name) != 0 ? strcmp(x->name, y->name) : strcmp(x->key, y->key);
}

static void describe_extras(Str *out, const Extras *e)
{
    add_text(out, "comment", e->comment);
    for (size_t i = 0; i < e->grants.n; i++) {
        const Grant *g = &e->grants.v[i];
        str_addf(out, "grant %s %s %d\n", g->grantee == NULL ? "PUBLIC" : g->grantee, g->privilege, g->grantable);
    }
    for (size_t i = 0; i < e->labels.n; i++)
        add_text(out, e->labels.v[i].provider, e->labels.v[i].text);
}

static void describe_itself(Str *out, const Object *o)
{
    for (size_t i = 0; i < o->kind->attributes_count; i++)
        if (!is_address(&o->kind->attributes[i]))
            add_text(out, o->kind->attributes[i].name, o->values[i]);
    describe_extras(out, o->extras);
}

/* The object with its parts; of an ignored table these are its triggers, and nothing else counts. The schema's name is left out
 * when there is one schema, so that another one of the same content has the same digest. */
static void describe(Str *out, const Object *o, bool with_schema)
{
    SCRATCH void *scratch = mem_scratch();
    str_addf(out, "%s\n", o->kind->name);
    add_text(out, "name", o->name);
    if (with_schema)
        add_text(out, "schema", o->schema);
    if (!o->is_external)
        describe_itself(out, o);
    Object **parts = mem_array(scratch, Object *, o->parts.n + 1);
    memcpy(parts, o->parts.v, o->parts.n * sizeof *parts);
    qsort(parts, o->parts.n, sizeof *parts, compare_objects);
    for (size_t i = 0; i < o->parts.n; i++)
        describe(out, parts[i], with_schema);
}

char *model_digest(const void *ctx, const Model *m, json_t *objects)
{
    SCRATCH void *scratch = mem_scratch();
    char hex[DIGEST_HEX_MAX];
    Digest *all = digest_new(scratch, DIGEST_SHA256);
    ObjectList tops = {0};
    for (size_t i = 0; i < m->objects.n; i++) {
        Object *o = m->objects.v[i];
        bool counts = !(object_is(o, KIND_SCHEMA) && m->schemas.n == 1) && !(o->is_external && o->parts.n == 0);
        if (o->parent == NULL && counts)
            list_push(scratch, &tops, o);
    }
    if (tops.n > 0)
        qsort(tops.v, tops.n, sizeof *tops.v, compare_objects);
    Str text = str_new(scratch);
    for (size_t i = 0; i < tops.n; i++) {
        str_clear(&text);
        describe(&text, tops.v[i], m->schemas.n != 1);
        digest_add(all, text.text, text.len);
        digest_of(DIGEST_SHA256, text.text, text.len, hex);
        hex[16] = '\0';
        if (objects != NULL)
            json_object_set_new(objects, mem_printf(scratch, "%s %s", tops.v[i]->kind->name, m->schemas.n == 1 ? tops.v[i]->name : tops.v[i]->key),
                                json_string(hex));
    }
    digest_hex(all, hex);
    return mem_strdup(ctx, hex);
}

/* ---- the plan ---- */

static int release_digests(SchemaPlan *plan)
{
    json_decref(plan->object_digests);
    return 0;
}

/* A test's clock, as pgschema has it too. */
static const char *now(const void *ctx)
{
    const char *fixed = getenv("PGSCHEMA_TEST_TIME");
    char text[CLOCK_UTC_SIZE];
    clock_utc(text);
    return mem_strdup(ctx, fixed != NULL && *fixed != '\0' ? fixed : text);
}

/* Objects come back as they were; rows that were dropped with them do not, which its hazards say. */
static SchemaPlan *make_way_back(SchemaPlan *plan, const Model *old, const Model *new, const SchemaPlanOptions *options)
{
    SchemaPlanOptions back = {.offline = options->offline, .diff = options->diff};
    back.diff.is_way_back = true;
    return schema_plan_make(plan, new, options->target != NULL ? options->target : old, &back);
}

SchemaPlan *schema_plan_make(const void *ctx, const Model *old, const Model *new, const SchemaPlanOptions *options)
{
    SchemaPlan *plan = mem_new(ctx, SchemaPlan);
    const Model *target = options->target != NULL ? options->target : old;
    StatementList statements = {0}, difference = schema_diff(plan, old, new, &options->diff);
    for (size_t i = 0; options->first != NULL && i < options->first->n; i++)
        list_push(plan, &statements, options->first->v[i]);
    for (size_t i = 0; i < difference.n; i++)
        list_push(plan, &statements, difference.v[i]);
    if (options->keep_differences)
        plan->differences = statements;
    SchemaStepList steps = online_steps(plan, &statements, old, options->offline);
    group_steps(plan, &steps);
    if (options->way_back)
        plan->way_back = make_way_back(plan, old, new, options);
    plan->object_digests = options->object_digests != NULL ? json_incref(options->object_digests) : json_object();
    talloc_set_destructor(plan, release_digests);
    plan->digest = options->digest != NULL ? mem_strdup(plan, options->digest) : model_digest(plan, target, plan->object_digests);
    plan->created_at = now(plan);
    plan->made_by = PGWRIGHT_VERSION;
    for (size_t i = 0; i < new->schemas.n; i++)
        list_push(plan, &plan->schemas, mem_strdup(plan, new->schemas.v[i]));
    return plan;
}
