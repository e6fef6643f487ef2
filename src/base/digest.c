/* base/digest.c: see digest.h. */
#include "base/digest.h"

#include "base/mem.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

struct Digest {
    EVP_MD_CTX *evp;
    const EVP_MD *md;
};

/* A libcrypto without these digests cannot run this program at all. */
static void require(int ok)
{
    if (ok == 1)
        return;
    fputs("pgwright: libcrypto cannot compute digests\n", stderr);
    abort();
}

static int digest_free(Digest *d)
{
    EVP_MD_CTX_free(d->evp);
    return 0;
}

/* Fetched once: EVP_sha256() and its kin are looked for by name every time they are used (crypto(7), "Performance"). Where
 * only what FIPS approves is fetched by default, MD5 is asked for as what it is. */
static const EVP_MD *fetched(DigestKind kind)
{
    static EVP_MD *fetched[DIGEST_MD5 + 1];
    static const char *const names[] = {[DIGEST_SHA1] = "SHA1", [DIGEST_SHA256] = "SHA256", [DIGEST_MD5] = "MD5"};
    EVP_MD **md = &fetched[kind];
    if (*md == NULL)
        *md = EVP_MD_fetch(NULL, names[kind], kind == DIGEST_MD5 ? "-fips" : NULL);
    require(*md != NULL);
    return *md;
}

Digest *digest_new(const void *ctx, DigestKind kind)
{
    Digest *d = mem_new(ctx, Digest);
    d->md = fetched(kind);
    d->evp = EVP_MD_CTX_new();
    talloc_set_destructor(d, digest_free);
    require(d->evp != NULL && EVP_DigestInit_ex(d->evp, d->md, NULL));
    return d;
}

void digest_add(Digest *d, const void *bytes, size_t len)
{
    require(EVP_DigestUpdate(d->evp, bytes, len));
}

static void to_hex(const unsigned char *bytes, size_t n, char hex[DIGEST_HEX_MAX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * n] = '\0';
}

void digest_hex(Digest *d, char hex[DIGEST_HEX_MAX])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    require(EVP_DigestFinal_ex(d->evp, bytes, &n));
    require(EVP_DigestInit_ex(d->evp, d->md, NULL));
    to_hex(bytes, n, hex);
}

void digest_of(DigestKind kind, const void *bytes, size_t len, char hex[DIGEST_HEX_MAX])
{
    SCRATCH void *scratch = mem_scratch();
    Digest *d = digest_new(scratch, kind);
    digest_add(d, bytes, len);
    digest_hex(d, hex);
}
