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

/* Forks with stdin, stdout and stderr as given. Our own files are close-on-exec; those that a shell gave us go on to a
 * child that ends with us, but not to one that outlives us: a lock or a pipe would stay open with it. */
static pid_t spawn(const char *const argv[], const ProcessOptions *options, int in, int out, bool detach, Error *err)
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
        dup2(in, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
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

/* Collects output until the program closes it or time is up. */
static bool collect(int fd, int64_t deadline, Str *out)
{
    char buffer[8192];
    for (;;) {
        int64_t left = deadline == 0 ? -1 : deadline - clock_ms();
        if (deadline != 0 && left <= 0)
            return false;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, (int)left) <= 0)
            continue;
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n == 0 || (n < 0 && errno != EINTR))
            return true;
        if (n > 0)
            str_add_n(out, buffer, (size_t)n);
    }
}

bool process_run(const void *ctx, const char *const argv[], const ProcessOptions *options, ProcessResult *result,
                 Error *err)
{
    int output[2];
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || pipe2(output, O_CLOEXEC) != 0)
        return start_error(err, argv[0], errno);
    pid_t pid = spawn(argv, options, null, output[1], false, err);
    close(null);
    close(output[1]);
    if (pid < 0) {
        close(output[0]);
        return false;
    }
    Str out = str_new(ctx);
    bool in_time = collect(output[0], options->timeout_ms == 0 ? 0 : clock_ms() + options->timeout_ms, &out);
    close(output[0]);
    if (!in_time)
        kill(pid, SIGKILL);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!in_time)
        return error_set(err, ERR_TIMEOUT, "%s did not end within %lld ms", argv[0], (long long)options->timeout_ms);
    result->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result->output = out.text;
    result->output_len = out.len;
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
        pid = spawn(argv, options, null, out, true, err);
    if (null >= 0)
        close(null);
    if (out >= 0)
        close(out);
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
