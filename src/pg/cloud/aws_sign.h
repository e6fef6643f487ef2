/* pg/cloud/aws_sign.h: AWS's Signature Version 4 (AWS IAM User Guide, "AWS Signature Version 4 for API requests").
 *
 * A secret key never travels: what is sent is an HMAC over the request, by a key derived from it for one day, region
 * and service. */
#ifndef PG_CLOUD_AWS_SIGN_H
#define PG_CLOUD_AWS_SIGN_H

#include <time.h>

/* Credentials; session_token is NULL for those of a user, which do not expire. */
typedef struct AwsKeys {
    const char *id, *secret, *session_token;
} AwsKeys;

enum { AWS_STAMP_SIZE = 17 };

/* What a signature is good for. */
typedef struct AwsScope {
    char stamp[AWS_STAMP_SIZE]; /* "20161107T173933Z" */
    const char *region, *service;
} AwsScope;

AwsScope aws_scope(time_t when, const char *region, const char *service);

/* The password for RDS and Aurora: a request to connect, signed in its query, without its scheme; good for 15
 * minutes. Host and port are those that will be connected to; the scope's service is "rds-db". Owned by `ctx`. */
char *aws_database_token(const void *ctx, const AwsKeys *keys, const AwsScope *scope, const char *host,
                         const char *port, const char *user);

/* A POST to "/". */
typedef struct AwsPost {
    const char *host;         /* with its port, as the Host header has it */
    const char *content_type; /* NULL: none */
    const char *body;
} AwsPost;

/* Value of the Authorization header. It signs Host, X-Amz-Date (the scope's stamp), and, where there are such,
 * Content-Type and X-Amz-Security-Token. Owned by `ctx`. */
char *aws_authorization(const void *ctx, const AwsKeys *keys, const AwsScope *scope, const AwsPost *post);

#endif
