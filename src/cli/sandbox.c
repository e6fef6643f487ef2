/* cli/sandbox.c: sandbox start, stop, status, psql, url, reset. */
#include "pg/sandbox.h"

#include "base/clock.h"
#include "base/file.h"
#include "cli/verbs.h"
#include "project/project.h"
#include "ui/ui.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The sandbox of the project around us; of the user where there is none. */
static Sandbox *open_sandbox(Invocation *inv, Error *err)
{
    Error ignored = {0};
    ProjectOptions o = {.start = path_cwd(inv), .without_scripts = true};
    Workspace *ws = workspace_read(inv, &o, &ignored);
    error_clear(&ignored);
    return sandbox_open(inv, ws != NULL ? ws->root : NULL, err);
}

static void tell(Invocation *inv, const Sandbox *sb)
{
    pid_t pid = sandbox_pid(sb);
    char *url = sandbox_url(inv, sb, "postgres");
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:b, s:i, s:i, s:s, s:s, s:s}", "ok", 1, "version", 1, "running", pid != 0, "pid",
                          (int)pid, "major", sb->major, "data", sb->data, "socket", sb->socket, "url", url));
    else if (pid != 0)
        ui_print("PostgreSQL %d runs as process %d\ndata  %s\nurl   %s\n", sb->major, (int)pid, sb->data, url);
    else
        ui_print("PostgreSQL %d does not run; its data would be in %s\n", sb->major, sb->data);
}

bool run_sandbox_start(Invocation *inv, Error *err)
{
    Sandbox *sb = open_sandbox(inv, err);
    if (sb == NULL || !sandbox_start(sb, err))
        return false;
    tell(inv, sb);
    return true;
}

bool run_sandbox_stop(Invocation *inv, Error *err)
{
    Sandbox *sb = open_sandbox(inv, err);
    if (sb == NULL || !sandbox_stop_all(sb, err))
        return false;
    tell(inv, sb);
    return true;
}

bool run_sandbox_status(Invocation *inv, Error *err)
{
    Sandbox *sb = open_sandbox(inv, err);
    if (sb != NULL)
        tell(inv, sb);
    return sb != NULL;
}

bool run_sandbox_reset(Invocation *inv, Error *err)
{
    Sandbox *sb = open_sandbox(inv, err);
    if (sb == NULL || (!inv->yes && !ui_confirm(err, "Throw away all data of the sandbox in %s?", sb->data)))
        return false;
    if (!sandbox_remove(sb, err) || !sandbox_start(sb, err))
        return false;
    tell(inv, sb);
    return true;
}

bool run_sandbox_url(Invocation *inv, Error *err)
{
    Sandbox *sb = open_sandbox(inv, err);
    if (sb == NULL || !sandbox_start(sb, err))
        return false;
    const char *database = inv->arguments.n > 0 ? inv->arguments.v[0] : "postgres";
    char *url = sandbox_url(inv, sb, database);
    if (inv->json)
        ui_json(json_pack("{s:b, s:i, s:s}", "ok", 1, "version", 1, "url", url));
    else
        ui_print("%s\n", url);
    return true;
}

bool run_sandbox_psql(Invocation *inv, Error *err)
{
    Sandbox *sb = open_sandbox(inv, err);
    if (sb == NULL || !sandbox_start(sb, err))
        return false;
    char *own = path_join(inv, sb->bin, "psql");
    const char **argv = mem_array(inv, const char *, inv->arguments.n + 3);
    argv[0] = file_exists(own) ? own : "psql";
    argv[1] = sandbox_url(inv, sb, "postgres");
    for (size_t i = 0; i < inv->arguments.n; i++)
        argv[2 + i] = inv->arguments.v[i];
    union {
        const char **in;
        char *const *out;
    } args = {.in = argv};
    execvp(argv[0], args.out);
    return error_set(err, ERR_FAILED, "cannot run psql: %s", strerror(errno));
}
