/* pg/sandbox.c: see sandbox.h. */
#include "pg/sandbox.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    START_MS = 30000,
    STOP_MS = 10000,
    INITDB_MS = 120000,
    POLL_NS = 3 * 1000 * 1000,
    START_TRIES = 8,
    RETRY_MS = 250,
    SOCKET_PATH_MAX = 80, /* of the folder: sockaddr_un holds 107 bytes, the socket's own name takes up to 20 */
};

static void pause_briefly(void)
{
    static const struct timespec t = {.tv_nsec = POLL_NS};
    nanosleep(&t, NULL);
}

/* ---- the server programs ---- */

static bool has_server(const void *ctx, const char *bin)
{
    return file_exists(path_join(ctx, bin, "postgres")) && file_exists(path_join(ctx, bin, "initdb"));
}

/* The newest of the folders that a distribution installs servers in. */
static char *installed_bin(const void *ctx)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
                                           "/opt/homebrew/opt/postgresql@*/bin"};
    char *best = NULL;
    long best_version = -1;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        glob_t found;
        if (glob(patterns[i], GLOB_ONLYDIR, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc; k++) {
            const char *digits = strpbrk(found.gl_pathv[k], "0123456789");
            long version = digits == NULL ? 0 : strtol(digits, NULL, 10);
            if (version > best_version && has_server(ctx, found.gl_pathv[k])) {
                best = mem_strdup(ctx, found.gl_pathv[k]);
                best_version = version;
            }
        }
        globfree(&found);
    }
    return best;
}

static char *find_bin(const void *ctx, Error *err)
{
    const char *asked = getenv("PGWRIGHT_PG_BIN");
    if (asked != NULL && *asked != '\0') {
        if (has_server(ctx, asked))
            return path_real(ctx, asked);
        error_set(err, ERR_CONFIG, "PGWRIGHT_PG_BIN names %s, which holds no postgres and initdb", asked);
        return NULL;
    }
    char *in_path = process_find(ctx, "postgres");
    char *real = in_path == NULL ? NULL : path_real(ctx, in_path);
    if (real != NULL && has_server(ctx, path_dir(ctx, real)))
        return path_dir(ctx, real);
    char *installed = installed_bin(ctx);
    if (installed == NULL) {
        error_set(err, ERR_CONFIG, "no PostgreSQL server programs are installed here");
        error_hint(err, "install them (Debian: apt-get install postgresql), or name their folder in PGWRIGHT_PG_BIN");
    }
    return installed;
}

static int major_of(const char *bin, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *const argv[] = {path_join(scratch, bin, "postgres"), "--version", NULL};
    ProcessOptions options = {.timeout_ms = 10000};
    ProcessResult result;
    if (!process_run(scratch, argv, &options, &result, err))
        return -1;
    const char *digits = strpbrk(result.output, "0123456789");
    if (result.status == 0 && digits != NULL)
        return (int)strtol(digits, NULL, 10);
    error_set(err, ERR_CONFIG, "%s does not run: %s", argv[0], result.output);
    return -1;
}

/* ---- its place ---- */

/* Whom the server runs as when we are root. */
static bool choose_user(Sandbox *sb, Error *err)
{
    if (geteuid() != 0)
        return true;
    const struct passwd *pw = getpwnam("postgres");
    if (pw == NULL)
        pw = getpwnam("nobody");
    if (pw == NULL)
        return error_set(err, ERR_CONFIG, "PostgreSQL does not run as root, and there is neither a user postgres nor nobody");
    sb->uid = pw->pw_uid;
    sb->gid = pw->pw_gid;
    return true;
}

/* May the server's user pass through every folder above? */
static bool is_reachable(const Sandbox *sb, const char *dir)
{
    SCRATCH void *scratch = mem_scratch();
    if (sb->uid == 0)
        return true;
    for (char *d = mem_strdup(scratch, dir);; d = path_dir(scratch, d)) {
        struct stat st;
        if (stat(d, &st) == 0) {
            bool enters = st.st_uid == sb->uid ? st.st_mode & S_IXUSR : st.st_mode & S_IXOTH;
            if (!enters)
                return false;
        }
        if (strcmp(d, "/") == 0)
            return true;
    }
}

static char *cache_dir(const void *ctx)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (xdg != NULL && *xdg == '/')
        return path_join(ctx, xdg, "pgwright");
    return home != NULL && *home == '/' ? path_join(ctx, home, ".cache/pgwright") : mem_strdup(ctx, "/tmp/pgwright-cache");
}

static char *short_hash(const void *ctx, const char *text)
{
    char hex[DIGEST_HEX_MAX];
    digest_of(DIGEST_SHA256, text, strlen(text), hex);
    return mem_strndup(ctx, hex, 12);
}

static void choose_place(Sandbox *sb, const char *project)
{
    char *wanted = project != NULL ? path_join(sb, project, ".pgwright") : cache_dir(sb);
    char *base = is_reachable(sb, project != NULL ? project : wanted)
                     ? wanted
                     : mem_printf(sb, "/var/cache/pgwright/%s", short_hash(sb, wanted));
    sb->data = mem_printf(sb, "%s/sandbox-%d", base, sb->major);
    sb->log = mem_printf(sb, "%s/sandbox-%d.log", base, sb->major);
    sb->lock = mem_printf(sb, "%s/sandbox.lock", base);
    sb->socket = strlen(sb->data) <= SOCKET_PATH_MAX
                     ? sb->data
                     : mem_printf(sb, "/tmp/pgwright-%u-%s", (unsigned)(sb->uid != 0 ? sb->uid : geteuid()),
                                  short_hash(sb, sb->data));
}

Sandbox *sandbox_open(const void *ctx, const char *project, Error *err)
{
    Sandbox *sb = mem_new(ctx, Sandbox);
    sb->bin = find_bin(sb, err);
    sb->major = sb->bin == NULL ? -1 : major_of(sb->bin, err);
    if (sb->major < 0 || !choose_user(sb, err))
        return NULL;
    choose_place(sb, project);
    return sb;
}

char *sandbox_url(const void *ctx, const Sandbox *sb, const char *database)
{
    return mem_printf(ctx, "postgresql:///%s?host=%s&user=postgres", database, sb->socket);
}

/* ---- is it running? ---- */

static bool is_our_server(const Sandbox *sb, pid_t pid)
{
    SCRATCH void *scratch = mem_scratch();
    char target[4096];
    ssize_t n = readlink(mem_printf(scratch, "/proc/%d/cwd", (int)pid), target, sizeof target - 1);
    if (n < 0)
        return kill(pid, 0) == 0; /* no /proc: believe the file */
    target[n] = '\0';
    char *real = path_real(scratch, sb->data);
    return real != NULL && strcmp(target, real) == 0;
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
    return text_to_long(text, 2, 0x7fffffff, &pid) && is_our_server(sb, (pid_t)pid) ? (pid_t)pid : 0;
}

static bool answers(const Sandbox *sb)
{
    SCRATCH void *scratch = mem_scratch();
    return PQping(sandbox_url(scratch, sb, "postgres")) == PQPING_OK;
}

/* ---- making and starting it ---- */

static bool own(const Sandbox *sb, const char *path, Error *err)
{
    if (sb->uid == 0 || chown(path, sb->uid, sb->gid) == 0)
        return true;
    return error_set(err, ERR_CONFIG, "cannot give %s to the server's user: %s", path, strerror(errno));
}

/* The last lines of the server's log, for an error's detail. */
static void detail_log(const Sandbox *sb, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    size_t len;
    char *text = file_read(scratch, sb->log, 16 * 1024 * 1024, &len, &ignored);
    error_clear(&ignored);
    if (text == NULL)
        return;
    while (len > 0 && text[len - 1] == '\n')
        text[--len] = '\0';
    const char *from = text + len;
    for (int lines = 0; from > text && lines < 5; from--)
        lines += from[-1] == '\n';
    error_detail(err, "%s (in %s)", from + (from > text), sb->log);
}

static bool run_initdb(const Sandbox *sb, const char *target, const char *locale, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *const argv[] = {path_join(scratch, sb->bin, "initdb"), "-D", target, "-U", "postgres", "-A", "trust", "-E",
                                "UTF8", "--locale", locale, "--no-sync", "--no-instructions", NULL};
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

/* Settings of a server whose data may be lost. */
static bool write_settings(const Sandbox *sb, const char *target, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *text = mem_printf(scratch,
                            "# Written by pgwright for its sandbox.\n"
                            "listen_addresses = ''\nunix_socket_directories = '%s'\nunix_socket_permissions = 0700\n"
                            "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\n"
                            "max_wal_senders = 0\nmax_connections = 100\nmax_locks_per_transaction = 256\n"
                            "shared_buffers = 64MB\njit = off\nlog_timezone = 'UTC'\ntimezone = 'UTC'\n",
                            sb->socket);
    char *path = path_join(scratch, target, "postgresql.auto.conf");
    return file_write(path, text, strlen(text), err) && own(sb, path, err);
}

/* Made beside and renamed: what is killed half-way does not look finished. */
static bool make_data(const Sandbox *sb, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *target = mem_printf(scratch, "%s.new", sb->data);
    Error first = {0};
    if (!dir_remove(target, err) || !dir_remove(sb->data, err))
        return false;
    if (mkdir(target, 0700) != 0)
        return error_set(err, ERR_CONFIG, "cannot make the folder %s: %s", target, strerror(errno));
    bool ok = own(sb, target, err) &&
              (run_initdb(sb, target, "C.UTF-8", &first) || (dir_remove(target, err) && mkdir(target, 0700) == 0 &&
                                                            own(sb, target, err) && run_initdb(sb, target, "C", err)));
    error_clear(&first);
    if (!ok || !write_settings(sb, target, err))
        return false;
    return rename(target, sb->data) == 0 || error_set(err, ERR_CONFIG, "cannot name %s: %s", sb->data, strerror(errno));
}

/* A socket folder of our own in /tmp must be ours: another user could have put it there first. */
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

static bool make_base(const Sandbox *sb, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *base = path_dir(scratch, sb->data);
    char *ignore = path_join(scratch, base, ".gitignore");
    return dir_make(base, err) && own(sb, base, err) && (file_exists(ignore) || file_write(ignore, "*\n", 2, err));
}

/* Waits until it answers, or its process has ended. */
static bool wait_started(const Sandbox *sb, pid_t pid, Error *err)
{
    int64_t deadline = clock_ms() + START_MS;
    while (clock_ms() < deadline) {
        if (answers(sb))
            return true;
        if (waitpid(pid, NULL, WNOHANG) == pid)
            break;
        pause_briefly();
    }
    error_set(err, ERR_FAILED, "the sandbox server did not start");
    detail_log(sb, err);
    return false;
}

static bool start_server(const Sandbox *sb, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *const argv[] = {path_join(scratch, sb->bin, "postgres"), "-D", sb->data, NULL};
    ProcessOptions options = {.uid = sb->uid, .gid = sb->gid, .dir = "/"};
    pid_t pid = process_start(argv, &options, sb->log, err);
    return pid > 0 && wait_started(sb, pid, err);
}

static bool has_data(const Sandbox *sb)
{
    SCRATCH void *scratch = mem_scratch();
    return file_exists(path_join(scratch, sb->data, "PG_VERSION")) &&
           file_exists(path_join(scratch, sb->data, "postgresql.auto.conf"));
}

/* The children of a server that was killed hold its shared memory for a moment longer, and the next one will not start
 * beside them. */
static bool start_patiently(const Sandbox *sb, Error *err)
{
    static const struct timespec pause = {.tv_nsec = RETRY_MS * 1000000L};
    for (int tries = 1; !start_server(sb, err); tries++) {
        if (tries == START_TRIES)
            return false;
        error_clear(err);
        nanosleep(&pause, NULL);
    }
    return true;
}

static bool start_locked(const Sandbox *sb, Error *err)
{
    if (sandbox_pid(sb) != 0 && answers(sb))
        return true;
    if (!make_socket_dir(sb, err))
        return false;
    bool fresh = !has_data(sb);
    if (fresh && !make_data(sb, err))
        return false;
    if (fresh ? start_server(sb, err) : start_patiently(sb, err))
        return true;
    if (fresh)
        return false;
    log_warn("the sandbox's data cannot be used any more; making it anew");
    error_clear(err);
    return sandbox_stop(sb, err) && make_data(sb, err) && start_server(sb, err);
}

bool sandbox_start(const Sandbox *sb, Error *err)
{
    if (!make_base(sb, err))
        return false;
    int lock = open(sb->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX) != 0)
        return error_set(err, ERR_CONFIG, "cannot lock %s: %s", sb->lock, strerror(errno));
    bool ok = start_locked(sb, err);
    close(lock);
    return ok;
}

/* ---- stopping it ---- */

static bool wait_ended(const Sandbox *sb, pid_t pid, int64_t ms)
{
    int64_t deadline = clock_ms() + ms;
    while (clock_ms() < deadline) {
        if (sandbox_pid(sb) != pid)
            return true;
        pause_briefly();
    }
    return false;
}

bool sandbox_stop(const Sandbox *sb, Error *err)
{
    static const int signals[] = {SIGINT, SIGQUIT, SIGKILL}; /* fast, immediate, and what cannot be ignored */
    pid_t pid = sandbox_pid(sb);
    for (size_t i = 0; pid != 0 && i < sizeof signals / sizeof signals[0]; i++) {
        if (kill(pid, signals[i]) != 0 && errno == EPERM)
            return error_set(err, ERR_FAILED, "the sandbox server (process %d) belongs to another user", (int)pid);
        if (wait_ended(sb, pid, STOP_MS))
            return true;
    }
    return pid == 0 || error_set(err, ERR_FAILED, "the sandbox server (process %d) does not end", (int)pid);
}

bool sandbox_remove(const Sandbox *sb, Error *err)
{
    return sandbox_stop(sb, err) && dir_remove(sb->data, err);
}
