/* pg/cloud/aws_sts.c: taking a role, from AWS's Security Token Service. See aws.h.
 *
 * The role is taken with other keys, which sign the request (AssumeRole), or with a token of somebody whom AWS trusts
 * to say who we are: Kubernetes, GitHub, … (AssumeRoleWithWebIdentity, not signed). */
#include "base/log.h"
#include "pg/cloud/aws.h"
#include "pg/cloud/http.h"
#include "pg/cloud/json.h"

#include <string.h>

static const char FORM_TYPE[] = "application/x-www-form-urlencoded";

/* `token` is the web identity's, or NULL. */
static const char *role_request(const void *ctx, const AwsRole *role, const char *token)
{
    Str body = str_new(ctx);
    form_add(&body, "Action", token == NULL ? "AssumeRole" : "AssumeRoleWithWebIdentity");
    form_add(&body, "Version", "2011-06-15");
    form_add(&body, "RoleArn", role->role_arn);
    form_add(&body, "RoleSessionName",
             role->session_name != NULL ? role->session_name : mem_printf(ctx, "pgwright-%lld", (long long)time(NULL)));
    if (role->duration_seconds != NULL)
        form_add(&body, "DurationSeconds", role->duration_seconds);
    if (role->external_id != NULL)
        form_add(&body, "ExternalId", role->external_id);
    if (token != NULL)
        form_add(&body, "WebIdentityToken", token);
    return body.text;
}

static bool keys_from_reply(CloudSearch *search, const char *xml, AwsKeys *keys, Error *err)
{
    keys->id = xml_text(search->ctx, xml, "AccessKeyId");
    keys->secret = xml_text(search->ctx, xml, "SecretAccessKey");
    keys->session_token = xml_text(search->ctx, xml, "SessionToken");
    if (keys->id == NULL || keys->secret == NULL || keys->session_token == NULL)
        return error_set(err, ERR_CONNECTION, "what STS answers holds no credentials");
    redact_value(keys->secret);
    redact_value(keys->session_token);
    return true;
}

/* Headers of a request that `by` signs; NULL signs nothing. */
static void add_headers(const void *ctx, const AwsKeys *by, const AwsPost *post, const char *region, TextList *headers)
{
    list_push(ctx, headers, mem_printf(ctx, "Content-Type: %s", post->content_type));
    if (by != NULL) {
        AwsScope scope = aws_scope(time(NULL), region, "sts");
        list_push(ctx, headers, mem_printf(ctx, "X-Amz-Date: %s", scope.stamp));
        list_push(ctx, headers, mem_printf(ctx, "Authorization: %s", aws_authorization(ctx, by, &scope, post)));
        if (by->session_token != NULL)
            list_push(ctx, headers, mem_printf(ctx, "X-Amz-Security-Token: %s", by->session_token));
    }
    list_push(ctx, headers, NULL);
}

static bool ask(CloudSearch *search, const char *body, const AwsKeys *by, AwsKeys *keys, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *region = search->options->aws_region;
    const char *url = mem_printf(scratch, "%s/", aws_endpoint(scratch, "STS", "sts", region));
    AwsPost post = {.host = http_host(scratch, url), .content_type = FORM_TYPE, .body = body};
    TextList headers = {0};
    add_headers(scratch, by, &post, region, &headers);
    HttpRequest request = {.url = url, .headers = headers.v, .body = body, .deadline_ms = search->options->deadline_ms};
    HttpReply reply;
    if (!http_send(scratch, &request, &reply, err))
        return false;
    return http_ok(&reply) ? keys_from_reply(search, reply.body, keys, err) : http_refused(&request, &reply, err);
}

bool aws_assume_role(CloudSearch *search, const AwsRole *role, const AwsKeys *by, AwsKeys *keys, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *token = NULL;
    if (role->web_identity_token_file != NULL) {
        token = cloud_secret_file(scratch, role->web_identity_token_file, err);
        if (token == NULL)
            return error_wrap(err, "reading the web identity");
    }
    AwsKeys signers = by == NULL ? (AwsKeys){0} : *by; /* `keys` may be the same */
    return ask(search, role_request(scratch, role, token), token == NULL ? &signers : NULL, keys, err) ||
           error_wrap(err, "taking the role %s", role->role_arn);
}

CloudOutcome aws_from_web_identity(CloudSearch *search, AwsKeys *keys, Error *err)
{
    AwsRole role = {
        .role_arn = cloud_env("AWS_ROLE_ARN"),
        .session_name = cloud_env("AWS_ROLE_SESSION_NAME"),
        .web_identity_token_file = cloud_env("AWS_WEB_IDENTITY_TOKEN_FILE"),
    };
    if (role.web_identity_token_file == NULL || role.role_arn == NULL)
        return cloud_not_here(search, "web identity: %s is not set",
                              role.web_identity_token_file == NULL ? "AWS_WEB_IDENTITY_TOKEN_FILE" : "AWS_ROLE_ARN");
    return aws_assume_role(search, &role, NULL, keys, err) ? CLOUD_FOUND : CLOUD_FAILED;
}
