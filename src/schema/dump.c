/* schema/dump.c: see dump.h. A dump is the way from nothing to the model. */
#include "schema/dumping.h"

#include <string.h>

/* Objects that a new database has are not made. */
static bool is_there_already(const Statement *s)
{
    return object_is(s->object, KIND_SCHEMA) && strcmp(s->object->name, "public") == 0 && text_starts(s->sql, "CREATE SCHEMA");
}

/* A line break in a name must not end the comment. */
static char *in_one_line(const void *ctx, const char *name)
{
    char *line = mem_strdup(ctx, name);
    for (char *p = line; *p != '\0'; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    return line;
}

static void add_heading(Str *out, const Object *o, const char *schema)
{
    SCRATCH void *scratch = mem_scratch();
    const char *keyword = object_keyword(o);
    char *kind = mem_strdup(scratch, *keyword != '\0' ? keyword : o->kind->name);
    for (char *p = kind; *p != '\0'; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    str_addf(out, "--\n-- Name: %s; Type: %s; Schema: %s; Owner: -\n--\n\n", in_one_line(scratch, o->name), kind,
             schema == NULL ? "-" : in_one_line(scratch, schema));
}

/* Parts that are objects in their own right have a heading of their own. */
static const Object *headed_object(const Object *o)
{
    static const KindIndex own[] = {KIND_INDEX, KIND_CONSTRAINT, KIND_TRIGGER, KIND_POLICY, KIND_RULE};
    for (; o->parent != NULL; o = o->parent)
        for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
            if (object_is(o, own[i]))
                return o;
    return o;
}

/* Are names written without their schema, so that the dump can be loaded into any? */
static bool is_relative(const Model *m, const DumpOptions *options)
{
    return m->schemas.n == 1 && !options->qualified;
}

void dump_statement(Str *out, const Statement *s, const Object **headed, const Model *model, const DumpOptions *options)
{
    const Object *object = headed_object(s->object);
    if (object != *headed && !options->without_headings)
        add_heading(out, object, is_relative(model, options) ? NULL : object->schema);
    *headed = object;
    str_addf(out, "%s;\n\n", s->sql);
}

/* Functions may call what comes later; and nothing may depend on where the reader's search path leads. */
void dump_head(Str *out, const Model *m, const DumpOptions *options)
{
    str_addf(out, "--\n-- pgwright database dump\n--\n\n-- Dumped from database version %d.%d\n-- Dumped by pgwright version %s\n\n\n",
             m->version / 10000, m->version % 10000, PGWRIGHT_VERSION);
    str_add(out, "SET check_function_bodies = false;\nSET client_min_messages = warning;\n");
    if (!is_relative(m, options))
        str_add(out, "SET search_path = '';\n");
    str_add(out, "\n");
}

StatementList dump_statements(const void *ctx, const Model *model, const DumpOptions *options)
{
    DiffOptions diff = {.without_owners = !options->owners};
    StatementList all = schema_diff(ctx, model_empty(ctx, model), model, &diff);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        const Statement *s = &all.v[i];
        if (!is_there_already(s) && (model->schemas.n != 1 || !object_is(s->object, KIND_SCHEMA)))
            all.v[n++] = *s;
    }
    all.n = n;
    return all;
}

char *schema_dump(const void *ctx, const Model *model, const DumpOptions *options)
{
    SCRATCH void *scratch = mem_scratch();
    Str out = str_new(ctx);
    StatementList all = dump_statements(scratch, model, options);
    const Object *headed = NULL;
    dump_head(&out, model, options);
    for (size_t i = 0; i < all.n; i++)
        dump_statement(&out, &all.v[i], &headed, model, options);
    return out.text;
}
