/* pg/cloud/http.h: one request to a sign-in service, by libcurl (its manual: curl_easy_setopt(3)).
 *
 * What is sent and what comes back are secrets, so: TLS is always verified (against the system's authorities, or
 * those of SSL_CERT_FILE, SSL_CERT_DIR or CURL_CA_BUNDLE); plain HTTP goes to this machine alone; redirects are not
 * followed; every step has its limit in time and size. Proxies are as libcurl takes them from the environment. */
#ifndef PG_CLOUD_HTTP_H
#define PG_CLOUD_HTTP_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HttpRequest {
    const char *method; /* NULL: GET, or POST when there is a body */
    const char *url;
    const char *const *headers; /* "Name: value", NULL-terminated; may be NULL */
    const char *body;           /* NULL: none */
    /* A service of the machine itself, such as a metadata server: plain HTTP is its nature, no proxy stands between,
     * and it is known within a second whether it is there. */
    bool nearby;
    int64_t deadline_ms; /* on clock_ms(); 0: none but the request's own limit */
} HttpRequest;

typedef struct HttpReply {
    long status;
    char *body; /* NUL-terminated beyond body_len */
    size_t body_len;
} HttpReply;

/* The error's code when nobody answered, and when the answer was 400. */
extern const char HTTP_NO_ANSWER[], HTTP_BAD_REQUEST[];

/* Sends and waits; what 429 and 5xx answer is asked again, twice. Any status is an answer; false (ERR_CONNECTION,
 * ERR_TIMEOUT, ERR_INTERRUPTED) when there is none. */
bool http_send(const void *ctx, const HttpRequest *request, HttpReply *reply, Error *err);

/* Was it a 2xx? */
bool http_ok(const HttpReply *reply);

/* Fails with what the service gave as its reason: "HOST answered 401", and its own words as the detail. */
bool http_refused(const HttpRequest *request, const HttpReply *reply, Error *err);

/* Sends; a 2xx with a JSON object is the result, owned by `ctx`. Anything else fails. */
json_t *http_json(const void *ctx, const HttpRequest *request, Error *err);

/* Sends; the token is the text `key` of the object that comes back, owned by `ctx` and known to redact_value(). */
const char *http_token(const void *ctx, const HttpRequest *request, const char *key, Error *err);

/* The host of a URL as it stands there, with its port when there is one, owned by `ctx`. NULL when it is no URL. */
char *http_host(const void *ctx, const char *url);

/* Is it https, or http to this machine? What else is sent can be read on its way. */
bool http_is_private(const char *url);

/* Adds "name=value" to a query or form, percent-encoded but for A-Z a-z 0-9 - _ . ~ (RFC 3986), with '&' where it is
 * not the first. */
void form_add(Str *form, const char *name, const char *value);

/* The value alone. */
void form_encode(Str *out, const char *value);

#endif
