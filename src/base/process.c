/* base/process.c: see process.h. */
#include "base/process.h"

#include "base/clock.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: becomes the user, enters the folder, runs the program. What fails is told by errno through `report`,
 * a pipe that a successful exec closes. */
static _Noreturn void become(const char *const argv[], const ProcessOptions *options, int report)
{
    bool ok = true;
    if (options->uid != 0)
        ok = setgroups(0, NULL) == 0 && setgid(options->gid) == 0 && setuid(options->uid) == 0;
    if (ok && options->dir != NULL)
        ok = chdir(options->dir) == 0;
    for (const char *const *entry = options->env; ok && entry != NULL && *entry != NULL; entry++)
        ok = putenv((char *)*entry) == 0;
    if (ok)
        execvp(argv[0], (char *const *)argv);
    int code = errno;
    ssize_t ignored = write(report, &code, sizeof code);
    (void)ignored;
    _exit(127);
}

/* Waits for the exec; 0 when it happened, else the child's errno. */
static int exec_outcome(int report)
{
    int code = 0;
    ssize_t n;
    do
        n = read(report, &code, sizeof code);
    while (n < 0 && errno == EINTR);
    close(report);
    return n == (ssize_t)sizeof code ? code : 0;
}

static bool start_error(Error *err, const char *program, int code)
{
    return error_set(err, ERR_FAILED, "cannot run %s: %s", program, strerror(code));
}

/* What the child gets for stdin, stdout and stderr. */
typedef struct Streams {
    int in, out, errors;
} Streams;

/* Forks with the streams as given. Our own files are close-on-exec; those that a shell gave us go on to a
 * child that ends with us, but not to one that outlives us: a lock or a pipe would stay open with it. */
static pid_t spawn(const char *const argv[], const ProcessOptions *options, Streams streams, bool detach, Error *err)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) {
        start_error(err, argv[0], errno);
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        if (detach) {
            setsid();
            close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
        }
        dup2(streams.in, STDIN_FILENO);
        dup2(streams.out, STDOUT_FILENO);
        dup2(streams.errors, STDERR_FILENO);
        become(argv, options, report[1]);
    }
    int code = pid < 0 ? errno : 0;
    close(report[1]);
    if (pid > 0)
        code = exec_outcome(report[0]);
    else
        close(report[0]);
    if (code != 0) {
        if (pid > 0)
            waitpid(pid, NULL, 0);
        start_error(err, argv[0], code);
        return -1;
    }
    return pid;
}

/* One of the program's streams, as it comes in. */
typedef struct Collected {
    int fd; /* -1: closed */
    Str text;
} Collected;

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void receive(Collected *c)
{
    char buffer[8192];
    ssize_t n = read(c->fd, buffer, sizeof buffer);
    if (n == 0 || (n < 0 && errno != EINTR))
        close_one(&c->fd);
    else if (n > 0)
        str_add_n(&c->text, buffer, (size_t)n);
}

/* Collects what the program prints until it closes all or time is up. */
static bool collect(Collected streams[2], int64_t deadline)
{
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        int64_t left = deadline == 0 ? -1 : deadline - clock_ms();
        if (deadline != 0 && left <= 0)
            return false;
        struct pollfd p[2] = {{.fd = streams[0].fd, .events = POLLIN}, {.fd = streams[1].fd, .events = POLLIN}};
        if (poll(p, 2, (int)left) <= 0)
            continue;
        for (int i = 0; i < 2; i++)
            if (p[i].revents != 0)
                receive(&streams[i]);
    }
    return true;
}

static bool wait_for(pid_t pid, const char *program, int64_t timeout_ms, Collected streams[2], int *status, Error *err)
{
    bool in_time = collect(streams, timeout_ms == 0 ? 0 : clock_ms() + timeout_ms);
    if (!in_time)
        kill(pid, SIGKILL);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        ;
    return in_time || error_set(err, ERR_TIMEOUT, "%s did not end within %lld ms", program, (long long)timeout_ms);
}

bool process_run(const void *ctx, const char *const argv[], const ProcessOptions *options, ProcessResult *result,
                 Error *err)
{
    Collected streams[2] = {{.fd = -1, .text = str_new(ctx)}, {.fd = -1, .text = str_new(ctx)}};
    int pipes[2][2] = {{-1, -1}, {-1, -1}};
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC), status = 0;
    bool ok = null >= 0 && pipe2(pipes[0], O_CLOEXEC) == 0 &&
              (!options->errors_apart || pipe2(pipes[1], O_CLOEXEC) == 0);
    pid_t pid = -1;
    if (ok)
        pid = spawn(argv, options, (Streams){null, pipes[0][1], pipes[options->errors_apart][1]}, false, err);
    else
        start_error(err, argv[0], errno);
    close_one(&null);
    for (int i = 0; i < 2; i++) {
        close_one(&pipes[i][1]);
        streams[i].fd = pipes[i][0];
    }
    ok = pid > 0 && wait_for(pid, argv[0], options->timeout_ms, streams, &status, err);
    for (int i = 0; i < 2; i++)
        close_one(&streams[i].fd);
    if (!ok)
        return false;
    result->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result->output = streams[0].text.text;
    result->output_len = streams[0].text.len;
    result->errors = streams[1].text.text;
    return true;
}

pid_t process_start(const char *const argv[], const ProcessOptions *options, const char *log, Error *err)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    pid_t pid = -1;
    if (null < 0 || out < 0)
        start_error(err, argv[0], errno);
    else
        pid = spawn(argv, options, (Streams){null, out, out}, true, err);
    close_one(&null);
    close_one(&out);
    return pid;
}

char *process_find(const void *ctx, const char *name)
{
    const char *path = getenv("PATH");
    SCRATCH void *scratch = mem_scratch();
    char *folders = mem_strdup(scratch, path == NULL ? "/usr/local/bin:/usr/bin:/bin" : path);
    char *state = NULL;
    for (char *dir = strtok_r(folders, ":", &state); dir != NULL; dir = strtok_r(NULL, ":", &state)) {
        char *candidate = path_join(scratch, dir, name);
        if (file_exists(candidate) && access(candidate, X_OK) == 0)
            return mem_strdup(ctx, candidate);
    }
    return NULL;
}
