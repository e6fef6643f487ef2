/* cli/drive_process.c: see drive_process.h. */
#include "cli/drive_process.h"

#include "base/log.h"
#include "pg/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 200, PIPES = 2 }; /* how soon a signal that came between two polls is seen; of each process */

typedef struct Shift {
    const WorkOptions *o;
    WorkList *works;
    const void *ctx;
    size_t running;
    bool closed;      /* nothing more is begun */
    bool interrupted; /* and every process knows */
} Shift;

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

/* A group of its own keeps the terminal's Ctrl-C from it: it is passed on, once. */
static _Noreturn void be_process(const WorkOptions *o, Work *w, int lines, int document)
{
    setpgid(0, 0);
    dup2(lines, STDOUT_FILENO);
    dup2(lines, STDERR_FILENO);
    json_t *result = o->run(o->arg, w);
    char *text = json_dumps(result, JSON_COMPACT | JSON_PRESERVE_ORDER);
    fflush(NULL);
    write_all(document, text == NULL ? "" : text);
    _exit(0);
}

/* ---- beginning ---- */

static bool open_pipes(int lines[PIPES], int document[PIPES], Error *err)
{
    if (pipe2(lines, O_CLOEXEC) != 0)
        return error_set(err, ERR_FAILED, "cannot make a pipe: %s", strerror(errno));
    if (pipe2(document, O_CLOEXEC) == 0)
        return true;
    error_set(err, ERR_FAILED, "cannot make a pipe: %s", strerror(errno));
    close(lines[0]);
    close(lines[1]);
    return false;
}

static bool start(Shift *s, Work *w, Error *err)
{
    int lines[PIPES], document[PIPES];
    if (!open_pipes(lines, document, err))
        return false;
    fflush(NULL);
    w->pid = fork();
    if (w->pid == 0)
        be_process(s->o, w, lines[1], document[1]);
    close(lines[1]);
    close(document[1]);
    w->lines = lines[0];
    w->document = document[0];
    if (w->pid < 0) {
        close(w->lines);
        close(w->document);
        return error_set(err, ERR_FAILED, "cannot start a process: %s", strerror(errno));
    }
    w->line = str_new(s->ctx);
    w->text = str_new(s->ctx);
    w->state = WORK_RUNNING;
    s->running++;
    return true;
}

static bool start_waiting(Shift *s, Error *err)
{
    for (size_t i = 0; i < s->works->n && s->running < s->o->jobs && !s->closed; i++)
        if (s->works->v[i].state == WORK_WAITING && !start(s, &s->works->v[i], err))
            s->closed = true;
    return !error_is_set(err);
}

/* ---- listening ---- */

static void tell_line(const Work *w, const char *line, size_t len)
{
    SCRATCH void *scratch = mem_scratch();
    log_raw(mem_printf(scratch, "[%s] %.*s\n", w->name, (int)len, line));
}

/* All lines that are whole. */
static void tell_lines(Work *w)
{
    size_t from = 0;
    for (const char *newline; (newline = memchr(w->line.text + from, '\n', w->line.len - from)) != NULL;) {
        size_t to = (size_t)(newline - w->line.text);
        tell_line(w, w->line.text + from, to - from);
        from = to + 1;
    }
    memmove(w->line.text, w->line.text + from, w->line.len - from + 1);
    w->line.len -= from;
}

static void finish(Shift *s, Work *w)
{
    int status;
    if (w->lines >= 0 || w->document >= 0)
        return;
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (w->line.len > 0)
        tell_line(w, w->line.text, w->line.len);
    w->state = WORK_DONE;
    w->result = json_loadb(w->text.text, w->text.len, 0, NULL);
    s->running--;
    s->closed = !s->o->done(s->o->arg, w) || s->closed;
}

static void listen_to(Shift *s, Work *w, int *pipe, Str *to)
{
    char buffer[8192];
    ssize_t n = read(*pipe, buffer, sizeof buffer);
    if (n > 0) {
        str_add_n(to, buffer, (size_t)n);
    } else if (n == 0 || errno != EINTR) {
        close(*pipe);
        *pipe = -1;
    }
    tell_lines(w);
    finish(s, w);
}

/* poll() passes over what is closed: its descriptor is negative. */
static void wait_for_news(Shift *s)
{
    SCRATCH void *scratch = mem_scratch();
    struct pollfd *fds = mem_array(scratch, struct pollfd, PIPES * s->works->n);
    for (size_t i = 0; i < s->works->n; i++) {
        const Work *w = &s->works->v[i];
        bool runs = w->state == WORK_RUNNING;
        fds[PIPES * i] = (struct pollfd){.fd = runs ? w->lines : -1, .events = POLLIN};
        fds[PIPES * i + 1] = (struct pollfd){.fd = runs ? w->document : -1, .events = POLLIN};
    }
    if (poll(fds, PIPES * s->works->n, POLL_MS) <= 0)
        return;
    for (size_t i = 0; i < s->works->n; i++) {
        Work *w = &s->works->v[i];
        if (fds[PIPES * i].revents != 0)
            listen_to(s, w, &w->lines, &w->line);
        if (fds[PIPES * i + 1].revents != 0)
            listen_to(s, w, &w->document, &w->text);
    }
}

/* Passed on once: a second one would end them before they have cleaned up. */
static void pass_signal_on(Shift *s)
{
    if (s->interrupted || signals_count() == 0)
        return;
    s->interrupted = s->closed = true;
    for (size_t i = 0; i < s->works->n; i++)
        if (s->works->v[i].state == WORK_RUNNING)
            kill(s->works->v[i].pid, SIGINT);
}

bool work_run(const void *ctx, const WorkOptions *options, WorkList *works, Error *err)
{
    Shift s = {.o = options, .works = works, .ctx = ctx};
    signals_install();
    for (;;) {
        pass_signal_on(&s);
        start_waiting(&s, err);
        if (s.running == 0)
            break;
        wait_for_news(&s);
    }
    if (s.interrupted && !error_is_set(err))
        error_set(err, ERR_INTERRUPTED, "interrupted");
    return !error_is_set(err);
}
