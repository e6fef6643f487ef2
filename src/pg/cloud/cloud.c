/* pg/cloud/cloud.c: see pg/cloud.h. */
#include "pg/cloud.h"

#include "base/log.h"
#include "pg/cloud/aws.h"
#include "pg/cloud/azure.h"
#include "pg/cloud/google.h"
#include "pg/cloud/google_instance.h"
#include "pg/cloud/relay.h"

#include <string.h>
#include <time.h>

static bool need(const char *value, const char *cloud, const char *what, const char *hint, Error *err)
{
    if (value != NULL && *value != '\0')
        return true;
    error_set(err, ERR_CONFIG, "%s sign-in needs %s", cloud, what);
    error_hint(err, "%s", hint);
    return false;
}

/* ---- what travels as a password ---- */

/* A stronger mode than "require" stays as it was asked for; "prefer" is also what nobody asked for. */
static bool encrypt(const CloudOptions *options, CloudSignIn *out, Error *err)
{
    static const char *const weak[] = {"", "allow", "prefer"};
    const char *mode = options->sslmode == NULL ? "" : options->sslmode;
    if (strcmp(mode, "disable") == 0) {
        error_set(err, ERR_CONFIG, "a cloud's token is not sent without TLS, and sslmode is \"disable\"");
        error_hint(err, "--sslmode require, or verify-full with the cloud's certificate in --sslrootcert");
        return false;
    }
    const char *least = text_equal(options->sslrootcert, "system") ? "verify-full" : "require"; /* as libpq wants it */
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++)
        if (strcmp(mode, weak[i]) == 0)
            out->sslmode = least;
    return true;
}

static bool azure_sign_in(CloudSearch *search, CloudSignIn *out, Error *err)
{
    if (!encrypt(search->options, out, err) || !azure_token(search, &out->password, err))
        return false;
    redact_value(out->password);
    return true;
}

static bool aws_sign_in(CloudSearch *search, CloudSignIn *out, Error *err)
{
    const CloudOptions *o = search->options;
    AwsKeys keys;
    if (!need(o->host, "AWS", "the database's endpoint", "--host NAME.….rds.amazonaws.com", err) ||
        !need(o->user, "AWS", "a user", "--username ROLE, one that is granted rds_iam", err) ||
        !need(o->aws_region, "AWS", "a region", "--aws-region or AWS_REGION: where the database is", err) ||
        !encrypt(o, out, err) || !aws_credentials(search, &keys, err))
        return false;
    AwsScope scope = aws_scope(time(NULL), o->aws_region, "rds-db");
    const char *port = o->port == NULL ? "5432" : o->port;
    out->password = aws_database_token(search->ctx, &keys, &scope, o->host, port, o->user);
    redact_value(out->password);
    return true;
}

/* ---- Google ---- */

/* A service account is known to the database without the end of its address. */
static const char *google_user(const void *ctx, const char *user)
{
    static const char end[] = ".gserviceaccount.com";
    return user != NULL && text_ends(user, end) ? mem_strndup(ctx, user, strlen(user) - strlen(end)) : NULL;
}

/* What the relay knows; its own process renews it. */
typedef struct Connector {
    const CloudOptions *options;
    void *ctx; /* owner of the instance at hand */
    GoogleInstance instance;
} Connector;

static bool connector_prepare(void *arg, Error *err)
{
    enum { SAFETY_S = 60 };
    Connector *c = arg;
    if (c->ctx != NULL && c->instance.expires > time(NULL) + SAFETY_S)
        return true;
    talloc_free(c->ctx);
    c->ctx = talloc_new(c);
    CloudSearch search = {.ctx = c->ctx, .options = c->options};
    if (google_instance_fetch(&search, &c->instance, err))
        return true;
    talloc_free(c->ctx);
    c->ctx = NULL;
    return false;
}

static SSL *connector_connect(void *arg, Error *err)
{
    const Connector *c = arg;
    return google_tls_connect(&c->instance, err);
}

/* What is wrong with our identity is found here; whether the instance can be reached, by who connects. */
static bool google_connector(CloudSearch *search, CloudSignIn *out, Error *err)
{
    Connector *c = mem_new(search->ctx, Connector);
    c->options = search->options;
    RelayPeer peer = {.arg = c, .prepare = connector_prepare, .connect = connector_connect};
    if (!connector_prepare(c, err))
        return false;
    out->host = relay_open(search->ctx, &peer, err);
    out->port = RELAY_PORT;
    out->sslmode = "disable"; /* within the socket, that is */
    return out->host != NULL;
}

static bool google_sign_in(CloudSearch *search, CloudSignIn *out, Error *err)
{
    const CloudOptions *o = search->options;
    GoogleCredentials credentials;
    if (!need(o->user, "Google", "a user", "--username: a mail address, or a service account's", err))
        return false;
    out->user = google_user(search->ctx, o->user);
    if (o->google_instance != NULL && *o->google_instance != '\0')
        return google_connector(search, out, err);
    return need(o->host, "Google", "an instance or a host", "--google-instance PROJECT:REGION:INSTANCE, or --host",
                err) &&
           encrypt(o, out, err) && google_credentials(search, &credentials, err) &&
           google_token(&credentials, GOOGLE_SCOPE_LOGIN, &out->password, err);
}

/* ---- all of them ---- */

bool cloud_sign_in(const void *ctx, const CloudOptions *options, CloudSignIn *out, Error *err)
{
    static const struct {
        CloudKind kind;
        const char *name;
        bool (*sign_in)(CloudSearch *search, CloudSignIn *out, Error *err);
    } clouds[] = {
        {CLOUD_AZURE,  "Azure",  azure_sign_in },
        {CLOUD_AWS,    "AWS",    aws_sign_in   },
        {CLOUD_GOOGLE, "Google", google_sign_in},
    };
    CloudSearch search = {.ctx = ctx, .options = options};
    *out = (CloudSignIn){0};
    for (size_t i = 0; i < sizeof clouds / sizeof clouds[0]; i++)
        if (clouds[i].kind == options->kind)
            return clouds[i].sign_in(&search, out, err) || error_wrap(err, "signing in to %s", clouds[i].name);
    return true;
}
