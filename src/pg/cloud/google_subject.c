/* pg/cloud/google_subject.c: the token of elsewhere: in a file, at a URL, from a program (AIP-4117). See google.h. */
#include "base/file.h"
#include "base/log.h"
#include "pg/cloud/google.h"
#include "pg/cloud/http.h"
#include "pg/cloud/json.h"

#include <string.h>
#include <time.h>

enum { PROGRAM_MS = 30000, PROGRAM_MIN_MS = 5000, PROGRAM_MAX_MS = 120000 };

/* The token is the text, or a field of the JSON object that it is. */
static const char *in_format(const void *ctx, json_t *source, const char *text, const char *where, Error *err)
{
    const char *type = config_text(source, "format.type", "text");
    const char *field = config_text(source, "format.subject_token_field_name", NULL);
    if (strcmp(type, "json") == 0) {
        if (field == NULL) {
            error_set(err, ERR_CONFIG, "the format is json, and subject_token_field_name is missing");
            return NULL;
        }
        json_t *document = json_document(ctx, text, strlen(text), where, err);
        text = document == NULL ? NULL : json_needed(document, field, where, err);
    }
    redact_value(text);
    return text;
}

static const char *from_file(const void *ctx, const GoogleCredentials *c, json_t *source, Error *err)
{
    (void)c;
    const char *path = json_string_value(json_object_get(source, "file"));
    const char *text = cloud_secret_file(ctx, path, err);
    return text == NULL ? NULL : in_format(ctx, source, text, path, err);
}

static const char *from_url(const void *ctx, const GoogleCredentials *c, json_t *source, Error *err)
{
    const char *url = json_string_value(json_object_get(source, "url")), *name;
    TextList headers = {0};
    json_t *value;
    json_object_foreach(json_object_get(source, "headers"), name, value)
        if (json_is_string(value))
            list_push(ctx, &headers, mem_printf(ctx, "%s: %s", name, json_string_value(value)));
    list_push(ctx, &headers, NULL);
    HttpRequest request = {
        .url = url,
        .headers = headers.v,
        .nearby = text_starts(url, "http://"), /* of the machine or its build service */
        .deadline_ms = c->search->options->deadline_ms,
    };
    HttpReply reply;
    if (!http_send(ctx, &request, &reply, err))
        return NULL;
    if (!http_ok(&reply)) {
        http_refused(&request, &reply, err);
        return NULL;
    }
    View text = view_trim((View){reply.body, reply.body_len});
    return in_format(ctx, source, mem_strndup(ctx, text.p, text.len), http_host(ctx, request.url), err);
}

/* ---- programs ---- */

/* The program says {"version": 1, "success": true, "token_type": …, "id_token": …, "expiration_time": …}. */
static const char *token_of(json_t *said, const char *where, Error *err)
{
    const char *type = config_text(said, "token_type", "");
    if (!config_bool(said, "success", false)) {
        error_set(err, ERR_CONNECTION, "%s gave no token", where);
        error_detail(err, "%s: %s", config_text(said, "code", "no code"), config_text(said, "message", "no message"));
        return NULL;
    }
    return json_secret(said, text_ends(type, "saml2") ? "saml_response" : "id_token", where, err);
}

static bool is_current(json_t *said)
{
    json_t *expires = json_object_get(said, "expiration_time");
    return config_bool(said, "success", false) && json_is_integer(expires) && json_integer_value(expires) > time(NULL);
}

/* ".../serviceAccounts/EMAIL:generateAccessToken" → EMAIL */
static const char *impersonated_email(const void *ctx, json_t *file)
{
    const char *url = config_text(file, "service_account_impersonation_url", ""), *email = strrchr(url, '/');
    return email == NULL ? "" : mem_strndup(ctx, email + 1, strcspn(email + 1, ":"));
}

static const char *const *environment_of(const void *ctx, const GoogleCredentials *c, const char *output_file)
{
    const char **env = mem_array(ctx, const char *, 6);
    env[0] = mem_printf(ctx, "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE=%s", config_text(c->file, "audience", ""));
    env[1] = mem_printf(ctx, "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE=%s", config_text(c->file, "subject_token_type", ""));
    env[2] = mem_printf(ctx, "GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL=%s", impersonated_email(ctx, c->file));
    env[3] = "GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE=0";
    env[4] = output_file == NULL ? NULL : mem_printf(ctx, "GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE=%s", output_file);
    return env;
}

/* The command is words and no shell's line. */
static const char *const *words_of(const void *ctx, const char *command)
{
    static const char blanks[] = " \t\r\n";
    TextList words = {0};
    char *state = NULL, *word = strtok_r(mem_strdup(ctx, command), blanks, &state);
    for (; word != NULL; word = strtok_r(NULL, blanks, &state))
        list_push(ctx, &words, word);
    list_push(ctx, &words, NULL);
    return words.v;
}

static int64_t patience(json_t *executable)
{
    json_t *ms = json_object_get(executable, "timeout_millis");
    int64_t wanted = json_is_integer(ms) ? json_integer_value(ms) : PROGRAM_MS;
    return wanted < PROGRAM_MIN_MS ? PROGRAM_MIN_MS : wanted > PROGRAM_MAX_MS ? PROGRAM_MAX_MS : wanted;
}

/* The user says that what the file names may be run; it may have come from elsewhere. */
static const char *from_program(const void *ctx, const GoogleCredentials *c, json_t *source, Error *err)
{
    json_t *executable = json_object_get(source, "executable");
    const char *command = json_needed(executable, "command", c->source, err);
    const char *allowed = cloud_env("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES");
    const char *output_file = config_text(executable, "output_file", NULL);
    if (command == NULL)
        return NULL;
    if (allowed == NULL || strcmp(allowed, "1") != 0) {
        error_set(err, ERR_CONFIG, "%s names a program that gives the token", c->source);
        error_hint(err, "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1 lets it run");
        return NULL;
    }
    const char *const *words = words_of(ctx, command);
    if (words[0] == NULL) {
        error_set(err, ERR_CONFIG, "%s: the command is empty", c->source);
        return NULL;
    }
    json_t *kept = output_file != NULL && file_exists(output_file) ? json_file(ctx, output_file, err) : NULL;
    error_clear(err); /* what was kept and cannot be read is asked for again */
    if (kept != NULL && is_current(kept))
        return token_of(kept, output_file, err);
    json_t *said = cloud_ask_program(ctx, c->search->options, words, environment_of(ctx, c, output_file),
                                     patience(executable), err);
    return said == NULL ? NULL : token_of(said, words[0], err);
}

static const struct {
    const char *key; /* of credential_source */
    json_type type;
    const char *(*fetch)(const void *ctx, const GoogleCredentials *c, json_t *source, Error *err);
} sources[] = {
    {"file",       JSON_STRING, from_file   },
    {"url",        JSON_STRING, from_url    },
    {"executable", JSON_OBJECT, from_program},
};

const char *google_subject_token(const void *ctx, const GoogleCredentials *credentials, Error *err)
{
    json_t *source = config_get(credentials->file, "credential_source");
    const char *environment = config_text(source, "environment_id", NULL);
    for (size_t i = 0; environment == NULL && i < sizeof sources / sizeof sources[0]; i++) {
        json_t *value = json_object_get(source, sources[i].key);
        if (value != NULL && json_typeof(value) == sources[i].type)
            return sources[i].fetch(ctx, credentials, source, err);
    }
    error_set(err, ERR_CONFIG, "%s: credential_source names no file, URL or program", credentials->source);
    if (environment != NULL)
        error_hint(err, "on AWS, let a role's web identity or a file stand between");
    return NULL;
}
