/* pg/cloud/http.c: see http.h. */
#include "pg/cloud/http.h"

#include "base/clock.h"
#include "pg/cloud/json.h"
#include "pg/cloud/search.h"
#include "pg/signals.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    REPLY_MAX = 1024 * 1024,
    CONNECT_MS = 10000,
    NEARBY_CONNECT_MS = 1000,
    WHOLE_MS = 30000,
    TRIES = 3,
    FIRST_PAUSE_MS = 200,
};

const char HTTP_NO_ANSWER[] = "NO_ANSWER", HTTP_BAD_REQUEST[] = "BAD_REQUEST";

/* A transfer in the hands of libcurl. */
typedef struct Transfer {
    const HttpRequest *request;
    CURL *curl;
    struct curl_slist *headers;
    Str body;
    bool too_large;
    char message[CURL_ERROR_SIZE];
} Transfer;

static int transfer_free(Transfer *t)
{
    curl_slist_free_all(t->headers);
    curl_easy_cleanup(t->curl);
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
    Transfer *t = arg;
    t->too_large = t->body.len + size * n > REPLY_MAX;
    if (t->too_large)
        return 0;
    str_add_n(&t->body, bytes, size * n);
    return size * n;
}

/* Asked about once a second: shall it go on? */
static int on_progress(void *arg, curl_off_t all_down, curl_off_t down, curl_off_t all_up, curl_off_t up)
{
    (void)arg, (void)all_down, (void)down, (void)all_up, (void)up;
    return signals_count() > 0;
}

/* libcurl itself asks the environment for proxies alone; people set authorities as they do for OpenSSL and curl(1). */
static void set_authorities(CURL *curl)
{
    const char *file = cloud_env("CURL_CA_BUNDLE");
    if (file == NULL)
        file = cloud_env("SSL_CERT_FILE");
    if (file != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, file);
    if (cloud_env("SSL_CERT_DIR") != NULL)
        curl_easy_setopt(curl, CURLOPT_CAPATH, cloud_env("SSL_CERT_DIR"));
}

static void set_limits(Transfer *t)
{
    int64_t whole = WHOLE_MS;
    if (t->request->deadline_ms != 0 && t->request->deadline_ms - clock_ms() < whole)
        whole = t->request->deadline_ms - clock_ms();
    curl_easy_setopt(t->curl, CURLOPT_TIMEOUT_MS, (long)(whole < 1 ? 1 : whole));
    curl_easy_setopt(t->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)(t->request->nearby ? NEARBY_CONNECT_MS : CONNECT_MS));
    curl_easy_setopt(t->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(t->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(t->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(t->curl, CURLOPT_NOSIGNAL, 1L);
    if (t->request->nearby)
        curl_easy_setopt(t->curl, CURLOPT_NOPROXY, "*");
}

static Transfer *transfer_new(const void *ctx, const HttpRequest *request)
{
    static bool prepared;
    if (!prepared)
        curl_global_init(CURL_GLOBAL_DEFAULT);
    prepared = true;
    Transfer *t = mem_new(ctx, Transfer);
    t->request = request;
    t->body = str_new(ctx);
    t->curl = curl_easy_init();
    if (t->curl == NULL)
        abort();
    talloc_set_destructor(t, transfer_free);
    for (const char *const *header = request->headers; header != NULL && *header != NULL; header++)
        t->headers = curl_slist_append(t->headers, *header);
    t->headers = curl_slist_append(t->headers, "Expect:"); /* an answer that libcurl would wait a second for */
    return t;
}

static CURLcode perform(Transfer *t)
{
    CURL *curl = t->curl;
    const HttpRequest *request = t->request;
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "pgwright/" PGWRIGHT_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->message);
    if (request->body != NULL)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    if (request->method != NULL)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    set_authorities(curl);
    set_limits(t);
    return curl_easy_perform(curl);
}

static bool transfer_error(const Transfer *t, CURLcode code, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *host = http_host(scratch, t->request->url);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return error_set(err, ERR_INTERRUPTED, "interrupted while waiting for %s", host);
    if (t->request->deadline_ms != 0 && clock_ms() >= t->request->deadline_ms)
        return error_set(err, ERR_TIMEOUT, "out of time while waiting for %s", host);
    if (t->too_large)
        return error_set(err, ERR_CONNECTION, "%s answers with more than %d bytes", host, REPLY_MAX);
    error_set(err, ERR_CONNECTION, "no answer from %s: %s", host,
              t->message[0] != '\0' ? t->message : curl_easy_strerror(code));
    error_code(err, HTTP_NO_ANSWER);
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        error_hint(err, "an authority of your own is named with SSL_CERT_FILE");
    return false;
}

static bool send_once(const void *ctx, const HttpRequest *request, HttpReply *reply, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Transfer *t = transfer_new(scratch, request);
    CURLcode code = perform(t);
    if (code != CURLE_OK)
        return transfer_error(t, code, err);
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &reply->status);
    reply->body = mem_strndup(ctx, t->body.text, t->body.len);
    reply->body_len = t->body.len;
    return true;
}

static bool is_busy(const HttpReply *reply)
{
    return reply->status == 429 || reply->status >= 500;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

bool http_send(const void *ctx, const HttpRequest *request, HttpReply *reply, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *host = http_host(scratch, request->url);
    *reply = (HttpReply){0};
    if (host == NULL)
        return error_set(err, ERR_CONFIG, "\"%s\" is no address to ask at: https://HOST/… is expected", request->url);
    if (!request->nearby && !http_is_private(request->url)) {
        error_set(err, ERR_CONFIG, "%s would see secrets over plain HTTP", host);
        error_hint(err, "https is asked for");
        return false;
    }
    long pause = FIRST_PAUSE_MS;
    for (int i = 1; send_once(ctx, request, reply, err); i++) {
        if (!is_busy(reply) || i == TRIES || signals_count() > 0)
            return true;
        pause_ms(pause);
        pause *= 2;
    }
    return false;
}

bool http_ok(const HttpReply *reply)
{
    return reply->status >= 200 && reply->status < 300;
}

/* What the services call their reason: Entra ID and OAuth; Google; AWS, also in XML; Azure's command line. */
static const char *reason_in(const void *ctx, const HttpReply *reply)
{
    static const char *const keys[] = {"error_description", "error.message", "message", "Message", "error"};
    const char *reason = NULL;
    json_t *json = json_document(ctx, reply->body, reply->body_len, "", NULL);
    for (size_t i = 0; json != NULL && reason == NULL && i < sizeof keys / sizeof keys[0]; i++)
        reason = config_text(json, keys[i], NULL);
    return reason != NULL ? reason : xml_text(ctx, reply->body, "Message");
}

bool http_refused(const HttpRequest *request, const HttpReply *reply, Error *err)
{
    enum { REASON_MAX = 300 };
    SCRATCH void *scratch = mem_scratch();
    error_set(err, ERR_CONNECTION, "%s answered %ld", http_host(scratch, request->url), reply->status);
    if (reply->status == 400)
        error_code(err, HTTP_BAD_REQUEST);
    const char *reason = reason_in(scratch, reply);
    if (reason != NULL)
        error_detail(err, "%s", utf8_repaired(scratch, (View){reason, strnlen(reason, REASON_MAX)}));
    return false;
}

json_t *http_json(const void *ctx, const HttpRequest *request, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    HttpReply reply;
    if (!http_send(scratch, request, &reply, err))
        return NULL;
    if (!http_ok(&reply)) {
        http_refused(request, &reply, err);
        return NULL;
    }
    json_t *json = json_document(ctx, reply.body, reply.body_len, http_host(scratch, request->url), err);
    if (json == NULL)
        err->class = ERR_CONNECTION;
    return json;
}

const char *http_token(const void *ctx, const HttpRequest *request, const char *key, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    json_t *answer = http_json(scratch, request, err);
    if (answer == NULL)
        return NULL;
    const char *token = json_secret(answer, key, http_host(scratch, request->url), err);
    if (token == NULL)
        err->class = ERR_CONNECTION;
    return mem_strdup(ctx, token);
}

/* ---- URLs ---- */

static char *url_part(const void *ctx, const char *url, CURLUPart part)
{
    CURLU *parts = curl_url();
    char *text = NULL, *copy = NULL;
    if (curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK && curl_url_get(parts, part, &text, 0) == CURLUE_OK)
        copy = mem_strdup(ctx, text);
    curl_free(text);
    curl_url_cleanup(parts);
    return copy;
}

char *http_host(const void *ctx, const char *url)
{
    char *host = url_part(ctx, url, CURLUPART_HOST), *port = url_part(ctx, url, CURLUPART_PORT);
    return host == NULL || port == NULL ? host : mem_printf(ctx, "%s:%s", host, port);
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (text_starts(host, "127.") && strspn(host, "0123456789.") == strlen(host));
}

bool http_is_private(const char *url)
{
    SCRATCH void *scratch = mem_scratch();
    const char *scheme = url_part(scratch, url, CURLUPART_SCHEME), *host = url_part(scratch, url, CURLUPART_HOST);
    return scheme != NULL && host != NULL &&
           (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && is_loopback(host)));
}

/* ---- forms ---- */

void form_encode(Str *out, const char *value)
{
    static const char bare[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    for (const char *p = value; *p != '\0'; p++) {
        if (strchr(bare, *p) != NULL)
            str_add_char(out, *p);
        else
            str_addf(out, "%%%02X", (unsigned char)*p);
    }
}

void form_add(Str *form, const char *name, const char *value)
{
    if (form->len > 0)
        str_add_char(form, '&');
    form_encode(form, name);
    str_add_char(form, '=');
    form_encode(form, value);
}
