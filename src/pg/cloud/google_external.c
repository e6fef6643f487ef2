/* pg/cloud/google_external.c: identities of elsewhere ("workload identity federation", AIP-4117), which Google's
 * Security Token Service exchanges, and service accounts that others may act as. See google.h. */
#include "base/log.h"
#include "pg/cloud/google.h"
#include "pg/cloud/http.h"
#include "pg/cloud/json.h"

#include <openssl/evp.h>
#include <string.h>

/* Authorization of an application by its name and secret (RFC 6749, 2.3.1). */
static const char *basic_authorization(const void *ctx, const char *id, const char *secret)
{
    Str text = str_new(ctx);
    form_encode(&text, id);
    str_add_char(&text, ':');
    form_encode(&text, secret);
    char *encoded = mem_array(ctx, char, text.len * 2 + 4);
    EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)text.text, (int)text.len);
    redact_value(encoded);
    return mem_printf(ctx, "Authorization: Basic %s", encoded);
}

static const char *exchange_form(const void *ctx, json_t *file, const char *subject, const char *scope)
{
    Str form = str_new(ctx);
    const char *project = config_text(file, "workforce_pool_user_project", NULL);
    form_add(&form, "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
    form_add(&form, "audience", config_text(file, "audience", ""));
    form_add(&form, "scope", scope);
    form_add(&form, "requested_token_type", "urn:ietf:params:oauth:token-type:access_token");
    form_add(&form, "subject_token", subject);
    form_add(&form, "subject_token_type", config_text(file, "subject_token_type", ""));
    if (project != NULL && config_text(file, "client_id", NULL) == NULL) {
        json_t *options = json_owned(ctx, json_pack("{s:s}", "userProject", project));
        char *text = json_dumps(options, JSON_COMPACT);
        form_add(&form, "options", text);
        free(text);
    }
    return form.text;
}

static const char *exchange(const GoogleCredentials *c, const char *subject, const char *scope, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *id = config_text(c->file, "client_id", NULL);
    const char *usual = mem_printf(scratch, "https://sts.%s/v1/token", google_universe(c));
    const char *const headers[] = {
        id == NULL ? NULL : basic_authorization(scratch, id, config_text(c->file, "client_secret", "")), NULL};
    HttpRequest request = {
        .url = config_text(c->file, "token_url", usual),
        .headers = headers,
        .body = exchange_form(scratch, c->file, subject, scope),
        .deadline_ms = c->search->options->deadline_ms,
    };
    return http_token(c->search->ctx, &request, "access_token", err);
}

bool google_token_external(const GoogleCredentials *c, const char *scope, const char **token, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *account = config_text(c->file, "service_account_impersonation_url", NULL);
    if (json_needed(c->file, "audience", c->source, err) == NULL ||
        json_needed(c->file, "subject_token_type", c->source, err) == NULL)
        return false;
    const char *subject = google_subject_token(scratch, c, err);
    if (subject == NULL)
        return error_wrap(err, "fetching the identity that is to be exchanged");
    *token = exchange(c, subject, account == NULL ? scope : GOOGLE_SCOPE_PLATFORM, err);
    return *token != NULL && (account == NULL || google_impersonate(c, account, *token, scope, token, err));
}

/* ---- acting as a service account ---- */

static char *impersonation_body(const void *ctx, json_t *file, const char *scope)
{
    json_t *body = json_owned(ctx, json_pack("{s:[s]}", "scope", scope));
    json_t *delegates = config_get(file, "delegates");
    json_t *lifetime = config_get(file, "service_account_impersonation.token_lifetime_seconds");
    if (json_array_size(delegates) > 0)
        json_object_set(body, "delegates", delegates);
    if (json_is_integer(lifetime))
        json_object_set_new(body, "lifetime", json_sprintf("%llds", (long long)json_integer_value(lifetime)));
    char *text = json_dumps(body, JSON_COMPACT);
    char *copy = mem_strdup(ctx, text);
    free(text);
    return copy;
}

bool google_impersonate(const GoogleCredentials *c, const char *url, const char *own_token, const char *scope,
                        const char **token, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *const headers[] = {
        mem_printf(scratch, "Authorization: Bearer %s", own_token), "Content-Type: application/json", NULL};
    HttpRequest request = {
        .url = url,
        .headers = headers,
        .body = impersonation_body(scratch, c->file, scope),
        .deadline_ms = c->search->options->deadline_ms,
    };
    *token = http_token(c->search->ctx, &request, "accessToken", err);
    return *token != NULL || error_wrap(err, "acting as a service account");
}

bool google_token_impersonated(const GoogleCredentials *c, const char *scope, const char **token, Error *err)
{
    const char *url = json_needed(c->file, "service_account_impersonation_url", c->source, err);
    GoogleCredentials own = *c;
    own.file = config_get(c->file, "source_credentials");
    if (url == NULL)
        return false;
    if (!json_is_object(own.file))
        return error_set(err, ERR_CONFIG, "%s: no \"source_credentials\"", c->source);
    const char *own_token;
    return google_token(&own, GOOGLE_SCOPE_PLATFORM, &own_token, err) &&
           google_impersonate(c, url, own_token, scope, token, err);
}
