/* pg/cloud/aws_profile.c: what a profile of ~/.aws/config and ~/.aws/credentials says. See aws.h.
 *
 * A profile has keys, or says how they are had: by another profile that takes a role, by a token, from IAM Identity
 * Center, or from a program. */
#include "base/file.h"
#include "base/log.h"
#include "pg/cloud/aws.h"
#include "pg/cloud/aws_ini.h"

#include <string.h>

enum { INI_MAX = 1024 * 1024, MAX_SOURCES = 8, PROGRAM_MS = 60000 };

typedef struct ProfileRun {
    CloudSearch *search;
    AwsSettingList settings;
    int depth; /* how many profiles led to this one */
} ProfileRun;

/* A profile at hand. */
typedef struct Profile {
    ProfileRun *run;
    const char *name;
} Profile;

static const char *setting(const Profile *p, const char *name)
{
    return aws_ini_get(&p->run->settings, p->name, name);
}

static bool lacks(const Profile *p, const char *name, Error *err)
{
    return error_set(err, ERR_CONFIG, "AWS profile %s: no %s", p->name, name);
}

static bool keys_of(ProfileRun *run, const char *name, AwsKeys *keys, Error *err);

/* ---- ways to keys ---- */

static bool has_keys(const Profile *p)
{
    return setting(p, "aws_access_key_id") != NULL;
}

static bool own_keys(const Profile *p, AwsKeys *keys, Error *err)
{
    const void *ctx = p->run->search->ctx;
    if (setting(p, "aws_secret_access_key") == NULL)
        return lacks(p, "aws_secret_access_key", err);
    *keys = (AwsKeys){
        .id = mem_strdup(ctx, setting(p, "aws_access_key_id")),
        .secret = mem_strdup(ctx, setting(p, "aws_secret_access_key")),
        .session_token = mem_strdup(ctx, setting(p, "aws_session_token")),
    };
    redact_value(keys->secret);
    redact_value(keys->session_token);
    return true;
}

static AwsRole role_of(const Profile *p)
{
    return (AwsRole){
        .role_arn = setting(p, "role_arn"),
        .session_name = setting(p, "role_session_name"),
        .external_id = setting(p, "external_id"),
        .duration_seconds = setting(p, "duration_seconds"),
    };
}

static bool has_role(const Profile *p)
{
    return setting(p, "role_arn") != NULL &&
           (setting(p, "source_profile") != NULL || setting(p, "credential_source") != NULL);
}

static bool keys_of_machine(const Profile *p, const char *source, AwsKeys *keys, Error *err)
{
    static const struct {
        const char *name;
        CloudOutcome (*find)(CloudSearch *, AwsKeys *, Error *);
    } sources[] = {
        {"Environment",         aws_from_environment},
        {"EcsContainer",        aws_from_container  },
        {"Ec2InstanceMetadata", aws_from_instance   },
    };
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        if (strcmp(source, sources[i].name) != 0)
            continue;
        CloudSearch search = {.ctx = p->run->search->ctx, .options = p->run->search->options};
        CloudOutcome outcome = sources[i].find(&search, keys, err);
        return outcome == CLOUD_FOUND ||
               (outcome == CLOUD_NOT_HERE &&
                cloud_nothing_found(&search, "AWS identity", "the profile names it as its credential_source", err));
    }
    return error_set(err, ERR_CONFIG, "AWS profile %s: credential_source is none of Environment, EcsContainer and "
                                      "Ec2InstanceMetadata", p->name);
}

/* The keys that the role is taken with; a profile may have its own. */
static bool source_keys(const Profile *p, AwsKeys *keys, Error *err)
{
    const char *source = setting(p, "source_profile");
    if (source == NULL)
        return keys_of_machine(p, setting(p, "credential_source"), keys, err);
    if (strcmp(source, p->name) != 0)
        return keys_of(p->run, source, keys, err);
    return has_keys(p) ? own_keys(p, keys, err) : lacks(p, "aws_access_key_id", err);
}

static bool role_keys(const Profile *p, AwsKeys *keys, Error *err)
{
    AwsRole role = role_of(p);
    if (setting(p, "mfa_serial") != NULL) {
        error_set(err, ERR_CONFIG, "AWS profile %s wants a code of its MFA device; nobody is asked for it", p->name);
        error_hint(err, "take the role with the AWS command line and give its keys in AWS_ACCESS_KEY_ID, "
                        "AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN");
        return false;
    }
    return source_keys(p, keys, err) && aws_assume_role(p->run->search, &role, keys, keys, err);
}

static bool has_token_file(const Profile *p)
{
    return setting(p, "role_arn") != NULL && setting(p, "web_identity_token_file") != NULL;
}

static bool token_file_keys(const Profile *p, AwsKeys *keys, Error *err)
{
    AwsRole role = role_of(p);
    role.web_identity_token_file = setting(p, "web_identity_token_file");
    return aws_assume_role(p->run->search, &role, NULL, keys, err);
}

static bool has_sso(const Profile *p)
{
    return setting(p, "sso_session") != NULL || setting(p, "sso_start_url") != NULL;
}

static bool sso_keys(const Profile *p, AwsKeys *keys, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *session = setting(p, "sso_session");
    Profile names = *p; /* where start URL and region stand */
    if (session != NULL)
        names.name = mem_printf(scratch, "sso-session %s", session);
    AwsSso sso = {
        .cache_key = session != NULL ? session : setting(p, "sso_start_url"),
        .region = setting(&names, "sso_region"),
        .account_id = setting(p, "sso_account_id"),
        .role_name = setting(p, "sso_role_name"),
        .profile = p->name,
    };
    if (sso.region == NULL)
        return lacks(&names, "sso_region", err);
    if (sso.account_id == NULL || sso.role_name == NULL)
        return lacks(p, sso.account_id == NULL ? "sso_account_id" : "sso_role_name", err);
    return aws_sso_keys(p->run->search, &sso, keys, err);
}

static bool has_process(const Profile *p)
{
    return setting(p, "credential_process") != NULL;
}

/* The setting is a shell's command line by its definition. */
static bool process_keys(const Profile *p, AwsKeys *keys, Error *err)
{
    static const char *const names[3] = {"AccessKeyId", "SecretAccessKey", "SessionToken"};
    SCRATCH void *scratch = mem_scratch();
    const char *const argv[] = {"/bin/sh", "-c", setting(p, "credential_process"), NULL};
    json_t *said = cloud_ask_program(scratch, p->run->search->options, argv, NULL, PROGRAM_MS, err);
    return (said != NULL && aws_keys_from_json(p->run->search, said, names, "what it printed", keys, err)) ||
           error_wrap(err, "running credential_process of the AWS profile %s", p->name);
}

/* ---- the profile ---- */

/* In the order in which the SDKs take them. */
static const struct {
    bool (*has)(const Profile *);
    bool (*get)(const Profile *, AwsKeys *, Error *);
} ways[] = {
    {has_role,       role_keys      },
    {has_keys,       own_keys       },
    {has_token_file, token_file_keys},
    {has_sso,        sso_keys       },
    {has_process,    process_keys   },
};

static bool keys_of(ProfileRun *run, const char *name, AwsKeys *keys, Error *err)
{
    Profile p = {run, name};
    if (!aws_ini_has(&run->settings, name))
        return error_set(err, ERR_CONFIG, "there is no AWS profile %s", name);
    if (run->depth++ == MAX_SOURCES)
        return error_set(err, ERR_CONFIG, "AWS profile %s: source_profile leads round in a circle", name);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (ways[i].has(&p))
            return ways[i].get(&p, keys, err);
    return error_set(err, ERR_CONFIG, "AWS profile %s says no way to credentials", name);
}

static bool says_a_way(ProfileRun *run, const char *name)
{
    Profile p = {run, name};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (ways[i].has(&p))
            return true;
    return false;
}

static bool read_settings(ProfileRun *run, const char *variable, const char *usual, bool config, Error *err)
{
    const void *ctx = run->search->ctx;
    const char *path = cloud_env(variable);
    if (path == NULL || text_starts(path, "~/"))
        path = cloud_home_path(ctx, path == NULL ? usual : path);
    size_t len;
    if (path == NULL || !file_exists(path))
        return true;
    const char *text = file_read(ctx, path, INI_MAX, &len, err);
    if (text == NULL)
        return false;
    aws_ini_read(ctx, (View){text, len}, config, &run->settings);
    return true;
}

/* Both files speak of the same profiles; ~/.aws/credentials has the last word. */
CloudOutcome aws_from_profile(CloudSearch *search, AwsKeys *keys, Error *err)
{
    ProfileRun run = {.search = search};
    const char *named = cloud_env("AWS_PROFILE");
    if (named == NULL)
        named = cloud_env("AWS_DEFAULT_PROFILE");
    const char *name = named == NULL ? "default" : named;
    if (!read_settings(&run, "AWS_CONFIG_FILE", ".aws/config", true, err) ||
        !read_settings(&run, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", false, err))
        return CLOUD_FAILED;
    if (named == NULL && !says_a_way(&run, name))
        return cloud_not_here(search, "profile: AWS_PROFILE is not set, and the default says no way to credentials");
    return keys_of(&run, name, keys, err) ? CLOUD_FOUND : CLOUD_FAILED;
}
