/* pg/sandbox.c: starting and stopping the throwaway server.
 *
 * Everything that changes something happens under a lock on a file in the sandbox's folder. The server is
 * started directly, without pg_ctl, and asked until it answers.
 *
 * What a kill can leave behind, and who clears it away:
 *   a half-made data folder      it has another name until it is finished; make_data() removes it
 *   the server's children        they hold its shared memory, and no server starts beside them: end_strays()
 *   postmaster.pid, socket lock  PostgreSQL takes them for real when their process number is somebody's
 * again: remove_stale_files() data                         recovery by the server; if that fails, it is made
 * anew Where /proc is not mounted the second and third are left to time and to the server. */
#include "pg/sandbox.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Always this one, whatever PGPORT says: it is part of the socket's name. */
#define PORT "5432"

enum {
    ANSWER_MS = 10000, /* for a server that runs already */
    START_MS = 60000,  /* recovery included */
    STOP_MS = 10000,   /* for each of three signals */
    INITDB_MS = 120000,
    POLL_MS = 3,
    BLIND_TRIES = 8, /* without /proc */
    BLIND_MS = 250,
    LOG_MAX = 16 * 1024 * 1024,
    LOG_LINES = 5,
};

static void pause_ms(long ms)
{
    const struct timespec t = {.tv_nsec = ms * 1000000L};
    nanosleep(&t, NULL);
}

/* ---- its processes ---- */

static bool has_proc(void)
{
    return access("/proc/self/exe", F_OK) == 0;
}

/* Root without CAP_SYS_PTRACE, as in most containers, may look at a process only as the process's own user.
 * Changes nothing for other users. */
static void look_as(uid_t uid, gid_t gid)
{
    setfsgid(gid);
    setfsuid(uid);
}

/* Is this a process of a server that works in our data folder? They all have it as their working folder. */
static bool works_here(const Sandbox *sb, long pid)
{
    SCRATCH void *scratch = mem_scratch();
    char exe[4096], cwd[4096];
    struct stat ours, theirs;
    char *cwd_link = mem_printf(scratch, "/proc/%ld/cwd", pid);
    look_as(sb->uid, sb->gid);
    ssize_t exe_len = readlink(mem_printf(scratch, "/proc/%ld/exe", pid), exe, sizeof exe - 1);
    ssize_t cwd_len = readlink(cwd_link, cwd, sizeof cwd - 1);
    bool same = stat(cwd_link, &theirs) == 0 && stat(sb->data, &ours) == 0 && ours.st_dev == theirs.st_dev &&
                ours.st_ino == theirs.st_ino;
    look_as(geteuid(), getegid());
    if (exe_len < 0 || cwd_len < 0)
        return false;
    exe[exe_len] = cwd[cwd_len] = '\0';
    /* " (deleted)" follows the program's name after an upgrade, the folder's when it was removed under the
     * server */
    return text_starts(path_base(exe), "postgres") &&
           (same || strcmp(cwd, mem_printf(scratch, "%s (deleted)", sb->data)) == 0);
}

static bool answers(const Sandbox *sb)
{
    SCRATCH void *scratch = mem_scratch();
    PGPing ping = PQping(sandbox_url(scratch, sb, "postgres"));
    /* no attempt: libpq dislikes something in the environment, and says what when somebody connects */
    return ping == PQPING_OK || ping == PQPING_NO_ATTEMPT;
}

pid_t sandbox_pid(const Sandbox *sb)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    size_t len;
    char *text = file_read(scratch, path_join(scratch, sb->data, "postmaster.pid"), 65536, &len, &ignored);
    error_clear(&ignored);
    long pid = 0;
    if (text == NULL)
        return 0;
    text[strcspn(text, "\n")] = '\0';
    if (!text_to_long(text, 2, 0x7fffffff, &pid))
        return 0;
    bool ours = has_proc() ? works_here(sb, pid) : kill((pid_t)pid, 0) == 0;
    return ours ? (pid_t)pid : 0;
}

/* Kills what a killed server left running. Returns how many there were. */
static int kill_strays(const Sandbox *sb)
{
    DIR *proc = opendir("/proc");
    int found = 0;
    for (const struct dirent *entry; proc != NULL && (entry = readdir(proc)) != NULL;) {
        long pid;
        if (text_to_long(entry->d_name, 2, 0x7fffffff, &pid) && works_here(sb, pid)) {
            kill((pid_t)pid, SIGKILL);
            found++;
        }
    }
    if (proc != NULL)
        closedir(proc);
    return found;
}

static void end_strays(const Sandbox *sb)
{
    for (int64_t deadline = clock_ms() + STOP_MS; kill_strays(sb) > 0 && clock_ms() < deadline;)
        pause_ms(POLL_MS);
}

static void remove_stale_files(const Sandbox *sb)
{
    SCRATCH void *scratch = mem_scratch();
    if (!has_proc())
        return;
    unlink(path_join(scratch, sb->data, "postmaster.pid"));
    unlink(path_join(scratch, sb->socket, ".s.PGSQL." PORT ".lock"));
}

/* ---- stopping it ---- */

static bool wait_ended(const Sandbox *sb, pid_t pid, int64_t ms)
{
    for (int64_t deadline = clock_ms() + ms; clock_ms() < deadline; pause_ms(POLL_MS))
        if (sandbox_pid(sb) != pid)
            return true;
    return false;
}

/* Also clears away what a killed server left. */
static bool stop_locked(const Sandbox *sb, Error *err)
{
    static const int signals[] = {SIGINT, SIGQUIT, SIGKILL}; /* fast, immediate, and what cannot be ignored */
    pid_t pid = sandbox_pid(sb);
    bool stopped = pid == 0;
    for (size_t i = 0; !stopped && i < sizeof signals / sizeof signals[0]; i++) {
        if (kill(pid, signals[i]) != 0 && errno == EPERM)
            return error_set(err, ERR_FAILED, "the sandbox server (process %d) belongs to another user",
                             (int)pid);
        stopped = wait_ended(sb, pid, STOP_MS);
    }
    if (!stopped)
        return error_set(err, ERR_FAILED, "the sandbox server (process %d) does not end", (int)pid);
    end_strays(sb);
    remove_stale_files(sb);
    return true;
}

/* ---- its data ---- */

/* What root makes for the server becomes the server's user's. */
static bool own(const Sandbox *sb, const char *path, Error *err)
{
    if (sb->uid == 0 || chown(path, sb->uid, sb->gid) == 0)
        return true;
    return error_set(err, ERR_CONFIG, "cannot give %s to the server's user: %s", path, strerror(errno));
}

static bool run_initdb(const Sandbox *sb, const char *target, const char *locale, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *const argv[] = {path_join(scratch, sb->bin, "initdb"),
                                "-D",
                                target,
                                "-U",
                                "postgres",
                                "-A",
                                "trust",
                                "-E",
                                "UTF8",
                                "--locale",
                                locale,
                                "--no-sync",
                                NULL};
    ProcessOptions options = {.uid = sb->uid, .gid = sb->gid, .dir = "/", .timeout_ms = INITDB_MS};
    ProcessResult result;
    if (!process_run(scratch, argv, &options, &result, err))
        return false;
    if (result.status == 0)
        return true;
    error_set(err, ERR_FAILED, "initdb failed");
    error_detail(err, "%s", result.output);
    return false;
}

/* Settings of a server whose data may be lost. Where it listens is not among them: ALTER SYSTEM must not
 * change it. */
static bool write_settings(const Sandbox *sb, const char *target, Error *err)
{
    static const char text[] =
        "# Written by pgwright for its sandbox.\n"
        "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\n"
        "max_wal_senders = 0\nmax_connections = 100\nmax_locks_per_transaction = 256\n"
        "shared_buffers = 64MB\njit = off\nlog_timezone = 'UTC'\ntimezone = 'UTC'\n";
    SCRATCH void *scratch = mem_scratch();
    char *path = path_join(scratch, target, "postgresql.auto.conf");
    return file_write(path, text, sizeof text - 1, err) && own(sb, path, err);
}

/* Data folders whose making was cut off. One whose initdb still runs may refuse to go; the next start tries
 * again. */
static void remove_unfinished(const Sandbox *sb)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    TextList names = {0};
    char *prefix = mem_printf(scratch, "%s.new-", path_base(sb->data));
    dir_list(scratch, sb->base, &names, &ignored);
    for (size_t i = 0; i < names.n; i++)
        if (text_starts(names.v[i], prefix))
            dir_remove(path_join(scratch, sb->base, names.v[i]), &ignored);
    error_clear(&ignored);
}

/* Made beside and renamed: what is killed half-way does not look finished. */
static bool make_data(const Sandbox *sb, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *target = mem_printf(scratch, "%s.new-XXXXXX", sb->data);
    Error first = {0};
    remove_unfinished(sb);
    if (!dir_remove(sb->data, err))
        return false;
    if (mkdtemp(target) == NULL)
        return error_set(err, ERR_CONFIG, "cannot make a folder in %s: %s", sb->base, strerror(errno));
    /* initdb removes the contents of a folder that it could not fill */
    bool ok = own(sb, target, err) &&
              (run_initdb(sb, target, "C.UTF-8", &first) || run_initdb(sb, target, "C", err)) &&
              write_settings(sb, target, err);
    error_clear(&first);
    if (ok && rename(target, sb->data) != 0)
        ok = error_set(err, ERR_CONFIG, "cannot name %s: %s", sb->data, strerror(errno));
    if (!ok)
        dir_remove(target, &first);
    error_clear(&first);
    return ok;
}

static bool has_data(const Sandbox *sb)
{
    SCRATCH void *scratch = mem_scratch();
    return file_exists(path_join(scratch, sb->data, "PG_VERSION"));
}

/* ---- starting it ---- */

/* The last lines of the server's log; NULL when there is none. */
static char *log_tail(const void *ctx, const Sandbox *sb)
{
    Error ignored = {0};
    size_t len;
    char *text = file_read(ctx, sb->log, LOG_MAX, &len, &ignored);
    error_clear(&ignored);
    if (text == NULL)
        return NULL;
    while (len > 0 && text[len - 1] == '\n')
        text[--len] = '\0';
    char *from = text + len;
    for (int lines = 0; from > text; from--)
        if (from[-1] == '\n' && ++lines == LOG_LINES)
            break;
    return from;
}

static bool start_failed(const Sandbox *sb, const char *message, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *tail = log_tail(scratch, sb);
    error_set(err, ERR_FAILED, "%s", message);
    error_detail(err, "%s (in %s)", tail == NULL ? "" : tail, sb->log);
    return false;
}

/* Waits until it answers, or its process has ended, or time is up. */
static bool wait_answer(const Sandbox *sb, int64_t ms)
{
    for (int64_t deadline = clock_ms() + ms; clock_ms() < deadline; pause_ms(POLL_MS)) {
        if (answers(sb))
            return true;
        if (sandbox_pid(sb) == 0)
            return false;
    }
    return false;
}

/* Starts the server and waits for it. *ended tells a server that gave up from one that hangs. */
static bool launch(const Sandbox *sb, bool *ended, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *const argv[] = {path_join(scratch, sb->bin, "postgres"),
                                "-D",
                                sb->data,
                                "-k",
                                sb->socket,
                                "-h",
                                "",
                                "-p",
                                PORT,
                                "-c", /* what fails may name secrets; who asked is told of it */
                                "log_min_messages=log",
                                "-c",
                                "log_min_error_statement=panic",
                                NULL};
    ProcessOptions options = {.uid = sb->uid, .gid = sb->gid, .dir = "/"};
    *ended = false;
    rename(sb->log, mem_printf(scratch, "%s.old", sb->log));
    pid_t pid = process_start(argv, &options, sb->log, err);
    if (pid < 0)
        return false;
    for (int64_t deadline = clock_ms() + START_MS; clock_ms() < deadline; pause_ms(POLL_MS)) {
        if (answers(sb))
            return true;
        if (waitpid(pid, NULL, WNOHANG) == pid) {
            *ended = true;
            return start_failed(sb, "the sandbox server did not start", err);
        }
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return start_failed(sb, "the sandbox server does not answer", err);
}

/* Without /proc the children of a killed server cannot be seen; they end by themselves after a moment. */
static bool launch_patiently(const Sandbox *sb, bool *ended, Error *err)
{
    for (int tries = has_proc() ? 1 : BLIND_TRIES; !launch(sb, ended, err); tries--) {
        if (tries == 1 || !*ended)
            return false;
        error_clear(err);
        pause_ms(BLIND_MS);
    }
    return true;
}

/* A socket folder in /tmp must be the server's user's: somebody else could have put it there first. */
static bool make_socket_dir(const Sandbox *sb, Error *err)
{
    struct stat st;
    uid_t owner = sb->uid != 0 ? sb->uid : geteuid();
    if (sb->socket == sb->data)
        return true;
    if (mkdir(sb->socket, 0700) == 0)
        return own(sb, sb->socket, err);
    if (lstat(sb->socket, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == owner && (st.st_mode & 077) == 0)
        return true;
    return error_set(err, ERR_CONFIG, "%s is not a folder of the server's user alone", sb->socket);
}

static bool start_locked(const Sandbox *sb, Error *err)
{
    bool ended = false;
    if (sandbox_pid(sb) != 0 && wait_answer(sb, ANSWER_MS))
        return true;
    if (!stop_locked(sb, err) || !make_socket_dir(sb, err))
        return false;
    if (!has_data(sb))
        return make_data(sb, err) && launch(sb, &ended, err);
    if (launch_patiently(sb, &ended, err))
        return true;
    if (!ended)
        return false;
    log_warn("the sandbox's data cannot be used any more; making it anew: %s", err->detail);
    error_clear(err);
    return stop_locked(sb, err) && make_data(sb, err) && launch(sb, &ended, err);
}

static bool remove_locked(const Sandbox *sb, Error *err)
{
    return stop_locked(sb, err) && dir_remove(sb->data, err) &&
           (sb->socket == sb->data || dir_remove(sb->socket, err));
}

/* ---- taking turns ---- */

/* Whatever umask the user has, the server's user passes through; the data folder itself is open to that user
 * alone. */
static bool make_base(const Sandbox *sb, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    struct stat st;
    char *ignore = path_join(scratch, sb->base, ".gitignore");
    mode_t mask = umask(022);
    bool made = dir_make(sb->base, err);
    umask(mask);
    if (!made)
        return false;
    if (lstat(sb->base, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
        return error_set(err, ERR_CONFIG, "%s is not a folder of ours", sb->base);
    return file_exists(ignore) || file_write(ignore, "*\n", 2, err);
}

static bool in_turn(const Sandbox *sb, bool (*act)(const Sandbox *sb, Error *err), Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *path = path_join(scratch, sb->base, "sandbox.lock");
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        return error_set(err, ERR_CONFIG, "cannot open %s: %s", path, strerror(errno));
    while (flock(lock, LOCK_EX) != 0 && errno == EINTR)
        ;
    bool ok = act(sb, err);
    close(lock);
    return ok;
}

bool sandbox_start(const Sandbox *sb, Error *err)
{
    return make_base(sb, err) && in_turn(sb, start_locked, err);
}

bool sandbox_stop(const Sandbox *sb, Error *err)
{
    return !dir_exists(sb->base) || in_turn(sb, stop_locked, err);
}

bool sandbox_remove(const Sandbox *sb, Error *err)
{
    return !dir_exists(sb->base) || in_turn(sb, remove_locked, err);
}

char *sandbox_url(const void *ctx, const Sandbox *sb, const char *database)
{
    Str url = str_new(ctx);
    str_add(&url, "postgresql:///");
    for (const char *p = database; *p != '\0'; p++) {
        if (isalnum((unsigned char)*p) || strchr("._-", *p) != NULL)
            str_add_char(&url, *p);
        else
            str_addf(&url, "%%%02X", (unsigned)(unsigned char)*p);
    }
    str_addf(&url, "?host=%s&port=" PORT "&user=postgres", sb->socket);
    return url.text;
}
