/* base/workers.c: see workers.h. */
#include "base/workers.h"

#include "base/list.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLOSED = -1, PIPES = 2 };

typedef struct Worker {
    void *piece;
    pid_t pid;
    int lines, document; /* ends of pipes: its stdout and stderr, its result; CLOSED */
    Str line, text;      /* what has come over them: an unfinished line, the document so far */
} Worker;

struct Workers {
    WorkersOptions o;
    LIST(Worker *) running;
};

Workers *workers_new(const void *ctx, const WorkersOptions *options)
{
    Workers *workers = mem_new(ctx, Workers);
    workers->o = *options;
    return workers;
}

size_t workers_running(const Workers *workers)
{
    return workers->running.n;
}

/* ---- in the process ---- */

static void write_all(int to, const char *text)
{
    for (size_t at = 0, n = strlen(text); at < n;) {
        ssize_t written = write(to, text + at, n - at);
        if (written < 0 && errno != EINTR)
            return;
        at += written > 0 ? (size_t)written : 0;
    }
}

static _Noreturn void be_process(const Workers *workers, const Worker *w)
{
    setpgid(0, 0);
    if (w->lines != CLOSED) {
        dup2(w->lines, STDOUT_FILENO);
        dup2(w->lines, STDERR_FILENO);
    }
    char *text = json_dumps(workers->o.work(workers->o.arg, w->piece), JSON_COMPACT);
    fflush(NULL);
    write_all(w->document, text == NULL ? "" : text);
    _exit(0);
}

/* ---- beginning ---- */

static void close_end(int *end)
{
    if (*end != CLOSED)
        close(*end);
    *end = CLOSED;
}

/* The reading end is ours, the other one the process's. */
static bool open_pipe(int *ours, int *its, Error *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(err, ERR_FAILED, "cannot make a pipe: %s", strerror(errno));
    *ours = ends[0];
    *its = ends[1];
    return true;
}

static bool open_pipes(const Workers *workers, Worker *ours, Worker *its, Error *err)
{
    return open_pipe(&ours->document, &its->document, err) &&
           (workers->o.line == NULL || open_pipe(&ours->lines, &its->lines, err));
}

static bool start_process(const Workers *workers, Worker *ours, Worker *its, Error *err)
{
    if (!open_pipes(workers, ours, its, err))
        return false;
    fflush(NULL);
    ours->pid = fork();
    if (ours->pid == 0)
        be_process(workers, its);
    return ours->pid > 0 || error_set(err, ERR_FAILED, "cannot start a process: %s", strerror(errno));
}

bool workers_start(Workers *workers, void *piece, Error *err)
{
    Worker *w = mem_new(workers, Worker), its = {.piece = piece, .lines = CLOSED, .document = CLOSED};
    *w = its;
    w->line = str_new(w);
    w->text = str_new(w);
    bool ok = start_process(workers, w, &its, err);
    close_end(&its.lines);
    close_end(&its.document);
    if (ok) {
        list_push(workers, &workers->running, w);
        return true;
    }
    close_end(&w->lines);
    close_end(&w->document);
    talloc_free(w);
    return false;
}

/* ---- listening ---- */

static void tell_whole_lines(const Workers *workers, Worker *w)
{
    size_t from = 0;
    for (const char *newline; (newline = memchr(w->line.text + from, '\n', w->line.len - from)) != NULL;) {
        size_t to = (size_t)(newline - w->line.text);
        workers->o.line(workers->o.arg, w->piece, w->line.text + from, to - from);
        from = to + 1;
    }
    memmove(w->line.text, w->line.text + from, w->line.len - from + 1);
    w->line.len -= from;
}

static void listen_to(int *end, Str *to)
{
    char buffer[8192];
    ssize_t n = read(*end, buffer, sizeof buffer);
    if (n > 0)
        str_add_n(to, buffer, (size_t)n);
    else if (n == 0 || errno != EINTR)
        close_end(end);
}

static void end_worker(const Workers *workers, Worker *w)
{
    while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (w->line.len > 0)
        workers->o.line(workers->o.arg, w->piece, w->line.text, w->line.len);
    workers->o.ended(workers->o.arg, w->piece, json_loadb(w->text.text, w->text.len, 0, NULL));
    talloc_free(w);
}

static void end_closed(Workers *workers)
{
    for (size_t i = 0; i < workers->running.n;) {
        Worker *w = workers->running.v[i];
        if (w->lines != CLOSED || w->document != CLOSED) {
            i++;
            continue;
        }
        workers->running.v[i] = workers->running.v[--workers->running.n];
        end_worker(workers, w);
    }
}

/* poll() passes over what is closed: its descriptor is negative. */
void workers_wait(Workers *workers, int timeout_ms)
{
    SCRATCH void *scratch = mem_scratch();
    size_t n = workers->running.n;
    struct pollfd *ends = mem_array(scratch, struct pollfd, PIPES * n);
    for (size_t i = 0; i < n; i++) {
        ends[PIPES * i] = (struct pollfd){.fd = workers->running.v[i]->lines, .events = POLLIN};
        ends[PIPES * i + 1] = (struct pollfd){.fd = workers->running.v[i]->document, .events = POLLIN};
    }
    if (poll(ends, PIPES * n, timeout_ms) <= 0)
        return;
    for (size_t i = 0; i < n; i++) {
        Worker *w = workers->running.v[i];
        if (ends[PIPES * i].revents != 0) {
            listen_to(&w->lines, &w->line);
            tell_whole_lines(workers, w);
        }
        if (ends[PIPES * i + 1].revents != 0)
            listen_to(&w->document, &w->text);
    }
    end_closed(workers);
}

void workers_interrupt(const Workers *workers)
{
    for (size_t i = 0; i < workers->running.n; i++)
        kill(workers->running.v[i]->pid, SIGINT);
}
