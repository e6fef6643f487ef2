/* pg/cloud/google_instance.c: what Cloud SQL's administration interface is asked. See google_instance.h. */
#include "pg/cloud/google_instance.h"

#include "base/log.h"
#include "pg/cloud/google.h"
#include "pg/cloud/http.h"
#include "pg/cloud/json.h"
#include "pg/cloud/jwt.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BITS = 2048 };

bool google_name(const void *ctx, const char *text, GoogleName *name, Error *err)
{
    char *project = mem_strdup(ctx, text), *instance = strrchr(project, ':'), *region = NULL;
    if (instance != NULL) {
        *instance++ = '\0';
        region = strrchr(project, ':');
    }
    if (region != NULL)
        *region++ = '\0';
    if (region == NULL || *project == '\0' || *region == '\0' || *instance == '\0') {
        error_set(err, ERR_CONFIG, "\"%s\" is no Cloud SQL instance", text);
        error_hint(err, "its connection name has three parts: PROJECT:REGION:INSTANCE");
        return false;
    }
    *name = (GoogleName){project, region, instance};
    return true;
}

/* ---- asking ---- */

/* The interface's host can be another: CSQL_PROXY_SQLADMIN_API_ENDPOINT, as Google's own proxy has it. */
static char *url_of(const void *ctx, const GoogleCredentials *credentials, const GoogleName *name, const char *what)
{
    const char *endpoint = cloud_env("CSQL_PROXY_SQLADMIN_API_ENDPOINT");
    Str url = str_new(ctx);
    if (endpoint == NULL)
        str_addf(&url, "https://sqladmin.%s", google_universe(credentials));
    else
        str_add_n(&url, endpoint, strlen(endpoint) - text_ends(endpoint, "/"));
    str_add(&url, "/sql/v1beta4/projects/");
    form_encode(&url, name->project);
    str_add(&url, "/instances/");
    form_encode(&url, name->instance);
    str_add(&url, what);
    return url.text;
}

static json_t *ask(const void *ctx, const GoogleCredentials *credentials, const char *url, const char *token,
                   const char *body, Error *err)
{
    const char *quota = credentials->file == NULL ? NULL : config_text(credentials->file, "quota_project_id", NULL);
    TextList headers = {0};
    list_push(ctx, &headers, mem_printf(ctx, "Authorization: Bearer %s", token));
    if (body != NULL)
        list_push(ctx, &headers, "Content-Type: application/json");
    if (quota != NULL)
        list_push(ctx, &headers, mem_printf(ctx, "X-Goog-User-Project: %s", quota));
    list_push(ctx, &headers, NULL);
    HttpRequest request = {
        .url = url,
        .headers = headers.v,
        .body = body,
        .deadline_ms = credentials->search->options->deadline_ms,
    };
    return http_json(ctx, &request, err);
}

/* ---- where it is ---- */

static void add_address(const void *ctx, json_t *settings, const char *type, TextList *addresses)
{
    size_t i;
    json_t *address;
    json_array_foreach(json_object_get(settings, "ipAddresses"), i, address) {
        const char *text = config_text(address, "ipAddress", NULL);
        if (text != NULL && strcmp(config_text(address, "type", ""), type) == 0)
            list_push(ctx, addresses, mem_strdup(ctx, text));
    }
}

/* As certificates have it, without the root's dot. */
static void add_dns_name(const void *ctx, const char *name, TextList *names)
{
    if (name != NULL && *name != '\0')
        list_push(ctx, names, mem_strndup(ctx, name, strlen(name) - text_ends(name, ".")));
}

/* The public address before the private one, as Google's connectors choose; a service attachment has a name alone. */
static bool read_settings(const void *ctx, json_t *settings, GoogleInstance *instance, Error *err)
{
    const char *region = config_text(settings, "region", "");
    const char *authority = config_text(settings, "serverCaCert.cert", NULL);
    size_t i;
    json_t *name;
    if (strcmp(region, instance->name.region) != 0)
        return error_set(err, ERR_CONFIG, "the instance is in the region %s and not in %s", region,
                         instance->name.region);
    if (strcmp(config_text(settings, "backendType", ""), "SECOND_GEN") != 0)
        return error_set(err, ERR_CONFIG, "the instance is not of the second generation");
    add_dns_name(ctx, config_text(settings, "dnsName", NULL), &instance->dns_names);
    json_array_foreach(json_object_get(settings, "dnsNames"), i, name)
        add_dns_name(ctx, config_text(name, "name", NULL), &instance->dns_names);
    add_address(ctx, settings, "PRIMARY", &instance->addresses);
    add_address(ctx, settings, "PRIVATE", &instance->addresses);
    if (config_bool(settings, "pscEnabled", false) && instance->dns_names.n > 0)
        list_push(ctx, &instance->addresses, instance->dns_names.v[0]);
    if (instance->addresses.n == 0)
        return error_set(err, ERR_CONNECTION, "the instance has no address");
    if (authority == NULL)
        return error_set(err, ERR_CONNECTION, "the instance has no certificate authority");
    instance->authority = mem_strdup(ctx, authority);
    return true;
}

/* ---- who we are ---- */

static EVP_PKEY *new_key(const void *ctx)
{
    EVP_PKEY *key = EVP_RSA_gen(KEY_BITS);
    if (key == NULL)
        abort();
    return key_owned(ctx, key);
}

static const char *public_pem(const void *ctx, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    if (bio == NULL || PEM_write_bio_PUBKEY(bio, key) != 1)
        abort();
    long len = BIO_get_mem_data(bio, &text);
    const char *copy = mem_strndup(ctx, text, (size_t)len);
    BIO_free(bio);
    return copy;
}

static bool certify(const GoogleCredentials *credentials, const char *token, GoogleInstance *instance, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *login;
    if (!google_token(credentials, GOOGLE_SCOPE_LOGIN, &login, err))
        return false;
    EVP_PKEY *key = new_key(scratch);
    json_t *body = json_pack("{s:s, s:s}", "public_key", public_pem(scratch, key), "access_token", login);
    char *text = json_dumps(json_owned(scratch, body), JSON_COMPACT);
    const char *url = url_of(scratch, credentials, &instance->name, ":generateEphemeralCert");
    json_t *answer = ask(scratch, credentials, url, token, text, err);
    free(text);
    if (answer == NULL)
        return error_wrap(err, "asking for a certificate");
    const char *certificate = config_text(answer, "ephemeralCert.cert", "");
    return google_tls_prepare(credentials->search->ctx, instance, certificate, key, err);
}

bool google_instance_fetch(CloudSearch *search, GoogleInstance *instance, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    GoogleCredentials credentials;
    const char *token;
    *instance = (GoogleInstance){0};
    if (!google_name(search->ctx, search->options->google_instance, &instance->name, err))
        return false;
    instance->common_name = mem_printf(search->ctx, "%s:%s", instance->name.project, instance->name.instance);
    if (!google_credentials(search, &credentials, err) || !google_token(&credentials, GOOGLE_SCOPE_ADMIN, &token, err))
        return false;
    const char *url = url_of(scratch, &credentials, &instance->name, "/connectSettings");
    json_t *settings = ask(scratch, &credentials, url, token, NULL, err);
    return (settings != NULL && read_settings(search->ctx, settings, instance, err) &&
            certify(&credentials, token, instance, err)) ||
           error_wrap(err, "asking for the Cloud SQL instance %s", search->options->google_instance);
}
