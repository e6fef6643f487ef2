/* cli/output.c: see output.h. */
#include "cli/output.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "history/guard.h"
#include "pg/record.h"
#include "ui/ui.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void write_head(FILE *f, const Session *s, const RunOptions *o)
{
    SCRATCH void *scratch = mem_scratch();
    char now[CLOCK_UTC_SIZE];
    clock_utc(now);
    fprintf(f, "-- %s\n-- for %s, written %s by pgwright %s; not yet run.\n", redact(scratch, o->command), pg_where(s->conn),
            now, PGWRIGHT_VERSION);
    fputs("-- Run it with: psql -X -f FILE. It stops at the first error, and where the history is not as it was.\n"
          "\\set ON_ERROR_STOP on\n\\set QUIET on\n",
          f);
}

/* The run itself, on a session that is recorded. */
static bool record_run(Invocation *inv, Session *s, Plan *plan, const RunOptions *o, FILE *f, Error *err)
{
    Error second = {0};
    write_head(f, s, o);
    if (!pg_record(s->conn, f, err))
        return false;
    if (history_guard(s->history, err) && deploy_run(inv, plan, s->history, o, err) != NULL && !error_is_set(err))
        history_guard_end(s->history, err);
    pg_record_end(s->conn, &second);
    error_append(err, &second);
    return !error_is_set(err);
}

static bool record_file(Invocation *inv, Session *s, Plan *plan, const RunOptions *o, const char *path, Error *err)
{
    char *draft = mem_printf(inv, "%s.%ld", path, (long)getpid());
    FILE *f = fopen(draft, "we");
    bool ok = f != NULL && record_run(inv, s, plan, o, f, err);
    if (f != NULL)
        fclose(f);
    if (ok && rename(draft, path) == 0)
        return true;
    if (!error_is_set(err))
        error_set(err, ERR_FAILED, "cannot write %s: %s", path, strerror(errno));
    unlink(draft);
    return false;
}

static void tell(const Invocation *inv, const Plan *plan, const char *path)
{
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s, s:I, s:I}", "ok", 1, "version", 1, "file", path, "steps",
                          (json_int_t)plan->steps.n, "transactions", (json_int_t)plan->groups.n));
    else
        ui_print("%zu step%s in %zu transaction%s, with the history: psql -X -f %s\n", plan->steps.n,
                 plan->steps.n == 1 ? "" : "s", plan->groups.n, plan->groups.n == 1 ? "" : "s", path);
}

bool output_script(Invocation *inv, Session *s, Plan *plan, const RunOptions *o, const char *path, Error *err)
{
    if (strcmp(path, "-") == 0)
        return inv->json ? error_set(err, ERR_USAGE, "--json and a script cannot both go to stdout")
                         : record_run(inv, s, plan, o, stdout, err);
    if (!record_file(inv, s, plan, o, path, err))
        return false;
    tell(inv, plan, path);
    return true;
}
