/* pg/cloud/json.c: see json.h. */
#include "pg/cloud/json.h"

#include "base/file.h"
#include "base/log.h"

#include <string.h>

typedef struct Holder {
    json_t *json;
} Holder;

static int holder_free(Holder *holder)
{
    json_decref(holder->json);
    return 0;
}

json_t *json_owned(const void *ctx, json_t *json)
{
    Holder *holder = mem_new(ctx, Holder);
    holder->json = json;
    talloc_set_destructor(holder, holder_free);
    return json;
}

json_t *json_document(const void *ctx, const char *text, size_t len, const char *source, Error *err)
{
    json_error_t at;
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &at);
    if (json_is_object(json))
        return json_owned(ctx, json);
    if (err != NULL && json == NULL)
        error_set(err, ERR_CONFIG, "%s: not valid JSON at line %d, column %d", source, at.line, at.column);
    else if (err != NULL)
        error_set(err, ERR_CONFIG, "%s: not a JSON object", source);
    json_decref(json);
    return NULL;
}

json_t *json_file(const void *ctx, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    size_t len;
    const char *text = file_read(scratch, path, CONFIG_MAX_BYTES, &len, err);
    return text == NULL ? NULL : json_document(ctx, text, len, path, err);
}

const char *json_needed(json_t *document, const char *dotted, const char *source, Error *err)
{
    const char *text = config_text(document, dotted, NULL);
    if (text != NULL && *text != '\0')
        return text;
    error_set(err, ERR_CONFIG, "%s: no \"%s\"", source, dotted);
    return NULL;
}

const char *json_secret(json_t *document, const char *dotted, const char *source, Error *err)
{
    const char *text = json_needed(document, dotted, source, err);
    redact_value(text);
    return text;
}

/* ---- XML ---- */

/* At an '&': adds what it stands for and returns what follows it. An unknown entity stays as it is. */
static const char *add_entity(Str *out, const char *p)
{
    static const struct {
        const char *name;
        char c;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''},
    };
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        if (text_starts(p, entities[i].name)) {
            str_add_char(out, entities[i].c);
            return p + strlen(entities[i].name);
        }
    }
    str_add_char(out, '&');
    return p + 1;
}

char *xml_text(const void *ctx, const char *xml, const char *element)
{
    SCRATCH void *scratch = mem_scratch();
    const char *start = mem_printf(scratch, "<%s>", element), *end = mem_printf(scratch, "</%s>", element);
    for (const char *p = xml; (p = strstr(p, start)) != NULL;) {
        Str text = str_new(scratch);
        for (p += strlen(start); *p != '\0' && *p != '<';) {
            if (*p == '&')
                p = add_entity(&text, p);
            else
                str_add_char(&text, *p++);
        }
        if (text_starts(p, end))
            return mem_strdup(ctx, text.text);
    }
    return NULL;
}
