/* schema/dump.c: see dump.h. A dump is the way from nothing to the model. */
#include "schema/dump.h"

#include <string.h>

/* Objects that a new database has are not made. */
static bool is_there_already(const Statement *s)
{
    return object_is(s->object, KIND_SCHEMA) && strcmp(s->object->name, "public") == 0 && text_starts(s->sql, "CREATE SCHEMA");
}

static void add_heading(Str *out, const Object *o)
{
    const char *keyword = object_keyword(o);
    char *kind = mem_strdup(out->ctx, *keyword != '\0' ? keyword : o->kind->name);
    for (char *p = kind; *p != '\0'; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    /* a line break in a name must not end the comment */
    char *name = mem_strdup(out->ctx, o->name);
    for (char *p = name; *p != '\0'; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    str_addf(out, "--\n-- Name: %s; Type: %s; Schema: %s; Owner: -\n--\n\n", name, kind, o->schema == NULL ? "-" : o->schema);
}

/* Functions may call what comes later; and nothing may depend on where the reader's search path leads. */
static void add_head(Str *out, const Model *m)
{
    str_addf(out, "--\n-- pgwright database dump\n--\n\n-- Dumped from database version %d.%d\n\n\n", m->version / 10000, m->version % 10000);
    str_add(out, "SET check_function_bodies = false;\nSET client_min_messages = warning;\n");
    if (m->schemas.n != 1)
        str_add(out, "SET search_path = '';\n");
    str_add(out, "\n");
}

char *schema_dump(const void *ctx, const Model *model, const DumpOptions *options)
{
    SCRATCH void *scratch = mem_scratch();
    Str out = str_new(ctx);
    DiffOptions diff = {.without_owners = !options->owners};
    StatementList all = schema_diff(scratch, model_empty(scratch, model), model, &diff);
    const Object *headed = NULL;
    add_head(&out, model);
    for (size_t i = 0; i < all.n; i++) {
        const Statement *s = &all.v[i];
        if (is_there_already(s) || (model->schemas.n == 1 && object_is(s->object, KIND_SCHEMA)))
            continue;
        const Object *top = s->object;
        while (top->parent != NULL && !object_is(top, KIND_INDEX) && !object_is(top, KIND_CONSTRAINT) && !object_is(top, KIND_TRIGGER) &&
               !object_is(top, KIND_POLICY) && !object_is(top, KIND_RULE))
            top = top->parent;
        if (top != headed && !options->without_headings)
            add_heading(&out, top);
        headed = top;
        str_addf(&out, "%s;\n\n", s->sql);
    }
    return out.text;
}
