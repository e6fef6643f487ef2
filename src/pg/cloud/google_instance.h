/* pg/cloud/google_instance.h: an instance of Cloud SQL, reached as Google's own connectors do it.
 *
 * The administration interface says where the instance is and by which authority it proves itself, and turns a key of
 * ours and a token into a certificate for an hour that carries our identity. With that, TLS 1.3 leads to the
 * instance's port 3307, and in it PostgreSQL asks for no password. */
#ifndef PG_CLOUD_GOOGLE_INSTANCE_H
#define PG_CLOUD_GOOGLE_INSTANCE_H

#include "pg/cloud/search.h"

#include <openssl/ssl.h>
#include <time.h>

/* A name "project:region:instance"; the project may hold a colon of its own. */
typedef struct GoogleName {
    const char *project, *region, *instance;
} GoogleName;

/* ERR_CONFIG when it has not three parts. Owned by `ctx`. */
bool google_name(const void *ctx, const char *text, GoogleName *name, Error *err);

/* What the certificates are to be checked against. */
typedef struct GoogleInstance {
    GoogleName name;
    TextList addresses; /* in the order in which they are tried */
    TextList dns_names; /* any of these, or else … */
    const char *common_name; /* … this, stands in its certificate: "project:instance" */
    const char *authority; /* of its certificate, PEM */
    SSL_CTX *tls;          /* with our certificate */
    time_t expires;        /* the certificate */
} GoogleInstance;

/* Asks for all of it; owned by the search. */
bool google_instance_fetch(CloudSearch *search, GoogleInstance *instance, Error *err);

/* The way in with our certificate and key; trusts the instance's authority alone. Sets `tls` and `expires`, owned by
 * `ctx`. */
bool google_tls_prepare(const void *ctx, GoogleInstance *instance, const char *certificate, EVP_PKEY *key, Error *err);

/* Connects and checks whom we met. The caller owns the stream and its socket, which blocks. NULL on failure. */
SSL *google_tls_connect(const GoogleInstance *instance, Error *err);

#endif
