/* pg/cloud/aws.h: AWS credentials, source by source, as the AWS SDKs find them (AWS SDKs and Tools Reference Guide,
 * "Standardized credential providers"). What is found is owned by the search and known to redact_value(). */
#ifndef PG_CLOUD_AWS_H
#define PG_CLOUD_AWS_H

#include "pg/cloud/aws_sign.h"
#include "pg/cloud/search.h"

#include <jansson.h>

/* The chain: every source in its order. */
bool aws_credentials(CloudSearch *search, AwsKeys *keys, Error *err);

/* Its links. */
CloudOutcome aws_from_environment(CloudSearch *search, AwsKeys *keys, Error *err);
CloudOutcome aws_from_web_identity(CloudSearch *search, AwsKeys *keys, Error *err);
CloudOutcome aws_from_profile(CloudSearch *search, AwsKeys *keys, Error *err);
CloudOutcome aws_from_container(CloudSearch *search, AwsKeys *keys, Error *err);
CloudOutcome aws_from_instance(CloudSearch *search, AwsKeys *keys, Error *err);

/* A role, and what STS is to know of who takes it. The texts but for role_arn may be NULL. */
typedef struct AwsRole {
    const char *role_arn;
    const char *session_name; /* NULL: one is made up */
    const char *external_id, *duration_seconds;
    const char *web_identity_token_file; /* takes the role with the token in it, and without keys */
} AwsRole;

/* Takes a role; `by` are the keys that sign the request, and not needed with a token. */
bool aws_assume_role(CloudSearch *search, const AwsRole *role, const AwsKeys *by, AwsKeys *keys, Error *err);

/* A session of IAM Identity Center ("SSO"). */
typedef struct AwsSso {
    const char *cache_key; /* its name, or its start URL when it has none: what the cached token is filed under */
    const char *region, *account_id, *role_name;
    const char *profile; /* for the hint */
} AwsSso;

/* Keys for the token that `aws sso login` left behind. */
bool aws_sso_keys(CloudSearch *search, const AwsSso *sso, AwsKeys *keys, Error *err);

/* Keys from what `source` answered: id, secret and session token, whose names differ from service to service; the
 * last may be missing. ERR_CONNECTION without the others. */
bool aws_keys_from_json(CloudSearch *search, json_t *document, const char *const names[3], const char *source,
                        AwsKeys *keys, Error *err);

/* Where a service is asked: AWS_ENDPOINT_URL_<id>, AWS_ENDPOINT_URL, else "https://PREFIX.REGION.amazonaws.com". */
char *aws_endpoint(const void *ctx, const char *id, const char *prefix, const char *region);

#endif
