/* test/fault/relay.c: runs a command against a server through a wire that we hold.
 *
 *     relay SERVER-SOCKET [--cut N | --kill N] [--delay MS] [--report FILE] -- COMMAND…
 *
 * The command finds the relay by PGHOST. Messages of the PostgreSQL protocol (version 3, manual 55.7) are counted in both
 * directions. --cut closes the connection behind message N; --kill ends the command with SIGKILL there. --delay holds
 * every piece back for MS milliseconds each way, as a long wire would: many pieces are under way at once. The report holds
 * "messages N", "round trips N" (how often the client spoke after it had listened). Exit status: the command's; 137 when
 * it was killed. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 16, PIECE = 65536 };

/* A piece on the wire. */
typedef struct Chunk {
    struct Chunk *next;
    int64_t due_ms;
    size_t len, sent;
    char bytes[];
} Chunk;

/* One direction of a connection. */
typedef struct Way {
    int from, to;
    bool has_types;      /* messages begin with a type byte; the client's first one does not */
    char head[5];        /* of the message at hand */
    size_t head_len;
    uint32_t body_left;  /* bytes of it that are still to come */
    Chunk *first, **last;
} Way;

typedef struct Connection {
    bool open;
    Way up, down; /* to the server, to the client */
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

static void close_connection(Connection *c)
{
    close(c->up.from);
    close(c->up.to);
    for (Way *w = &c->up; w != NULL; w = w == &c->up ? &c->down : NULL)
        for (Chunk *k = w->first; k != NULL;) {
            Chunk *next = k->next;
            free(k);
            k = next;
        }
    c->open = false;
}

/* What happens behind message number relay.messages. False: the connection is gone. */
static bool after_message(Connection *c)
{
    relay.messages++;
    if (relay.messages == relay.kill)
        kill(relay.child, SIGKILL);
    if (relay.messages != relay.cut && relay.messages != relay.kill)
        return true;
    close_connection(c);
    return false;
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

/* Sends what is due. */
static bool drain(Way *w)
{
    while (w->first != NULL && w->first->due_ms <= now_ms()) {
        Chunk *k = w->first;
        ssize_t n = send(w->to, k->bytes + k->sent, k->len - k->sent, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EINTR || errno == EAGAIN;
        k->sent += (size_t)n;
        if (k->sent < k->len)
            return true;
        w->first = k->next;
        if (w->first == NULL)
            w->last = &w->first;
        free(k);
    }
    return true;
}

/* Length of the message's head. */
static size_t head_size(const Way *w)
{
    return w->has_types ? 5 : 4;
}

/* Body bytes that the complete head announces. */
static uint32_t body_of(const Way *w)
{
    const unsigned char *p = (const unsigned char *)w->head + (w->has_types ? 1 : 0);
    uint32_t len = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return len < 4 ? 0 : len - 4;
}

/* Takes bytes apart into messages; forwards each up to where the wire is cut. */
static bool forward(Connection *c, Way *w, const char *bytes, size_t len)
{
    size_t done = 0, kept = 0;
    while (done < len) {
        if (w->body_left == 0) {
            w->head[w->head_len++] = bytes[done++];
            if (w->head_len < head_size(w))
                continue;
            w->head_len = 0;
            w->body_left = body_of(w);
            if (w->body_left > 0)
                continue;
        } else {
            size_t n = len - done < w->body_left ? len - done : w->body_left;
            done += n;
            w->body_left -= (uint32_t)n;
            if (w->body_left > 0)
                continue;
        }
        w->has_types = true;
        put(w, bytes + kept, done - kept);
        kept = done;
        drain(w);
        if (!after_message(c))
            return false;
    }
    if (done > kept)
        put(w, bytes + kept, done - kept);
    return true;
}

static bool receive(Connection *c, Way *w)
{
    char buffer[PIECE];
    ssize_t n = recv(w->from, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR)
        return true;
    if (n <= 0) {
        close_connection(c);
        return false;
    }
    if (w == &c->up && c->listened)
        relay.round_trips++;
    c->listened = w == &c->down;
    return forward(c, w, buffer, (size_t)n);
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
    *c = (Connection){.open = true, .up = {.from = client, .to = server}, .down = {.from = server, .to = client}};
    c->down.has_types = true;
    c->up.last = &c->up.first;
    c->down.last = &c->down.first;
    relay.round_trips++;
}

static void serve(Connection *c, const struct pollfd *client, const struct pollfd *server)
{
    if (c->open && (client->revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !receive(c, &c->up))
        return;
    if (c->open && (server->revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !receive(c, &c->down))
        return;
    if (c->open && (!drain(&c->up) || !drain(&c->down)))
        close_connection(c);
}

/* How long poll(2) may sleep: until the next piece is due. */
static int patience(void)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (relay.connections[i].open && (relay.connections[i].up.first != NULL || relay.connections[i].down.first != NULL))
            return 1;
    return 20;
}

static int run(int listener)
{
    for (int status;;) {
        struct pollfd fds[1 + 2 * CONNECTIONS_MAX] = {{.fd = listener, .events = POLLIN}};
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            const Connection *c = &relay.connections[i];
            fds[1 + 2 * i] = (struct pollfd){.fd = c->open ? c->up.from : -1, .events = POLLIN};
            fds[2 + 2 * i] = (struct pollfd){.fd = c->open ? c->down.from : -1, .events = POLLIN};
        }
        poll(fds, 1 + 2 * CONNECTIONS_MAX, patience());
        for (int i = 0; i < CONNECTIONS_MAX; i++)
            if (relay.connections[i].open)
                serve(&relay.connections[i], &fds[1 + 2 * i], &fds[2 + 2 * i]);
        if (fds[0].revents != 0)
            accept_connection(listener);
        if (waitpid(relay.child, &status, WNOHANG) == relay.child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

static char **read_arguments(int argc, char *argv[])
{
    relay.server = argc > 1 ? argv[1] : NULL;
    for (int i = 2; i < argc; i++) {
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
        i++;
    }
    fputs("usage: relay SERVER-SOCKET [--cut N | --kill N] [--delay MS] [--report FILE] -- COMMAND...\n", stderr);
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
    int status = run(listener);
    FILE *report = relay.report == NULL ? NULL : fopen(relay.report, "w");
    if (report != NULL) {
        fprintf(report, "messages %ld\nround trips %ld\n", relay.messages, relay.round_trips);
        fclose(report);
    }
    unlink(path);
    rmdir(dir);
    return status;
}
