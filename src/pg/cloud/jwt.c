/* pg/cloud/jwt.c: see jwt.h. */
#include "pg/cloud/jwt.h"

#include "base/log.h"
#include "pg/cloud/json.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

char *base64url(const void *ctx, const void *bytes, size_t len)
{
    unsigned char *text = mem_array(ctx, unsigned char, 4 * ((len + 2) / 3) + 1);
    int n = EVP_EncodeBlock(text, bytes, (int)len);
    while (n > 0 && text[n - 1] == '=')
        n--;
    text[n] = '\0';
    for (int i = 0; i < n; i++)
        text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    return (char *)text;
}

/* ---- keys ---- */

typedef struct KeyHolder {
    EVP_PKEY *key;
} KeyHolder;

static int key_free(KeyHolder *holder)
{
    EVP_PKEY_free(holder->key);
    return 0;
}

EVP_PKEY *key_owned(const void *ctx, EVP_PKEY *key)
{
    KeyHolder *holder = mem_new(ctx, KeyHolder);
    holder->key = key;
    talloc_set_destructor(holder, key_free);
    return key;
}

/* Without a callback OpenSSL would ask at the terminal. */
static int give_password(char *buffer, int size, int writing, void *password)
{
    (void)writing;
    size_t len = password == NULL ? 0 : strlen(password);
    if (len == 0 || len > (size_t)size)
        return -1;
    memcpy(buffer, password, len);
    return (int)len;
}

EVP_PKEY *key_from_pem(const void *ctx, const char *pem, const char *password, const char *source, Error *err)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, give_password, (void *)password);
    BIO_free(bio);
    if (key != NULL)
        return key_owned(ctx, key);
    error_set(err, ERR_CONFIG, "%s: no private key that can be read", source);
    if (strstr(pem, "ENCRYPTED") != NULL)
        error_hint(err, password == NULL ? "the key is encrypted and no password was given" : "is the password right?");
    return NULL;
}

/* ---- assertions ---- */

static void add_document(const void *ctx, Str *out, json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT);
    if (text == NULL)
        abort();
    str_add(out, base64url(ctx, text, strlen(text)));
    free(text);
}

static char *signature(const void *ctx, EVP_PKEY *key, const Str *text)
{
    size_t len = 0;
    unsigned char *bytes = NULL;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    const unsigned char *data = (const unsigned char *)text->text;
    bool ok = EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestSign(md, NULL, &len, data, text->len) == 1;
    if (ok) {
        bytes = mem_array(ctx, unsigned char, len);
        ok = EVP_DigestSign(md, bytes, &len, data, text->len) == 1;
    }
    EVP_MD_CTX_free(md);
    return ok ? base64url(ctx, bytes, len) : NULL;
}

char *jwt_sign(const void *ctx, EVP_PKEY *key, json_t *header, json_t *claims, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    json_owned(scratch, header);
    json_owned(scratch, claims);
    json_object_set_new(header, "alg", json_string("RS256"));
    json_object_set_new(header, "typ", json_string("JWT"));
    Str jwt = str_new(ctx);
    add_document(scratch, &jwt, header);
    str_add_char(&jwt, '.');
    add_document(scratch, &jwt, claims);
    const char *signed_with = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? signature(scratch, key, &jwt) : NULL;
    if (signed_with == NULL) {
        error_set(err, ERR_CONFIG, "the private key cannot sign: an RSA key is needed");
        return NULL;
    }
    str_addf(&jwt, ".%s", signed_with);
    redact_value(jwt.text);
    return jwt.text;
}
