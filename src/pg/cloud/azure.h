/* pg/cloud/azure.h: tokens of Microsoft Entra ID, source by source, in the order of the SDKs' DefaultAzureCredential.
 * What is found is owned by the search; its caller makes it known as a secret. */
#ifndef PG_CLOUD_AZURE_H
#define PG_CLOUD_AZURE_H

#include "pg/cloud/search.h"

/* The chain: every source in its order, or those that AZURE_TOKEN_CREDENTIALS names ("prod", "dev", one credential). */
bool azure_token(CloudSearch *search, const char **token, Error *err);

/* Its links. */
CloudOutcome azure_from_secret(CloudSearch *search, const char **token, Error *err);
CloudOutcome azure_from_workload(CloudSearch *search, const char **token, Error *err);
CloudOutcome azure_from_managed_identity(CloudSearch *search, const char **token, Error *err);
CloudOutcome azure_from_az(CloudSearch *search, const char **token, Error *err);
CloudOutcome azure_from_azd(CloudSearch *search, const char **token, Error *err);
CloudOutcome azure_from_powershell(CloudSearch *search, const char **token, Error *err);

/* Whom we ask as: the option, else AZURE_TENANT_ID and AZURE_CLIENT_ID; NULL for none. */
const char *azure_tenant(const CloudSearch *search);
const char *azure_client(const CloudSearch *search);

/* Where tokens come from, AZURE_AUTHORITY_HOST or the public cloud, without a slash at its end. */
const char *azure_authority(const void *ctx);

/* What the token is for: the databases of the cloud that the authority belongs to. */
const char *azure_resource(void);

/* What proves that we hold the certificate `path` (PEM or PKCS #12, with its key): an assertion for `client`, to be
 * shown to `endpoint`. NULL and ERR_CONFIG when the file is not of that kind. */
const char *azure_certificate_assertion(const void *ctx, const char *path, const char *client, const char *endpoint,
                                        Error *err);

#endif
