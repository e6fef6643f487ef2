/* pg/cloud/google_credentials.c: finding the credentials, and the kinds that need nobody else: a service account's
 * key, a user's refresh token, the metadata server (Google Cloud, "How Application Default Credentials works"),
 * gcloud. See google.h. */
#include "base/file.h"
#include "base/process.h"
#include "pg/cloud/google.h"
#include "pg/cloud/http.h"
#include "pg/cloud/json.h"
#include "pg/cloud/jwt.h"

#include <string.h>
#include <time.h>

enum { ASSERTION_S = 3600 };

/* ---- finding ---- */

static const char *gcloud_file(const void *ctx)
{
    const char *folder = cloud_env("CLOUDSDK_CONFIG");
    if (folder == NULL)
        folder = cloud_home_path(ctx, ".config/gcloud");
    return folder == NULL ? NULL : path_join(ctx, folder, "application_default_credentials.json");
}

bool google_credentials(CloudSearch *search, GoogleCredentials *out, Error *err)
{
    const char *named = cloud_env("GOOGLE_APPLICATION_CREDENTIALS"), *gcloud = gcloud_file(search->ctx);
    *out = (GoogleCredentials){.search = search};
    if (named == NULL)
        cloud_not_here(search, "GOOGLE_APPLICATION_CREDENTIALS is not set");
    if (named == NULL && (gcloud == NULL || !file_exists(gcloud))) {
        cloud_not_here(search, "%s is not there", gcloud == NULL ? "gcloud's file" : gcloud);
        return true;
    }
    out->source = named != NULL ? named : gcloud;
    out->file = json_file(search->ctx, out->source, err);
    return out->file != NULL || error_wrap(err, "reading Google's credentials");
}

const char *google_universe(const GoogleCredentials *credentials)
{
    const char *own = credentials->file == NULL ? NULL : config_text(credentials->file, "universe_domain", NULL);
    if (own == NULL)
        own = cloud_env("GOOGLE_CLOUD_UNIVERSE_DOMAIN");
    return own == NULL ? "googleapis.com" : own;
}

/* ---- tokens ---- */

static bool post_form(const GoogleCredentials *c, const char *url, const char *form, const char **token, Error *err)
{
    HttpRequest request = {.url = url, .body = form, .deadline_ms = c->search->options->deadline_ms};
    *token = http_token(c->search->ctx, &request, "access_token", err);
    return *token != NULL;
}

static const char *token_uri(const GoogleCredentials *credentials)
{
    return config_text(credentials->file, "token_uri", "https://oauth2.googleapis.com/token");
}

static bool service_account_token(const GoogleCredentials *c, const char *scope, const char **token, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *email = json_needed(c->file, "client_email", c->source, err);
    const char *pem = email == NULL ? NULL : json_secret(c->file, "private_key", c->source, err);
    EVP_PKEY *key = pem == NULL ? NULL : key_from_pem(scratch, pem, NULL, c->source, err);
    if (key == NULL)
        return false;
    const char *id = config_text(c->file, "private_key_id", NULL);
    json_int_t now = time(NULL);
    json_t *claims = json_pack("{s:s, s:s, s:s, s:I, s:I}", "iss", email, "scope", scope, "aud", token_uri(c), "iat",
                               now, "exp", now + ASSERTION_S);
    const char *assertion =
        jwt_sign(scratch, key, id == NULL ? json_object() : json_pack("{s:s}", "kid", id), claims, err);
    if (assertion == NULL)
        return false;
    Str form = str_new(scratch);
    form_add(&form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    form_add(&form, "assertion", assertion);
    return post_form(c, token_uri(c), form.text, token, err);
}

/* What the user agreed to when signing in is what the token is for. */
static bool authorized_user_token(const GoogleCredentials *c, const char *scope, const char **token, Error *err)
{
    static const char *const names[] = {"client_id", "client_secret", "refresh_token"};
    SCRATCH void *scratch = mem_scratch();
    Str form = str_new(scratch);
    (void)scope;
    form_add(&form, "grant_type", "refresh_token");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = (i == 0 ? json_needed : json_secret)(c->file, names[i], c->source, err);
        if (text == NULL)
            return false;
        form_add(&form, names[i], text);
    }
    return post_form(c, token_uri(c), form.text, token, err);
}

static CloudOutcome metadata_token(const GoogleCredentials *c, const char *scope, const char **token, Error *err)
{
    static const char *const headers[] = {"Metadata-Flavor: Google", NULL};
    SCRATCH void *scratch = mem_scratch();
    const char *host = cloud_env("GCE_METADATA_HOST");
    Str query = str_new(scratch);
    form_add(&query, "scopes", scope);
    HttpRequest request = {
        .url = mem_printf(scratch, "http://%s/computeMetadata/v1/instance/service-accounts/default/token?%s",
                          host == NULL ? "metadata.google.internal" : host, query.text),
        .headers = headers,
        .nearby = true,
        .deadline_ms = c->search->options->deadline_ms,
    };
    Error why = {0};
    *token = http_token(c->search->ctx, &request, "access_token", &why);
    if (*token != NULL)
        return CLOUD_FOUND;
    if (text_equal(why.code, HTTP_NO_ANSWER))
        return cloud_not_here_because(c->search, "metadata server", &why);
    error_move(err, &why);
    error_wrap(err, "asking the metadata server for a token");
    return CLOUD_FAILED;
}

/* Who is signed in with gcloud itself: its tokens are good for databases as well. */
static CloudOutcome gcloud_token(const GoogleCredentials *c, const char *scope, const char **token, Error *err)
{
    enum { TOOL_MS = 60000 };
    static const char *const argv[] = {"gcloud", "config", "config-helper", "--format=json", NULL};
    SCRATCH void *scratch = mem_scratch();
    Error why = {0};
    (void)scope;
    if (process_find(scratch, argv[0]) == NULL)
        return cloud_not_here(c->search, "gcloud: not in PATH");
    json_t *answer = cloud_ask_program(scratch, c->search->options, argv, NULL, TOOL_MS, &why);
    const char *text = answer == NULL ? NULL : json_secret(answer, "credential.access_token", "what it printed", &why);
    *token = mem_strdup(c->search->ctx, text);
    if (text != NULL)
        return CLOUD_FOUND;
    if (why.class != ERR_TIMEOUT)
        return cloud_not_here_because(c->search, argv[0], &why);
    error_move(err, &why);
    return CLOUD_FAILED;
}

/* Without a file. */
static bool token_of_here(const GoogleCredentials *c, const char *scope, const char **token, Error *err)
{
    CloudOutcome outcome = metadata_token(c, scope, token, err);
    if (outcome == CLOUD_NOT_HERE)
        outcome = gcloud_token(c, scope, token, err);
    if (outcome != CLOUD_NOT_HERE)
        return outcome == CLOUD_FOUND;
    return cloud_nothing_found(c->search, "Google identity",
                               "sign in with `gcloud auth application-default login`, or name a key file in "
                               "GOOGLE_APPLICATION_CREDENTIALS", err);
}

static const struct {
    const char *type;
    bool (*token)(const GoogleCredentials *credentials, const char *scope, const char **token, Error *err);
} kinds[] = {
    {"service_account",              service_account_token    },
    {"authorized_user",              authorized_user_token    },
    {"external_account",             google_token_external    },
    {"impersonated_service_account", google_token_impersonated},
};

bool google_token(const GoogleCredentials *credentials, const char *scope, const char **token, Error *err)
{
    if (credentials->file == NULL)
        return token_of_here(credentials, scope, token, err);
    const char *type = json_needed(credentials->file, "type", credentials->source, err);
    if (type == NULL)
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(type, kinds[i].type) == 0)
            return kinds[i].token(credentials, scope, token, err) ||
                   error_wrap(err, "asking Google for a token with %s", credentials->source);
    return error_set(err, ERR_CONFIG, "%s: credentials of type \"%s\" cannot sign in to databases", credentials->source,
                     type);
}
