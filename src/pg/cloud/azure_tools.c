/* pg/cloud/azure_tools.c: people who are signed in with a tool of Azure's. See azure.h.
 *
 * A tool that is there but in which nobody is signed in ends no search: it may have been installed for something
 * else. */
#include "base/process.h"
#include "pg/cloud/azure.h"
#include "pg/cloud/json.h"

enum { TOOL_MS = 60000 };

/* Runs the tool; the token is the text `key` of the JSON object that it prints. */
static CloudOutcome ask_tool(CloudSearch *search, const char *const argv[], const char *key, const char **token,
                             Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error why = {0};
    if (process_find(scratch, argv[0]) == NULL)
        return cloud_not_here(search, "%s: not in PATH", argv[0]);
    json_t *answer = cloud_ask_program(scratch, search->options, argv, NULL, TOOL_MS, &why);
    const char *text = answer == NULL ? NULL : json_needed(answer, key, "what it printed", &why);
    *token = mem_strdup(search->ctx, text);
    if (text != NULL)
        return CLOUD_FOUND;
    if (why.class != ERR_TIMEOUT)
        return cloud_not_here_because(search, argv[0], &why);
    error_move(err, &why);
    return CLOUD_FAILED;
}

CloudOutcome azure_from_az(CloudSearch *search, const char **token, Error *err)
{
    const char *tenant = azure_tenant(search);
    const char *const argv[] = {"az",      "account", "get-access-token", "--output",
                                "json",    "--resource", azure_resource(), tenant == NULL ? NULL : "--tenant",
                                tenant,    NULL};
    return ask_tool(search, argv, "accessToken", token, err);
}

CloudOutcome azure_from_azd(CloudSearch *search, const char **token, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *tenant = azure_tenant(search), *scope = mem_printf(scratch, "%s/.default", azure_resource());
    const char *const argv[] = {"azd",   "auth", "token", "--output", "json", "--scope",
                                scope, tenant == NULL ? NULL : "--tenant-id", tenant, NULL};
    return ask_tool(search, argv, "token", token, err);
}

/* Newer versions give the token as a SecureString. */
CloudOutcome azure_from_powershell(CloudSearch *search, const char **token, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *tenant = azure_tenant(search);
    Str script = str_new(scratch);
    str_add(&script, "$ErrorActionPreference = 'Stop'\n");
    str_addf(&script, "$token = (Get-AzAccessToken -ResourceUrl '%s'", azure_resource());
    if (tenant != NULL)
        str_addf(&script, " -TenantId '%s'", tenant);
    str_add(&script, ").Token\n"
                     "if ($token -is [securestring]) {\n"
                     "    $token = [System.Net.NetworkCredential]::new('', $token).Password\n"
                     "}\n"
                     "ConvertTo-Json @{token = $token}\n");
    const char *const argv[] = {"pwsh", "-NoProfile", "-NonInteractive", "-Command", script.text, NULL};
    return ask_tool(search, argv, "token", token, err);
}
