/* base/digest.h: SHA-1, SHA-256 and MD5, by OpenSSL's libcrypto. Hex is lower-case. MD5 makes names here, it guards nothing. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

typedef enum DigestKind { DIGEST_SHA1, DIGEST_SHA256, DIGEST_MD5 } DigestKind;

enum { DIGEST_HEX_MAX = 65 }; /* 64 hex digits and the NUL */

typedef struct Digest Digest;

Digest *digest_new(const void *ctx, DigestKind kind);
void digest_add(Digest *d, const void *bytes, size_t len);
/* Ends the digest; it can be begun again with digest_add. */
void digest_hex(Digest *d, char hex[DIGEST_HEX_MAX]);

/* Of one span of bytes. */
void digest_of(DigestKind kind, const void *bytes, size_t len, char hex[DIGEST_HEX_MAX]);

#endif
