/* pg/cloud/azure.c: the chain of sources. See azure.h. */
#include "pg/cloud/azure.h"

#include <string.h>
#include <strings.h>

typedef struct AzureSource {
    const char *credential; /* the SDKs' name */
    const char *group;
    CloudOutcome (*find)(CloudSearch *search, const char **token, Error *err);
} AzureSource;

static const AzureSource sources[] = {
    {"EnvironmentCredential",       "prod", azure_from_secret          },
    {"WorkloadIdentityCredential",  "prod", azure_from_workload        },
    {"ManagedIdentityCredential",   "prod", azure_from_managed_identity},
    {"AzureCliCredential",          "dev",  azure_from_az              },
    {"AzureDeveloperCliCredential", "dev",  azure_from_azd             },
    {"AzurePowerShellCredential",   "dev",  azure_from_powershell      },
};

static bool is_wanted(const AzureSource *source, const char *wanted)
{
    return wanted == NULL || strcasecmp(wanted, source->group) == 0 || strcasecmp(wanted, source->credential) == 0;
}

static const char *first_of(const char *option, const char *variable)
{
    return option != NULL && *option != '\0' ? option : cloud_env(variable);
}

const char *azure_tenant(const CloudSearch *search)
{
    return first_of(search->options->azure_tenant_id, "AZURE_TENANT_ID");
}

const char *azure_client(const CloudSearch *search)
{
    return first_of(search->options->azure_client_id, "AZURE_CLIENT_ID");
}

/* The tenant becomes part of URLs and commands. */
static bool check_tenant(const CloudSearch *search, Error *err)
{
    static const char usual[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
    const char *tenant = azure_tenant(search);
    return tenant == NULL || (tenant[0] != '-' && strspn(tenant, usual) == strlen(tenant)) ||
           error_set(err, ERR_CONFIG, "\"%s\" is no Azure tenant: a UUID or a domain is expected", tenant);
}

bool azure_token(CloudSearch *search, const char **token, Error *err)
{
    const char *wanted = cloud_env("AZURE_TOKEN_CREDENTIALS");
    bool any = false;
    if (!check_tenant(search, err))
        return false;
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        if (!is_wanted(&sources[i], wanted))
            continue;
        any = true;
        CloudOutcome outcome = sources[i].find(search, token, err);
        if (outcome != CLOUD_NOT_HERE)
            return outcome == CLOUD_FOUND;
    }
    if (!any)
        return error_set(err, ERR_CONFIG, "AZURE_TOKEN_CREDENTIALS is \"%s\", which names no credential", wanted);
    static const char hint[] = "`az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";
    return cloud_nothing_found(search, "Azure identity", hint, err);
}

/* ---- clouds ---- */

const char *azure_authority(const void *ctx)
{
    const char *host = cloud_env("AZURE_AUTHORITY_HOST");
    if (host == NULL)
        return "https://login.microsoftonline.com";
    const char *url = strstr(host, "://") == NULL ? mem_printf(ctx, "https://%s", host) : host;
    return mem_strndup(ctx, url, strlen(url) - text_ends(url, "/"));
}

const char *azure_resource(void)
{
    const char *host = cloud_env("AZURE_AUTHORITY_HOST");
    if (host != NULL && strstr(host, "login.microsoftonline.us") != NULL)
        return "https://ossrdbms-aad.database.usgovcloudapi.net";
    if (host != NULL && strstr(host, "login.chinacloudapi.cn") != NULL)
        return "https://ossrdbms-aad.database.chinacloudapi.cn";
    return "https://ossrdbms-aad.database.windows.net";
}
