/* test/cloud/standin.c: runs a command beside a web server that stands in for the clouds' services.
 *
 *     standin FOLDER [--tls CERTIFICATE KEY] -- COMMAND…
 *
 * The command finds it by STANDIN ("http://127.0.0.1:PORT"). The Nth request is written to FOLDER/request.N as it
 * came, without carriage returns; the answer is FOLDER/answer.N: a line with the status, then the body. Where that
 * file is a program, it gets the request on stdin and prints the answer. A request that nobody expects is answered
 * with 500. Exit status: the command's. */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGE_MAX = 262144 };

static struct {
    const char *folder, *certificate, *key;
    SSL_CTX *tls;
    int requests;
} standin;

typedef struct Stream {
    int fd;
    SSL *tls; /* NULL: none */
} Stream;

static void die(const char *what)
{
    perror(what);
    exit(125);
}

static int receive(const Stream *s, char *bytes, size_t size)
{
    return s->tls == NULL ? (int)recv(s->fd, bytes, size, 0) : SSL_read(s->tls, bytes, (int)size);
}

static void give(const Stream *s, const char *bytes, size_t len)
{
    while (len > 0) {
        int n = s->tls == NULL ? (int)send(s->fd, bytes, len, MSG_NOSIGNAL) : SSL_write(s->tls, bytes, (int)len);
        if (n <= 0)
            return;
        bytes += n;
        len -= (size_t)n;
    }
}

/* How many bytes of body the header announces. */
static size_t body_length(const char *header)
{
    const char *line = strcasestr(header, "\r\nContent-Length:");
    return line == NULL ? 0 : strtoul(line + strlen("\r\nContent-Length:"), NULL, 10);
}

/* Reads a whole request; false when the client went away. */
static bool read_request(const Stream *s, char *text)
{
    size_t len = 0;
    for (;;) {
        text[len] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        if (end != NULL && len >= (size_t)(end + 4 - text) + body_length(text))
            return true;
        int n = len + 1 < MESSAGE_MAX ? receive(s, text + len, MESSAGE_MAX - 1 - len) : 0;
        if (n <= 0)
            return false;
        len += (size_t)n;
    }
}

static void path_of(char *path, size_t size, const char *kind)
{
    snprintf(path, size, "%s/%s.%d", standin.folder, kind, standin.requests);
}

static void keep_request(const char *text)
{
    char path[4096];
    path_of(path, sizeof path, "request");
    FILE *f = fopen(path, "w");
    if (f == NULL)
        die(path);
    for (const char *p = text; *p != '\0'; p++)
        if (*p != '\r')
            fputc(*p, f);
    fclose(f);
}

/* What stands in the answer's file, or what its program prints; an empty text when there is none. */
static void read_answer(char *answer)
{
    char path[4096], request[4096], command[8300];
    path_of(path, sizeof path, "answer");
    path_of(request, sizeof request, "request");
    snprintf(command, sizeof command, "'%s' <'%s'", path, request);
    bool program = access(path, X_OK) == 0;
    FILE *f = program ? popen(command, "r") : fopen(path, "r");
    size_t n = f == NULL ? 0 : fread(answer, 1, MESSAGE_MAX - 1, f);
    answer[n] = '\0';
    if (f != NULL)
        (void)(program ? pclose(f) : fclose(f));
}

static void answer_request(const Stream *s)
{
    static char request[MESSAGE_MAX], answer[MESSAGE_MAX];
    char head[256];
    if (!read_request(s, request))
        return;
    standin.requests++;
    keep_request(request);
    read_answer(answer);
    char *body = strchr(answer, '\n');
    const char *status = body == NULL ? "500" : answer;
    if (body != NULL)
        *body++ = '\0';
    size_t len = body == NULL ? 0 : strlen(body);
    /* a redirect leads back here, so that following it would be seen */
    snprintf(head, sizeof head, "HTTP/1.1 %.3s Answer\r\nContent-Length: %zu\r\n%sConnection: close\r\n\r\n", status,
             len, status[0] == '3' ? "Location: /elsewhere\r\n" : "");
    give(s, head, strlen(head));
    give(s, body, len);
}

static void serve(int listener)
{
    Stream s = {.fd = accept(listener, NULL, NULL)};
    if (s.fd < 0)
        return;
    if (standin.tls != NULL) {
        s.tls = SSL_new(standin.tls);
        SSL_set_fd(s.tls, s.fd);
    }
    if (s.tls == NULL || SSL_accept(s.tls) == 1)
        answer_request(&s);
    SSL_free(s.tls);
    close(s.fd);
}

static int listen_somewhere(char *url, size_t size)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 || listen(fd, 8) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) != 0)
        die("listen");
    snprintf(url, size, "%s://127.0.0.1:%d", standin.tls == NULL ? "http" : "https", ntohs(a.sin_port));
    return fd;
}

static char **read_arguments(int argc, char *argv[])
{
    int i = 2;
    standin.folder = argc > 1 ? argv[1] : NULL;
    if (argc > 4 && strcmp(argv[2], "--tls") == 0) {
        standin.tls = SSL_CTX_new(TLS_server_method());
        if (SSL_CTX_use_certificate_file(standin.tls, argv[3], SSL_FILETYPE_PEM) != 1 ||
            SSL_CTX_use_PrivateKey_file(standin.tls, argv[4], SSL_FILETYPE_PEM) != 1)
            die("certificate");
        i = 5;
    }
    if (i + 1 < argc && strcmp(argv[i], "--") == 0)
        return argv + i + 1;
    fputs("usage: standin FOLDER [--tls CERTIFICATE KEY] -- COMMAND...\n", stderr);
    exit(125);
}

int main(int argc, char *argv[])
{
    char **command = read_arguments(argc, argv), url[64];
    int listener = listen_somewhere(url, sizeof url), status = 0;
    signal(SIGPIPE, SIG_IGN);
    pid_t child = fork();
    if (child == 0) {
        setenv("STANDIN", url, 1);
        execvp(command[0], command);
        die(command[0]);
    }
    struct pollfd p[2] = {{.fd = pidfd_open(child, 0), .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    while (p[0].revents == 0) {
        poll(p, 2, -1);
        if (p[1].revents != 0)
            serve(listener);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
