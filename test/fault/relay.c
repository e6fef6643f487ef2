/* test/fault/relay.c: runs a command against a server through a wire that we hold.
 *
 *     relay SERVER-SOCKET [--cut N | --kill N] [--delay MS] [--report FILE] -- COMMAND…
 *
 * The command finds the relay by PGHOST. Messages of the PostgreSQL protocol (version 3, manual 55.7) are
 * counted in both directions together, in the order in which they pass, over all connections of the command.
 * Message N is the last one that arrives: --cut closes the connection behind it, --kill ends the command
 * there with SIGKILL. So the points 0 … total are all the states in which a client and a server can lose each
 * other. --delay holds every piece back for MS milliseconds each way, as a long wire would: many pieces are
 * under way at once, and none is lost when an end closes. The report holds "messages N", "round trips N" (how
 * often the client spoke after it had listened). Requests for encryption pass; what is encrypted then is
 * passed on uncounted. Exit status: the command's; 137 when it was killed. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 16,
    PIECE = 65536,
    SSL_REQUEST = 80877103,
    GSS_REQUEST = 80877104,
};

/* A piece on the wire. */
typedef struct Chunk {
    struct Chunk *next;
    int64_t due_ms;
    size_t len, sent;
    char bytes[];
} Chunk;

/* How a direction's next message begins. */
typedef enum Framing {
    UNTYPED, /* length, code: what a client says first */
    TYPED,   /* type, length: all else */
    ANSWER,  /* one byte: the reply to a request for encryption */
    OPAQUE,  /* encrypted */
} Framing;

/* One direction of a connection. */
typedef struct Way {
    int from, to;
    Framing framing;
    unsigned char head[8]; /* of the message at hand */
    size_t head_len;
    uint32_t body_left;   /* bytes of it that are still to come */
    Chunk *first, **last; /* on the wire */
    bool ended;           /* nothing more comes; what is on the wire still arrives */
    bool closed;          /* and has arrived */
} Way;

typedef struct Connection {
    bool open;
    Way up, down;  /* to the server, to the client */
    bool listened; /* the server has spoken since the client did */
} Connection;

static struct {
    const char *server, *report;
    long cut, kill, delay_ms;
    long messages, round_trips;
    pid_t child;
    Connection connections[CONNECTIONS_MAX];
} relay;

static void die(const char *what)
{
    perror(what);
    exit(125);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path)
        die("socket path too long");
    memcpy(a.sun_path, path, strlen(path) + 1);
    return a;
}

static void put(Way *w, const char *bytes, size_t len)
{
    Chunk *k = malloc(sizeof *k + len);
    if (k == NULL)
        die("malloc");
    *k = (Chunk){.due_ms = now_ms() + relay.delay_ms, .len = len};
    memcpy(k->bytes, bytes, len);
    *w->last = k;
    w->last = &k->next;
}

static void drop_first(Way *w)
{
    Chunk *k = w->first;
    w->first = k->next;
    if (w->first == NULL)
        w->last = &w->first;
    free(k);
}

/* Sends what is due, as far as the other end takes it. One that is gone takes everything. */
static void drain(Way *w)
{
    bool gone = false;
    while (w->first != NULL && w->first->due_ms <= now_ms()) {
        Chunk *k = w->first;
        ssize_t n = gone ? 0 : send(w->to, k->bytes + k->sent, k->len - k->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        gone = gone || n < 0;
        k->sent += n < 0 ? 0 : (size_t)n;
        if (gone || k->sent == k->len)
            drop_first(w);
    }
}

/* Counts a message. False: it was the last one. */
static bool after_message(Connection *c)
{
    relay.messages++;
    if (relay.messages == relay.kill)
        kill(relay.child, SIGKILL);
    if (relay.messages != relay.cut && relay.messages != relay.kill)
        return true;
    c->up.ended = c->down.ended = true;
    return false;
}

static uint32_t number_at(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static size_t head_size(const Way *w)
{
    return w->framing == ANSWER ? 1 : w->framing == TYPED ? 5 : 8;
}

/* The head is complete: how long is the body, and how does the next message begin? */
static void end_head(Connection *c, Way *w)
{
    uint32_t len = w->framing == ANSWER ? 0 : number_at(w->head + (w->framing == TYPED ? 1 : 0));
    uint32_t counted = w->framing == TYPED ? 4 : 8; /* bytes of the head that the length includes */
    w->head_len = 0;
    w->body_left = len > counted ? len - counted : 0;
    if (w->framing == ANSWER) {
        bool encrypted = w->head[0] == 'S' || w->head[0] == 'G';
        c->up.framing = encrypted ? OPAQUE : UNTYPED;
        c->down.framing = encrypted ? OPAQUE : TYPED;
    } else if (w->framing == UNTYPED) {
        uint32_t code = number_at(w->head + 4);
        if (code == SSL_REQUEST || code == GSS_REQUEST)
            c->down.framing = ANSWER;
        else
            w->framing = TYPED;
    }
}

/* Takes one step into the bytes; true at the end of a message. */
static bool step(Connection *c, Way *w, const char *bytes, size_t len, size_t *done)
{
    if (w->body_left == 0) {
        w->head[w->head_len++] = (unsigned char)bytes[(*done)++];
        if (w->head_len < head_size(w))
            return false;
        end_head(c, w);
    } else {
        size_t n = len - *done < w->body_left ? len - *done : w->body_left;
        *done += n;
        w->body_left -= (uint32_t)n;
    }
    return w->body_left == 0;
}

/* Takes bytes apart into messages; forwards each up to where the wire is cut. */
static void forward(Connection *c, Way *w, const char *bytes, size_t len)
{
    size_t done = 0, kept = 0;
    while (done < len && w->framing != OPAQUE) {
        if (!step(c, w, bytes, len, &done))
            continue;
        put(w, bytes + kept, done - kept);
        kept = done;
        drain(w);
        if (!after_message(c))
            return;
    }
    if (len > kept)
        put(w, bytes + kept, len - kept);
}

static void receive(Connection *c, Way *w)
{
    char buffer[PIECE];
    ssize_t n = recv(w->from, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        w->ended = true;
        return;
    }
    if (w == &c->up && c->listened)
        relay.round_trips++;
    c->listened = w == &c->down;
    forward(c, w, buffer, (size_t)n);
}

static void accept_connection(int listener)
{
    int client = accept(listener, NULL, NULL), server = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un a = address_of(relay.server);
    Connection *c = relay.connections;
    while (c < relay.connections + CONNECTIONS_MAX && c->open)
        c++;
    if (client < 0 || server < 0 || c == relay.connections + CONNECTIONS_MAX ||
        connect(server, (struct sockaddr *)&a, sizeof a) != 0) {
        close(client);
        close(server);
        return;
    }
    *c = (Connection){
        .open = true,
        .up = {.from = client, .to = server, .framing = UNTYPED, .last = &c->up.first  },
        .down = {.from = server, .to = client, .framing = TYPED,   .last = &c->down.first}
    };
    relay.round_trips++;
}

/* What a direction waits for: bytes to come, or room for what is due. */
static void expect(const Connection *c, const Way *w, struct pollfd *in, struct pollfd *out)
{
    bool due = c->open && w->first != NULL && w->first->due_ms <= now_ms();
    *in = (struct pollfd){.fd = c->open && !w->ended ? w->from : -1, .events = POLLIN};
    *out = (struct pollfd){.fd = due ? w->to : -1, .events = POLLOUT};
}

static void serve_way(Connection *c, Way *w, const struct pollfd *in)
{
    if (in->revents != 0 && !w->ended)
        receive(c, w);
    drain(w);
    if (w->ended && w->first == NULL && !w->closed) {
        shutdown(w->to, SHUT_WR);
        w->closed = true;
    }
}

static void serve(Connection *c, const struct pollfd *fds)
{
    serve_way(c, &c->up, &fds[0]);
    serve_way(c, &c->down, &fds[2]);
    if (!c->up.closed || !c->down.closed)
        return;
    close(c->up.from);
    close(c->up.to);
    c->open = false;
}

/* How long poll(2) may sleep: until the next piece is due. */
static int patience(void)
{
    int64_t next = INT64_MAX, now = now_ms();
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        const Connection *c = &relay.connections[i];
        if (c->open && c->up.first != NULL && c->up.first->due_ms > now && c->up.first->due_ms < next)
            next = c->up.first->due_ms;
        if (c->open && c->down.first != NULL && c->down.first->due_ms > now && c->down.first->due_ms < next)
            next = c->down.first->due_ms;
    }
    return next == INT64_MAX ? -1 : (int)(next - now);
}

/* Serves until the command ends; its status. */
static int run(int listener, int child)
{
    enum { FIRST = 2, EACH = 4 };
    for (;;) {
        struct pollfd fds[FIRST + EACH * CONNECTIONS_MAX] = {
            {.fd = child,    .events = POLLIN},
            {.fd = listener, .events = POLLIN}
        };
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            const Connection *c = &relay.connections[i];
            struct pollfd *own = fds + FIRST + EACH * i;
            expect(c, &c->up, &own[0], &own[1]);
            expect(c, &c->down, &own[2], &own[3]);
        }
        poll(fds, sizeof fds / sizeof fds[0], patience());
        for (int i = 0; i < CONNECTIONS_MAX; i++)
            if (relay.connections[i].open)
                serve(&relay.connections[i], fds + FIRST + EACH * i);
        if (fds[1].revents != 0)
            accept_connection(listener);
        int status;
        if (fds[0].revents != 0 && waitpid(relay.child, &status, 0) == relay.child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

static char **read_arguments(int argc, char *argv[])
{
    relay.server = argc > 1 ? argv[1] : NULL;
    for (int i = 2; i < argc; i += 2) {
        if (strcmp(argv[i], "--") == 0 && i + 1 < argc)
            return argv + i + 1;
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--cut") == 0)
            relay.cut = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--kill") == 0)
            relay.kill = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--delay") == 0)
            relay.delay_ms = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--report") == 0)
            relay.report = value;
        else
            break;
    }
    fputs("usage: relay SERVER-SOCKET [--cut N | --kill N] [--delay MS] [--report FILE] -- COMMAND...\n",
          stderr);
    exit(125);
}

int main(int argc, char *argv[])
{
    char **command = read_arguments(argc, argv);
    char dir[] = "/tmp/relay.XXXXXX", path[64];
    if (mkdtemp(dir) == NULL)
        die("mkdtemp");
    snprintf(path, sizeof path, "%s/.s.PGSQL.5432", dir);
    struct sockaddr_un a = address_of(path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, 8) != 0)
        die("listen");
    relay.child = fork();
    if (relay.child == 0) {
        setenv("PGHOST", dir, 1);
        execvp(command[0], command);
        die(command[0]);
    }
    int status = run(listener, pidfd_open(relay.child, 0));
    FILE *report = relay.report == NULL ? NULL : fopen(relay.report, "w");
    if (report != NULL) {
        fprintf(report, "messages %ld\nround trips %ld\n", relay.messages, relay.round_trips);
        fclose(report);
    }
    unlink(path);
    rmdir(dir);
    return status;
}
