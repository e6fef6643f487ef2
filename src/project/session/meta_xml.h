/* project/session/meta_xml.h: the XML of a <pgmi-meta> block, read but not judged. Not for other floors.
 *
 * Elements and attributes that it does not know are passed over; text before and behind the element is, too. */
#ifndef PROJECT_SESSION_META_XML_H
#define PROJECT_SESSION_META_XML_H

#include "base/error.h"
#include "base/list.h"

/* A value, and where it stands in the file's text. */
typedef struct MetaValue {
    const char *text; /* NULL: it is not there */
    const char *at;
} MetaValue;

typedef struct MetaXml {
    const char *at;   /* the element's < */
    MetaValue id, idempotent, transaction, description;
    LIST(MetaValue) sort_keys;
} MetaXml;

/* Reads the block, a stretch of `text`; values are owned by `ctx`. ERR_CONFIG with the place when it is no XML, has a document
 * type, or begins with another element. */
bool meta_xml_read(const void *ctx, const char *file, View text, View block, MetaXml *xml, Error *err);

#endif
