/* pg/cloud/aws_credentials.c: the chain of sources, and the one that needs nobody else. See aws.h. */
#include "base/log.h"
#include "pg/cloud/aws.h"
#include "pg/cloud/json.h"

#include <string.h>

bool aws_credentials(CloudSearch *search, AwsKeys *keys, Error *err)
{
    static CloudOutcome (*const sources[])(CloudSearch *, AwsKeys *, Error *) = {
        aws_from_environment, aws_from_web_identity, aws_from_profile, aws_from_container, aws_from_instance,
    };
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        CloudOutcome outcome = sources[i](search, keys, err);
        if (outcome != CLOUD_NOT_HERE)
            return outcome == CLOUD_FOUND;
    }
    static const char hint[] = "name a profile with AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    return cloud_nothing_found(search, "AWS identity", hint, err);
}

CloudOutcome aws_from_environment(CloudSearch *search, AwsKeys *keys, Error *err)
{
    const char *id = cloud_env("AWS_ACCESS_KEY_ID"), *secret = cloud_env("AWS_SECRET_ACCESS_KEY");
    (void)err;
    if (id == NULL || secret == NULL)
        return cloud_not_here(search, "environment: %s is not set",
                              id == NULL ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY");
    *keys = (AwsKeys){id, secret, cloud_env("AWS_SESSION_TOKEN")};
    redact_value(keys->secret);
    redact_value(keys->session_token);
    return CLOUD_FOUND;
}

bool aws_keys_from_json(CloudSearch *search, json_t *document, const char *const names[3], const char *source,
                        AwsKeys *keys, Error *err)
{
    const char *id = json_needed(document, names[0], source, err);
    const char *secret = id == NULL ? NULL : json_secret(document, names[1], source, err);
    const char *token = config_text(document, names[2], NULL);
    if (secret == NULL) {
        err->class = ERR_CONNECTION;
        return false;
    }
    redact_value(token);
    *keys = (AwsKeys){mem_strdup(search->ctx, id), mem_strdup(search->ctx, secret), mem_strdup(search->ctx, token)};
    return true;
}

char *aws_endpoint(const void *ctx, const char *id, const char *prefix, const char *region)
{
    SCRATCH void *scratch = mem_scratch();
    const char *own = cloud_env(mem_printf(scratch, "AWS_ENDPOINT_URL_%s", id));
    if (own == NULL)
        own = cloud_env("AWS_ENDPOINT_URL");
    if (own != NULL)
        return mem_strndup(ctx, own, strlen(own) - text_ends(own, "/"));
    const char *domain = text_starts(region, "cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    return mem_printf(ctx, "https://%s.%s.%s", prefix, region, domain);
}
