/* project/session/meta.c: see meta.h. */
#include "project/session/meta.h"

#include "base/uuid.h"
#include "project/session/mask.h"
#include "project/session/meta_xml.h"

#include <string.h>

enum { BLOCK_MAX = 10 * 1024 };

static bool has(View text, const char *what)
{
    return text.p != NULL && memmem(text.p, text.len, what, strlen(what)) != NULL;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Where an element `name` opens in a comment, be it well-formed or not; NULL if none does. */
static const char *opening(View comment, const char *name)
{
    const char *end = comment.p + comment.len;
    size_t n = strlen(name);
    for (const char *p = comment.p; (p = memchr(p, '<', (size_t)(end - p))) != NULL; p++) {
        const char *word = p + 1;
        while (word < end && is_space(*word))
            word++;
        if ((size_t)(end - word) > n && memcmp(word, name, n) == 0 && (is_space(word[n]) || word[n] == '>'))
            return p;
    }
    return NULL;
}

static bool fault(Error *err, const char *file, View text, const char *at, const char *message, const char *hint)
{
    error_set(err, ERR_CONFIG, "%s", message);
    error_hint(err, "%s", hint);
    error_place_in(err, file, text, at);
    return false;
}

/* The comment that holds the block, trimmed; its `p` is NULL when there is none. */
static bool find_block(const char *file, View text, const MaskCommentList *comments, View *block, Error *err)
{
    *block = (View){0};
    for (size_t i = 0; i < comments->n; i++) {
        const MaskComment *c = &comments->v[i];
        View inner = view_trim((View){text.p + c->from + 2, c->to - c->from - 4});
        const char *old = opening(inner, "pgmi:meta"), *meta = opening(inner, "pgmi-meta");
        if (old != NULL)
            return fault(err, file, text, old, "this is metadata of the older form <pgmi:meta>",
                         "write <pgmi-meta …>…</pgmi-meta>, without xmlns");
        if (meta != NULL && block->p != NULL)
            return fault(err, file, text, meta, "a file has one block of metadata, and this is its second",
                         "keep one of them");
        if (meta != NULL)
            *block = inner;
    }
    if (block->len > BLOCK_MAX)
        return fault(err, file, text, block->p, "metadata is longer than 10240 bytes", "move long descriptions elsewhere");
    return true;
}

/* As Go's strconv.ParseBool has it, for that is what wrote these files' rules. */
static bool parse_bool(View text, bool *value)
{
    static const char *const words[] = {"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"};
    enum { WORDS = sizeof words / sizeof words[0] };
    for (size_t i = 0; i < WORDS; i++)
        if (view_is(text, words[i])) {
            *value = i < WORDS / 2;
            return true;
        }
    return false;
}

static void judge_id(const MetaXml *xml, const char *file, View text, Meta *meta, char uuid[UUID_TEXT_MAX], Error *err)
{
    static const char hint[] = "uuidgen makes one, and `pgwright metadata scaffold` writes whole blocks";
    if (xml->id.text == NULL)
        fault(err, file, text, xml->at, "metadata needs an id", hint);
    else if (!uuid_parse(xml->id.text, uuid))
        fault(err, file, text, xml->id.at, "the id is not a uuid", hint);
    else if (uuid_is_nil(uuid))
        fault(err, file, text, xml->id.at, "the nil uuid cannot be an id", hint);
    meta->id = uuid;
}

static void judge_idempotent(const MetaXml *xml, const char *file, View text, Meta *meta, Error *err)
{
    static const char hint[] = "true: the file may run with every deployment; false: once";
    if (xml->idempotent.text == NULL)
        fault(err, file, text, xml->at, "metadata must say whether its file is idempotent", hint);
    else if (!parse_bool(view_trim(view_of(xml->idempotent.text)), &meta->idempotent))
        fault(err, file, text, xml->idempotent.at, "idempotent is neither true nor false", hint);
}

static void judge_transaction(const void *ctx, const MetaXml *xml, const char *file, View text, Meta *meta, Error *err)
{
    FileTransaction *transaction = mem_new(ctx, FileTransaction);
    if (xml->transaction.text == NULL)
        return;
    meta->transaction = transaction;
    if (!transaction_parse(view_trim(view_of(xml->transaction.text)), transaction))
        fault(err, file, text, xml->transaction.at, "transaction is neither own, shared nor none",
              "own: the file is a transaction; shared: it is one with its neighbours; none: its statements run outside of any");
}

static void judge_texts(const void *ctx, const MetaXml *xml, const char *file, View text, Meta *meta, Error *err)
{
    const MetaValue *description = &xml->description;
    if (description->text != NULL && *description->text != '\0') {
        meta->description = description->text;
        if (utf8_is_blank(view_of(description->text)))
            fault(err, file, text, description->at, "the description is blank", "leave it out, or say what the file does");
    }
    for (size_t i = 0; i < xml->sort_keys.n; i++) {
        const MetaValue *key = &xml->sort_keys.v[i];
        if (utf8_is_blank(view_of(key->text)))
            fault(err, file, text, key->at, "a sort key is blank", "a key is where the file runs, such as 010/users");
        list_push(ctx, &meta->sort_keys, key->text);
    }
}

static bool read_block(const void *ctx, const char *file, View text, View block, const Meta **out, Error *err)
{
    MetaXml xml = {0};
    Error faults = {0};
    if (!meta_xml_read(ctx, file, text, block, &xml, err))
        return false;
    Meta *meta = mem_new(ctx, Meta);
    meta->line = text_line(text, (size_t)(xml.at - text.p));
    judge_id(&xml, file, text, meta, mem_array(ctx, char, UUID_TEXT_MAX), &faults);
    judge_idempotent(&xml, file, text, meta, &faults);
    judge_transaction(ctx, &xml, file, text, meta, &faults);
    judge_texts(ctx, &xml, file, text, meta, &faults);
    *out = meta;
    if (!error_is_set(&faults))
        return true;
    error_append(err, &faults);
    return false;
}

bool meta_read(const void *ctx, const char *file, View text, const Meta **meta, Error *err)
{
    *meta = NULL;
    if (!has(text, "pgmi-meta") && !has(text, "pgmi:meta"))
        return true;
    SCRATCH void *scratch = mem_scratch();
    MaskCommentList comments = {0};
    View block;
    mask_make(scratch, text, &comments);
    if (!find_block(file, text, &comments, &block, err))
        return false;
    return block.p == NULL || read_block(ctx, file, text, block, meta, err);
}
