/* pg/cloud/azure_entra.c: applications that prove to Entra ID who they are: by a secret, a certificate, or the token of
 * somebody whom Entra ID trusts (OAuth 2.0 client credentials, "Microsoft identity platform"). See azure.h. */
#include "base/log.h"
#include "pg/cloud/azure.h"
#include "pg/cloud/http.h"

static char *endpoint_of(const void *ctx, const CloudSearch *search)
{
    return mem_printf(ctx, "%s/%s/oauth2/v2.0/token", azure_authority(ctx), azure_tenant(search));
}

/* Asks for the token; `kind` is the form's name for the proof. */
static CloudOutcome ask(CloudSearch *search, const char *kind, const char *proof, const char **token, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str form = str_new(scratch);
    form_add(&form, "grant_type", "client_credentials");
    form_add(&form, "client_id", azure_client(search));
    if (text_equal(kind, "client_assertion"))
        form_add(&form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    form_add(&form, kind, proof);
    form_add(&form, "scope", mem_printf(scratch, "%s/.default", azure_resource()));
    HttpRequest request = {
        .url = endpoint_of(scratch, search),
        .body = form.text,
        .deadline_ms = search->options->deadline_ms,
    };
    *token = http_token(search->ctx, &request, "access_token", err);
    if (*token != NULL)
        return CLOUD_FOUND;
    error_wrap(err, "asking Entra ID for a token for the application %s", azure_client(search));
    return CLOUD_FAILED;
}

/* Is it known who asks? Else why not. */
static bool is_known(CloudSearch *search, const char *source)
{
    if (azure_tenant(search) != NULL && azure_client(search) != NULL)
        return true;
    cloud_not_here(search, "%s: %s is not set", source,
                   azure_tenant(search) == NULL ? "AZURE_TENANT_ID" : "AZURE_CLIENT_ID");
    return false;
}

CloudOutcome azure_from_secret(CloudSearch *search, const char **token, Error *err)
{
    const char *secret = cloud_env("AZURE_CLIENT_SECRET"), *certificate = cloud_env("AZURE_CLIENT_CERTIFICATE_PATH");
    if (secret == NULL && certificate == NULL)
        return cloud_not_here(search, "environment: neither AZURE_CLIENT_SECRET nor "
                                      "AZURE_CLIENT_CERTIFICATE_PATH is set");
    if (!is_known(search, "environment"))
        return CLOUD_NOT_HERE;
    if (secret != NULL) {
        redact_value(secret);
        return ask(search, "client_secret", secret, token, err);
    }
    SCRATCH void *scratch = mem_scratch();
    const char *assertion =
        azure_certificate_assertion(scratch, certificate, azure_client(search), endpoint_of(scratch, search), err);
    return assertion == NULL ? CLOUD_FAILED : ask(search, "client_assertion", assertion, token, err);
}

CloudOutcome azure_from_workload(CloudSearch *search, const char **token, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *file = cloud_env("AZURE_FEDERATED_TOKEN_FILE");
    if (file == NULL)
        return cloud_not_here(search, "workload identity: AZURE_FEDERATED_TOKEN_FILE is not set");
    if (!is_known(search, "workload identity"))
        return CLOUD_NOT_HERE;
    const char *assertion = cloud_secret_file(scratch, file, err);
    if (assertion != NULL)
        return ask(search, "client_assertion", assertion, token, err);
    error_wrap(err, "reading the workload's identity");
    return CLOUD_FAILED;
}
