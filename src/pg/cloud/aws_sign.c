/* pg/cloud/aws_sign.c: see aws_sign.h. */
#include "pg/cloud/aws_sign.h"

#include "base/digest.h"
#include "pg/cloud/http.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

static const char ALGORITHM[] = "AWS4-HMAC-SHA256";
enum { DATE_LENGTH = 8, KEY_SIZE = 32 };

AwsScope aws_scope(time_t when, const char *region, const char *service)
{
    AwsScope scope = {.region = region, .service = service};
    struct tm utc;
    gmtime_r(&when, &utc);
    strftime(scope.stamp, sizeof scope.stamp, "%Y%m%dT%H%M%SZ", &utc);
    return scope;
}

/* "20161107/us-east-1/rds-db/aws4_request" */
static char *scope_text(const void *ctx, const AwsScope *scope)
{
    return mem_printf(ctx, "%.*s/%s/%s/aws4_request", DATE_LENGTH, scope->stamp, scope->region, scope->service);
}

static void hmac(const void *key, size_t key_len, const char *text, size_t len, unsigned char out[KEY_SIZE])
{
    unsigned char next[EVP_MAX_MD_SIZE];
    if (HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, len, next, NULL) == NULL)
        abort();
    memcpy(out, next, KEY_SIZE);
}

/* key = HMAC(key, text) */
static void chain(unsigned char key[KEY_SIZE], const char *text, size_t len)
{
    hmac(key, KEY_SIZE, text, len, key);
}

static void signing_key(const char *secret, const AwsScope *scope, unsigned char key[KEY_SIZE])
{
    SCRATCH void *scratch = mem_scratch();
    const char *start = mem_printf(scratch, "AWS4%s", secret);
    hmac(start, strlen(start), scope->stamp, DATE_LENGTH, key);
    chain(key, scope->region, strlen(scope->region));
    chain(key, scope->service, strlen(scope->service));
    chain(key, "aws4_request", strlen("aws4_request"));
}

static char *signature_of(const void *ctx, const AwsKeys *keys, const AwsScope *scope, const Str *canonical)
{
    char hex[DIGEST_HEX_MAX];
    unsigned char key[KEY_SIZE];
    digest_of(DIGEST_SHA256, canonical->text, canonical->len, hex);
    const char *to_sign = mem_printf(ctx, "%s\n%s\n%s\n%s", ALGORITHM, scope->stamp, scope_text(ctx, scope), hex);
    signing_key(keys->secret, scope, key);
    chain(key, to_sign, strlen(to_sign));
    Str out = str_new(ctx);
    for (int i = 0; i < KEY_SIZE; i++)
        str_addf(&out, "%02x", key[i]);
    return out.text;
}

static void add_body_digest(Str *canonical, const char *body)
{
    char hex[DIGEST_HEX_MAX];
    digest_of(DIGEST_SHA256, body, strlen(body), hex);
    str_add(canonical, hex);
}

char *aws_database_token(const void *ctx, const AwsKeys *keys, const AwsScope *scope, const char *host,
                         const char *port, const char *user)
{
    SCRATCH void *scratch = mem_scratch();
    Str query = str_new(scratch), canonical = str_new(scratch);
    form_add(&query, "Action", "connect"); /* names in byte order */
    form_add(&query, "DBUser", user);
    form_add(&query, "X-Amz-Algorithm", ALGORITHM);
    form_add(&query, "X-Amz-Credential", mem_printf(scratch, "%s/%s", keys->id, scope_text(scratch, scope)));
    form_add(&query, "X-Amz-Date", scope->stamp);
    form_add(&query, "X-Amz-Expires", "900");
    if (keys->session_token != NULL)
        form_add(&query, "X-Amz-Security-Token", keys->session_token);
    form_add(&query, "X-Amz-SignedHeaders", "host");
    str_addf(&canonical, "GET\n/\n%s\nhost:%s:%s\n\nhost\n", query.text, host, port);
    add_body_digest(&canonical, "");
    return mem_printf(ctx, "%s:%s/?%s&X-Amz-Signature=%s", host, port, query.text,
                      signature_of(scratch, keys, scope, &canonical));
}

char *aws_authorization(const void *ctx, const AwsKeys *keys, const AwsScope *scope, const AwsPost *post)
{
    SCRATCH void *scratch = mem_scratch();
    Str headers = str_new(scratch), names = str_new(scratch), canonical = str_new(scratch);
    const char *const signed_headers[][2] = {
        {"content-type",         post->content_type  },
        {"host",                 post->host          },
        {"x-amz-date",           scope->stamp        },
        {"x-amz-security-token", keys->session_token },
    };
    for (size_t i = 0; i < sizeof signed_headers / sizeof signed_headers[0]; i++) {
        if (signed_headers[i][1] == NULL)
            continue;
        str_addf(&headers, "%s:%s\n", signed_headers[i][0], signed_headers[i][1]);
        str_addf(&names, "%s%s", names.len > 0 ? ";" : "", signed_headers[i][0]);
    }
    str_addf(&canonical, "POST\n/\n\n%s\n%s\n", headers.text, names.text);
    add_body_digest(&canonical, post->body);
    return mem_printf(ctx, "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s", ALGORITHM, keys->id,
                      scope_text(scratch, scope), names.text, signature_of(scratch, keys, scope, &canonical));
}
