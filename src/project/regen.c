/* project/regen.c: see regen.h. */
#include "project/regen.h"

#include "base/file.h"
#include "sql/inverse.h"
#include "sql/script.h"

#include <string.h>

enum { STATEMENT_SHOWN = 60 };

/* One statement of the deploy script. */
typedef struct Inverted {
    SqlInverse inverse;
    const char *left_out; /* NULL: all of it is taken back */
} Inverted;
typedef LIST(Inverted) InvertedList;

static SqlScriptOptions options_of(const Workspace *ws, const Change *c)
{
    return (SqlScriptOptions){.root = ws->root, .base = c->module->dir};
}

/* "deploy/users.sql:3: INSERT INTO users VALUES …", on one line. */
static char *shown(const void *ctx, const SqlItem *item)
{
    size_t n = strcspn(item->text, "\n");
    n = n < STATEMENT_SHOWN ? n : STATEMENT_SHOWN;
    while (n > 0 && n < item->len && ((unsigned char)item->text[n] & 0xC0) == 0x80)
        n--;
    return mem_printf(ctx, "%s:%ld: %.*s%s", path_shown(item->place.file), item->place.line, (int)n, item->text,
                      n < item->len ? " …" : "");
}

static bool is_transaction(const SqlItem *item)
{
    SqlKind kind = item->facts.kind;
    return item->kind == SQL_ECHO || kind == SQL_BEGIN || kind == SQL_COMMIT || kind == SQL_ROLLBACK || kind == SQL_SAVEPOINT;
}

static bool read_deploy(const void *ctx, const Workspace *ws, const Change *c, InvertedList *out, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    SqlScriptOptions o = options_of(ws, c);
    SqlScript *script = sql_script_open(scratch, c->deploy, &o, err);
    SqlItem item;
    SqlNext next = script == NULL ? SQL_NEXT_ERROR : SQL_NEXT_ITEM;
    while (next == SQL_NEXT_ITEM) {
        next = sql_script_next(script, &item, err);
        if (next != SQL_NEXT_ITEM || is_transaction(&item))
            continue;
        Inverted i = {0};
        if (!sql_invert(ctx, item.text, item.len, &i.inverse))
            i.left_out = shown(ctx, &item);
        list_push(ctx, out, i);
    }
    return next == SQL_NEXT_END || error_wrap(err, "reading %s", path_shown(c->deploy));
}

static void add_statements(Str *body, const TextList *statements, size_t *count)
{
    for (size_t i = 0; i < statements->n; i++)
        str_addf(body, "%s%s;", body->len > 0 ? "\n" : "", statements->v[i]);
    *count += statements->n;
}

/* In reverse order; what cannot be said stands where it belongs. */
static char *revert_body(const void *ctx, const InvertedList *list, Regenerated *r)
{
    Str body = str_new(ctx);
    for (size_t i = list->n; i-- > 0;) {
        const Inverted *s = &list->v[i];
        if (s->left_out != NULL) {
            str_addf(&body, "%s-- not taken back: %s", body.len > 0 ? "\n" : "", s->left_out);
            list_push(ctx, &r->left_out, s->left_out);
        }
        add_statements(&body, &s->inverse.revert, &r->statements);
    }
    return body.text;
}

static char *verify_body(const void *ctx, const InvertedList *list, Regenerated *r)
{
    Str body = str_new(ctx);
    for (size_t i = 0; i < list->n; i++)
        add_statements(&body, &list->v[i].inverse.verify, &r->statements);
    return body.text;
}

static bool is_stub(const Workspace *ws, const Change *c, const char *path, bool *stub, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    SqlSummary summary;
    SqlScriptOptions o = options_of(ws, c);
    bool ok = sql_script_summarize(scratch, path, &o, &summary, err);
    *stub = ok && summary.statements == 0;
    return ok;
}

bool regen_script(const void *ctx, const Workspace *ws, const Change *c, ScriptKind kind, bool force, RegeneratedList *out,
                  Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    bool there = kind == SCRIPT_REVERT ? c->has_revert : c->has_verify, wanted = force || !there;
    Regenerated r = {.change = c, .path = kind == SCRIPT_REVERT ? c->revert : c->verify};
    InvertedList list = {0};
    SqlSummary deploy;
    SqlScriptOptions o = options_of(ws, c);
    if (!wanted && !is_stub(ws, c, r.path, &wanted, err))
        return false;
    if (!wanted || !c->has_deploy)
        return true;
    if (!sql_script_summarize(scratch, c->deploy, &o, &deploy, err) || !read_deploy(ctx, ws, c, &list, err))
        return false;
    char *body = kind == SCRIPT_REVERT ? revert_body(ctx, &list, &r) : verify_body(ctx, &list, &r);
    bool in_transaction = kind == SCRIPT_VERIFY || !deploy.no_transaction;
    if (r.statements > 0)
        r.text = authoring_script(ctx, c->module, c->instance, kind, "", body, in_transaction);
    list_push(ctx, out, r);
    return true;
}
