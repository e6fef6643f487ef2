/* pg/cloud/azure_certificate.c: an application's certificate, as Entra ID wants to see it ("Microsoft identity platform
 * application authentication certificate credentials"). See azure.h. */
#include "base/file.h"
#include "base/log.h"
#include "pg/cloud/azure.h"
#include "pg/cloud/json.h"
#include "pg/cloud/jwt.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { FILE_MAX = 1024 * 1024, LIFETIME_S = 600 };

typedef struct Certificate {
    X509 *x509;
    EVP_PKEY *key;
} Certificate;

static int certificate_free(Certificate *c)
{
    X509_free(c->x509);
    EVP_PKEY_free(c->key);
    return 0;
}

static bool read_pem(const void *ctx, Certificate *c, const char *text, const char *password, const char *path,
                     Error *err)
{
    BIO *bio = BIO_new_mem_buf(text, -1);
    c->x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    if (c->x509 == NULL)
        return error_set(err, ERR_CONFIG, "%s: no certificate that can be read", path);
    EVP_PKEY *key = key_from_pem(ctx, text, password, path, err);
    if (key != NULL && EVP_PKEY_up_ref(key) == 1)
        c->key = key;
    return c->key != NULL;
}

static bool read_pkcs12(Certificate *c, const char *bytes, size_t len, const char *password, const char *path,
                        Error *err)
{
    const unsigned char *p = (const unsigned char *)bytes;
    PKCS12 *package = d2i_PKCS12(NULL, &p, (long)len);
    bool ok = package != NULL && PKCS12_parse(package, password, &c->key, &c->x509, NULL) == 1 && c->x509 != NULL;
    PKCS12_free(package);
    return ok || error_set(err, ERR_CONFIG, "%s: neither PEM nor PKCS #12 that can be read with "
                                            "AZURE_CLIENT_CERTIFICATE_PASSWORD", path);
}

static Certificate *certificate_read(const void *ctx, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *password = cloud_env("AZURE_CLIENT_CERTIFICATE_PASSWORD");
    redact_value(password);
    size_t len;
    const char *bytes = file_read(scratch, path, FILE_MAX, &len, err);
    if (bytes == NULL)
        return NULL;
    Certificate *c = mem_new(ctx, Certificate);
    talloc_set_destructor(c, certificate_free);
    bool ok = strstr(bytes, "-----BEGIN") != NULL ? read_pem(scratch, c, bytes, password, path, err)
                                                  : read_pkcs12(c, bytes, len, password, path, err);
    ERR_clear_error();
    return ok ? c : NULL;
}

/* By which Entra ID finds the certificate among the application's; with "x5c" it need not have seen it before. */
static json_t *header_of(const void *ctx, const Certificate *c)
{
    unsigned char digest[EVP_MAX_MD_SIZE], *der = NULL;
    unsigned digest_len = 0;
    int der_len = i2d_X509(c->x509, &der);
    if (der_len < 0 || X509_digest(c->x509, EVP_sha1(), digest, &digest_len) != 1)
        abort();
    json_t *header = json_object();
    json_object_set_new(header, "x5t", json_string(base64url(ctx, digest, digest_len)));
    const char *whole = cloud_env("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN");
    if (whole != NULL && (strcmp(whole, "1") == 0 || strcasecmp(whole, "true") == 0)) {
        unsigned char *text = mem_array(ctx, unsigned char, (size_t)der_len * 2 + 4);
        EVP_EncodeBlock(text, der, der_len);
        json_object_set_new(header, "x5c", json_pack("[s]", text));
    }
    OPENSSL_free(der);
    return header;
}

const char *azure_certificate_assertion(const void *ctx, const char *path, const char *client, const char *endpoint,
                                        Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Certificate *c = certificate_read(scratch, path, err);
    unsigned char unique[16];
    if (c == NULL)
        return NULL;
    if (RAND_bytes(unique, sizeof unique) != 1)
        abort();
    json_int_t now = time(NULL);
    json_t *claims = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "aud", endpoint, "iss", client, "sub", client, "jti",
                               base64url(scratch, unique, sizeof unique), "nbf", now, "exp", now + LIFETIME_S);
    return jwt_sign(ctx, c->key, header_of(scratch, c), claims, err);
}
