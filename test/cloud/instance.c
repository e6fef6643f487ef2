/* test/cloud/instance.c: runs a command beside a stand-in for the proxy that every Cloud SQL instance has on port
 * 3307.
 *
 *     instance ADDRESS CERTIFICATE KEY CLIENT-AUTHORITY SERVER-SOCKET -- COMMAND…
 *
 * TLS 1.3, a certificate of the client that the authority signed, and behind it a PostgreSQL server's unix socket.
 * Exit status: the command's. */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(125);
}

static SSL_CTX *tls_of(const char *certificate, const char *key, const char *authority)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) != 1 ||
        SSL_CTX_use_certificate_file(tls, certificate, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_load_verify_locations(tls, authority, NULL) != 1)
        die("certificates");
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return tls;
}

static bool write_all(int fd, const char *bytes, ssize_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, (size_t)len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        len -= n;
    }
    return true;
}

static void copy(SSL *client, int server)
{
    static char bytes[16384];
    struct pollfd p[2] = {{.fd = SSL_get_fd(client), .events = POLLIN}, {.fd = server, .events = POLLIN}};
    for (;;) {
        if (SSL_pending(client) == 0)
            poll(p, 2, -1);
        if (SSL_pending(client) > 0 || p[0].revents != 0) {
            int n = SSL_read(client, bytes, sizeof bytes);
            if (n <= 0 || !write_all(server, bytes, n))
                return;
        }
        if (p[1].revents != 0) {
            ssize_t n = recv(server, bytes, sizeof bytes, 0);
            if (n <= 0 || SSL_write(client, bytes, (int)n) <= 0)
                return;
        }
    }
}

static void serve(SSL_CTX *tls, int client, const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    SSL *stream = SSL_new(tls);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    if (SSL_set_fd(stream, client) == 1 && SSL_accept(stream) == 1 &&
        connect(server, (struct sockaddr *)&a, sizeof a) == 0)
        copy(stream, server);
    SSL_shutdown(stream);
    _exit(0);
}

static int listen_at(const char *address)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(3307)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (inet_pton(AF_INET, address, &a.sin_addr) != 1 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        listen(fd, 8) != 0)
        die(address);
    return fd;
}

int main(int argc, char *argv[])
{
    if (argc < 8 || strcmp(argv[6], "--") != 0) {
        fputs("usage: instance ADDRESS CERTIFICATE KEY CLIENT-AUTHORITY SERVER-SOCKET -- COMMAND...\n", stderr);
        return 125;
    }
    SSL_CTX *tls = tls_of(argv[2], argv[3], argv[4]);
    int listener = listen_at(argv[1]), status = 0;
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[7], argv + 7);
        die(argv[7]);
    }
    struct pollfd p[2] = {{.fd = pidfd_open(child, 0), .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    while (p[0].revents == 0) {
        poll(p, 2, -1);
        int client = p[1].revents != 0 ? accept(listener, NULL, NULL) : -1;
        if (client >= 0 && fork() == 0)
            serve(tls, client, argv[5]);
        if (client >= 0)
            close(client);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
