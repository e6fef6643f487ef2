/* pg/cloud/google.h: access tokens of Google Cloud ("application default credentials").
 *
 * The credentials are found once; each token is asked for with the scope that it is for. */
#ifndef PG_CLOUD_GOOGLE_H
#define PG_CLOUD_GOOGLE_H

#include "pg/cloud/search.h"

#include <jansson.h>

#define GOOGLE_SCOPE_ADMIN "https://www.googleapis.com/auth/sqlservice.admin"
#define GOOGLE_SCOPE_LOGIN "https://www.googleapis.com/auth/sqlservice.login"
#define GOOGLE_SCOPE_PLATFORM "https://www.googleapis.com/auth/cloud-platform"

typedef struct GoogleCredentials {
    CloudSearch *search;
    const char *source; /* of the file; for errors */
    json_t *file;       /* NULL: none, those of the machine (the metadata server) or of gcloud */
} GoogleCredentials;

/* Finds the credentials, owned by the search. */
bool google_credentials(CloudSearch *search, GoogleCredentials *out, Error *err);

/* A token for `scope`, owned by the search and known to redact_value(). */
bool google_token(const GoogleCredentials *credentials, const char *scope, const char **token, Error *err);

/* The kinds of files that lead to others for their token. */
bool google_token_external(const GoogleCredentials *credentials, const char *scope, const char **token, Error *err);
bool google_token_impersonated(const GoogleCredentials *credentials, const char *scope, const char **token, Error *err);

/* Turns one's own token into one of the service account that `url` names. */
bool google_impersonate(const GoogleCredentials *credentials, const char *url, const char *own_token, const char *scope,
                        const char **token, Error *err);

/* What proves to Google's token service who we are elsewhere (`credential_source` of an external account), owned by
 * `ctx` and known to redact_value(). */
const char *google_subject_token(const void *ctx, const GoogleCredentials *credentials, Error *err);

/* The domain of Google's services: the file's, GOOGLE_CLOUD_UNIVERSE_DOMAIN, "googleapis.com". */
const char *google_universe(const GoogleCredentials *credentials);

#endif
