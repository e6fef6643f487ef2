/* project/session/meta_xml.c: see meta_xml.h. */
#include "project/session/meta_xml.h"

#include <expat.h>
#include <string.h>

/* Text around the element is no XML document; within an element of ours it is. A document type cannot stand there, so that there
 * are no entities but those of XML itself. */
static const char wrapper[] = "<block>";
enum { WRAPPER_LEN = sizeof wrapper - 1 };

/* Depths of open elements, the wrapper's being 1. */
enum { META = 2, CHILD = 3, KEY = 4 };

typedef struct Reader {
    const void *ctx;
    XML_Parser parser;
    View fed;          /* what follows the wrapper */
    MetaXml *xml;
    int depth;
    bool in_sort_keys;
    int taking;        /* depth of the element whose own text is wanted; 0: none is */
    Str taken;
    const char *taken_at;
    const char *other; /* the first element, if it is not ours */
    bool done;
} Reader;

static const char *here(const Reader *r)
{
    XML_Index at = XML_GetCurrentByteIndex(r->parser) - WRAPPER_LEN;
    return r->fed.p + (at < 0 ? 0 : (size_t)at > r->fed.len ? r->fed.len : (size_t)at);
}

static void stop(Reader *r)
{
    XML_StopParser(r->parser, XML_FALSE);
}

/* Where an attribute's value stands: expat tells the element's place alone. */
static MetaValue attribute(const Reader *r, const char *value)
{
    const char *element = here(r), *end = r->fed.p + r->fed.len;
    size_t n = strlen(value);
    const char *at = n == 0 ? NULL : memmem(element, (size_t)(end - element), value, n);
    while (at != NULL && at[-1] != '"' && at[-1] != '\'')
        at = memmem(at + 1, (size_t)(end - at - 1), value, n);
    return (MetaValue){mem_strdup(r->ctx, value), at == NULL ? element : at};
}

static void read_attributes(Reader *r, const char **attributes)
{
    for (; *attributes != NULL; attributes += 2) {
        if (strcmp(attributes[0], "id") == 0)
            r->xml->id = attribute(r, attributes[1]);
        else if (strcmp(attributes[0], "idempotent") == 0)
            r->xml->idempotent = attribute(r, attributes[1]);
        else if (strcmp(attributes[0], "transaction") == 0)
            r->xml->transaction = attribute(r, attributes[1]);
    }
}

static void start_element(void *arg, const char *name, const char **attributes)
{
    Reader *r = arg;
    bool takes = false;
    if (r->done)
        return;
    r->depth++;
    if (r->depth == META && strcmp(name, "pgmi-meta") == 0) {
        r->xml->at = here(r);
        read_attributes(r, attributes);
    } else if (r->depth == META) {
        r->other = here(r);
        r->done = true;
        stop(r);
    } else if (r->depth == CHILD) {
        r->in_sort_keys = strcmp(name, "sortKeys") == 0;
        takes = strcmp(name, "description") == 0;
    } else if (r->depth == KEY) {
        takes = r->in_sort_keys && strcmp(name, "key") == 0;
    }
    if (takes) {
        r->taking = r->depth;
        r->taken = str_new(r->ctx);
        r->taken_at = here(r);
    }
}

static void end_element(void *arg, const char *name)
{
    (void)name;
    Reader *r = arg;
    if (r->done)
        return;
    if (r->taking == r->depth) {
        MetaValue value = {r->taken.text, r->taken_at};
        if (r->depth == KEY)
            list_push(r->ctx, &r->xml->sort_keys, value);
        else
            r->xml->description = value;
        r->taking = 0;
    }
    r->done = r->depth-- == META;
    if (r->done)
        stop(r);
}

static void characters(void *arg, const char *text, int len)
{
    Reader *r = arg;
    if (r->taking != 0 && r->taking == r->depth)
        str_add_n(&r->taken, text, (size_t)len);
}

/* An XML declaration can only begin a document, which the wrapper does already. */
static View without_declaration(View block)
{
    static const char begin[] = "<?xml ", end[] = "?>";
    if (block.len < sizeof begin || memcmp(block.p, begin, sizeof begin - 1) != 0)
        return block;
    const char *close = memmem(block.p, block.len, end, sizeof end - 1);
    if (close == NULL)
        return block;
    close += sizeof end - 1;
    return (View){close, block.len - (size_t)(close - block.p)};
}

/* Expat points behind the <! of what it does not take. */
static bool is_declaration(const Reader *r, const char *at)
{
    return at - r->fed.p >= 2 && at[-2] == '<' && at[-1] == '!';
}

static bool malformed(const Reader *r, const char *file, View text, Error *err)
{
    const char *at = here(r);
    enum XML_Error code = XML_GetErrorCode(r->parser);
    if (is_declaration(r, at))
        error_set(err, ERR_CONFIG, "metadata cannot have a document type or entities of its own");
    else if (code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN)
        error_set(err, ERR_CONFIG, "the comment ends within its metadata");
    else
        error_set(err, ERR_CONFIG, "metadata is not well-formed XML: %s", XML_ErrorString(code));
    error_hint(err, "each element is closed, values of attributes stand in quotes, & and < of a text are &amp; and &lt;");
    error_place_in(err, file, text, at);
    return false;
}

static bool other_element(const Reader *r, const char *file, View text, Error *err)
{
    error_set(err, ERR_CONFIG, "the first element of a metadata comment must be <pgmi-meta>");
    error_hint(err, "put the other element behind it, or into a comment of its own");
    error_place_in(err, file, text, r->other);
    return false;
}

bool meta_xml_read(const void *ctx, const char *file, View text, View block, MetaXml *xml, Error *err)
{
    Reader r = {.ctx = ctx, .parser = XML_ParserCreate("UTF-8"), .fed = without_declaration(block), .xml = xml};
    if (r.parser == NULL)
        return error_set(err, ERR_INTERNAL, "expat cannot start");
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, start_element, end_element);
    XML_SetCharacterDataHandler(r.parser, characters);
    XML_Parse(r.parser, wrapper, WRAPPER_LEN, 0);
    if (!r.done)
        XML_Parse(r.parser, r.fed.p, (int)r.fed.len, 1);
    bool ok = r.other != NULL ? other_element(&r, file, text, err) : r.done || malformed(&r, file, text, err);
    XML_ParserFree(r.parser);
    return ok;
}
