/* pg/cloud/aws_metadata.c: the roles that AWS gives to containers (ECS, EKS) and to machines (EC2). See aws.h. */
#include "base/log.h"
#include "pg/cloud/aws.h"
#include "pg/cloud/http.h"
#include "pg/cloud/json.h"

#include <string.h>
#include <strings.h>

static const char *const key_names[3] = {"AccessKeyId", "SecretAccessKey", "Token"};

/* ---- containers ---- */

/* What gets the authorization token must be AWS's agent: through TLS, on this machine, or at an address that leads no
 * further than the machine it runs on. */
static bool is_agent(const char *url)
{
    static const char *const agents[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
    SCRATCH void *scratch = mem_scratch();
    const char *host = http_host(scratch, url);
    if (host == NULL || http_is_private(url))
        return host != NULL;
    for (size_t i = 0; i < sizeof agents / sizeof agents[0]; i++)
        if (text_starts(url, "http://") && text_starts(host, agents[i]) &&
            (host[strlen(agents[i])] == '\0' || host[strlen(agents[i])] == ':'))
            return true;
    return false;
}

static bool container_authorization(const void *ctx, const char **token, Error *err)
{
    const char *file = cloud_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    *token = file == NULL ? cloud_env("AWS_CONTAINER_AUTHORIZATION_TOKEN") : cloud_secret_file(ctx, file, err);
    redact_value(*token);
    return file == NULL || *token != NULL;
}

static bool ask_container(CloudSearch *search, const char *url, AwsKeys *keys, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *token;
    if (!is_agent(url))
        return error_set(err, ERR_CONFIG, "AWS_CONTAINER_CREDENTIALS_FULL_URI leads out of this machine without TLS");
    if (!container_authorization(scratch, &token, err))
        return false;
    const char *const headers[] = {token == NULL ? NULL : mem_printf(scratch, "Authorization: %s", token), NULL};
    HttpRequest request = {.url = url, .headers = headers, .nearby = true, .deadline_ms = search->options->deadline_ms};
    json_t *answer = http_json(scratch, &request, err);
    return answer != NULL && aws_keys_from_json(search, answer, key_names, "the container's agent", keys, err);
}

CloudOutcome aws_from_container(CloudSearch *search, AwsKeys *keys, Error *err)
{
    const char *relative = cloud_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *url = cloud_env("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (relative == NULL && url == NULL)
        return cloud_not_here(search, "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set");
    if (relative != NULL)
        url = mem_printf(search->ctx, "http://169.254.170.2%s", relative);
    if (ask_container(search, url, keys, err))
        return CLOUD_FOUND;
    error_wrap(err, "asking for the container's role");
    return CLOUD_FAILED;
}

/* ---- machines: the second version of the metadata service, which hands out nothing without a token of its own ---- */

static const char *instance_endpoint(const void *ctx)
{
    const char *own = cloud_env("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    const char *mode = cloud_env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    if (own != NULL)
        return mem_strndup(ctx, own, strlen(own) - text_ends(own, "/"));
    return mode != NULL && strcasecmp(mode, "IPv6") == 0 ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
}

static bool instance_get(const void *ctx, const HttpRequest *request, View *text, Error *err)
{
    HttpReply reply;
    if (!http_send(ctx, request, &reply, err))
        return false;
    *text = view_trim((View){reply.body, reply.body_len});
    return (http_ok(&reply) && text->len > 0) || http_refused(request, &reply, err);
}

/* Behind the token: the role's name, then its keys. */
static bool ask_instance(CloudSearch *search, const char *base, View token, AwsKeys *keys, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *proof = mem_printf(scratch, "X-aws-ec2-metadata-token: %.*s", (int)token.len, token.p);
    const char *list = mem_printf(scratch, "%s/latest/meta-data/iam/security-credentials/", base);
    HttpRequest request = {
        .url = list,
        .headers = (const char *const[]){proof, NULL},
        .nearby = true,
        .deadline_ms = search->options->deadline_ms,
    };
    View role;
    if (!instance_get(scratch, &request, &role, err))
        return false;
    request.url = mem_printf(scratch, "%s%.*s", list, (int)strcspn(role.p, "\r\n"), role.p);
    json_t *answer = http_json(scratch, &request, err);
    return answer != NULL && aws_keys_from_json(search, answer, key_names, "the instance's metadata", keys, err);
}

CloudOutcome aws_from_instance(CloudSearch *search, AwsKeys *keys, Error *err)
{
    static const char *const headers[] = {"X-aws-ec2-metadata-token-ttl-seconds: 21600", NULL};
    SCRATCH void *scratch = mem_scratch();
    const char *disabled = cloud_env("AWS_EC2_METADATA_DISABLED"), *base = instance_endpoint(scratch);
    if (disabled != NULL && strcasecmp(disabled, "true") == 0)
        return cloud_not_here(search, "instance: AWS_EC2_METADATA_DISABLED says not to ask");
    HttpRequest request = {
        .method = "PUT",
        .url = mem_printf(scratch, "%s/latest/api/token", base),
        .headers = headers,
        .nearby = true,
        .deadline_ms = search->options->deadline_ms,
    };
    View token;
    Error why = {0};
    if (!instance_get(scratch, &request, &token, &why)) {
        if (why.class == ERR_CONNECTION)
            return cloud_not_here_because(search, "instance", &why);
        error_move(err, &why);
        return CLOUD_FAILED;
    }
    if (ask_instance(search, base, token, keys, err))
        return CLOUD_FOUND;
    error_wrap(err, "asking for the instance's role");
    return CLOUD_FAILED;
}
