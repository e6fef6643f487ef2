/* pg/cloud/aws_sso.c: IAM Identity Center: the token that `aws sso login` left in its cache, for keys of a role. See
 * aws.h.
 *
 * The cache is read alone. Renewing its token would take the right to renew it from the AWS command line, whose file
 * it is. */
#include "base/digest.h"
#include "base/log.h"
#include "pg/cloud/aws.h"
#include "pg/cloud/http.h"
#include "pg/cloud/json.h"

#include <string.h>

static bool log_in_first(const AwsSso *sso, const char *why, Error *err)
{
    error_set(err, ERR_CONNECTION, "the sign-in of AWS profile %s %s", sso->profile, why);
    error_hint(err, "aws sso login --profile %s", sso->profile);
    return false;
}

/* "2024-01-31T23:59:59Z", or with "UTC" for the Z. What cannot be read is left to the service to judge. */
static bool is_past(const char *expires)
{
    struct tm utc = {0};
    const char *end = expires == NULL ? NULL : strptime(expires, "%Y-%m-%dT%H:%M:%S", &utc);
    return end != NULL && timegm(&utc) <= time(NULL);
}

static const char *cached_token(CloudSearch *search, const AwsSso *sso, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char hex[DIGEST_HEX_MAX];
    digest_of(DIGEST_SHA1, sso->cache_key, strlen(sso->cache_key), hex);
    const char *path = cloud_home_path(scratch, mem_printf(scratch, ".aws/sso/cache/%s.json", hex));
    Error why = {0};
    json_t *cache = path == NULL ? NULL : json_file(scratch, path, &why);
    error_clear(&why);
    const char *token = cache == NULL ? NULL : json_secret(cache, "accessToken", path, &why);
    error_clear(&why);
    if (token == NULL) {
        log_in_first(sso, "has not been done", err);
        return NULL;
    }
    if (is_past(config_text(cache, "expiresAt", NULL))) {
        log_in_first(sso, "has expired", err);
        return NULL;
    }
    return mem_strdup(search->ctx, token);
}

bool aws_sso_keys(CloudSearch *search, const AwsSso *sso, AwsKeys *keys, Error *err)
{
    static const char *const names[3] = {"roleCredentials.accessKeyId", "roleCredentials.secretAccessKey",
                                         "roleCredentials.sessionToken"};
    SCRATCH void *scratch = mem_scratch();
    const char *token = cached_token(search, sso, err);
    if (token == NULL)
        return false;
    Str query = str_new(scratch);
    form_add(&query, "account_id", sso->account_id);
    form_add(&query, "role_name", sso->role_name);
    const char *base = aws_endpoint(scratch, "SSO", "portal.sso", sso->region);
    const char *const headers[] = {mem_printf(scratch, "x-amz-sso_bearer_token: %s", token), NULL};
    HttpRequest request = {
        .url = mem_printf(scratch, "%s/federation/credentials?%s", base, query.text),
        .headers = headers,
        .deadline_ms = search->options->deadline_ms,
    };
    json_t *answer = http_json(scratch, &request, err);
    return (answer != NULL && aws_keys_from_json(search, answer, names, "IAM Identity Center", keys, err)) ||
           error_wrap(err, "asking IAM Identity Center for the role %s", sso->role_name);
}
