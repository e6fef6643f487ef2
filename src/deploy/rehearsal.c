/* deploy/rehearsal.c: see rehearsal.h.
 *
 * The first pass is quick: all deploy scripts at once, then each revert script with what it should have undone. What
 * it leaves in doubt is looked at in a second pass, and only that: what a change made and what its verify script said
 * before; which of the changes is not there once its deploy script has run; after which step the catalog held what it
 * should not. */
#include "deploy/rehearsal.h"

#include "base/file.h"
#include "deploy/script_run.h"
#include "deploy/snapshot.h"
#include "deploy/verify.h"
#include "deploy_sql.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

/* Objects of a change that are named one by one. */
enum { NAMED_OBJECTS = 3 };

/* Share of the server's lock table that a rehearsal may fill, for it holds all its locks to its end. */
enum { LOCK_SHARE = 4 };

/* A point in the transaction (mark.sql). */
typedef struct Mark {
    long oid;
    long written; /* rows of the catalogs so far */
} Mark;

/* One change and what became of it. */
typedef struct Proof {
    Change *change;
    const char *name; /* "module:change" */
    SqlSummary deploy, verify, revert;
    Mark deploy_from, deploy_to, revert_from, revert_to; /* around its scripts */
    TextList left;         /* what its deploy script made and its revert script left */
    size_t made;           /* how many objects its deploy script made; counted by the second pass */
    bool suspect;          /* the second pass looks at it */
    bool passes_before;    /* its verify script, before its deploy script */
    bool passes_reverted;  /* and after its revert script, */
    bool passes_in_end;    /* and after those of all changes */
    bool stays;            /* the verdict: its revert script does not take it back */
    const char *failure;   /* of its verify script, right after its deploy script; NULL: it passes */
} Proof;

/* The catalog after a step. */
typedef struct Moment {
    const Proof *proof;
    TextList facts;
} Moment;

typedef struct Rehearser {
    const void *ctx; /* owner of all that outlives the pass */
    const RehearsalOptions *o;
    History *h;
    PgConn *conn;
    Rehearsal *result;
    Proof *proofs;
    size_t n;
    bool second;   /* pass */
    bool diagnose; /* in which it is asked why not all deploy scripts run, */
    bool trace;    /* or where what differs in the end comes from */
    LIST(Moment) moments;
} Rehearser;

static bool summarize(Rehearser *r, const Change *c, const char *path, bool is_there, SqlSummary *sum, Error *err)
{
    SqlScriptOptions so = plan_script_options(r->o->ws, c, r->o->variables);
    return !is_there || sql_script_summarize(r->ctx, path, &so, sum, err);
}

static bool read_scripts(Rehearser *r, Error *err)
{
    const Module *m = r->o->module;
    long locks = 0;
    r->n = m->changes.n;
    r->proofs = mem_array(r->ctx, Proof, r->n + 1);
    r->result->possible = true;
    for (size_t i = 0; i < r->n; i++) {
        Proof *p = &r->proofs[i];
        Change *c = p->change = m->changes.v[i];
        p->name = mem_printf(r->ctx, "%s:%s", m->name, c->instance);
        if (!summarize(r, c, c->deploy, c->has_deploy, &p->deploy, err) ||
            !summarize(r, c, c->verify, c->has_verify, &p->verify, err) ||
            !summarize(r, c, c->revert, c->has_revert, &p->revert, err))
            return error_wrap(err, "reading the scripts of %s", p->name);
        locks += p->deploy.locks;
        bool alone = p->deploy.no_transaction || p->deploy.enum_value_used || p->revert.no_transaction;
        r->result->possible = r->result->possible && c->has_deploy && c->has_revert && !alone;
    }
    r->result->possible = r->result->possible && locks <= r->h->lock_slots / LOCK_SHARE;
    return true;
}

static bool run_script(Rehearser *r, const Proof *p, ScriptPhase phase, Error *err)
{
    bool deploys = phase == PHASE_DEPLOY;
    ScriptRun *run = mem_new(r->ctx, ScriptRun);
    *run = (ScriptRun){.conn = r->conn,
                       .ws = r->o->ws,
                       .variables = r->o->variables,
                       .change = p->change,
                       .path = deploys ? p->change->deploy : p->change->revert,
                       .phase = phase,
                       .rolls_back = deploys ? p->deploy.rolls_back : p->revert.rolls_back};
    return script_queue(run, err) && (!run->leaves_state || script_reset_session(r->conn, err));
}

/* Does the verify script pass? What it says in failing goes to `failure`. Without a statement it says nothing. */
static bool try_verify(Rehearser *r, const Proof *p, bool *passes, const char **failure, Error *err)
{
    VerifyList one = {0};
    *passes = false;
    if (!p->change->has_verify || p->verify.statements == 0)
        return true;
    list_push(r->ctx, &one,
              (VerifyResult){.project = r->o->module->name, .name = p->change->instance, .change = p->change});
    VerifyRun run = {.conn = r->conn, .ws = r->o->ws, .variables = r->o->variables, .in_transaction = true};
    if (!pg_wait(r->conn, err) || !verify_scripts(&run, &one, err))
        return false;
    *passes = one.v[0].class == VERIFY_OK;
    if (failure != NULL && !*passes)
        *failure = mem_strdup(r->ctx, one.v[0].failure.message);
    error_clear(&one.v[0].failure);
    return true;
}

static bool take_mark(void *arg, const PGresult *result, Error *err)
{
    Mark *mark = arg;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        return pg_result_error(result, err);
    return text_to_long(PQgetvalue(result, 0, 0), 1, UINT32_MAX, &mark->oid) &&
           text_to_long(PQgetvalue(result, 0, 1), 0, LONG_MAX, &mark->written);
}

static bool set_mark(Rehearser *r, Mark *mark, Error *err)
{
    return pg_prepare(r->conn, "pgwright_mark", deploy_mark_sql, err) &&
           pg_queue(r->conn, &(PgStatement){.sql = "pgwright_mark", .prepared = true, .reply = take_mark, .arg = mark},
                    err);
}

static bool keep_moment(Rehearser *r, const Proof *p, Error *err)
{
    Moment m = {.proof = p};
    if (!r->trace)
        return true;
    if (!pg_wait(r->conn, err) || !snapshot_take(r->ctx, r->h, &m.facts, err))
        return false;
    list_push(r->ctx, &r->moments, m);
    return true;
}

/* What the change made and is there now. The plan of this query is made once: it costs more than to run it. */
static bool look_for_made(Rehearser *r, const Proof *p, TextList *objects, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    if (!pg_queue_sql(r->conn, "SET LOCAL plan_cache_mode = force_generic_plan", err) ||
        !pg_prepare(r->conn, "pgwright_made", deploy_made_sql, err))
        return false;
    char *sql = mem_printf(scratch, "EXECUTE %s (%ld, %ld)", pg_prepared_name(r->conn, "pgwright_made"), p->deploy_from.oid,
                           p->deploy_to.oid);
    PGresult *rows = pg_query(scratch, r->conn, sql, 0, NULL, err);
    *objects = (TextList){0};
    for (int i = 0; rows != NULL && i < PQntuples(rows); i++)
        list_push(r->ctx, objects, mem_strdup(r->ctx, PQgetvalue(rows, i, 0)));
    return rows != NULL;
}

static bool deploy_change(Rehearser *r, Proof *p, Error *err)
{
    bool passes, ok = !p->suspect || try_verify(r, p, &p->passes_before, NULL, err);
    TextList made = {0};
    ok = ok && set_mark(r, &p->deploy_from, err) && run_script(r, p, PHASE_DEPLOY, err) &&
         set_mark(r, &p->deploy_to, err);
    if (ok && r->diagnose)
        ok = try_verify(r, p, &passes, &p->failure, err);
    if (ok && p->suspect)
        ok = pg_wait(r->conn, err) && look_for_made(r, p, &made, err);
    p->made = made.n;
    return ok && keep_moment(r, p, err);
}

static bool revert_change(Rehearser *r, Proof *p, Error *err)
{
    return set_mark(r, &p->revert_from, err) && run_script(r, p, PHASE_REVERT, err) &&
           set_mark(r, &p->revert_to, err) && try_verify(r, p, &p->passes_reverted, NULL, err) &&
           look_for_made(r, p, &p->left, err) && keep_moment(r, p, err);
}

static bool deploy_all(Rehearser *r, Error *err)
{
    for (size_t i = 0; i < r->n; i++)
        if (!deploy_change(r, &r->proofs[i], err))
            return false;
    r->result->deployed = pg_wait(r->conn, err);
    return r->result->deployed;
}

static bool revert_all(Rehearser *r, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    TextList now;
    for (size_t i = r->n; i-- > 0;)
        if (!revert_change(r, &r->proofs[i], err))
            return false;
    for (size_t i = 0; i < r->n; i++)
        if (r->proofs[i].passes_reverted && !try_verify(r, &r->proofs[i], &r->proofs[i].passes_in_end, NULL, err))
            return false;
    if (!snapshot_take(scratch, r->h, &now, err))
        return false;
    r->result->reverted = true;
    r->result->residue = (TextList){0};
    snapshot_compare(r->ctx, r->o->before, &now, &r->result->residue);
    return true;
}

static bool run_all(Rehearser *r, Error *err)
{
    return pg_wait(r->conn, err) && pg_queue_sql(r->conn, "BEGIN", err) && keep_moment(r, NULL, err) &&
           deploy_all(r, err) && ((r->second && !r->trace) || revert_all(r, err));
}

/* One pass. A script that failed is no failure of the rehearsal: who runs the module in earnest tells of it. */
static bool run_pass(Rehearser *r, Error *err)
{
    Error failure = {0}, ignored = {0};
    bool ok = run_all(r, &failure);
    bool usable = pg_recover(r->conn) && pg_queue_sql(r->conn, "ROLLBACK", &ignored) &&
                  script_reset_session(r->conn, &ignored) && pg_wait(r->conn, &ignored);
    error_clear(&ignored);
    if (ok || (usable && !pg_stopping(r->conn))) {
        error_clear(&failure);
        return true;
    }
    error_move(err, &failure);
    return false;
}

/* Does anything ask for a second pass? */
static bool is_in_doubt(Rehearser *r)
{
    r->second = true;
    r->diagnose = !r->result->deployed;
    r->trace = r->result->residue.n > 0;
    bool doubt = r->diagnose || r->trace;
    for (size_t i = 0; i < r->n; i++) {
        Proof *p = &r->proofs[i];
        p->suspect = p->passes_reverted || p->left.n > 0;
        doubt = doubt || p->suspect;
    }
    return doubt;
}

static void find(Rehearser *r, FindingKind kind, const Proof *p, const char *what)
{
    list_push(r->ctx, &r->result->findings,
              (Finding){.kind = kind, .change = p != NULL ? p->name : NULL, .what = what});
}

/* Is there a comment in the script? One that is there to hold nothing says so; one that lost its content does not. */
static bool has_comment(const char *path)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    size_t len;
    const char *text = file_read(scratch, path, SIZE_MAX - 1, &len, &ignored);
    error_clear(&ignored);
    return text != NULL && (strstr(text, "--") != NULL || strstr(text, "/*") != NULL);
}

static void judge_scripts(Rehearser *r, const Proof *p)
{
    const Change *c = p->change;
    bool others = p->verify.statements + p->revert.statements > 0;
    if (p->deploy.statements == 0)
        find(r, others ? FINDING_IDLE : FINDING_EMPTY_DEPLOY, p, NULL);
    if (p->deploy.statements > 0 && c->has_verify && p->verify.statements == 0)
        find(r, has_comment(c->verify) ? FINDING_EMPTY_VERIFY : FINDING_BLANK_VERIFY, p, NULL);
    if (p->deploy.statements > 0 && c->has_revert && p->revert.statements == 0)
        find(r, FINDING_EMPTY_REVERT, p, NULL);
}

/* "function a.b(), table a.c and 4 more" */
static const char *name_objects(Rehearser *r, const TextList *objects)
{
    Str text = str_new(r->ctx);
    for (size_t i = 0; i < objects->n && i < NAMED_OBJECTS; i++)
        str_addf(&text, "%s%s", i > 0 ? ", " : "", objects->v[i]);
    if (objects->n > NAMED_OBJECTS)
        str_addf(&text, " and %zu more", objects->n - NAMED_OBJECTS);
    return text.text;
}

/* How its revert script left all of the change in place; NULL when it did not. Only the second pass knows what there
 * was to leave. */
static const char *how_it_stays(Rehearser *r, const Proof *p)
{
    if (p->left.n > 0 && p->left.n == p->made)
        return name_objects(r, &p->left);
    if (p->passes_reverted && !p->passes_before)
        return "its verify script still passes";
    bool deploy_writes = p->deploy_to.written > p->deploy_from.written, revert_ran = p->revert_to.oid > 0;
    if (deploy_writes && revert_ran && p->revert_to.written == p->revert_from.written)
        return "its revert script changes nothing in the catalog";
    return NULL;
}

/* What is left in part may be left on purpose, to go with its schema. */
static void judge_revert(Rehearser *r, Proof *p)
{
    const char *how = how_it_stays(r, p);
    p->stays = how != NULL;
    if (p->stays)
        find(r, FINDING_RESIDUE, p, how);
    else if (p->passes_in_end) /* where the change is gone */
        find(r, FINDING_UNPROVEN, p, NULL);
    if (!p->stays && p->left.n > 0)
        find(r, FINDING_PARTLY_REVERTED, p, name_objects(r, &p->left));
}

/* The change whose script brought this difference ("+ fact", "- fact") about for the last time. */
static const Proof *who_did(const Rehearser *r, const char *difference)
{
    bool added = difference[0] == '+';
    for (size_t i = r->moments.n; i-- > 1;) {
        bool is = snapshot_has(&r->moments.v[i].facts, difference + 2);
        bool was = snapshot_has(&r->moments.v[i - 1].facts, difference + 2);
        if (is == added && was != added)
            return r->moments.v[i].proof;
    }
    return NULL;
}

/* What differs in the end, but for what its change was named for already. */
static void judge_residue(Rehearser *r)
{
    for (size_t i = 0; i < r->result->residue.n; i++) {
        const Proof *p = who_did(r, r->result->residue.v[i]);
        if (p == NULL || !p->stays)
            find(r, FINDING_RESIDUE, p, r->result->residue.v[i]);
    }
}

/* Where not even all deploy scripts run, the first change that is not there once its script has run is to blame. */
static void judge_deploy(Rehearser *r)
{
    for (size_t i = 0; i < r->n && !r->result->deployed; i++)
        if (r->proofs[i].failure != NULL) {
            find(r, FINDING_INCOMPLETE, &r->proofs[i], r->proofs[i].failure);
            return;
        }
}

static void judge(Rehearser *r)
{
    for (size_t i = 0; i < r->n; i++) {
        judge_scripts(r, &r->proofs[i]);
        if (r->result->deployed)
            judge_revert(r, &r->proofs[i]);
    }
    judge_deploy(r);
    judge_residue(r);
}

bool rehearse(const void *ctx, History *h, const RehearsalOptions *o, Rehearsal *result, Error *err)
{
    *result = (Rehearsal){0};
    Rehearser r = {.o = o, .h = h, .conn = h->conn, .result = result, .ctx = ctx};
    if (!read_scripts(&r, err))
        return false;
    if (result->possible && (!run_pass(&r, err) || (is_in_doubt(&r) && !run_pass(&r, err))))
        return false;
    judge(&r);
    return true;
}
