/* pg/sandbox_place.c: which server programs the sandbox uses, as whom, and where its files are.
 *
 * Root's servers run as another user, so root's sandbox is put where that user can go, and only below folders
 * that are root's own: a project may come from anywhere, and whoever owns a folder can put a symbolic link in
 * our way. The same rule serves everybody: a project that is not ours, or that we cannot write to, has its
 * sandbox in our cache. */
#include "pg/sandbox.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/process.h"

#include <glob.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    VERSION_MS = 10000,
    SOCKET_DIR_MAX = 80, /* sockaddr_un holds 107 bytes, the socket's own name takes up to 20 */
};

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"

/* ---- the server programs ---- */

static bool has_server(const void *ctx, const char *bin)
{
    return file_exists(path_join(ctx, bin, "postgres")) && file_exists(path_join(ctx, bin, "initdb"));
}

/* Debian's folders and those of the RPMs say which version they hold; starting the program to ask it takes longer than a
 * status does. 0: this one does not. */
static int major_by_place(const char *bin)
{
    static const char *const places[] = {"/usr/lib/postgresql/", "/usr/pgsql-"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char *end = NULL;
        long major = text_starts(bin, places[i]) ? strtol(bin + strlen(places[i]), &end, 10) : 0;
        if (major > 0 && major < 1000 && strcmp(end, "/bin") == 0)
            return (int)major;
    }
    return 0;
}

static int major_of(const char *bin, Error *err)
{
    if (major_by_place(bin) > 0)
        return major_by_place(bin);
    SCRATCH void *scratch = mem_scratch();
    const char *const argv[] = {path_join(scratch, bin, "postgres"), "--version", NULL};
    ProcessOptions options = {.timeout_ms = VERSION_MS};
    ProcessResult result;
    if (!process_run(scratch, argv, &options, &result, err))
        return -1;
    const char *digits = strpbrk(result.output, "0123456789");
    if (result.status == 0 && digits != NULL)
        return (int)strtol(digits, NULL, 10);
    error_set(err, ERR_CONFIG, "%s does not run: %s", argv[0], result.output);
    return -1;
}

/* Which of several is taken: `wanted` itself, else the nearest newer one, else the newest; 0: the newest. */
typedef struct Choice {
    int wanted;
    const char *bin; /* NULL: none yet */
    int major;
} Choice;

static bool is_better(const Choice *c, int major)
{
    bool serves = c->wanted > 0 && major >= c->wanted, served = c->wanted > 0 && c->major >= c->wanted;
    if (c->bin == NULL || serves != served)
        return c->bin == NULL || serves;
    return serves ? major < c->major : major > c->major;
}

static void offer(Choice *c, const void *ctx, const char *bin)
{
    Error ignored = {0};
    int major = bin == NULL || !has_server(ctx, bin) ? -1 : major_of(bin, &ignored);
    error_clear(&ignored);
    if (major < 0 || !is_better(c, major))
        return;
    c->bin = path_real(ctx, bin);
    c->major = major;
}

/* The folders that distributions install servers in. */
static void offer_installed(Choice *c, const void *ctx)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin",
                                           "/usr/pgsql-*/bin",
                                           "/usr/local/pgsql/bin",
                                           "/usr/local/opt/postgresql@*/bin",
                                           "/opt/homebrew/opt/postgresql@*/bin",
                                           "/Applications/Postgres.app/Contents/Versions/*/bin"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        glob_t found;
        if (glob(patterns[i], GLOB_ONLYDIR, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc; k++)
            offer(c, ctx, found.gl_pathv[k]);
        globfree(&found);
    }
}

/* Where pg_config says that they are: for servers built by hand. */
static char *configured_bin(const void *ctx)
{
    static const char *const argv[] = {"pg_config", "--bindir", NULL};
    ProcessOptions options = {.timeout_ms = VERSION_MS};
    ProcessResult result;
    Error ignored = {0};
    char *program = process_find(ctx, argv[0]);
    bool ok = program != NULL && process_run(ctx, argv, &options, &result, &ignored) && result.status == 0;
    error_clear(&ignored);
    if (!ok)
        return NULL;
    result.output[strcspn(result.output, "\n")] = '\0';
    return has_server(ctx, result.output) ? result.output : NULL;
}

static bool no_programs(Error *err)
{
    error_set(err, ERR_CONFIG, "no PostgreSQL server programs are installed here");
    error_hint(err, "install them (Debian: apt-get install postgresql), or name their folder in PGWRIGHT_PG_BIN");
    return false;
}

static void offer_in_path(Choice *c, const void *ctx)
{
    char *in_path = process_find(ctx, "postgres"), *real = in_path == NULL ? NULL : path_real(ctx, in_path);
    if (real != NULL)
        offer(c, ctx, path_dir(ctx, real));
}

/* What PGWRIGHT_PG_BIN names goes before all else, unless another version is wanted and is there. */
static bool find_bin(const void *ctx, Choice *c, const char *also, Error *err)
{
    const char *asked = getenv("PGWRIGHT_PG_BIN");
    bool is_asked = asked != NULL && *asked != '\0';
    if (is_asked && !has_server(ctx, asked))
        return error_set(err, ERR_CONFIG, "PGWRIGHT_PG_BIN names %s, which holds no postgres and initdb", asked);
    if (is_asked)
        offer(c, ctx, asked);
    if (c->bin == NULL || (c->wanted > 0 && c->major != c->wanted))
        offer(c, ctx, also);
    if (c->bin == NULL || (c->wanted > 0 && c->major != c->wanted))
        offer_in_path(c, ctx);
    if (c->bin == NULL || (c->wanted > 0 && c->major != c->wanted))
        offer_installed(c, ctx);
    if (c->bin == NULL)
        offer(c, ctx, configured_bin(ctx));
    return c->bin != NULL || no_programs(err);
}

/* ---- as whom ---- */

static bool choose_user(Sandbox *sb, Error *err)
{
    if (geteuid() != 0)
        return true;
    const struct passwd *pw = getpwnam("postgres");
    if (pw == NULL)
        pw = getpwnam("nobody");
    if (pw == NULL)
        return error_set(err, ERR_CONFIG,
                         "PostgreSQL does not run as root, and there is neither a user postgres nor nobody");
    sb->uid = pw->pw_uid;
    sb->gid = pw->pw_gid;
    return true;
}

/* May the server's user pass through this folder and every one above? Those that are still to be made will be
 * open. */
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

/* ---- where ---- */

/* Can our files be made in `dir` without anybody else having a say? */
static bool is_ours(const Sandbox *sb, const char *dir)
{
    struct stat st;
    return stat(dir, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
           access(dir, W_OK | X_OK) == 0 && is_reachable(sb, dir);
}

/* The project's .pgwright; NULL when the project or that folder is not ours. */
static char *project_dir(const Sandbox *sb, const void *ctx, const char *project)
{
    struct stat st;
    if (!is_ours(sb, project))
        return NULL;
    char *dir = path_join(ctx, project, ".pgwright");
    if (lstat(dir, &st) != 0)
        return dir;
    return S_ISDIR(st.st_mode) && is_ours(sb, dir) ? dir : NULL;
}

static char *cache_dir(const Sandbox *sb, const void *ctx)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (xdg != NULL && *xdg == '/' && is_reachable(sb, xdg))
        return path_join(ctx, xdg, "pgwright");
    if (home != NULL && *home == '/' && is_ours(sb, home))
        return path_join(ctx, home, ".cache/pgwright");
    return geteuid() == 0 ? mem_strdup(ctx, "/var/cache/pgwright")
                          : mem_printf(ctx, "/tmp/pgwright-%u", (unsigned)geteuid());
}

static char *short_hash(const void *ctx, const char *text)
{
    char hex[DIGEST_HEX_MAX];
    digest_of(DIGEST_SHA256, text, strlen(text), hex);
    return mem_strndup(ctx, hex, 12);
}

/* The socket is with the data where its path fits and needs no quoting anywhere. */
static const char *socket_dir(const Sandbox *sb)
{
    size_t len = strlen(sb->data);
    if (len <= SOCKET_DIR_MAX && strspn(sb->data, PLAIN) == len)
        return sb->data;
    return mem_printf(sb, "/tmp/pgwright-%u-%s", (unsigned)(sb->uid != 0 ? sb->uid : geteuid()),
                      short_hash(sb, sb->data));
}

static void choose_files(Sandbox *sb)
{
    sb->data = mem_printf(sb, "%s/sandbox-%d", sb->base, sb->major);
    sb->log = mem_printf(sb, "%s/sandbox-%d.log", sb->base, sb->major);
    sb->socket = socket_dir(sb);
}

static void choose_place(Sandbox *sb, const char *project)
{
    char *real = project == NULL ? NULL : path_real(sb, project);
    char *base = real == NULL ? cache_dir(sb, sb) : project_dir(sb, sb, real);
    if (base == NULL)
        base = path_join(sb, cache_dir(sb, sb), short_hash(sb, real));
    sb->base = base;
    choose_files(sb);
}

bool sandbox_stop_all(const Sandbox *sb, Error *err)
{
    static const char head[] = "sandbox-";
    SCRATCH void *scratch = mem_scratch();
    TextList names = {0};
    bool ok = sandbox_stop(sb, err);
    if (!dir_exists(sb->base) || !dir_list(scratch, sb->base, &names, err))
        return ok;
    for (size_t i = 0; i < names.n; i++) {
        long major;
        if (!text_starts(names.v[i], head) || !text_to_long(names.v[i] + sizeof head - 1, 1, 9999, &major) || major == sb->major)
            continue;
        Sandbox *other = mem_new(scratch, Sandbox);
        *other = *sb;
        other->major = (int)major;
        choose_files(other);
        ok = sandbox_stop(other, err) && ok;
    }
    return ok;
}

Sandbox *sandbox_open_major(const void *ctx, const char *project, int major, const char *also, Error *err)
{
    Sandbox *sb = mem_new(ctx, Sandbox);
    Choice choice = {.wanted = major};
    if (!find_bin(sb, &choice, also, err) || !choose_user(sb, err))
        return NULL;
    sb->bin = choice.bin;
    sb->major = choice.major;
    choose_place(sb, project);
    return sb;
}

Sandbox *sandbox_open(const void *ctx, const char *project, Error *err)
{
    return sandbox_open_major(ctx, project, 0, NULL, err);
}
