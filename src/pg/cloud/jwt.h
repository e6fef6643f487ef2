/* pg/cloud/jwt.h: signed assertions (RFC 7519), by which a private key proves who we are. */
#ifndef PG_CLOUD_JWT_H
#define PG_CLOUD_JWT_H

#include "base/error.h"

#include <jansson.h>
#include <openssl/evp.h>

/* Base64 for URLs, without padding (RFC 4648, 5), owned by `ctx`. */
char *base64url(const void *ctx, const void *bytes, size_t len);

/* A private key as PEM, owned by `ctx`; `password` is NULL when it has none; `source` is whose it is. NULL and
 * ERR_CONFIG when it is none. Nobody is asked for a password. */
EVP_PKEY *key_from_pem(const void *ctx, const char *pem, const char *password, const char *source, Error *err);

/* Makes `key` live as long as `ctx`; takes it over. */
EVP_PKEY *key_owned(const void *ctx, EVP_PKEY *key);

/* The assertion, signed with RS256, owned by `ctx` and known as a secret. `header` gets "alg" and "typ"; both
 * documents are taken over. NULL and ERR_CONFIG when the key is not an RSA key. */
char *jwt_sign(const void *ctx, EVP_PKEY *key, json_t *header, json_t *claims, Error *err);

#endif
