/* pg/cloud/relay.c: see relay.h. The processes are made as a postmaster makes its own: one that listens, and a child
 * of it for each connection. */
#include "pg/cloud/relay.h"

#include "base/file.h"
#include "base/log.h"
#include "pg/cloud/search.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <openssl/err.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Relay {
    RelayPeer peer;
    char *folder, *path; /* of the socket */
    int listener;
    int lifeline[2]; /* a pipe into which nothing is written; it closes when we end */
    pid_t owner, process;
} Relay;

/* ---- copying ---- */

/* One direction. */
typedef struct Way {
    char bytes[16384];
    size_t from, to; /* what is still to be passed on */
    bool ended;      /* nothing more comes, and what came has been passed on; or nothing more is taken */
} Way;

typedef struct Copy {
    int local, socket;
    SSL *stream;
    Way up, down;
    short wanted; /* what the stream waits for at its socket */
} Copy;

static bool is_empty(const Way *w)
{
    return w->from == w->to;
}

static bool took(Way *w, size_t n)
{
    w->from = 0;
    w->to = n;
    return true;
}

static bool gave(Way *w, size_t n)
{
    w->from += n;
    return true;
}

static bool ends(Way *w)
{
    w->ended = true;
    return took(w, 0);
}

/* A call of the stream did not get through: does it want to wait, or is it over? */
static bool stream_waits(Copy *c, Way *w, int result)
{
    int code = SSL_get_error(c->stream, result);
    if (code == SSL_ERROR_WANT_READ)
        c->wanted |= POLLIN;
    else if (code == SSL_ERROR_WANT_WRITE)
        c->wanted |= POLLOUT;
    else
        return ends(w);
    return false;
}

/* What follows is true when something changed. Nothing is read before what came has been passed on. */

static bool read_local(Copy *c)
{
    ssize_t n = recv(c->local, c->up.bytes, sizeof c->up.bytes, MSG_DONTWAIT);
    if (n > 0)
        return took(&c->up, (size_t)n);
    return n == 0 || (errno != EAGAIN && errno != EINTR) ? ends(&c->up) : false;
}

static bool write_local(Copy *c)
{
    Way *w = &c->down;
    ssize_t n = send(c->local, w->bytes + w->from, w->to - w->from, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0)
        return gave(w, (size_t)n);
    return n < 0 && errno != EAGAIN && errno != EINTR ? ends(w) : false;
}

static bool read_stream(Copy *c)
{
    ERR_clear_error();
    int n = SSL_read(c->stream, c->down.bytes, sizeof c->down.bytes);
    return n > 0 ? took(&c->down, (size_t)n) : stream_waits(c, &c->down, n);
}

static bool write_stream(Copy *c)
{
    Way *w = &c->up;
    ERR_clear_error();
    int n = SSL_write(c->stream, w->bytes + w->from, (int)(w->to - w->from));
    return n > 0 ? gave(w, (size_t)n) : stream_waits(c, w, n);
}

/* Moves what can be moved without waiting. */
static bool move(Copy *c)
{
    bool moved = false;
    c->wanted = 0;
    if (is_empty(&c->up))
        moved |= read_local(c);
    if (!is_empty(&c->up))
        moved |= write_stream(c);
    if (is_empty(&c->down))
        moved |= read_stream(c);
    if (!is_empty(&c->down))
        moved |= write_local(c);
    return moved;
}

/* Until an end closes. */
static void copy(int local, SSL *stream)
{
    Copy c = {.local = local, .stream = stream, .socket = SSL_get_fd(stream)};
    fcntl(c.socket, F_SETFL, O_NONBLOCK);
    while (!c.up.ended && !c.down.ended) {
        if (move(&c))
            continue;
        short at_local = (short)((is_empty(&c.up) ? POLLIN : 0) | (is_empty(&c.down) ? 0 : POLLOUT));
        struct pollfd p[2] = {
            {.fd = at_local == 0 ? -1 : c.local, .events = at_local},
            {.fd = c.wanted == 0 ? -1 : c.socket, .events = c.wanted},
        };
        poll(p, 2, -1);
    }
    SSL_shutdown(stream);
}

/* ---- connections ---- */

static void add_field(Str *message, char field, const char *text)
{
    if (text == NULL)
        return;
    str_add_char(message, field);
    str_add_n(message, text, strlen(text) + 1);
}

/* Says why there is no stream, as a server does (protocol manual, "ErrorResponse"), and waits for the client to have
 * heard it. */
static void refuse(int local, const Error *why)
{
    enum { PATIENCE_MS = 1000 };
    SCRATCH void *scratch = mem_scratch();
    Str fields = str_new(scratch);
    const char *message = why->message;
    if (why->context != NULL)
        message = mem_printf(scratch, "%s: %s", why->context, message);
    add_field(&fields, 'S', "FATAL");
    add_field(&fields, 'V', "FATAL");
    add_field(&fields, 'C', "08006");
    add_field(&fields, 'M', redact(scratch, message));
    add_field(&fields, 'D', why->detail == NULL ? NULL : redact(scratch, why->detail));
    add_field(&fields, 'H', why->hint);
    str_add_char(&fields, '\0');
    uint32_t len = (uint32_t)fields.len + 4;
    const char head[5] = {'E', (char)(len >> 24), (char)(len >> 16), (char)(len >> 8), (char)len};
    char ignored[1024];
    if (send(local, head, sizeof head, MSG_NOSIGNAL) < 0 || send(local, fields.text, fields.len, MSG_NOSIGNAL) < 0)
        return;
    shutdown(local, SHUT_WR);
    for (struct pollfd p = {.fd = local, .events = POLLIN}; poll(&p, 1, PATIENCE_MS) > 0;)
        if (recv(local, ignored, sizeof ignored, MSG_DONTWAIT) <= 0)
            break;
}

static _Noreturn void serve(const Relay *relay, int local)
{
    Error err = {0};
    SSL *stream = relay->peer.connect(relay->peer.arg, &err);
    if (stream != NULL)
        copy(local, stream);
    else
        refuse(local, &err);
    _exit(0);
}

static void take_connection(const Relay *relay)
{
    int local = accept4(relay->listener, NULL, NULL, SOCK_CLOEXEC);
    Error err = {0};
    if (local < 0)
        return;
    pid_t pid = relay->peer.prepare(relay->peer.arg, &err) ? fork() : -1;
    if (pid == 0) {
        close(relay->listener);
        close(relay->lifeline[0]);
        serve(relay, local);
    }
    if (pid < 0 && !error_is_set(&err))
        error_set(&err, ERR_CONNECTION, "no process for the connection: %s", strerror(errno));
    if (pid < 0)
        refuse(local, &err);
    error_clear(&err);
    close(local);
}

/* ---- the process that listens ---- */

static void remove_folder(const Relay *relay)
{
    unlink(relay->path);
    rmdir(relay->folder);
}

/* Nothing of ours shall live on in it but the two files that it needs: another session's connection would stay open. */
static void keep_two_files(const Relay *relay)
{
    unsigned a = (unsigned)relay->listener, b = (unsigned)relay->lifeline[0];
    unsigned low = a < b ? a : b, high = a < b ? b : a;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    if (low > STDERR_FILENO + 1)
        close_range(STDERR_FILENO + 1, low - 1, 0);
    if (high > low + 1)
        close_range(low + 1, high - 1, 0);
    close_range(high + 1, ~0U, 0);
}

/* Signals that end the program are its own affair: it may want to cancel by this way what it began. */
static _Noreturn void listen_on(const Relay *relay)
{
    setsid();
    prctl(PR_SET_NAME, "pgwright-relay");
    for (size_t i = 0; i < 4; i++)
        signal((const int[]){SIGINT, SIGTERM, SIGHUP, SIGPIPE}[i], SIG_IGN);
    keep_two_files(relay);
    for (;;) {
        struct pollfd p[2] = {{.fd = relay->lifeline[0]}, {.fd = relay->listener, .events = POLLIN}};
        poll(p, 2, -1);
        if (p[0].revents != 0)
            break;
        if (p[1].revents != 0)
            take_connection(relay);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
    remove_folder(relay);
    _exit(0);
}

/* ---- opening and closing ---- */

static int relay_free(Relay *relay)
{
    if (relay->owner != getpid())
        return 0;
    if (relay->process > 0) {
        kill(relay->process, SIGKILL);
        while (waitpid(relay->process, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    for (int i = 0; i < 2; i++)
        if (relay->lifeline[i] >= 0)
            close(relay->lifeline[i]);
    if (relay->listener >= 0)
        close(relay->listener);
    remove_folder(relay);
    return 0;
}

/* A folder of mode 0700, where a socket's path is short enough to be one. */
static bool make_folder(Relay *relay)
{
    const char *base = cloud_env("XDG_RUNTIME_DIR");
    struct sockaddr_un a;
    if (base == NULL || !dir_exists(base) || strlen(base) + sizeof "/pgwright-XXXXXX/.s.PGSQL.5432" > sizeof a.sun_path)
        base = "/tmp";
    relay->folder = mem_printf(relay, "%s/pgwright-XXXXXX", base);
    bool ok = mkdtemp(relay->folder) != NULL;
    relay->path = mem_printf(relay, "%s/.s.PGSQL." RELAY_PORT, relay->folder);
    return ok;
}

static bool open_socket(Relay *relay)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    memcpy(a.sun_path, relay->path, strlen(relay->path) + 1);
    relay->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return relay->listener >= 0 && bind(relay->listener, (struct sockaddr *)&a, sizeof a) == 0 &&
           listen(relay->listener, 8) == 0;
}

const char *relay_open(const void *ctx, const RelayPeer *peer, Error *err)
{
    Relay *relay = mem_new(ctx, Relay);
    *relay = (Relay){.peer = *peer, .listener = -1, .lifeline = {-1, -1}, .owner = getpid()};
    bool ok = make_folder(relay);
    if (ok)
        talloc_set_destructor(relay, relay_free);
    ok = ok && open_socket(relay) && pipe2(relay->lifeline, O_CLOEXEC) == 0;
    if (ok)
        relay->process = fork();
    if (relay->process == 0 && ok) {
        close(relay->lifeline[1]);
        listen_on(relay);
    }
    if (!ok || relay->process < 0) {
        error_set(err, ERR_CONNECTION, "cannot open a socket of our own: %s", strerror(errno));
        error_place(err, relay->folder, 0, 0, NULL);
        return NULL;
    }
    close(relay->lifeline[0]);
    close(relay->listener);
    relay->lifeline[0] = relay->listener = -1;
    return relay->folder;
}
