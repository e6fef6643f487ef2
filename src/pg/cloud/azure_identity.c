/* pg/cloud/azure_identity.c: the identity that Azure gives to a machine or an App Service ("managed identity"). See
 * azure.h. */
#include "base/log.h"
#include "pg/cloud/azure.h"
#include "pg/cloud/http.h"

#include <string.h>

/* BASE?api-version=…&resource=…[&client_id=…]; the last one chooses among several identities. */
static char *url_of(const void *ctx, const CloudSearch *search, const char *base, const char *version)
{
    Str query = str_new(ctx);
    form_add(&query, "api-version", version);
    form_add(&query, "resource", azure_resource());
    if (azure_client(search) != NULL)
        form_add(&query, "client_id", azure_client(search));
    return mem_printf(ctx, "%s?%s", base, query.text);
}

static CloudOutcome failed(Error *err)
{
    error_wrap(err, "asking for the managed identity's token");
    return CLOUD_FAILED;
}

static CloudOutcome from_app_service(CloudSearch *search, const char *endpoint, const char *secret, const char **token,
                                     Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    redact_value(secret);
    const char *const headers[] = {mem_printf(scratch, "X-IDENTITY-HEADER: %s", secret), NULL};
    HttpRequest request = {
        .url = url_of(scratch, search, endpoint, "2019-08-01"),
        .headers = headers,
        .nearby = true,
        .deadline_ms = search->options->deadline_ms,
    };
    *token = http_token(search->ctx, &request, "access_token", err);
    return *token != NULL ? CLOUD_FOUND : failed(err);
}

/* The machine's metadata service. Where there is none, nobody answers; where the machine has no identity, it answers
 * 400. */
static CloudOutcome from_machine(CloudSearch *search, const char **token, Error *err)
{
    static const char *const headers[] = {"Metadata: true", NULL};
    SCRATCH void *scratch = mem_scratch();
    const char *host = cloud_env("AZURE_POD_IDENTITY_AUTHORITY_HOST");
    host = host == NULL ? "http://169.254.169.254" : mem_strndup(scratch, host, strlen(host) - text_ends(host, "/"));
    HttpRequest request = {
        .url = url_of(scratch, search, mem_printf(scratch, "%s/metadata/identity/oauth2/token", host), "2018-02-01"),
        .headers = headers,
        .nearby = true,
        .deadline_ms = search->options->deadline_ms,
    };
    Error why = {0};
    *token = http_token(search->ctx, &request, "access_token", &why);
    if (*token != NULL)
        return CLOUD_FOUND;
    if (text_equal(why.code, HTTP_NO_ANSWER) || text_equal(why.code, HTTP_BAD_REQUEST))
        return cloud_not_here_because(search, "managed identity", &why);
    error_move(err, &why);
    return failed(err);
}

CloudOutcome azure_from_managed_identity(CloudSearch *search, const char **token, Error *err)
{
    const char *endpoint = cloud_env("IDENTITY_ENDPOINT"), *secret = cloud_env("IDENTITY_HEADER");
    return endpoint != NULL && secret != NULL ? from_app_service(search, endpoint, secret, token, err)
                                              : from_machine(search, token, err);
}
