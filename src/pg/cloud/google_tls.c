/* pg/cloud/google_tls.c: the way to the instance. See google_instance.h. */
#include "pg/cloud/google_instance.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char PORT[] = "3307";
enum { CONNECT_MS = 10000, HANDSHAKE_S = 10, KEEPALIVE_S = 30 };

/* ---- certificates ---- */

typedef struct TlsHolder {
    SSL_CTX *tls;
} TlsHolder;

static int tls_free(TlsHolder *holder)
{
    SSL_CTX_free(holder->tls);
    return 0;
}

static X509 *certificate_from(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return certificate;
}

/* How many certificates of the text are trusted from now on. */
static int trust(SSL_CTX *tls, const char *pem)
{
    X509_STORE *store = SSL_CTX_get_cert_store(tls);
    BIO *bio = BIO_new_mem_buf(pem, -1);
    int n = 0;
    for (X509 *authority; (authority = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL; n++) {
        X509_STORE_add_cert(store, authority);
        X509_free(authority);
    }
    BIO_free(bio);
    ERR_clear_error();
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN); /* what Google names is trusted, whoever vouches for it */
    return n;
}

bool google_tls_prepare(const void *ctx, GoogleInstance *instance, const char *certificate, EVP_PKEY *key, Error *err)
{
    TlsHolder *holder = mem_new(ctx, TlsHolder);
    talloc_set_destructor(holder, tls_free);
    holder->tls = SSL_CTX_new(TLS_client_method());
    if (holder->tls == NULL || SSL_CTX_set_min_proto_version(holder->tls, TLS1_3_VERSION) != 1)
        abort();
    SSL_CTX_set_verify(holder->tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(holder->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (trust(holder->tls, instance->authority) == 0)
        return error_set(err, ERR_CONNECTION, "the instance's certificate authority cannot be read");
    X509 *own = certificate_from(certificate);
    struct tm expires = {0};
    bool ok = own != NULL && SSL_CTX_use_certificate(holder->tls, own) == 1 &&
              SSL_CTX_use_PrivateKey(holder->tls, key) == 1 && ASN1_TIME_to_tm(X509_get0_notAfter(own), &expires) == 1;
    X509_free(own);
    ERR_clear_error();
    instance->tls = holder->tls;
    instance->expires = timegm(&expires);
    return ok || error_set(err, ERR_CONNECTION, "the certificate that was given to us cannot be used");
}

static bool has_common_name(X509 *certificate, const char *wanted)
{
    char name[256];
    int n = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    return n == (int)strlen(wanted) && strcmp(name, wanted) == 0;
}

/* Newer instances have their DNS name in the certificate, older ones what they are called in Google's interface. */
static bool is_instance(const GoogleInstance *instance, X509 *certificate)
{
    for (size_t i = 0; i < instance->dns_names.n; i++)
        if (X509_check_host(certificate, instance->dns_names.v[i], 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1)
            return true;
    return has_common_name(certificate, instance->common_name);
}

/* ---- connecting ---- */

/* A blocking socket, or -1 with errno. */
static int connect_within(const struct addrinfo *address, int timeout_ms)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), code = 0;
    socklen_t size = sizeof code;
    if (fd < 0)
        return -1;
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0)
        code = errno;
    if (code == EINPROGRESS && poll(&p, 1, timeout_ms) <= 0)
        code = ETIMEDOUT;
    else if (code == EINPROGRESS && getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
        code = errno;
    if (code == 0 && fcntl(fd, F_SETFL, 0) == 0)
        return fd;
    close(fd);
    errno = code;
    return -1;
}

static void set_options(int fd)
{
    const int on = 1, idle = KEEPALIVE_S;
    const struct timeval limit = {.tv_sec = HANDSHAKE_S};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static int connect_address(const char *host, Error *err)
{
    struct addrinfo *found = NULL, hints = {.ai_socktype = SOCK_STREAM};
    int fd = -1, code = getaddrinfo(host, PORT, &hints, &found);
    if (code != 0) {
        error_set(err, ERR_CONNECTION, "%s: %s", host, gai_strerror(code));
        return -1;
    }
    for (const struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next)
        fd = connect_within(a, CONNECT_MS);
    code = errno;
    freeaddrinfo(found);
    if (fd < 0)
        error_set(err, ERR_CONNECTION, "%s:%s: %s", host, PORT, strerror(code));
    else
        set_options(fd);
    return fd;
}

/* Any address will do; when all fail, each says why. */
static int connect_any(const GoogleInstance *instance, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str reasons = str_new(scratch);
    for (size_t i = 0; i < instance->addresses.n; i++) {
        Error why = {0};
        int fd = connect_address(instance->addresses.v[i], &why);
        if (fd >= 0)
            return fd;
        str_addf(&reasons, "%s%s", i > 0 ? "; " : "", why.message);
        error_clear(&why);
    }
    error_set(err, ERR_CONNECTION, "cannot reach the instance");
    error_detail(err, "%s", reasons.text);
    return -1;
}

static bool handshake_error(SSL *stream, Error *err)
{
    char text[256] = "it closed the connection or said nothing";
    long verified = SSL_get_verify_result(stream);
    unsigned long code = ERR_peek_last_error();
    if (verified != X509_V_OK)
        return error_set(err, ERR_CONNECTION, "the instance's certificate is refused: %s",
                         X509_verify_cert_error_string(verified));
    if (code != 0)
        ERR_error_string_n(code, text, sizeof text);
    return error_set(err, ERR_CONNECTION, "no TLS with the instance: %s", text);
}

static bool handshake(const GoogleInstance *instance, SSL *stream, Error *err)
{
    ERR_clear_error();
    if (instance->dns_names.n > 0)
        SSL_set_tlsext_host_name(stream, instance->dns_names.v[0]);
    if (SSL_connect(stream) != 1)
        return handshake_error(stream, err);
    X509 *certificate = SSL_get1_peer_certificate(stream);
    bool ok = certificate != NULL && is_instance(instance, certificate);
    X509_free(certificate);
    return ok || error_set(err, ERR_CONNECTION, "the server's certificate is not that of %s", instance->common_name);
}

SSL *google_tls_connect(const GoogleInstance *instance, Error *err)
{
    int fd = connect_any(instance, err);
    SSL *stream = fd < 0 ? NULL : SSL_new(instance->tls);
    if (stream != NULL && SSL_set_fd(stream, fd) == 1 && handshake(instance, stream, err))
        return stream;
    SSL_free(stream);
    if (fd >= 0)
        close(fd);
    return NULL;
}
